"""The scenario: the question that a planner asks, as frozen records (one YAML file).

Every key of the scenario language is a field here; `scenarios.load` reads and cross-checks files, `scenarios.grid`
turns a resolved scenario into index arrays. Money is net or gross as the field says; shares are 0 to 1.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from scenarios.rule_schema import Lines, Rule
from scenarios.scope import Scope
from scenarios.values import (
    Count,
    DateSpan,
    Id,
    Money,
    Number,
    Positive,
    Record,
    Share,
    SignedMoney,
    by_shape,
    parse_money,
    parse_share,
    refused,
)
from scenarios.words import Layer, Measure, Mechanic, Unit


class Horizon(Record):
    """The time that is planned: ``periods`` days or weeks from ``start`` on."""

    start: dt.date
    periods: Annotated[Positive, Field(le=1000)]
    unit: Unit = Unit.DAY

    @model_validator(mode="after")
    def _calendar(self) -> Horizon:
        if not (1970 <= self.start.year <= 2199):
            raise refused("a start between the years 1970 and 2199", got=str(self.start))
        return self

    @property
    def period_days(self) -> int:
        """Days in one period."""
        return 7 if self.unit is Unit.WEEK else 1

    def date_of(self, period: int) -> dt.date:
        """First day of a period (0-based; negative periods lie before the horizon)."""
        return self.start + dt.timedelta(days=period * self.period_days)

    def period_of(self, day: dt.date) -> int:
        """Period that holds a day; negative before the horizon, >= periods after it."""
        return (day - self.start).days // self.period_days

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """First day of every period."""
        return tuple(self.date_of(period) for period in range(self.periods))


class MoneyTerms(Record):
    """Rates between what the customer pays and what the retailer keeps."""

    tax_rate: Share = 0.0
    return_rate: Share = 0.0
    fee_rate: Share = 0.0


def _feature(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refused("a number or a word")
    return value


class Segment(Record):
    """A group of customers with one profile."""

    id: Id
    name: str | None = None
    customers: Positive
    profile: dict[str, Annotated[float | str, BeforeValidator(_feature)]] = Field(default_factory=dict)


class SegmentTable(Record):
    """Segments from a CSV file: columns id, customers, optional name; every other column is a profile feature."""

    table: str


class LearnSpec(Record):
    """How segments are learned from behaviour data."""

    count: Annotated[Positive, Field(le=40)] | None = None
    min_size: Positive = 50


class LearnedSegments(Record):
    """Segments are learned from the behaviour data; customers that no segment takes become ``rest``."""

    learn: LearnSpec = LearnSpec()


def _cost(value: Any) -> Any:
    """Read a unit cost: an amount, or a share of the price when written with a percent sign."""
    if isinstance(value, str) and value.strip().endswith("%"):
        share = parse_share(value)
        if not (0 <= share <= 1):
            raise refused("an amount of money, or a share of the price between 0% and 100%")
        return CostShare(share=share)
    if isinstance(value, CostShare | dict):
        return value
    amount = parse_money(value)
    if not (amount >= 0):
        raise refused("an amount of at least 0")
    return amount


class CostShare(Record):
    """A unit cost written as a share of the price net of tax, ``68%``."""

    share: Share


class Product(Record):
    """What is sold. ``price`` includes tax; ``unit_cost`` is net. ``price`` may be missing where data holds it."""

    id: Id
    name: str | None = None
    category: str
    price: Money | None = None
    unit_cost: Annotated[Money | CostShare, BeforeValidator(_cost)]
    stock: Count | None = None
    arrivals: dict[dt.date, Count] = Field(default_factory=dict)
    rivals: str | None = None
    vendor: Id | None = None
    units_per_use: Annotated[Number, Field(gt=0)] = 1.0


class ProductTable(Record):
    """Products from a CSV file: the fields of Product as columns (arrivals as ``2026-11-06:1500;2026-11-09:200``)."""

    table: str


class AppliesTo(Record):
    """Where an offer may be chosen; an empty list of keys means everywhere."""

    products: tuple[Id, ...] | None = None
    categories: tuple[str, ...] | None = None
    segments: tuple[Id, ...] | None = None
    periods: tuple[DateSpan, ...] | None = None


class Funding(Record):
    """A vendor pays a share of a line's discount, gift and fixed cost."""

    vendor: Id
    share: Share


