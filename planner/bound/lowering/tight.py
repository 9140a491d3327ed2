"""A valid upper bound on the objective of every plan that keeps the limits, under the expected account.

The bound is a Lagrangian dual. For any prices >= 0 of limits and stock, a plan that keeps them has

    objective <= objective - sum price * sign * (use - bound) - sum stock price * (units - available) = L(plan),

and the largest L over a superset of the plans, with L itself replaced by something larger, is an upper bound. Limits
at risk count with their expected use, because the ledger refuses a plan whose expected use exceeds the bound even where
enough of the draws keep it; that the draws ask for more is left out. What is relaxed, in the order of
`planner.bound.at_prices.dual`:

1. Every segment may choose its own public offers. Payments that sum to zero over segments tie the choices; on a common
   choice they cancel, so no true plan loses value.
2. Fatigue: `planner.bound.programs.ladder` never tires more than the truth; a gain that shrinks with freshness is taken
   at the tiredest that masks allow. Left-over fatigue is charged with the same, smaller tiredness.
3. Theft: rivals leave ``C = prod (1 - x_r)`` of a cell, ``x_r = theft * fatigue``. A cell may choose its own load
   ``z = -log C`` at a price; the rivals pay that price for their part of it. On a true plan both cancel. Cells of a
   group name one of a few intervals of the group's load, with prices of its own, and the ends of z follow
   (`planner.bound.relaxed.theft`). Losses use a tangent below C.
4. Dips: the same with ``D = prod (1 - d)`` over earlier lines and their sum y, D at most the chord; ``C D >= C - y``
   for losses. How large y may be depends on how tired customers are, which the programs know
   (`planner.bound.programs.dips`).
5. Basket factor: a cell may choose its own B in [B_min, B_max] at a price; the basket line earns that price.
   Order costs ``W(y) * orders`` are split into ``-slope * (B - 1) * orders``, which cells pay on true orders, and a
   rest that is multiplied by the fewest orders where negative and by the most where positive, for any slope.
6. Halo units are not negative and are sold at no more than the receiver's best weight; the donor earns that. Donor and
   receiver share segment and period, hence the basket factor.
7. A cell's reward is convex in z, in y and in B, each for fixed others, hence largest at a corner of the box: the
   programs try all corners.
8. A message that costs is at least any weighted mean of its lines' coverages (``1 - prod (1 - q) >= max q``), one that
   earns at most their sum; shares of rivals in dear ones hang on the load of their group
   (`planner.bound.relaxed.shared_messages`). Lines that a rule asks for need messages, which have rows and prices too
   (`planner.bound.relaxed.messages`). Customers reached are at most ``p * sum q + 1 - p``, p in [0, 1]; reach that
   costs is free.
9. Business rules are rows and words with prices (`planner.bound.relaxed.rules`); masks, locked lines and pairs that
   must not meet are exact.
10. Naive: 3 to 5 at price zero, without fatigue and without prices of rules.

Prices come from `planner.bound.lowering.descent` in float32; the value is computed once more in NumPy float64 and
rounded up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from constraints.limits.book import Limits
from constraints.rules.forms import CompiledRule
from planner.bound.inputs import Prices
from planner.bound.lowering.bound import Bound
from planner.bound.lowering.descent import Descent, descend
from planner.bound.lowering.params import BoundParams
from planner.bound.lowering.sizes import natural_sizes
from planner.bound.problem import BoundProblem
from scenarios.arrays import Flag, Float, Plan
from scenarios.response.coefficients import Coefficients

Progress = Callable[[float, float], bool]
"""Told the share of the work done and the best bound so far; the descent stops where it says False."""


UNCAPPED = 0.5
"""Share of the steps that are taken before dips are capped by what lines can have lent."""
AGAIN = 0.3
"""First steps after that, as a share of those at the beginning."""
NAIVE_STEPS = {"limit": 0.01, "stock": 0.01, "reached": 0.1}
TIGHT_STEPS = {
    "limit": 0.01,
    "stock": 0.01,
    "theft": 0.1,
    "load": 0.1,
    "dip": 0.1,
    "basket": 0.4,
    "public": 0.03,
    "basket_public": 0.1,
    "message": 0.5,
    "message_floor": 0.1,
    "reached": 0.1,
    "count": 0.1,
    "window": 0.1,
    "word": 0.2,
    "literal": 0.5,
}
"""First steps of the prices, relative to their natural sizes."""
PACED = ("theft", "load", "dip")
"""Prices whose first steps are longer where there are many steps."""


def _naive(problem: BoundProblem, params: BoundParams, report: Callable[[int, float], bool]) -> tuple[Descent, Prices]:
    """Descend the naive bound from no prices; also the natural sizes of all prices."""
    slope = problem.slope(naive=True)
    free, slopes = slope(problem.start)
    use = problem.data.bound - problem.data.sign * slopes.limit
    scale = natural_sizes(problem, use, free)
    reached = descend(
        slope, problem.start, scale, NAIVE_STEPS, problem.keep, params.naive_iterations, params.descent, report
    )
    return reached, scale


def _starts(problem: BoundProblem, naive: Prices, given: Float | None, given_stock: Float | None) -> list[Prices]:
    """Prices to start from: the given ones, or shares of the naive ones, which are too high."""
    if given is not None:
        # Whoever searches knows better; one guess more guards against prices that know nothing yet.
        starts = [problem.start_from(given)]
        if given_stock is not None and given_stock.any():
            starts.append(problem.start_from(given, given_stock))
        starts.append(problem.start._replace(limit=0.5 * naive.limit, stock=0.3 * naive.stock))
    else:
        rows = [share * naive.limit for share in (1.0, 0.5, 0.0)]
        starts = [
            problem.start._replace(limit=row, stock=share * naive.stock) for row in rows for share in (1.0, 0.3, 0.0)
        ]
    return starts


def tight_bound(
    model: Coefficients,
    limits: Limits,
    allowed: Flag,
    locked: Plan | None = None,
    prices: Float | None = None,
    stock_prices: Float | None = None,
    target: float | None = None,
    params: BoundParams | None = None,
    progress: Progress | None = None,
    rules: tuple[CompiledRule, ...] = (),
) -> Bound:
    """Bound that prices theft, dips and the basket layer and plans fatigue exactly along each series.

    Parameters
    ----------
    allowed
        [N, width] choices that a plan may hold.
    locked
        [N] lines that every plan holds; 0 leaves a slot free.
    prices, stock_prices
        [L] and [K, T] prices to start from, where a search knows better ones than the naive bound finds.
    target
        Objective of the best plan known: the descent stops within `BoundParams.tolerance` of it.
    progress
        Told the share of the work done and the best bound so far; where it says False, the best so far is the answer.
    rules
        Compiled business rules; those left out are relaxed.
    """
    use = BoundParams() if params is None else params
    begun = begin_bound(model, limits, allowed, locked, use, progress, rules, target)
    return tightened(begun, use, prices, stock_prices, target, progress)


@dataclass(frozen=True, kw_only=True, eq=False)
class BegunBound:
    """What a bound needs no search for: its tables, and the naive bound to start from."""

    problem: BoundProblem
    prices: Prices
    """Where the naive bound is lowest."""
    scale: Prices
    """Natural sizes of all prices."""
    value: float
    """The naive bound."""
    parts: dict[str, float]


def begin_bound(
    model: Coefficients,
    limits: Limits,
    allowed: Flag,
    locked: Plan | None,
    params: BoundParams,
    progress: Progress | None = None,
    rules: tuple[CompiledRule, ...] = (),
    target: float | None = None,
) -> BegunBound:
    """Lower the naive bound; parameters as in `tight_bound`."""
    problem = BoundProblem(model, limits, allowed, locked, params.states, rules, params.load_cuts)
    naive, scale = _naive(problem, params, _report(params, 0, target, progress))
    value, parts = problem.evaluate(naive.prices, naive=True)
    return BegunBound(problem=problem, prices=naive.prices, scale=scale, value=value, parts=parts)


def tightened(
    begun: BegunBound,
    params: BoundParams,
    prices: Float | None = None,
    stock_prices: Float | None = None,
    target: float | None = None,
    progress: Progress | None = None,
) -> Bound:
    """Lower the tightened bound from the best start known; parameters as in `tight_bound`."""
    problem = begun.problem
    tight = _lowered(begun, params, prices, stock_prices, _report(params, params.naive_iterations, target, progress))
    value, parts = problem.evaluate(tight.prices, naive=False, data=problem.finer(params.fine_states))
    best, named = (tight.prices, parts) if value <= begun.value else (begun.prices, begun.parts)
    return Bound(
        value=min(value, begun.value),
        naive=begun.value,
        prices=np.array(best.limit, dtype=float),
        stock_prices=best.stock.T.copy(),
        parts=named,
        at=best if best is tight.prices else None,
    )


def _lowered(
    begun: BegunBound,
    params: BoundParams,
    prices: Float | None,
    stock_prices: Float | None,
    report: Callable[[int, float], bool],
) -> Descent:
    """Descend; where cells' dips are capped by what lines can have lent them, first without these caps.

    The caps lower the bound at all prices, but descents that begin under them may end at bad prices.
    """
    problem = begun.problem
    loose = problem.slope(naive=False, capped=False)
    first = max(1, round(UNCAPPED * params.iterations)) if problem.dips.capped else params.iterations
    paced = {name: step * (params.pace if name in PACED else 1.0) for name, step in TIGHT_STEPS.items()}

    def descended(start: Prices, steps: int, tell: Callable[[int, float], bool]) -> Descent:
        return descend(loose, start, begun.scale, paced, problem.keep, steps, params.descent, tell, first)

    # Where a descent begins says little of where it leads: the higher of two values may lead far below the other.
    tried: list[Descent] = []

    def report_trial(_done: int, best: float) -> bool:
        return report(0, min([best, *(each.value for each in tried)]))

    for start in _starts(problem, begun.prices, prices, stock_prices):
        tried.append(descended(start, max(params.tried, 1), report_trial))
        lowest = min(tried, key=lambda each: each.value)
        if tried[-1].ended:
            return replace(lowest, ended=True)
    found = descended(lowest.prices, first, report)
    rest = params.iterations - first
    if found.ended or not rest:
        return found

    def report_rest(done: int, best: float) -> bool:
        return report(first + done, best)

    again = {name: AGAIN * step for name, step in paced.items()}
    slope = problem.slope(naive=False)
    return descend(slope, found.prices, begun.scale, again, problem.keep, rest, params.descent, report_rest)


def _report(
    params: BoundParams, before: int, target: float | None, progress: Progress | None
) -> Callable[[int, float], bool]:
    """What a descent asks after every iteration: tell progress, and end near the target."""
    total = params.naive_iterations + params.iterations

    def report(done: int, best: float) -> bool:
        if progress is not None and not progress((before + done) / total, best):
            return False
        return target is None or best - target > params.tolerance * max(1.0, abs(best))

    return report
