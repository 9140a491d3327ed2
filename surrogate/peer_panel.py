"""The panel that the network's peers are fitted on: the same weeks, segments, items and promotions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from surrogate.cells import Shelf
from surrogate.first_fit import FirstFit
from surrogate.held_out import segment_inputs
from surrogate.peers import Panel, deal_features

Float = NDArray[np.float64]


def item_panel(first: FirstFit) -> Panel:
    """Return shelf items in the tested segments: what was sold up to the cut, what ran up to the end."""
    plain = first.seen.plain(first.shelf)
    before = plain.window(0, first.cut)
    units, means, _ = segment_inputs(first.segments, first.seen, first.rows, before)
    segments = len(first.segments.ids)
    deals = first.seen.deals(first.segments.groups(first.seen.features), segments)
    weeks = first.shelf.weeks
    declared = deal_features(deals, len(first.shelf.names), int(weeks[0]), weeks.size, segments)
    shown = np.stack([plain.depth, plain.display, plain.mailer], axis=-1)
    common = np.broadcast_to(shown, (segments, *shown.shape))
    return Panel(
        units=units,
        promotions=np.concatenate([common, declared], axis=-1),
        category=first.shelf.category,
        features=means,
    )


def category_panel(items: Panel, shelf: Shelf) -> Panel:
    """Return the panel of whole categories: units summed, promotions weighted by the items' share in value."""
    inside = (np.arange(len(shelf.categories))[:, None] == shelf.category[None]).astype(float)
    return Panel(
        units=np.einsum("ci,sit->sct", inside, items.units),
        promotions=np.einsum("ci,sitp->sctp", inside * shelf.weight, items.promotions),
        category=np.arange(len(shelf.categories)),
        features=items.features,
    )
