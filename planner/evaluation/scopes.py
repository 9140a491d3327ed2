"""What counts messages and customers reached: which lines of which choices, told apart once for all functionals."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.response.functional import Functional

Float = NDArray[np.float64]
Array = Any


class Scopes(NamedTuple):
    """Distinct message scopes J and reach scopes R of all functionals."""

    contact: Array
    """[J, K, Q] coverage of lines that send a message."""
    basket_contact: Array
    """[J, U]"""
    message: Array
    """[1 + L, J] weight per message, in the segments and periods that a functional covers."""
    reached: Array
    """[R, K, Q]"""
    basket_reached: Array
    """[R, U]"""
    reach_periods: Array
    """[R, T]"""
    reach_weight: Array
    """[1 + L, R, S] weight per customer reached."""


def message_scopes(functionals: tuple[Functional, ...]) -> tuple[Float, Float, Float]:
    """Coverage rows [J, K, Q] and [J, U] of distinct message scopes, and weights [1 + L, J] of a message."""
    keys: dict[bytes, int] = {}
    rows: list[tuple[Float, Float]] = []
    entries: list[tuple[int, int, float]] = []
    for number, functional in enumerate(functionals):
        for row, basket, weight in zip(
            functional.contact_targeted, functional.contact_basket, functional.message, strict=True
        ):
            key = row.tobytes() + basket.tobytes()
            if key not in keys:
                keys[key] = len(rows)
                rows.append((row, basket))
            entries.append((number, keys[key], float(weight)))
    first = functionals[0]
    weights = np.zeros((len(functionals), len(rows)))
    for number, scope, weight in entries:
        weights[number, scope] += weight
    cells = np.array([row for row, _ in rows]).reshape(-1, *first.contact_targeted.shape[1:])
    return cells, np.array([basket for _, basket in rows]).reshape(-1, first.contact_basket.shape[1]), weights


def reach_scopes(functionals: tuple[Functional, ...]) -> tuple[Float, Float, Float, Float]:
    """Coverage rows [R, K, Q] and [R, U] of reach scopes, periods [R, T], and weights [1 + L, R, S]."""
    used = [number for number, functional in enumerate(functionals) if functional.reached]
    first = functionals[0]
    weights = np.zeros((len(functionals), len(used), len(first.segments)))
    for scope, number in enumerate(used):
        weights[number, scope] = functionals[number].reached * functionals[number].segments
    rows = np.array([functionals[n].reached_targeted for n in used]).reshape(-1, *first.reached_targeted.shape)
    baskets = np.array([functionals[n].reached_basket for n in used]).reshape(-1, len(first.reached_basket))
    periods = np.array([functionals[n].periods for n in used]).reshape(-1, len(first.periods))
    return rows, baskets, periods, weights
