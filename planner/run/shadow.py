"""Shadow prices: what one more unit of each limit would add to the objective, and over which bounds that holds.

Both come from the linear programme over single changes at the plan (`constraints.solver.prices`). Its value is concave
in each bound, so a price only falls as its limit is eased: the largest step at which it is still near enough is found
by halving. A unit more of a stock that the baseline takes is worth nothing to the objective
(`planner.run.baseline_first`). What the linear programme leaves out (changes that act on each other, lines that cannot
be cut) is what planning again shows: ``campaign sweep``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np

from constraints.solver.linear import LinearModel
from constraints.solver.prices import LpPrices, PriceError, PriceProgramme
from planner.evolution.linearise import linearise
from planner.evolution.start.priced import A_LITTLE, promising
from planner.evolution.workspace import Candidate, Prices, Workspace
from planner.run.baseline_first import left_to_lines, spare, tightest_period
from scenarios.answer.verdicts import PriceRange
from scenarios.arrays import Float
from scenarios.response.totals import sold_by, value

STEPS = (0.02, 0.1, 0.5)
"""Shares of a bound by which it is moved to see whether its price still holds."""
NEAR = 0.1
"""A price holds while it differs by at most this share."""
RANGED = 6
"""Limits whose price is followed at most, those that are worth most first."""


@dataclass(frozen=True, kw_only=True)
class ShadowPrice:
    """What a limit is worth at a plan."""

    price: float
    """Objective per unit that the limit gives way, to six digits."""
    holds: PriceRange | None
    """Bounds between which the price stays within `NEAR`; None for a limit that is worth nothing, and where that was
    not looked at."""


@dataclass(frozen=True, kw_only=True)
class Shadow:
    """Shadow prices at a plan, and how far from it they were found."""

    prices: dict[str, ShadowPrice]
    """By id; limits for which the linear programme gives no price are left out."""
    beyond: float
    """Objective that the linear programme gains over the plan by parts of single changes, all at once: where that is
    much, its prices are those of another plan."""
    ended: bool = False
    """Whether the time ended before all was found."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Eased:
    """How a limit gives way in the linear model."""

    id: str
    bound: float
    sign: float
    """+1 where easing raises the bound."""
    scalar: Float
    """[L] by how much the rows give way where the bound does by one."""
    stock: Float
    """[R] the same for stock rows."""
    least: float = -np.inf
    """Of stock, the bound below which the baseline is cut: there a unit less costs the empty plan as much."""

    def price(self, found: LpPrices) -> float:
        """Objective per unit of the bound."""
        return float(self.scalar @ found.scalar + self.stock @ found.stock)

    def priced(self, programme: PriceProgramme, by: float) -> float:
        """The same after easing by some units, tightening where negative."""
        return self.price(programme.eased(by * self.scalar, by * self.stock))

    def worth(self, programme: PriceProgramme) -> float | None:
        """Objective per unit that the limit gives way; None where the linear programme cannot tell."""
        if not self.torn(programme):
            return self.price(programme.prices)
        by = A_LITTLE * _size(self)
        try:
            found = programme.eased(by * self.scalar, by * self.stock)
        except PriceError:
            return None
        return None if self._by_slack(programme, found) else self.price(found)

    def torn(self, programme: PriceProgramme) -> bool:
        """Whether the programme is torn between prices of the limit, so that it must give way a little to be priced."""
        return self._by_slack(programme, programme.prices)

    def _by_slack(self, programme: PriceProgramme, found: LpPrices) -> bool:
        scalar, stock = programme.priced_by_slack(found)
        return bool(scalar[self.scalar > 0].any() or stock[self.stock > 0].any())


def shadow_prices(
    space: Workspace,
    candidate: Candidate,
    prices: Prices,
    baseline: Float | None = None,
    late: Callable[[], bool] = lambda: False,
) -> Shadow:
    """Objective per unit that each limit gives way, and where it holds: duals of the linear model at a plan.

    Parameters
    ----------
    baseline : [K, T], optional
        Units that would sell without promotion if there were enough of everything; without it none is cut at stock.
    late
        Whether another step would end too late: no price is followed any more, and none found where nothing is yet.
    """
    if late():
        return Shadow(prices={}, beyond=0.0, ended=True)
    linear = linearise(space, candidate, promising(space, candidate.plan, prices), every_window=True)

    try:
        with PriceProgramme(linear, candidate.plan, space.rules.base, space.rules.rows) as programme:
            found, ended = _followed(_limits(space, candidate, linear, baseline), programme, late)
            return Shadow(prices=found, beyond=max(programme.prices.value, 0.0), ended=ended)
    except PriceError:
        return Shadow(prices={}, beyond=0.0)


