"""What the data file says of rows that are no plain purchase: impossible ones, negative ones, those of nobody."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from scenarios.language.values import Positive, Record, Share
from surrogate.data.files.id_text import id_text


def _ids(value: Any) -> Any:
    """Return ids as the texts that they are compared by, also where YAML reads them as numbers."""
    values = value if isinstance(value, list | tuple) else (value,)
    return tuple(id_text(one) if isinstance(one, int | float) and not isinstance(one, bool) else one for one in values)


Negative = Literal["returned", "cancelled", "ignored"]
"""Returned goods; a cancelled line, which never happened, nor did what it takes back; or nothing of the customer's."""


class CleanParams(Record):
    """What counts as impossible in a purchase row, and what as a sale without a customer."""

    max_quantity: Positive = 48
    """More units than this in one row are weights or fuel volumes, not packages."""
    max_price_ratio: Annotated[float, Field(gt=1)] = 20.0
    """A unit price this many times above or below the product's median is a mistake."""
    max_dropped: Share = 0.20
    """More dropped rows than this share, and the data is refused instead of cleaned."""
    negative_quantity: Negative = "returned"
    """What rows of a negative quantity are that no column ``returned`` marks."""
    negative_amount: Negative = "returned"
    """The same of rows with a negative amount for a quantity that is not negative: refunds, corrections of prices."""
    nothing_paid: Literal["dropped", "sold"] = "dropped"
    """Whether rows for which the shelf asks next to nothing are gifts, or a giveaway that was a promotion: sales."""
    duplicates: Literal["drop", "keep"] = "drop"
    """Rows that are the same in every mapped column: loaded twice (drop), or one row a scan at the till (keep)."""
    nobody: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_ids)] = ()
    """Customer ids that stand for nobody, such as the number that a till writes for whoever shows no card."""
    no_customer: Literal["count", "drop"] = "count"
    """Whether sales without a customer count as sales of the shop, or are left out."""
