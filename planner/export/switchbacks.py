"""Switchbacks: the days on which a lot switches public prices off, so that their effect can be told from all else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from constraints.rules.registry import check_rules
from planner.export.rollout_tables import Key
from planner.figures import plural
from scenarios.answer.plan import LineResult
from scenarios.arrays import Plan
from scenarios.flight.messages.holdout import switch_blocks, switched_off
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import Layer
from scenarios.response.economics import PRICE_MECHANICS
from surrogate.flight.measure.switchback import FEWEST

SHORTEST_SWITCH = 6
"""Fewest periods of an offer on a product for which a switchback is drawn."""


def draw_switchbacks(
    grid: Grid,
    lines: Sequence[LineResult],
    plan: Plan,
    share: float,
    seed: int,
    locked: dt.date | None = None,
) -> tuple[dict[Key, int], frozenset[Key], list[str]]:
    """Draw the periods in which public prices are off: those that took part by block, those off, and sentences.

    A product whose switched-off days would break a rule, or be too few to measure anything, keeps its price on.

    Parameters
    ----------
    locked
        Last day of a running campaign that cannot be changed any more: no lot is drawn over what has run.
    """
    if not share:
        return {}, frozenset(), []
    offers = {offer.id: offer for offer in grid.scenario.offers}
    runs: dict[tuple[str, str], list[LineResult]] = {}
    for line in lines:
        kind = offers[line.offer]
        if locked is not None and line.period <= locked:
            continue
        if kind.layer is Layer.PUBLIC and kind.mechanic in PRICE_MECHANICS:
            runs.setdefault((line.product, line.offer), []).append(line)
    tried: dict[Key, int] = {}
    off: set[Key] = set()
    notes = []
    if locked is not None:
        notes.append(f"periods up to {locked} keep what the rollout before this one has drawn for them")
    broken_before = _broken(grid, grid.lines(plan))
    for (product, offer), run in runs.items():
        name = f"{offer} on {product}"
        if len(run) < SHORTEST_SWITCH:
            notes.append(f"{name}: runs in {plural(len(run), 'period')}, a switchback needs {SHORTEST_SWITCH}")
            continue
        dates = sorted(line.period for line in run)
        drawn = switched_off(range(len(dates)), share, seed, f"{product} {offer}")
        if min(len(drawn), len(dates) - len(drawn)) < FEWEST:
            counts = f"{len(drawn)} of {len(dates)} periods would be off by lot"
            notes.append(f"{name}: no switchback, {counts}, and to tell anything takes {FEWEST} off and {FEWEST} on")
            continue
        gone = {(dates[place], product, offer) for place in drawn}
        left = tuple(line for line in grid.lines(plan) if (line.date, line.product, line.offer) not in off | gone)
        broken = _broken(grid, left) - broken_before
        if broken:
            notes.append(f"{name}: no switchback, its days off would break {', '.join(sorted(broken))}")
            continue
        off |= gone
        blocks = switch_blocks(len(dates), len(drawn)).tolist()
        tried |= {(date, product, offer): block for date, block in zip(dates, blocks, strict=True)}
        costs = sum(float(line.contribution or 0) for line in run if (line.period, product, offer) in gone)
        lost = "no" if costs <= 0 else "less than 1 of" if costs < 0.5 else f"about {costs:,.0f} of"
        notes.append(f"{name}: off by lot in {len(gone)} of {len(dates)} periods, which gives up {lost} profit")
    return tried, frozenset(off), notes


def _broken(grid: Grid, lines: Sequence[PlanLine]) -> set[str]:
    return {rule.id for rule in check_rules(grid, tuple(lines)) if not rule.satisfied}
