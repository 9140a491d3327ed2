"""What public offers do inside a week: days with an offer against the other days of the same week.

A week's total hides a two-day offer on all baskets behind the week's own level. Given the total, the split over days
needs no level at all: units of a product fall on day d with probability proportional to

    usual share of the weekday * sum over groups of (share of the group's sales * exp(bump of d))

with the tiredness of that very day. Offers on orders are told from what all orders of a day are worth.

Only what lies near an offer is computed: items in the weeks in which something of their category is on offer, and weeks
with an offer on orders. Anywhere else the split is the usual one, whatever the weights are.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd

from scenarios.arrays import Int
from scenarios.language.words import Layer
from surrogate.data.events import Events
from surrogate.effects.deals import deal_bump
from surrogate.effects.depths import depth_ramps
from surrogate.effects.network import Array, EffectNet
from surrogate.shelf.cells import Shelf
from surrogate.shelf.goods import worth_of
from surrogate.shelf.mechanics import Terms
from surrogate.shelf.past_offers import EVERYBODY, Spot, spots
from surrogate.shelf.run_days import usual_days
from surrogate.shelf.tiredness import tiredness

WEEK = 7


class Near(eqx.Module):
    """What public offers may move inside a week.

    D offer-days, N items in weeks in which their category has an offer on products, M categories in such weeks, V weeks
    with an offer on orders.
    """

    item: Array
    """[N]"""
    week: Array
    """[N] index of the week."""
    shelf: Array
    """[N] which of M the item belongs to."""
    category: Array
    """[M]"""
    order_week: Array
    """[V] index of the week."""
    ordered: Array
    """[N] which of V the week is; V where it has no offer on orders."""
    place: Array
    """[D] place in an array [N + V, 7]."""
    first: Array
    """[U] the first day of every offer in every place and week."""
    alike: Array
    """[D] which of U the day is one of: but for what customers remember its offer does the same."""


class Days(eqx.Module):
    """Public offers by day. D offer-days, I items, T weeks."""

    units: Array
    """[I, T, 7] units of all customers."""
    worth: Array
    """[I] what a unit counts in an order (`surrogate.shelf.goods.worth_of`)."""
    usual: Array
    """[7] usual share of a weekday."""
    kind: Array
    """[D] index into `surrogate.shelf.mechanics.KINDS`."""
    ramps: Array
    """[D, R]"""
    level: Array
    """[D] basket offers: log of the order value asked for over the typical one; 0 on products."""
    category: Array
    """[D] index of the category; their number stands for the basket."""
    item: Array
    """[D] index of the item; their number stands for the basket."""
    cell: Array
    """[D] place in an array [I + 1, T, 7]."""
    share: Array
    """[D] share of the item's value that is on offer."""
    tired: Array
    """[D] earlier promoted days that customers remember."""
    sent: Array
    """[D] 0: nothing here is sent to named customers."""
    near: Near
    """What the offers may move."""


