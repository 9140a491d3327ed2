"""What a sweep is made of: its points, who plans them, and what all of them say of a varied limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from planner.sweep.vary import Axis
from scenarios.answer.notes import Topic, text_of, topic_of
from scenarios.answer.plan import PlanSet, RankedPlan
from scenarios.answer.verdicts import LimitResult
from scenarios.language.implied_ids import STOCK
from scenarios.language.plan_lines import PlanLine

NO_PRICE = 5e-7
"""Shadow price below which a limit that gives way counts as worth nothing: reports write six digits at most."""


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
    lent: tuple[str, ...] | None = None
    """Values of the point whose plan was worth more here, so that this point was planned again from it."""
    raised: Decimal = Decimal(0)
    """Objective that planning again added to what the point's own search had found."""

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
    keep: Callable[[], Point] | None = None
    """Writes the point's plans and returns it with its folder; None where nothing is kept."""


class Planner(Protocol):
    """Plans one point of a sweep."""

    def plan(self, values: tuple[str, ...], start: tuple[PlanLine, ...] | None, number: int) -> Planned:
        """Plan with these values from some lines; ``number`` counts the points from 0."""

    def worth(
        self, values: tuple[str, ...], lines: tuple[PlanLine, ...], above: Decimal | None = None
    ) -> Decimal | None:
        """Objective of some lines with these values; None where it is not ``above``, or a limit or rule is broken."""


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

    @property
    def floor(self) -> bool:
        """Whether the bound that is varied is the least of something: less of it gives way."""
        found = (self.limit_at(point) for point in self.points)
        return any(limit is not None and limit.sense == "min" for limit in found)

    def binds_at(self, point: Point) -> bool | None:
        """Whether the varied limit holds the plan back; None where there is no verdict on it.

        A limit that a plan uses up, but whose giving way is worth nothing by its shadow price, does not.
        """
        limit = self.limit_at(point)
        if limit is None:
            return None
        return limit.binding and (limit.shadow_price is None or abs(limit.shadow_price) >= NO_PRICE)

    def holds_back(self, point: Point) -> bool | None:
        """Whether the varied limit keeps plans from earning more; None where there is no verdict on it.

        It binds, or a looser bound of this sweep earned more, by a thousandth at least: lines come whole, so that what
        is left of a limit may be more than a hundredth and still less than any further line needs.
        """
        binds, best = self.binds_at(point), point.best
        if binds or binds is None or best is None or self.axes[-1].numbers is None:
            return binds
        looser = [other.objective for other in self.looser_than(point)]
        return max(looser, default=best.objective) - best.objective > abs(best.objective) / 1000

    def looser_than(self, point: Point) -> list[RankedPlan]:
        """The best plans of all points at which the varied limit gives way further."""
        values, numbers = self.axes[-1].values, self.axes[-1].numbers
        if numbers is None:
            return []
        sign, here = -1 if self.floor else 1, numbers[values.index(point.values[-1])]
        return [
            other.best
            for other in self.points
            if other.best is not None and sign * (numbers[values.index(other.values[-1])] - here) > 0
        ]

    def bound_at(self, point: Point) -> Decimal | None:
        """The least bound on the objective that is known, if any: what holds under a looser limit holds here, too.

        Not so of stock: baselines are cut at it, so that more of it is another market.
        """
        own = None if point.plan_set is None else point.plan_set.bound
        limit, numbers = self.limit_at(point), self.axes[-1].numbers
        if limit is None or numbers is None or limit.id.startswith(STOCK):
            return own
        sign = 1 if limit.sense == "max" else -1

        def room(each: Point) -> Decimal:
            return sign * numbers[self.axes[-1].values.index(each.values[-1])]

        known = [
            each.plan_set.bound
            for each in self.points
            if each.plan_set is not None and each.plan_set.bound is not None and room(each) >= room(point)
        ]
        return min(known, default=None)

    def gap_at(self, point: Point) -> float | None:
        """How far below that bound the best plan lies, as a share of it; None where no bound is known."""
        bound, best = self.bound_at(point), point.best
        if best is None or bound is None:
            return None if best is None else best.gap
        return round(float((bound - best.objective) / max(Decimal(1), abs(bound))), 6)

    def no_gap_at(self, point: Point) -> str | None:
        """Why a planned point has no gap; None where it has one, or no plan."""
        if point.plan_set is None or point.best is None or self.gap_at(point) is not None:
            return None
        said = (text_of(note) for note in point.plan_set.notes if topic_of(note) is Topic.BOUND)
        return next(said, "no bound is known").partition(";")[0]

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

    def unsure(self, number: int) -> bool | None:
        """Whether luck of the search may be all that lies between a point and the one before; None without a step.

        Their objectives differ by less than one of their plans may be below the best, by its gap, or than planning
        again has added to a point of this sweep.
        """
        if self.per_unit(number) is None:
            return None
        before, here = self.points[number - 1], self.points[number]
        if before.best is None or here.best is None:
            return None
        missed = [point.raised for point in self.points]
        for point, best in ((before, before.best), (here, here.best)):
            bound = self.bound_at(point)
            if bound is not None:
                missed.append(bound - best.objective)
        return abs(here.best.objective - before.best.objective) < max(missed)
