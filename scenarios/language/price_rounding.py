"""Prices that a till can take: what a cut price is rounded to, by a smallest coin or by last amounts such as 0.95."""

from __future__ import annotations

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
        rungs = self.endings or (Decimal(0),)
        step = self.to or Decimal(1)
        while step <= max(rungs):
            step *= 10
        base = exact // step * step
        prices = sorted(base + turn * step + rung for turn in (-1, 0, 1) for rung in rungs)
        return max(each for each in prices if each <= exact), min(each for each in prices if each >= exact)

    @property
    def words(self) -> str:
        """What it does to a price: ``rounded down to 0.05``."""
        how = "rounded" if self.how is Rounding.NEAREST else f"rounded {self.how.value}"
        if self.endings is None:
            return f"{how} to {self.to}"
        return f"{how} to prices that end in {' or '.join(str(each) for each in self.endings)}"


def _read(value: Any) -> Any:
    """Read a bare amount as what prices are multiples of."""
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
