"""How long offers tire customers where nobody said and no data told: the default counts periods, so it is told in days.

Three periods are three days of a plan by days and three weeks of a plan by weeks. Which plan is best hangs on it, so
what the best plan would earn at half of it is worked out again.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.figures import money_style
from planner.problem import Problem
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.currency import minor_digits
from scenarios.grid import build_grid
from scenarios.language.scope import Scope
from scenarios.language.words import Measure, Unit
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.rounding import to_decimal


def half_life_assumed(problem: Problem) -> bool:
    """Return whether fatigue counts and its half-life is the default, neither given nor fitted."""
    written = problem.loaded.data.get("response")
    keys = set(written) if isinstance(written, dict) else set()
    term = problem.learned.response.get("fatigue") if problem.learned is not None else None
    fitted = term is not None and term.supported and "fatigue" not in keys
    return problem.loaded.scenario.response.fatigue > 0 and "fatigue_half_life" not in keys and not fitted


def half_life_in_days(problem: Problem) -> tuple[str, ...]:
    """Say what a default half-life is in days; nothing where it was given or fitted."""
    if not half_life_assumed(problem):
        return ()
    horizon, periods = problem.loaded.scenario.horizon, problem.loaded.scenario.response.fatigue_half_life
    other = "days" if horizon.unit is Unit.WEEK else "weeks"
    return (
        f"half of fatigue gone after {_days(periods * horizon.period_days)}: the default counts {periods:g} periods, "
        f"whatever a period is, {periods:g} {other} in a plan by {other} "
        "(response.fatigue_half_life)",
    )


def at_half_of_it(problem: Problem, plan: NDArray[np.int8]) -> tuple[str, ...]:
    """Say what a flat plan [N] would earn if fatigue went twice as fast as the default says.

    Nothing where the half-life was given or fitted, or where the profit reads the same.
    """
    if not half_life_assumed(problem):
        return ()
    loaded = problem.loaded
    response = loaded.scenario.response
    shorter = response.model_copy(update={"fatigue_half_life": response.fatigue_half_life / 2})
    changed = replace(loaded, scenario=loaded.scenario.model_copy(update={"response": shorter}))
    other = build_coefficients(build_grid(changed.scenario, changed.custom), problem.effects, problem.baskets)
    digits = minor_digits(loaded.scenario.currency)
    now, then = (to_decimal(_gain(model, plan), digits) for model in (problem.model, other))
    money = money_style(loaded.scenario.currency, [now, then])
    if money(now) == money(then):
        return ()
    days = response.fatigue_half_life * loaded.scenario.horizon.period_days
    return (
        f"that half of fatigue is gone after {_days(days)} is a default that nobody measured: after "
        f"{_days(days / 2)} plan 1 would change profit by {money(then, signed=True)}, not "
        f"{money(now, signed=True)}, and another plan may be better than it (plan again with "
        f"--set response.fatigue_half_life={shorter.fatigue_half_life:g})",
    )


def _gain(model: Coefficients, plan: NDArray[np.int8]) -> int:
    """Return the profit of a plan over that of the empty one, in minor units."""
    with_it, without = (measured(account(model, each), Measure.PROFIT, Scope()) for each in (plan, np.zeros_like(plan)))
    return with_it - without


def _days(number: float) -> str:
    """Return ``1 day`` or ``10.5 days``."""
    return f"{number:g} day{'' if number == 1 else 's'}"
