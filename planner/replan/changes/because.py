"""Why a change is made now: what was learned that speaks for it, or else what stood against it in the running plan.

A change is looked at alone, in the plan that runs, lines that share their messages as one: by what was expected when
that plan was made, and by what is known now. So a reason never speaks against its change: a factor is told only where
it points the change's way and what was learned does make the change worth more. Otherwise a limit or stock that has
room again is told, a line that left room, or that nothing of it was learned. A line is named only where a trial shows
that it alone makes the difference: without its change the other does not fit, with it the other fits and pays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.evolution.workspace import Workspace
from scenarios.arrays import Int, Plan
from scenarios.currency import minor_digits
from scenarios.language.implied_ids import STOCK
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import BASKET
from scenarios.rounding import scaled, to_decimal
from surrogate.flight.recalibration.moved import Moved
from surrogate.flight.recalibration.recalibrate import Recalibration

TOGETHER = "earns more beside the other changes"
"""What is said of a change that nothing else speaks for."""
TELLING = 0.05
"""A factor this far from 1 is worth saying as a reason."""
ROOM = 0.01
"""Share of a limit that a line must leave to be what made room: what it does to others moves every measure a bit."""


@dataclass(frozen=True, kw_only=True)
class Barred:
    """What a plan breaks beyond the plan that runs."""

    limits: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    """Whose stock does not suffice."""
    rules: bool = False

    def __bool__(self) -> bool:
        return bool(self.limits or self.products or self.rules)


@dataclass(frozen=True, kw_only=True)
class Alone:
    """One change, of a line or of all lines of a message, made alone in the plan that runs."""

    expected: float
    """What it gained by what was expected when that plan was made."""
    gains: float
    """What it gains by what is known now."""
    then: Barred
    """What it broke by what was expected."""
    now: Barred
    """What it breaks by what is known now."""


def alone(was: Workspace, now: Workspace, running: Plan, new: Plan, sets: Sequence[Int]) -> tuple[Alone, ...]:
    """Look at each change alone.

    Parameters
    ----------
    was, now
        Values by what was expected when the running plan was made, and by what is known now.
    running, new : int8 [N]
        The plan that runs and the new one.
    sets
        Slots where they differ, those of each change in one array.
    """
    seen = [tried(space, running, new, sets) for space in (was, now)]
    return tuple(
        Alone(expected=expected, gains=gains, then=then, now=here)
        for (expected, then), (gains, here) in zip(*seen, strict=True)
    )


def tried(space: Workspace, running: Plan, new: Plan, sets: Sequence[Int]) -> list[tuple[float, Barred]]:
    """What the running plan gains by each set of slots filled as in the new one, and what it breaks then beyond it."""
    plans = np.repeat(running[None], len(sets), axis=0)
    for plan, slots in zip(plans, sets, strict=True):
        plan[slots] = new[slots]
    book, broken = space.evaluator, space.rules.violations(running)
    value = space.value(np.concatenate([running[None], plans]))
    gained = (value.objective[1:] - value.objective[0]).tolist()
    before = book.excess(value.uses[0], value.stock[0], space.bound, space.available)
    found = []
    for plan, gain, uses, stock in zip(plans, gained, value.uses[1:], value.stock[1:], strict=True):
        after = book.excess(uses, stock, space.bound, space.available)
        rows = np.flatnonzero(after.scalar > before.scalar)
        short = np.flatnonzero((after.stock > before.stock).any(axis=1))
        barred = Barred(
            limits=tuple(dict.fromkeys(space.limits.ids[row] for row in rows)),
            products=tuple(space.grid.products[product].id for product in short),
            rules=space.rules.violations(plan) > broken,
        )
        found.append((gain, barred))
    return found


def facts(before: PlanLine | None, after: PlanLine | None, change: Alone, learned: Recalibration) -> list[str]:
    """Say what was learned of a change's offers and product, where it points the change's way.

    What would have gained by the forecast, too, and broke a limit or a rule then, was barred: no factor is its reason.
    """
    if not change.gains > change.expected or (change.expected > 0 and change.then):
        return []
    said = []
    weaker, stronger = (None if line is None else _of_offer(line, learned) for line in (before, after))
    one, two = (1.0 if told is None else told.factor for told in (weaker, stronger))
    if weaker is not None and one <= 1.0 - TELLING and (after is None or one < two):
        said.append(weaker.words)
    if stronger is not None and two >= 1.0 + TELLING and (before is None or one < two):
        said.append(stronger.words)
    line = after if before is None else before
    base = None if line is None or line.product == BASKET else learned.products.get(line.product)
    if line is not None and base is not None and (before is None or after is None):
        towards = base.factor - 1.0 if before is None else 1.0 - base.factor
        if towards >= TELLING:
            said.append(f"{line.product} {sells(base)}")
    return said


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What was learned of a line's offer where the line is."""

    factor: float
    words: str


