"""Floors that too few slots can reach: a count of the slots that may hold a matching line is proof enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from constraints.rulebook import RuleBook
from constraints.rules.fairness import floored
from constraints.rules.forms import Bools, CompiledRule, FloorRows, Ints, Masks
from scenarios.grid import Grid
from scenarios.language.rule_schema import Fairness

NAMED = 3
"""Segments that a sentence names."""


@dataclass(frozen=True, kw_only=True)
class ShortFloor:
    """A rule that asks for more lines than there are slots for."""

    rule_id: str
    beside: tuple[str, ...]
    """Rules without whose masks there would be slots enough."""
    reason: str
    remedy: str


def short_floors(rulebook: RuleBook) -> list[ShortFloor]:
    """Find every fairness rule that even a plan with a matching line in each possible slot breaks."""
    grid, found = rulebook.grid, []
    masks = [rule for rule in rulebook.rules if any(isinstance(form, Masks) for form in rule.forms)]
    for rule in rulebook.rules:
        record = next((each for each in grid.scenario.rules if each.id == rule.id), None)
        form = next((each for each in rule.forms if isinstance(each, FloorRows)), None)
        if form is None or not isinstance(record, Fairness) or not _short(form, grid, masks).any():
            continue
        needed = list(masks)
        for other in masks:  # those that the proof can do without are left out one by one
            rest = [each for each in needed if each is not other]
            if _short(form, grid, rest).any():
                needed = rest
        found.append(_told(record, form, grid, needed))
    return found


def _room(form: FloorRows, grid: Grid, masks: Sequence[CompiledRule]) -> Ints:
    """[R] slots that may hold a matching line by applies_to and the masks of some rules."""
    possible: Bools = grid.allowed_flat.copy()
    for rule in masks:
        for mask in rule.forms:
            if isinstance(mask, Masks):
                possible &= ~mask.forbidden
    entries = form.entries
    can = (entries.sets[entries.choice_set] & possible[entries.slot]).any(axis=1)
    return np.bincount(entries.cell, weights=can, minlength=len(form.floor)).astype(np.int64)


def _short(form: FloorRows, grid: Grid, masks: Sequence[CompiledRule]) -> Bools:
    return np.asarray(_room(form, grid, masks) < form.floor)


def _told(rule: Fairness, form: FloorRows, grid: Grid, needed: Sequence[CompiledRule]) -> ShortFloor:
    room, beside = _room(form, grid, needed), tuple(each.id for each in needed)
    names = [grid.segments[number].id for number in floored(rule, grid)]
    short = np.flatnonzero(room < form.floor)
    each = [f"{names[row]} has {room[row]:,}" for row in short[:NAMED]]
    more = f", and {len(short) - NAMED} more segments have too few" if len(short) > NAMED else ""
    under = f" that {' and '.join(beside)} leave{'s' if len(beside) == 1 else ''}" if beside else ""
    asked = f"{rule.id} asks for {rule.min:,} matching lines a segment"
    reason = f"{asked}, more than there are slots for them{under}: {', '.join(each)}{more}"
    least = int(room[short].min())
    relax = f", or relax {' or '.join(beside)}" if beside else ""
    remedy = f"lower min of {rule.id} to {least:,} at most{relax}"
    if not least:
        remedy = f"leave segments without slots out of {rule.id} (where: {{segments: [...]}}), or drop it{relax}"
    return ShortFloor(rule_id=rule.id, beside=beside, reason=reason, remedy=remedy)
