"""The closed word lists of the scenario language."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

BASKET = "basket"
"""The word that stands for the whole basket where a line or a table names a product."""
ANONYMOUS = "anonymous"
"""Segment of sales without a customer: public offers reach it, targeted ones never."""
EVERYBODY = "*"
"""The word that stands for all segments in a public line."""


class Unit(StrEnum):
    """Length of a period."""

    DAY = "day"
    WEEK = "week"


class Weekday(StrEnum):
    """Days of a week, from Monday on."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @classmethod
    def of(cls, day: dt.date) -> Weekday:
        """Return the day of the week of a date."""
        return list(cls)[day.weekday()]


class Mechanic(StrEnum):
    """Kind of a promotion (design vocabulary: section "mechanic")."""

    PRICE_DISCOUNT = "price_discount"
    FLASH_SALE = "flash_sale"
    COUPON = "coupon"
    GIFT = "gift"
    BUNDLE = "bundle"
    FEATURE = "feature"
    THRESHOLD = "threshold"
    FREE_SHIPPING = "free_shipping"

    @property
    def is_basket(self) -> bool:
        """Whether the mechanic always acts on whole baskets; of an offer `Offer.is_basket` says it, of gifts too."""
        return self in (Mechanic.THRESHOLD, Mechanic.FREE_SHIPPING)


class Layer(StrEnum):
    """Who a slot speaks to: everybody, or one segment."""

    PUBLIC = "public"
    TARGETED = "targeted"


class Measure(StrEnum):
    """Anything that a plan uses up or earns, net of tax."""

    UNITS = "units"
    ORDERS = "orders"
    REVENUE = "revenue"
    MARGIN = "margin"
    PROFIT = "profit"
    DISCOUNT = "discount"
    DISCOUNT_ON_BASE = "discount_on_base"
    VENDOR_FUNDING = "vendor_funding"
    CASH_COST = "cash_cost"
    GROSS_SPEND = "gross_spend"
    SPEND = "spend"
    MAX_LIABILITY = "max_liability"
    CONTACTS = "contacts"
    USES = "uses"
    GIFTS = "gifts"
    CUSTOMERS_REACHED = "customers_reached"
    LINES = "lines"
    MARGIN_RATE = "margin_rate"
    ROI = "roi"

    @classmethod
    def read(cls, word: str) -> Measure | str:
        """Read a limit's word: a measure, or the name of a custom measure as it stands."""
        return cls(word) if word in set(cls) else word

    @property
    def words(self) -> str:
        """The measure in a sentence: ``customers reached``."""
        return self.value.replace("_", " ")


COUNTS = frozenset(
    {
        Measure.UNITS,
        Measure.ORDERS,
        Measure.USES,
        Measure.GIFTS,
        Measure.CONTACTS,
        Measure.CUSTOMERS_REACHED,
        Measure.LINES,
    }
)
"""Measures in units, orders, customers or lines."""
RATIOS = frozenset({Measure.MARGIN_RATE, Measure.ROI})
"""Measures that are one sum over another, so that they do not add up over lines."""