def _of_offer(line: PlanLine, learned: Recalibration) -> _Told | None:
    """What was learned of a line's offer; of a segment that showed nothing of it, what others let expect there."""
    found = learned.offers.get(line.offer)
    if found is None:
        return None
    untold = learned.told_where.untold(line)
    if untold is None:
        own = learned.in_segments.get((line.offer, line.segment))
        if own is None:
            return _Told(factor=found.factor, words=f"{line.offer} {brings(found)}")
        return _Told(factor=own.factor, words=f"{line.offer} {brings(own)} for {line.segment}")
    start = (
        f"sales of {line.segment} tell nothing of {line.offer}"
        if untold.ran
        else f"{line.offer} has not run for {line.segment}"
    )
    taken = f"taken as {untold.factor:.2f} of its forecast there, by what it brought elsewhere ({found.factor:.2f})"
    return _Told(factor=untold.factor, words=f"{start}: {taken}")


def circumstance(
    space: Workspace, change: Alone, room: str, learned: Recalibration, *, added: bool, lines: int = 1
) -> str:
    """Say what made a change possible, where nothing that was learned of it speaks for it.

    Parameters
    ----------
    room
        What lines that went leave for it, in words; empty where none did.
    added
        Whether the change fills an empty slot.
    lines
        How many lines the change is made of.
    """
    known, who = space.limits.ids, "" if lines == 1 else f"its {lines} lines together "
    eased = [name for name in change.then.limits if name in known and name not in change.now.limits]
    if eased and not change.now:
        sign = space.limits.sign[known.index(eased[0])]
        return f"{eased[0]} has room for it again" if added and sign > 0 else f"{eased[0]} allows it now"
    stocked = [name for name in change.then.products if name not in change.now.products]
    if stocked and not change.now:
        base = learned.products.get(stocked[0])
        less = f": {stocked[0]} {sells(base)}" if base is not None and base.factor <= 1.0 - TELLING else ""
        return f"stock of {stocked[0]} suffices for it now{less}"
    if change.now:
        return room or _beside(change.now)
    if change.expected > 0:
        lacks = "it" if lines == 1 else "them"
        amount = in_money(space, change.expected)
        return f"{who}would have gained {amount} by the forecast, too: the running plan lacks {lacks}"
    if change.gains > 0:
        amount, gains = in_money(space, -change.expected), "gains" if lines == 1 else "gain"
        return f"{who}would have lost {amount} by the forecast, and {gains} by what was sold since"
    return TOGETHER


def _beside(barred: Barred) -> str:
    if barred.limits:
        return f"other changes make room for it in {barred.limits[0]}"
    if barred.products:
        return f"other changes leave stock of {barred.products[0]} for it"
    return "other changes make room for it in the rules"


def rooms(
    space: Workspace, new: Plan, running: Plan, gone: Sequence[tuple[int, PlanLine]]
) -> dict[str, tuple[int, str]]:
    """Say for each limit and stock which line that went leaves most room in it: its slot, and words.

    Parameters
    ----------
    gone
        Slots whose line went or changed, and the line that ran there.
    """
    if not gone:
        return {}
    base, most = space.value(new[None]), dict[str, tuple[float, int, str]]()
    for slot, line in gone:
        plan = new.copy()
        plan[slot] = running[slot]
        value = space.value(plan[None])
        used = space.limits.sign * (value.uses[0] - base.uses[0]) / space.limits.scale
        sold = (value.stock[0] - base.stock[0]).max(axis=1)
        words = f"{line.offer} on {line.product}, {line.date:%m-%d},"
        for name, amount in zip(space.limits.ids, used, strict=True):
            if amount > max(ROOM, most[name][0] if name in most else 0.0):
                most[name] = float(amount), slot, f"{words} leaves room in {name}"
        for product, amount in zip(space.grid.products, sold, strict=True):
            name = f"{STOCK}{product.id}"
            if amount > max(0.5, most[name][0] if name in most else 0.0):
                most[name] = float(amount), slot, f"{words} leaves stock of {product.id}"
    return {name: (slot, words) for name, (_, slot, words) in most.items()}


def room_for(
    space: Workspace, running: Plan, new: Plan, slots: Int, barred: Barred, left: dict[str, tuple[int, str]]
) -> str:
    """Return the words of the line that went whose change alone lets another one fit and pay; blank where none does.

    Parameters
    ----------
    barred
        What the change of ``slots`` breaks alone in the running plan; at most one line is tried for each of it.
    left
        As `rooms` returns them.
    """
    wanted = (*barred.limits, *(f"{STOCK}{product}" for product in barred.products))
    seen = set[int]()
    for gone, words in (left[name] for name in wanted if name in left):
        if gone in slots or gone in seen:
            continue
        seen.add(gone)
        beside = running.copy()
        beside[gone] = new[gone]
        ((gain, still),) = tried(space, beside, new, [slots])
        if gain > 0 and not still:
            return words
    return ""


def in_money(space: Workspace, amount: float) -> str:
    """Say an amount in major units, to the minor unit."""
    digits = minor_digits(space.grid.scenario.currency)
    minor = int(scaled(np.array([amount]), digits)[0])
    return f"{to_decimal(minor, digits):,f}"


def brings(found: Moved) -> str:
    """Say how an offer does: ``brings 0.73 of its forecast``."""
    return f"brings {found.factor:.2f} of its forecast"


def sells(found: Moved) -> str:
    """Say how a product does without promotion."""
    return f"sells {found.factor:.2f} of its forecast without promotion"
