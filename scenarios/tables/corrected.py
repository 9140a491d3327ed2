"""A baseline multiplied by a planner's factors, the orders behind it, and what is said of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import Product, Segment
from scenarios.problems import InvalidInput
from scenarios.response.baskets import Baskets
from scenarios.tables.baseline_times import BaselineTimes


@dataclass(frozen=True, kw_only=True, eq=False)
class Corrected:
    """A baseline as the planner corrects it."""

    units: Float
    """[..., S, K, T] expected units with no promotion at all."""
    grown: dict[str, float]
    """By segment id: its sales over what they were, at regular prices."""
    notes: tuple[str, ...] = ()

    def orders(self, baskets: Baskets | None) -> Baskets | None:
        """Return the orders behind the sales: as many more as each segment sells more."""
        return None if baskets is None else baskets.times(self.grown)


SMALL = 0.6
"""Factors below this may be meant as so much more."""


def corrected(
    units: Float, times: BaselineTimes | None, segments: Sequence[Segment], products: Sequence[Product]
) -> Corrected:
    """Multiply a baseline [..., S, K, T], each ensemble member alike; without factors it stays as it is.

    Raises
    ------
    InvalidInput
        Where rows name segments that are not there, or contradict each other once segments are known.
    """
    if times is None:
        return Corrected(units=units, grown={})
    factor, problems = times.placed(tuple(one.id for one in segments), len(products), units.shape[-1])
    if problems:
        raise InvalidInput(problems)
    product = units * factor
    before, after = (each.reshape(-1, *each.shape[-3:]).mean(axis=0) for each in (units, product))
    price = np.array([float(one.price or 0) for one in products])
    worth, now = ((each.sum(axis=-1) @ price).tolist() for each in (before, after))
    grown = {one.id: new / old for one, old, new in zip(segments, worth, now, strict=True) if old > 0}
    said = _said(factor[before > 0], times.title, float(before.sum()), float(after.sum()))
    return Corrected(units=product, grown=grown, notes=(said, *times.notes))


def _said(factors: Float, title: str, before: float, after: float) -> str:
    low, high = (f"{end:.4g}" for end in (factors.min(initial=np.inf), factors.max(initial=0.0)))
    by = "nothing" if not factors.size else low if low == high else f"{low} to {high}"
    said = f"baseline times {by} by {title}: {after:,.0f} units in place of {before:,.0f}"
    smallest = float(factors.min(initial=np.inf))
    if smallest >= SMALL:
        return said
    less, more = f"{100 * smallest:.4g}%", f"{100 + 100 * smallest:.4g}%"
    return f"{said}; {less} of it is what is left there ({less} more is written {more})"
