"""What rules count by: segments, products, categories, offers, and periods where they look at one at a time."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from scenarios.language.values import refused

Axis = Literal["segment", "product", "category", "offer", "period"]


def _not_along_time(value: Any) -> Any:
    if value == "period":
        raise refused("segment, product, category or offer, because this rule counts along periods", remedy="delete it")
    return value


SeriesAxis = Annotated[Literal["segment", "product", "category", "offer"], BeforeValidator(_not_along_time)]
"""An axis of the rules that look at several periods at once."""
