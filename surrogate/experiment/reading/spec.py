"""The experiment file (strict YAML, ``kind: experiment``): who was offered what by chance, and what they then did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from scenarios.language.checks.unwritten import unwritten
from scenarios.language.schema_problems import explain
from scenarios.language.schemas.offer import Offer
from scenarios.language.slips.misread import with_misread
from scenarios.language.text.strict_yaml import read_on
from scenarios.language.values import Id, Money, Positive, Record, refused
from scenarios.language.words import Layer, Mechanic
from scenarios.problems import InvalidInput, Places, Problem, did_you_mean, in_file_order, shown
from surrogate.data.offer_terms import WITH_ORDERS, OfferTerms

KIND = "experiment"


def _text(value: Any) -> Any:
    """Read a value of the data: files hold text, YAML may write it as a number."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Word = Annotated[str, BeforeValidator(_text)]


class OfferInData(OfferTerms):
    """An offer of the experiment: how the data names it, and its mechanic with the parameters of a scenario's offer."""

    is_: Word = Field(alias="is")
    """Value of the offer column."""
    layer: Layer = Layer.TARGETED
    gift: Id | None = None
    worth: Money | None = None

    @model_validator(mode="after")
    def _learned(self) -> OfferInData:
        if self.mechanic is Mechanic.GIFT and self.spend is not None:
            raise refused("no spend for a gift: only gifts on products are learned", remedy=WITH_ORDERS)
        return self

    def as_offer(self, name: str) -> Offer:
        """Return the offer as a scenario would write it; its checks are the scenario's."""
        given = {key: value for key in ("gift", "worth") if (value := getattr(self, key)) is not None}
        return self.offer(name, layer=self.layer, **given)


class FeatureColumns(Record):
    """Columns that were known before the offer went out."""

    numeric: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    """Words, such as searches: hashed into a fixed number of columns."""

    @property
    def every(self) -> tuple[str, ...]:
        """All columns, in order."""
        return (*self.numeric, *self.categorical, *self.text)


class Outcome(Record):
    """What customers did after the offer."""

    column: str
    kind: Literal["binary", "amount"] = "amount"
    """binary: 0 or 1; amount: units, orders or money, at least 0."""


class ProductOutcome(Record):
    """Which outcome says how much of a scenario's product was sold."""

    outcome: Id
    units: Annotated[float, Field(gt=0)] = 1.0
    """Units that an outcome of 1 stands for."""
    money: bool = False
    """The outcome is money paid: units are the amount over ``price``."""
    price: Money | None = None
    """Regular price of a unit, tax included."""

    @model_validator(mode="after")
    def _priced(self) -> ProductOutcome:
        if self.money and not (self.price is not None and self.price > 0):
            raise ValueError("a price above 0 where the outcome is money, to turn it into units")
        return self


class ExperimentSpec(Record):
    """What to read, which columns mean what, and what the offers were."""

    kind: Literal["experiment"]
    file: str
    """CSV (also .gz) or Parquet; one row a customer and wave."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    """What separates the columns of a CSV file."""
    decimal_mark: Literal[".", ","] = "."
    """How numbers that are written as text mark their decimals."""
    customer: str | None = None
    """Column of customer ids; without it each row is another customer."""
    wave: str | None = None
    """Column that tells repeats of the experiment apart."""
    offer: str
    """Column that says what the customer got."""
    none: Word
    """Its value for customers who got nothing."""
    offers: dict[Id, OfferInData]
    ignored: tuple[Word, ...] = ()
    """Values of the offer column whose rows are left out."""
    features: FeatureColumns
    outcomes: dict[Id, Outcome]
    products: dict[Id, ProductOutcome]
    days: Positive
    """Length of the window in which outcomes were counted, in days."""
    propensity: str | dict[Id, str] | None = None
    """Column with each customer's probability of the offer (several offers: column by offer); without it, the
    shares of each wave."""
    redeemed: str | None = None
    """Column with 1 where the customer used the offer: it teaches take-up, and is never a feature."""
    redeemed_is: Literal["flag", "units"] = "flag"
    """Whether it flags customers who used the offer on one unit at least, or counts the units bought with it."""
    assigned: str | None = None
    """Column with the time at which the customer's arm was drawn."""
    measured: dict[str, str] = Field(default_factory=dict)
    """Feature column -> column with the time at which it was measured: must lie before ``assigned``."""
    after_offer: tuple[str, ...] = ()
    """Columns that were made after the offer (opened, clicked): never read as features."""
    before_offer: tuple[str, ...] = ()
    """Features that look made after the offer, and that you know were not."""
    average_order: Money | None = None
    """Value of the average order, for offers whose saving is an amount off an order."""
    customers: Positive | None = None
    """Customers that the experiment stands for; without it, those who are in it."""
    min_segment_size: Positive = 50

    @model_validator(mode="after")
    def _coherent(self) -> ExperimentSpec:
        problem = next(_incoherent(self), None)
        if problem is not None:
            raise ValueError(problem)
        return self

    @property
    def chances(self) -> dict[str, str]:
        """Column of each offer's probability; empty where the file gives none."""
        if isinstance(self.propensity, str):
            return dict.fromkeys(self.offers, self.propensity)
        return self.propensity or {}

    @property
    def arms(self) -> dict[str, int]:
        """Arm by value of the offer column: 0 is none, a the a-th offer."""
        return {self.none: 0} | {offer.is_: number for number, offer in enumerate(self.offers.values(), start=1)}


