"""One budget over coupons that act by themselves: a question whose prices of limits are known well."""

from __future__ import annotations

import numpy as np
from scenario_factory import START, rng_of
from tiny_problem import problem

from planner.problem import Problem
from scenarios.language.schema import Scenario
from scenarios.response.effects import Effects

SHAPE = (4, 5, 8)
"""Segments, products, periods: 160 slots of small lines, so that a plan comes near to its linear programme."""
CALM = {"fatigue": 0.0, "pull_forward": {"share": 0.0, "periods": 1}, "cannibalisation": 0.0, "halo": 0.0}


def one_budget(
    budget: float, closed: str | None = None, at_risk: float | None = None, stock: int | None = None
) -> Problem:
    """Coupons for every segment, product and day, vendor-funded in part, that act by themselves; one budget.

    Parameters
    ----------
    closed
        A product for which nothing may be spent.
    at_risk
        Share of the futures that must keep the budget.
    stock
        Units that there are of the first product.
    """
    total = {"id": "total-budget", "measure": "spend", "max": budget, "at_risk": at_risk}
    nothing = {"id": "nothing", "measure": "spend", "max": 0, "where": {"products": [closed]}}
    segments, products, periods = SHAPE
    document = {
        "scenario": "prices",
        "currency": "CNY",
        "horizon": {"start": START, "periods": periods},
        "segments": [{"id": f"s{s}", "customers": 1000} for s in range(segments)],
        "products": [{"id": f"k{k}", "category": f"c{k}", "price": "20", "unit_cost": "9"} for k in range(products)],
        "offers": [{"id": "cut", "mechanic": "coupon", "depth": "20%", "layer": "targeted"}],
        "limits": [
            total,
            {"id": "roomy", "measure": "units", "max": 1_000_000},
            {"id": "calls", "measure": "uses", "min": 10},
            *([] if closed is None else [nothing]),
        ],
        "effects": {"table": "none.csv"},
        "response": CALM,
    }
    document["products"][0]["stock"] = stock
    rng = rng_of(5)
    shape = (1, segments, products + 1, periods, 1)
    here = np.ones(shape)
    here[:, :, products] = 0.0
    effects = Effects(
        base_units=rng.uniform(20, 60, size=(1, *SHAPE)),
        base_cv=np.zeros(SHAPE[:2]),
        lift=rng.uniform(0.3, 2.5, size=shape) * here,
        lift_sd=np.zeros(shape[1:]),
        take_up=(rng.uniform(0.2, 0.6, size=shape) * here)[0],
        take_up_cv=np.zeros(shape[1:]),
        evidence=("assumed",),
        source="made up",
    )
    return problem(Scenario.model_validate(document), effects, None)
