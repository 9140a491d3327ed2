"""Prices that a till can take: what a cut price is rounded to, by a smallest coin or by last amounts such as 0.95."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from scenarios.language.values import Money, Record, refused

_DUST = 9
"""Decimals beyond which a price is noise of floating point."""


class Rounding(StrEnum):
    """Which of the two prices next to an exact one is taken."""

    DOWN = "down"
    NEAREST = "nearest"
    UP = "up"


class PriceRounding(Record):
    """Prices that are multiples of ``to``, or that end in one of ``endings``."""

    to: Money | None = None
    """Prices are multiples of this amount, such as 0.05."""
    endings: tuple[Money, ...] | None = None
    """Amounts that prices end in: 0.95 is of every whole unit, 4.95 of every ten, 95 of every hundred."""
    how: Rounding = Rounding.NEAREST
    """down, up, or to the nearest; from the middle up."""

    @model_validator(mode="after")
    def _one_way(self) -> PriceRounding:
        if (self.to is None) == (self.endings is None):
            got = "neither" if self.to is None else "both"
            raise refused("either to or endings in round", got=got, remedy="write round: 0.05, for example")
        if self.to is not None and self.to == 0:
            raise refused("an amount above 0 to round to", got="0", remedy="delete round where prices stay as they are")
        if self.endings is not None and not self.endings:
            raise refused("at least one amount that prices end in", got="none", remedy="write endings: [0.95]")
        for number, each in enumerate(self.endings or ()):
            if each in (self.endings or ())[:number]:
                raise refused("each ending once", got=f"{each} twice", remedy="delete one")
        if self.endings is not None and min(self.endings) == 0 and not (0 < max(self.endings) < 1):
            # [0, 5] yen would else mean every price there is, for 0 ends each whole unit as 0.95 does.
            got = ", ".join(str(each) for each in self.endings)
            remedy = "write to: 10 for prices whose last digit is 0, to: 1 for whole ones, to: 5 for those in 0 and 5"
            raise refused("endings above 0, or 0 beside parts of a unit such as 0.50", got=got, remedy=remedy)
        return self

    def price(self, exact: Decimal) -> Decimal:
        """Return the price that is asked in place of an exact one.

        Examples
        --------
        >>> str(PriceRounding(to=Decimal("0.005")).price(Decimal("3.174")))
        '3.175'
        >>> str(PriceRounding(endings=(Decimal("0.95"),), how=Rounding.DOWN).price(Decimal("7.876")))
        '6.95'
        """
        below, above = self._next_to(round(exact, _DUST))
        if self.how is Rounding.NEAREST:
            return above if above - exact <= exact - below else below
        return below if self.how is Rounding.DOWN else above

    def _next_to(self, exact: Decimal) -> tuple[Decimal, Decimal]:
        """The nearest prices at or below, and at or above an exact one."""
        rungs = [(each, _every(each)) for each in self.endings or ()] or [(Decimal(0), self.to or Decimal(1))]
        prices = [exact // step * step + turn * step + rung for turn in (-1, 0, 1) for rung, step in rungs]
        return max(each for each in prices if each <= exact), min(each for each in prices if each >= exact)

    @property
    def words(self) -> str:
        """What it does to a price: ``rounded down to 0.05``."""
        how = "rounded" if self.how is Rounding.NEAREST else f"rounded {self.how.value}"
        if self.endings is None:
            return f"{how} to {self.to}"
        return f"{how} to prices that end in {' or '.join(str(each) for each in self.endings)}"


def _every(ending: Decimal) -> Decimal:
    """How far apart prices with an ending are: a unit for 0.95, ten for 4.95, a hundred for 95."""
    step = Decimal(1)
    while step <= ending:
        step *= 10
    return step


def _read(value: Any) -> Any:
    """Read a bare amount as what prices are multiples of."""
    endings = value.get("endings") if isinstance(value, dict) else None
    for each in endings if isinstance(endings, list | tuple) else ():
        if isinstance(each, str) and re.match(r"\s*0[0-9]", each):
            remedy = "write the amount: 8 is of every ten, 98 of every hundred; last digits go to a price_ladder"
            raise refused("endings without zeros in front", got=f'"{each}"', remedy=remedy)
    return value if value is None or isinstance(value, dict | PriceRounding) else {"to": value}


_SCHEMA = {
    "anyOf": [
        {"type": "number", "exclusiveMinimum": 0},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "to": {"type": "number", "exclusiveMinimum": 0},
                "endings": {"type": "array", "minItems": 1, "items": {"type": "number", "minimum": 0}},
                "how": {"enum": [each.value for each in Rounding]},
            },
        },
        {"type": "null"},
    ]
}
RoundingInput = Annotated[PriceRounding | None, BeforeValidator(_read), WithJsonSchema(_SCHEMA)]
"""An amount, or a rounding in full."""
