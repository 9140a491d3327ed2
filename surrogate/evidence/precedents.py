"""Precedents: past promotions that an estimate leans on, as sums over customers that people can check.

Items of one product that were promoted alike in one week are one precedent: how deep, how many items, and how units
moved against the usual. Sums over fewer customers than the smallest group may have are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.words import Mechanic
from surrogate.evidence.terms.panel import Panel
from surrogate.shelf.cells import ItemRows, Shelf
from surrogate.shelf.mechanics import KINDS
from surrogate.shelf.promoted import is_promoted
from surrogate.stored_sizes import Holds

BANDS = (0.045, 0.115, 0.175, 0.235, 0.285, 0.385, 0.545)
"""Edges of the depths that count as alike: half points, because cuts are whole ones, which rounded prices blur."""
SHOWN = 5
"""Precedents that are named beside an effect, at most."""
_OTHER_PRODUCT, _OTHER_SHOWN, _OLD = 1.0, 0.5, 0.004
"""What makes a precedent farther, in units of 10 points of log price: another product, display or mailer that the offer
lacks (or the reverse), and every week of age."""
_BLOCK = 1 << 21
"""Rows that are looked at together, so that tens of millions need little memory on top."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Precedents:
    """Past promotions. N of them."""

    product: Annotated[Int, Holds(axes="past", least=0, below="C")]
    """[N] index of the model's product."""
    kind: Annotated[Int, Holds(axes="past", least=0, below=len(KINDS))]
    """[N] index into `surrogate.shelf.mechanics.KINDS`."""
    week: Annotated[Int, Holds(axes="past")]
    """[N] week number."""
    saving: Annotated[Float, Holds(axes="past")]
    """[N] mean share off the price."""
    shown: Annotated[Float, Holds(axes="past")]
    """[N] mean share of the stores with a display or mailer."""
    items: Annotated[Int, Holds(axes="past")]
    """[N] shelf items, or for coupons 0."""
    units: Annotated[Float, Holds(axes="past")]
    """[N] sold under it; for coupons, bought by contacted customers."""
    usual: Annotated[Float, Holds(axes="past")]
    """[N] what these items would have sold unpromoted; for coupons, the units bought with the coupon."""


@dataclass(frozen=True, kw_only=True)
class Precedent:
    """One past promotion."""

    product: int
    kind: int
    week: int
    saving: float
    shown: float
    items: int
    units: float
    usual: float
    distance: float


def shelf_precedents(shelf: Shelf, panel: Panel, rows: ItemRows, *, least: int) -> Precedents:
    """Gather price cuts, displays and mailers by product, week and depth.

    Parameters
    ----------
    shelf
        What was promoted.
    panel
        What was sold and what was usual, on the same items and weeks.
    rows
        Who bought it.
    least
        Sums over fewer customers are left out.
    """
    shown = np.maximum(shelf.display, shelf.mailer)
    band = np.digitize(shelf.depth, BANDS)
    marked = is_promoted(shown)
    on = ((band > 0) | marked) & panel.usable
    item, week = np.nonzero(on)
    key = np.stack([shelf.category[item], week, band[item, week], marked[item, week].astype(np.int64)], axis=1)
    pools, place = np.unique(key, axis=0, return_inverse=True)
    place = place.ravel()
    count = len(pools)
    usual = panel.base[item] * item_levels(panel)[item, week]

    def total(values: Float) -> Float:
        return np.bincount(place, values, count).astype(np.float64)

    weight = total(usual)
    units = total(panel.units[item, week])
    saving = total(usual * shelf.depth[item, week]) / np.maximum(weight, 1e-9)
    pool = np.full(on.shape, -1)
    pool[item, week] = place
    keep = (buyers(rows, pool, int(shelf.weeks[0]), count) >= least) & (weight > 0)
    kinds = np.where(pools[:, 2] > 0, KINDS.index(Mechanic.PRICE_DISCOUNT), KINDS.index(Mechanic.FEATURE))
    return Precedents(
        product=pools[keep, 0].astype(np.int64),
        kind=kinds[keep].astype(np.int64),
        week=shelf.weeks[pools[keep, 1]].astype(np.int64),
        saving=np.round(saving[keep], 3),
        shown=np.round((total(usual * shown[item, week]) / np.maximum(weight, 1e-9))[keep], 3),
        items=total(np.ones(len(item)))[keep].astype(np.int64),
        units=np.round(units[keep], 1),
        usual=np.round(weight[keep], 1),
    )


def buyers(rows: ItemRows, pool: Int, first_week: int, count: int) -> Int:
    """Return how many customers [count] bought in each pool of item weeks.

    Parameters
    ----------
    rows
        Purchases.
    pool
        [I, T] number of the pool, -1 where none.
    first_week
        Number of the first week.
    count
        How many pools there are.
    """
    size = int(rows.customer.max(initial=0)) + 1
    found = [np.zeros(0, dtype=np.int64)]
    for start in range(0, rows.customer.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        item, week = rows.item[block], rows.week[block].astype(np.int64) - first_week
        inside = (week >= 0) & (week < pool.shape[1]) & (rows.quantity[block] > 0) & (rows.customer[block] >= 0)
        here = pool[item[inside], week[inside]]
        customers = rows.customer[block][inside].astype(np.int64)
        found.append(np.unique((here * size + customers)[here >= 0]))
    return np.bincount(np.unique(np.concatenate(found)) // size, minlength=count)


def item_levels(panel: Panel) -> Float:
    """Return each item's slow level [I, T] around its mean: units over expected, five months wide, shrunk to 1."""
    weeks = panel.units.shape[1]
    expected = panel.base[:, None] * panel.bump
    reach = np.abs(np.arange(weeks)[:, None] - np.arange(weeks)[None, :]) <= 10
    sold = (panel.units * panel.usable) @ reach
    foreseen = (expected * panel.usable) @ reach
    return np.asarray((sold + 20.0) / (foreseen + 20.0))


def joined(parts: Sequence[Precedents]) -> Precedents:
    """Return precedents of several sources as one record."""
    names = ("product", "kind", "week", "saving", "shown", "items", "units", "usual")
    return Precedents(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def nearest(
    found: Precedents,
    *,
    products: Sequence[int],
    kinds: Sequence[int],
    saving: float,
    shown: float,
) -> tuple[Precedent, ...]:
    """Return the `SHOWN` past promotions that resemble an offer most, the nearest first.

    Parameters
    ----------
    found
        All precedents of a model.
    products
        The model's products that are asked about.
    kinds
        Mechanics that count as the same.
    saving
        The offer's share off the price.
    shown
        Share of the stores that the offer shows in.
    """
    same = np.isin(found.kind, list(kinds))
    apart = np.abs(np.log1p(-np.minimum(found.saving, 0.95)) - np.log1p(-min(saving, 0.95))) / 0.10
    other = _OTHER_PRODUCT * ~np.isin(found.product, list(products))
    beside = _OTHER_SHOWN * (is_promoted(found.shown) != is_promoted(np.array(shown)))
    last = int(found.week.max()) if found.week.size else 0
    distance = apart + other + beside + _OLD * (last - found.week)
    order = [int(number) for number in np.argsort(np.round(distance, 9), kind="stable") if same[number]][:SHOWN]
    return tuple(
        Precedent(
            product=int(found.product[n]),
            kind=int(found.kind[n]),
            week=int(found.week[n]),
            saving=float(found.saving[n]),
            shown=float(found.shown[n]),
            items=int(found.items[n]),
            units=float(found.units[n]),
            usual=float(found.usual[n]),
            distance=float(distance[n]),
        )
        for n in order
    )
