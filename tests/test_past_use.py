"""What lines before the horizon used of windowed limits: as on the first open day of the same weekday."""

from __future__ import annotations

import numpy as np
import pytest
from after_a_sale import after_a_sale
from sure_effects import sure_effects

from scenarios.answer.past_use import PastUse
from scenarios.grid import build_grid
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import build_coefficients

DAYS = 14
SUNDAYS = (6, 13)
"""The horizon begins on Monday, 2 March 2026; the past line ran on the Sunday before."""


def discount(busy: int | None, open_from: int = 0) -> int:
    """Discount of the past line, where one day of the horizon sells three times as much as the others."""
    scenario = after_a_sale(DAYS, open_from, {"cannibalisation": 0})
    units, lift = np.full((1, 1, DAYS), 10.0), np.zeros((1, 2, DAYS, 1))
    if busy is not None:
        units[..., busy] = 30.0
    lift[:, 0, open_from:] = 0.5
    model = build_coefficients(build_grid(scenario), sure_effects(units, lift), None)
    return PastUse(model).used(Measure.DISCOUNT, Scope(), (-1,))


@pytest.mark.parametrize(("open_from", "stands_for"), [(0, SUNDAYS[0]), (8, SUNDAYS[1])])
def test_a_past_day_counts_as_the_first_open_day_of_its_weekday(open_from: int, stands_for: int) -> None:
    """Three times the sales on that day are three times the use; on any other day they change nothing."""
    usual = discount(None, open_from)
    assert usual == 1500
    for busy in range(DAYS):
        assert discount(busy, open_from) == (3 * usual if busy == stands_for else usual)
