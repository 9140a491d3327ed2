"""Amounts that may be written as a share of a product's price: unit costs, and what points cost and are worth."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo, WithJsonSchema

from scenarios.language.values import (
    PERCENT_PATTERN,
    Money,
    Record,
    Share,
    digits_known,
    parse_money,
    parse_share,
    refused,
    share_expected,
)


class PriceShare(Record):
    """An amount written as a share of a product's price, ``68%``."""

    share: Share
    """Share of the price."""


def _read(value: Any, info: ValidationInfo) -> Any:
    """Read an amount, or a share of the price when written with a percent sign."""
    if isinstance(value, str) and value.strip().endswith("%"):
        share = parse_share(value)
        if not (0 <= share <= 1):
            raise refused("an amount of money, or a share of the price between 0% and 100%")
        return PriceShare(share=share)
    if value is None or isinstance(value, PriceShare) or (isinstance(value, dict) and set(value) == {"share"}):
        return value
    share_expected(value, "an amount of money, or a share of the price such as 55%")
    amount = parse_money(value, digits_known(info))
    if not (amount >= 0):
        raise refused("an amount of at least 0")
    return amount


_SCHEMA = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": PERCENT_PATTERN}]}
MoneyOrShare = Annotated[Money | PriceShare, BeforeValidator(_read), WithJsonSchema(_SCHEMA)]


def amount_at(amount: Decimal | PriceShare, price: float) -> float:
    """Return an amount in major units where the product's price, or what it is a share of, is known."""
    return price * amount.share if isinstance(amount, PriceShare) else float(amount)
