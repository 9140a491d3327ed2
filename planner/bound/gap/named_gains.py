"""What cells gain by naming their own theft, then dips, then basket factor, all else as a plan has it.

The bound lets every cell name what rivals leave it, what earlier lines have lent and how much baskets rise, and pay for
it. What a cell earns is piecewise linear in each, so that the best of all that it may name lies at an end.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from planner.bound.gap.as_planned import AsPlanned, as_planned
from planner.bound.inputs import Inside
from planner.bound.problem import BoundProblem
from planner.bound.relaxed.theft import ends_of
from planner.bound.tables import Cells
from scenarios.arrays import Float, Int, Plan
from scenarios.response.coefficients import Coefficients


class _Theft(NamedTuple):
    """What a cell may name of its rivals, [T, S, K] each."""

    left: Float
    """Share of gains that they leave."""
    least: Float
    """Share of losses that they leave at least."""
    paid: Float
    """What the cell is paid for it, less what its own load costs rivals."""
    possible: Any
    """Whether the cell may name it."""


class _Dip(NamedTuple):
    """What a cell may name of earlier lines, [T, S, K] each."""

    left: Float
    """Share of its baseline that they leave."""
    lent: Float
    """Sum of their dips."""


class _Earned(NamedTuple):
    """The cells of a plan with what they earn: base units and the bump, each a bit more by every unit that baskets add.

    [T, S, K] each.
    """

    cells: Cells
    inside: Inside
    now: AsPlanned
    base: Float
    bump: Float
    lift: Float
    extra: Float

    def flow(self, above: Float) -> tuple[Float, Float]:
        """Worth of base units and of the bump at a basket factor of 1 and ``above``."""
        return (
            self.cells.units * self.cells.past_dip * (self.base + above * (self.base + self.extra)),
            self.cells.units * self.now.fresh * (self.bump + above * (self.bump + self.lift * self.extra)),
        )

    def as_named(self, theft: _Theft, dip: _Dip, above: Float) -> Float:
        """Most that a cell earns with what it names; payments that stay are left out."""
        first, second = self.flow(above)
        gained = theft.left * (np.maximum(first, 0.0) * dip.left + np.maximum(second, 0.0))
        lost_base = (theft.least - dip.lent) * np.maximum(-first, 0.0)
        earned = (
            gained
            - lost_base
            - theft.least * np.maximum(-second, 0.0)
            + self.inside.dip_price * dip.lent
            - self.inside.basket_price * above
        )
        return np.asarray(np.where(theft.possible, earned + theft.paid, -np.inf))

    def best(self, thefts: Sequence[_Theft], dips: Sequence[_Dip], factors: Sequence[Float]) -> Float:
        """Most that a cell earns by any of what it may name."""
        values = [self.as_named(theft, dip, above) for theft in thefts for dip in dips for above in factors]
        return np.asarray(np.maximum.reduce(values))


def named_gains(model: Coefficients, problem: BoundProblem, inside: Inside, plan: Plan, held: Any) -> dict[str, float]:
    """Return the gains by ``theft``, ``dips`` and ``baskets``, each beside those before it, where programs plan cells.

    Parameters
    ----------
    inside
        Tables behind the bound at its prices.
    plan, held
        The flat plan [N], and the columns [T, S, K, C] that it holds.
    """
    cells, now = problem.data.cells, as_planned(model, plan)

    def at(table: Any) -> Float:
        """[T, S, K] entries of the plan's columns."""
        return np.asarray(np.where(held, table, 0.0).sum(axis=-1))

    base = at(inside.base)
    earned = _Earned(
        cells=cells,
        inside=inside,
        now=now,
        base=base,
        bump=at(inside.bump),
        lift=at(cells.lift),
        extra=np.broadcast_to(inside.extra[..., 0], base.shape),
    )
    padded = np.concatenate([inside.theft_price, np.zeros_like(inside.theft_price[..., :1])], axis=-1)
    paid = inside.tied - now.own * padded[..., model.rivals].sum(axis=-1)
    if problem.layout.sent_by_load:
        paid = paid + _by_load(inside, held)
    thefts = _corners(problem, inside, at(cells.theft), paid)
    planned = _Dip(now.dip, now.lent)
    most = problem.dips.held(held, problem.data.cell_steps)
    fall = (1.0 - cells.dip_low) / np.maximum(cells.dip_sum, 1e-12)
    either = [_Dip(np.ones_like(base), np.zeros_like(base)), _Dip(1.0 - fall * most, most)]
    steps = [
        _as_planned(problem, earned, paid),
        earned.best(thefts, [planned], [now.above]),
        earned.best(thefts, either, [now.above]),
        earned.best(thefts, either, list(inside.above)),
    ]
    gains = (float(((after - before) * problem.data.programs).sum()) for before, after in pairwise(steps))
    return dict(zip(("theft", "dips", "baskets"), gains, strict=True))


def _as_planned(problem: BoundProblem, earned: _Earned, paid: Float) -> Float:
    """[T, S, K] what cells earn with all as the plan has it; ``paid`` [I, T, S, K] is by interval of load."""
    now, inside, interval = earned.now, earned.inside, _interval(problem, earned.now)
    first, second = earned.flow(now.above)
    return np.asarray(
        now.kept * (first * now.dip + second)
        + np.take_along_axis(inside.theft_price, interval, axis=0)[0] * now.robbed
        + np.take_along_axis(paid, interval, axis=0)[0]
        + inside.dip_price * now.lent
        - inside.basket_price * now.above
    )


def _interval(problem: BoundProblem, now: AsPlanned) -> Int:
    """[1, T, S, K] number of the interval in which the load of a cell's group lies as planned."""
    loads, cuts = problem.data.loads, problem.layout.cuts
    load = (now.own @ loads.group) @ loads.group.T
    return np.asarray((load >= np.reshape(cuts, (-1, 1, 1, 1)) * loads.whole - 1e-12).sum(axis=0)[None])


def _by_load(inside: Inside, held: Any) -> Float:
    """[I, T, S, K] what the columns that a plan holds pay more for messages in each interval of the load of rivals."""
    return np.moveaxis(np.where(held[:, None], inside.sent_by_load, 0.0).sum(axis=-1), 1, 0)


def paid_by_load(model: Coefficients, problem: BoundProblem, inside: Inside, plan: Plan, held: Any) -> float:
    """What a plan's lines pay more for messages at the load of rivals that it has; 0 where that is not told apart."""
    if not problem.layout.sent_by_load:
        return 0.0
    interval = _interval(problem, as_planned(model, plan))
    return float(np.take_along_axis(_by_load(inside, held), interval, axis=0).sum())


def _corners(problem: BoundProblem, inside: Inside, theft: Float, paid: Float) -> list[_Theft]:
    """The ends of what cells may name of rivals, in every interval of their load; ``theft`` [T, S, K] is their own."""
    cells, loads = problem.data.cells, problem.data.loads
    low, high = (-np.log1p(-theft * fresh) for fresh in (cells.fresh_low, cells.fresh_high))
    ends = ends_of(low, high, loads.others, loads.whole, loads.spared, problem.layout.cuts, np)
    return [
        _Theft(
            left=ends.left[i, end],
            least=ends.least[i, end],
            paid=inside.theft_price[i] * ends.lost[i, end] + paid[i],
            possible=ends.possible[i],
        )
        for i, end in np.ndindex(*ends.lost.shape[:2])
    ]