def _followed(
    limits: Sequence[_Eased], programme: PriceProgramme, late: Callable[[], bool]
) -> tuple[dict[str, ShadowPrice], bool]:
    """Prices of all limits, and of the dearest where they hold; and whether it got too late for some of that."""
    priced, ended = [], False
    for each in limits:
        if each.torn(programme) and late():
            ended = True
        elif (price := each.worth(programme)) is not None:
            priced.append((each, price))
    worth = {each.id: price for each, price in priced}
    dearest = sorted((each for each, _ in priced), key=lambda each: -worth[each.id] * abs(each.bound))[:RANGED]
    followed = {each.id for each in dearest if worth[each.id] > 0}
    found = {}
    for each, price in priced:
        holds = _holds(each, programme, price, late) if each.id in followed else None
        ended = ended or (each.id in followed and holds is None)
        found[each.id] = ShadowPrice(price=float(f"{price:.6g}"), holds=holds)
    return found, ended


def _limits(space: Workspace, candidate: Candidate, linear: LinearModel, baseline: Float | None) -> list[_Eased]:
    """List scalar limits, then products with stock by the tightest moment of each, with what gives way together."""
    limits = space.limits
    per_unit = _per_unit(space, candidate)
    none, no_stock = np.zeros(len(limits.bound)), np.zeros(len(linear.stock.product))
    found = []
    for name, rows in limits.rows_of.items():
        record = limits.records[rows[0]]
        scalar = none.copy()
        scalar[rows] = per_unit[rows]
        found.append(
            _Eased(id=name, bound=record.bound, sign=float(limits.sign[rows[0]]), scalar=scalar, stock=no_stock)
        )
    model = space.evaluator.model
    wanted = model.base_units.sum(axis=0) if baseline is None else baseline
    for product in dict.fromkeys(int(product) for product in linear.stock.product):
        moment = tightest_period(model, product, candidate.stock)
        left = left_to_lines(model, wanted, product, moment)
        stock = (linear.stock.product == product) * left[linear.stock.period]
        bound = float(limits.available[product, moment])
        least = bound - spare(model, product, moment)
        name = limits.stock_ids[product]
        found.append(_Eased(id=name, bound=bound, sign=1.0, scalar=none, stock=stock, least=least))
    return found


def _per_unit(space: Workspace, candidate: Candidate) -> Float:
    """[L] by how much each row gives way where its limit does by one.

    A ratio gives way by what it divides by. Of a bound at risk the expected use may take a part only, the rest is kept
    free for bad futures: one unit more gives way by that part.
    """
    limits = space.limits
    asked, there = limits.bound + limits.past, space.bound + limits.past
    at_risk = np.isfinite(limits.at_risk) & (asked > 0) & (there > 0)
    found = np.where(at_risk, there / np.where(at_risk, asked, 1.0), 1.0)
    what = sold_by(space.evaluator.model, candidate.plan, np)
    for row, parts in enumerate(limits.rate_parts):
        if parts is not None:
            found[row] = max(float(value(parts[1], space.evaluator.model, what, np)), 0.0)
    return found


def _holds(limit: _Eased, programme: PriceProgramme, price: float, late: Callable[[], bool]) -> PriceRange | None:
    """Bounds between which a price holds; None where it gets too late for that."""
    ends = []
    for side in (-1.0, 1.0):
        if late():
            return None
        step = furthest_step(lambda share, side=side: _near(limit, programme, price, side * share))  # type: ignore[misc]
        ends.append(limit.bound + limit.sign * side * step * _size(limit))
    low, high = max(min(ends), limit.least), max(ends)
    return PriceRange(low=_rounded(low, ROUND_CEILING), high=_rounded(high, ROUND_FLOOR))


def _near(limit: _Eased, programme: PriceProgramme, price: float, share: float) -> bool:
    """Whether a price is nearly the same after easing a limit by a share of its bound."""
    try:
        other = limit.priced(programme, share * _size(limit))
    except PriceError:
        return False
    return abs(other - price) <= NEAR * price


def _size(limit: _Eased) -> float:
    return abs(limit.bound) or 1.0


def furthest_step(holds: Callable[[float], bool]) -> float:
    """Largest of `STEPS` that holds, by halving; 0 where none does."""
    low, high = -1, len(STEPS)
    while high - low > 1:
        middle = (low + high) // 2
        if holds(STEPS[middle]):
            low = middle
        else:
            high = middle
    return STEPS[low] if low >= 0 else 0.0


def _rounded(amount: float, rounding: str) -> Decimal:
    """Write a bound with at most four digits after the point, inside the range."""
    return Decimal(repr(amount)).quantize(Decimal("0.0001"), rounding).normalize() + 0
