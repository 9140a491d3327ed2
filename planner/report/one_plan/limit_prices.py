"""What moving a limit may be worth, in sentences: an estimate, how far it stays nearly the same, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from planner.reasons.told_price import roomy
from planner.report.names import UNNAMED, Names
from planner.report.one_plan.limits import figure, points, price
from scenarios.answer.verdicts import LimitResult, PriceRange
from scenarios.language.words import Measure

FURTHEST = Decimal("0.5")
"""Share of a bound up to which `planner.run.shadow` follows a price."""
PRICES_ARE = (
    "These are estimates of a linear programme over single changes at this plan, which may take parts of a line. No "
    "plan was made at other bounds: some may allow none, and whole lines gain in steps, not by the unit. campaign "
    "sweep plans at other bounds and shows what they really bring."
)
"""What to think of prices."""


def price_sentences(limits: Sequence[LimitResult], currency: str, names: Names = UNNAMED) -> tuple[str, ...]:
    """Say how far each price was found to hold, the limit that is worth most first, and what prices are."""
    priced = [limit for limit in limits if limit.shadow_price and limit.price_holds is not None]
    priced.sort(key=lambda limit: -(limit.shadow_price or 0.0) * abs(float(limit.limit)))
    return (*(_worth(limit, currency, names.full(limit.id)) for limit in priced), *((PRICES_ARE,) if priced else ()))


def _worth(limit: LimitResult, currency: str, called: str) -> str:
    if roomy(limit):
        left = points(limit, limit.headroom, currency)
        if limit.sense == "max":
            return f"{called}: {left} of it is left; no whole line that pays fits in beside the other limits"
        return f"{called}: the plan is {left} above it; no whole lines that pay come closer beside the other limits"
    counted = "line" if limit.measure == Measure.LINES else "unit"
    unit = "percentage point" if limit.ratio else counted
    eased = "more" if limit.sense == "max" else "less"
    text = f"{called}: one {unit} {eased} is worth about {price(limit, currency).removeprefix('~')} by the estimate"
    text += _near(limit, currency)
    if not limit.binding:
        left, same = points(limit, limit.headroom, currency), figure(limit, limit.decides, currency)
        room, side = (
            (f"{left} of it is left", "down") if limit.sense == "max" else (f"the plan is {left} above it", "up")
        )
        text += f"; {room}, so this plan stays allowed {side} to {same}"
        text += f", and as lines come whole and act on each other {eased} of it alone may gain nothing"
    return text


def _near(limit: LimitResult, currency: str) -> str:
    """Say between which bounds the estimate stays nearly the same: of whole lines, between whole numbers."""
    if limit.price_holds is None or limit.price_holds.low == limit.price_holds.high:
        return "; no price holds where the bound moves by 2% or more"
    holds = _whole(limit, limit.price_holds)
    if holds.low == holds.high:
        return "; it was not found to hold as far as the next whole number of lines"
    low, high, now = (figure(limit, each, currency) for each in (holds.low, holds.high, limit.limit))
    return f", which stays within a tenth for bounds from {low} to {high} (now {now}{_no_further(limit, holds)})"


def _whole(limit: LimitResult, holds: PriceRange) -> PriceRange:
    """Return the whole numbers of lines inside a range; other ranges as they are."""
    if limit.measure != Measure.LINES or limit.ratio or limit.limit != limit.limit.to_integral_value():
        return holds
    low, high = holds.low.to_integral_value(ROUND_CEILING), holds.high.to_integral_value(ROUND_FLOOR)
    return PriceRange(low=min(low, limit.limit), high=max(high, limit.limit))


def _no_further(limit: LimitResult, holds: PriceRange) -> str:
    """Say on which side a price was found to hold as far as it was followed; on the other it was found to change."""
    furthest = FURTHEST * abs(limit.limit) * Decimal("0.999")
    below, above = limit.limit - holds.low >= furthest, holds.high - limit.limit >= furthest
    if not (below or above):
        return ""
    return f"; it was followed no {'further' if below and above else 'lower' if below else 'higher'}"
