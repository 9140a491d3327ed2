"""What rules say of parts of a plan by themselves is what they say of the plan that holds nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from scenario_factory import rng_of
from search_case import coefficients

from constraints.alone import keep_but_floors
from constraints.own_rules import OwnRules
from constraints.rulebook import build_rulebook


@pytest.mark.parametrize("seed", range(12))
def test_parts_are_judged_as_plans_that_hold_nothing_else(seed: int) -> None:
    """Random contents of single series and of halves of the slots, beside locked lines; asked again, the same."""
    model, rng = coefficients(seed), rng_of(seed)
    book = build_rulebook(model.grid, model.economics)
    periods = model.grid.shape[2]
    parts = [*np.arange(model.grid.slots).reshape(-1, periods), *np.array_split(rng.permutation(model.grid.slots), 2)]
    contents, plans = [], []
    for _ in range(200):
        part = int(rng.integers(len(parts)))
        held = rng.integers(0, book.base.shape[1], len(parts[part])) * (rng.random(len(parts[part])) < rng.random() / 2)
        contents.append((part, held.astype(np.int8).tobytes()))
        plans.append(book.locked_lines())
        plans[-1][parts[part]] = held
    rules = OwnRules(book, parts)
    expected = keep_but_floors(book, np.stack(plans)).tolist()
    assert rules.keep(contents) == expected
    assert rules.keep(contents[::-1]) == expected[::-1]
