"""A scope: which lines, cells or sums a limit or a rule looks at."""

from __future__ import annotations

from scenarios.language.date_ranges import DateSpan
from scenarios.language.values import Id, Record
from scenarios.language.words import Layer, Mechanic


class Scope(Record):
    """Every key that is given narrows the scope; an empty scope is everything."""

    segments: tuple[Id, ...] | None = None
    """These segments; a public line reaches every one."""
    products: tuple[Id, ...] | None = None
    """These products, or ``basket``."""
    categories: tuple[str, ...] | None = None
    """Products of these categories."""
    offers: tuple[Id, ...] | None = None
    """These offers."""
    mechanics: tuple[Mechanic, ...] | None = None
    """Offers of these mechanics."""
    channels: tuple[Id, ...] | None = None
    """Offers sent over these channels."""
    layer: Layer | None = None
    """Only public or only targeted offers."""
    periods: tuple[DateSpan, ...] | None = None
    """These dates or ranges, such as 2026-11-01..2026-11-11."""
    vendor: Id | None = None
    """Offers that this vendor funds; who supplies a product does not count."""
