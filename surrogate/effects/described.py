"""What training knows at the end of one week: customers, coupons and past offers, by what happened up to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from scenarios.arrays import Float
from surrogate.data.events import Events
from surrogate.digits import to_digits
from surrogate.effects.day_split import Days, lay_days
from surrogate.people.profiles import Features, Scale, build_features, fit_scale
from surrogate.people.segments import Segmentation
from surrogate.shelf.cells import ItemRows, Shelf, units_by_group
from surrogate.shelf.coupons import CouponRows, find_coupon_rows
from surrogate.shelf.deal_cells import DealCells, PastOffers
from surrogate.shelf.goods import goods_of
from surrogate.shelf.past_offers import lay_out_offers
from surrogate.shelf.usual_purchases import usual_purchases


@dataclass(frozen=True, kw_only=True, eq=False)
class Described:
    """Customers and promotions as the purchases up to one week show them. N customers, F features."""

    week: int
    """Number of that week."""
    features: Features
    scale: Scale
    scaled: Float
    """[N, F] normalised features."""
    coupons: CouponRows
    offers: PastOffers | None
    """Declared past offers; None where the data file declares none."""
    order: float
    """Typical order value."""
    days: Days | None
    """Declared public offers by day; None where the data file declares none."""

    def deals(self, group: Mapping[int, int], groups: int) -> DealCells | None:
        """Return where declared offers ran and what share of each group of customers they reached."""
        return None if self.offers is None else self.offers.by_group(group, groups)

    def plain(self, shelf: Shelf) -> Shelf:
        """Return a shelf with only those discounts that no declared offer explains."""
        return shelf if self.offers is None else self.offers.shelf_without(shelf)

    def marked(self, shelf: Shelf) -> Shelf:
        """Return a shelf that says where declared offers ran."""
        return shelf if self.offers is None else replace(shelf, offered=self.offers.offered)


def describe(
    events: Events, shelf: Shelf, *, week: int, scale: Scale | None = None, features: Features | None = None
) -> Described:
    """Describe customers and promotions by what happened up to a week.

    Parameters
    ----------
    events
        What was bought and promoted.
    shelf
        All weeks of the data; declared offers are laid out on all of them, by usual sales up to ``week``.
    week
        Number of the last week that describes customers.
    scale
        Normalisation of features; fitted by default.
    features
        Of customers as known at the end of that week; described here by default.
    """
    features = build_features(events, shelf.categories, last_week=week) if features is None else features
    scale = scale or fit_scale(features)
    orders = events.orders[events.orders["week"] <= week]
    order = float(orders["paid"].mean()) if len(orders) else 1.0
    offers, days = None, None
    if events.past_offers:
        goods = goods_of(events, shelf, settle_until=week)
        visits = events.visits[events.visits["week"] <= week]
        past = replace(
            events,
            daily=events.daily[events.daily["day"] <= week * 7 + 7],
            sales=events.sales[events.sales["week"] <= week],
        )
        offers = lay_out_offers(past, shelf, goods, order=order, usual=usual_purchases(visits))
        days = lay_days(events, shelf, goods, order=order, until=week)
    return Described(
        week=week,
        features=features,
        scale=scale,
        scaled=scale.rounded(features.raw),
        coupons=find_coupon_rows(events, shelf.categories, last_week=week),
        offers=offers,
        order=order,
        days=days,
    )


def segment_inputs(segments: Segmentation, seen: Described, rows: ItemRows, shelf: Shelf) -> tuple[Float, Float, Float]:
    """Return units [S, I, T], mean features [S, F] and customers [S]."""
    count = len(segments.ids)
    units = units_by_group(rows, shelf, segments.groups(seen.features), count)
    means = np.stack([seen.scaled[segments.label == number].mean(axis=0) for number in range(count)])
    return units, to_digits(means), np.bincount(segments.label, minlength=count).astype(float)
