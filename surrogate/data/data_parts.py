"""The parts of a data file: which file holds what, and what its columns are called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from scenarios.language.price_share import MoneyOrShare
from scenarios.language.schemas.offer import Offer
from scenarios.language.values import Record, Share, refused
from scenarios.language.words import Layer, Mechanic
from surrogate.data.files.text_encoding import Encoding
from surrogate.data.files.time_formats import TimeFormat
from surrogate.data.offer_terms import WITH_ORDERS, OfferTerms


def _names(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _one_sign(delimiter: str) -> str:
    """Return what separates columns, as it is; refused where it is more or less than one sign."""
    if len(delimiter) != 1:
        raise refused("one sign that separates the columns", remedy=r'write ",", ";", "|" or "\t" for a tab')
    return delimiter


Names = Annotated[tuple[str, ...], BeforeValidator(_names), Field(min_length=1)]
"""One name or a list of names."""
_SETTINGS = frozenset(
    {"file", "encoding", "delimiter", "decimal_mark", "time_format", "cancelled", "returned_status", "since", "until"}
)


class DataPart(Record):
    """A table in one or several CSV or Parquet files, with the names of its columns."""

    file: Names
    """A file, a list of files, a folder of Parquet or CSV parts, or a pattern such as sales-*.parquet."""
    encoding: Encoding = "utf-8"
    """How the text of a CSV file is written in bytes."""
    delimiter: Annotated[str, AfterValidator(_one_sign)] = ","
    """What separates the columns of a CSV file."""
    decimal_mark: Literal[".", ","] = "."
    """How the numbers of a CSV file are written."""
    time_format: TimeFormat | None = None
    """How times are written where they are not 2026-11-01 or 2026-11-01 18:30: ``%d.%m.%Y``."""

    @property
    def label(self) -> str:
        """The file's name in messages."""
        return self.file[0] if len(self.file) == 1 else f"{self.file[0]} and {len(self.file) - 1} more"

    def columns(self) -> Iterator[tuple[str, str]]:
        """Yield (key of the data file, column name) of every mapped column."""
        for key, value in self:
            if key in _SETTINGS or value is None:
                continue
            for name in value if isinstance(value, tuple) else (value,):
                yield key, name

    @model_validator(mode="after")
    def _distinct(self) -> DataPart:
        """No column can be two things at once."""
        seen: dict[str, str] = {}
        for key, name in self.columns():
            if name in seen:
                got = f"{seen[name]} and {key} both name {name}" if seen[name] != key else f"{name} twice under {key}"
                raise refused("a column of its own for every key", got=got, remedy="map each key to its own column")
            seen[name] = key
        return self


class TransactionsFile(DataPart):
    """Purchases: one row an article on a receipt."""

    customer: str
    time: str
    product: str
    quantity: str
    paid: str
    """What the customer paid for the row, after every discount."""
    shelf_discount: str | None = None
    """What the public shelf price took off the row (at least 0)."""
    list_price: str | None = None
    """Regular price of one unit before every discount, in place of ``shelf_discount``, which then follows from it."""
    coupon_discount: str | None = None
    """What a coupon took off the row (at least 0)."""
    basket: str | None = None
    """Receipt number; without it a customer's day is one basket."""
    store: str | None = None
    status: str | None = None
    """State of the order; rows whose state is under ``cancelled`` never happened, those under ``returned_status`` are
    returns."""
    cancelled: Names | None = None
    """States that mean a cancelled order."""
    returned_status: Names | None = None
    """States that mean returned goods."""
    returned: str | None = None
    """Marks returned goods (blank, 0, no or false: kept); a negative quantity or amount is a return without it."""
    currency: str | None = None
    """Currency of the row's amounts; more than one is refused."""
    offer_used: str | None = None
    """Which of ``past_offers`` the row was bought under, where the till knows; blank: none."""
    order_offer_used: str | None = None
    """Which of ``past_offers`` on baskets the whole receipt used; blank: none."""

    @model_validator(mode="after")
    def _states(self) -> TransactionsFile:
        if (self.status is None) != (self.cancelled is None and self.returned_status is None):
            raise refused(
                "status together with cancelled or returned_status",
                got="only one of them",
                remedy="write status: the column, cancelled: [the states that mean a cancelled order], "
                "returned_status: [those that mean returned goods]",
            )
        both = sorted(set(self.cancelled or ()) & set(self.returned_status or ()))
        if both:
            raise refused("other states under returned_status than under cancelled", got=f"{both[0]} under both")
        if self.list_price is not None and self.shelf_discount is not None:
            raise refused(
                "shelf_discount or list_price", got="both", remedy="keep one: either says what the shelf price took off"
            )
        return self


class ProductsFile(DataPart):
    """Product master data: its category, and the line (brand and type) that goes on deal together."""

    product: str
    category: str
    line: str | None = None
    private: str | None = None
    """Marks the retailer's own brands (blank, 0, no or false: not)."""


