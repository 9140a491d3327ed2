"""Bounds that a limit is tried under, on the way from one that is enough to one that is too little."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

CLOSE = Decimal("0.005")
"""A bisection ends where the bound is known to this share of what was asked."""


def closeness(asked: Decimal, enough: Decimal) -> Decimal:
    """How near two bounds are that are told as one."""
    return CLOSE * max(abs(asked), abs(enough), Decimal(1))


def nearest_of(too_little: Sequence[Decimal], enough: Decimal, asked: Decimal) -> Decimal:
    """The nearest bound under which no plan was found, between what was asked and what is enough.

    A plan may use less than a bound under which none was found: then that bound says nothing any more.
    """
    low, high = sorted((asked, enough))
    return min((bound for bound in too_little if low <= bound <= high), key=lambda bound: abs(enough - bound))


def short_of(enough: Decimal, nearest: Decimal, step: Decimal) -> Decimal:
    """A bound a step short of one that is enough, and not beyond one that is too little."""
    return nearest if abs(enough - nearest) <= step else enough + step * (1 if nearest > enough else -1)


def between(one: Decimal, other: Decimal) -> Decimal:
    """The middle of two bounds, of those that differ by multiples on a log scale."""
    low, high = sorted((one, other))
    return (low * high).sqrt() if 0 < 4 * low < high else (low + high) / 2
