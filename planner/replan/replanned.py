"""What re-planning returns, and how its answer tells what was changed while the campaign ran."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from constraints.infeasible.clash import Conflict
from planner.figures import plural
from planner.replan.changes.differences import Change
from planner.replan.changes.together import Together
from planner.replan.standing import Standing
from planner.replan.until_now.funds_so_far import BeyondFund
from planner.replan.within_error import WithinError
from scenarios.answer.archive import Frozen
from scenarios.answer.cells import Account
from scenarios.answer.in_flight import InFlight
from scenarios.answer.notes import Topic, notes_about, topic_of
from scenarios.answer.plan import PlanSet
from scenarios.language.aim import aim_words, caution_of, senses_of
from surrogate.flight.recalibration.moved import Moved
from surrogate.flight.recalibration.recalibrate import Recalibration

NO_BOUND = "the rest was planned again from the running plan; no new bound was computed"
"""Note that stands before all others on what was changed."""

_STAYS = (Topic.EFFECTS, Topic.QUESTION)
"""What an earlier answer's notes are about that hold on: what was learned, and the file as written, it alone knows."""
_SALES, _ALL, _GAIN = "sales up to ", "everything up to ", "each changed line had to gain"
"""What the sentences begin with that every re-planning writes anew among what is assumed."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Replanned:
    """The new plan and how it came about."""

    frozen: Frozen
    """The question of the rest."""
    flight: InFlight
    """Its record: what happened up to which day, what is locked, asked otherwise, and what gave way."""
    plan_set: PlanSet | None
    """None where no plan was found that keeps every limit and rule."""
    accounts: tuple[Account, ...]
    before: Standing
    """The plan that runs, carried on."""
    after: Standing | None
    changes: tuple[Change, ...]
    rows: tuple[Together, ...]
    """The changes as they are told: those of one message together."""
    recalibration: Recalibration
    used: dict[str, Moved]
    """By offer whose uses are told: its take-up."""
    cost: Decimal
    """What each change had to gain."""
    warnings: tuple[str, ...]
    interrupted: bool
    idle: Decimal = Decimal(0)
    """Objective that lines which went only seemed to earn: what they sold sells out without them."""
    printed: tuple[str, ...] = ()
    """Which lines stay with other pieces than are printed, as sentences."""
    attention: tuple[str, ...] = ()
    """What in the actuals makes money wrong, as sentences."""
    otherwise: bool = False
    """Whether the past of the new plan is what really ran, and not what was planned."""
    tied: tuple[str, ...] = ()
    """What the notice alone keeps from changing, as sentences."""
    gave_way: tuple[str, ...] = ()
    """Which limits gave way, from what to what, and how sure it is that they had to: one text each."""
    beyond_funds: tuple[BeyondFund, ...] = ()
    """What vendors do not pay of what cannot be changed any more."""
    within_error: tuple[WithinError, ...] = ()
    """Limits that the new plan keeps only within the error of an estimate."""
    conflict: Conflict | None = None
    """Why no plan was found, where none was."""
    pressed: bool = False
    """Whether Ctrl-C was pressed, were it too late to end the search early: who would go on from here stops."""


def told_in_flight(found: PlanSet, before: PlanSet, told: Replanned, changes: tuple[Change, ...]) -> PlanSet:
    """The answer with what a reader must know of a plan that was changed while it ran."""
    plan = found.plans[0]
    reasons = {change.slot: change.reason for change in changes}
    lines = tuple(
        replace(line, why=_why(line.period, reasons.get((line.period, line.product, line.segment)), told))
        for line in plan.lines
    )
    learned, known, until = told.recalibration, told.flight.as_of, told.flight.locked_until
    flight = (
        f"{_SALES}{known} are the actuals' ({plural(learned.used, 'cell')} of evidence; {_sold_out(learned.left_out)})",
        f"{_ALL}{known} is what really ran, and up to {until} what was planned"
        if told.otherwise
        else f"{_ALL}{until} stays as it was planned",
        f"{_GAIN} at least {told.cost:,f}",
    )
    # All else is told anew by these actuals, or it is over.
    older = (note for note in before.notes if topic_of(note) in _STAYS)
    notes = (note for note in found.notes if topic_of(note) is not Topic.BOUND)
    changed = (
        NO_BOUND,
        *aims(told),
        *told.flight.asked,
        *told.flight.moved,
        *told.printed,
        *told.attention,
        *told.warnings,
    )
    return replace(
        found,
        assumed=(*(each for each in before.assumed if not _of_flight(each)), *flight),
        notes=tuple(dict.fromkeys((*older, *notes, *notes_about(Topic.FLIGHT, changed)))),
        plans=(replace(plan, lines=lines),),
    )


def aims(told: Replanned) -> tuple[str, ...]:
    """What the search looked at, where that is not the whole objective."""
    objective = told.frozen.scenario.objective
    senses = senses_of(objective)
    if senses is not None:
        measure, sense = next(iter(senses.items()))
        wanted = f"{'more' if sense.sign > 0 else 'less'} {measure.words}"
        return (f"the rest was planned again for {wanted}, the first measure of the front",)
    if caution_of(objective) is not None:
        return (f"the rest was planned again for expected profit; the objective is the {aim_words(objective)}",)
    return ()


def _sold_out(count: int) -> str:
    if not count:
        return "nothing was sold out"
    return f"{count:,} times a product was sold out on a day, which tells nothing of demand"


def _of_flight(sentence: str) -> bool:
    """Whether a sentence was written by an earlier re-planning."""
    return sentence.startswith((_SALES, _ALL, _GAIN))


def _why(day: dt.date, reason: str | None, told: Replanned) -> str:
    if day <= told.flight.as_of:
        return "has run"
    if day <= told.flight.locked_until:
        return "cannot be changed any more"
    return "as it was planned" if reason is None else f"changed: {reason}"
