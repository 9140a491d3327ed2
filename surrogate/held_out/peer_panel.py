"""The panel that the network's peers are fitted on: the same weeks, segments, items and promotions."""

from __future__ import annotations

import numpy as np

from surrogate.effects.described import Described
from surrogate.held_out.held import mean_counted
from surrogate.held_out.peers import Panel, deal_features
from surrogate.held_out.tested import Tested
from surrogate.shelf.cells import ItemRows, Shelf


def item_panel(seen: Described, tested: Tested, rows: ItemRows, shelf: Shelf, *, cut: int) -> Panel:
    """Return shelf items in segments: what was sold up to the cut, what ran up to the end.

    Parameters
    ----------
    seen
        Customers and promotions as known at the end of week ``cut``.
    tested
        Segments of the customers as they were then, and sales without a customer.
    rows, shelf
        Of all weeks.
    """
    plain = seen.plain(shelf)
    before = plain.window(0, cut)
    units, count, deals = tested.units(seen, rows, before), tested.count, tested.deals(seen)
    declared = deal_features(deals, len(shelf.names), int(shelf.weeks[0]), shelf.weeks.size, count)
    shown = np.stack([plain.depth, plain.display, plain.mailer], axis=-1)
    common = np.broadcast_to(shown, (count, *shown.shape))
    return Panel(
        units=np.where(before.counted, units, mean_counted(units, before)),  # no predictor learns from closed weeks
        promotions=np.concatenate([common, declared], axis=-1),
        category=shelf.category,
        features=tested.features(seen, rows, before),
    )
