"""Plans whose way out moves least: descents on the burden of letting go of what they break, which orders ways out.

The burden is the shares by which limits give way, times of how many. From plan to plan it falls in steps: a plan that
breaks one limit far may be better than one that breaks five a little, and between the two all are worse. So each
descent lets some limits go from the start: first it mends all others, then it breaks these as little as it can. Which
limits are let go is tried in the order of what plans that are known promise of it.

True sums of many plans at once lead the descents; the ledger judges where they end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from constraints.infeasible.shortfall import Strain, strain_of
from planner.evaluation.evaluator import Value
from planner.evolution.workspace import Prices, Workspace
from planner.run.no_plan.broken_shares import Broken, BrokenShares
from planner.run.no_plan.near_plans import both, near, pairs
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Flag, Float, Int, Plan

TOGETHER = 3
"""Limits that a descent lets go at most, beside all that a plan breaks that was come to ..."""
AMONG = 12
"""... of so many at most, those that are broken by the smallest shares."""
PROMISE = 2.0
"""What is let go may promise so many times the least burden that is known: plans that are known promise too little."""
NEARLY = 1.5
"""Ends are judged whose burden by true sums is at most so many times the least that is known."""
TIGHT = 0.05
"""A row with less than this share left is about to be broken, and has a price ..."""
WATCHED = 0.25
"""... of this share of that of a broken one."""
WEIGHED = 16
"""Pairs of changes whose true sums are taken: those that are best by the sums of their changes."""

Letting = tuple[int, ...]
"""Numbers of limits that are let go."""
Judge = Callable[[Plan], Sequence[LimitResult]]
"""What the ledger says of a plan."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Start:
    """A plan that the ledger has judged, to begin from."""

    plan: Plan
    value: Value
    """Of this plan alone."""
    broken: Broken
    sizes: Float
    """[L]"""
    strain: Strain
    burden: float
    """By the ledger."""
    tried: set[Letting] = field(default_factory=set)
    """What was let go from here."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Here:
    """Where a descent is."""

    plan: Plan
    value: Value
    """Of this plan alone."""
    key: tuple[float, ...]


class LeastBurden:
    """Descents from plans of one question.

    Parameters
    ----------
    space
        What the question was searched with.
    judge
        What judges the plans that descents come to.
    staying
        Ids of limits that no way out may move.
    work
        Work at most, in passes over all columns; a step that was begun ends.
    over
        Whether the time is over: then no other step is made.
    """

    def __init__(
        self,
        space: Workspace,
        judge: Judge,
        staying: Collection[str],
        work: float,
        over: Callable[[], bool] = lambda: False,
    ) -> None:
        self._space, self._judge, self._over, self._end = space, judge, over, space.work + work
        self._shares = BrokenShares(space.limits, staying)
        self._starts: dict[bytes, _Start] = {}
        self._least = np.full(len(self._shares.ids), np.inf)
        """[I] the least share by which a plan was seen to break each limit."""

    def from_plans(self, plans: Sequence[Plan]) -> list[Plan]:
        """Plans that descents came to, and those that they began from, the least burden by the ledger first.

        Parameters
        ----------
        plans
            Plans to begin from; those that break a rule are none.
        """
        for plan in plans:
            if not self._space.rules.violations(plan):
                self._begin_from(plan)
        while self._more and (found := self._next()) is not None:
            letting, start = found
            start.tried.add(letting)
            plan, broken = self._descended(start, self._gone(letting))
            self._seen(broken)
            if plan.tobytes() in self._starts or self._by_sums(broken) <= NEARLY * self._best:
                self._begin_from(plan).tried.add(letting)
        return [each.plan for each in sorted(self._starts.values(), key=lambda each: each.burden)]

    @property
    def _more(self) -> bool:
        return self._space.work < self._end and not self._over()

    @property
    def _best(self) -> float:
        return min((each.burden for each in self._starts.values()), default=math.inf)

    def _begin_from(self, plan: Plan) -> _Start:
        """Judge a plan, if it was not judged, and keep it as one to begin from."""
        name = plan.tobytes()
        if name not in self._starts:
            limits, shares = self._judge(plan), self._shares
            sizes, strain = shares.sizes(limits), strain_of(shares.limits, limits)
            value = self._space.value(plan[None])
            broken = shares.of(value, sizes, strain)
            self._seen(broken)
            self._starts[name] = _Start(
                plan=plan, value=value, broken=broken, sizes=sizes, strain=strain, burden=shares.burden(limits)
            )
        return self._starts[name]

    def _seen(self, broken: Broken) -> None:
        by = self._shares.by_limit(broken.rows)[0]
        self._least = np.minimum(self._least, np.where(by > 0, by, np.inf))

    def _by_sums(self, broken: Broken) -> float:
        """What letting go of all that a plan breaks comes to by true sums; inf where no bound mends it."""
        by = self._shares.by_limit(broken.rows)[0]
        fixed = broken.stock[0] > 0 or by[~self._shares.movable].any()
        return math.inf if fixed else float(by.sum() * (by > 0).sum())

    def _gone(self, letting: Letting) -> Flag:
        gone = np.zeros(len(self._shares.ids), dtype=bool)
        gone[list(letting)] = True
        return gone

    def _next(self) -> tuple[Letting, _Start] | None:
        """Limits to let go next and the best plan to do so from; None where none promises what is worth it.

        Of those that the fewest descents have let go, those come first that promise least burden.
        """
        starts, best = list(self._starts.values()), self._best
        worth = {}
        for letting, promised in self._promised().items():
            times = sum(letting in each.tried for each in starts)
            if promised < PROMISE * best and times < len(starts):
                worth[letting] = (times, promised, letting)
        if not worth:
            return None
        letting = min(worth, key=lambda each: worth[each])
        gone = self._gone(letting)
        untried = [each for each in starts if letting not in each.tried]
        return letting, min(untried, key=lambda each: tuple(self._keys(each.broken, gone)[0]))

    def _promised(self) -> dict[Letting, float]:
        """What letting limits go promises, by the least shares by which plans were seen to break them."""
        least, shares = self._least, self._shares
        ids = np.flatnonzero(shares.movable & np.isfinite(least))
        ids = np.sort(ids[np.argsort(least[ids], kind="stable")[:AMONG]])
        found = {some for size in range(1, TOGETHER + 1) for some in combinations(ids.tolist(), size)}
        for start in self._starts.values():
            if math.isfinite(start.burden):
                found.add(tuple(np.flatnonzero(shares.by_limit(start.broken.rows)[0]).tolist()))
        return {some: len(some) * float(least[list(some)].sum()) for some in found if some}

    def _keys(self, broken: Broken, gone: Flag) -> Float:
        """[P, 3] what descents compare, the less the better: what is not let go, then what is, then in how many places.

        A limit gives way by its worst row. Where all of several rows must be mended before it gives way by less, every
        one of them counts.
        """
        let_go = gone[self._shares.owner]
        by = self._shares.by_limit(broken.rows)
        others = broken.stock + broken.rows[:, ~let_go].sum(axis=1)
        return np.stack([others, by[:, gone].sum(axis=1), broken.rows[:, let_go].sum(axis=1)], axis=1).round(9)

    def _descended(self, start: _Start, gone: Flag) -> tuple[Plan, Broken]:
        """Go from plan to better plan near it while there is one."""
        space, by = self._space, (gone, start.sizes, start.strain)
        here = _Here(plan=start.plan, value=start.value, key=tuple(self._keys(start.broken, gone)[0]))
        while self._more:
            proposed = near(space, here.plan, *self._prices(here, *by))
            if not len(proposed.plans):
                break
            value = space.value(proposed.plans)
            further = self._best_of(proposed.plans, value, *by)
            if further.key >= here.key:
                paired = self._paired(here, proposed.plans[: proposed.singles], value, *by)
                if not len(paired):
                    break
                further = self._best_of(paired, space.value(paired), *by)
                if further.key >= here.key:
                    break
            here = further
        return here.plan, self._shares.of(here.value, start.sizes, start.strain)

    def _best_of(self, plans: Plan, value: Value, gone: Flag, sizes: Float, strain: Strain) -> _Here:
        keys = self._keys(self._shares.of(value, sizes, strain), gone)
        best = int(_order(keys)[0])
        return _Here(plan=plans[best], value=_one(value, best), key=tuple(keys[best]))

    def _paired(self, here: _Here, singles: Plan, value: Value, gone: Flag, sizes: Float, strain: Strain) -> Plan:
        """[P, N] plans with two changes that trade: better than where the descent is, were their sums to add up."""
        one, other = pairs(here.plan, singles)
        summed = Value(*(each[one] + each[other] - own[0] for each, own in zip(value, here.value, strict=True)))
        keys = self._keys(self._shares.of(summed, sizes, strain), gone)
        order = [place for place in _order(keys)[:WEIGHED] if tuple(keys[place]) < here.key]
        plans = both(here.plan, singles[one[order]], singles[other[order]])
        return np.asarray(plans[self._space.rules.keeps(plans)]) if len(plans) else plans

    def _prices(self, here: _Here, gone: Flag, sizes: Float, strain: Strain) -> tuple[Prices, Prices]:
        """Prices of what the descent mends next, and the same with what is about to be broken."""
        shares, limits = self._shares, self._space.limits
        broken, let_go = shares.of(here.value, sizes, strain), gone[shares.owner]
        first = here.key[0] > 0
        wanted = (broken.rows[0] > 0) & (~let_go if first else let_go)
        left = -limits.excess(here.value.uses[0] * strain.scalar) / sizes
        tight = ~let_go & (broken.rows[0] == 0) & (left < TIGHT)
        over = here.value.stock[0] - self._space.limits.available
        stock = np.where(over > 0, 1.0 / np.maximum(self._space.limits.available, 1.0), 0.0)
        priced = Prices(wanted / sizes, stock)
        return priced, priced._replace(scalar=priced.scalar + WATCHED * tight / sizes)


def _one(value: Value, place: int) -> Value:
    """The values of one of several plans."""
    return Value(*(each[place : place + 1] for each in value))


def _order(keys: Float) -> Int:
    """Places of keys [P, 3], the least first."""
    return np.lexsort(tuple(keys.T[::-1]))
