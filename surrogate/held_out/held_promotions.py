"""What ran in held-out weeks, item by item: the strongest mechanic, and how far it is from what training saw."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.words import Mechanic
from surrogate.effects.described import Described
from surrogate.shelf.cells import Shelf
from surrogate.shelf.deal_cells import DealCells
from surrogate.shelf.mechanics import KINDS
from surrogate.shelf.promoted import is_promoted
from surrogate.shelf.support import Support, find_support

NOTHING = -1
_SHARE_STEP = 0.25
"""Share of the stores, beyond the largest seen, that makes a distance of 1 for displays and mailers."""
_LEAST = 0.02


def strongest_promotions(seen: Described, shelf: Shelf, deals: DealCells | None, *, cut: int) -> tuple[Int, Float]:
    """Return the strongest mechanic [I, T] of the weeks after ``cut`` and its distance from the weeks before [I, T].

    Parameters
    ----------
    seen
        Promotions as known at the end of week ``cut``.
    shelf
        All weeks.
    deals
        Declared offers by item and week, with what they reached; None where there are none.
    """
    plain = seen.plain(shelf)
    before, after = (plain.window(*span) for span in ((0, cut), (cut + 1, int(shelf.weeks[-1]))))
    support = find_support(seen.marked(shelf).window(0, cut), seen.coupons, seen.offers)
    shown = np.maximum(after.display, after.mailer)
    strength = np.maximum(after.depth, shown)
    feature = KINDS.index(Mechanic.FEATURE)
    mechanic = np.where(after.depth >= shown, KINDS.index(Mechanic.PRICE_DISCOUNT), feature)
    distance = np.maximum(_depth_distance(support, after), _shown_distance(before, after))
    if deals is not None:
        late = deals.window(int(after.weeks[0]), int(after.weeks[-1]))
        reached = late.share.mean(axis=0)
        for cell in np.argsort(reached, kind="stable"):
            item, week = int(late.item[cell]), int(late.week[cell] - after.weeks[0])
            if item == len(shelf.names):
                continue  # on the basket: every item, hence no item's mechanic
            kind, saving = late.kind[cell], late.saving[cell]
            far = float(support.distance(np.array(kind), np.array(shelf.category[item]), np.array(saving)))
            distance[item, week] = max(distance[item, week], far if reached[cell] >= _LEAST else 0.0)
            if reached[cell] >= strength[item, week]:
                strength[item, week], mechanic[item, week] = reached[cell], kind
    return np.where(is_promoted(strength), mechanic, NOTHING).astype(np.int64), distance


def _depth_distance(support: Support, after: Shelf) -> Float:
    """Return the distance of shelf discounts [I, T], in whole points of depth."""
    points = np.round(after.depth, 2)
    category = np.broadcast_to(after.category[:, None], points.shape)
    pairs, place = np.unique(np.stack([category.ravel(), points.ravel()], axis=1), axis=0, return_inverse=True)
    kind = np.array(KINDS.index(Mechanic.PRICE_DISCOUNT))
    far = support.distance(kind, pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.float64))
    return np.where(points >= _LEAST, far[place.ravel()].reshape(points.shape), 0.0)


def _shown_distance(before: Shelf, after: Shelf) -> Float:
    """Return by how much displays and mailers [I, T] reach more stores than any of the category did."""
    out = np.zeros(after.depth.shape)
    for name in ("display", "mailer"):
        most = np.zeros(len(before.categories))
        np.maximum.at(most, before.category, getattr(before, name).max(axis=1))
        out = np.maximum(out, (getattr(after, name) - most[after.category][:, None]) / _SHARE_STEP)
    return out
