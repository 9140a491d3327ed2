"""Pieces are counted: under no shock does a line hand out more of them than the plan has."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest
from frozen_by_hand import frozen_by_hand

from constraints.shocks.stress import stress
from scenarios.answer.archive import Frozen
from scenarios.answer.outcome import account
from scenarios.grid import build_grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Scenario
from scenarios.response.coefficients import build_coefficients

DAYS = tuple(dt.date(2026, 11, day) for day in (1, 2, 3))


def _frozen(stock: int, *more: dict[str, object]) -> Frozen:
    """A gift with pieces on each of three days, of which every line tires the next one's customers by half."""
    scenario = Scenario.model_validate(
        {
            "scenario": "pieces",
            "currency": "CNY",
            "horizon": {"start": DAYS[0], "periods": 3},
            "segments": [{"id": "all", "customers": 1000}],
            "products": [{"id": "cup", "category": "cups", "price": "10", "unit_cost": "6"}],
            "offers": [
                {"id": "lid", "mechanic": "gift", "gift": "lid", "layer": "targeted", "quantity": ["80%", "100%"]},
                *more,
            ],
            "gifts": [{"id": "lid", "unit_cost": "1", "stock": stock}],
            "effects": {"table": "effects.csv"},
            "response": {"fatigue": 0.5, "pull_forward": {"share": 0, "periods": 1}, "cannibalisation": 0, "halo": 0},
        }
    )
    shape = (3, len(scenario.offers))
    return frozen_by_hand(scenario, np.full(shape, 0.6), np.full(shape, 0.2))


@pytest.mark.parametrize("quantity", [1.0, 0.8])
def test_gifts_with_pieces_keep_their_stock_under_every_shock(quantity: float) -> None:
    """Where fewer find a piece, fewer are tired and more want the next one: there are still no more pieces."""
    lines = tuple(PlanLine(date=day, product="cup", segment="all", offer="lid", quantity=quantity) for day in DAYS)
    made = _frozen(1000)
    grid = build_grid(made.scenario, made.custom)
    gifts = account(build_coefficients(grid, made.effects, None), grid.plan_of(lines)).rows.gifts
    stock = -(-int(gifts.sum()) // 1000)
    plan = SimpleNamespace(plan_lines=lines, lines=lines)
    report = stress(_frozen(stock), plan, where="plans")  # type: ignore[arg-type]
    assert report.kept
    doubled = next(each.after for each in report.shocks if each.shock.id == "redemption-doubles")
    assert abs(doubled.spend - report.planned.spend) <= Decimal("0.01")


def test_pieces_of_an_offer_that_does_not_run_change_nothing() -> None:
    """A plan without counted lines stands under a shock as if it were scored on the changed tables.

    The share of an unused offer's customers that its pieces would serve went into what tired customers cost.
    """
    frozen = _frozen(1000, {"id": "cut", "mechanic": "price_discount", "depth": "10%"})
    lines = tuple(PlanLine(date=day, product="cup", offer="cut") for day in DAYS)
    plan = SimpleNamespace(plan_lines=lines, lines=lines)
    report = stress(frozen, plan, where="plans")  # type: ignore[arg-type]
    fallen = replace(frozen, effects=replace(frozen.effects, base_units=0.8 * frozen.effects.base_units))
    scored = stress(fallen, plan, where="plans").planned  # type: ignore[arg-type]
    found = next(each.after for each in report.shocks if each.shock.id == "baseline-falls")
    assert (found.gained, found.profit, found.spend) == (scored.gained, scored.profit, scored.spend)
