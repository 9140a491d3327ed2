"""Segments: customers whose learned profiles are alike, with stable ids and names that a person understands.

How many: the largest number whose clusters are all large enough and all come back when the customers are resampled
(bootstrap agreement cluster by cluster: Hennig, doi:10.1016/j.csda.2006.11.025).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from scenarios.arrays import Flag, Float, Int
from scenarios.language.schema import LearnSpec
from scenarios.problems import InvalidInput, Problem
from scenarios.streams import stream
from surrogate.people.profiles import HABITS, Features
from surrogate.people.rest import REST, enough_baskets
from surrogate.people.segment_names import name_segments

CHOICES = range(2, 9)
"""Numbers of segments that are tried where the scenario gives none."""
STABLE = 0.75
"""Overlap (Jaccard) with which even the worst segment of a number must come back to count as found, not as chance."""
RESAMPLES = 10
"""Bootstrap samples of the customers for each number."""
_CHOOSING, _FITTING = 5_000, 50_000
"""Customers that the number is chosen on, and that clusters are fitted on; all customers are placed."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Segmentation:
    """Who belongs where. N customers."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    label: Int
    """[N] index of the customer's segment; ``rest``, if any, is the last."""
    stability: float
    """Overlap (Jaccard, 0 to 1) in which even the least stable segment comes back from resampled customers."""
    least_visits: float
    """Visits a week below which a customer is placed in ``rest``; 0 where there is none."""
    everybody: Int | None = None
    """Segment of every customer of the data, also of those who buy later, where the retailer's own list says it, -1 for
    none; None where past purchases decide who belongs where."""

    def later_groups(self, features: Features) -> dict[int, int]:
        """Return the segment index by customer, for purchases after those that the features describe."""
        if self.everybody is None:
            return self.groups(features)
        return {customer: group for customer, group in enumerate(self.everybody.tolist()) if group >= 0}

    def groups(self, features: Features) -> dict[int, int]:
        """Return the segment index by customer."""
        return {int(customer): int(label) for customer, label in zip(features.customers, self.label, strict=True)}


def find_segments(
    profiles: Float,
    features: Features,
    scaled: Float,
    spec: LearnSpec,
    *,
    seed: int,
    min_baskets: int | None = None,
) -> Segmentation:
    """Cluster learned profiles [N, D].

    Segments are numbered by spend per customer, the largest first, so ids stay put when the data grows. Customers with
    too few baskets (`surrogate.people.rest`) become ``rest`` where they are enough for a group of their own. A cluster
    below ``spec.min_size`` is dissolved: its customers go where they fit next best. The result does not depend on the
    order of the customers.

    Parameters
    ----------
    profiles, features, scaled
        Of the same customers.
    spec
        How many segments, and how small they may be.
    seed
        Of the clustering.
    min_baskets
        Baskets from which on a customer is placed; the customers' own decide by default.

    Raises
    ------
    InvalidInput
        When all customers together are fewer than the smallest group may be.
    """
    if not (len(profiles) >= spec.min_size):
        raise _too_few(len(profiles), spec.min_size)
    enough = enough_baskets(features.baskets, min_baskets)
    known = features.baskets >= enough
    if known.sum() < max(2 * spec.min_size, 1) or (~known).sum() < spec.min_size:
        known = np.ones_like(known)
    points = np.round(profiles[known], 6)
    label, stability = cluster(points, spec, seed=seed)
    return _numbered(label, known, features, scaled, stability, enough=enough)


def cluster(points: Float, spec: LearnSpec, *, seed: int) -> tuple[Int, float]:
    """Return the cluster of each point [N, D], none below ``spec.min_size``, and how well the worst one comes back."""
    order = np.lexsort(points.T)
    k_means()  # only threads of what is loaded are limited
    with threadpool_limits(limits=1):
        count, stability = _how_many(points[order], spec, seed)
        return nearest(points, _centres(points[order], count, spec.min_size, seed)), stability


def nearest(points: Float, centres: Float) -> Int:
    """Return for each point [N, D] the closest centre [S, D]; ties go to the first."""
    label = np.empty(len(points), dtype=np.int64)
    for start in range(0, len(points), 100_000):
        block = points[start : start + 100_000]
        distance = (centres**2).sum(axis=1) - 2 * block @ centres.T  # without |point|^2, the same for all centres
        label[start : start + 100_000] = np.round(distance, 9).argmin(axis=1)
    return label


def _too_few(customers: int, least: int) -> InvalidInput:
    problem = Problem(
        where="data",
        what="customers",
        expected=f"at least {least}, the smallest group that a model may describe (min_segment_size)",
        got=str(customers),
        remedy="use data of more customers; a model about fewer would tell on single persons",
    )
    return InvalidInput([problem])


def _sample(points: Float, size: int, seed: int, *names: str) -> Float:
    if len(points) <= size:
        return points
    chosen = stream(seed, "segments", *names).choice(len(points), size, replace=False)
    return points[np.sort(chosen)]


@cache
def k_means() -> Any:
    """Load scikit-learn's ``KMeans``, which takes a while: reading a model that is there needs none of it.

    Call this before threads are limited.
    """
    from sklearn.cluster import KMeans

    return KMeans


