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
from planner.replan.changes.because import TOGETHER, alone, circumstance, facts, in_money, room_for, rooms
from planner.replan.changes.unpaid import UnpaidWithout, unpaid_without
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
MOST_JUDGED = 20
"""Most changes whose gain the ledger tells, a whole account each."""
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
    gains = -space.gains_everywhere(new, space.no_prices())[slots, running[slots]].astype(float)
    idle = np.zeros(len(slots)) if freed is None else np.where(new[slots] == 0, freed[slots], 0.0)
    gains += idle
    kept, unpaid = set[int](), dict[int, UnpaidWithout]()
    if judged is not None:
        back = space.value(np.stack([new, *(_taken_back(running, new, slot) for slot in slots.tolist())]))
        for place, each in unpaid_without(space.limits, back.uses).items():
            unpaid[int(slots[place])] = each
            gains[place] += each.amount
        for place in _short_without(space, back.uses, back.stock):
            if idle[place] == 0:
                kept.add(int(slots[place]))
                gains[place] = judged(new) - judged(_taken_back(running, new, slots[place]))
    digits = minor_digits(grid.scenario.currency)
    minor = scaled(gains, digits)
    lines = [
        tuple(grid.line(slot, int(plan[slot])) if plan[slot] else None for plan in (running, new))
        for slot in slots.tolist()
    ]
    single = alone(believed(), space, running, new, slots)
    left: dict[str, tuple[int, str]] = {}
    if any(change.now for change in single):
        gone = [(slot, one) for slot, (one, _) in zip(slots.tolist(), lines, strict=True) if one is not None]
        left = rooms(space, new, running, gone)
    broken = [each.id for each in stays.limits if not each.ok and each.id in space.limits.rows_of]
    found = []
    changed = zip(slots.tolist(), minor.tolist(), lines, single, idle.tolist(), strict=True)
    for slot, gain, (one, two), change, seemed in changed:
        needed = None if gain > 0 else broken_without(space, problem.rulebook, running, new, slot)
        if slot in unpaid and one is not None:
            fund = unpaid[slot].fund
            words = f"{one.offer} would ask {in_money(space, unpaid[slot].amount)} beyond {fund}"
            needed = Needed(words=words, limit=fund)
        eases = _eases(space, running, new, slot, broken)
        # What a change gains in the new plan and hardly alone, it gains because of the others.
        beside = [BESIDE] if gain > 0 and not change.now and change.gains < ALONE * gain / 10**digits else []
        bound, known = forced(problem, one, two, needed, stays, eases), facts(one, two, change, learned)
        if seemed > 0 and one is not None:
            bound, beside = [f"{one.product} sells out without it", *bound], []
        elif slot in kept or slot in unpaid:  # values of single changes know nothing of what is lost or not paid
            beside = []
        if not (bound or known):
            room = room_for(space, running, new, slot, change.now, left)
            known = [circumstance(space, change, room, learned, added=one is None)]
        found.append(
            Change(
                before=one,
                after=two,
                gain=to_decimal(gain, digits),
                reason="; ".join(told_once(bound, beside, known)[:REASONS]),
            )
        )
    return tuple(sorted(found, key=lambda change: change.slot))


def told_once(forced: Sequence[str], beside: Sequence[str], known: Sequence[str]) -> list[str]:
    """Reasons in their order, each once; that others are the reason is not said in two ways."""
    told = (*forced, *beside, *(each for each in known if not beside or each != TOGETHER))
    return list(dict.fromkeys(told))


def _taken_back(running: Plan, new: Plan, slot: int) -> Plan:
    """The new plan, but for one slot that stays as it was."""
    plan = new.copy()
    plan[slot] = running[slot]
    return plan


def _short_without(space: Workspace, uses: Float, stock: Float) -> list[int]:
    """Places of changes of which one alone, taken back, sells more than there is; the first `MOST_JUDGED`.

    ``uses`` and ``stock`` are those of the new plan and, after it, of the plans with one change taken back.
    """
    over = [space.evaluator.excess(u, s, space.bound, space.available).stock for u, s in zip(uses, stock, strict=True)]
    return [place for place, each in enumerate(over[1:]) if (each > over[0]).any()][:MOST_JUDGED]


def broken_without(space: Workspace, book: RuleBook, running: Plan, new: Plan, slot: int) -> Needed:
    """What a plan would break if a change that gains nothing by itself were taken back."""
    plan = _taken_back(running, new, slot)
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
    plan = _taken_back(running, new, slot)
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
