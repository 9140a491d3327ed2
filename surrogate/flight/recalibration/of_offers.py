"""What was learned of offers, segment by segment where they are targeted: who is suspected, lifts and factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from scenarios.arrays import Float
from scenarios.grid import Grid
from scenarios.language.words import Layer
from scenarios.response.effects import Effects
from surrogate.flight.recalibration.beliefs import Beliefs
from surrogate.flight.recalibration.departed import shifts
from surrogate.flight.recalibration.explained import Explained
from surrogate.flight.recalibration.moved import Moved, OfferFactor, factor_of
from surrogate.flight.recalibration.undone import Suspect, Weighed, suspects
from surrogate.flight.recalibration.unused import Unused

Shares = Mapping[int, tuple[Float, int, Float]]
"""By number of an offer, as `surrogate.flight.recalibration.factors.shares_of_offers` returns them."""
Where = tuple[int, int | None]
"""An offer and its segment; None of a public one, which is everybody's."""


def told_segments(grid: Grid, shares: Shares) -> dict[int, tuple[int, ...]]:
    """Segments whose sales tell of each targeted offer."""
    return {
        offer: tuple(np.flatnonzero(sold.sum(axis=1) > 0).tolist())
        for offer, (_, _, sold) in shares.items()
        if grid.scenario.offers[offer].layer is Layer.TARGETED
    }


def moved_in(
    shares: Shares, told: Mapping[int, tuple[int, ...]], beliefs: Beliefs, by: Explained
) -> dict[Where, float]:
    """How far lifts were moved in each segment that tells, in standard deviations of their belief."""
    places: list[Where] = [(offer, segment) for offer in shares for segment in told.get(offer, (None,))]
    parts = {n: beliefs.of_offer(offer, _sold_in(shares[offer][2], s)) for n, (offer, s) in enumerate(places)}
    return {places[n]: shift for n, shift in shifts(parts, beliefs, by).items()}


def furthest_in(moved: Mapping[Where, float]) -> dict[int, float]:
    """By number of an offer: how far it was moved in the segment where it was moved most."""
    found: dict[int, float] = {}
    for (offer, _), shift in moved.items():
        found[offer] = max(found.get(offer, 0.0), shift, key=abs)
    return found


def suspected(
    grid: Grid, moved: Mapping[Where, float], told: Mapping[int, tuple[int, ...]], unused: Unused
) -> tuple[Suspect, ...]:
    """Offers that may not be carried out, with the segments that tell of them, the most suspect first."""
    lowest: dict[int, float] = {}
    for (offer, _), shift in moved.items():
        lowest[offer] = min(lowest.get(offer, np.inf), shift)

    def worst(offer: int) -> tuple[int, ...]:
        return tuple(sorted(told.get(offer, ()), key=lambda s: (-unused.log_ratio([(offer, s)]), moved[offer, s])))

    everybody = range(grid.shape[0])
    return tuple(
        Suspect(offer=offer, everywhere=frozenset((offer, s) for s in everybody), told=worst(offer))
        for offer in suspects(lowest, unused.most())
    )


def applied_where_carried_out(
    beliefs: Beliefs, effects: Effects, found: Explained, weighed: Weighed, last: int
) -> Effects:
    """Effects as they are were all offers carried out; baselines only after the last observed period."""
    moved = beliefs.applied(effects, found.theta, found.covariance, last, found.own)
    lift, sd = moved.lift.copy(), moved.lift_sd.copy()
    known: dict[int, Effects] = {}
    for (offer, segment), by in weighed.carried_out.items():
        if id(by) not in known:
            known[id(by)] = beliefs.applied(effects, by.theta, by.covariance, last, by.own)
        alone = known[id(by)]
        lift[:, segment, ..., offer] = alone.lift[:, segment, ..., offer]
        sd[segment, ..., offer] = alone.lift_sd[segment, ..., offer]
    return replace(moved, lift=lift, lift_sd=sd)


def factors_of(
    grid: Grid,
    shares: Shares,
    told: Mapping[int, tuple[int, ...]],
    beliefs: Beliefs,
    found: Explained,
    weighed: Weighed,
) -> dict[str, OfferFactor]:
    """Factors of offers that ran, by their name."""
    nothing = np.zeros(grid.shape[0])
    factors = {}
    for offer, (part, count, sold) in shares.items():
        chance, parts = weighed.nothing.get(offer, nothing), {}
        for segment in told.get(offer, (None,)):
            place = 0 if segment is None else segment
            by, here = weighed.carried_out.get((offer, place), found), _sold_in(sold, segment)
            own = beliefs.of_offer(offer, here)
            cells = max(round(count * float(here.sum() / sold.sum())), 1)
            factor = factor_of(own, beliefs, by.theta, by.covariance, cells, nothing=float(chance[place]))
            parts[segment] = float(here.sum()), factor
        by = weighed.carried_out.get((offer, int(sold.sum(axis=1).argmax())), found)
        whole = factor_of(part, beliefs, by.theta, by.covariance, count)
        factors[grid.scenario.offers[offer].id] = OfferFactor(whole=whole, parts=parts)
    return factors


def in_segments(grid: Grid, factors: Mapping[str, OfferFactor]) -> dict[tuple[str, str], Moved]:
    """Factors of targeted offers in single segments, where several tell; by offer and segment."""
    found = {(name, each.id): factors[name].of_segment(s) for name in factors for s, each in enumerate(grid.segments)}
    return {key: moved for key, moved in found.items() if moved is not None}


def _sold_in(sold: Float, segment: int | None) -> Float:
    """What was sold [S, K], of one segment alone."""
    return sold if segment is None else np.where((np.arange(len(sold)) == segment)[:, None], sold, 0.0)