def _incoherent(spec: ExperimentSpec) -> Iterator[str]:
    """Say what does not fit together, in words that follow ``expected``."""
    if not spec.offers:
        yield "at least one offer under offers"
    values = [spec.none, *(offer.is_ for offer in spec.offers.values()), *spec.ignored]
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        yield f"each value of the offer column to mean one thing, but {twice[0]!r} stands twice"
    if isinstance(spec.propensity, str) and len(spec.offers) > 1:
        yield "propensity: {OFFER: COLUMN, ...} with a column for each offer, where there are several"
    if isinstance(spec.propensity, dict) and set(spec.propensity) != set(spec.offers):
        yield f"propensity to name the offers {', '.join(spec.offers)}, got {', '.join(spec.propensity) or 'none'}"
    if not spec.features.every:
        yield "at least one column under features"
    if len(set(spec.features.every)) < len(spec.features.every):
        column = next(one for one in spec.features.every if spec.features.every.count(one) > 1)
        yield f"each feature column once, but {column} stands twice"
    roles: dict[str | None, str] = {
        spec.offer: "the offer",
        spec.redeemed: "the redemption",
        spec.customer: "the customer id",
        spec.wave: "the wave",
        spec.assigned: "the time of the draw",
    }
    roles |= {outcome.column: f"the outcome {name}" for name, outcome in spec.outcomes.items()}
    roles |= dict.fromkeys(spec.after_offer, "made after the offer")
    roles |= dict.fromkeys(spec.chances.values(), "a propensity")
    for column in spec.features.every:
        if column in roles:
            yield f"features known before the offer, but {column} is {roles[column]}: delete it under features"
    if not spec.outcomes:
        yield "at least one outcome under outcomes"
    if not spec.products:
        yield "products: at least one product of the scenario and the outcome that says how much of it was sold"
    for name, product in spec.products.items():
        if product.outcome not in spec.outcomes:
            remedy = did_you_mean(product.outcome, spec.outcomes)
            yield f"products.{name}.outcome to be one of the outcomes, got {product.outcome} ({remedy})"
    for column in (*spec.measured, *spec.before_offer):
        if column not in spec.features.every:
            yield f"measured and before_offer to name features, got {column}"
    if spec.redeemed is None and spec.redeemed_is != "flag":
        yield "redeemed: the column that holds the units, where redeemed_is says units"
    if spec.measured and spec.assigned is None:
        yield "assigned: the column with the time of the draw, where measured gives times of features"


def is_experiment(path: Path | str) -> bool:
    """Say whether a data file describes an experiment; what cannot be read is left to its own reader."""
    raw, _, _ = read_on(Path(path))
    return isinstance(raw, dict) and raw.get("kind") == KIND


def read_experiment_spec(path: Path | str) -> ExperimentSpec:
    """Read and check an experiment file.

    Raises
    ------
    InvalidInput
        With every problem found, each with file and line.
    """
    raw, places, misread = read_on(Path(path))
    if not isinstance(raw, dict):
        raise InvalidInput([_at(places, (), "experiment file", "keys such as kind and file", shown(raw))])
    problems: list[Problem] = []
    try:
        spec = ExperimentSpec.model_validate(raw)
    except ValidationError as error:
        found = (problem for _, problem in explain(error, ExperimentSpec, raw, places))
        problems = [replace(each, what="experiment file") if each.what == "scenario" else each for each in found]
    problems = with_misread([*problems, *unwritten(raw, places, problems)], misread)
    if problems:
        raise InvalidInput(in_file_order(problems, str(path)))
    for name, offer in spec.offers.items():
        try:
            offer.as_offer(name)
        except ValidationError as error:
            problems += _problems(places, error, ("offers", name))
    if problems:
        raise InvalidInput(problems)
    return spec


def _at(places: Places, path: tuple[str | int, ...], what: str, expected: str, got: str, remedy: str = "") -> Problem:
    return Problem(where=places.at(path), what=what, expected=expected, got=got, remedy=remedy)


def _plain(message: str) -> str:
    """Return pydantic's own words so that they follow "expected"."""
    words = message.removeprefix("Value error, ").removeprefix("Input should be ")
    return f"a number {words}" if words.startswith(("greater", "less")) else words


def _problems(places: Places, error: ValidationError, above: tuple[str | int, ...]) -> Iterator[Problem]:
    for detail in error.errors():
        path = (*above, *(part for part in detail["loc"] if isinstance(part, str | int)))
        context = detail.get("ctx", {})
        expected = str(context.get("expected") or _plain(detail["msg"]))
        whole = path == above or isinstance(detail["input"], dict)
        got = str(context.get("got") or "") or ("" if whole else shown(detail["input"]))
        remedy = str(context.get("remedy") or "")
        yield _at(places, path, ".".join(map(str, path)), expected, got, remedy)
