"""Blurred means: what the mean of a small group tells about single customers drowns in noise.

Each customer moves a mean of n by 1/n. Who knows a customer's whole record, and what such customers are like on
average, can tell from F exact means whether the customer was among the n: the better, the larger F/n (Homer et al.,
doi:10.1371/journal.pgen.1000167). Noise of sqrt(F) / (n `TOLD`) normal spreads bounds that, whatever n; in a segment of
some hundred customers it is a tenth or two of a spread. The noise is drawn from the customers' features themselves: the
same data gives the same bytes, and nobody without the data can take it off.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.streams import stream
from surrogate.people.profiles import CUT, Scale

TOLD = 0.12
"""How far the attacker's statistic moves between customers inside and outside, in its own standard deviations: an area
under the curve of at most 0.534 for whoever knows the means of all others exactly (benchmarks/membership_attack.py)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class BlurredMeans:
    """What a model may say of groups. S groups, F features."""

    features: Float
    """[S, F] mean normalised features."""
    raw: Float
    """[S, F] means in people's units of what lies within the normalisation's cuts; NaN where too few are known."""
    population: Float
    """[F] mean normalised features of everybody."""


def blurred_means(scaled: Float, raw: Float, scale: Scale, label: Int, groups: int, *, least: int) -> BlurredMeans:
    """Return the means of groups of customers, blurred by their size.

    Parameters
    ----------
    scaled, raw
        [N, F] features, normalised and in people's units (NaN where unknown).
    scale
        The normalisation.
    label
        [N] group of each customer.
    groups
        Number of groups S.
    least
        Smallest number of customers that a figure may be about: features that fewer have made known count as unknown.
    """
    digest = hashlib.sha256(np.ascontiguousarray(np.round(scaled, 6)).tobytes()).digest()
    noise = stream(int.from_bytes(digest[:16], "big"), "blur").standard_normal((groups + 1, scaled.shape[1]))
    within = within_cuts(raw, scale)
    known = np.isfinite(within)
    spread = deviation_of(within, known)
    features, people = np.zeros((groups, scaled.shape[1])), np.full((groups, scaled.shape[1]), np.nan)
    for number in range(groups):
        mine = label == number
        shift = noise[number] * noise_spread(int(mine.sum()), scaled.shape[1])
        told = known[mine].sum(axis=0) >= min(least, int(mine.sum()))
        total = np.where(known[mine], within[mine], 0.0).sum(axis=0)
        mean = total / np.maximum(known[mine].sum(axis=0), 1)
        features[number] = np.where(told, np.clip(scaled[mine].mean(axis=0) + shift, -CUT, CUT), 0.0)
        people[number] = np.where(told, mean + shift * spread, np.nan)
    lowest, highest = (
        np.where(known.any(axis=0), pick(np.where(known, within, empty), axis=0), np.nan)
        for pick, empty in ((np.min, np.inf), (np.max, -np.inf))
    )
    population = scaled.mean(axis=0) + noise[-1] * noise_spread(len(scaled), scaled.shape[1])
    return BlurredMeans(features=features, raw=np.clip(people, lowest, highest), population=population)


def noise_spread(customers: int, features: int) -> float:
    """Return the standard deviation, in normal spreads, of the noise on means of so many customers and features."""
    return float(np.sqrt(features) / (TOLD * max(customers, 1)))


def within_cuts(raw: Float, scale: Scale) -> Float:
    """Return raw features [N, F] inside the cuts of the normalisation, so that no single customer moves a mean far."""
    low, high = (scale.centre + side * CUT * scale.spread for side in (-1, 1))
    low, high = (np.where(scale.logged, np.expm1(edge), edge) for edge in (low, high))
    return np.asarray(np.clip(raw, low, high))


def deviation_of(values: Float, known: Flag) -> Float:
    """Return the standard deviation [F] of the known values [N, F]."""
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0.0).sum(axis=0) / count
    return np.asarray(np.sqrt(np.where(known, (values - mean) ** 2, 0.0).sum(axis=0) / count))
