"""Drift: what became of the segments between two trainings, matched by what their customers are like.

The means that are compared carry noise of a known size (`surrogate.people.blur`), drawn anew for other data. What moved
by no more than that may do is told as within the noise: of a segment whose customers are what they were, one in twenty
shows a feature beyond it, and one in twenty a distance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.special import ndtri

from scenarios.arrays import Float
from scenarios.problems import InvalidInput, Problem
from surrogate.people.blur import noise_spread
from surrogate.people.profile_axes import ProfileSpace
from surrogate.people.profiles import Scale
from surrogate.people.rest import REST

SAME = 0.5
"""Matched segments closer than this (mean distance a feature, in normal spreads) count as the same."""
MOVED = 0.25
"""A feature's mean has moved when it is this far from where it was, in normal spreads."""
SHARE_MOVED = 0.05
"""Share of all customers from which on a segment's growth or loss is called one."""
HARDLY = 0.05
"""How often noise alone moves a segment beyond what is told as its own."""
_MOST_SHIFTS = 3


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A feature whose mean moved."""

    feature: str
    before: float
    """In people's units."""
    after: float
    spreads: float
    """By how much, in the older model's normal spreads, with its sign."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """One segment of the older model, one of the newer, or both."""

    before: int | None
    """Number of the segment in the older model."""
    after: int | None
    distance: float
    """Root mean square distance of the means a feature, in the older model's normal spreads; 0 where one is missing."""
    customers: tuple[int, int]
    shares: tuple[float, float]
    shifts: tuple[Shift, ...]
    """The strongest first."""
    within_noise: tuple[str, ...] = ()
    """Features that moved as far as is told, and no farther than noise may move them."""
    noise: float = 0.0
    """Distance that noise alone hardly exceeds."""
    own_distance: float = 0.0
    """What is left of the distance beside what noise makes of it on average."""

    @property
    def blurred(self) -> bool:
        """Whether its means lie as far apart as those of other customers, but no farther than noise may move them."""
        return self.distance >= SAME and not self.distance > self.noise

    @property
    def verdict(self) -> str:
        """What happened, in a word: same, grew, shrank, changed, new or gone."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "gone"
        if self.distance > self.noise and not (self.own_distance < SAME):
            return "changed"
        moved = self.shares[1] - self.shares[0]
        return "grew" if moved >= SHARE_MOVED else "shrank" if moved <= -SHARE_MOVED else "same"


@dataclass(frozen=True, kw_only=True)
class Drift:
    """All segments of two models, and what moved altogether."""

    matches: tuple[Match, ...]
    """In the order of the newer model; the older model's that are gone stand last."""
    share_moved: float
    """Share of all customers that would have to change segments for the older shares to become the newer ones."""
    population: tuple[Shift, ...]
    """Features whose mean over all customers moved, beyond what noise may move it."""
    only_before: tuple[str, ...]
    """Features that the newer model does not know; nothing is compared by them."""
    only_after: tuple[str, ...]

    @property
    def steady(self) -> bool:
        """Whether plans for the older segments still fit: every segment is matched, and none changed."""
        return all(match.verdict in ("same", "grew", "shrank") for match in self.matches)


def segment_drift(before: ProfileSpace, after: ProfileSpace) -> Drift:
    """Match the segments of two models and say what moved.

    Segments are compared by the means of the features that both models know, on the older model's scale, and matched so
    that all distances together are smallest; ``rest`` is matched with ``rest`` only, and a retailer's own segments by
    their ids.

    Raises
    ------
    InvalidInput
        When the models share no feature.
    """
    shared = [name for name in before.scale.names if name in after.scale.names]
    if not shared:
        expected, got = "two models that share features of customers", "none shared"
        raise InvalidInput([Problem(where="--against", what="models", expected=expected, got=got)])
    columns = [[space.scale.names.index(name) for name in shared] for space in (before, after)]
    old = before.features[:, columns[0]]
    new = _rescaled(after.features, after.scale, before.scale, *columns[::-1])
    raws = before.raw[:, columns[0]], after.raw[:, columns[1]]
    noises = _noises(before, after, *columns)
    distance = np.sqrt(((old[:, None] - new[None]) ** 2).mean(axis=2))
    pairs = _matched(distance, before, after)
    matches = []
    for number in range(len(after.ids)):
        other = pairs.get(number)
        found = _match(other, number, distance, before, after)
        if other is not None:
            noise = np.hypot(noises[0][other], noises[1][number])
            shifts, within = _shifts(shared, old[other], new[number], raws[0][other], raws[1][number], noise)
            found = _beside_noise(replace(found, shifts=shifts, within_noise=within), noise)
        matches.append(found)
    gone = [number for number in range(len(before.ids)) if number not in pairs.values()]
    matches += [_match(number, None, distance, before, after) for number in gone]
    moved = sum(abs(match.shares[1] - match.shares[0]) for match in matches) / 2
    means = before.shares @ old, after.shares @ new
    noise = np.hypot(*(np.sqrt(space.shares**2 @ each**2) for space, each in zip((before, after), noises, strict=True)))
    population, _ = _shifts(shared, *means, before.average[columns[0]], after.average[columns[1]], noise)
    return Drift(
        matches=tuple(matches),
        share_moved=round(moved, 6),
        population=population,
        only_before=tuple(name for name in before.scale.names if name not in shared),
        only_after=tuple(name for name in after.scale.names if name not in shared),
    )


