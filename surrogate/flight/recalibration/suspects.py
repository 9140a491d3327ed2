"""Whose belief may be far off: what sales moved furthest beyond it, few, as each is explained by a fit of its own."""

from __future__ import annotations

from collections.abc import Mapping

MOST = 3
"""Most suspects."""


def suspected(moved: Mapping[int, float], beyond: float) -> tuple[int, ...]:
    """Return the numbers of products or offers that are suspected, the furthest first.

    Parameters
    ----------
    moved
        By number: how far the product's baseline, or the offer's lift, is off, in standard deviations of its belief.
    beyond
        How far it must be.
    """
    far = sorted((-abs(shift), number) for number, shift in moved.items() if abs(shift) > beyond)
    return tuple(number for _, number in far[:MOST])