def lay_days(events: Events, shelf: Shelf, goods: pd.DataFrame, *, order: float, until: int) -> Days:
    """Lay public offers out by day; those after a week number reach nothing, and sales after it are left out.

    The later ones keep their places: both fits of a training then have one shape, and are compiled once.

    Parameters
    ----------
    events
        For ``offers``, ``past_offers`` and ``daily``.
    shelf
        Items and weeks.
    goods
        As `surrogate.shelf.goods.goods_of` returns them.
    order
        Typical order value.
    until
        Last week number that is looked at.
    """
    first, last, end = (int(week) * WEEK for week in (shelf.weeks[0], until + 1, shelf.weeks[-1] + 1))
    first += 1
    items, weeks = len(shelf.names), shelf.weeks.size
    daily = events.daily[events.daily["product"].isin(goods.index) & events.daily["day"].between(first, last)]
    item = goods["item"].reindex(daily["product"]).to_numpy(dtype=np.int64)
    spot = item * weeks * WEEK + daily["day"].to_numpy(dtype=np.int64) - first
    units = np.bincount(spot, daily["quantity"], items * weeks * WEEK).reshape(items, weeks, WEEK)
    public = [key for key, offer in events.past_offers.items() if Layer(offer.layer) is Layer.PUBLIC]
    runs = events.offers[events.offers["offer"].isin(public) & (events.offers["customer"] == EVERYBODY)]
    days = _by_day(runs, first, end)
    rows: list[tuple[int, int, float, float, Terms]] = []
    known: dict[tuple[str, int], list[Spot]] = {}  # an offer runs on one product day after day
    columns = (days[column].tolist() for column in ("offer", "product", "day", "tired"))
    for name, product, day, tired in zip(*columns, strict=True):
        if (name, product) not in known:
            known[name, product] = spots(events.past_offers[name], product, items, goods, order)
        rows += [(place, day, share, tired, terms) for place, share, terms in known[name, product]]
    terms = [row[4] for row in rows]
    place, day = (np.array([row[column] for row in rows], dtype=np.int64) for column in (0, 1))
    cell = place * weeks * WEEK + day - first
    return Days(
        units=units.astype(np.float64),
        worth=np.bincount(goods["item"], worth_of(goods) * goods["share"], items),
        usual=usual_days(daily, runs),
        kind=np.array([one.kind for one in terms], dtype=np.int64),
        ramps=depth_ramps(np.array([one.saving for one in terms])),
        level=np.array([one.level for one in terms]),
        category=np.append(shelf.category, len(shelf.categories))[place],
        item=place,
        cell=cell,
        share=np.array([row[2] for row in rows]) * (day <= last),
        tired=np.array([row[3] for row in rows]),
        sent=np.zeros(len(rows)),
        near=_near(cell, terms, shelf),
    )


