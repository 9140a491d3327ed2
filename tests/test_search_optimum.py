"""The search against enumeration: tiny scenarios with every interaction whose best plan is known."""

from __future__ import annotations

import pytest
from search_case import case, search_ends_at_the_optimum


@pytest.mark.parametrize("seed", range(4))
def test_search_finds_the_best_plan(seed: int) -> None:
    """The evolution ends at the enumerated optimum, and finds no plan only where there is none."""
    search_ends_at_the_optimum(case(seed, most=4000), seed, work=120)
