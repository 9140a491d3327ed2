"""A sweep: one plan at each value of something in the scenario, each begun from its neighbour's plan.

Neighbours are one step apart. Where a neighbour's plan would be worth more at a point than its own, the point is
planned again from there, so that luck in the search does not look like a bend in the curve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from planner.sweep.vary import Axis, points_of
from scenarios.answer.plan import PlanSet, RankedPlan
from scenarios.answer.verdicts import LimitResult
from scenarios.language.plan_lines import PlanLine

NO_PRICE = 5e-7
"""Shadow price below which more of a limit counts as worth nothing: reports write six digits at most."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Point:
    """What planning said at one combination of values."""

    values: tuple[str, ...]
    """One for each axis."""
    plan_set: PlanSet | None
    """None where no plan was found."""
    reasons: tuple[str, ...] = ()
    """Why there is no plan."""
    proven: bool = False
    """Without a plan: whether it is proven that there is none."""
    folder: str | None = None
    """Folder inside the sweep's, where plans are kept."""

    @property
    def best(self) -> RankedPlan | None:
        """The best plan."""
        return None if self.plan_set is None or not self.plan_set.plans else self.plan_set.plans[0]

    @property
    def status(self) -> str:
        """``planned``, ``infeasible`` (proven) or ``none found``."""
        if self.best is not None:
            return "planned"
        return "infeasible" if self.proven else "none found"


@dataclass(frozen=True, kw_only=True, eq=False)
class Planned:
    """What one run of the planner returns."""

    point: Point
    interrupted: bool


class Planner(Protocol):
    """Plans one point of a sweep."""

    def plan(self, values: tuple[str, ...], start: tuple[PlanLine, ...] | None, number: int) -> Planned:
        """Plan with these values from some lines; ``number`` counts the points from 0."""

    def worth(self, values: tuple[str, ...], lines: tuple[PlanLine, ...]) -> Decimal | None:
        """Objective of some lines with these values; None where they break a limit or a rule."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sweep:
    """All points that were planned, in the order of the axes' values."""

    axes: tuple[Axis, ...]
    points: tuple[Point, ...]
    limit: str | None
    """Id of the limit whose bound is varied, where there is one axis and it is a bound."""
    interrupted: bool

    def limit_at(self, point: Point) -> LimitResult | None:
        """The ledger's verdict on the varied limit."""
        if self.limit is None or point.best is None:
            return None
        return next((result for result in point.best.limits if result.id == self.limit), None)

    def binds_at(self, point: Point) -> bool | None:
        """Whether the varied limit holds the plan back; None where there is no verdict on it.

        A limit that a plan uses up, but of which more is worth nothing by its shadow price, does not.
        """
        limit = self.limit_at(point)
        if limit is None:
            return None
        return limit.binding and (limit.shadow_price is None or abs(limit.shadow_price) >= NO_PRICE)

    def per_unit(self, number: int) -> float | None:
        """Objective gained per unit of the varied value since the point before, where both have plans."""
        numbers = self.axes[-1].numbers
        if number == 0 or numbers is None:
            return None
        before, here = self.points[number - 1], self.points[number]
        if before.values[:-1] != here.values[:-1] or before.best is None or here.best is None:
            return None
        places = [self.axes[-1].values.index(point.values[-1]) for point in (before, here)]
        step = numbers[places[1]] - numbers[places[0]]
        return float((here.best.objective - before.best.objective) / step) if step else None


def sweep(
    axes: tuple[Axis, ...], planner: Planner, limit: str | None, said: Callable[[int, int], None] = lambda *_: None
) -> Sweep:
    """Plan every point; Ctrl-C keeps the points that are done.

    Parameters
    ----------
    said
        Told the number of the point that is begun, from 1, and of all points.
    """
    order = points_of(axes)
    done: dict[tuple[str, ...], Point] = {}
    interrupted = False
    try:
        lines: tuple[PlanLine, ...] | None = None
        for number, values in enumerate(order):
            said(number + 1, len(order))
            found = planner.plan(values, lines, _place(axes, values))
            if found.interrupted and found.point.best is None:
                interrupted = True
                break
            done[values] = found.point
            lines = lines if found.point.best is None else found.point.best.plan_lines
            if found.interrupted:
                interrupted = True
                break
        if not interrupted:
            _level(axes, order, done, planner)
    except KeyboardInterrupt:
        interrupted = True
    ordered = sorted(done, key=lambda values: _place(axes, values))
    one = limit if len(axes) == 1 else None
    return Sweep(axes=axes, points=tuple(done[values] for values in ordered), limit=one, interrupted=interrupted)