def _cluster(points: Float, count: int, seed: int, *, starts: int) -> Float:
    """Return centres [count, D]."""
    fitted = k_means()(count, n_init=starts, random_state=seed % 2**31).fit(points)
    return np.asarray(fitted.cluster_centers_, dtype=np.float64)


def _how_many(points: Float, spec: LearnSpec, seed: int) -> tuple[int, float]:
    """Return the number of segments and its stability."""
    share = min(1.0, _CHOOSING / len(points))
    points = _sample(points, _CHOOSING, seed, "choosing")
    distinct = len(np.unique(points, axis=0))
    most = min(len(points) // max(round(spec.min_size * share), 1), distinct)
    if spec.count is not None:
        count = min(spec.count, max(most, 1))
        return count, _stability(points, count, seed)
    tried = []
    for count in CHOICES:
        if count > most:
            break
        sizes = np.bincount(nearest(points, _cluster(points, count, seed, starts=4)), minlength=count)
        if sizes.min() >= spec.min_size * share:
            tried.append((count, _stability(points, count, seed)))
    if not tried:
        return 1, 1.0
    stable = [one for one in tried if one[1] >= STABLE]
    return stable[-1] if stable else max(tried, key=lambda one: (one[1], -one[0]))


def _stability(points: Float, count: int, seed: int) -> float:
    """Return how well the worst cluster of all points comes back in clusters of bootstrap samples."""
    if count == 1:
        return 1.0
    label = nearest(points, _cluster(points, count, seed, starts=4))
    rng = stream(seed, "segments", "bootstrap", str(count))
    overlaps = []
    for number in range(RESAMPLES):
        drawn = points[rng.integers(0, len(points), len(points))]
        enough = min(count, len(np.unique(drawn, axis=0)))
        overlaps.append(_overlap(label, nearest(points, _cluster(drawn, enough, seed + number, starts=2)), count))
    return round(float(np.mean(overlaps, axis=0).min()), 3)


def _overlap(label: Int, other: Int, count: int) -> Float:
    """Return for each cluster the Jaccard overlap with the most similar other cluster [count]."""
    both = np.zeros((count, count))
    np.add.at(both, (label, other), 1.0)
    either = both.sum(axis=1)[:, None] + both.sum(axis=0)[None] - both
    return np.asarray((both / np.maximum(either, 1.0)).max(axis=1))


def _centres(points: Float, count: int, min_size: int, seed: int) -> Float:
    """Return centres of clusters that all hold at least ``min_size`` of all points.

    While one is too small, the smallest is dissolved. Each centre is the mean of the points closest to it, so a saved
    model, which knows means only, places a customer where training put it, but for the blur of these means.
    """
    centres = _cluster(_sample(points, _FITTING, seed, "fitting"), count, seed, starts=8)
    while True:
        centres = _settled(points, centres)
        sizes = np.bincount(nearest(points, centres), minlength=len(centres))
        if sizes.min() >= min_size or len(centres) == 1:
            return centres
        centres = np.delete(centres, int(sizes.argmin()), axis=0)


def _settled(points: Float, centres: Float) -> Float:
    """Move centres to the means of their points until nobody changes sides."""
    label = nearest(points, centres)
    for _ in range(100):
        used = np.unique(label)
        centres = np.stack([points[label == number].mean(axis=0) for number in used])
        after = nearest(points, centres)
        if (after == np.searchsorted(used, label)).all():
            break
        label = after
    return centres


def _numbered(
    label: Int, known: Flag, features: Features, scaled: Float, stability: float, *, enough: int
) -> Segmentation:
    """Number the clusters by spend, name them, and put everybody else into ``rest``."""
    full = np.full(known.size, -1)
    full[known] = label
    spend = features.raw[:, HABITS.index("spend per week")]
    kept = sorted(set(label.tolist()), key=lambda number: (-round(float(spend[full == number].mean()), 6), number))
    rank = {number: position for position, number in enumerate(kept)}
    final = np.array([rank.get(int(number), len(kept)) for number in full])
    means, raw = (
        np.stack([_mean_known(values[final == number]) for number in range(len(kept))])
        for values in (scaled, features.raw)
    )
    ids = [f"s{position + 1}" for position in range(len(kept))]
    names = name_segments(means, raw, _mean_known(scaled[known]), _mean_known(features.raw[known]), features.names)
    least_visits = 0.0
    if not known.all():
        ids.append(REST)
        names.append("everybody else")
        least_visits = _least_visits(features, enough)
    return Segmentation(ids=tuple(ids), names=tuple(names), label=final, stability=stability, least_visits=least_visits)


def _mean_known(values: Float) -> Float:
    """Return the mean of the known values by column [F]; NaN where nobody's is known."""
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), np.nan)


def _least_visits(features: Features, enough: int) -> float:
    """Return visits a week between those of the last customer in rest and the first one known, by the data's weeks."""
    visits = features.raw[:, HABITS.index("visits per week")]
    seen = visits > 0
    weeks = float(np.median(features.baskets[seen] / visits[seen]))
    return round((enough - 0.5) / weeks, 6)
