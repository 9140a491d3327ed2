"""Response terms of a scenario: how offers act on each other (docs/response-model.md)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, SerializerFunctionWrapHandler, Tag, model_serializer, model_validator

from scenarios.language.schemas.product import Product
from scenarios.language.values import LONGEST, Id, Number, Positive, Record, Share, refused
from scenarios.plain_digits import share_text

USUAL_SHARE, USUAL_LOW, USUAL_HIGH = 0.10, 0.0, 0.40
"""Share of a bump that is bought ahead where nobody knows it: what is expected, and ends of the 90 % interval.

After promotions of fresh and everyday goods sales miss little of the bump, of storable ones a third and more (van
Heerde, Leeflang and Wittink 2004; Mace and Neslin 2004).
"""


def _around(key: str, value: float, low: float | None, high: float | None) -> None:
    """Refuse an interval that lacks an end, or does not hold what is expected."""
    if (low is None) != (high is None):
        missing, there = ("low", "high") if low is None else ("high", "low")
        raise refused(
            f"both ends of the interval of {key}, or neither", got=f"no {missing}", remedy=f"add it or delete {there}"
        )
    if low is not None and high is not None and not (low <= value <= high):
        got = f"{share_text(low)} to {share_text(high)} around {share_text(value)}"
        raise refused(f"an interval that holds {key}", got=got, remedy="correct the ends")


class OwnPullForward(Record):
    """What is bought ahead of one product, or of every product of a category."""

    product: Id | None = None
    """The product; or else a category."""
    category: str | None = None
    """The category; a row that names one of its products goes before it."""
    share: Share
    """Share of a bump of it that is missing from later periods."""
    low: Share | None = None
    """In a future of twenty it is less than this."""
    high: Share | None = None
    """In a future of twenty it is more."""

    @model_validator(mode="after")
    def _one_name(self) -> OwnPullForward:
        _around("share", self.share, self.low, self.high)
        if (self.product is None) == (self.category is None):
            got = "neither" if self.product is None else "both"
            raise refused("a product or a category in each row of own", got=got, remedy="name one of them")
        return self


class PullForward(Record):
    """Share of a bump that is bought ahead, and how many later periods it is missing from."""

    share: Share = USUAL_SHARE
    """Share of a bump that is missing from later periods."""
    periods: Annotated[Positive, Field(le=60)] = 3
    """How many later periods it is missing from, at most 60."""
    low: Share | None = None
    """In a future of twenty the share is less than this; left out with ``high``, a given share is the same in all."""
    high: Share | None = None
    """In a future of twenty it is more."""
    own: tuple[OwnPullForward, ...] = ()
    """Products and categories of which another share is bought ahead."""

    @model_validator(mode="before")
    @classmethod
    def _unknown(cls, data: Any) -> Any:
        """A share that nobody gives is not known: futures draw it."""
        if isinstance(data, dict) and not {"share", "low", "high"} & data.keys():
            return {**data, "low": USUAL_LOW, "high": USUAL_HIGH}
        return data

    @model_validator(mode="after")
    def _interval(self) -> PullForward:
        _around("share", self.share, self.low, self.high)
        return self

    @property
    def told(self) -> bool:
        """Whether somebody says what is bought ahead where no row of ``own`` says it."""
        return bool({"share", "low", "high"} & self.model_fields_set) and (
            "share" in self.model_fields_set or (self.low, self.high) != (USUAL_LOW, USUAL_HIGH)
        )

    @property
    def largest(self) -> float:
        """Largest share of any product."""
        return max(self.share, *(row.share for row in self.own), 0.0)

    def of(self, product: Product) -> OwnPullForward | PullForward:
        """What holds for a product: the row that names it, else its category's, else what holds for all."""
        named = {row.product: row for row in self.own if row.product is not None}
        grouped = {row.category: row for row in self.own if row.category is not None}
        return named.get(product.id, grouped.get(product.category, self))

    @model_serializer(mode="wrap")
    def _without_absent(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what came later than the first files where it is not given: plans keep their bytes and hashes."""
        data: dict[str, Any] = serialise(self)
        return {key: value for key, value in data.items() if key in ("share", "periods") or value not in (None, (), [])}


class HaloPair(Record):
    """``units`` more of product ``to`` per truly new unit of product ``from``."""

    from_: Id = Field(alias="from")
    """The product on offer."""
    to: Id
    """The product that sells more with it."""
    units: Annotated[Number, Field(ge=0, le=1)]
    """Extra units of ``to`` per truly new unit of ``from``."""


class ResponseTerms(Record):
    """Strengths of the response model's interactions (docs/response-model.md)."""

    fatigue: Annotated[Share, Field(lt=1)] = 0.25
    """Share of a lift that a line takes from the next in the same place, halved every ``fatigue_half_life`` periods."""
    fatigue_low: Share | None = None
    """In a future of twenty it is less than this; left out with the other end, it is the same in all."""
    fatigue_high: Annotated[Share, Field(lt=1)] | None = None
    """In a future of twenty it is more."""
    fatigue_half_life: Annotated[Number, Field(gt=0, le=LONGEST)] = 3.0
    """Periods until half of the fatigue is gone, at most as many as the longest horizon has."""
    pull_forward: PullForward = PullForward()
    """What customers buy ahead."""
    cannibalisation: Share = 0.2
    """Share of a bump that is taken from rivals."""
    cannibalisation_low: Share | None = None
    """In a future of twenty it is less than this; left out with the other end, it is the same in all."""
    cannibalisation_high: Share | None = None
    """In a future of twenty it is more."""
    without_rivals: Literal["lose", "keep"] = "lose"
    """lose: of a product without rivals that share comes off its own bump; keep: it keeps its whole bump."""
    halo: Annotated[
        Annotated[tuple[HaloPair, ...], Tag("<list>")] | Annotated[Share, Tag("<share>")],
        Discriminator(lambda value: "<list>" if isinstance(value, list | tuple) else "<share>"),
    ] = 0.0
    """Sales of other products that a bump brings: pairs of products, or a share of the bump's revenue."""
    carry_over: Literal["charge", "ignore"] = "charge"
    """charge: fatigue that is left at the end of the horizon counts against the campaign; ignore: it does not."""

    @model_serializer(mode="wrap")
    def _without_absent(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out ends of intervals that are not given: plans keep their bytes and hashes."""
        data: dict[str, Any] = serialise(self)
        return {key: value for key, value in data.items() if value is not None}

    @model_validator(mode="after")
    def _shares(self) -> ResponseTerms:
        _around("fatigue", self.fatigue, self.fatigue_low, self.fatigue_high)
        _around("cannibalisation", self.cannibalisation, self.cannibalisation_low, self.cannibalisation_high)
        if not (self.cannibalisation + self.pull_forward.largest <= 1):
            got = share_text(self.cannibalisation + self.pull_forward.largest)
            expected = "cannibalisation and pull_forward share, two parts of one bump, to be at most 100% together"
            raise refused(expected, got=got, remedy="lower one of them")
        return self
