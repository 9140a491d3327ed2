"""Recalibrated by told uses: how many of those who would buy anyway use an offer that is asked for, and what it brings.

A Bayesian update in logs, two factors an offer. Uses are those of base buyers, which follow its take-up, and those of
the extra sales that it brings, each of which uses it: a surprise in uses is one in both, shared by how widely each is
still believed. Take-up is as sure as its table says (``take_up_cv``), the lift as sales have left it. So few uses are
no proof of a cheap offer: they bound what it brings from above. Cells of one segment and product share an error, those
of one offer a part of it (``rho_offer``), as in the futures: what some segments show moves the others, by less. Of an
offer with ``quantity`` lines tell whose pieces were left over; those that ran out tell that at least so many wanted one
(`surrogate.flight.recalibration.censored`). What may not be carried out at all
(`surrogate.flight.recalibration.unused`) is taken off both, and teaches by as much less how an offer is used that is.
Uses of each segment are weighed by themselves where rows tell them so: what two segments show alike belongs to the
offer, and what they do not to each of them.
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
from surrogate.flight.recalibration.moved import Further, Moved, combined, moved_by
from surrogate.flight.recalibration.undone import without_undone, without_unused
from surrogate.flight.recalibration.uses_seen import Seen, Spread, grouped, seen_uses, spreads

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
    lift: dict[str, dict[int | None, Further]]
    """By offer and segment (None: all of a public one): how its lift was moved beyond what sales say."""


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """Most probable logs of the factors on take-up and lift, and their variances."""

    take_up: float
    take_up_variance: float
    lift: float
    lift_variance: float


@dataclass(frozen=True, kw_only=True)
class Beliefs:
    """How widely logs of factors of G groups of segments are believed."""

    shared: float
    """Variance that all of them share."""
    own: tuple[float, ...]
    """[G] variance of each for itself."""

    @property
    def covariance(self) -> Float:
        """[G, G] of the logs."""
        return self.shared + np.diag(self.own)

    def elsewhere(self, logs: Float, covariance: Float) -> tuple[float, float]:
        """Log where nothing is told, and by how much what is told lessens its variance."""
        if not self.shared > 0:
            return 0.0, 0.0
        by = np.linalg.solve(self.covariance, np.full(len(self.own), self.shared))
        return float(by @ logs), max(float(by @ (self.covariance - covariance) @ by), 0.0)


def weighed(told: Sequence[Seen], take_up: float, lift: float) -> Weighed:
    """Weigh uses against beliefs in both logs, whose variances are given."""
    one, two = (Beliefs(shared=0.0, own=(each,)) for each in (take_up, lift))
    (found,), _ = weighed_apart([told], one, two, [1.0])
    return found


def weighed_apart(
    groups: Sequence[Sequence[Seen]], take_up: Beliefs, lift: Beliefs, trust: Sequence[float]
) -> tuple[tuple[Weighed, ...], Float]:
    """Weigh uses of G groups of segments against beliefs in both logs.

    Parameters
    ----------
    trust
        [G] how likely the offer is carried out there: if not, uses tell nothing of how it is used when it is.

    Returns
    -------
    weighed, covariance : [2, G, G]
        Of each group, and of the logs of take-up and lift.
    """
    count = len(groups)
    moves = np.repeat([take_up.covariance.any(), lift.covariance.any()], count)  # what is believed for certain stays
    prior = np.eye(2 * count)
    for n, belief in enumerate((take_up, lift)):
        if moves[n * count]:
            prior[n * count : (n + 1) * count, n * count : (n + 1) * count] = np.linalg.inv(belief.covariance)
    logs, places = np.zeros(2 * count), [np.array([g, count + g]) for g in range(count)]

    def told(at: Float) -> tuple[Float, Float]:
        pull, precision = np.zeros(2 * count), np.zeros((2 * count, 2 * count))
        for group, where, by in zip(groups, places, trust, strict=True):
            first, second = _told(group, at[where], moves[where])
            pull[where] += by * first
            precision[np.ix_(where, where)] += by * second
        return pull, precision

    for _ in range(STEPS):
        pull, precision = told(logs)
        logs += np.clip(np.linalg.solve(precision + prior, pull - prior @ logs), -FURTHEST, FURTHEST)
    left = np.where(np.outer(moves, moves), np.linalg.inv(told(logs)[1] + prior), 0.0)
    found = tuple(
        Weighed(
            take_up=float(logs[one]),
            take_up_variance=float(left[one, one]),
            lift=float(logs[two]),
            lift_variance=float(left[two, two]),
        )
        for one, two in places
    )
    return found, np.stack([left[:count, :count], left[count:, count:]])


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
    nothing: Mapping[int, Float] | None = None,
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
        By number of an offer, [S]: how much more likely than believed it is not carried out; none by default.
    running
        The flat plan [N] as it ran and is to run: its lines cost as little as nobody may be able to use them. None
        where what was learned is for another plan.
    """
    nothing = {} if nothing is None else nothing
    if not actuals.has("uses"):
        return Redeemed(effects=without_undone(effects, nothing), take_up={}, lift={})
    grid = model.grid
    chosen = None if running is None else offers_chosen(grid, grid.split(running))
    now, take_up, lifts = effects, dict[str, Moved](), dict[str, dict[int | None, Further]]()
    for number, told in seen_uses(model, effects, plan, actuals, baskets, pieces).items():
        offer, chance = grid.scenario.offers[number], nothing.get(number, np.zeros(grid.shape[0]))
        public = offer.layer is not Layer.TARGETED
        groups = grouped(told)
        chances = [float(np.array(group[0].shares) @ chance) for group in groups]
        of_take_up, of_lift = (
            of_groups(each) for each in zip(*(spreads(model, effects, number, group) for group in groups), strict=True)
        )
        found, covariances = weighed_apart(groups, of_take_up, of_lift, [1.0 - each for each in chances])
        pairs = [np.any([seen.cells for seen in group], axis=0).any(axis=2) for group in groups]
        single = [spread.single for spread in spreads(model, effects, number, told)]
        shape = (grid.shape[0], grid.shape[1] + 1)
        of = _Placed(
            of_take_up, [(each.take_up, each.take_up_variance) for each in found], covariances[0], pairs, shape
        )
        now, sds = _with_take_up(now, number, of, single[0])
        now = _with_lift(
            now,
            number,
            _Placed(of_lift, [(each.lift, each.lift_variance) for each in found], covariances[1], pairs, shape),
        )
        expected = np.array([sum(seen.base for seen in group) for group in groups])
        middle, sd, dead = combined(
            [each.take_up for each in found], [float(sds[pair][0]) for pair in pairs], expected, chances
        )
        cells = sum(int(seen.cells.sum()) for seen in told)
        take_up[offer.id] = moved_by(middle, sd, float(np.sqrt(single[0])), cells, dead)
        kept = [
            each.lift_variance / float(of_lift.covariance[g, g]) if of_lift.covariance[g, g] > 0 else 1.0
            for g, each in enumerate(found)
        ]
        lifts[offer.id] = {
            segment: Further(log=each.lift, variance=by)
            for group, each, by in zip(groups, found, kept, strict=True)
            for segment in ((None,) if public else group[0].segments)
        }
        if chosen is not None:
            now = without_unused(now, number, chance, chosen[0 if public else 1] == number)
    return Redeemed(effects=without_undone(now, nothing), take_up=take_up, lift=lifts)