def _rescaled(features: Float, scale: Scale, onto: Scale, own: list[int], other: list[int]) -> Float:
    """Return mean features [S, F] of one model on the scale of another; exact but for customers beyond its cuts."""
    plain = features[:, own] * scale.spread[own] + scale.centre[own]
    return np.asarray((plain - onto.centre[other]) / onto.spread[other])


def _matched(distance: Float, before: ProfileSpace, after: ProfileSpace) -> dict[int, int]:
    """Return the older segment by the newer one."""
    if before.own and after.own:  # the retailer says which are the same
        return {new: before.ids.index(name) for new, name in enumerate(after.ids) if name in before.ids}
    allowed = np.array([[(a == REST) == (b == REST) for b in after.ids] for a in before.ids])
    cost = np.where(allowed, np.round(distance, 9), 1e6)
    rows, columns = linear_sum_assignment(cost)
    return {int(b): int(a) for a, b in zip(rows, columns, strict=True) if allowed[a, b]}


def _match(
    old: int | None,
    new: int | None,
    distance: Float,
    before: ProfileSpace,
    after: ProfileSpace,
) -> Match:
    sides = ((before, old), (after, new))
    customers = [int(space.customers[number]) if number is not None else 0 for space, number in sides]
    shares = [float(space.shares[number]) if number is not None else 0.0 for space, number in sides]
    apart = round(float(distance[old, new]), 6) if old is not None and new is not None else 0.0
    return Match(
        before=old,
        after=new,
        distance=apart,
        customers=(customers[0], customers[1]),
        shares=(round(shares[0], 6), round(shares[1], 6)),
        shifts=(),
        own_distance=apart,
    )


def _noises(before: ProfileSpace, after: ProfileSpace, old: list[int], new: list[int]) -> tuple[Float, Float]:
    """Return the standard deviations [S, F] of the noise on both models' means, on the older one's scale."""
    own, other = (
        np.array([noise_spread(int(count), len(space.scale.names)) for count in space.customers])
        for space in (before, after)
    )
    return np.tile(own[:, None], len(old)), other[:, None] * (after.scale.spread[new] / before.scale.spread[old])


def _beside_noise(match: Match, noise: Float) -> Match:
    """Say what noise [F] makes of a distance: squares of normal numbers, a mean and a spread."""
    mean = float((noise**2).mean())
    most = mean + float(ndtri(1.0 - HARDLY)) * float(np.sqrt(2.0 * (noise**4).sum())) / len(noise)
    return replace(match, noise=round(most**0.5, 6), own_distance=round(max(match.distance**2 - mean, 0.0) ** 0.5, 6))


def _shifts(
    names: list[str], old: Float, new: Float, raw_old: Float, raw_new: Float, noise: Float
) -> tuple[tuple[Shift, ...], tuple[str, ...]]:
    """Return the strongest features that moved beyond the noise [F], and all that moved within it."""
    gap = np.round(new - old, 6)
    # what is the same in people's units is a constant whose normalised mean differs by its noise only
    known = np.isfinite(raw_old) & np.isfinite(raw_new) & ~np.isclose(raw_old, raw_new, rtol=1e-6, atol=1e-9)
    order = [int(index) for index in np.argsort(-np.abs(gap), kind="stable") if known[index]]
    moved = [index for index in order if abs(gap[index]) >= MOVED]
    most = float(ndtri(1.0 - HARDLY / (2 * len(names)))) * noise  # of all features together (Bonferroni)
    shifts = tuple(
        Shift(
            feature=names[index],
            before=float(raw_old[index]),
            after=float(raw_new[index]),
            spreads=float(gap[index]),
        )
        for index in [index for index in moved if abs(gap[index]) > most[index]][:_MOST_SHIFTS]
    )
    return shifts, tuple(names[index] for index in moved if not abs(gap[index]) > most[index])
