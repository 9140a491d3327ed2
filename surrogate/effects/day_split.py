"""What public offers do inside a week: days with an offer against the other days of the same week.

A week's total hides a two-day offer on all baskets behind the week's own level. Given the total, the split over days
needs no level at all: units of a product fall on day d with probability proportional to

    usual share of the weekday * sum over groups of (share of the group's sales * exp(bump of d))

with the tiredness of that very day. Offers on orders are told from what all orders of a day are worth.
"""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd

from scenarios.language.words import Layer
from surrogate.data.events import Events
from surrogate.effects.deals import deal_bump, sum_into
from surrogate.effects.network import Array, EffectNet, depth_ramps
from surrogate.shelf.cells import Shelf
from surrogate.shelf.goods import worth_of
from surrogate.shelf.mechanics import Terms
from surrogate.shelf.past_offers import EVERYBODY, Spot, spots
from surrogate.shelf.run_days import usual_days
from surrogate.shelf.tiredness import tiredness

WEEK = 7


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
    return Days(
        units=units.astype(np.float64),
        worth=np.bincount(goods["item"], worth_of(goods) * goods["share"], items),
        usual=usual_days(daily, runs),
        kind=np.array([one.kind for one in terms], dtype=np.int64),
        ramps=depth_ramps(np.array([one.saving for one in terms])),
        level=np.array([one.level for one in terms]),
        category=np.append(shelf.category, len(shelf.categories))[place],
        item=place,
        cell=place * weeks * WEEK + day - first,
        share=np.array([row[2] for row in rows]) * (day <= last),
        tired=np.array([row[3] for row in rows]),
        sent=np.zeros(len(rows)),
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

    Units of each item [I, T] tell what offers on products do, the worth of all orders [T] what offers on orders do.
    """
    days: Days = cells.days
    items, weeks = days.units.shape[:2]
    size = items * weeks * WEEK
    places: Any = days  # all that it asks of deals
    hidden = net.hidden_state(cells.features, jnp)
    span = cells.span[(days.cell // WEEK) % weeks]
    bump = deal_bump(net, item_response, cells.features, hidden, net.weights(hidden, jnp), places, span, jnp)
    gain = days.share * jnp.expm1(net.fresh(days.tired, jnp) * bump)
    sums = sum_into(gain, days.cell, size + weeks * WEEK, jnp)
    own = jnp.log1p(sums[:, :size]).reshape(len(gain), items, weeks * WEEK)
    shelf = jnp.log(jnp.einsum("ci,git->gct", cells.membership, jnp.exp(own)))
    kept = own - net.switched(jnp)[cells.category][None, :, None] * shelf[:, cells.category, :]
    basket = jnp.log1p(sums[:, size:])[:, None, :]
    level = jax.lax.stop_gradient(base)
    who = jax.nn.softmax(level, axis=0)

    def expected(log_lift: Array) -> Array:
        lift = jnp.exp(log_lift)
        lift = lift.reshape(len(lift), -1, weeks, WEEK)
        return jnp.einsum("git,gitd->itd", who, jnp.broadcast_to(lift, (len(lift), items, weeks, WEEK))) * days.usual

    units = expected(kept + jax.lax.stop_gradient(basket))
    share = jnp.log(units) - jnp.log(units.sum(axis=2, keepdims=True))
    products = jnp.sum(cells.row_weight[:, :, None] * days.units * share)
    whole = jnp.exp(jax.nn.logsumexp(level, axis=0))[:, :, None]
    worth = jnp.sum(days.worth[:, None, None] * whole * expected(jax.lax.stop_gradient(kept) + basket), axis=0)
    share = jnp.log(worth) - jnp.log(worth.sum(axis=1, keepdims=True))
    sold = jnp.sum(days.worth[:, None, None] * days.units, axis=0)
    return -products - jnp.sum(cells.row_weight.mean(axis=0)[:, None] * sold * share)