def of_groups(spreads: Sequence[Spread]) -> Beliefs:
    """How widely factors of groups of segments are believed: what cells of an offer share, and the rest."""
    shared = float(np.mean([each.elsewhere * each.common for each in spreads]))
    return Beliefs(shared=shared, own=tuple(max(each.common - shared, 0.0) for each in spreads))


class _Placed:
    """Logs of factors [S, K + 1], and by how much their variances are less than believed, of told pairs and others."""

    def __init__(
        self,
        belief: Beliefs,
        found: Sequence[tuple[float, float]],
        covariance: Float,
        pairs: Sequence[Flag],
        shape: tuple[int, int],
    ) -> None:
        log, less = belief.elsewhere(np.array([each for each, _ in found]), covariance)
        self.log, self.less = np.full(shape, log), np.full(shape, less)
        for g, (here, (own, variance)) in enumerate(zip(pairs, found, strict=True)):
            self.log[here], self.less[here] = own, max(float(belief.covariance[g, g]) - variance, 0.0)


def _with_take_up(effects: Effects, number: int, moved: _Placed, single: float) -> tuple[Effects, Float]:
    """Effects with an offer's take-up moved, and the standard deviations [S, K + 1] of its logs."""
    take_up, take_up_cv = effects.take_up.copy(), effects.take_up_cv.copy()
    left = np.clip(single - moved.less + DRIFT**2, 0.0, single)
    here = np.s_[..., number]
    take_up[here] = np.minimum(take_up[here] * np.exp(moved.log)[..., None], 1.0)
    take_up_cv[here] = np.minimum(take_up_cv[here], np.sqrt(np.expm1(left))[..., None])
    return replace(effects, take_up=take_up, take_up_cv=take_up_cv), np.sqrt(left)


def _with_lift(effects: Effects, number: int, moved: _Placed) -> Effects:
    """Effects with an offer's lift moved."""
    lift, lift_sd = effects.lift.copy(), effects.lift_sd.copy()
    variance = lift_sd[..., number] ** 2
    left = np.maximum(variance - moved.less[..., None], RESIDUAL_SD**2)
    lift[..., number] = np.maximum(lift[..., number] * np.exp(moved.log)[..., None], LIFT_FLOOR)
    lift_sd[..., number] = np.sqrt(np.minimum(variance, left))
    return replace(effects, lift=lift, lift_sd=lift_sd)
