"""A tiny shop with a coupon that is sent once and valid for three days, beside one that is sent for its day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Horizon
from scenarios.language.words import Measure
from scenarios.response.effects import Effects

START = dt.date(2026, 11, 2)
CUSTOMERS, BASE, PRICE, COST, CONTACT, PHI, HALF_LIFE = 100, 20.0, 10.0, 4.0, 0.5, 0.3, 2.0
SAVES, LIFT, TAKE_UP, FIXED = {"week": 2.0, "day": 1.0}, {"week": 0.8, "day": 0.3}, {"week": 0.3, "day": 0.2}, 3.0
SENDINGS = {0: (0, 1, 2), 3: (3, 4, 5)}
"""Days of each validity by the day of its sending."""
DOCUMENT: dict[str, Any] = {
    "scenario": "tiny",
    "currency": "EUR",
    "horizon": {"start": START, "periods": 6},
    "segments": [{"id": "all", "customers": CUSTOMERS}],
    "products": [{"id": "tea", "category": "drinks", "price": str(PRICE), "unit_cost": str(COST)}],
    "channels": [{"id": "push", "cost_per_contact": str(CONTACT), "contacts_per_customer": {"max": 1, "days": 4}}],
    "offers": [
        {
            "id": "week", "mechanic": "coupon", "value": "2", "layer": "targeted", "channel": "push",
            "coverage": ["50%", "100%"], "fixed_cost": str(FIXED),
            "valid": {"days": 3, "sent": [START, START + dt.timedelta(days=3)]},
        },
        {"id": "day", "mechanic": "coupon", "value": "1", "layer": "targeted", "channel": "push"},
    ],
    "effects": {"table": "none.csv"},
    "response": {
        "fatigue": PHI, "fatigue_half_life": HALF_LIFE, "carry_over": "ignore",
        "pull_forward": {"share": 0, "periods": 1}, "cannibalisation": 0, "halo": 0,
    },
}  # fmt: skip
BY_HAND = (Measure.PROFIT, Measure.CONTACTS, Measure.CASH_COST, Measure.CUSTOMERS_REACHED, Measure.MAX_LIABILITY)


def effects() -> Effects:
    """The same lift and take-up of an offer every day, and nothing else to sell."""
    lift, take_up = np.zeros((1, 2, 6, 2)), np.zeros((1, 2, 6, 2))
    lift[0, 0], take_up[0, 0] = list(LIFT.values()), list(TAKE_UP.values())
    none = np.zeros((1, 2, 6, 2))
    return Effects(
        base_units=np.full((1, 1, 1, 6), BASE), base_cv=np.zeros((1, 1)), lift=lift[None], lift_sd=none,
        take_up=take_up, take_up_cv=none, evidence=("assumed",) * 2, source="a table",
    )  # fmt: skip


def coupon(*days: int, offer: str = "week", coverage: float = 1.0) -> tuple[PlanLine, ...]:
    """Lines of a coupon on some days, the first of the horizon being 0."""
    return tuple(
        PlanLine(date=START + dt.timedelta(days=day), product="tea", segment="all", offer=offer, coverage=coverage)
        for day in days
    )


def send_once(own: np.random.Generator, document: dict[str, Any]) -> None:
    """Let a scenario's offers with a channel be sent in every second or third period, or from one before it on."""
    horizon = Horizon.model_validate(document["horizon"])
    for offer in document["offers"]:
        if "channel" in offer:
            periods, first = int(own.integers(2, 4)), int(own.integers(-1, 2))
            sent = [horizon.date_of(t) for t in range(first, horizon.periods, periods)]
            offer["valid"] = {"days": periods * horizon.period_days, "sent": sent}
