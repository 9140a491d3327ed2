"""Segments of an experiment's customers: clusters of what their profiles W.X say about buying and about answering."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.schema import LearnSpec
from surrogate.digits import to_digits
from surrogate.experiment.fitted.network import UpliftNet, answer_ramps
from surrogate.experiment.model import ExperimentGroups
from surrogate.experiment.prepared.prepare import Prepared
from surrogate.people.blur import blurred_means
from surrogate.people.profiles import mean_known
from surrogate.people.segment_names import name_segments
from surrogate.people.segments import cluster

MOST_GROUPS = 4
"""Groups that a segment is cut into, so that its mean answer is not the answer of its mean."""
FINE_SIZE = 8
"""A finer group has at least so many times the customers of the smallest segment allowed: little blur is enough."""


def profile_points(networks: tuple[UpliftNet, ...], features: Float, mechanic: Int, ramps: Float) -> Float:
    """Return what profiles say [N, 1 + M]: buying, and the answer to each mechanic tried; each with a spread of 1.

    Parameters
    ----------
    networks
        Members.
    features
        X [N, F]
    mechanic, ramps
        [A] and [A, J] of the offers tried.
    """
    points = np.mean([_read(net, features, mechanic, ramps) for net in networks], axis=0)
    spread = points.std(axis=0)
    return np.asarray((points - points.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0))


def _read(net: UpliftNet, features: Float, mechanic: Int, ramps: Float) -> Float:
    profile, hidden = net.states(features)
    answers = net.answers(profile, hidden, mechanic, ramps)
    kinds = [answers[:, mechanic == number].mean(axis=1) for number in np.unique(mechanic)]
    return np.column_stack([net.without(profile, hidden), *kinds])


def find_groups(
    networks: tuple[UpliftNet, ...], prepared: Prepared, learn: LearnSpec, *, seed: int
) -> tuple[ExperimentGroups, Int]:
    """Return segments, the largest buyers first, with their finer groups, and the group of each row [N].

    A customer of several waves is one customer, as the mean of the rows: in one group, and counted once. Means are
    blurred by the groups' sizes, so that they tell on no customer (`surrogate.people.blur`).

    Raises
    ------
    InvalidInput
        When there are fewer customers than the smallest group may have.
    """
    unit, encoder = prepared.table.unit, prepared.encoder
    points = profile_points(networks, prepared.features, prepared.mechanic, answer_ramps(prepared.saving))
    points = to_digits(by_customer(points, unit))
    features, raw = by_customer(prepared.features, unit), by_customer(prepared.raw, unit)
    label, stability = cluster(points, learn, seed=seed)
    bought = [float(points[label == number, 0].mean()) for number in range(int(label.max()) + 1)]
    order = np.argsort(-np.round(bought, 6), kind="stable")
    segment = np.argsort(order, kind="stable")[label]
    fine, owner = _finer(points, segment, learn, seed)
    size = np.bincount(fine, minlength=owner.size).astype(float)
    share = np.zeros((len(bought), owner.size))
    share[owner, np.arange(owner.size)] = size
    share /= share.sum(axis=1, keepdims=True)
    means = blurred_means(features, raw, encoder.scale, fine, owner.size, least=learn.min_size)
    segment_raw = np.stack([mean_known(row, means.raw) for row in share])
    everybody = mean_known(size / size.sum(), means.raw)
    told = [index for index, source in enumerate(encoder.sources) if source.kind in ("number", "level")]
    titles = name_segments(
        (share @ means.features)[:, told],
        segment_raw[:, told],
        means.population[told],
        everybody[told],
        tuple(encoder.names[index] for index in told),
    )
    groups = ExperimentGroups(
        ids=tuple(f"s{number + 1}" for number in range(len(bought))),
        names=tuple(_readable(title, encoder.names) for title in titles),
        customers=np.bincount(segment),
        stability=stability,
        features=to_digits(means.features),
        population=to_digits(means.population),
        raw=to_digits(segment_raw),
        share=share,
    )
    return groups, fine[unit]


def by_customer(values: Float, unit: Int) -> Float:
    """Return the mean of each customer's rows [U, F] of values [N, F]; NaN where no row is known."""
    count = int(unit.max()) + 1
    if count == unit.size:
        out = np.empty_like(values)
        out[unit] = values
        return out
    known = np.isfinite(values)
    total, rows = np.zeros((count, values.shape[1])), np.zeros((count, values.shape[1]))
    np.add.at(total, unit, np.where(known, values, 0.0))
    np.add.at(rows, unit, known)
    return np.asarray(np.where(rows > 0, total / np.maximum(rows, 1), np.nan))


def _finer(points: Float, segment: Int, learn: LearnSpec, seed: int) -> tuple[Int, Int]:
    """Return the finer group of each customer [N], and the segment of each group [G]."""
    fine = np.empty(len(points), dtype=np.int64)
    owner: list[int] = []
    inner = LearnSpec(count=MOST_GROUPS, min_size=FINE_SIZE * learn.min_size)
    for number in range(int(segment.max()) + 1):
        mine = segment == number
        within, _ = cluster(points[mine], inner, seed=seed)
        fine[mine] = within + len(owner)
        owner += [number] * (int(within.max()) + 1)
    return fine, np.array(owner)


def _readable(title: str, names: tuple[str, ...]) -> str:
    """Write ``high channel = Web`` as ``more channel Web``: a level has no size, only customers."""
    for name in names:
        if " = " in name:
            for word, better in (("high", "more"), ("low", "fewer")):
                title = title.replace(f"{word} {name}", f"{better} {name.replace(' = ', ' ')}")
    return title.replace("shoppers", "customers")
