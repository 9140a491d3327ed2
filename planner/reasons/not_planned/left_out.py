"""What a plan leaves out: offers and products that it could promote and does not, and why their best slot stays free.

Slots are looked at one by one (`free_slots`) and counted by offer and product. Of those that are told,
the best line is put into the plan, accounted for to the cent, and checked against every limit and rule; where some bar
it, what would have to give way is looked for. Where rules let no line of it stand alone, the same is done for the best
whole operation (`operations`), and where it would have to pay for a message that others could share,
for the whole message (`shared_messages`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from constraints.rulebook import RuleBook
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.messages import Together
from planner.reasons.breaking import Broken, broken_by
from planner.reasons.not_planned.asked import Asked, wanted
from planner.reasons.not_planned.free_slots import Options, Reason, axes, find_options, tolerance
from planner.reasons.not_planned.giving_way import Dropped, GivesWay, drop_each, gives_way
from planner.reasons.not_planned.operations import Operation, Operations
from planner.reasons.not_planned.shared_messages import worth_sending
from scenarios.answer.bridge import bridge
from scenarios.answer.cells import Account
from scenarios.answer.outcome import account
from scenarios.answer.plan import RankedPlan
from scenarios.arrays import Plan
from scenarios.grid import Grid
from scenarios.language.aim import caution_of
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schemas.rule import Locked
from scenarios.language.words import BASKET

SHOWN = 8
"""Offers and products that are told where nothing else is asked for."""


@dataclass(frozen=True, kw_only=True)
class Count:
    """Slots that stay without an offer for one reason."""

    reason: Reason
    barred: tuple[str, ...]
    """Ids of the rules or limits, where that is the reason."""
    slots: int


@dataclass(frozen=True, kw_only=True)
class BestLine:
    """The line of an offer on a product that comes closest to standing in the plan."""

    line: PlanLine
    reason: Reason
    change: float
    """Change of the objective with it."""
    alone: float
    """Change of the objective if it were the only line."""
    parts: tuple[tuple[str, Decimal], ...]
    """Change of the plan's profit, term by term of the bridge."""
    instead_of: PlanLine | None
    """What stands in its slot."""
    barred: tuple[Broken, ...]
    """What it breaks, where it gains."""
    gives_way: GivesWay | None
    """What of the plan would have to go for it, where it gains and is barred."""
    tied_by: tuple[str, ...]
    """Ids of the rules that let it stand only with other lines, or what it takes the place of not go alone."""
    operation: Operation | None
    """Where rules let no line stand alone, or no single line makes way for it: the best of all that comes together."""
    message: Operation | None
    """Where it does not pay for its message by itself: all lines that are worth sending in that message."""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """An offer on a product in the slots where it does not stand."""

    offer: str
    product: str
    standing: int
    """Open slots that are asked about in which it stands."""
    slots: int
    """Slots in which it does not, and could."""
    counts: tuple[Count, ...]
    """The most slots first."""
    best: BestLine


@dataclass(frozen=True, kw_only=True)
class Absences:
    """What a plan leaves out, the most surprising first."""

    told: tuple[LeftOut, ...]
    more: int
    """Offers on products of which as much could be told."""
    possible: bool
    """Whether any slot that is asked about may hold an offer that is."""


