"""The scenario: the question that a planner asks, as frozen records (one YAML file).

Every key of the scenario language is a field here or in the schema modules of products, offers and rules; the text
below a field is what editors show. `scenarios.loading.load` reads and cross-checks files, `scenarios.grid` turns a
resolved scenario into index arrays. Money is net or gross as the field says; shares are 0 to 1.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    model_serializer,
    model_validator,
)

from scenarios.language.aim import Aim, objective_word
from scenarios.language.plan_lines import Lines
from scenarios.language.price_share import PriceShare
from scenarios.language.schemas.baseline import BaselineSource
from scenarios.language.schemas.channel import Channel, ContactCap
from scenarios.language.schemas.funding import Funding
from scenarios.language.schemas.horizon import Horizon
from scenarios.language.schemas.limit import Limit, ShareOf
from scenarios.language.schemas.offer import AppliesTo, Gift, Offer, Vendor
from scenarios.language.schemas.product import (
    LearnedSegments,
    LearnSpec,
    Product,
    ProductTable,
    Segment,
    SegmentTable,
)
from scenarios.language.schemas.response import HaloPair, OwnPullForward, PullForward, ResponseTerms
from scenarios.language.schemas.rule import Rule
from scenarios.language.spoken import Words
from scenarios.language.values import (
    FineMoney,
    Id,
    Number,
    Positive,
    Record,
    Share,
    by_shape,
    refused,
)
from scenarios.tolerance import LARGEST_SHARE

__all__ = [
    "AppliesTo",
    "BaselineSource",
    "Channel",
    "ContactCap",
    "EffectSource",
    "Funding",
    "Gift",
    "HaloPair",
    "Horizon",
    "LearnSpec",
    "LearnedSegments",
    "Limit",
    "MoneyTerms",
    "Offer",
    "OwnPullForward",
    "PriceShare",
    "Product",
    "ProductTable",
    "PullForward",
    "ResponseTerms",
    "RiskTerms",
    "Scenario",
    "Segment",
    "SegmentTable",
    "ShareOf",
    "TableSource",
    "Vendor",
]


class MoneyTerms(Record):
    """Rates between what the customer pays and what the retailer keeps."""

    tax_rate: Share = 0.0
    """Tax in prices: 13% turns a net 100 into a price of 113."""
    return_rate: Share = 0.0
    """Share of sold units that come back."""
    return_cost: FineMoney = Decimal(0)
    """What one unit that comes back costs, net: postage, looking at it, repacking, what it has lost in value."""
    fee_rate: Share = 0.0
    """Share of what customers pay that goes to the marketplace or payment service."""

    @model_serializer(mode="wrap")
    def _without_cost(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave the cost of returns out where there is none, so that plans without one keep their bytes and hashes."""
        data: dict[str, Any] = serialise(self)
        return data if self.return_cost else {key: data[key] for key in data if key != "return_cost"}

    def tax_of(self, product: Product) -> float:
        """Return the tax in a product's price: its own, where it has one."""
        return self.tax_rate if product.tax_rate is None else product.tax_rate

    def returns_of(self, product: Product) -> float:
        """Return the share of a product's units that come back: its own, where it has one."""
        return self.return_rate if product.return_rate is None else product.return_rate

    def cost_of_return(self, product: Product) -> Decimal:
        """Return what one unit of a product that comes back costs, net: its own amount, where it has one."""
        return self.return_cost if product.return_cost is None else product.return_cost


class TableSource(Record):
    """A CSV file beside the scenario."""

    table: str
    """CSV file, relative to the scenario."""


class EffectSource(Record):
    """Where effects come from: exactly one of table, data, model."""

    table: str | None = None
    """CSV file of lifts and take-ups."""
    data: str | None = None
    """Description of behaviour data to learn from."""
    model: str | None = None
    """A trained model."""
    lift_is: Literal["gross", "net_of_dip", "net"] = "gross"
    """What given lifts already contain: gross nothing, net_of_dip the dip, net the dip and what rivals lose."""
    rho_offer: Share = 0.5
    """Correlation of the errors of one offer's lifts."""

    @model_validator(mode="after")
    def _one_source(self) -> EffectSource:
        if sum(source is not None for source in (self.table, self.data, self.model)) != 1:
            given = [name for name in ("table", "data", "model") if getattr(self, name) is not None]
            raise refused("exactly one of table, data and model", got=" and ".join(given) or "none of them")
        return self


