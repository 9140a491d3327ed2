"""Offers that may bring nothing, their lift's interval reaching 0: in words below the tables that show them."""

from __future__ import annotations

from collections.abc import Sequence

from planner.reasons.effect_scores import Score
from scenarios.grid import Grid


def may_bring_nothing(offers: Sequence[str]) -> tuple[str, ...]:
    """Name the offers of one table whose interval reaches 0; nothing where there are none."""
    return (f"may be nothing: the interval of the lift reaches 0: {', '.join(offers)}",) if offers else ()


def where_nothing(grid: Grid, scores: Sequence[Score]) -> tuple[str, ...]:
    """Name by offer in how many segments its lift may be nothing, for tables that add segments up."""
    said = []
    for number, offer in enumerate(grid.scenario.offers):
        own = [score.may_be_nothing for score in scores if score.offer == number]
        if any(own):
            where = "all segments" if all(own) else f"{sum(own)} of {len(own)} segments"
            said.append(f"{offer.id} (in {where})")
    return (f"lift may be nothing, its 90% interval reaches 0: {', '.join(said)}",) if said else ()