def left_out(evaluator: Evaluator, book: RuleBook, ranked: RankedPlan, asked: Asked, first: int = 0) -> Absences:
    """Find what a plan leaves out, and why.

    Parameters
    ----------
    first
        First period that is still open; earlier ones have run. Where all lines are locked until a day, so are these
        periods left out.

    Raises
    ------
    InvalidInput
        For ids that the scenario does not know, a day outside the horizon, and what may stand nowhere.
    """
    grid = evaluator.grid
    plan = grid.plan_of(ranked.plan_lines)
    offer, product, period = axes(grid)
    which = wanted(grid, asked)
    first = max(first, _locked_until(grid))
    found = find_options(evaluator, book, ranked, plan, which, first)
    held = offer[np.arange(grid.slots), plan]
    everywhere = Counter(zip(held.tolist(), product.tolist(), strict=True))
    open_ = which[np.arange(grid.slots), plan] & (period >= first)
    standing = Counter(zip(held[open_].tolist(), product[open_].tolist(), strict=True))
    groups: dict[tuple[int, int], list[int]] = {}
    for place, pair in enumerate(zip(found.offer.tolist(), found.product.tolist(), strict=True)):
        groups.setdefault(pair, []).append(place)
    least = tolerance(grid, float(ranked.objective))
    best = {pair: _best(found, plan, places, least) for pair, places in groups.items()}
    order = sorted(groups, key=lambda pair: _surprise(found, best[pair], least))
    if not (asked.whole or asked.narrow):
        order = _telling(order, everywhere)
    operations = Operations(evaluator, book, ranked, plan, first=first, told=len(order))
    teller = _Teller(evaluator, book, ranked, plan, operations)
    told = tuple(
        LeftOut(
            offer=grid.scenario.offers[pair[0]].id,
            product=BASKET if pair[1] == grid.shape[1] else grid.products[pair[1]].id,
            standing=standing[pair],
            slots=len(groups[pair]),
            counts=_counts(found, groups[pair]),
            best=teller.tell(found, best[pair], groups[pair]),
        )
        for pair in order
    )
    return Absences(told=told, more=len(groups) - len(told), possible=bool((which & grid.allowed_flat)[:, 1:].any()))


def _locked_until(grid: Grid) -> int:
    """First period in which a plan may hold other lines than locked ones."""
    days = [rule.until for rule in grid.scenario.rules if isinstance(rule, Locked) and rule.until is not None]
    return max((grid.scenario.horizon.period_of(day) + 1 for day in days), default=0)


def _best(found: Options, plan: Plan, places: Sequence[int], least: float) -> int:
    """Place of the option that comes closest: on an open day, what gains, is barred by nothing, is free, the most."""

    def close(n: int) -> tuple[bool, bool, bool, bool, bool, bool, float]:
        sold, together, shares = found.reason[n] is not Reason.CLOSED, found.together(n), found.message[n] is not None
        free, unbarred = bool(plan[found.slot[n]] == 0), found.reason[n] is Reason.OPEN
        return sold, bool(found.gain[n] > least), together > least, unbarred, free, shares, together

    return max(places, key=close)


def _surprise(found: Options, place: int, least: float) -> tuple[float, float, float]:
    """Order of options, the most surprising first: what would gain, what would alone, and the rest by what it loses."""
    gain, alone = found.together(place), float(found.alone[place])
    return -max(gain - least, 0.0), -max(alone, 0.0), -gain


