"""What a campaign so far teaches: its sales, uses and holdouts weighed against what was believed before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.flight.measure.measured import Switch
from planner.flight.measure.unplanned import WhatRan
from planner.flight.past.seen import Seen, see
from scenarios.answer.archive import Frozen
from scenarios.arrays import Float, Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import Layers
from scenarios.flight.pieces import Pieces
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects
from surrogate.flight.recalibration.carried import WHOLE, widened
from surrogate.flight.recalibration.moved import Further, Moved, further
from surrogate.flight.recalibration.of_offers import in_segments
from surrogate.flight.recalibration.recalibrate import RecalibrateParams, Recalibration, recalibrate
from surrogate.flight.recalibration.redeemed import redeemed
from surrogate.flight.recalibration.told_where import moved_lifts


@dataclass(frozen=True, kw_only=True, eq=False)
class Learned:
    """What was learned, and what it was learned from."""

    believed: Effects
    """Before the campaign, however often it was planned again."""
    reached: Effects
    """The same by whom lines reached: nobody who was kept out, and no more than messages were sent."""
    model: Coefficients
    """Tables of these."""
    running: Plan
    actuals: Actuals
    """Without what lots had off."""
    ran: WhatRan
    there: Layers
    """Units that the pieces of each line came to."""
    pieces: Pieces
    silent: NDArray[np.bool_]
    """[K, T] shelves that were empty though nobody told so."""
    recalibration: Recalibration
    """By sales; the factors on what offers bring by uses, too."""
    effects: Effects
    """What is over is not settled yet."""
    used: dict[str, Moved]
    """By offer whose uses are told: its take-up."""
    narrowed: dict[int, float]
    """By number of an offer: the share of its lift's deviation that uses have left of what sales did."""
    measured: frozenset[int]
    """Numbers of the offers of which a holdout measured lifts."""
    lot: float
    """Units that come together: the variance of a count is so many times its mean."""
    seen: Seen
    """What every weighing of the same days starts from."""


def learn(
    frozen: Frozen,
    planned: Coefficients,
    running: Plan,
    actuals: Actuals,
    params: RecalibrateParams,
    switches: Sequence[Switch],
    seen: Seen | None = None,
) -> Learned:
    """Weigh what happened against what was believed before the campaign.

    All that has happened counts, however often the rest was planned again: when something began to change is told by
    all days together.

    Parameters
    ----------
    frozen, planned
        The problem that was planned, and its tables.
    running
        The flat plan [N] that runs.
    switches
        Periods of public prices in the lots of its rollouts, as far as they are told.
    seen
        What `see` finds by the same, where it is known already.
    """
    seen = see(frozen, planned, running, actuals, switches) if seen is None else seen
    grid, model, ran, actuals = actuals.grid, seen.model, seen.ran, seen.actuals
    found = recalibrate(
        model, seen.reached, running, actuals, params, seen.silent, seen.pieces, seen.measured, ran.sure, ran.chosen,
        seen.unused,
    )  # fmt: skip
    use = redeemed(
        model, found.carried_out, ran.sure, actuals, frozen.baskets, seen.pieces, nothing=found.nothing,
        running=ran.plan,
    )  # fmt: skip
    factors = further(found.factors, use.lift)
    return Learned(
        believed=frozen.believed,
        reached=seen.reached,
        model=model,
        running=running,
        actuals=actuals,
        ran=ran,
        there=seen.there,
        pieces=seen.pieces,
        silent=seen.silent,
        recalibration=replace(
            found,
            factors=factors,
            offers={name: factor.moved() for name, factor in factors.items()},
            in_segments=in_segments(grid, factors),
            told_where=replace(found.told_where, moved=moved_lifts(use.effects.lift, seen.reached.lift)),
        ),
        effects=use.effects,
        used=use.take_up,
        narrowed={grid.offer_index[name]: _left(more.values()) for name, more in use.lift.items()},
        measured=frozenset(each.offer for each in seen.measured),
        lot=seen.lot,
        seen=seen,
    )


def _left(more: Iterable[Further]) -> float:
    """By what share uses have left the deviation of a lift, over its segments."""
    return float(np.sqrt(np.mean([each.variance for each in more])))


def learn_whole(
    frozen: Frozen, running: Plan, actuals: Actuals, switches: Sequence[Switch] = (), seen: Seen | None = None
) -> Learned:
    """Weigh all days so far alike: what is told of a campaign as a whole, and carried to the next one.

    Parameters
    ----------
    seen
        What `see` finds by the same, where the account of the past has it already.
    """
    if seen is None:
        own = build_coefficients(actuals.grid, frozen.effects, frozen.baskets)
        seen = see(frozen, own, running, actuals, switches)
    return learn(frozen, seen.planned, running, actuals, WHOLE, switches, seen)


def for_the_next(learned: Learned, frozen: Frozen) -> Effects:
    """Effects that a campaign after this one starts from: the same lessons for all periods, and for all customers.

    Beliefs widen a little, because customers change from one campaign to the next.
    """
    carried = redeemed(
        learned.model,
        learned.recalibration.all_alike,
        learned.ran.sure,
        learned.actuals,
        frozen.baskets,
        learned.pieces,
        nothing=learned.recalibration.nothing,
    ).effects
    believed, reached = learned.believed, learned.reached

    def of_all(now: Float, before: Float, asked: Float) -> Float:
        """What was learned of those who were reached, on what was believed of everybody.

        Of periods in which nobody was, it is what was learned of the others.
        """
        known = before != 0
        ratio = np.divide(now, before, out=np.zeros_like(now), where=known)
        periods = known.sum(axis=-2, keepdims=True)
        others = np.divide(ratio.sum(axis=-2, keepdims=True), periods, out=np.ones(periods.shape), where=periods > 0)
        return np.asarray(asked * np.where(known, ratio, others))

    lift = of_all(carried.lift, reached.lift, believed.lift)
    take_up = np.minimum(of_all(carried.take_up, reached.take_up, believed.take_up), 1.0)
    return widened(replace(carried, lift=lift, take_up=take_up))
