"""The problem: one scenario with everything that planning needs, built once per run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from constraints.limits.book import Limits, build_limits
from constraints.rulebook import RuleBook, build_rulebook
from planner.progress import Progress, ignore
from scenarios.grid import Grid, build_grid
from scenarios.loading.load import LoadedScenario, load_scenario
from scenarios.loading.resolve import resolve
from scenarios.response.baskets import Baskets
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects, Learned
from scenarios.response.for_sale import for_sale


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """A question that is ready to be planned."""

    loaded: LoadedScenario
    """Resolved: nothing is left open that the data had to say."""
    grid: Grid
    effects: Effects
    baskets: Baskets | None
    model: Coefficients
    limits: Limits
    rulebook: RuleBook
    learned: Learned | None
    """What was learned from data; None where effects come from tables."""

    @property
    def coupled(self) -> bool:
        """Whether lines come or go only together: by a rule, or for a floor that takes several to reach."""
        floors = (self.limits.sign < 0) & np.isnan(self.limits.rate)
        return self.rulebook.coupled or bool(floors.any())


def build_problem(
    name_or_path: str | Path, overrides: Sequence[str] = (), progress: Callable[[Progress], None] = ignore
) -> Problem:
    """Load a scenario, read or learn its effects, and make the tables of the response model.

    Raises
    ------
    InvalidInput
        With every problem of the scenario and its files.
    """
    loaded = load_scenario(name_or_path, overrides)
    if loaded.effects is not None:
        return problem_of(loaded)
    from planner.learning import learn

    learned = learn(loaded, progress)
    return problem_of(resolve(loaded, learned), learned)


def problem_of(loaded: LoadedScenario, learned: Learned | None = None) -> Problem:
    """Make the tables of a resolved scenario.

    Raises
    ------
    ValueError
        For a scenario whose effects are neither read nor learned yet.
    """
    if loaded.effects is None:
        raise ValueError("a problem needs a resolved scenario: effects read or learned")
    grid = build_grid(loaded.scenario, loaded.custom)
    model = build_coefficients(grid, loaded.effects, loaded.baskets)
    limits = build_limits(model)
    return Problem(
        loaded=loaded,
        grid=grid,
        effects=loaded.effects,
        baskets=loaded.baskets,
        model=model,
        limits=limits,
        rulebook=build_rulebook(grid, model.economics, for_sale(model, loaded.effects)),
        learned=learned,
    )