def _telling(order: Sequence[tuple[int, int]], standing: Counter[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of all offers and products a few: what is in no promotion first, then what runs somewhere and could elsewhere.

    An offer that nobody uses is told on its most surprising product, a product without a promotion by its most
    surprising offer; an offer that runs on a product is told of this product.
    """
    offers = {offer for offer, _ in standing if offer >= 0}
    products = {product for offer, product in standing if offer >= 0}
    running = [pair for pair in order if standing[pair]]
    absent = []
    for pair in order:
        if not standing[pair] and (pair[0] not in offers or pair[1] not in products):
            absent.append(pair)
            offers.add(pair[0])
            products.add(pair[1])
    absent = absent[: max(SHOWN // 2, SHOWN - len(running))]
    return absent + running[: SHOWN - len(absent)]


def _counts(found: Options, places: Sequence[int]) -> tuple[Count, ...]:
    """Count slots by reason, the most first; of several limits or rules the first is the reason."""
    counted = Counter((found.reason[n], found.barred[n][:1]) for n in places)
    return tuple(Count(reason=each, barred=ids, slots=n) for (each, ids), n in counted.most_common())


class _Teller:
    """Puts lines into a plan, one at a time or a whole operation, and says what they do there."""

    def __init__(
        self, evaluator: Evaluator, book: RuleBook, ranked: RankedPlan, plan: Plan, operations: Operations
    ) -> None:
        self._evaluator, self._book, self._ranked, self._plan = evaluator, book, ranked, plan
        self._operations = operations
        model = evaluator.model
        self._empty: Account = account(model, evaluator.grid.empty())
        self._now = dict(bridge(model, account(model, plan), self._empty).terms)
        self._value = evaluator.value(plan[None])
        self._least = tolerance(evaluator.grid, float(ranked.objective))

    @cached_property
    def _dropped(self) -> Dropped:
        return drop_each(self._evaluator, self._book, self._plan)

    def tell(self, found: Options, place: int, places: Sequence[int]) -> BestLine:
        """Tell of one option, by the account and by a true value of the plan with it.

        Parameters
        ----------
        places
            All options of its offer on its product, whose operations are looked at where it cannot come alone.
        """
        slot, choice, reason = int(found.slot[place]), int(found.choice[place]), found.reason[place]
        trial = self._plan.copy()
        trial[slot] = choice
        change, parts, broken = self._changed(trial)
        tied_by = self._operations.tying(broken)
        barred = broken if reason in (Reason.TIED, Reason.RULE, Reason.LIMIT) else ()
        if reason is Reason.RULE:
            barred = tuple(sorted(barred, key=lambda each: each.id not in found.barred[place]))
        way = None if tied_by or not barred else self._gives_way(trial, barred)
        whole = None
        if tied_by or (reason is Reason.RULE and way is None):
            whole = self._operations.best(found, places)
        held = int(self._plan[slot])
        return BestLine(
            line=self._evaluator.grid.line(slot, choice),
            reason=reason,
            change=change,
            alone=float(found.alone[place]),
            parts=parts,
            instead_of=self._evaluator.grid.line(slot, held) if held else None,
            barred=barred,
            gives_way=way,
            tied_by=tied_by,
            operation=None if whole is None else self._operation(whole.plan),
            message=self._message(found.message[place], slot),
        )

    def _message(self, together: Together | None, slot: int) -> Operation | None:
        """Account for a whole message; None where nothing else is worth sending in it."""
        if together is None:
            return None
        whole = worth_sending(self._evaluator, self._plan, together, slot, self._least)
        return self._operation(whole) if (whole != self._plan).sum() > 1 else None

    def _operation(self, trial: Plan) -> Operation:
        """Account for all that changes in a plan."""
        change, parts, barred = self._changed(trial)
        grid, came = self._evaluator.grid, trial != self._plan
        gains = change > self._least
        return Operation(
            lines=_by_day(grid, np.where(came, trial, 0)),
            instead_of=_by_day(grid, np.where(came, self._plan, 0)),
            change=change,
            parts=parts,
            barred=barred,
            gives_way=self._gives_way(trial, barred) if gains and barred else None,
        )

    def _changed(self, trial: Plan) -> tuple[float, tuple[tuple[str, Decimal], ...], tuple[Broken, ...]]:
        """What a changed plan gains, term by term of its profit, and what it breaks."""
        evaluator = self._evaluator
        value = evaluator.value(trial[None])
        then = bridge(evaluator.model, account(evaluator.model, trial), self._empty)
        parts = tuple((name, amount - self._now[name]) for name, amount in then.terms)
        change = float(value.objective[0] - self._value.objective[0])
        objective = evaluator.grid.scenario.objective
        if objective == "profit" or caution_of(objective) is not None:
            change = float(sum(amount for _, amount in parts))  # to the cent, as the parts are that people add up
        return change, parts, broken_by(evaluator, self._ranked, trial, value.uses[0], value.stock[0])

    def _gives_way(self, trial: Plan, barred: tuple[Broken, ...]) -> GivesWay | None:
        return gives_way(self._evaluator, self._book, self._ranked, self._dropped, trial, barred)


def _by_day(grid: Grid, plan: Plan) -> tuple[PlanLine, ...]:
    return tuple(sorted(grid.lines(plan), key=lambda line: line.date))