def _place(axes: tuple[Axis, ...], values: tuple[str, ...]) -> int:
    """Place of a combination in the order of the axes' values, the last axis fastest."""
    place = 0
    for axis, value in zip(axes, values, strict=True):
        place = place * len(axis.values) + axis.values.index(value)
    return place


def _level(
    axes: tuple[Axis, ...],
    order: Sequence[tuple[str, ...]],
    done: dict[tuple[str, ...], Point],
    planner: Planner,
) -> None:
    """Plan a point again from a neighbour's plan that is worth more there, until no point has such a neighbour.

    What a limit allows it allows under a looser bound, too: profit then never falls where a ceiling rises.
    """
    begun = dict(zip(order[1:], order, strict=False))
    seen = {values: {done[before]} for values, before in begun.items()}
    settled = False
    while not settled:
        settled = True
        for values in reversed(order):
            for other in _neighbours(axes, values, done):
                near = done[other]
                if near in seen.setdefault(values, set()):
                    continue
                seen[values].add(near)
                settled &= not _improved(values, near, done, planner, _place(axes, values))


def _improved(
    values: tuple[str, ...],
    near: Point,
    done: dict[tuple[str, ...], Point],
    planner: Planner,
    number: int,
) -> bool:
    """Plan a point again from a neighbour's plan where that is worth more there; whether it made the point better."""
    lines = () if near.best is None else near.best.plan_lines
    worth, own = planner.worth(values, lines), done[values].best
    if worth is None or (own is not None and worth <= own.objective):
        return False
    found = planner.plan(values, lines, number)
    best = found.point.best
    better = best is not None and (own is None or best.objective > own.objective)
    if better:
        done[values] = found.point
    if found.interrupted:
        raise KeyboardInterrupt
    return better


def _neighbours(
    axes: tuple[Axis, ...], values: tuple[str, ...], done: dict[tuple[str, ...], Point]
) -> Iterator[tuple[str, ...]]:
    """Yield the nearest points with a plan, up and down each axis; numbers in their order, however they were given."""
    for number, axis in enumerate(axes):
        numbers, known = axis.numbers, axis.values
        if numbers is not None:
            known = tuple(value for _, value in sorted(zip(numbers, axis.values, strict=True)))
        place = known.index(values[number])
        for side in (known[place + 1 :], known[:place][::-1]):
            moved = ((*values[:number], value, *values[number + 1 :]) for value in side)
            near = next((other for other in moved if done[other].best is not None), None)
            if near is not None:
                yield near


def stops_binding(result: Sweep) -> str | None:
    """Say at which values the varied limit binds; None without one or with too few plans."""
    if result.limit is None:
        return None
    known = [(point.values[0], full) for point in result.points if (full := result.binds_at(point)) is not None]
    if len(known) < 2:
        return None
    binds = [bound for _, bound in known]
    if all(binds):
        return f"{result.limit} binds at every value that was planned: less than 1 % of it is left everywhere"
    if not any(binds):
        used_up = any(verdict.binding for point in result.points if (verdict := result.limit_at(point)) is not None)
        worthless = ", or more of it is worth nothing" if used_up else ""
        told = f"{result.limit} binds at no value that was planned: 1 % of it or more is left everywhere{worthless}"
        verdicts = (result.limit_at(point) for point in result.points)
        lumpy = any(
            each is not None and not each.binding and (each.shadow_price or 0.0) >= NO_PRICE for each in verdicts
        )
        return f"{told}; lines come whole, so where it has a price more of it may still gain" if lumpy else told
    turns = [number for number in range(1, len(binds)) if binds[number] != binds[number - 1]]
    if len(turns) == 1:
        before, after = (_figure(known[number][0]) for number in (turns[0] - 1, turns[0]))
        words = ("binds", "no longer binds") if binds[0] else ("does not bind", "binds")
        return f"{result.limit}: it {words[0]} at {before} and {words[1]} at {after}"
    bound, free = ([_figure(value) for value, binding in known if binding is wanted] for wanted in (True, False))
    luck = "such turns come of lines that come whole and of luck in the search, which more --effort makes smaller"
    return f"{result.limit}: it binds at {_listed(bound)}, and does not bind at {_listed(free)}; {luck}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _figure(text: str) -> str:
    try:
        return f"{Decimal(text):,}"
    except ArithmeticError:
        return text
