"""Goods that a segment hardly buys: what it answers to an offer on them was learned of others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.first_few import first_few
from surrogate.scoring.axes import Axes

LITTLE = 0.25
"""A segment hardly buys goods of which its share is below so much of its share of all goods."""


def little_bought(axes: Axes, segment: str, numbers: Sequence[int]) -> tuple[str, ...]:
    """Say that a segment hardly buys some products, where it does.

    One network answers for all goods and segments: where a segment buys next to nothing, its own purchases correct
    nothing, and held-out weeks, which are weighed by what was sold, hardly judge it.

    Parameters
    ----------
    axes
        The scenario beside the model.
    segment
        Id of one.
    numbers
        Places of the products that are spoken of; none of an offer on orders.
    """
    ids = axes.model.groups.ids
    if segment not in ids or not numbers:
        return ()
    base = axes.model.groups.base.mean(axis=0)
    goods = np.unique(axes.index[list(numbers)])
    own, of = float(base[ids.index(segment), goods].sum()), float(base[:, goods].sum())
    share, usual = own / max(of, 1e-9), float(base[ids.index(segment)].sum()) / max(float(base.sum()), 1e-9)
    if not share < LITTLE * usual:
        return ()
    names = first_few([axes.products[number].id for number in numbers])
    return (
        f"{segment} hardly buys {names}: {own:,.0f} units a week, {share:.0%} of what all segments buy of it, and "
        f"{usual:.0%} of all goods. What it answers there is mostly read off what others answer; its interval is as "
        "wide as theirs, and may be too narrow.",
    )
