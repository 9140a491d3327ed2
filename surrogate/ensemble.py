"""The ensemble: members differ in their start and in how much each shelf item and month weighs (Bayesian bootstrap).

Members are fitted on fine groups of customers with alike features; because the profile layer is linear, a group's
profile is the mean of its customers' profiles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from surrogate.category_response import to_digits
from surrogate.cells import Shelf
from surrogate.coupons import CouponCells
from surrogate.fit import FitParams, Nuisance, assemble, fit_member
from surrogate.levels import Member, no_coupons
from surrogate.network import new_network
from surrogate.profiles import Features
from surrogate.streams import stream

Float = NDArray[np.float64]
_MONTH_WEEKS = 4
WEIGHT_DIGITS = 7
"""Significant digits that weights keep: sums differ in their last bits between machines, what is learned does not."""


@dataclass(frozen=True, kw_only=True)
class EnsembleParams:
    """Size of the ensemble and of its members."""

    members: int = 5
    groups: int = 12
    """Fine groups of customers that members are fitted on."""
    profile: int = 6
    embedding: int = 4
    hidden: int = 16
    fit: FitParams = field(default_factory=FitParams)

    def __post_init__(self) -> None:
        if not (min(self.members, self.groups, self.profile, self.embedding, self.hidden) >= 1):
            raise ValueError("members, groups, profile, embedding and hidden must be at least 1")


@dataclass(frozen=True, kw_only=True, eq=False)
class Grouped:
    """Fine groups of customers. G groups, F features, N customers."""

    centres: Float
    """[G, F] that customers are assigned by."""
    label: NDArray[np.int64]
    """[N]"""
    features: Float
    """[G, F] mean features."""
    customers: Float
    """[G]"""
    units: Float = field(default_factory=lambda: np.zeros((0, 0, 0)))
    """[G, I, T]"""
    coupons: CouponCells = field(default_factory=lambda: no_coupons(0))

    @property
    def count(self) -> int:
        """Number of groups."""
        return len(self.centres)

    def owner(self, features: Features) -> dict[int, int]:
        """Return the group by customer."""
        return {int(customer): int(label) for customer, label in zip(features.customers, self.label, strict=True)}

    def assign(self, scaled: Float, features: Features) -> Grouped:
        """Return the same groups with customers as their features are now."""
        distance = ((scaled[:, None, :] - self.centres[None]) ** 2).sum(axis=2)
        label = np.asarray(np.round(distance, 9).argmin(axis=1), dtype=np.int64)
        for number in range(self.count):
            if not (label == number).any():  # an empty group keeps its closest customer, so that means exist
                label[distance[:, number].argmin()] = number
        del features
        return _grouped(self.centres, label, scaled)


def _grouped(centres: Float, label: NDArray[np.int64], scaled: Float) -> Grouped:
    count = len(centres)
    return Grouped(
        centres=centres,
        label=label,
        features=to_digits(np.stack([scaled[label == number].mean(axis=0) for number in range(count)])),
        customers=np.bincount(label, minlength=count).astype(float),
    )


def group_customers(scaled: Float, features: Features, params: EnsembleParams, seed: int) -> Grouped:
    """Cluster customers by their normalised features [N, F] into fine groups."""
    count = min(params.groups, len(features.customers))
    with threadpool_limits(limits=1):
        fitted = KMeans(count, n_init=2, random_state=seed % 2**31).fit(np.round(scaled, 6))
    label = np.asarray(fitted.labels_, dtype=np.int64)
    centres = np.stack([scaled[label == number].mean(axis=0) for number in range(count)])
    return _grouped(to_digits(centres), label, scaled)


def fit_ensemble(
    grouped: Grouped, shelf: Shelf, params: EnsembleParams, seed: int, tick: Callable[[float], None]
) -> tuple[Member, ...]:
    """Fit every member from a fresh start."""
    categories, items, weeks = len(shelf.categories), len(shelf.names), shelf.weeks.size
    sold = grouped.units.sum(axis=(0, 2)) + 0.5
    total = np.bincount(shelf.category, sold, categories)
    starts = []
    for number in range(params.members):
        net = new_network(
            stream(seed, "network", number),
            features=grouped.features.shape[1],
            categories=categories,
            log_rate=np.log(0.8 * total / grouped.customers.sum() / weeks),
            profile=params.profile,
            embedding=params.embedding,
            hidden=params.hidden,
        )
        nuisance = Nuisance(
            item=jnp.asarray(np.log(sold / total[shelf.category])),
            response=jnp.zeros(items),
            group=jnp.zeros((grouped.count, categories)),
            common=jnp.zeros(weeks),
            category=jnp.zeros((categories, weeks)),
        )
        starts.append((net, nuisance))
    return _fit_all(tuple(starts), grouped, shelf, params, seed, tick)


def refit_ensemble(
    members: tuple[Member, ...],
    grouped: Grouped,
    shelf: Shelf,
    params: EnsembleParams,
    seed: int,
    tick: Callable[[float], None],
) -> tuple[Member, ...]:
    """Fit every member again from where it stands, on a shelf with more weeks."""
    starts = []
    for net, nuisance in members:
        more = shelf.weeks.size - nuisance.common.size
        starts.append(
            (
                net,
                Nuisance(
                    item=nuisance.item,
                    response=nuisance.response,
                    group=nuisance.group,
                    common=jnp.pad(nuisance.common, (0, more), mode="edge"),
                    category=jnp.pad(nuisance.category, ((0, 0), (0, more)), mode="edge"),
                ),
            )
        )
    gentle = replace(params, fit=replace(params.fit, learning_rate=params.fit.learning_rate / 3))
    return _fit_all(tuple(starts), grouped, shelf, gentle, seed, tick)


def _fit_all(
    starts: tuple[Member, ...],
    grouped: Grouped,
    shelf: Shelf,
    params: EnsembleParams,
    seed: int,
    tick: Callable[[float], None],
) -> tuple[Member, ...]:
    members = []
    for number, (net, nuisance) in enumerate(starts):
        weight = _bootstrap(shelf, stream(seed, "bootstrap weights", number))
        data = assemble(shelf, grouped.units, grouped.features, grouped.customers, grouped.coupons, weight)

        def hear(share: float, number: int = number) -> None:
            tick((number + share) / len(starts))

        fitted = fit_member(net, nuisance, data, params.fit, hear)
        members.append(jax.tree.map(lambda leaf: jnp.asarray(to_digits(np.asarray(leaf), WEIGHT_DIGITS)), fitted))
    return tuple(members)


def _bootstrap(shelf: Shelf, rng: np.random.Generator) -> Float:
    """Return weights [I, T] with mean 1: exponential by item and by block of four weeks, softened by a half."""
    item = 0.5 + 0.5 * rng.exponential(size=len(shelf.names))
    block = 0.5 + 0.5 * rng.exponential(size=shelf.weeks.size // _MONTH_WEEKS + 1)
    weight = item[:, None] * np.repeat(block, _MONTH_WEEKS)[None, : shelf.weeks.size]
    return np.asarray(weight / weight.mean())
