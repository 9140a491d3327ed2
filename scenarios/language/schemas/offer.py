"""What may run and what it takes: offers, gifts, vendors."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, SerializerFunctionWrapHandler, WithJsonSchema, model_serializer, model_validator

from scenarios.language.date_ranges import DateSpan
from scenarios.language.mechanic_keys import PARAMETERS, WAYS, in_order, ways_in_words
from scenarios.language.price_rounding import RoundingInput
from scenarios.language.price_share import MoneyOrShare, PriceShare
from scenarios.language.schemas.funding import OF_PRODUCT, Funding, FundingInput, Terms, terms_on, written
from scenarios.language.schemas.horizon import Horizon
from scenarios.language.schemas.validity import Validity
from scenarios.language.spoken import Words
from scenarios.language.values import (
    SHARE_SCHEMA,
    Count,
    Id,
    Money,
    Periods,
    Positive,
    Record,
    Share,
    one_way_only,
    refused,
)
from scenarios.language.words import Layer, Mechanic


class AppliesTo(Record):
    """Where an offer may be chosen; an empty list of keys means everywhere."""

    products: tuple[Id, ...] | None = None
    """Only these products."""
    categories: tuple[str, ...] | None = None
    """Only products of these categories."""
    segments: tuple[Id, ...] | None = None
    """Only these segments (targeted offers)."""
    periods: tuple[DateSpan, ...] | None = None
    """Only on these dates or ranges, such as 2026-11-01..2026-11-11."""


def _levels(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


def _pieces(value: Any) -> Any:
    """Refuse numbers of pieces: levels are shares of the uses that the plan expects."""
    levels = _levels(value)
    for level in levels:
        if isinstance(level, int | float) and not isinstance(level, bool) and level > 1:
            share = f"write {level:g}% if that is meant" if level <= 100 else "write shares"
            remedy = f"{share}; for at most {level:g} uses add a limit with measure: uses and max: {level:g}"
            raise refused("shares of the expected uses, such as [50%, 100%]", got=f"{level:g}", remedy=remedy)
    return levels


_ONE_OR_MORE = WithJsonSchema({"anyOf": [SHARE_SCHEMA, {"type": "array", "items": SHARE_SCHEMA}]})


CUTS = frozenset({Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE})
"""Mechanics that change the price on the shelf."""


class Offer(Record):
    """A mechanic with its parameters. Prices, savings and thresholds include tax; ``fixed_cost`` is net, per line."""

    id: Id
    """Short name that tables, lines and scopes use."""
    name: Words | None = None
    """Name for people, in any script."""
    mechanic: Mechanic
    """Kind of promotion; it decides which parameters below are needed."""
    layer: Layer = Layer.PUBLIC
    """public: one choice for everybody; targeted: chosen for each segment."""
    depth: Share | None = None
    """Share off the price (price_discount, flash_sale, coupon), or off that of the ``get`` pieces (bundle)."""
    at_most: Money | None = None
    """Most that ``depth`` takes off a unit (price_discount, flash_sale) or a use (coupon), tax included."""
    price: Money | None = None
    """New shelf price (price_discount, flash_sale), or what all pieces cost together (bundle), tax included."""
    round: RoundingInput = None
    """Which prices a cut by ``depth`` or ``value`` may come to (price_discount, flash_sale): multiples of an amount, or
    those with given endings."""
    value: Money | None = None
    """Amount off a unit (price_discount, flash_sale), a use (coupon) or an order (free_shipping), tax included."""
    spend: Money | None = None
    """Order value from which a basket offer counts, tax included (threshold, free_shipping); a gift that has it goes
    with orders, not with products, and 0 gives it with every order."""
    save: Money | None = None
    """Amount off an order, tax included (threshold)."""
    gift: Id | None = None
    """Which gift is given (gift)."""
    worth: Annotated[MoneyOrShare | None, BeforeValidator(one_way_only)] = None
    """What the gift is worth to the customer, an amount or, on products, a share of the price; its unit cost by default
    (gift)."""
    buy: Positive | None = None
    """Units to buy (bundle): paid in full with ``get``, for one price together with ``price``."""
    get: Positive | None = None
    """Units that come on top (bundle): free, or cheaper by ``depth``."""
    coverage: Annotated[tuple[Share, ...], BeforeValidator(_levels), _ONE_OR_MORE] = (1.0,)
    """Shares of the segment that may be contacted; the plan chooses one (targeted offers)."""
    quantity: Annotated[tuple[Share, ...], BeforeValidator(_pieces), _ONE_OR_MORE] | None = None
    """Shares of the expected uses that there are pieces for; the plan chooses one. Left out, everybody is served."""
    per_customer: Positive | None = None
    """Most uses by one customer in one period."""
    channel: Id | None = None
    """How the customers are told (targeted offers)."""
    valid: Validity | None = None
    """That the offer is sent once and may be used for some days (targeted offers with a channel)."""
    funding: FundingInput | None = None
    """What a vendor pays of the saving, the gift and the fixed cost, for each unit sold and for each line; a list of
    vendors that each pay so for their own products."""
    fixed_cost: Money = Decimal(0)
    """Net cost of one line, whatever it sells."""
    max_run: Periods | None = None
    """Longest run of consecutive periods."""
    stacks: bool = False
    """Whether the saving adds to a public offer in the same place."""
    applies_to: AppliesTo = AppliesTo()
    """Where the offer may be chosen; everywhere by default."""

    @model_validator(mode="after")
    def _parameters(self) -> Offer:
        """Each mechanic takes exactly its own parameters."""
        ways = WAYS[self.mechanic]
        given = {name for name in PARAMETERS if getattr(self, name) is not None}
        if given not in ways:
            wanted = ways_in_words(self.mechanic)
            expected = (
                f"the parameters {wanted} for a {self.mechanic.value}"
                if wanted
                else f"no parameters for a {self.mechanic.value}"
            )
            raise refused(expected, got=", ".join(in_order(given)) or "none", remedy=_completed(given, ways))
        if self.is_basket and isinstance(self.worth, PriceShare):
            share = f"{100 * self.worth.share:g}%"
            raise refused("an amount of money as the worth of a gift with orders", got=share, remedy="write the amount")
        if self.round is not None and (self.mechanic not in CUTS or self.price is not None):
            expected = "round beside the depth or value of a price_discount or flash_sale"
            got = f"round of a {self.mechanic.value}" if self.mechanic not in CUTS else "round beside price"
            raise refused(expected, got=got, remedy="delete round")
        if self.price is not None and self.buy == 1:
            remedy = f"write mechanic: price_discount, price: {self.price} for a lower price of one piece"
            raise refused("at least 2 pieces for one price (buy)", got="1", remedy=remedy)
        if self.layer is Layer.PUBLIC and self.coverage != (1.0,):
            remedy = "delete coverage, or write layer: targeted"
            raise refused("no coverage for a public offer, which reaches everybody", remedy=remedy)
        if self.mechanic is Mechanic.FEATURE:
            for key in ("quantity", "per_customer"):
                if getattr(self, key) is not None:
                    expected = f"no {key} for a feature, which grants nothing that could be counted"
                    raise refused(expected, got=key, remedy=f"delete {key}")
        if self.is_basket:
            self._paid_on_orders()
        if self.valid is not None:
            self._sent_once(self.valid)
        if self.layer is Layer.PUBLIC and self.channel is not None:
            remedy = "delete channel, or write layer: targeted"
            raise refused("no channel for a public offer, which sends no messages", remedy=remedy)
        for key, levels in (("coverage", self.coverage), ("quantity", self.quantity)):
            if levels is None:
                continue
            if not levels:
                raise refused(f"at least one {key} level", remedy="write one such as 100%, or delete the key")
            if any(not (0 < level <= 1) for level in levels) or len(set(levels)) != len(levels):
                got = ", ".join(f"{100 * level:g}%" for level in levels)
                raise refused(f"different {key} levels above 0% and up to 100%", got=got, remedy="change one level")
        return self

    @model_serializer(mode="wrap")
    def _without_unwritten(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave round and valid out where there is none, so that plans without them keep their bytes and hashes."""
        data: dict[str, Any] = serialise(self)
        told = {"round": self.round is not None, "valid": self.valid is not None}
        return {key: data[key] for key in data if told.get(key, True)}

    def _sent_once(self, valid: Validity) -> None:
        """Only what goes out to customers can be sent once; each of them holds one, for all of its validity."""
        if self.layer is Layer.PUBLIC or self.channel is None:
            got = "a public offer" if self.layer is Layer.PUBLIC else "no channel"
            remedy = "write layer: targeted and channel: how it is sent, or delete valid"
            raise refused("valid of a targeted offer with a channel", got=got, remedy=remedy)
        if self.per_customer is not None:
            expected = "no per_customer beside valid: everybody whom it is sent to holds one"
            raise refused(expected, got=f"per_customer: {self.per_customer}", remedy="delete per_customer")

    def _paid_on_orders(self) -> None:
        """Orders hold products of many vendors and count no units: one vendor pays, by name, and not by the unit."""
        if isinstance(self.funding, tuple) or any(each.vendor == OF_PRODUCT for each in self.funders):
            expected = f"one vendor by name for a {self.kind}, whose orders hold products of many"
            got = "a list" if isinstance(self.funding, tuple) else OF_PRODUCT
            raise refused(expected, got=got, remedy="name the vendor that pays")
        for paid in self.funders:
            if paid.per_unit > 0:
                expected = f"no funding per_unit for a {self.kind}, which is used by orders, not units"
                of = "saves net of tax" if self.gift is None else "costs as a gift"
                remedy = f"write share: what the vendor pays for one order by what it {of}, such as 40%"
                raise refused(expected, got=f"{paid.per_unit:g}", remedy=remedy)

    @property
    def is_basket(self) -> bool:
        """Whether the offer acts on whole baskets: by its mechanic, or as a gift from an order value on."""
        return self.mechanic.is_basket or (self.mechanic is Mechanic.GIFT and self.spend is not None)

    @property
    def kind(self) -> str:
        """The mechanic in a sentence; a gift that goes with orders is told as such."""
        on_orders = self.is_basket and not self.mechanic.is_basket
        return f"{self.mechanic.value} with spend" if on_orders else self.mechanic.value

    @property
    def pieces(self) -> int:
        """Units that one use of a bundle spans; 0 of every other mechanic."""
        return (self.buy or 0) + (self.get or 0)

    @property
    def off_each(self) -> float | None:
        """Share of the price that each unit saves, where no amount has a say in it; all pieces of a bundle alike."""
        if self.get is None:
            return self.depth if self.at_most is None else None
        return self.get * (1.0 if self.depth is None else self.depth) / self.pieces

    @property
    def funders(self) -> tuple[Funding, ...]:
        """The terms of all vendors who pay, as they are written; one may stand for the vendor of each product."""
        return written(self.funding)

    def terms_on(self, supplier: str | None) -> Terms:
        """Return what is paid on a product of a supplier, and by whom; None: of nobody, or an offer on orders."""
        return terms_on(self.funding, supplier)

    @property
    def paid_by_unit(self) -> bool:
        """Whether a vendor pays for units, on some product at least."""
        return any(each.per_unit > 0 for each in self.funders)

    @property
    def may_earn(self) -> bool:
        """Whether a vendor may pay more for the offer than it costs."""
        return any(each.per_unit > 0 or each.per_line > 0 for each in self.funders)

    @property
    def at_the_shelf(self) -> bool:
        """Whether the shelf tells the price, to everybody or to a segment's card holders: it is sent to nobody."""
        shelf = (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE, Mechanic.BUNDLE)
        return self.channel is None and self.mechanic in shelf

    def told_in(self, horizon: Horizon, period: int) -> bool:
        """Whether customers are told of a line of a period: of each, but for those after the sending of a validity."""
        return self.valid is None or self.valid.sends_in(horizon, period)

    @property
    def levels(self) -> tuple[tuple[float, float], ...]:
        """Coverage and quantity of every level that a plan may choose; a quantity of 1 where pieces are not counted."""
        return tuple((share, pieces) for share in self.coverage for pieces in self.quantity or (1.0,))


