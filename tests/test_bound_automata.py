"""Rules that the bound's programs carry as automata, where prices of single days cannot tell them."""

from __future__ import annotations

import numpy as np
import pytest
from all_plans import gains_and_feasible, plans_of
from bound_questions import price_all_automata
from sure_effects import sure_effects

from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.bound.lowering.params import BoundParams
from planner.bound.lowering.tight import tight_bound
from scenarios.grid import build_grid
from scenarios.language.schema import Scenario
from scenarios.response.coefficients import build_coefficients


def test_automata_that_programs_carry_prove_what_prices_of_days_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the price law one run is best; half of the even days and half of the odd ones look as legal, day by day."""
    days = 8
    scenario = Scenario.model_validate(
        {
            "scenario": "law",
            "currency": "EUR",
            "horizon": {"start": "2026-03-02", "periods": days},
            "segments": [{"id": "all", "customers": 100}],
            "products": [{"id": "tea", "category": "tea", "price": 10, "unit_cost": 4}],
            "offers": [{"id": "sale", "mechanic": "price_discount", "depth": "20%"}],
            "rules": [{"id": "law", "rule": "reference_price"}],
            "response": {
                "fatigue": "60%",
                "fatigue_half_life": 1,
                "cannibalisation": 0,
                "pull_forward": {"share": 0},
            },
            "effects": {"table": "none.csv"},
        }
    )
    effects = sure_effects(np.full((1, 1, days), 10.0), np.ones((1, 2, days, 1)))
    model = build_coefficients(build_grid(scenario), effects, None)
    limits, book = build_limits(model), build_rulebook(model.grid, model.economics)
    plans = plans_of(book.base)
    best = gains_and_feasible(model, limits, plans[book.keeps(plans)])[0].max()
    question = model, limits, book.base, book.locked_lines()
    carried = tight_bound(*question, params=BoundParams(iterations=150), rules=book.rules).value
    assert best <= carried < 1.03 * best
    price_all_automata(monkeypatch)
    assert tight_bound(*question, params=BoundParams(iterations=150), rules=book.rules).value > 1.5 * best
