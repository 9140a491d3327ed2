"""Recalibrated by told uses: how many of those who would buy anyway use an offer that is asked for, and what it brings.

A Bayesian update in logs, two factors an offer. Uses are those of base buyers, which follow its take-up, and those of
the extra sales that it brings, each of which uses it: a surprise in uses is one in both, shared by how widely each is
still believed. Take-up is as sure as its table says (``take_up_cv``), the lift as sales have left it. So few uses are
no proof of a cheap offer: they bound what it brings from above. Cells of one segment and product share an error, those
of one offer a part of it (``rho_offer``), as in the futures: what some segments show moves the others, by less. Of an
offer with ``quantity`` lines tell whose pieces were left over; those that ran out tell that at least so many wanted one
(`surrogate.flight.recalibration.censored`). What may not be carried out at all
(`surrogate.flight.recalibration.unused`) is taken off both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import offers_chosen
from scenarios.flight.pieces import Pieces
from scenarios.language.words import Layer
from scenarios.response.baskets import Baskets
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.interactions import LIFT_FLOOR
from surrogate.flight.recalibration.beliefs import RESIDUAL_SD
from surrogate.flight.recalibration.censored import at_least
from surrogate.flight.recalibration.moved import Further, Moved, moved_by
from surrogate.flight.recalibration.undone import without_undone, without_unused
from surrogate.flight.recalibration.uses_seen import Seen, Spread, seen_uses, spreads

DRIFT = 0.10
"""Standard deviation of the log by which take-up may go on changing."""
STEPS, FURTHEST = 50, 0.3
"""Gauss-Newton steps to the most probable factors, and how far each goes at most, in logs."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Redeemed:
    """What uses taught."""

    effects: Effects
    """What may not be carried out at all taken off."""
    take_up: dict[str, Moved]
    """By offer: the factor on its take-up."""
    lift: dict[str, Further]
    """By offer: how its lift was moved beyond what sales say."""


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """Most probable logs of the factors on take-up and lift, and their variances."""

    take_up: float
    take_up_variance: float
    lift: float
    lift_variance: float


def weighed(told: Sequence[Seen], take_up: float, lift: float) -> Weighed:
    """Weigh uses against beliefs in both logs, whose variances are given."""
    variances = np.array([take_up, lift])
    moves = variances > 0  # what is believed for certain stays
    prior = np.divide(1.0, variances, out=np.ones(2), where=moves)
    logs = np.zeros(2)
    for _ in range(STEPS):
        pull, precision = _told(told, logs, moves)
        logs += np.clip(np.linalg.solve(precision + np.diag(prior), pull - prior * logs), -FURTHEST, FURTHEST)
    left = np.where(moves, np.diag(np.linalg.inv(_told(told, logs, moves)[1] + np.diag(prior))), 0.0)
    return Weighed(
        take_up=float(logs[0]),
        take_up_variance=float(left[0]),
        lift=float(logs[1]),
        lift_variance=float(left[1]),
    )


def _told(told: Sequence[Seen], logs: Float, moves: Flag) -> tuple[Float, Float]:
    """First derivative [2] of the log likelihood by both logs, and the second one, negated, to Gauss and Newton."""
    pull, precision = np.zeros(2), np.zeros((2, 2))
    for seen in told:
        slopes = np.array([seen.base, seen.bump]) * np.exp(logs)
        off, sd = seen.uses - float(slopes.sum()), float(np.sqrt(seen.noise))
        first, second = off / seen.noise, 1.0 / seen.noise
        if seen.ran_out:
            ratio, curve = at_least(-off / sd)
            first, second = float(ratio) / sd, float(curve) / seen.noise
        slopes = np.where(moves, slopes, 0.0)
        pull += slopes * first
        precision += np.outer(slopes, slopes) * second
    return pull, precision