def _completed(given: set[str], ways: Sequence[frozenset[str]]) -> str:
    """Say which parameters to add and to delete, on the shortest ways to parameters that go together."""
    fewest = min(len(given ^ way) for way in ways)
    nearest = [way for way in ways if len(given ^ way) == fewest]
    steps = []
    for verb, changes in (("add", [way - given for way in nearest]), ("delete", [given - way for way in nearest])):
        said = [" and ".join(in_order(change)) for change in changes if change]
        if said:
            steps.append(f"{verb} {' or '.join(dict.fromkeys(said))}")
    return ", ".join(steps)


class Gift(Record):
    """What is given away: goods at a net ``unit_cost``, or points, a share of the price of what is bought."""

    id: Id
    """Short name that offers use."""
    name: Words | None = None
    """Name for people, in any script."""
    unit_cost: MoneyOrShare
    """Net cost of one gift; or, of points, a share of the price paid such as 10%."""
    stock: Count | None = None
    """Gifts there for the whole horizon; left out, unlimited."""


class Vendor(Record):
    """Who funds offers; ``fund`` is a hard cap on the vendor funding of the horizon."""

    id: Id
    """Short name that products and funding use."""
    name: Words | None = None
    """Name for people, in any script."""
    fund: Money | None = None
    """Most that the vendor pays over the horizon, net."""
