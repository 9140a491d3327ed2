"""Lift tests: measured lifts with standard errors (``experiments:`` of a data file), and which offer each measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from scenarios.first_few import first_few
from scenarios.language.schemas.offer import Offer
from scenarios.language.values import Day, Id, Record, Share, parse_share, refused
from scenarios.language.words import Layer, Mechanic
from scenarios.plain_digits import share_text
from scenarios.tables.effect_rows import HIGHEST_LIFT

_BY_DEPTH = (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE, Mechanic.COUPON)
"""Mechanics that a test may name by depth; the others have parameters that only an offer writes down."""


LOWEST_MEASURED = -HIGHEST_LIFT
"""Chance may make a measured lift of few customers less than the loss of all that they bought."""


def _lift(written: Any) -> float:
    value = parse_share(written)
    if not (LOWEST_MEASURED <= value <= HIGHEST_LIFT):
        remedy = f"write {value:g}% if that is meant" if 1 < abs(value) <= 100 and not isinstance(written, str) else ""
        raise refused(f"a lift between {LOWEST_MEASURED:,.0%} and {HIGHEST_LIFT:,.0%}", remedy=remedy)
    return value


def _error(written: Any) -> float:
    value = parse_share(written)
    if not (0 < value <= HIGHEST_LIFT):
        remedy = "write it in the units of the lift: 5% beside a lift of 40% is 40 % give or take 5 points"
        raise refused("a standard error above 0%", remedy=remedy)
    return value


def _weight(written: Any) -> float:
    value = parse_share(written)
    if not (0 < value <= 1):
        raise refused("a share above 0% and up to 100%", remedy="leave out what nothing was compared of")
    return value


Weights = tuple[Annotated[float, BeforeValidator(_weight)], ...]
ADDING_UP = 0.02
"""By how much shares that were rounded may miss 100 % together."""


class LiftTest(Record):
    """One measured lift: an offer by its id, or a mechanic with its depth."""

    name: str | None = None
    """For people: ``March test in 40 stores``."""
    offer: Id | None = None
    """An offer of the scenario, or a past offer of the data file."""
    mechanic: Mechanic | None = None
    """Kind of promotion, where the test names no offer."""
    depth: Share | None = None
    """Share off the price (price_discount, flash_sale, coupon)."""
    product: Id | None = None
    """What was tested; left out, all products together, of those where the offer may run."""
    products: tuple[Id, ...] | None = None
    """Several that were tested together, in place of ``product``: of these, those that a scenario sells."""
    segment: Id | None = None
    """Who was tested; left out, everybody, of those for whom the offer may run."""
    segments: tuple[Id, ...] | None = None
    """Several that were tested together, in place of ``segment``: of these, those that a scenario has."""
    product_weights: Weights | None = None
    """Share of each of ``products`` in what was compared: in what the customers of the test would have bought without
    the offer. Left out, they weigh as the baseline of the scenario does."""
    segment_weights: Weights | None = None
    """The same of each of ``segments``: groups of a holdout rarely are as large everywhere as the segments are."""
    lift: Annotated[float, BeforeValidator(_lift)]
    """Extra units as a share of the baseline, per contacted customer."""
    standard_error: Annotated[float, BeforeValidator(_error)]
    """Of the lift, in the same units: 5% beside a lift of 40% is 40 % give or take 5 points."""
    first_day: Day | None = None
    """First day of the sales that were measured, and ..."""
    last_day: Day | None = None
    """... the last: a holdout of other days measured other purchases."""

    @model_validator(mode="after")
    def _names_one_offer(self) -> LiftTest:
        if (self.offer is None) == (self.mechanic is None):
            got = "both" if self.offer is not None else "neither"
            raise refused("either offer or mechanic in a lift test", got=got, remedy="write offer: ID, or mechanic")
        if self.mechanic is None:
            if self.depth is not None:
                raise refused("no depth beside an offer, which has its own", remedy="delete depth")
        elif self.mechanic not in _BY_DEPTH:
            remedy = "name the offer of the scenario, or of past_offers, in the test: offer: ID"
            raise refused(f"an offer instead of the mechanic {self.mechanic.value}", remedy=remedy)
        elif self.depth is None or not (self.depth > 0):
            raise refused(f"a depth above 0% for a {self.mechanic.value}", remedy="write depth: 20%")
        return self

    @model_validator(mode="after")
    def _names_one_or_several(self) -> LiftTest:
        for one, several in (("product", self.products), ("segment", self.segments)):
            if several is not None and (getattr(self, one) is not None or not several):
                got = "both" if getattr(self, one) is not None else "an empty list"
                raise refused(f"either {one} or {one}s in a lift test", got=got, remedy="delete one of the two")
        return self

    @model_validator(mode="after")
    def _weighs_each(self) -> LiftTest:
        for several, names, weights in (
            ("products", self.products, self.product_weights),
            ("segments", self.segments, self.segment_weights),
        ):
            if weights is None:
                continue
            name = f"{several[:-1]}_weights"
            if names is None or len(names) != len(weights):
                got = f"{len(weights)} for {'no' if names is None else len(names)} {several}"
                raise refused(f"as many {name} as {several} in a lift test", got=got)
            if not (abs(sum(weights) - 1.0) <= ADDING_UP):
                raise refused(f"{name} that add up to 100%", got=f"{sum(weights):.1%}")
        return self

    @model_validator(mode="after")
    def _names_both_days(self) -> LiftTest:
        if (self.first_day is None) != (self.last_day is None):
            got = "first_day alone" if self.last_day is None else "last_day alone"
            raise refused("both first_day and last_day in a lift test, or neither", got=got)
        if self.first_day is not None and self.last_day is not None and not (self.first_day <= self.last_day):
            raise refused("a last_day on first_day or after it", got=str(self.last_day))
        return self

    @property
    def on(self) -> tuple[str, ...]:
        """Products that were tested; empty for all."""
        return (self.product,) if self.product is not None else self.products or ()

    @property
    def who(self) -> tuple[str, ...]:
        """Segments that were tested; empty for all."""
        return (self.segment,) if self.segment is not None else self.segments or ()

    @property
    def untold(self) -> tuple[str, ...]:
        """Of ``products`` and ``segments``: those that are several and tell no weights."""
        sides = (("products", self.products, self.product_weights), ("segments", self.segments, self.segment_weights))
        return tuple(name for name, several, weights in sides if several and len(several) > 1 and weights is None)

    @property
    def offer_words(self) -> str:
        """The offer that was tested: its id, or its mechanic and depth."""
        depth = f" {share_text(self.depth)}" if self.depth is not None else ""
        return self.offer or f"{self.mechanic.value if self.mechanic else ''}{depth}"

    @property
    def what(self) -> str:
        """What was tested, in few words: ``mail, p0, s1``."""
        return ", ".join(part for part in (self.offer_words, first_few(self.on), first_few(self.who)) if part)

    @property
    def title(self) -> str:
        """What was tested, in words: ``price_discount 20% on cheese, s1``."""
        everywhere = " on all products" if self.offer is None else " wherever it may run"
        where = f" on {first_few(self.on)}" if self.on else everywhere
        who = f", {first_few(self.who)}" if self.who else ""
        named = f" ({self.name})" if self.name else ""
        return f"{self.offer_words}{where}{who}{named}"


def offer_of_test(test: LiftTest, offers: Iterable[Offer], past: Mapping[str, Offer]) -> Offer | None:
    """Return the offer that a test measured; ``None`` where neither the scenario nor the data file knows it."""
    if test.mechanic is not None:
        layer = Layer.TARGETED if test.mechanic is Mechanic.COUPON else Layer.PUBLIC
        return Offer(id="lift-test", mechanic=test.mechanic, depth=test.depth, layer=layer)
    own = next((offer for offer in offers if offer.id == test.offer), None)
    return own or past.get(test.offer or "")
