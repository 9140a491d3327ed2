"""Which shadow prices are told: none of a limit of which a plan leaves much, on the screen and in tables alike."""

from __future__ import annotations

from scenarios.answer.verdicts import LimitResult, PriceRange

MUCH_ROOM = 0.1
"""Share of a limit that is left, from which on no price is told."""


def told_price(limit: LimitResult) -> float | None:
    """Return a limit's shadow price; None where there is none, or where so much is left that it would mislead."""
    return None if untold(limit) else limit.shadow_price


def told_range(limit: LimitResult) -> PriceRange | None:
    """Return the bounds between which the price is told; None where no price is."""
    return None if untold(limit) else limit.price_holds


def untold(limit: LimitResult) -> bool:
    """Whether a price was estimated, be it 0, that is not told."""
    return limit.shadow_price is not None and roomy(limit)


def roomy(limit: LimitResult) -> bool:
    """Whether a plan leaves so much of a limit that more of it alone gains nothing, whatever parts of lines would."""
    return not limit.binding and room(limit) > MUCH_ROOM


def room(limit: LimitResult) -> float:
    """Headroom as a share of the limit."""
    return float(limit.headroom) / max(abs(float(limit.limit)), 1e-9)
