"""A shop with a bold offer, which gains most on average, and a steady one, which a careful objective prefers."""

from __future__ import annotations

import datetime as dt

import numpy as np

from scenarios.language.schema import Scenario
from scenarios.response.effects import Effects


def bold_or_steady(objective: object) -> tuple[Scenario, Effects]:
    """Two products, two days; the bold offer gains a little more on average, the steady one hardly varies."""
    funding = {"vendor": "maker", "share": "100%"}
    scenario = Scenario.model_validate(
        {
            "scenario": "two-offers",
            "currency": "CNY",
            "horizon": {"start": dt.date(2026, 11, 1), "periods": 2},
            "objective": objective,
            "segments": [{"id": "all", "customers": 1000}],
            "products": [{"id": name, "category": name, "price": "10", "unit_cost": "6"} for name in ("cup", "pot")],
            "offers": [
                {"id": "bold", "mechanic": "price_discount", "depth": "20%", "funding": funding, "fixed_cost": "80"},
                {"id": "steady", "mechanic": "price_discount", "depth": "10%", "funding": funding, "fixed_cost": "80"},
            ],
            "effects": {"table": "effects.csv"},
            "response": {"fatigue": 0.1, "pull_forward": {"share": 0, "periods": 1}, "cannibalisation": 0, "halo": 0},
        }
    )
    lift, take_up, sd = np.zeros((1, 1, 3, 2, 2)), np.zeros((1, 3, 2, 2)), np.zeros((1, 3, 2, 2))
    lift[0, 0, :2, :, 0], sd[0, :2, :, 0] = 0.56, 0.8
    lift[0, 0, :2, :, 1], sd[0, :2, :, 1] = 0.5, 0.05
    take_up[0, :2] = 1.0
    effects = Effects(
        base_units=np.full((1, 1, 2, 2), 100.0),
        base_cv=np.full((1, 2), 0.02),
        lift=lift,
        lift_sd=sd,
        take_up=take_up,
        take_up_cv=np.zeros(take_up.shape),
        evidence=("assumed", "assumed"),
        source="by hand",
    )
    return scenario, effects