class DemographicsFile(DataPart):
    """What is known about customers: columns of numbers, and columns of words such as a city."""

    customer: str
    numeric: Names | None = None
    categorical: Names | None = None
    """Each word that enough customers share becomes a feature of its own."""
    segment: str | None = None
    """In which of the retailer's own segments the customer is; none are learned then. Blank: in none."""
    known_since: str | None = None
    """Day on which the row became known; rows from after ``train_until`` are refused."""

    @property
    def words(self) -> tuple[str, ...]:
        """Columns of words: who is in which segment tells the network something, too."""
        return (*(self.categorical or ()), *((self.segment,) if self.segment is not None else ()))

    @model_validator(mode="after")
    def _some(self) -> DemographicsFile:
        if self.numeric is None and not self.words:
            expected, remedy = "numeric or categorical columns, or segment", "name the columns, or leave it out"
            raise refused(expected, got="none of them", remedy=remedy)
        return self


class PromotionsFile(DataPart):
    """Displays and mailers: one row a product, store and day or week; blank, 0 or false is none."""

    product: str
    time: str
    store: str | None = None
    display: str | None = None
    mailer: str | None = None


class MailingsFile(DataPart):
    """Targeted coupons sent: one row a customer and product, with the days they were valid."""

    customer: str
    product: str
    first_day: str
    last_day: str


class OffersFile(DataPart):
    """Which past offer ran where: one row an offer, product (blank: everything) and customer (blank: everybody)."""

    offer: str
    first_day: str
    last_day: str
    product: str | None = None
    category: str | None = None
    """A category of ``files.products``: with a blank product, the row is about all products of it."""
    customer: str | None = None


class HoldoutFile(DataPart):
    """Customers whom chance left out of a targeted past offer that they would have been sent."""

    customer: str
    offer: str | None = None
    """Which of ``past_offers``; blank, or without the column: every targeted one."""
    first_day: str | None = None
    """First day of the run that left the customer out; blank, or without the column: every run of the offer."""
    since: dt.date | None = None
    """Rows without a run of their own are about runs that began on this day or later ..."""
    until: dt.date | None = None
    """... and on this day at the latest."""

    @model_validator(mode="after")
    def _some_days(self) -> HoldoutFile:
        if self.since is not None and self.until is not None and not (self.since <= self.until):
            raise refused("since on or before until", got=f"since {self.since}, until {self.until}")
        return self


class StockFile(DataPart):
    """Stock by product and day, or by store as well; days with none sold nothing because nothing was there."""

    product: str
    time: str
    stock: str


class BrowsingFile(DataPart):
    """Pages that customers looked at, one row a visit."""

    customer: str
    time: str
    product: str | None = None
    minutes: str | None = None


class SearchesFile(DataPart):
    """Words that customers searched for."""

    customer: str
    time: str
    words: str


class ExposuresFile(DataPart):
    """Messages and advertisements that customers saw."""

    customer: str
    time: str
    channel: str | None = None
    text: str | None = None


class DataFiles(Record):
    """The customer's own files; only transactions and products are needed."""

    transactions: TransactionsFile
    products: ProductsFile
    demographics: DemographicsFile | None = None
    promotions: PromotionsFile | None = None
    mailings: MailingsFile | None = None
    offers: OffersFile | None = None
    holdout: HoldoutFile | None = None
    stock: StockFile | None = None
    browsing: BrowsingFile | None = None
    searches: SearchesFile | None = None
    exposures: ExposuresFile | None = None

    def parts(self) -> Iterator[tuple[str, DataPart]]:
        """Yield the name and record of every part that is given."""
        for name, part in self:
            if part is not None:
                yield name, part


class PastOffer(OfferTerms):
    """What an offer of ``files.offers`` was: a mechanic with its parameters, as in a scenario."""

    layer: Layer = Layer.PUBLIC
    gift_value: MoneyOrShare | None = None
    """What the gift was worth to the customer, an amount or (points) a share of the price."""
    coverage: Share = 1.0
    """Share of the customers that were contacted, where the file does not name them."""

    def as_offer(self, name: str) -> Offer:
        """Return the offer in the scenario's words; a gift has its worth, and any name."""
        gift = {} if self.gift_value is None else {"gift": "gift", "worth": self.gift_value}
        return self.offer(name, layer=self.layer, **gift)

    @model_validator(mode="after")
    def _parameters(self) -> PastOffer:
        """Each mechanic takes exactly its own parameters: the same ones as a scenario's offer."""
        if self.gift_value is None and self.mechanic is Mechanic.GIFT:
            raise refused("the parameter gift_value for a gift", got="none", remedy="add what the gift was worth")
        if self.mechanic is Mechanic.GIFT and self.spend is not None:
            raise refused("no spend for a past gift: only gifts on products are learned", remedy=WITH_ORDERS)
        gift = {} if self.gift_value is None else {"gift": "gift", "worth": self.gift_value}
        self.offer("past", **gift)
        return self
