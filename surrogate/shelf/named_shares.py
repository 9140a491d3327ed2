"""How much of what is sold while a public coupon, bundle or gift runs is bought with it, where rows name their offer.

Counted among customers who held no targeted offer on the same goods then: who had a better one did not choose.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from scenarios.arrays import Flag
from scenarios.language.words import Layer, Mechanic
from surrogate.data.events import Events
from surrogate.shelf.past_offers import EVERYBODY
from surrogate.shelf.taken_shares import LEAST

NAMED = (Mechanic.COUPON, Mechanic.BUNDLE, Mechanic.GIFT)
"""Mechanics on goods that not everybody uses who buys these, as the rows of the till tell."""


def named_shares(events: Events) -> dict[str, float]:
    """Return by mechanic the share of units sold under public offers on goods that their rows name.

    Of a mechanic that no row names, or under which fewer than `LEAST` units were sold, nothing is said.
    """
    found = dict[str, float]()
    for mechanic in NAMED:
        sold = named_rows(events, mechanic)
        units, used = (float(sold[name].sum()) for name in ("quantity", "used"))
        if used > 0 and not (units < LEAST):
            found[mechanic.value] = round(used / units, 4)
    return found


def named_rows(events: Events, mechanic: Mechanic) -> pd.DataFrame:
    """Return customer (-1: nobody's), product, week, quantity, used: what was sold while public offers of a kind ran.

    ``used`` are the units of rows that name one.
    """
    mine = [
        number
        for number, offer in enumerate(events.past_offers.values())
        if Layer(offer.layer) is Layer.PUBLIC and Mechanic(offer.mechanic) is mechanic
    ]
    columns = ["product", "day", "week", "offer", "quantity"]
    sold = pd.concat(
        [events.sales[["customer", *columns]], events.nobodys[columns].assign(customer=EVERYBODY)], ignore_index=True
    )
    named = sold["offer"].isin(mine)
    sold = sold.assign(used=sold["quantity"].where(named, 0.0))
    kept = ["customer", "product", "week", "quantity", "used"]
    if not named.any():
        return sold.iloc[:0][kept]
    names = [list(events.past_offers)[number] for number in mine]
    runs = events.offers[events.offers["offer"].isin(names) & (events.offers["product"] >= 0)]
    here = sold[_during(sold, runs[runs["customer"] == EVERYBODY].drop(columns="customer"), ["product"])]
    sent = events.offers[(events.offers["customer"] != EVERYBODY) & events.offers["product"].isin(runs["product"])]
    return here[~_during(here, sent, ["customer", "product"])][kept]


def _during(rows: pd.DataFrame, runs: pd.DataFrame, by: list[str]) -> Flag:
    """Whether each row's day lies inside some run of the same customer and product."""
    spans = runs[[*by, "first_day", "last_day"]].drop_duplicates()
    pairs = rows[[*by, "day"]].assign(row=np.arange(len(rows))).merge(spans, on=by)
    inside = pairs["day"].between(pairs["first_day"], pairs["last_day"])
    found = np.zeros(len(rows), dtype=bool)
    found[pairs.loc[inside, "row"].to_numpy(dtype=np.int64)] = True
    return found
