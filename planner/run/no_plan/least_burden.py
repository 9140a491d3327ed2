"""Plans whose way out moves least: descents on what ways out are ordered by, the burden of letting go of what is broken.

The burden is the shares by which limits give way, times of how many. From plan to plan it falls in steps: a plan that
breaks one limit far may be better than one that breaks five a little, and between the two all are worse. So each
descent lets some limits go from the start: first it mends all others, then it breaks these as little as it can. Which
limits are let go is tried in the order of what plans that are known promise of it.

True sums of many plans at once lead the descents; the ledger judges where they end.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from constraints.infeasible.shortfall import Strain, strain_of
from planner.evaluation.evaluator import Value
from planner.evolution.workspace import Prices, Workspace
from planner.run.no_plan.broken_shares import Broken, BrokenShares
from planner.run.no_plan.near_plans import both, near, pairs
from planner.run.no_plan.passed import Passed
from scenarios.arrays import Flag, Float, Int, Plan

TOGETHER = 3
"""Limits that a descent lets go at most."""
PROMISE = 2.0
"""What is let go may promise so many times the least burden that is known: plans that are known promise too little."""
TIGHT = 0.05
"""A row with less than this share left is about to be broken, and has a price ..."""
WATCHED = 0.25
"""... of this share of that of a broken one."""
WEIGHED = 16
"""Pairs of changes whose true sums are taken: those that are best by the sums of their changes."""


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
    staying
        Ids of limits that no way out may move.
    work
        Work at most, in passes over all columns; a step that was begun ends.
    over
        Whether the time is over: then no other step is made.
    """

    def __init__(
        self, space: Workspace, staying: Collection[str], work: float, over: Callable[[], bool] = lambda: False
    ) -> None:
        self._space, self._over, self._end = space, over, space.work + work
        self._shares = BrokenShares(space.limits, staying)
        self._ends: dict[bytes, tuple[Plan, float]] = {}

    def from_plans(self, known: Sequence[Passed]) -> list[Plan]:
        """Plans that descents came to, the least burden first by true sums; those that are known are among them.

        Parameters
        ----------
        known
            Plans to begin from that keep every rule, with the ledger's verdicts; one at least.
        """
        shares, limits = self._shares, self._space.limits
        starts = np.stack([each.plan for each in known])
        value = self._space.value(starts)
        judged = [(shares.sizes(each.limits), strain_of(limits, each.limits)) for each in known]
        found = [shares.of(_one(value, place), *by) for place, by in enumerate(judged)]
        broken = Broken(rows=np.concatenate([each.rows for each in found]), stock=np.concatenate([e.stock for e in found]))
        self._end_at(starts, broken)
        least = self._least(broken)
        tried = set[tuple[int, ...]]()
        while self._more and (letting := self._promising(least, tried)) is not None:
            tried.add(letting)
            gone = np.zeros(len(shares.ids), dtype=bool)
            gone[list(letting)] = True
            keys = self._keys(broken, gone)
            begin = int(_order(keys)[0])
            here = _Here(plan=starts[begin], value=_one(value, begin), key=tuple(keys[begin]))
            here, ended = self._descended(here, gone, *judged[begin])
            self._end_at(here.plan[None], ended)
            least = np.minimum(least, self._least(ended))
        return [plan for plan, burden in sorted(self._ends.values(), key=lambda each: each[1]) if np.isfinite(burden)]

    @property
    def _more(self) -> bool:
        return self._space.work < self._end and not self._over()

    def _end_at(self, plans: Plan, broken: Broken) -> None:
        for plan, burden in zip(plans, self._burdens(broken).tolist(), strict=True):
            self._ends.setdefault(plan.tobytes(), (plan, burden))

    def _burdens(self, broken: Broken) -> Float:
        """[P] what letting go of all that plans break comes to; inf where no bound mends them."""
        by = self._shares.by_limit(broken.rows)
        fixed = (broken.stock > 0) | by[:, ~self._shares.movable].any(axis=1)
        return np.where(fixed, np.inf, by.sum(axis=1) * (by > 0).sum(axis=1))

    def _least(self, broken: Broken) -> Float:
        """[I] the least share by which plans break each limit, of those that break it; inf where none does."""
        by = self._shares.by_limit(broken.rows)
        return np.asarray(np.where(by > 0, by, np.inf).min(axis=0, initial=np.inf))

    def _promising(self, least: Float, tried: Collection[tuple[int, ...]]) -> tuple[int, ...] | None:
        """Limits to let go next, those that promise least burden; None where none promises what is worth it."""
        ids = np.flatnonzero(self._shares.movable & np.isfinite(least)).tolist()
        best = min((burden for _, burden in self._ends.values()), default=np.inf)
        sets = (some for size in range(1, TOGETHER + 1) for some in combinations(ids, size) if some not in tried)
        promised = {some: len(some) * sum(least[number] for number in some) for some in sets}
        worth = [some for some, burden in promised.items() if burden < PROMISE * best]
        return min(worth, key=lambda some: (promised[some], some), default=None)

    def _keys(self, broken: Broken, gone: Flag) -> Float:
        """[P, 3] what descents compare, the less the better: what is not let go, then what is, then in how many places.

        A limit gives way by its worst row. Where all of several rows must be mended before it gives way by less, every
        one of them counts.
        """
        let_go = gone[self._shares.owner]
        by = self._shares.by_limit(broken.rows)
        others = broken.stock + broken.rows[:, ~let_go].sum(axis=1)
        return np.stack([others, by[:, gone].sum(axis=1), broken.rows[:, let_go].sum(axis=1)], axis=1).round(9)

    def _descended(self, here: _Here, gone: Flag, sizes: Float, strain: Strain) -> tuple[_Here, Broken]:
        """Go from plan to better plan near it while there is one."""
        space, shares = self._space, self._shares
        while self._more:
            proposed = near(space, here.plan, *self._prices(here, gone, sizes, strain))
            if not len(proposed.plans):
                break
            value = space.value(proposed.plans)
            further = self._best(proposed.plans, value, gone, sizes, strain)
            if further.key >= here.key:
                singles = proposed.plans[: proposed.singles]
                paired = self._paired(here, singles, value, gone, sizes, strain)
                if not len(paired):
                    break
                further = self._best(paired, space.value(paired), gone, sizes, strain)
                if further.key >= here.key:
                    break
            here = further
        return here, shares.of(here.value, sizes, strain)

    def _best(self, plans: Plan, value: Value, gone: Flag, sizes: Float, strain: Strain) -> _Here:
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