def _near(cell: Int, terms: list[Terms], shelf: Shelf) -> Near:
    """Return what offers of given terms [D] in places [D] of an array [I + 1, T, 7] may move."""
    items, weeks, categories = len(shelf.names), shelf.weeks.size, len(shelf.categories)
    item, week = cell // WEEK // weeks, cell // WEEK % weeks
    of_orders = item == items
    order_week = np.unique(week[of_orders])
    pair = np.unique(shelf.category[item[~of_orders]] * weeks + week[~of_orders])
    on = np.zeros((categories, weeks), dtype=bool)
    on[pair // weeks, pair % weeks] = True
    near_item, near_week = np.nonzero(on[shelf.category])
    row = np.full((items + 1, weeks), -1)
    row[near_item, near_week] = np.arange(near_item.size)
    row[items, order_week] = near_item.size + np.arange(order_week.size)
    different = {one: number for number, one in enumerate(dict.fromkeys(terms))}
    which = np.array([different[one] for one in terms], dtype=np.int64)
    _, first, alike = np.unique(which + len(different) * (cell // WEEK), return_index=True, return_inverse=True)
    known = np.append(order_week, weeks)
    ordered = np.searchsorted(order_week, near_week)
    return Near(
        item=near_item,
        week=near_week,
        shelf=np.searchsorted(pair, shelf.category[near_item] * weeks + near_week),
        category=pair // weeks,
        order_week=order_week,
        ordered=np.where(known[ordered] == near_week, ordered, order_week.size),
        place=row[item, week] * WEEK + cell % WEEK,
        first=first,
        alike=alike,
    )


def _by_day(runs: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return offer, product, day, tired: one row a day of a public run from ``first`` to ``last``."""
    spans = [np.arange(a, b + 1) for a, b in zip(runs["first_day"], runs["last_day"], strict=True)]
    days = pd.DataFrame(
        {
            "offer": np.repeat(runs["offer"].to_numpy(), [len(span) for span in spans]),
            "product": np.repeat(runs["product"].to_numpy(dtype=np.int64), [len(span) for span in spans]),
            "day": np.concatenate(spans) if spans else np.zeros(0, dtype=np.int64),
        }
    ).drop_duplicates()
    single = days.assign(run=np.arange(len(days)), first_day=days["day"], last_day=days["day"], unnamed=True)
    nobody = pd.DataFrame({"run": np.zeros(0, dtype=np.int64), "customer": np.zeros(0, dtype=np.int64)})
    tired = tiredness(single, nobody) if len(days) else np.zeros(0)
    days = days.assign(tired=tired)
    return days[days["day"].between(first, last)]


def split_loss(net: EffectNet, item_response: Array, cells: Any, base: Array) -> Array:
    """Multinomial loss of the split of a week's sales over its days; ``base`` [G, I, T] is the log baseline.

    Units of items near an offer tell what offers on products do, the worth of all orders of a week what offers on
    orders do.
    """
    days: Days = cells.days
    near, weeks = days.near, days.units.shape[1]
    hidden = net.hidden_state(cells.features, jnp)
    asked = ("kind", "ramps", "level", "category", "item", "sent")
    places: Any = SimpleNamespace(**{name: getattr(days, name)[near.first] for name in asked})
    span = cells.span[(days.cell[near.first] // WEEK) % weeks]
    bump = deal_bump(net, item_response, cells.features, hidden, net.weights(hidden, jnp), places, span, jnp)
    gain = days.share * jnp.expm1(net.fresh(days.tired, jnp) * bump[:, near.alike])
    rows, shelves, orders = near.item.size, near.category.size, near.order_week.size
    sums = jnp.zeros(((rows + orders) * WEEK, len(gain))).at[near.place].add(gain.T)
    lifts = jnp.log1p(sums).reshape(rows + orders, WEEK, len(gain))
    own, basket = lifts[:rows], lifts[rows:]
    weight = cells.membership.sum(axis=0)[near.item][:, None, None]
    shelf = jnp.log(jnp.zeros((shelves, WEEK, len(gain))).at[near.shelf].add(weight * jnp.exp(own)))
    kept = own - net.switched(jnp)[cells.category[near.item]][:, None, None] * shelf[near.shelf]
    level = jax.lax.stop_gradient(base)
    here = level[:, near.item, near.week].T
    return -_of_products(cells, kept, basket, here) - _of_orders(cells, kept, basket, level, here)


def _of_products(cells: Any, kept: Array, basket: Array, level: Array) -> Array:
    """Log likelihood of the days on which items near an offer on products were bought.

    ``kept`` [N, 7, G] and ``basket`` [V, 7, G] are log lifts, ``level`` [N, G] log baselines.
    """
    days: Days = cells.days
    near = days.near
    around = jnp.concatenate([jax.lax.stop_gradient(basket), jnp.zeros((1, *basket.shape[1:]))])
    lift = jnp.exp(kept + around[near.ordered])
    units = jnp.einsum("ng,ndg->nd", jax.nn.softmax(level, axis=1), lift) * days.usual
    share = jnp.log(units) - jnp.log(units.sum(axis=1, keepdims=True))
    counted = cells.row_weight[near.item, near.week][:, None] * days.units[near.item, near.week]
    return jnp.sum(counted * share)


def _of_orders(cells: Any, kept: Array, basket: Array, level: Array, here: Array) -> Array:
    """Log likelihood of the days of weeks with an offer on orders, by what all orders of a day are worth.

    ``level`` [G, I, T] are log baselines, ``here`` [N, G] those near an offer on products.
    """
    days: Days = cells.days
    near = days.near
    usually = jnp.einsum("i,giw->wg", days.worth, jnp.exp(level[:, :, near.order_week]))
    more = days.worth[near.item][:, None, None] * jnp.exp(here)[:, None] * jnp.expm1(jax.lax.stop_gradient(kept))
    brought = jnp.zeros((near.order_week.size + 1, *basket.shape[1:])).at[near.ordered].add(more)[:-1]
    worth = jnp.sum((usually[:, None] + brought) * jnp.exp(basket), axis=2) * days.usual
    share = jnp.log(worth) - jnp.log(worth.sum(axis=1, keepdims=True))
    sold = jnp.einsum("i,iwd->wd", days.worth, days.units[:, near.order_week])
    return jnp.sum(cells.row_weight.mean(axis=0)[near.order_week][:, None] * sold * share)
