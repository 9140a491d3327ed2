"""How much more stock is the least: to the unit, by plans that are known, bounds, and searches one unit below.

More stock sells more where the baseline was cut at stock, and may then take still more, or a budget. So what a plan
needs is read off it under more stock, not under what there is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from constraints.infeasible.floor_costs import floors_of
from constraints.infeasible.flow_reach import reach_of
from constraints.infeasible.optimistic import least as least_of
from constraints.infeasible.optimistic import row_tables
from constraints.infeasible.proof import PROOF, missed
from constraints.infeasible.remedies import (
    Change,
    Known,
    Remedy,
    bound_change,
    more_units,
    units_missing,
    with_units,
)
from constraints.infeasible.shortfall import stock_row
from constraints.infeasible.undivided import undivided
from constraints.limits.amounts import amount
from planner.problem import Problem
from planner.run.no_plan.eased_problem import after
from planner.run.no_plan.least_easing import Tries
from planner.run.no_plan.passed import Nearest, Passed
from scenarios.answer.verdicts import LimitResult
from scenarios.language.implied_ids import STOCK

Changes = tuple[Change, ...]
Judge = Callable[[Problem, NDArray[np.int8]], Sequence[LimitResult]]

ROUNDS = 8
"""Times that what a plan needs is read off it, each under what the time before came to."""
GROWTH = 4
"""How fast steps grow where fewer units turn out to be enough."""
PLENTY = 10**7
"""Units beyond what anybody asks for: under so many more no baseline is cut."""


def is_stock(way: Remedy) -> bool:
    """Whether a way adds stock and moves bounds, and nothing else."""
    kinds = {change.kind for change in way.changes}
    return "stock" in kinds and kinds <= {"stock", "bound"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Enough:
    """Changes that add stock, and a plan that passes then."""

    changes: Changes
    passed: Passed
    least: bool = False
    """Whether less stock was looked for and not found to be enough."""
    short: Decimal | None = None
    """The most units of the product that was looked at last under which no plan was found."""

    @property
    def remedy(self) -> Remedy:
        """The changes as a way out."""
        single = self.short is not None and len(self.changes) == 1
        at = self.short if single else None
        text = "" if at is None else amount("units", at)
        return Remedy(changes=self.changes, known=Known.SHOWN, least=self.least, short=text, short_of=at)


def enough_stock(problem: Problem, nearest: Nearest, way: Remedy, judge: Judge) -> Enough | None:
    """What a way out that adds stock takes for the nearest plan to pass; None where it never does.

    Parameters
    ----------
    nearest
        The plan that the way was read off.
    way
        More stock, and perhaps bounds that move with it.
    judge
        What the ledger of an eased problem says of a plan.
    """
    settled = _settled(problem, nearest, way, judge)
    return None if settled is None else Enough(changes=settled[0], passed=settled[1])


def least_stock(problem: Problem, enough: Enough, tries: Tries, among: int = 1) -> Enough:
    """The same with the least units under which a plan is known.

    Parameters
    ----------
    among
        Ways out that share the tries that are left, this one among them. Where they run out, or Ctrl-C is pressed, what
        is known to be enough by then is the answer.
    """
    found = replace(enough, least=True)
    last = tries.count.part(among)
    for name in [change.id for change in enough.changes if change.kind == "stock"]:
        found = _fewest(problem, found, name, tries, last)
    return found


def _fewest(problem: Problem, found: Enough, name: str, tries: Tries, last: int) -> Enough:
    """One unit less is the likeliest to be too little, as what is enough was read off a plan; else steps grow.

    A plan that is found under fewer units may need fewer still: then it shows that those are enough.
    """
    none = 0 if len(found.changes) == 1 else -1  # beside other changes it may turn out that no more units are needed
    too_little, step, short = none, 1, None
    while True:
        found = _as_it_needs(problem, found, name, tries)
        place = _place(found.changes, name)
        if place is None:
            return replace(found, short=None)
        enough = int(found.changes[place].after or 0)
        too_little = too_little if too_little < enough else none  # fewer than were found to be too little do after all
        if enough - too_little <= 1:
            return replace(found, short=short)
        units = max(enough - step, too_little + 1)
        fewer = _with(found.changes, place, units)
        eased, passed = after(problem, fewer), None
        if not _out_of_reach(eased, name):
            passed = tries.known(eased)
            if passed is None and not (tries.more and tries.count.done < last):
                return replace(found, least=False, short=short)
            if passed is None:
                doing = f"trying whether it is enough to {' and '.join(change.text for change in fewer)}"
                try:
                    passed = tries.search(eased, found.passed.plan, doing)
                except KeyboardInterrupt:
                    return replace(found, least=False, short=short)
            short = Decimal(units) if passed is None else short
        if passed is None:
            too_little, step = units, max((enough - units) // 2, 1)
        else:
            found, step = replace(found, changes=fewer, passed=passed), GROWTH * step


def _as_it_needs(problem: Problem, found: Enough, name: str, tries: Tries) -> Enough:
    """The same without units that the plan leaves, where it passes without them."""
    place = _place(found.changes, name)
    left = next((math.floor(each.headroom) for each in found.passed.limits if each.id == name), 0)
    if place is None or left < 1:
        return found
    units = max(int(found.changes[place].after or 0) - left, 1 if len(found.changes) == 1 else 0)
    fewer = _with(found.changes, place, units)
    passed = tries.known(after(problem, fewer))
    return found if passed is None else replace(found, changes=fewer, passed=passed)


def _place(changes: Changes, name: str) -> int | None:
    """Where changes add stock of a product; None where they add none."""
    return next((place for place, change in enumerate(changes) if change.id == name), None)


def _with(changes: Changes, place: int, units: int) -> Changes:
    """Changes with so many units at a place; without that change where it adds none, unless there is no other."""
    own = (with_units(changes[place], units),) if units or len(changes) == 1 else ()
    return (*changes[:place], *own, *changes[place + 1 :])


def _settled(problem: Problem, nearest: Nearest, way: Remedy, judge: Judge) -> tuple[Changes, Passed] | None:
    """Let all that the nearest plan breaks give way until it passes; None where it never does."""
    if problem.rulebook.violations(nearest.plan):
        return None
    changes, there = {change.id: change for change in way.changes}, {each.id: each for each in nearest.limits}
    for number in range(ROUNDS):
        limits = judge(after(problem, tuple(changes.values())), nearest.plan)
        broken = [result for result in limits if not result.ok]
        if not broken:
            return tuple(changes.values()), Passed(plan=nearest.plan, limits=limits)
        if any(map(undivided, broken)):
            return None
        for result in broken:
            if not result.id.startswith(STOCK):
                record = problem.limits.records[problem.limits.ids.index(result.id)]
                changes[result.id] = bound_change(record, Decimal(repr(record.bound)), result.decides)
                continue
            had = int(changes[result.id].after or 0) if result.id in changes else 0
            more = had + units_missing(result)
            if number >= 1:  # the baseline takes all that is added: have what it asks for uncut
                plenty = changes | {result.id: more_units(there[result.id], PLENTY)}
                uncut = judge(after(problem, tuple(plenty.values())), nearest.plan)
                left = next(each.headroom for each in uncut if each.id == result.id)
                more = max(more, PLENTY - math.floor(left))
            changes[result.id] = more_units(there[result.id], more)
    return None


def _out_of_reach(eased: Problem, name: str) -> bool:
    """Whether it is proven that no plan of an eased problem keeps the stock of a product."""
    book, model = eased.rulebook, eased.model
    reach = reach_of(model, book.base, floors_of(book.grid, book.rules))
    product = eased.grid.product_index[name.removeprefix(STOCK)]
    row = stock_row(model, eased.limits, product, eased.grid.shape[2] - 1)
    return missed(row, least_of(row_tables(model, row.functional, row.sign, reach), reach).value) > PROOF
