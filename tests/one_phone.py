"""The one phone of docs/money.md: one product, one segment, one day, whatever is offered on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np

from scenarios.answer.outcome import account
from scenarios.answer.plan import LineResult, Outcome
from scenarios.answer.summary import line_results, outcome
from scenarios.grid import build_grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Scenario
from scenarios.response.baskets import Baskets, OrderBin
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects

DAY = dt.date(2026, 11, 1)
HELD = {"everyone": {"phone": tuple(OrderBin(value=0.0, orders=n, units=u) for n, u in ((20.0, 1.0), (10.0, 3.0)))}}
"""20 orders of one phone, 10 of three."""


def phone_shop(
    *offers: dict[str, object],
    lifts: tuple[float, ...],
    take_ups: tuple[float, ...],
    spread: float = 0.0,
    orders: bool = True,
    gifts: int | None = None,
    push: Mapping[str, object] | None = None,
) -> tuple[Coefficients, Effects]:
    """Sell the one phone of docs/money.md under some offers: 100 a day at 2,260, 1,000 customers.

    ``gifts`` is the stock of earbuds, without a limit where left out; ``push`` are further keys of the channel.
    """
    scenario = Scenario.model_validate(
        {
            "scenario": "one-phone",
            "currency": "CNY",
            "horizon": {"start": DAY, "periods": 1},
            "money": {"tax_rate": "13%", "return_rate": "4%", "fee_rate": "0.6%"},
            "segments": [{"id": "everyone", "customers": 1000}],
            "products": [{"id": "phone", "category": "phones", "price": "2260", "unit_cost": "1500"}],
            "gifts": [
                {"id": "earbuds", "unit_cost": "50", "stock": gifts},
                {"id": "points", "unit_cost": "5%"},
            ],
            "channels": [{"id": "push", "cost_per_contact": "0.05", **(push or {})}],
            "vendors": [{"id": "nova"}],
            "offers": list(offers),
            "effects": {"table": "effects.csv"},
            "response": {"fatigue": 0, "pull_forward": {"share": 0, "periods": 1}, "cannibalisation": 0, "halo": 0},
        }
    )
    count = len(offers)
    lift, take_up = np.zeros((1, 1, 2, 1, count)), np.zeros((1, 2, 1, count))
    lift[0, 0, 0, 0], take_up[0, 0, 0] = lifts, take_ups
    wide = np.full_like(take_up, spread)
    effects = Effects(
        base_units=np.full((1, 1, 1, 1), 100.0),
        base_cv=np.full((1, 1), spread),
        lift=lift,
        lift_sd=wide,
        take_up=take_up,
        take_up_cv=wide,
        evidence=("assumed",) * count,
        source="the example",
    )
    bins = {"everyone": (OrderBin(value=2260.0, orders=100.0, units=1.0),)}
    baskets = Baskets(bins=bins, quantities=HELD) if orders else None
    return build_coefficients(build_grid(scenario), effects, baskets), effects


def line(offer: str, *, segment: str = "*", **levels: float) -> PlanLine:
    """One line of the one day."""
    return PlanLine(date=DAY, product="phone", segment=segment, offer=offer, **levels)


def told(model: Coefficients, *lines: PlanLine) -> tuple[Outcome, tuple[LineResult, ...]]:
    """Outcome and lines of a plan."""
    book, empty = account(model, model.grid.plan_of(lines)), account(model, model.grid.empty())
    return outcome(model, book, empty, {}), line_results(book)