class RiskTerms(Record):
    """How many futures are drawn, and which share of them must find the stock they need."""

    draws: Annotated[Positive, Field(ge=200, le=2000)] | None = None
    """Number of futures; by default 200, up to 1,000 where a limit, stock or the objective is at risk."""
    service: Share | None = None
    """Share of the futures in which stock must suffice, at most 99.9%."""
    baseline_cv: Share = 0.10
    """Relative standard deviation of the baseline."""
    baseline_common: Share = 0.0
    """Part of it that all baselines share: a season, or a level, that is off for everything alike."""
    take_up_cv: Annotated[Number, Field(ge=0, le=2)] = 0.6
    """Relative standard deviation of take-up."""
    lift_cv: Annotated[Number, Field(ge=0, le=2)] = 0.3
    """Relative standard deviation of lifts without an interval."""
    order_cv: Share = 0.10
    """Relative standard deviation of orders per unit: in how many orders the same units are bought."""

    @model_validator(mode="after")
    def _enough_draws(self) -> RiskTerms:
        if self.service is not None and not (self.service <= LARGEST_SHARE):
            raise refused(f"service of at most {LARGEST_SHARE:.1%}", got=f"{100 * self.service:g}%")
        if self.baseline_common > self.baseline_cv:
            raise refused(
                f"baseline_common, a part of baseline_cv, of at most {100 * self.baseline_cv:g}%",
                got=f"{100 * self.baseline_common:g}%",
            )
        return self


class Scenario(Record):
    """The whole question."""

    scenario: Id
    """Short name of the scenario."""
    title: Words | None = None
    """Title for people, in any script."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    """Currency code (ISO 4217), such as CNY."""
    horizon: Horizon
    """The time that is planned."""
    objective: Annotated[
        Annotated[Literal["profit"], BeforeValidator(objective_word), Tag("<word>")] | Annotated[Aim, Tag("<keys>")],
        Discriminator(lambda value: "<keys>" if isinstance(value, dict | Aim) else "<word>"),
    ] = "profit"
    """What a good plan earns: ``profit``, ``{weights: {profit: 1, revenue: 0.1}}``, ``{risk: {cvar: 10%}}``, or a front
    of plans, ``{pareto: [profit, customers_reached]}``."""
    money: MoneyTerms = MoneyTerms()
    """Tax, returns and fees."""
    segments: Annotated[
        Annotated[tuple[Segment, ...], Tag("<list>")]
        | Annotated[SegmentTable, Tag("<table>")]
        | Annotated[LearnedSegments, Tag("<learn>")],
        by_shape("a list of segments, {table: FILE}, or {learn: {count: 6}}"),
    ]
    """Who buys: a list, a table, or ``{learn: {...}}`` from data."""
    products: Annotated[
        Annotated[tuple[Product, ...], Tag("<list>")] | Annotated[ProductTable, Tag("<table>")],
        by_shape("a list of products, or {table: FILE}"),
    ]
    """What is sold: a list or a table."""
    offers: tuple[Offer, ...]
    """What may run."""
    gifts: tuple[Gift, ...] = ()
    """What is given away."""
    channels: tuple[Channel, ...] = ()
    """How targeted offers reach customers."""
    vendors: tuple[Vendor, ...] = ()
    """Who funds offers; where the list is given, it names every vendor."""
    limits: tuple[Limit, ...] = ()
    """Budgets and other bounds."""
    rules: tuple[Rule, ...] = ()
    """Business rules on lines."""
    history: Lines = ()
    """Lines that ran before the horizon; they tire customers and count in windows."""
    baskets: TableSource | None = None
    """Order values per segment; needed by threshold and free_shipping."""
    baseline: BaselineSource | None = None
    """Units without promotion: ``{table: FILE}`` where effects come from a table, ``{times: FILE}`` to correct them."""
    effects: EffectSource
    """Where the effects of offers come from."""
    response: ResponseTerms = ResponseTerms()
    """How offers act on each other."""
    risk: RiskTerms = RiskTerms()
    """How uncertain effects are, and how safe limits must be."""
