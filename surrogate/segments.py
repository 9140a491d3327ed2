"""Segments: customers whose learned profiles are alike, with stable ids and names that a person understands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

from scenarios.schema import LearnSpec
from surrogate.profiles import HABITS, Features

Float = NDArray[np.float64]

CHOICES = range(4, 9)
"""Numbers of segments that are tried where the scenario gives none."""
MIN_BASKETS = 12.0
"""Customers with fewer baskets show too little of themselves and go to ``rest``."""
REST = "rest"


@dataclass(frozen=True, kw_only=True, eq=False)
class Segmentation:
    """Who belongs where. N customers."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    label: NDArray[np.int64]
    """[N] index of the customer's segment; ``rest``, if any, is the last."""

    def groups(self, features: Features) -> dict[int, int]:
        """Return the segment index by customer."""
        return {int(customer): int(label) for customer, label in zip(features.customers, self.label, strict=True)}


def find_segments(profiles: Float, features: Features, scaled: Float, spec: LearnSpec, *, seed: int) -> Segmentation:
    """Cluster learned profiles [N, D].

    Segments are numbered by spend per customer, the largest first, so ids stay put when the data grows. Clusters
    below ``spec.min_size`` and customers with fewer than twelve baskets become ``rest``.
    """
    known = features.baskets >= MIN_BASKETS
    if known.sum() < 2 * spec.min_size:
        known = np.ones_like(known)
    points = np.round(profiles[known], 6)
    with threadpool_limits(limits=1):
        label = _cluster(points, spec, seed)
    sizes = np.bincount(label)
    full = np.full(known.size, -1)
    full[known] = np.where(sizes[label] >= min(spec.min_size, sizes.max()), label, -1)
    spend = features.raw[:, HABITS.index("spend per week")]
    kept = sorted(set(full[full >= 0].tolist()), key=lambda number: (-spend[full == number].mean(), number))
    rank = {number: position for position, number in enumerate(kept)}
    final = np.array([rank.get(number, len(kept)) for number in full])
    ids = [f"s{position + 1}" for position in range(len(kept))]
    names = _names(final, len(kept), features, scaled)
    if (final == len(kept)).any():
        ids.append(REST)
        names.append("everybody else")
    return Segmentation(ids=tuple(ids), names=tuple(names), label=final)


def _cluster(points: Float, spec: LearnSpec, seed: int) -> NDArray[np.int64]:
    def labels(count: int) -> NDArray[np.int64]:
        fitted = KMeans(count, n_init=4, random_state=seed % 2**31).fit(points)
        return np.asarray(fitted.labels_, dtype=np.int64)

    if spec.count is not None:
        return labels(min(spec.count, len(points)))
    tried = []
    for count in CHOICES:
        if count * spec.min_size > len(points):
            break
        label = labels(count)
        tried.append((round(float(silhouette_score(points, label)), 4), count, label))
    if not tried:
        return np.zeros(len(points), dtype=np.int64)
    return max(tried, key=lambda candidate: candidate[:2])[2]


def _names(label: NDArray[np.int64], count: int, features: Features, scaled: Float) -> list[str]:
    """Name each segment by how often and how much it buys, then by what sets it apart most."""
    means = np.stack([scaled[label == number].mean(axis=0) for number in range(count)])
    habit = {name: features.names.index(name) for name in HABITS}
    visits, basket = means[:, habit["visits per week"]], means[:, habit["basket value"]]
    names: list[str] = []
    for number in range(count):
        often = _grade(visits[number], "frequent", "steady", "occasional")
        size = _grade(basket[number], "large baskets", "medium baskets", "small baskets")
        traits = _traits(means, number, features.names)
        name = f"{often}, {size}" + (f", {traits[0]}" if traits else "")
        for trait in traits[1:]:
            if name not in names:
                break
            name += f", {trait}"
        names.append(name if name not in names else f"{name} ({number + 1})")
    return names


def _grade(value: float, high: str, middle: str, low: str) -> str:
    return high if value > 0.4 else low if value < -0.4 else middle


_TRAITS = {
    "discount share": ("discount-driven", "rarely on discount"),
    "coupon share": ("coupon users", "no coupons"),
    "own-brand share": ("own brands", "national brands"),
    "children": ("with children", "without children"),
    "income": ("higher income", "lower income"),
    "age": ("older", "younger"),
}


def _traits(means: Float, number: int, names: tuple[str, ...]) -> list[str]:
    """Return words for the features in which a segment differs most from the other segments, strongest first."""
    others = np.delete(means, number, axis=0)
    gap = means[number] - (others.mean(axis=0) if len(others) else 0.0)
    words = []
    for index in np.argsort(-np.abs(gap), kind="stable"):
        name, value = names[index], gap[index]
        if abs(value) < 0.25:
            break
        if name in _TRAITS:
            words.append(_TRAITS[name][0 if value > 0 else 1])
        elif name.startswith("share of ") and value > 0:
            words.append(f"heavy on {name.removeprefix('share of ').replace('-', ' ')}")
    return words
