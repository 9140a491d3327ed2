"""How much more stock is the least: to the unit, by plans that are known, bounds, and searches one unit below.

More stock sells more where the baseline was cut at stock, and may then take still more, or a budget. So what a plan
needs is read off it under more stock, not under what there is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from planner.run.least_easing import Nearest, Passed, Tries, after
from scenarios.answer.verdicts import LimitResult

Changes = tuple[Change, ...]
Judge = Callable[[Problem, NDArray[np.int8]], Sequence[LimitResult]]

ROUNDS = 8
"""Times that what a plan needs is read off it, each under what the time before came to."""
PLENTY = 10**7
"""Units beyond what anybody asks for: under so many more no baseline is cut."""


def is_stock(way: Remedy) -> bool:
    """Whether a way adds stock and moves bounds, and nothing else."""
    kinds = {change.kind for change in way.changes}
    return "stock" in kinds and kinds <= {"stock", "bound"}


def least_stock(
    problem: Problem, nearest: Nearest, way: Remedy, judge: Judge, tries: Tries
) -> tuple[Remedy, Passed] | None:
    """A way out that adds stock, with the least units under which a plan is known; None where it leads to none.

    Parameters
    ----------
    nearest
        The plan that the way was read off.
    way
        More stock, and perhaps bounds that move with it.
    judge
        What the ledger of an eased problem says of a plan.
    """
    begun = _settled(problem, nearest, way, judge)
    if begun is None:
        return None
    (changes, passed), least, short = begun, True, list[Decimal]()
    for place in [place for place, change in enumerate(changes) if change.kind == "stock"]:
        fewest = _fewest(problem, changes, passed, place, tries)
        changes, passed, least = fewest.changes, fewest.passed, least and fewest.least
        short += [] if fewest.short is None else [fewest.short]
    at = short[0] if len(changes) == len(short) == 1 else None
    text = "" if at is None else amount("units", at)
    return Remedy(changes=changes, known=Known.SHOWN, least=least, short=text, short_of=at), passed


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fewest:
    """Changes with as few units of one product as are known to be enough, and a plan that passes then."""

    changes: Changes
    passed: Passed
    least: bool
    short: Decimal | None


def _fewest(problem: Problem, changes: Changes, passed: Passed, place: int, tries: Tries) -> _Fewest:
    """One unit less is the likeliest to be too little, as what is enough was read off a plan; else steps grow."""
    enough, too_little, step, short = int(changes[place].after or 0), 0, 1, None
    least = True
    while enough - too_little > 1:
        units = max(enough - step, too_little + 1)
        fewer = (*changes[:place], with_units(changes[place], units), *changes[place + 1 :])
        eased = after(problem, fewer)
        found = None
        if not _out_of_reach(eased, changes[place].id):
            found = tries.known(eased)
            if found is None and not tries.more:
                least = False
                break
            doing = " and ".join(change.text for change in fewer)
            found = (
                tries.search(eased, passed.plan, f"trying whether it is enough to {doing}") if found is None else found
            )
            short = Decimal(units) if found is None else short
        if found is None:
            too_little, step = units, max((enough - units) // 2, 1)
        else:
            changes, passed, enough, step = fewer, found, units, 2 * step
    return _Fewest(changes=changes, passed=passed, least=least, short=short)


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
            if not result.id.startswith("stock:"):
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
    product = eased.grid.product_index[name.removeprefix("stock:")]
    row = stock_row(model, eased.limits, product, eased.grid.shape[2] - 1)
    return missed(row, least_of(row_tables(model, row.functional, row.sign, reach), reach).value) > PROOF
