"""Several limits: prices from a sample, then from the customers that they leave torn, then whole choices.

Each round reads all customers once. The pass gives a bound (any prices do), settles the customers whose choice no price
within reach changes, and keeps the others in memory (`constraints.assign.rounds`). The next round begins at the prices
that came of it, until bound and value meet or a round brings little more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from constraints.assign.one_limit import PricedChoices
from constraints.assign.question import AssignQuestion
from constraints.assign.rounds import RoundParams, read_torn, refine
from constraints.assign.rows import Rows, RowSource, choose, use_table, value_of
from constraints.assign.smoothed import smooth_prices, soft_dual, to_price_digits, typical_use, typical_value
from constraints.assign.torn import torn
from scenarios.arrays import Float

_FINE = 1e-3
"""Temperature at which the sample's prices are fine enough, in typical values: below it is the sample's own noise."""
_SLOW = 0.7
"""A round that leaves more of the gap than this was the last."""
_LEAST_STRETCH, _MOST_STRETCH = 1e-9, 1e9
_LEAST_ROOM = 0.1
_NEAR = 0.1
"""Error of uses, as a share of the bounds, over the share of customers that are torn: what these can mend."""
_RAISE = 1.05
"""Factor on the prices of broken limits, where no round kept them all."""


@dataclass(frozen=True, kw_only=True)
class ManyParams:
    """How much work is done.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    torn_rows: int = 60_000
    """Customers that a pass keeps, about."""
    approaches: int = 4
    """Most passes that correct the sample's prices."""
    rounds: int = 6
    """Most passes that keep torn customers."""
    gap: float = 1e-7
    """Where bound and value are so near, as a share of the bound, or one customer's offer apart, no more is done."""
    each: RoundParams = field(default_factory=RoundParams)

    def __post_init__(self) -> None:
        if not (self.torn_rows >= 1 and self.rounds >= 1 and self.approaches >= 0):
            raise ValueError("torn_rows and rounds must be at least 1, approaches at least 0")
        if not (self.gap >= 0):
            raise ValueError("gap must be at least 0")


def solve_many(
    source: RowSource, question: AssignQuestion, sample: Rows, params: ManyParams | None = None
) -> PricedChoices:
    """Solve the question with all its limits.

    Parameters
    ----------
    sample
        Customers drawn by their hash; all of them where there are few.

    Returns
    -------
    PricedChoices
        Choices that keep every limit, and the lowest bound that a round found.
    """
    params = params or ManyParams()
    scale, uses = typical_value(sample), typical_use(sample, question)
    bounds = question.bounds.astype(np.float64)
    fine = scale * _FINE
    prices = smooth_prices(
        sample,
        question,
        bounds * (sample.count / source.count),
        np.zeros(len(bounds)),
        (scale, fine),
        params.each.smooth,
    )
    near = params.torn_rows / source.count
    prices, bound, passes = _approached(source, question, sample, prices, fine, near, params)
    reach = 0.05 * prices + scale * 0.01 / uses
    best: PricedChoices | None = None
    gap = math.inf
    for _ in range(params.rounds):
        prices = to_price_digits(prices)
        far = _spread(sample, question, prices, reach, near)
        found = read_torn(source, question, prices, far)
        passes += 1
        step = refine(found, question, uses, params.each)
        bound = min(bound, found.bound, step.bound)
        if step.choice is not None and (best is None or step.value > best.value):
            choice = found.choice
            choice[found.place] = step.choice
            best = PricedChoices(
                choice=choice, prices=step.prices, value=step.value, bound=bound, uses=step.uses, passes=passes
            )
        before, gap = gap, math.inf if best is None else bound - best.value
        if gap <= max(params.gap * abs(bound), scale) or (step.inside and gap > _SLOW * before):
            break
        moved = np.abs(step.prices - prices)
        prices, reach = step.prices, np.maximum(moved, step.temperature / uses)
    if best is None:
        best = _thrifty(source, question, prices, passes)
    return _finished(source, question, best, bound, passes)


