"""What a re-planned campaign does otherwise, line by line: what each change gains, and why it is made now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from constraints.ledger import LedgerReport
from planner.evolution.workspace import Workspace
from planner.problem import Problem
from planner.replan.changes.because import TOGETHER, Barred, alone, circumstance, facts, in_money, room_for, rooms
from planner.replan.changes.going_together import Sides, go_together, tied_places
from planner.replan.changes.needed import Needed, broken_without, eases, forced
from planner.replan.changes.taken_back import lost_without
from planner.replan.changes.unpaid import UnpaidWithout
from scenarios.arrays import Float, Plan
from scenarios.currency import minor_digits
from scenarios.language.plan_lines import PlanLine
from scenarios.rounding import scaled, to_decimal
from surrogate.flight.recalibration.recalibrate import Recalibration

ALONE = 0.5
"""Share of what a change gains in the new plan that it gains alone, below which the others are its reason, too."""
BESIDE = "worth that much only beside the other changes"
BETWEEN = "; "
"""Parts reasons."""
REASONS = 2
"""Most reasons that are told of one change."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One slot that the new plan fills otherwise; None where a plan leaves it empty."""

    before: PlanLine | None
    after: PlanLine | None
    gain: Decimal
    """Objective that would be lost if this change alone were taken back."""
    reason: str

    @property
    def reasons(self) -> list[str]:
        """The reasons in it."""
        return self.reason.split(BETWEEN)

    @property
    def slot(self) -> tuple[dt.date, str, str]:
        """Date, product and segment.

        Raises
        ------
        ValueError
            For a change without a line on either side.
        """
        line = self.after if self.after is not None else self.before
        if line is None:
            raise ValueError("a change needs a line on one side")
        return line.date, line.product, line.segment


def differences(
    problem: Problem,
    space: Workspace,
    running: Plan,
    new: Plan,
    stays: LedgerReport,
    learned: Recalibration,
    believed: Callable[[], Workspace],
    *,
    freed: Float | None = None,
    judged: Callable[[Plan], float] | None = None,
) -> tuple[Change, ...]:
    """List the changed slots in time order.

    Parameters
    ----------
    space
        Values without a cost of changes.
    running, new : int8 [N]
        The plan that runs and the new one.
    stays
        What the ledger says of the running plan, carried on as things are now.
    learned
        What the actuals told of effects.
    believed
        Called where something changes: values by what was expected when the running plan was made.
    freed
        [N] objective that lines of the running plan only seem to earn.
    judged
        Profit of a plan by the ledger, in major units, nothing sold or paid that is not there. A change without which a
        product sells out, or a vendor is asked for more than his fund, gains what it keeps from being lost, too, of
        which values that take stock and funds for limits know nothing.
    """
    grid = problem.grid
    slots = np.flatnonzero(running != new)
    if not slots.size:
        return ()
    idle = np.zeros(len(slots)) if freed is None else np.where(new[slots] == 0, freed[slots], 0.0)
    lost = lost_without(
        space,
        running,
        new,
        [np.array([slot]) for slot in slots],
        idle,
        judged,
        gains=-space.gains_everywhere(new, space.no_prices())[slots, running[slots]].astype(float),
    )
    digits = minor_digits(grid.scenario.currency)
    minor = scaled(lost.gains, digits)
    lines: list[Sides] = [
        (
            grid.line(slot, int(running[slot])) if running[slot] else None,
            grid.line(slot, int(new[slot])) if new[slot] else None,
        )
        for slot in slots.tolist()
    ]
    parts = go_together(grid, lines, tied_places(space.written, running, new, slots))
    sets = [slots[list(places)] for places in parts]
    looked = alone(believed(), space, running, new, sets)
    left: dict[str, tuple[int, str]] = {}
    if any(change.now for change in looked):
        gone = [(slot, one) for slot, (one, _) in zip(slots.tolist(), lines, strict=True) if one is not None]
        left = rooms(space, new, running, gone)
    # What several lines gain together is told by their row: here it only decides what is said of them.
    several = [number for number, places in enumerate(parts) if len(places) > 1]
    seemed = np.array([idle[list(parts[number])].sum() for number in several])
    whole = lost_without(space, running, new, [sets[number] for number in several], seemed, judged, most_judged=0)
    place_of = {number: place for place, number in enumerate(several)}
    broken = [each.id for each in stays.limits if not each.ok and each.id in space.limits.rows_of]
    found = []
    for number, (places, here, change) in enumerate(zip(parts, sets, looked, strict=True)):
        first, *others = places
        told_of, at = (whole, place_of[number]) if others else (lost, first)
        gain, unpaid = scaled(told_of.gains[[at]], digits)[0], told_of.unpaid.get(at)
        needed = None if gain > 0 else broken_without(space, problem.rulebook, running, new, here)
        beyond: list[str] = []
        if unpaid is not None and (asks := _asks_beyond(space, unpaid, [lines[place][0] for place in places])):
            if others and gain / 10**digits > unpaid.amount:  # what pays by itself is made for other reasons first
                beyond = [asks.words]
            else:
                needed = asks
        eased = eases(space, running, new, here, broken)
        # Of lines that go together the row says whether all of them need the other changes. Values of single changes
        # know nothing of what is lost or not paid.
        lonely = not others and first not in lost.judged and unpaid is None
        beside = [BESIDE] if lonely and only_beside(gain / 10**digits, change.gains, change.now) else []
        room: str | None = None
        for place in places:
            one, two = lines[place]
            bound = forced(problem, one, two, needed, stays, eased)
            known = [*facts(one, two, change, learned), *beyond]
            with_others = beside
            if idle[place] > 0 and one is not None:
                bound, with_others = [f"{one.product} sells out without it", *bound], []
            if not (bound or known):
                room = room_for(space, running, new, here, change.now, left) if room is None else room
                known = [circumstance(space, change, room, learned, added=one is None, lines=len(places))]
            told = told_once(bound, with_others, known)
            found.append(
                Change(
                    before=one,
                    after=two,
                    gain=to_decimal(int(minor[place]), digits),
                    reason=BETWEEN.join(told[:REASONS]),
                )
            )
    return tuple(sorted(found, key=lambda change: change.slot))


def _asks_beyond(space: Workspace, unpaid: UnpaidWithout, went: Sequence[PlanLine | None]) -> Needed | None:
    """Say what lines that went would ask of a fund beyond what it holds; None where no line went."""
    offers = dict.fromkeys(line.offer for line in went if line is not None)
    words = f"{', '.join(offers)} would ask {in_money(space, unpaid.amount)} beyond {unpaid.fund}"
    return Needed(words=words, limit=unpaid.fund) if offers else None


def told_once(forced: Sequence[str], beside: Sequence[str], known: Sequence[str]) -> list[str]:
    """Reasons in their order, each once; that others are the reason is not said in two ways."""
    told = (*forced, *beside, *(each for each in known if not beside or each != TOGETHER))
    return list(dict.fromkeys(told))


def only_beside(gain: float, alone: float, now: Barred) -> bool:
    """Whether a change gains hardly anything alone, and so what it gains in the new plan because of the others."""
    return gain > 0 and not now and alone < ALONE * gain
