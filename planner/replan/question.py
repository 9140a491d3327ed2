"""The question of a running campaign: its past locked, stock and bounds as they really stand."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_CEILING, Decimal
from hashlib import sha256
from pathlib import Path

import numpy as np

from constraints.ledger import LedgerReport
from planner.problem import Problem, problem_of
from planner.report.figures import plural
from scenarios.answer.archive import Frozen
from scenarios.answer.verdicts import LimitResult
from scenarios.flight.actuals import Actuals
from scenarios.language.files import ScenarioFiles
from scenarios.language.load import LoadedScenario
from scenarios.language.plan_lines import PlanLine
from scenarios.language.rule_schema import Locked
from scenarios.language.schema import Limit, Product, Scenario
from scenarios.language.scope import Scope
from scenarios.language.values import DateRange
from scenarios.problems import Places
from scenarios.response.coefficients import available_units

IN_FLIGHT = "in-flight"
"""Id of the rule that locks the past."""


def locked_in(scenario: Scenario, lines: tuple[PlanLine, ...], until: dt.date) -> Scenario:
    """Return the scenario with all lines up to a day locked; an older lock of the past gives way."""
    horizon = scenario.horizon
    past = tuple(line for line in lines if horizon.period_of(line.date) <= horizon.period_of(until))
    rule = Locked(id=IN_FLIGHT, rule="locked", lines=past, until=until, name="what has run, or cannot be stopped")
    others = tuple(each for each in scenario.rules if each.id != IN_FLIGHT)
    return scenario.model_copy(update={"rules": (*others, rule)})


def with_real_stock(scenario: Scenario, actuals: Actuals) -> tuple[Scenario, tuple[str, ...]]:
    """Return the scenario whose stock is what is really left, and sentences about what differs.

    More was sold than was there: stock is raised to what was sold. Less is left than sales explain (``stock_end``):
    breakage or theft, which is taken off the arrivals so far, the latest first, then off the first stock.
    """
    available = available_units(actuals.grid)
    sold = np.cumsum(np.nan_to_num(actuals.units_total), axis=-1)
    left = actuals.stock_end
    products, said = list(_products(scenario)), []
    for k, product in enumerate(products):
        if product.stock is None:
            continue
        so_far = np.s_[: actuals.last + 1]
        beyond = int(np.ceil(max(float((sold[k, so_far] - available[k, so_far]).max()), 0.0)))
        if beyond:
            product = product.model_copy(update={"stock": product.stock + beyond})
            said.append(f"{product.id}: {plural(beyond, 'unit')} more were sold than the stock of the scenario held")
        told = np.flatnonzero(np.isfinite(left[k, so_far])) if left is not None else np.zeros(0, dtype=np.int64)
        if left is not None and told.size:
            at = int(told[-1])
            explained = available[k, at] + beyond - sold[k, at]
            gone = round(explained - float(left[k, at]))
            product = _with_less(product, gone, scenario.horizon.date_of(at))
            if abs(gone) >= 1:
                word = "fewer" if gone > 0 else "more"
                said.append(f"{product.id}: {plural(abs(gone), 'unit')} {word} are left than stock less sales explains")
        products[k] = product
    return scenario.model_copy(update={"products": tuple(products)}), tuple(said)


def _with_less(product: Product, gone: int, until: dt.date) -> Product:
    """Take units off what has arrived by a day, the latest arrival first; a negative number adds to the first stock."""
    arrivals, stock = dict(product.arrivals), product.stock or 0
    if gone < 0:
        return product.model_copy(update={"stock": stock - gone})
    for day in sorted((day for day in arrivals if day <= until), reverse=True):
        taken = min(arrivals[day], gone)
        arrivals[day] -= taken
        gone -= taken
    return product.model_copy(update={"arrivals": arrivals, "stock": max(stock - gone, 0)})


def eased(scenario: Scenario, report: LedgerReport, rest: DateRange) -> tuple[Scenario, tuple[str, ...]]:
    """Return the scenario with every ceiling that the locked lines alone exceed, and sentences about each.

    A ceiling on a sum is raised to what is used already, so that the rest adds nothing to it. One that holds in each
    of many spans holds from the first free day on.

    Parameters
    ----------
    report
        What the ledger says of the locked lines alone.
    rest
        The days that may still change.
    """
    said = []
    for broken in (each for each in report.limits if not each.ok and each.sense == "max"):
        kind, _, name = broken.id.rpartition(":")
        used = _up(broken)
        if kind == "fund":
            scenario = _replaced(scenario, "vendors", name, fund=used)
        elif kind == "gift":
            scenario = _replaced(scenario, "gifts", name, stock=int(used.to_integral_value(ROUND_CEILING)))
        elif kind == "stock":
            beyond = int((used - broken.limit).to_integral_value(ROUND_CEILING))
            product = next(each for each in _products(scenario) if each.id == name)
            scenario = _replaced(scenario, "products", name, stock=(product.stock or 0) + beyond)
            asked = f"{plural(beyond, 'unit')} more than the stock may be asked for{broken.place}"
            said.append(
                f"{name}: {asked}, even without further promotion; the account books them as if they were there"
            )
            continue
        elif kind == "":
            limit = next(each for each in scenario.limits if each.id == name)
            if broken.within is None and not broken.ratio:
                scenario = _replaced(scenario, "limits", name, max=used)
            else:
                scenario = _replaced(scenario, "limits", name, where=_from(limit, rest))
                place = f"({used:,f}){broken.place}; it holds from {rest.first} on"
                said.append(f"limit {name}: {broken.limit:,f} is exceeded already {place}")
                continue
        else:
            continue
        already = f"{used:,f} of {broken.limit:,f} are used by what cannot be changed any more"
        said.append(f"limit {broken.id}: {already}; the rest may add nothing")
    return scenario, tuple(said)


def _products(scenario: Scenario) -> tuple[Product, ...]:
    if not isinstance(scenario.products, tuple):
        raise TypeError("a planned scenario has its products read in")
    return scenario.products


def _up(broken: LimitResult) -> Decimal:
    """The use that breaks a ceiling, rounded up where it is told with more digits than the ceiling."""
    used = broken.used if broken.used_at_risk is None else max(broken.used, broken.used_at_risk)
    return used.quantize(Decimal("0.0001"), ROUND_CEILING).normalize() + 0


def _from(limit: Limit, rest: DateRange) -> Scope:
    """A scope from a day on."""
    spans = limit.where.periods
    later = (
        (rest,)
        if spans is None
        else tuple(
            DateRange(first=max(span.first, rest.first), last=span.last) for span in spans if span.last >= rest.first
        )
    )
    return limit.where.model_copy(update={"periods": later or (rest,)})


def _replaced(scenario: Scenario, section: str, name: str, **changes: object) -> Scenario:
    records = tuple(each.model_copy(update=changes) if each.id == name else each for each in getattr(scenario, section))
    return scenario.model_copy(update={section: records})


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
