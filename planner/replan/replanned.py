"""What re-planning returns, and how its answer tells what was changed while the campaign ran."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from planner.figures import plural
from planner.reasons.charged_beyond import BEYOND
from planner.replan.differences import Change
from planner.replan.standing import Standing
from scenarios.answer.archive import Frozen
from scenarios.answer.cells import Account
from scenarios.answer.plan import PlanSet
from scenarios.futures.aim import aim_words, caution_of, senses_of
from scenarios.language.doubtful import ARRIVAL
from scenarios.language.sold_out_anyway import ANYWAY, EARLY
from surrogate.flight.recalibrate import Moved, Recalibration

NO_BOUND = "the rest was planned again from the running plan; no new bound was computed"
"""Note that stands before all others of a re-planning."""

OF_SEARCH = (
    "no bound was computed",
    "no bound is known for an objective over the futures",
    "the bound holds under this response model",
    "the bound is of sums before accounts round",
    " plans: no more were found that keep every limit",
    "closer than wanted: plans ",
    "the gap is wide, and a part of it may be the search's",
    "no optimism by cross-fitting: ",
    "the search found ",
    "the search ended before it had looked for the best of every measure",
    "what stands beside the best plan keeps every limit and rule",
    "gap, shadow prices and contributions are of the leading measure",
    "the time allowed was enough to check ",
    "searched for less than a run for that measure alone would",
)
"""What notes on a search and its bound hold (`planner.run.run_notes`)."""
INTERRUPTED = "the search was interrupted"
"""The same of one that was stopped: this one may have been, too."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Replanned:
    """The new plan and how it came about."""

    frozen: Frozen
    plan_set: PlanSet | None
    """None where no plan was found that keeps every limit and rule."""
    accounts: tuple[Account, ...]
    before: Standing
    """The plan that runs, carried on."""
    after: Standing | None
    changes: tuple[Change, ...]
    recalibration: Recalibration
    used: dict[str, Moved]
    """By offer whose uses are told: its take-up."""
    as_of: dt.date
    until: dt.date
    """Last locked day."""
    cost: Decimal
    """What each change had to gain."""
    asked: tuple[str, ...]
    """What is asked otherwise than when the campaign was planned, as sentences."""
    moved: tuple[str, ...]
    """Bounds and stocks that follow reality, as sentences."""
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
    learned = told.recalibration
    flight = (
        f"sales up to {told.as_of} are the actuals' ({plural(learned.used, 'cell')} of evidence; "
        f"{_sold_out(learned.left_out)})",
        f"everything up to {told.as_of} is what really ran, and up to {told.until} what was planned"
        if told.otherwise
        else f"everything up to {told.until} stays as it was planned",
        f"each changed line had to gain at least {told.cost:,f}",
    )
    # What an earlier re-planning said after its sentence on the bound is told anew by these actuals, or it is over.
    older = before.notes[: before.notes.index(NO_BOUND)] if NO_BOUND in before.notes else before.notes
    older = tuple(note for note in older if not _of_search(note) and INTERRUPTED not in note)
    # Stock, arrivals and charges may be others now, and what is to be said of those is said anew.
    anew = (ARRIVAL, ANYWAY, EARLY, BEYOND)
    older = tuple(note for note in older if not any(words in note for words in anew) or note in found.notes)
    notes = tuple(note for note in found.notes if not _of_search(note))
    return replace(
        found,
        assumed=(*(each for each in before.assumed if not _of_flight(each)), *flight),
        notes=(
            *dict.fromkeys(
                (
                    *older,
                    *notes,
                    NO_BOUND,
                    *aims(told),
                    *told.asked,
                    *told.moved,
                    *told.printed,
                    *told.attention,
                    *told.warnings,
                )
            ),
        ),
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


def _of_search(sentence: str) -> bool:
    """Whether a sentence is about the search that found some plans, or its bound: this is another one, without any."""
    return any(words in sentence for words in OF_SEARCH)


def _of_flight(sentence: str) -> bool:
    """Whether a sentence was written by an earlier re-planning."""
    starts = ("sales up to ", "everything up to ", "each changed line had to gain")
    return sentence.startswith(starts)


def _why(day: dt.date, reason: str | None, told: Replanned) -> str:
    if day <= told.as_of:
        return "has run"
    if day <= told.until:
        return "cannot be changed any more"
    return "as it was planned" if reason is None else f"changed: {reason}"
