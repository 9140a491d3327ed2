"""What a re-planned campaign does otherwise, line by line: what each change gains, and why it is made now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from constraints.ledger import LedgerReport
from constraints.rulebook import SLOTS, RuleBook
from planner.evaluation.evaluator import Excess
from planner.evolution.workspace import Workspace
from planner.problem import Problem
from planner.replan.changes.because import TOGETHER, Barred, alone, circumstance, facts, in_money, room_for, rooms
from planner.replan.changes.by_message import Sides, by_message
from planner.replan.changes.taken_back import lost_without, taken_back
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Float, Plan
from scenarios.currency import minor_digits
from scenarios.language.implied_ids import STOCK
from scenarios.language.plan_lines import PlanLine
from scenarios.language.scope import Scope
from scenarios.language.where import names_product
from scenarios.language.words import BASKET, EVERYBODY
from scenarios.rounding import scaled, to_decimal
from scenarios.scope_mask import in_scope, with_basket
from surrogate.flight.recalibration.recalibrate import Recalibration

EASED = 1e-6
"""Share of a limit's scale by which a change must ease it to be made for it."""
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


@dataclass(frozen=True, kw_only=True)
class Needed:
    """What a change that gains nothing by itself is good for."""

    words: str
    limit: str | None = None
    """Id of the limit that the words speak of: nothing more is said of it."""


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
    groups = by_message(grid, lines)
    looked = alone(believed(), space, running, new, [slots[list(places)] for places in groups])
    of_place = {place: (places, change) for places, change in zip(groups, looked, strict=True) for place in places}
    left: dict[str, tuple[int, str]] = {}
    if any(change.now for change in looked):
        gone = [(slot, one) for slot, (one, _) in zip(slots.tolist(), lines, strict=True) if one is not None]
        left = rooms(space, new, running, gone)
    broken = [each.id for each in stays.limits if not each.ok and each.id in space.limits.rows_of]
    found = []
    changed = zip(slots.tolist(), minor.tolist(), lines, idle.tolist(), strict=True)
    for place, (slot, gain, (one, two), seemed) in enumerate(changed):
        places, change = of_place[place]
        needed = None if gain > 0 else broken_without(space, problem.rulebook, running, new, slot)
        if place in lost.unpaid and one is not None:
            fund = lost.unpaid[place].fund
            words = f"{one.offer} would ask {in_money(space, lost.unpaid[place].amount)} beyond {fund}"
            needed = Needed(words=words, limit=fund)
        eases = _eases(space, running, new, slot, broken)
        # Of lines that share a message the row says whether all of them together need the other changes.
        lonely = len(places) == 1 and only_beside(gain / 10**digits, change.gains, change.now)
        beside = [BESIDE] if lonely else []
        bound, known = forced(problem, one, two, needed, stays, eases), facts(one, two, change, learned)
        if seemed > 0 and one is not None:
            bound, beside = [f"{one.product} sells out without it", *bound], []
        elif (
            place in lost.judged or place in lost.unpaid
        ):  # values of single changes know nothing of what is lost or not paid
            beside = []
        if not (bound or known):
            room = room_for(space, running, new, slots[list(places)], change.now, left)
            known = [circumstance(space, change, room, learned, added=one is None, lines=len(places))]
        found.append(
            Change(
                before=one,
                after=two,
                gain=to_decimal(gain, digits),
                reason=BETWEEN.join(told_once(bound, beside, known)[:REASONS]),
            )
        )
    return tuple(sorted(found, key=lambda change: change.slot))


def told_once(forced: Sequence[str], beside: Sequence[str], known: Sequence[str]) -> list[str]:
    """Reasons in their order, each once; that others are the reason is not said in two ways."""
    told = (*forced, *beside, *(each for each in known if not beside or each != TOGETHER))
    return list(dict.fromkeys(told))


def only_beside(gain: float, alone: float, now: Barred) -> bool:
    """Whether a change gains hardly anything alone, and so what it gains in the new plan because of the others."""
    return gain > 0 and not now and alone < ALONE * gain


def broken_without(space: Workspace, book: RuleBook, running: Plan, new: Plan, slot: int) -> Needed:
    """What a plan would break if a change that gains nothing by itself were taken back."""
    plan = taken_back(running, new, slot)
    before, after = (_excess(space, each) for each in (new, plan))
    more = after.scalar - before.scalar
    if (more > 0).any():
        row = int(more.argmax())
        verb = "makes room in" if space.limits.sign[row] > 0 else "keeps"
        return Needed(words=f"{verb} {space.limits.ids[row]}", limit=space.limits.ids[row])
    sold_out = np.flatnonzero((after.stock > before.stock).any(axis=1))
    if sold_out.size:
        return Needed(words=f"leaves stock of {space.grid.products[int(sold_out[0])].id} for other lines")
    kept, counts = book.violations_by_rule(new), book.violations_by_rule(plan)
    broken = [name for name, count in counts.items() if count > kept.get(name, 0)]
    if broken:
        rule = "a business rule" if broken[0] == SLOTS else broken[0]
        return Needed(words=f"keeps {rule} beside the other changes")
    return Needed(words="goes with the other changes")


def _eases(space: Workspace, running: Plan, new: Plan, slot: int, broken: Sequence[str]) -> frozenset[str]:
    """Which of some limits a change eases: without it the new plan would use more of a ceiling, or less of a floor."""
    if not broken:
        return frozenset()
    plan = taken_back(running, new, slot)
    with_it, without = (space.value(each[None]).uses[0] for each in (new, plan))
    eased = space.limits.sign * (without - with_it) > EASED * space.limits.scale
    return frozenset(name for name in broken if eased[space.limits.rows_of[name]].any())


def _excess(space: Workspace, plan: Plan) -> Excess:
    found = space.score(plan)
    return space.evaluator.excess(found.uses, found.stock, space.bound, space.available)


def forced(
    problem: Problem,
    before: PlanLine | None,
    after: PlanLine | None,
    needed: Needed | None,
    stays: LedgerReport,
    eases: frozenset[str],
) -> list[str]:
    """Say what would break if a slot stayed as it is.

    ``needed`` says what a change that gains nothing by itself is good for; None for others. ``eases`` names the broken
    limits that the change makes easier to keep.
    """
    reasons = [] if needed is None else [needed.words]
    told = None if needed is None else needed.limit
    for limit in stays.limits:
        if limit.ok or limit.id == told:
            continue
        if before is not None and limit.id == f"{STOCK}{before.product}":
            reasons.append(f"{before.product} would sell out {limit.place.strip()}".rstrip())
        elif limit.id not in eases:
            continue
        elif limit.sense == "max" and before is not None and _counts(problem, limit, before):
            reasons.append(f"{limit.id} would be exceeded")
        elif limit.sense != "max" and any(
            _counts(problem, limit, line) for line in (before, after) if line is not None
        ):
            reasons.append(f"{limit.id} would be missed")
    return reasons


def _counts(problem: Problem, limit: LimitResult, line: PlanLine) -> bool:
    """Whether a line uses a limit."""
    if limit.id.startswith(STOCK):
        return False
    scope = Scope.model_validate(limit.scope)
    offer = problem.grid.offer(line.offer)
    here = scope.segments is None or line.segment == EVERYBODY or line.segment in scope.segments
    if line.product == BASKET:
        return here and in_scope(scope, offer, None) and with_basket(scope)
    product = problem.grid.products[problem.grid.product_index[line.product]]
    return here and in_scope(scope, offer, product.vendor) and names_product(scope, product)