def redeemed(
    model: Coefficients,
    effects: Effects,
    plan: NDArray[np.int8],
    actuals: Actuals,
    baskets: Baskets | None,
    pieces: Pieces | None = None,
    *,
    nothing: Mapping[int, float] | None = None,
    running: NDArray[np.int8] | None = None,
) -> Redeemed:
    """Return effects whose take-up and lifts follow the uses that the actuals tell, on all days alike.

    So do lines whose uses are not told: they are reckoned as the others were used.

    Parameters
    ----------
    model
        Tables of the problem.
    effects
        Recalibrated by sales, were all offers carried out.
    plan
        The flat plan [N] that ran.
    pieces
        What is known of its lines that count pieces.
    nothing
        By number of an offer: how much more likely than believed it is not carried out; none by default.
    running
        The flat plan [N] as it ran and is to run: its lines cost as little as nobody may be able to use them. None
        where what was learned is for another plan.
    """
    nothing = {} if nothing is None else nothing
    if not actuals.has("uses"):
        return Redeemed(effects=without_undone(effects, nothing), take_up={}, lift={})
    grid = model.grid
    chosen = None if running is None else offers_chosen(grid, grid.split(running))
    now, take_up, lifts = effects, dict[str, Moved](), dict[str, Further]()
    for number, told in seen_uses(model, effects, plan, actuals, baskets, pieces).items():
        offer, chance = grid.scenario.offers[number].id, nothing.get(number, 0.0)
        cells = np.any([seen.cells for seen in told], axis=0)
        of_take_up, of_lift = spreads(model, effects, number, told)
        found = weighed(told, of_take_up.common, of_lift.common)
        now, sd = _with_take_up(now, number, cells.any(axis=2), found, of_take_up)
        now = _with_lift(now, number, cells.any(axis=2), found, of_lift)
        before = float(np.sqrt(of_take_up.single))
        take_up[offer] = moved_by(found.take_up, sd, before, int(cells.sum()), chance)
        kept = found.lift_variance / of_lift.common if of_lift.common > 0 else 1.0
        lifts[offer] = Further(log=found.lift, variance=kept)
        if chosen is not None:
            layer = 1 if grid.scenario.offers[number].layer is Layer.TARGETED else 0
            now = without_unused(now, number, chance, chosen[layer] == number)
    return Redeemed(effects=without_undone(now, nothing), take_up=take_up, lift=lifts)


def _with_take_up(effects: Effects, number: int, pairs: Flag, found: Weighed, belief: Spread) -> tuple[Effects, float]:
    """Effects with an offer's take-up moved, and the standard deviation of its log where it is told of."""
    take_up, take_up_cv = effects.take_up.copy(), effects.take_up_cv.copy()
    # Segments and products [S, K + 1] that did not tell go with those that did as far as their errors are shared.
    with_it = np.where(pairs, 1.0, belief.elsewhere)
    left = belief.single - with_it**2 * (belief.common - found.take_up_variance) + DRIFT**2
    left = np.clip(left, 0.0, belief.single)
    here = np.s_[..., number]
    take_up[here] = np.minimum(take_up[here] * np.exp(with_it * found.take_up)[..., None], 1.0)
    take_up_cv[here] = np.minimum(take_up_cv[here], np.sqrt(np.expm1(left))[..., None])
    return replace(effects, take_up=take_up, take_up_cv=take_up_cv), float(np.sqrt(left[pairs][0]))


def _with_lift(effects: Effects, number: int, pairs: Flag, found: Weighed, belief: Spread) -> Effects:
    """Effects with an offer's lift moved."""
    lift, lift_sd = effects.lift.copy(), effects.lift_sd.copy()
    with_it = np.where(pairs, 1.0, belief.elsewhere)[..., None]
    variance = lift_sd[..., number] ** 2
    left = np.maximum(variance - with_it**2 * max(belief.common - found.lift_variance, 0.0), RESIDUAL_SD**2)
    lift[..., number] = np.maximum(lift[..., number] * np.exp(with_it * found.lift), LIFT_FLOOR)
    lift_sd[..., number] = np.sqrt(np.minimum(variance, left))
    return replace(effects, lift=lift, lift_sd=lift_sd)
