"""The search against enumeration: tiny scenarios with every interaction whose best plan is known."""

from __future__ import annotations

import pytest
from search_case import case, optimum, search


@pytest.mark.parametrize("seed", range(6))
def test_search_finds_the_best_plan(seed: int) -> None:
    """The evolution ends at the enumerated optimum, and finds no plan only where there is none."""
    tiny = case(seed, most=4000)
    best = optimum(tiny)
    found = search(tiny, seed, work=1500)
    if best is None:
        assert found is None
        return
    assert found is not None
    assert found.best.objective == pytest.approx(best, rel=1e-6, abs=1e-4)