def _levels(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


class Offer(Record):
    """A mechanic with its parameters. Prices, savings and thresholds include tax; ``fixed_cost`` is net, per line."""

    id: Id
    name: str | None = None
    mechanic: Mechanic
    layer: Layer = Layer.PUBLIC
    depth: Share | None = None
    price: Money | None = None
    value: Money | None = None
    spend: Money | None = None
    save: Money | None = None
    gift: Id | None = None
    worth: Money | None = None
    buy: Positive | None = None
    get: Positive | None = None
    coverage: Annotated[tuple[Share, ...], BeforeValidator(_levels)] = (1.0,)
    channel: Id | None = None
    funding: Funding | None = None
    fixed_cost: Money = Decimal(0)
    max_run: Positive | None = None
    stacks: bool = False
    applies_to: AppliesTo = AppliesTo()

    @model_validator(mode="after")
    def _parameters(self) -> Offer:
        """Each mechanic takes exactly its own parameters."""
        allowed: dict[Mechanic, list[set[str]]] = {
            Mechanic.PRICE_DISCOUNT: [{"depth"}, {"price"}],
            Mechanic.FLASH_SALE: [{"depth"}, {"price"}],
            Mechanic.COUPON: [{"depth"}, {"value"}],
            Mechanic.GIFT: [{"gift"}, {"gift", "worth"}],
            Mechanic.BUNDLE: [{"buy", "get"}],
            Mechanic.FEATURE: [set()],
            Mechanic.THRESHOLD: [{"spend", "save"}],
            Mechanic.FREE_SHIPPING: [{"spend", "value"}, {"value"}],
        }
        names = ("depth", "price", "value", "spend", "save", "gift", "worth", "buy", "get")
        given = {name for name in names if getattr(self, name) is not None}
        if given not in allowed[self.mechanic]:
            wanted = ", or ".join(" with ".join(sorted(keys)) or "none" for keys in allowed[self.mechanic])
            got = ", ".join(sorted(given)) or "none"
            expected = f"the parameters {wanted} for a {self.mechanic.value}"
            raise refused(expected, got=got, remedy="add what is missing and delete the rest")
        if self.layer is Layer.PUBLIC and self.coverage != (1.0,):
            remedy = "delete coverage, or write layer: targeted"
            raise refused("no coverage for a public offer, which reaches everybody", remedy=remedy)
        if self.layer is Layer.PUBLIC and self.channel is not None:
            remedy = "delete channel, or write layer: targeted"
            raise refused("no channel for a public offer, which sends no messages", remedy=remedy)
        if any(not (0 < level <= 1) for level in self.coverage) or len(set(self.coverage)) != len(self.coverage):
            raise refused("different coverage levels above 0% and up to 100%", remedy="delete or change one level")
        return self


class Gift(Record):
    """What is given away; ``unit_cost`` net."""

    id: Id
    name: str | None = None
    unit_cost: Money
    stock: Count | None = None


class ContactCap(Record):
    """At most ``max`` messages to one customer in any ``days`` consecutive days."""

    max: Count
    days: Positive


class Channel(Record):
    """A way to reach customers."""

    id: Id
    name: str | None = None
    cost_per_contact: Money = Decimal(0)
    contacts_per_customer: ContactCap | None = None


class Vendor(Record):
    """Who funds offers; ``fund`` is a hard cap on the vendor funding of the horizon."""

    id: Id
    name: str | None = None
    fund: Money | None = None


def _bound(value: Any) -> Any:
    """Read a bound: an amount, a count, or a share such as 8% for a margin rate."""
    if isinstance(value, str) and value.strip().endswith("%"):
        return parse_money(parse_share(value))
    return parse_money(value)


class Limit(Record):
    """A bound on a measure over a scope. Money bounds are net of tax, in major units."""

    id: Id
    name: str | None = None
    measure: str
    max: Annotated[SignedMoney, BeforeValidator(_bound)] | None = None
    min: Annotated[SignedMoney, BeforeValidator(_bound)] | None = None
    where: Scope = Scope()
    at_risk: Share | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Limit:
        if (self.max is None) == (self.min is None):
            got = "both" if self.max is not None else "neither"
            raise refused("either max or min in a limit", got=got, remedy="write two limits for a range")
        if self.at_risk is not None and not (0.5 <= self.at_risk < 1):
            expected = "at_risk, the share of outcomes that must keep the limit, from 50% to below 100%"
            raise refused(expected, got=f"{self.at_risk:.0%}")
        return self


class PullForward(Record):
    """Share of a bump that is bought ahead, and how many later periods it is missing from."""

    share: Share = 0.0
    periods: Positive = 1


class HaloPair(Record):
    """``units`` more of product ``to`` per truly new unit of product ``from``."""

    from_: Id = Field(alias="from")
    to: Id
    units: Annotated[Number, Field(ge=0, le=1)]


class ResponseTerms(Record):
    """Strengths of the response model's interactions (docs/response-model.md)."""

    fatigue: Annotated[Share, Field(lt=1)] = 0.25
    fatigue_half_life: Annotated[Number, Field(gt=0)] = 3.0
    pull_forward: PullForward = PullForward(share=0.10, periods=3)
    cannibalisation: Share = 0.2
    halo: Annotated[
        Annotated[tuple[HaloPair, ...], Tag("<list>")] | Annotated[Share, Tag("<share>")],
        Discriminator(lambda value: "<list>" if isinstance(value, list | tuple) else "<share>"),
    ] = 0.0
    carry_over: Literal["charge", "ignore"] = "charge"

    @model_validator(mode="after")
    def _shares(self) -> ResponseTerms:
        if not (self.cannibalisation + self.pull_forward.share <= 1):
            got = f"{self.cannibalisation + self.pull_forward.share:.0%}"
            expected = "cannibalisation and pull_forward share, two parts of one bump, to be at most 100% together"
            raise refused(expected, got=got, remedy="lower one of them")
        return self


class TableSource(Record):
    """A CSV file beside the scenario."""

    table: str


class EffectSource(Record):
    """Where effects come from: exactly one of table, data, model."""

    table: str | None = None
    data: str | None = None
    model: str | None = None
    lift_is: Literal["gross", "net_of_dip", "net"] = "gross"
    rho_offer: Share = 0.5

    @model_validator(mode="after")
    def _one_source(self) -> EffectSource:
        if sum(source is not None for source in (self.table, self.data, self.model)) != 1:
            given = [name for name in ("table", "data", "model") if getattr(self, name) is not None]
            raise refused("exactly one of table, data and model", got=" and ".join(given) or "none of them")
        return self


class RiskTerms(Record):
    """How many futures are drawn, and which share of them must find the stock they need."""

    draws: Annotated[Positive, Field(ge=200, le=2000)] = 200
    service: Share | None = None
    baseline_cv: Share = 0.10
    take_up_cv: Annotated[Number, Field(ge=0, le=2)] = 0.6
    lift_cv: Annotated[Number, Field(ge=0, le=2)] = 0.3


class Scenario(Record):
    """The whole question."""

    scenario: Id
    title: str | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    horizon: Horizon
    objective: Annotated[
        Annotated[Literal["profit"], Tag("<word>")]
        | Annotated[dict[Literal["weights"], dict[Measure, Number]], Tag("<weights>")],
        Discriminator(lambda value: "<weights>" if isinstance(value, dict) else "<word>"),
    ] = "profit"
    money: MoneyTerms = MoneyTerms()
    segments: Annotated[
        Annotated[tuple[Segment, ...], Tag("<list>")]
        | Annotated[SegmentTable, Tag("<table>")]
        | Annotated[LearnedSegments, Tag("<learn>")],
        by_shape("a list of segments, {table: FILE}, or {learn: {count: 6}}"),
    ]
    products: Annotated[
        Annotated[tuple[Product, ...], Tag("<list>")] | Annotated[ProductTable, Tag("<table>")],
        by_shape("a list of products, or {table: FILE}"),
    ]
    offers: tuple[Offer, ...]
    gifts: tuple[Gift, ...] = ()
    channels: tuple[Channel, ...] = ()
    vendors: tuple[Vendor, ...] = ()
    limits: tuple[Limit, ...] = ()
    rules: tuple[Rule, ...] = ()
    history: Lines = ()
    baskets: TableSource | None = None
    baseline: TableSource | None = None
    effects: EffectSource
    response: ResponseTerms = ResponseTerms()
    risk: RiskTerms = RiskTerms()
