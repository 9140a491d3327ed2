"""Floors that too few slots can reach: a count of the slots that may hold a matching line is proof enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from constraints.rulebook import RuleBook
from constraints.rules.forms import CompiledRule, FloorRows, Masks
from constraints.rules.kinds.fairness import floored
from scenarios.arrays import Flag, Int
from scenarios.first_few import NAMED
from scenarios.language.schemas.rule import Fairness


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
        if form is None or not isinstance(record, Fairness) or not _short(form, rulebook, masks).any():
            continue
        needed = list(masks)
        for other in masks:  # those that the proof can do without are left out one by one
            rest = [each for each in needed if each is not other]
            if _short(form, rulebook, rest).any():
                needed = rest
        found.append(_told(record, form, rulebook, needed, _remedy(record, form, rulebook, masks, needed)))
    return found


def _room(form: FloorRows, rulebook: RuleBook, masks: Sequence[CompiledRule]) -> Int:
    """[R] slots that may hold a matching line where there is something to sell, by the masks of some rules."""
    possible: Flag = rulebook.open.copy()
    for rule in masks:
        for mask in rule.forms:
            if isinstance(mask, Masks):
                possible &= ~mask.forbidden
    entries = form.entries
    can = (entries.sets[entries.choice_set] & possible[entries.slot]).any(axis=1)
    return np.bincount(entries.cell, weights=can, minlength=len(form.floor)).astype(np.int64)


def _short(form: FloorRows, rulebook: RuleBook, masks: Sequence[CompiledRule]) -> Flag:
    return np.asarray(_room(form, rulebook, masks) < form.floor)


def _remedy(
    rule: Fairness, form: FloorRows, rulebook: RuleBook, masks: Sequence[CompiledRule], needed: Sequence[CompiledRule]
) -> str:
    """Say what to change under all masks, also under those that the proof can do without."""
    room = _room(form, rulebook, masks)
    fewer, none = room[(room > 0) & (room < form.floor)], bool((room == 0).any())
    steps = [f"lower min of {rule.id} to {int(fewer.min()):,} at most"] if fewer.size else []
    if none:
        steps.append(f"leave segments without slots out of {rule.id} (where: {{segments: [...]}})")
    standing = [
        mask.id
        for mask in masks
        if not any(mask is each for each in needed)
        and (_room(form, rulebook, [each for each in masks if each is not mask]) > room).any()
    ]
    stand = f", as long as {' and '.join(standing)} stand{'s' if len(standing) == 1 else ''}" if standing else ""
    return " and ".join(steps) + stand + (", or drop it" if none else "")


def _told(
    rule: Fairness, form: FloorRows, rulebook: RuleBook, needed: Sequence[CompiledRule], remedy: str
) -> ShortFloor:
    grid = rulebook.grid
    room, beside = _room(form, rulebook, needed), tuple(each.id for each in needed)
    names = [grid.segments[number].id for number in floored(rule, grid)]
    short = np.flatnonzero(room < form.floor)
    each = [f"{names[row]} has {room[row]:,}" for row in short[:NAMED]]
    more = f", and {len(short) - NAMED} more segments have too few" if len(short) > NAMED else ""
    under = f" that {' and '.join(beside)} leave{'s' if len(beside) == 1 else ''}" if beside else ""
    asked = f"{rule.id} asks for {rule.min:,} matching lines a segment"
    stocked = " with anything to sell" if rulebook.idle.any() else ""
    reason = f"{asked}, more than there are slots for them{stocked}{under}: {', '.join(each)}{more}"
    firm = {each.id for each in grid.scenario.rules if each.firm}
    all_firm = firm.issuperset((rule.id, *beside))
    free = beside if all_firm else tuple(name for name in beside if name not in firm)
    ways = ([remedy] if all_firm or not rule.firm else []) + ([f"relax {' or '.join(free)}"] if free else [])
    return ShortFloor(rule_id=rule.id, beside=beside, reason=reason, remedy=", or ".join(ways))
