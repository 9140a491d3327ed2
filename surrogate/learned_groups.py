"""Segments as the model keeps them: their features, their level of demand at the end of the data, their orders."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from surrogate.baskets import order_bins
from surrogate.category_response import to_digits
from surrogate.cells import ItemRows, Shelf
from surrogate.described import Described
from surrogate.fit import Member
from surrogate.held_out import segment_inputs
from surrogate.levels import last_level, persistence
from surrogate.model import LearnedGroups
from surrogate.segments import Segmentation

Float = NDArray[np.float64]


def learned_groups(
    members: tuple[Member, ...],
    segments: Segmentation,
    seen: Described,
    rows: ItemRows,
    shelf: Shelf,
    *,
    spread: Float,
    orders: pd.DataFrame,
) -> LearnedGroups:
    """Return the segments of a trained model.

    Parameters
    ----------
    members
        The final fit.
    segments, seen, rows, shelf
        As known at the end of the data.
    spread
        [S] relative standard deviation of levels.
    orders
        As in `surrogate.events.Events.orders`.
    """
    plain = seen.plain(shelf)
    units, means, customers = segment_inputs(segments, seen, rows, plain)
    deals = seen.deals(segments.groups(seen.features), len(segments.ids))
    lasting = persistence(rows, last_week=int(shelf.weeks[-1]))
    levels = np.stack(
        [last_level(member, plain, units, means, customers, lasting=lasting, deals=deals) for member in members]
    )
    base = np.stack(
        [levels[:, :, shelf.category == number].sum(axis=2) for number in range(len(shelf.categories))], axis=2
    )
    raw = np.stack([_mean_known(seen.features.raw[segments.label == number]) for number in range(len(segments.ids))])
    return LearnedGroups(
        ids=segments.ids,
        names=segments.names,
        customers=customers.astype(np.int64),
        features=means,
        raw=to_digits(raw),
        base=to_digits(base),
        base_cv=to_digits(np.repeat(spread[:, None], len(shelf.categories), axis=1)),
        orders=order_bins(orders, segments.groups(seen.features), len(segments.ids)),
        least_visits=segments.least_visits,
        stability=segments.stability,
    )


def _mean_known(raw: Float) -> Float:
    known = np.isfinite(raw)
    return np.where(known.any(axis=0), np.where(known, raw, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1), np.nan)
