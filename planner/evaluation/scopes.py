"""What counts messages and customers reached: which lines of which choices, told apart once for all functionals."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from scenarios.arrays import Float
from scenarios.response.functional import Functional

Array = Any


class Scopes(NamedTuple):
    """Distinct message scopes J and reach scopes R of all functionals."""

    contact: Array
    """[J, K, Q] coverage of lines that send a message."""
    basket_contact: Array
    """[J, U]"""
    message: Array
    """[1 + L, J] weight per message, in the segments and periods that a functional covers."""
    hearers: Array
    """[J, S] customers whom the messages of each scope can reach; [1, S] where that is everybody."""
    reached: Array
    """[R, K, Q]"""
    basket_reached: Array
    """[R, U]"""
    reach_periods: Array
    """[R, T]"""
    reach_weight: Array
    """[1 + L, R, S] weight per customer reached."""


class MessageScopes(NamedTuple):
    """Distinct message scopes of some functionals."""

    cells: Float
    """[J, K, Q] coverage."""
    baskets: Float
    """[J, U]"""
    reach: Float
    """[J, S] share of each segment that messages can reach; [1, 1] where all of them reach everybody."""
    weights: Float
    """[1 + L, J] of a message."""


def message_scopes(functionals: tuple[Functional, ...]) -> MessageScopes:
    """Tell the message scopes of functionals apart."""
    keys: dict[bytes, int] = {}
    rows: list[tuple[Float, Float, Float]] = []
    entries: list[tuple[int, int, float]] = []
    for number, functional in enumerate(functionals):
        told = functional.contact_targeted, functional.contact_basket, functional.contact_reach
        for row, basket, reach, weight in zip(*told, functional.message, strict=True):
            key = row.tobytes() + basket.tobytes() + reach.tobytes()
            if key not in keys:
                keys[key] = len(rows)
                rows.append((row, basket, reach))
            entries.append((number, keys[key], float(weight)))
    first = functionals[0]
    weights = np.zeros((len(functionals), len(rows)))
    for number, scope, weight in entries:
        weights[number, scope] += weight
    reach = np.array([each for *_, each in rows]).reshape(-1, first.contact_reach.shape[1])
    return MessageScopes(
        cells=np.array([row for row, _, _ in rows]).reshape(-1, *first.contact_targeted.shape[1:]),
        baskets=np.array([basket for _, basket, _ in rows]).reshape(-1, first.contact_basket.shape[1]),
        reach=np.ones((1, 1)) if (reach == 1.0).all() else reach,
        weights=weights,
    )


def reach_scopes(functionals: tuple[Functional, ...]) -> tuple[Float, Float, Float, Float]:
    """Coverage rows [R, K, Q] and [R, U] of reach scopes, periods [R, T], and weights [1 + L, R, S].

    A functional has a scope for each group of customers that it tells apart by the channels that reach them.
    """
    groups = [
        (n, group) for n, each in enumerate(functionals) if each.reached for group in range(len(each.reached_share))
    ]
    used = [number for number, _ in groups]
    first = functionals[0]
    weights = np.zeros((len(functionals), len(used), len(first.segments)))
    for scope, (number, group) in enumerate(groups):
        each = functionals[number]
        weights[number, scope] = each.reached * each.reached_share[group] * each.segments
    cells = [functionals[number].reached_targeted[group] for number, group in groups]
    rows = np.array(cells).reshape(-1, *first.reached_targeted.shape[1:])
    baskets = np.array([functionals[number].reached_basket[group] for number, group in groups])
    baskets = baskets.reshape(-1, first.reached_basket.shape[1])
    periods = np.array([functionals[n].periods for n in used]).reshape(-1, len(first.periods))
    return rows, baskets, periods, weights
