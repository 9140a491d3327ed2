"""Products and segments of a scenario, which may still stand in tables, or be learned: those that are read in."""

from __future__ import annotations

from scenarios.language.schema import Product, Scenario, Segment


def listed_products(scenario: Scenario) -> tuple[Product, ...]:
    """Return the products of a scenario; none where they still stand in a table that is to be read."""
    return scenario.products if isinstance(scenario.products, tuple) else ()


def listed_segments(scenario: Scenario) -> tuple[Segment, ...]:
    """Return the segments of a scenario; none where they still stand in a table, or are to be learned."""
    return scenario.segments if isinstance(scenario.segments, tuple) else ()


def products_of(scenario: Scenario) -> tuple[Product, ...]:
    """Return the products of a scenario that is loaded.

    Raises
    ------
    TypeError
        Where they still stand in a table.
    """
    if not isinstance(scenario.products, tuple):
        raise TypeError("a loaded scenario has its products read in")
    return scenario.products
