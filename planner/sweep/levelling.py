"""No point of a sweep stays below a plan of another point that it could have: then it is planned again from there.

What a limit allows it allows under a looser bound, too, so profit never falls where a ceiling rises (stock, at which
baselines are cut, is another market: there the ledger says whether a plan is worth more). Neighbours come
first, because plans travel from one to the next; then every other point, for values that allow now more, now less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from planner.sweep.progress import Done
from planner.sweep.record import Planner, Point
from planner.sweep.vary import Axis
from scenarios.language.plan_lines import PlanLine

Values = tuple[str, ...]


def level(axes: tuple[Axis, ...], order: Sequence[Values], done: Done, planner: Planner) -> None:
    """Plan points again from other points' plans that are worth more there, until there is no such plan.

    Parameters
    ----------
    order
        In which the points were planned, each from the one before.

    Raises
    ------
    KeyboardInterrupt
        Where a search was interrupted; what it found is kept.
    """
    seen: dict[Values, set[Point]] = {values: set() for values in order}
    for before, values in pairwise(order):
        seen[values].add(done.points[before])

    def near(values: Values) -> Iterator[Values]:
        return _neighbours(axes, values, done)

    def others(values: Values) -> Iterator[Values]:
        return (other for other in order if other != values and done.points[other].best is not None)

    def settle(lenders: Callable[[Values], Iterator[Values]]) -> None:
        settled = False
        while not settled:
            settled = True
            for values in reversed(order):
                settled &= not _raised(values, lenders(values), seen[values], done, planner)

    settle(near)
    settle(others)


def _raised(values: Values, lenders: Iterator[Values], seen: set[Point], done: Done, planner: Planner) -> bool:
    """Plan a point again from the best of other points' plans, where one is worth more; whether it became better."""
    before = done.points[values]
    own = before.best
    most = None if own is None else own.objective
    judged: set[tuple[PlanLine, ...]] = set()
    lender: Values | None = None
    lines: tuple[PlanLine, ...] = ()
    for other in lenders:
        point = done.points[other]
        if point in seen or point.best is None:
            continue
        seen.add(point)
        if point.best.plan_lines in judged:
            continue
        judged.add(point.best.plan_lines)
        worth = planner.worth(values, point.best.plan_lines, most)
        if worth is not None and (most is None or worth > most):
            most, lender, lines = worth, other, point.best.plan_lines
    if lender is None:
        return False
    found = planner.plan(values, lines, done.place(values))
    best = found.point.best
    better = best is not None and (own is None or best.objective > own.objective)
    if better and best is not None:
        more = Decimal(0) if own is None else before.raised + best.objective - own.objective
        done.put(values, found, lent=lender, raised=more)
    if found.interrupted:
        raise KeyboardInterrupt
    return better


def _neighbours(axes: tuple[Axis, ...], values: Values, done: Done) -> Iterator[Values]:
    """Yield the nearest points with a plan, up and down each axis; numbers in their order, however they were given."""
    for number, axis in enumerate(axes):
        numbers, known = axis.numbers, axis.values
        if numbers is not None:
            known = tuple(value for _, value in sorted(zip(numbers, axis.values, strict=True)))
        place = known.index(values[number])
        for side in (known[place + 1 :], known[:place][::-1]):
            moved = ((*values[:number], value, *values[number + 1 :]) for value in side)
            near = next((other for other in moved if done.points[other].best is not None), None)
            if near is not None:
                yield near
