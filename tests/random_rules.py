"""Random rules over random scopes, as the plain values of a scenario file."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from random_offers import share


def random_rules(rng: np.random.Generator, scenario: dict[str, Any]) -> list[dict[str, Any]]:
    """Draw some rules of random kinds over random scopes."""
    axes = [[], ["product"], ["segment"], ["segment", "product"], ["category"], ["offer"]]
    products = [product["id"] for product in scenario["products"]]
    segments = [segment["id"] for segment in scenario["segments"]]
    mechanics = sorted({offer["mechanic"] for offer in scenario["offers"]})
    days = scenario["horizon"]["periods"] * (7 if scenario["horizon"]["unit"] == "week" else 1)

    def scope() -> dict[str, Any]:
        where: dict[str, Any] = {}
        if rng.random() < 0.3:
            where["products"] = [str(rng.choice(products))]
        if rng.random() < 0.2:
            where["segments"] = [str(rng.choice(segments))]
        if rng.random() < 0.3:
            where["mechanics"] = [str(rng.choice(mechanics))]
        if rng.random() < 0.2:
            where["layer"] = str(rng.choice(["public", "targeted"]))
        if rng.random() < 0.3:
            first = scenario["horizon"]["start"] + dt.timedelta(days=int(rng.integers(days)))
            where["periods"] = [f"{first}..{first + dt.timedelta(days=int(rng.integers(days)))}"]
        return where

    def per() -> list[str]:
        return axes[int(rng.integers(len(axes)))]

    made: list[dict[str, Any]] = []
    for kind in ("max_concurrent", "min_gap", "max_frequency", "max_run", "blackout", "eligible", "at_most_one"):
        if rng.random() < 0.4:
            rule: dict[str, Any] = {"id": kind.replace("_", "-"), "rule": kind, "where": scope()}
            if kind in ("max_concurrent", "max_frequency"):
                rule["max"] = int(rng.integers(1, 4))
            if kind in ("min_gap", "max_frequency", "max_run"):
                rule["periods"] = int(rng.integers(1, 4))
            if kind == "eligible":
                rule["only"] = scope()
            if kind in ("max_concurrent", "min_gap", "max_frequency", "max_run", "at_most_one"):
                rule["per"] = per()
            if kind == "blackout" and not rule["where"]:
                rule["where"] = {"products": [products[0]], "segments": [segments[0]], "layer": "targeted"}
            made.append(rule)
    if rng.random() < 0.4:
        made.append({"id": "deep", "rule": "max_depth", "max": share(rng.uniform(0.1, 0.5)), "where": scope()})
    if rng.random() < 0.4:
        made.append(
            {
                "id": "floor",
                "rule": "min_price",
                "margin": float(rng.uniform(-0.2, 0.2)),
                "where": scope(),
                "counts_funding": bool(rng.random() < 0.5),
            }
        )
    return made
