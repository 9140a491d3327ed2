"""Random limits of every kind: all measures and scopes, windows, weeks and months, ratios and shares, max and min."""

from __future__ import annotations

from typing import Any

import numpy as np
from further_rules import Draw

from scenarios.language.words import RATIOS, Measure

BUSINESS = frozenset({Measure.MARGIN, Measure.PROFIT}) | RATIOS
"""Measures whose scope names no offers."""


def scope_of(draw: Draw, measure: Measure) -> dict[str, Any]:
    """Draw a scope that a measure has a meaning over."""
    kept = ("products", "segments", "periods") if measure in BUSINESS else None
    where = draw.scope()
    if "periods" in where and draw.rng.random() < 0.3:
        del where["periods"]
    return {key: value for key, value in where.items() if kept is None or key in kept}


def further_limits(
    rng: np.random.Generator, scenario: dict[str, Any], measures: tuple[Measure, ...] = tuple(Measure)
) -> list[dict[str, Any]]:
    """Draw up to six limits; bounds are drawn by the caller, who knows what plans use."""
    draw = Draw(rng, scenario)
    sums = tuple(measure for measure in measures if measure not in BUSINESS)
    made: list[dict[str, Any]] = []
    for number in range(int(rng.integers(2, 7))):
        measure = measures[int(rng.integers(len(measures)))]
        limit: dict[str, Any] = {"id": f"l{number}-{measure}", "measure": str(measure)}
        limit["where"] = scope_of(draw, measure)
        limit["max" if rng.random() < 0.6 else "min"] = 0
        if measure not in RATIOS and rng.random() < 0.2:
            whole = sums[int(rng.integers(len(sums)))]
            if whole is not measure:
                limit["share_of"] = {"measure": str(whole), "where": scope_of(draw, whole)}
        chance = rng.random()
        if chance < 0.2:
            limit["window"] = f"{int(rng.integers(1, 4)) * draw.step} days"
        elif chance < 0.35:
            limit["each"] = str(rng.choice(["period", "week", "month"]))
        made.append(limit)
    return made
