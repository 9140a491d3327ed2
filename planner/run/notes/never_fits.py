"""Offers of which every line breaks a limit on a sum beside what must stand: no plan holds them, whatever they earn."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from constraints.limits.amounts import amount, bound_text
from planner.evaluation.evaluator import MANY_SLOTS
from planner.evolution.kept import Kept
from planner.evolution.workspace import Workspace
from planner.figures import plural
from scenarios.arrays import Plan

AT_FIRST, AT_ONCE = 16, 256
"""Lines that are valued together: few at first, one of which fits as a rule, then many."""


def never_fits(space: Workspace, plans: Iterable[Plan]) -> dict[int, str]:
    """Return a sentence for each offer in none of the plans of which one limit leaves no room for even a single line.

    By number of the offer.

    Looked at on at most `MANY_SLOTS` slots: every line of such an offer is valued truly, beside the lines that every
    plan holds: locked ones, and those of a start that is kept whole. Of one that is kept in part others may go.
    """
    if space.grid.slots > MANY_SLOTS:
        return {}
    whole = isinstance(space.rules, Kept) and space.rules.spare == 0
    locked = (space.rules if whole else space.written).locked_plan()
    beside = "beside the lines that are kept" if whole else "by itself"
    used = {
        space.grid.choices[space.grid.slot(int(slot)).block][int(plan[slot]) - 1].offer
        for plan in plans
        for slot in np.flatnonzero(plan)
    }
    lines: dict[int, list[tuple[int, int]]] = {}
    free = space.rules.base & ~(space.rules.fixed | (locked > 0))[:, None]
    for slot, choice in zip(*np.nonzero(free[:, 1:]), strict=True):
        offer = space.grid.choices[space.grid.slot(int(slot)).block][int(choice)].offer
        if offer not in used:
            lines.setdefault(offer, []).append((int(slot), int(choice) + 1))
    said = {offer: _said(space, locked, offer, places, beside) for offer, places in sorted(lines.items())}
    return {offer: one for offer, one in said.items() if one}


def _said(space: Workspace, locked: Plan, offer: int, places: list[tuple[int, int]], beside: str) -> str:
    """Say which limit each line of an offer breaks ``beside`` what must stand; nothing where some line fits.

    Shares and ratios are left out: what a line by itself makes too much of them, other lines may make less.
    """
    limits = space.limits
    sums = np.isnan(limits.rate) & np.array([record.share_of is None for record in limits.records], dtype=bool)
    bound = space.real_bound()
    broken = sums & (limits.sign > 0) & (space.score(locked).uses <= bound)
    least = np.full(len(bound), np.inf)
    for start, end in pairwise([0, *range(AT_FIRST, len(places), AT_ONCE), len(places)]):
        uses = _uses(space, locked, places[start:end])
        broken &= (uses > bound).all(axis=0)
        if not broken.any():
            return ""
        least = np.minimum(least, uses.min(axis=0))
    row = int(broken.argmax())
    record = limits.records[row]
    asked = amount(record.unit, float(least[row]), money_digits=record.money_digits)
    allowed = bound_text(record.unit, record.bound, money_digits=record.money_digits)
    return (
        f"{space.grid.scenario.offers[offer].id} is in none of the plans: each of its {plural(len(places), 'line')} "
        f"breaks {record.id} {beside} ({asked} at the least, where {allowed} is allowed)"
    )


def _uses(space: Workspace, locked: Plan, places: list[tuple[int, int]]) -> NDArray[np.float64]:
    """[P, L] uses of every limit under the locked lines and one more line each."""
    plans = np.repeat(locked[None], len(places), axis=0)
    for row, (slot, choice) in enumerate(places):
        plans[row, slot] = choice
    return np.stack([each.uses for each in space.scores(plans)])
