"""The question of a running campaign: its past locked, stock and bounds as they really stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np

from constraints.ledger import Ledger
from planner.figures import plural
from planner.flight.watch.not_come import not_come, not_come_words, remedy_words
from planner.problem import Problem, problem_of
from scenarios.answer.archive import Frozen
from scenarios.flight.actuals import Actuals
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.files import ScenarioFiles
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Horizon, Product, Scenario
from scenarios.language.schemas.rule import Locked
from scenarios.loading.load import LoadedScenario
from scenarios.problems import Places
from scenarios.response.coefficients import available_units

JUDGED = 4
"""Plans in turn: the running one, what is locked of it, and new ones."""
IN_FLIGHT = "in-flight"
"""Id of the rule that locks the past."""


def locked_in(
    scenario: Scenario, lines: tuple[PlanLine, ...], until: dt.date, excuses: Mapping[str, dt.date] | None = None
) -> Scenario:
    """Return the scenario with all lines up to a day locked; an older lock of the past gives way.

    Parameters
    ----------
    excuses
        Rules that these lines break, and the day from which each counts.
    """
    horizon = scenario.horizon
    past = tuple(line for line in lines if horizon.period_of(line.date) <= horizon.period_of(until))
    name = "what has run, or cannot be stopped"
    rule = Locked(id=IN_FLIGHT, rule="locked", lines=past, until=until, name=name, excuses=dict(excuses or {}))
    others = tuple(each for each in scenario.rules if each.id != IN_FLIGHT)
    return scenario.model_copy(update={"rules": (*others, rule)})


def with_real_stock(scenario: Scenario, actuals: Actuals) -> tuple[Scenario, tuple[str, ...]]:
    """Return the scenario whose stock is what is really left, and sentences about what differs.

    More was sold than was there: what arrives next had come already, and where that is not enough, stock is raised to
    what was sold. Less is left than sales explain (``stock_end``): breakage or theft, which is taken off the arrivals
    so far, the latest first, then off the first stock.
    """
    available = available_units(build_grid(scenario))
    sold = np.cumsum(np.nan_to_num(actuals.units_total), axis=-1)
    left = actuals.stock_end
    products, said = list(products_of(scenario)), []
    for k, product in enumerate(products):
        if product.stock is None:
            continue
        so_far = np.s_[: actuals.last + 1]
        over = sold[k, so_far] - available[k, so_far]
        beyond = int(np.ceil(max(float(over.max()), 0.0)))
        if beyond:
            product, early = _with_more(product, beyond, int(over.argmax()), scenario.horizon)
            more = f"{plural(beyond, 'unit')} more were sold than the stock of the scenario held"
            came = f", {early:,} of them taken for units that were to arrive later" if early else ""
            said.append(f"{product.id}: {more}{came}")
        told = np.flatnonzero(np.isfinite(left[k, so_far])) if left is not None else np.zeros(0, dtype=np.int64)
        if left is not None and told.size:
            at = int(told[-1])
            came_in = sum(units for day, units in product.arrivals.items() if scenario.horizon.period_of(day) <= at)
            explained = (product.stock or 0) + came_in - sold[k, at]
            gone = round(explained - float(left[k, at]))
            product = _with_less(product, gone, at, scenario.horizon)
            if abs(gone) >= 1:
                word = "fewer" if gone > 0 else "more"
                units = np.nan_to_num(actuals.units_total[k, : at + 1])
                late = not_come(products[k], units, left[k, : at + 1], scenario.horizon)
                why = "" if late is None else f": {not_come_words(late)}; {remedy_words(product.id, late)}"
                said.append(
                    f"{product.id}: {plural(abs(gone), 'unit')} {word} are left than stock less sales explains{why}"
                )
        products[k] = product
    return scenario.model_copy(update={"products": tuple(products)}), tuple(said)


def _with_more(product: Product, units: int, period: int, horizon: Horizon) -> tuple[Product, int]:
    """Add units to the first stock, off arrivals after a period, the next first; and how many were taken there."""
    arrivals, missing = dict(product.arrivals), units
    for day in sorted(day for day in arrivals if horizon.period_of(day) > period):
        taken = min(arrivals[day], missing)
        arrivals[day] -= taken
        missing -= taken
    changed = product.model_copy(update={"stock": (product.stock or 0) + units, "arrivals": arrivals})
    return changed, units - missing


def _with_less(product: Product, gone: int, period: int, horizon: Horizon) -> Product:
    """Take units off what has arrived up to a period, the latest arrival first; a negative number adds to the stock."""
    arrivals, stock = dict(product.arrivals), product.stock or 0
    if gone < 0:
        return product.model_copy(update={"stock": stock - gone})
    for day in sorted((day for day in arrivals if horizon.period_of(day) <= period), reverse=True):
        taken = min(arrivals[day], gone)
        arrivals[day] -= taken
        gone -= taken
    return product.model_copy(update={"arrivals": arrivals, "stock": max(stock - gone, 0)})


def products_of(scenario: Scenario) -> tuple[Product, ...]:
    """Return the products of a planned scenario."""
    if not isinstance(scenario.products, tuple):
        raise TypeError("a planned scenario has its products read in")
    return scenario.products


def problem_in_flight(frozen: Frozen) -> Problem:
    """Make the tables of a frozen problem, as the search needs them."""
    loaded = LoadedScenario(
        scenario=frozen.scenario,
        name=frozen.name,
        raw=frozen.raw,
        sha256=sha256(frozen.raw).hexdigest(),
        files=ScenarioFiles(name=frozen.name, folder=Path(), raw=frozen.raw),
        positions=Places(frozen.name),
        overrides=frozen.overrides,
        data=frozen.scenario.model_dump(mode="json", by_alias=True),
        effects=frozen.effects,
        baskets=frozen.baskets,
        custom=frozen.custom,
    )
    return problem_of(loaded)


def judged_in_flight(frozen: Frozen) -> tuple[Problem, Ledger]:
    """Make the tables of a frozen problem, and what judges its plans over the futures of its account."""
    problem = problem_in_flight(frozen)
    draws = draw(problem.grid, problem.effects, frozen.seed, name=frozen.draws)
    return problem, Ledger(problem.model, problem.effects, draws, plans=JUDGED)