def _approached(
    source: RowSource,
    question: AssignQuestion,
    sample: Rows,
    prices: Float,
    temperature: float,
    near: float,
    params: ManyParams,
) -> tuple[Float, float, int]:
    """Correct the sample's prices until all customers' uses are as close to the bounds as torn customers can mend.

    How uses change with prices a sample tells well; where they lie it tells badly. So the sample's bounds are moved by
    what all customers use beyond theirs, and the sample is solved again: each pass takes off most of the error that is
    left. Returns prices, the lowest bound, and the passes.
    """
    if near >= 1 or sample.count >= source.count:
        return prices, math.inf, 0
    share, bound, passes = sample.count / source.count, math.inf, 0
    best = prices
    while passes < params.approaches:
        prices = to_price_digits(prices)
        table = question.price_table(prices)
        total = np.zeros((len(question.measures), len(question.segments), len(question.offers)), dtype=np.int64)
        worths = []
        for rows in source.blocks():
            choice, worth = choose(rows, table)
            total += use_table(rows, choice, question)
            worths.append(float(worth.sum()))
        passes += 1
        here = math.fsum([*worths, *(prices * question.bounds).tolist()])
        if here >= bound:
            break
        best, bound = prices, here
        beyond = question.uses(total) - question.bounds
        counts = (beyond > 0) | (prices > 0)
        error = np.where(counts, np.abs(beyond) / np.maximum(question.bounds, 1), 0.0).max(initial=0.0)
        if error <= _NEAR * near:
            break
        zero = np.zeros(len(prices))
        used = -soft_dual(sample, question, zero, prices, temperature)[1]
        # A sample that uses far less than its share of a small bound must not be asked for less than nothing.
        wanted = np.maximum(used - share * beyond, _LEAST_ROOM * share * question.bounds)
        prices = smooth_prices(sample, question, wanted, prices, (temperature, temperature), params.each.smooth)
    return best, bound, passes


def _spread(sample: Rows, question: AssignQuestion, prices: Float, reach: Float, share: float) -> Float | None:
    """Stretch a reach [L] so that about ``share`` of the customers are torn; None reaches everywhere."""
    if share >= 1:
        return None
    nearest = torn(sample, question.price_table(prices), question.price_table(reach)).nearest
    # Who can have nothing, or nothing that a limit counts, is never torn.
    ever = np.sort(nearest[np.isfinite(nearest)])
    if not ever.size:
        return reach
    place = min(int(share * nearest.size), ever.size - 1)
    return reach * min(max(float(ever[place]), _LEAST_STRETCH), _MOST_STRETCH)


def _thrifty(source: RowSource, question: AssignQuestion, prices: Float, passes: int) -> PricedChoices:
    """Raise the prices of broken limits until the best choices keep every one."""
    prices = prices.copy()
    lift = np.zeros_like(prices)
    while True:
        choices = []
        total = np.zeros((len(question.measures), len(question.segments), len(question.offers)), dtype=np.int64)
        for rows in source.blocks():
            choice, _ = choose(rows, question.price_table(prices))
            choices.append(choice)
            total += use_table(rows, choice, question)
        passes += 1
        over = question.uses(total) > question.bounds
        if not over.any():
            return PricedChoices(
                choice=np.concatenate(choices), prices=prices, value=0.0, bound=math.inf, uses=question.uses(total),
                passes=passes,
            )  # fmt: skip
        lift = np.where(over, np.maximum(2.0 * lift, (_RAISE - 1.0) * prices), lift)
        lift = np.where(over & (lift <= 0), 1.0, lift)
        prices = prices + np.where(over, lift, 0.0)


def _finished(
    source: RowSource, question: AssignQuestion, best: PricedChoices, bound: float, passes: int
) -> PricedChoices:
    """Account for the choices once more, as they are: value, uses, and the bound at their prices."""
    table = question.price_table(best.prices)
    values, duals, first = [], [], 0
    total = np.zeros((len(question.measures), len(question.segments), len(question.offers)), dtype=np.int64)
    for rows in source.blocks():
        mine = best.choice[first : first + rows.count]
        first += rows.count
        values.append(value_of(rows, mine))
        duals.append(float(choose(rows, table)[1].sum()))
        total += use_table(rows, mine, question)
    value = math.fsum(values)
    dual = math.fsum([*duals, *(best.prices * question.bounds).tolist()])
    return PricedChoices(
        choice=best.choice, prices=best.prices, value=value, bound=max(min(bound, dual), value),
        uses=question.uses(total), passes=passes + 1,
    )  # fmt: skip
