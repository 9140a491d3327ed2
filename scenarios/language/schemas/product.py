"""Who buys and what is sold: segments and products, written out, in tables, or learned."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from scenarios.language.price_share import MoneyOrShare
from scenarios.language.spoken import Words
from scenarios.language.values import (
    Count,
    Day,
    FineMoney,
    Id,
    Money,
    Number,
    Positive,
    Record,
    Share,
    refused,
)
from scenarios.language.words import ANONYMOUS


def _feature(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refused("a number or a word")
    return value


def _above_zero(value: Any) -> Any:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and value <= 0:
        raise refused("a price above 0")
    return value


class Segment(Record):
    """A group of customers with one profile."""

    id: Id
    """Short name that tables, lines and scopes use."""
    name: Words | None = None
    """Name for people, in any script."""
    customers: Positive
    """How many customers belong to the segment."""
    profile: dict[str, Annotated[float | str, BeforeValidator(_feature)]] = Field(default_factory=dict)
    """What describes the segment: any numbers or words by feature name."""

    @property
    def known(self) -> bool:
        """Whether its customers are known: nobody can be sent anything or counted where sales have no customer."""
        return self.id != ANONYMOUS

    @property
    def size(self) -> str:
        """How many customers, for people."""
        people = f"{self.customers:,} customers"
        return people if self.known else f"what about {people} buy, of whom nobody is known"


class SegmentTable(Record):
    """Segments from a CSV file: columns id, customers, optional name; every other column is a profile feature."""

    table: str
    """CSV file, relative to the scenario."""


class LearnSpec(Record):
    """How segments are learned from behaviour data."""

    count: Annotated[Positive, Field(le=40)] | None = None
    """Number of segments; left out, the data decides."""
    min_size: Positive = 50
    """Smallest number of customers of a learned segment; smaller groups join ``rest``."""


class LearnedSegments(Record):
    """Segments are learned from the behaviour data; customers that no segment takes become ``rest``."""

    learn: LearnSpec = LearnSpec()
    """How to learn them; ``{}`` takes the defaults."""


def _first_day(value: Any) -> Any:
    """Refuse stock by date: what is there on the first day is one number, what comes later are arrivals."""
    if isinstance(value, dict):
        remedy = "write what comes later under arrivals"
        raise refused("the units there on the first day, a whole number", remedy=remedy)
    return value


_LEFT_OUT = ("tax_rate", "return_rate", "return_cost", "last_sale")
"""Keys that are written only where they are given, so that plans without any keep their bytes and hashes."""


class Product(Record):
    """What is sold. ``price`` includes tax; ``unit_cost`` is net. ``price`` may be missing where data holds it."""

    id: Id
    """Short name that tables, lines and scopes use."""
    name: Words | None = None
    """Name for people, in any script."""
    category: Words
    """Group of products for scopes; products of one category are rivals unless ``rivals`` says otherwise."""
    price: Annotated[Money, BeforeValidator(_above_zero), AfterValidator(_above_zero)] | None = None
    """Regular shelf price of one unit, tax included."""
    unit_cost: MoneyOrShare
    """Cost of one unit, net of tax: an amount, or a share of the net price such as 68%."""
    stock: Annotated[Count | None, BeforeValidator(_first_day)] = None
    """Units there on the first day; left out, supply is unlimited."""
    arrivals: dict[Day, Count] = Field(default_factory=dict)
    """Units that arrive later, by date."""
    last_sale: Day | None = None
    """Last day on which the product is sold, where it leaves the range: nothing is bought ahead of later days."""
    rivals: Words | None = None
    """Name of the group of products that take sales from each other; the category by default."""
    vendor: Id | None = None
    """Who supplies the product."""
    units_per_use: Annotated[Number, Field(ge=0.001, le=1_000_000)] = 1.0
    """Units that one use of a coupon or gift spans."""
    tax_rate: Share | None = None
    """Tax in this product's price, where it is not that of ``money``."""
    return_rate: Share | None = None
    """Share of this product's sold units that come back, where it is not that of ``money``."""
    return_cost: FineMoney | None = None
    """What one unit of it that comes back costs, where it is not that of ``money``."""

    @model_serializer(mode="wrap")
    def _without_absent(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave keys out that are not given and came later than the first files."""
        data: dict[str, Any] = serialise(self)
        return {key: value for key, value in data.items() if value is not None or key not in _LEFT_OUT}


class ProductTable(Record):
    """Products from a CSV file: the fields of Product as columns (arrivals as ``2026-11-06:1500;2026-11-09:200``)."""

    table: str
    """CSV file, relative to the scenario."""
