"""Segments of an experiment's customers: clusters of what their profiles W.X say about buying and about answering."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.schema import LearnSpec
from surrogate.category_response import to_digits
from surrogate.experiment.model import ExperimentGroups
from surrogate.experiment.network import UpliftNet
from surrogate.segment_names import name_segments
from surrogate.segments import cluster

Float = NDArray[np.float64]
Labels = NDArray[np.int64]
MOST_GROUPS = 12
"""Groups that a segment is cut into, so that its mean answer is not the answer of its mean."""


def profile_points(networks: tuple[UpliftNet, ...], features: Float) -> Float:
    """Return W.X as the heads read it [N, 1 + M]: buying, and the answer to each mechanic; each with a spread of 1."""
    points = np.mean([_read(net, features) for net in networks], axis=0)
    spread = points.std(axis=0)
    return np.asarray((points - points.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0))


def _read(net: UpliftNet, features: Float) -> Float:
    profile = features @ net.profile.T
    answers = profile @ (net.answer + net.own).T
    return np.column_stack([profile @ net.base, answers])


def find_groups(
    networks: tuple[UpliftNet, ...], features: Float, raw: Float, names: tuple[str, ...], learn: LearnSpec, *, seed: int
) -> tuple[ExperimentGroups, Labels]:
    """Return segments, the largest buyers first, with their finer groups, and the group of each customer [N].

    Raises
    ------
    InvalidInput
        When there are fewer customers than the smallest group may have.
    """
    points = to_digits(profile_points(networks, features))
    label, stability = cluster(points, learn, seed=seed)
    bought = [float(points[label == number, 0].mean()) for number in range(int(label.max()) + 1)]
    order = np.argsort(-np.round(bought, 6), kind="stable")
    segment = np.argsort(order, kind="stable")[label]
    fine = np.empty(len(points), dtype=np.int64)
    owner: list[int] = []
    for number in range(len(bought)):
        mine = segment == number
        inner = LearnSpec(count=MOST_GROUPS, min_size=learn.min_size)
        within, _ = cluster(points[mine], inner, seed=seed)
        fine[mine] = within + len(owner)
        owner += [number] * (int(within.max()) + 1)
    size = np.bincount(fine, minlength=len(owner)).astype(float)
    share = np.zeros((len(bought), len(owner)))
    share[owner, np.arange(len(owner))] = size
    means = np.stack([features[fine == number].mean(axis=0) for number in range(len(owner))])
    segment_means = np.stack([features[segment == number].mean(axis=0) for number in range(len(bought))])
    segment_raw = np.stack([known_mean(raw[segment == number]) for number in range(len(bought))])
    titles = name_segments(segment_means, segment_raw, features.mean(axis=0), known_mean(raw), names)
    groups = ExperimentGroups(
        ids=tuple(f"s{number + 1}" for number in range(len(bought))),
        names=tuple(_readable(title, names) for title in titles),
        customers=np.bincount(segment),
        stability=stability,
        features=to_digits(means),
        raw=to_digits(segment_raw),
        share=share / share.sum(axis=1, keepdims=True),
    )
    return groups, fine


def _readable(title: str, names: tuple[str, ...]) -> str:
    """Write ``high channel = Web`` as ``more channel Web``: a level has no size, only customers."""
    for name in names:
        if " = " in name:
            for word, better in (("high", "more"), ("low", "fewer")):
                title = title.replace(f"{word} {name}", f"{better} {name.replace(' = ', ' ')}")
    return title.replace("shoppers", "customers")


def known_mean(values: Float) -> Float:
    """Return the mean of the known values by column [F]; NaN where nobody's is known."""
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), np.nan)
