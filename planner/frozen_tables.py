"""The tables of a problem as a plan folder keeps it."""

from __future__ import annotations

from constraints.limits.book import Limits, build_limits
from scenarios.answer.archive import Frozen
from scenarios.grid import build_grid
from scenarios.response.coefficients import Coefficients, build_coefficients


def problem_tables(frozen: Frozen) -> tuple[Coefficients, Limits]:
    """Make the response model's tables and the limits of a frozen problem, as the search had them."""
    model = build_coefficients(build_grid(frozen.scenario, frozen.custom), frozen.effects, frozen.baskets)
    return model, build_limits(model)
