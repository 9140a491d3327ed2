"""The scenario: the question that a planner asks, as frozen records (one YAML file).

Every key of the scenario language is a field here; `scenarios.load` reads and cross-checks files, `scenarios.grid`
turns a resolved scenario into index arrays. Money is net or gross as the field says; shares are 0 to 1.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from scenarios.rule_schema import LinesTable, PlanLine, Rule
from scenarios.scope import Scope
from scenarios.values import Count, DateSpan, Id, Money, Positive, Record, Share, SignedMoney, parse_money, parse_share
from scenarios.words import Layer, Measure, Mechanic, Unit


class Horizon(Record):
    """The time that is planned: ``periods`` days or weeks from ``start`` on."""

    start: dt.date
    periods: Positive
    unit: Unit = Unit.DAY

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


class Segment(Record):
    """A group of customers with one profile."""

    id: Id
    name: str | None = None
    customers: Positive
    profile: dict[str, float | str] = {}


class SegmentTable(Record):
    """Segments from a CSV file: columns id, customers, optional name; every other column is a profile feature."""

    table: str


class LearnSpec(Record):
    """How segments are learned from behaviour data."""

    count: Annotated[int, Field(ge=1, le=40)] | None = None
    min_size: Positive = 50


class LearnedSegments(Record):
    """Segments are learned from the behaviour data; customers that no segment takes become ``rest``."""

    learn: LearnSpec = LearnSpec()


def _cost(value: Any) -> Any:
    """A unit cost is an amount, or a share of the price when written with a percent sign."""
    if isinstance(value, str) and value.strip().endswith("%"):
        share = parse_share(value)
        if not (0 <= share <= 1):
            raise ValueError("expected an amount of money, or a share of the price between 0% and 100%")
        return CostShare(share=share)
    if isinstance(value, CostShare | dict):
        return value
    amount = parse_money(value)
    if not (amount >= 0):
        raise ValueError("expected an amount of at least 0")
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
    arrivals: dict[dt.date, Count] = {}
    rivals: str | None = None
    vendor: Id | None = None
    units_per_use: Annotated[float, Field(gt=0)] = 1.0


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
            wanted = " or ".join(" with ".join(sorted(keys)) or "none" for keys in allowed[self.mechanic])
            got = ", ".join(sorted(given)) or "none"
            raise ValueError(f"a {self.mechanic.value} takes the parameters {wanted}; got {got}")
        if self.layer is Layer.PUBLIC and self.coverage != (1.0,):
            raise ValueError("a public offer reaches everybody: coverage is for targeted offers")
        if self.layer is Layer.PUBLIC and self.channel is not None:
            raise ValueError("a public offer sends no messages: channel is for targeted offers")
        if any(not (0 < level <= 1) for level in self.coverage) or len(set(self.coverage)) != len(self.coverage):
            raise ValueError("coverage levels must differ and lie above 0% and at most at 100%")
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
    """A bound is an amount or count; margin rates are written as shares."""
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
            raise ValueError("a limit has either max or min")
        if self.at_risk is not None and not (0.5 <= self.at_risk < 1):
            raise ValueError("at_risk is the share of outcomes that must keep the limit: from 50% to below 100%")
        return self


class PullForward(Record):
    """Share of a bump that is bought ahead, and how many later periods it is missing from."""

    share: Share = 0.0
    periods: Positive = 1


class HaloPair(Record):
    """``units`` more of product ``to`` per truly new unit of product ``from``."""

    from_: Id = Field(alias="from")
    to: Id
    units: Annotated[float, Field(ge=0, le=1)]


class ResponseTerms(Record):
    """Strengths of the response model's interactions (docs/response-model.md)."""

    fatigue: Annotated[Share, Field(lt=1)] = 0.25
    fatigue_half_life: Annotated[float, Field(gt=0)] = 3.0
    pull_forward: PullForward = PullForward(share=0.10, periods=3)
    cannibalisation: Share = 0.2
    halo: Annotated[tuple[HaloPair, ...] | float, Field()] = 0.0
    carry_over: Literal["charge", "ignore"] = "charge"

    @model_validator(mode="after")
    def _shares(self) -> ResponseTerms:
        if not (self.cannibalisation + self.pull_forward.share <= 1):
            raise ValueError("cannibalisation and pull_forward share are parts of one bump: at most 100% together")
        if isinstance(self.halo, float) and not (0 <= self.halo <= 1):
            raise ValueError("halo is a share between 0% and 100%, or a list of {from, to, units}")
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
            raise ValueError("effects come from exactly one of table, data or model")
        return self


class RiskTerms(Record):
    """How many futures are drawn, and which share of them must find the stock they need."""

    draws: Annotated[int, Field(ge=200, le=2000)] = 200
    service: Share | None = None
    baseline_cv: Share = 0.10
    take_up_cv: Annotated[float, Field(ge=0, le=2)] = 0.6
    lift_cv: Annotated[float, Field(ge=0, le=2)] = 0.3


class Scenario(Record):
    """The whole question."""

    scenario: Id
    title: str | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    horizon: Horizon
    objective: Literal["profit"] | dict[Literal["weights"], dict[Measure, float]] = "profit"
    money: MoneyTerms = MoneyTerms()
    segments: tuple[Segment, ...] | SegmentTable | LearnedSegments
    products: tuple[Product, ...] | ProductTable
    offers: tuple[Offer, ...]
    gifts: tuple[Gift, ...] = ()
    channels: tuple[Channel, ...] = ()
    vendors: tuple[Vendor, ...] = ()
    limits: tuple[Limit, ...] = ()
    rules: tuple[Rule, ...] = ()
    history: tuple[PlanLine, ...] | LinesTable = ()
    baskets: TableSource | None = None
    baseline: TableSource | None = None
    effects: EffectSource
    response: ResponseTerms = ResponseTerms()
    risk: RiskTerms = RiskTerms()
