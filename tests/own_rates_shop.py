"""A grocer with a shelf of shampoo: two products with different tax, as docs/money.md works them to the cent."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from scenarios.grid import build_grid
from scenarios.language.schema import Scenario
from scenarios.response.baskets import Baskets, OrderBin
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects

DAY = dt.date(2026, 11, 2)
OFF_20: dict[str, Any] = {
    "id": "off-20",
    "mechanic": "price_discount",
    "depth": "20%",
    "fixed_cost": "100",
    "funding": {"vendor": "brand", "share": "50%"},
}
COUPON: dict[str, Any] = {
    "id": "coupon-560",
    "mechanic": "coupon",
    "value": "5.60",
    "layer": "targeted",
    "channel": "app",
    "coverage": "50%",
}
SAVE_14: dict[str, Any] = {
    "id": "save-14",
    "mechanic": "threshold",
    "spend": "200",
    "save": "14",
    "funding": {"vendor": "brand", "share": "25%"},
}


def grocer_document(**own: str) -> dict[str, Any]:
    """The scenario; ``own`` are keys of the shampoo beside its price and cost."""
    return {
        "scenario": "grocer",
        "currency": "SEK",
        "horizon": {"start": DAY, "periods": 1},
        "money": {"tax_rate": "12%", "fee_rate": "1%"},
        "segments": [{"id": "everyone", "customers": 1000}],
        "products": [
            {"id": "milk", "category": "grocery", "price": "22.40", "unit_cost": "14"},
            {"id": "shampoo", "category": "drugstore", "price": "50", "unit_cost": "22", **own},
        ],
        "vendors": [{"id": "brand"}],
        "channels": [{"id": "app"}],
        "offers": [OFF_20, COUPON, SAVE_14],
        "baskets": {"table": "baskets.csv"},
        "effects": {"table": "effects.csv"},
        "response": {"fatigue": 0, "pull_forward": {"share": 0, "periods": 1}, "cannibalisation": 0, "halo": 0},
    }


def grocer_effects() -> Effects:
    """500 cartons of milk and 56 bottles of shampoo a day, and what the offers do to them."""
    lift, take_up = np.zeros((1, 1, 3, 1, 3)), np.zeros((1, 3, 1, 3))
    lift[0, 0, :2, 0, :2] = 0.5, 0.1
    lift[0, 0, 2, 0, 2] = 0.05
    take_up[0, :2, 0, :2] = 1.0, 0.2
    take_up[0, 2, 0, 2] = 0.6
    return Effects(
        base_units=np.array([500.0, 56.0]).reshape(1, 1, 2, 1),
        base_cv=np.zeros((1, 2)),
        lift=lift,
        lift_sd=np.zeros_like(take_up),
        take_up=take_up,
        take_up_cv=np.zeros_like(take_up),
        evidence=("assumed",) * 3,
        source="the example",
    )


def grocer(**own: str) -> Coefficients:
    """The shop's tables; 60 of 100 orders a day are worth 200 or more."""
    scenario = Scenario.model_validate(grocer_document(**own))
    bins = (OrderBin(value=80.0, orders=40.0, units=2.0), OrderBin(value=250.0, orders=60.0, units=8.0))
    return build_coefficients(build_grid(scenario), grocer_effects(), Baskets(bins={"everyone": bins}))
