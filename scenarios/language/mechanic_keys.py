"""Which parameters each mechanic takes, and in which ways they go together."""

from __future__ import annotations

from scenarios.language.words import Mechanic

PARAMETERS = ("buy", "get", "depth", "at_most", "price", "value", "spend", "save", "gift", "worth")
"""The parameters of all mechanics, in the order in which messages name them."""
_DEPTH = (frozenset({"depth"}), frozenset({"depth", "at_most"}))
WAYS: dict[Mechanic, tuple[frozenset[str], ...]] = {
    Mechanic.PRICE_DISCOUNT: (*_DEPTH, frozenset({"price"}), frozenset({"value"})),
    Mechanic.FLASH_SALE: (*_DEPTH, frozenset({"price"}), frozenset({"value"})),
    Mechanic.COUPON: (*_DEPTH, frozenset({"value"})),
    Mechanic.GIFT: (
        frozenset({"gift"}),
        frozenset({"gift", "worth"}),
        frozenset({"gift", "spend"}),
        frozenset({"gift", "spend", "worth"}),
    ),
    Mechanic.BUNDLE: (frozenset({"buy", "get"}), frozenset({"buy", "get", "depth"}), frozenset({"buy", "price"})),
    Mechanic.FEATURE: (frozenset(),),
    Mechanic.THRESHOLD: (frozenset({"spend", "save"}),),
    Mechanic.FREE_SHIPPING: (frozenset({"spend", "value"}), frozenset({"value"})),
}
"""Of each mechanic the sets of parameters that make it whole: an offer gives exactly one of them."""


def in_order(names: frozenset[str] | set[str]) -> list[str]:
    """Return parameters in the order in which messages name them."""
    return [name for name in PARAMETERS if name in names]


def ways_in_words(mechanic: Mechanic) -> str:
    """Say which parameters a mechanic takes.

    Examples
    --------
    >>> ways_in_words(Mechanic.BUNDLE), ways_in_words(Mechanic.FEATURE)
    ('buy with get (depth optional), or buy with price', '')
    >>> ways_in_words(Mechanic.GIFT)
    'gift (spend and worth optional)'
    """
    ways = WAYS[mechanic]
    least = [way for way in ways if not any(other < way for other in ways)]
    return ", or ".join(
        _with_optional(way, frozenset().union(*(more - way for more in ways if way < more))) for way in least
    )


def _with_optional(needed: frozenset[str], optional: frozenset[str]) -> str:
    said = " with ".join(in_order(needed))
    return f"{said} ({' and '.join(in_order(optional))} optional)" if optional else said


def foreign_to(mechanic: Mechanic) -> frozenset[str]:
    """Return the parameters that only other mechanics take."""
    return frozenset(PARAMETERS).difference(*WAYS[mechanic])
