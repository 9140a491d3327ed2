"""The rule that counts promotions, not lines."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from scenarios.language.schemas.axes import SeriesAxis
from scenarios.language.schemas.rule_record import RuleRecord
from scenarios.language.values import Count, refused


class MaxPromotions(RuleRecord):
    """At most ``max`` different promotions in each span of time, however many lines each of them has there."""

    rule: Literal["max_promotions"]
    """Kind of the rule."""
    max: Count
    """Most promotions in one span."""
    each: Literal["period", "week", "month"] | None = None
    """The spans: each period, calendar week (Monday to Sunday) or month; the whole horizon when left out."""
    of: tuple[SeriesAxis, ...] = ("offer", "product")
    """What tells one promotion from another: an offer on a product; ``[product]`` counts products on offer."""
    per: tuple[SeriesAxis, ...] = ()
    """Counted for each of these."""

    @model_validator(mode="after")
    def _axes_apart(self) -> MaxPromotions:
        if not self.of:
            raise refused("at least one axis in of", got="none", remedy="write of: [offer, product], for example")
        both = [axis for axis in self.of if axis in self.per]
        if both:
            expected = "different axes in of (what tells promotions apart) and per (what is counted apart)"
            raise refused(expected, got=f"{both[0]} in both", remedy="delete it from one")
        return self
