"""Contributions: what the objective loses without each line of a plan.

Lines gain and lose by one another, so contributions do not add up to the objective; the rest is the interaction.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from scenarios.answer.as_it_was import AsItWas
from scenarios.answer.cells import Account
from scenarios.arrays import Float, Plan
from scenarios.language.aim import weights_of
from scenarios.response.changes import Changes
from scenarios.response.coefficients import Coefficients
from scenarios.response.measures import objective_functional
from scenarios.rounding import scaled, to_decimal


def contribution_amounts(model: Coefficients, book: Account, objective: Decimal) -> tuple[tuple[Decimal, ...], Decimal]:
    """Return the rounded contribution of each line of an account, and the interaction that is left of the objective.

    Lines of a running campaign's past are worth what vendors paid for them and what messages really cost.
    """
    weights = weights_of(model.grid.scenario.objective)
    amounts = scaled(contributions(model, book.plan) + AsItWas(model).of_lines(book.lines, weights), book.digits)
    rounded = tuple(to_decimal(amount, book.digits) for amount in amounts)
    return rounded, objective - sum(rounded, start=Decimal(0))


def contributions(model: Coefficients, plan: Plan) -> Float:
    """Objective of a flat plan [N] less its objective without each line, in the plan's order of lines."""
    changes = Changes(model, objective_functional(model), plan)
    gains = np.concatenate([changes.to(block, 0).ravel() for block in range(4)])
    return np.asarray(-gains[np.flatnonzero(plan)])
