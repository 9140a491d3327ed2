"""Random limits of every kind, as the plain values of a scenario file."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from random_offers import share

from scenarios.language.schema import Scenario


def random_limits(rng: np.random.Generator, turnover: float) -> list[dict[str, Any]]:
    """Draw plain limits: budgets, messages, a margin, a volume, one at risk."""
    made: list[dict[str, Any]] = []

    def money(low: float, high: float) -> str:
        return str(round(turnover * float(rng.uniform(low, high)), 2))

    if rng.random() < 0.7:
        made.append({"id": "total-budget", "measure": "spend", "max": money(0.01, 0.2)})
    if rng.random() < 0.5:
        made.append(
            {"id": "coupons", "measure": "gross_spend", "max": money(0.01, 0.1), "where": {"layer": "targeted"}}
        )
    if rng.random() < 0.3:
        made.append({"id": "messages", "measure": "contacts", "max": int(rng.integers(100, 2000))})
    if rng.random() < 0.3:
        made.append({"id": "rate", "measure": "margin_rate", "min": share(rng.uniform(0.0, 0.15))})
    if rng.random() < 0.2:
        made.append({"id": "volume", "measure": "units", "min": int(rng.integers(0, 60))})
    if rng.random() < 0.2:
        made.append({"id": "risky", "measure": "discount", "max": money(0.05, 0.3), "at_risk": "90%"})
    return made


def document_of(scenario: Scenario) -> dict[str, Any]:
    """Return what limits of every kind are drawn for, as a scenario file holds it."""
    horizon = scenario.horizon
    return {
        "products": [{"id": product.id} for product in scenario.products],
        "segments": [{"id": segment.id} for segment in scenario.segments],
        "horizon": {"start": horizon.start, "periods": horizon.periods, "unit": horizon.unit.value},
    }


def limits_of_every_kind(
    rng: np.random.Generator, document: dict[str, Any], turnover: float, chance: float = 0.2
) -> list[dict[str, Any]]:
    """Draw limits in windows, weeks and months, on shares of another measure, on ROI, and on the least that must be."""
    products = [product["id"] for product in document["products"]]
    start, step = document["horizon"]["start"], 7 if document["horizon"]["unit"] == "week" else 1
    periods = document["horizon"]["periods"]
    days = f"{step * int(rng.integers(1, periods + 2))} days"
    inside = f"{step * int(rng.integers(1, periods + 1))} days"
    each = str(rng.choice(["period", "week", "month"]))
    first = start + dt.timedelta(days=step * int(rng.integers(periods)))
    part = {
        "layer": {"layer": "targeted"},
        "products": {"products": [str(rng.choice(products))]},
        "periods": {"periods": [f"{start}..{first}"]},
        "segments": {"segments": [document["segments"][0]["id"]]},
    }[str(rng.choice(["layer", "products", "periods", "segments"]))]
    sold = {key: value for key, value in part.items() if key != "layer"}
    most = share(rng.uniform(0.1, 0.8))

    def money(low: float, high: float) -> str:
        return str(round(turnover * float(rng.uniform(low, high)), 2))

    kinds: list[dict[str, Any]] = [
        {"id": "any-days", "measure": "spend", "max": money(0.005, 0.1), "window": days},
        {"id": "calendar", "measure": "gross_spend", "max": money(0.005, 0.1), "each": each, "where": part},
        {"id": "part", "measure": "spend", "max": most, "where": part, "share_of": {"measure": "gross_spend"}},
        {
            "id": "burden",
            "measure": "discount",
            "max": share(rng.uniform(0.01, 0.2)),
            "share_of": {"measure": "revenue", "where": sold},
            "window": days,
        },
        {"id": "pays", "measure": "roi", "min": str(round(float(rng.uniform(-0.8, 1.0)), 2)), "where": sold},
        {"id": "busy", "measure": "uses", "min": int(rng.integers(0, 6)), "window": inside},
        {
            "id": "vendor-part",
            "measure": "vendor_funding",
            "max": money(0.005, 0.05),
            "where": {**part, "vendor": "v0"},
        },
        {"id": "known", "measure": "customers_reached", "max": int(rng.integers(20, 600)), "window": days},
        {"id": "sure", "measure": "uses", "max": int(rng.integers(5, 80)), "window": days, "at_risk": "80%"},
    ]
    chances = rng.random(len(kinds))
    # Without draws of its own, so that scenarios that tests have chosen by their seeds stay as they are.
    few = {"id": "few", "measure": "lines", "max": 1 + len(days) % 8, "where": {**part, "layer": "targeted"}}
    if chances.max() <= chance:
        kinds.append(few)
        chances = np.append(chances, 0.0)
    return [kind for kind, drawn in zip(kinds, chances, strict=True) if drawn < chance]
