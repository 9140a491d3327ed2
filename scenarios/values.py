"""The scalar types of the scenario language: shares, money, ids, dates, scopes."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$"


def parse_share(value: Any) -> float:
    """Read ``18%``, ``"18 %"`` or ``0.18`` as 0.18."""
    if isinstance(value, bool) or value is None:
        raise ValueError("expected a share such as 18%")
    if isinstance(value, str):
        match = re.fullmatch(r"\s*([+-]?\d+(?:\.\d+)?)\s*%\s*", value)
        if match is None:
            raise ValueError("expected a share such as 18%")
        return float(Decimal(match[1]) / 100)
    share = float(value)
    if not math.isfinite(share):
        raise ValueError("expected a finite share such as 18%")
    return share


def parse_money(value: Any) -> Decimal:
    """Read an amount in major units exactly (``19.9`` is 19.9, never 19.899999)."""
    if isinstance(value, bool) or value is None:
        raise ValueError("expected an amount of money such as 19.90")
    try:
        amount = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        raise ValueError("expected an amount of money such as 19.90") from None
    if not amount.is_finite():
        raise ValueError("expected a finite amount of money")
    return amount


def _within(low: float, high: float) -> AfterValidator:
    def check(share: float) -> float:
        if not (low <= share <= high):
            raise ValueError(f"expected a share between {low:.0%} and {high:.0%}")
        return share

    return AfterValidator(check)


def _non_negative(amount: Decimal) -> Decimal:
    if not (amount >= 0):
        raise ValueError("expected an amount of at least 0")
    return amount


Id = Annotated[str, Field(pattern=ID_PATTERN)]
Share = Annotated[float, BeforeValidator(parse_share), _within(0.0, 1.0)]
"""A share between 0 and 1, written ``18%``."""
Money = Annotated[Decimal, BeforeValidator(parse_money), AfterValidator(_non_negative)]
"""A non-negative amount in major currency units, exact."""
SignedMoney = Annotated[Decimal, BeforeValidator(parse_money)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]


class Record(BaseModel):
    """A frozen record of the scenario language: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class DateRange(Record):
    """Both ends included; written ``2026-11-01..2026-11-02`` or as one date."""

    first: dt.date
    last: dt.date

    @classmethod
    def parse(cls, value: Any) -> DateRange:
        """Read a date, or two joined by ``..``."""
        if isinstance(value, DateRange):
            return value
        if isinstance(value, dict):
            return cls.model_validate(value)
        if isinstance(value, dt.date):
            return cls(first=value, last=value)
        parts = str(value).split("..")
        try:
            dates = [dt.date.fromisoformat(part.strip()) for part in parts]
        except ValueError:
            dates = []
        if len(dates) not in (1, 2) or dates[0] > dates[-1]:
            raise ValueError("expected a date such as 2026-11-01 or a range 2026-11-01..2026-11-11")
        return cls(first=dates[0], last=dates[-1])

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


DateSpan = Annotated[DateRange, BeforeValidator(DateRange.parse)]
