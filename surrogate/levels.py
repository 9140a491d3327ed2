"""Baselines of segments: the level at the end of the data, item by item, with nothing promoted."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from surrogate.cells import Shelf
from surrogate.coupons import CouponCells
from surrogate.fit import FitData, Nuisance, assemble, item_bump, log_baseline
from surrogate.network import EffectNet

Float = NDArray[np.float64]

HALF_LIFE_WEEKS = 10.0
"""Weeks after which a week's sales count half as much for the level at the end."""
PRIOR_UNITS = 4.0
"""Units that the network's own rate weighs against a segment's sales of an item."""

Member = tuple[EffectNet, Nuisance]


def no_coupons(groups: int) -> CouponCells:
    """Return an empty set of coupon cells."""
    none = np.zeros((groups, 0))
    return CouponCells(category=np.zeros(0, dtype=np.int64), depth=np.zeros(0), exposed=none, redeemed=none)


def group_data(shelf: Shelf, units: Float, features: Float, customers: Float) -> FitData:
    """Return the arrays that predict units of any groups of customers on a shelf."""
    weight = np.ones((len(shelf.names), shelf.weeks.size))
    return assemble(shelf, units, features, customers, no_coupons(len(customers)), weight)


def without_groups(nuisance: Nuisance, groups: int, weeks: int | None = None) -> Nuisance:
    """Return the nuisance terms for other groups, and for ``weeks`` that all stay at the last level if given."""
    common, category = nuisance.common, nuisance.category
    if weeks is not None:
        common, category = jnp.repeat(common[-1:], weeks), jnp.repeat(category[:, -1:], weeks, axis=1)
    return Nuisance(
        item=nuisance.item,
        response=nuisance.response,
        group=jnp.zeros((groups, category.shape[0])),
        common=common,
        category=category,
    )


def last_level(member: Member, shelf: Shelf, units: Float, features: Float, customers: Float) -> Float:
    """Return units a week [S, I] at the end of the shelf's weeks with nothing promoted.

    The network's rate times its item shares and category level, corrected by what each segment bought of each item
    against what the member expected: a gamma-Poisson ratio with recent weeks weighing more.
    """
    net, nuisance = member
    data = group_data(shelf, units, features, customers)
    own = without_groups(nuisance, len(customers))
    base = np.asarray(log_baseline(net, own, data))
    expected = np.exp(base + np.asarray(item_bump(net, own, data)))
    age = np.arange(shelf.weeks.size)[::-1]
    recent = 0.5 ** (age / HALF_LIFE_WEEKS)
    ratio = ((units * recent).sum(axis=2) + PRIOR_UNITS) / ((expected * recent).sum(axis=2) + PRIOR_UNITS)
    return np.asarray(np.exp(base[:, :, -1]) * ratio)


def predicted_bump(member: Member, shelf: Shelf, features: Float) -> Float:
    """Return units over baseline [S, I, T] under what the shelf's weeks promoted."""
    net, nuisance = member
    shape = (len(features), len(shelf.names), shelf.weeks.size)
    data = group_data(shelf, np.zeros(shape), features, np.ones(len(features)))
    return np.asarray(np.exp(np.asarray(item_bump(net, nuisance, data))))
