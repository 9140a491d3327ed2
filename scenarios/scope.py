"""A scope: which lines, cells or sums a limit or a rule looks at."""

from __future__ import annotations

from scenarios.values import DateSpan, Id, Record
from scenarios.words import Layer, Mechanic


class Scope(Record):
    """Every key that is given narrows the scope; an empty scope is everything."""

    segments: tuple[Id, ...] | None = None
    products: tuple[Id, ...] | None = None
    categories: tuple[str, ...] | None = None
    offers: tuple[Id, ...] | None = None
    mechanics: tuple[Mechanic, ...] | None = None
    channels: tuple[Id, ...] | None = None
    layer: Layer | None = None
    periods: tuple[DateSpan, ...] | None = None
    vendor: Id | None = None
