"""From a scenario's name or path to a validated, cross-checked, resolved question; every problem at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Any

from scenarios.arrays import Float
from scenarios.currency import digits_of, minor_digits
from scenarios.language.checks import baselines as baseline_checks
from scenarios.language.checks import closed_days, plausible, references, validities
from scenarios.language.checks import limits as limit_checks
from scenarios.language.checks import rules as rule_checks
from scenarios.language.checks import vendors as vendor_checks
from scenarios.language.checks.facts import Facts
from scenarios.language.checks.names_apart import names_apart
from scenarios.language.checks.unwritten import unwritten
from scenarios.language.files import ScenarioFiles, open_scenario
from scenarios.language.inline import inline_tables
from scenarios.language.json_schema import schema_json
from scenarios.language.overrides import apply_override
from scenarios.language.schema import MoneyTerms, PriceShare, Product, Scenario
from scenarios.language.schemas.baseline import times_alone
from scenarios.language.slips.misread import with_misread
from scenarios.language.text.strict_yaml import read_on
from scenarios.language.validate import validate
from scenarios.language.values import parse_money
from scenarios.loading import lines as line_checks
from scenarios.loading import magnitude, of_nobody
from scenarios.problems import InvalidInput, Places, Problem, in_file_order, shown
from scenarios.response.baskets import Baskets
from scenarios.response.effects import Effects
from scenarios.tables.apart import KnownAxes, read_apart
from scenarios.tables.baseline_times import BaselineTimes, TimesAxes, read_times
from scenarios.tables.read import TableRoute, read_tables

__all__ = ["LoadedScenario", "check", "cost_amounts", "load_scenario", "read_effects", "schema_json"]

_DATA_KINDS = ("transactions", "experiment")
"""What ``kind`` may say in a data file, which people pass here by mistake."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LoadedScenario:
    """A scenario that passed every check, with what it was read from."""

    scenario: Scenario
    """Segments, products, history and locked lines from tables are already in place."""
    name: str
    """The scenario's file as messages name it."""
    raw: bytes
    """The YAML file's own bytes."""
    sha256: str
    """Of ``raw``."""
    files: ScenarioFiles
    """The folder that the scenario's other files lie in, and what was read from there."""
    positions: Places
    """File and line of every key path."""
    overrides: tuple[str, ...]
    """The ``--set`` options, as given."""
    data: dict[str, Any]
    """The plain data that the scenario was validated from (overrides applied, tables of records in place)."""
    effects: Effects | None
    """Effects of the table route; None where data or a model must say them (`scenarios.loading.resolve`)."""
    baskets: Baskets | None
    """Orders by value, where the scenario or the data knows them."""
    custom: dict[str, Float]
    """Custom measures of the effect table, amount per use, [S, K+1, T, O] by column name."""
    times: BaselineTimes | None = None
    """What a baseline that is still to be learned will be multiplied by; None where effects are known."""

    @property
    def tables(self) -> dict[str, bytes]:
        """Contents of every file read beside the scenario, by name."""
        return dict(sorted(self.files.read_bytes.items()))


def load_scenario(
    name_or_path: str | FilePath, overrides: Sequence[str] = (), *, known_effects: bool = False
) -> LoadedScenario:
    """Read, validate and cross-check a scenario.

    Parameters
    ----------
    name_or_path
        A bare name is a shipped scenario; anything with a suffix or a slash is a path.
    overrides
        What-ifs such as ``limits.total-budget.max=900000``, applied before validation.
    known_effects
        Whether the effects are known from elsewhere, as in a plan folder: a named model then need not be there.

    Raises
    ------
    InvalidInput
        With every problem: of what is no YAML, or else of misread values, schema, tables and references together. A
        broken member or section is left out while the rest is checked on, and causes no second problem.
    """
    files = open_scenario(name_or_path)
    data, places, misread = read_on(files.raw, files.name)
    if not isinstance(data, dict):
        expected, got = "key: value lines from the left margin on", shown(data)
        raise InvalidInput([Problem(where=places.at(()), what="scenario", expected=expected, got=got)])
    if "scenario" not in data and data.get("kind") in _DATA_KINDS:
        got = f"a data file (kind: {data['kind']})"
        remedy = f"campaign train reads it; a scenario names it with effects: {{data: {FilePath(files.name).name}}}"
        where = places.at(("kind",))
        raise InvalidInput([Problem(where=where, what="scenario", expected="a scenario", got=got, remedy=remedy)])
    if str(data.get("format", "")).startswith("campaign-"):
        got = f"a file of another kind (format: {data['format']})"
        remedy = "of a plan folder, the question is in problem/question/"
        where = places.at(("format",))
        raise InvalidInput([Problem(where=where, what="scenario", expected="a scenario", got=got, remedy=remedy)])
    problems: list[Problem] = []
    for option in overrides:
        problems += apply_override(data, option, files, places)
    if problems:
        raise InvalidInput([*misread, *problems])
    inlined = inline_tables(data, files, places)
    validated = validate(data, places)
    scenario = cost_amounts(validated.scenario)
    facts = Facts(
        scenario=scenario,
        data=data,
        places=places,
        kept=validated.kept,
        broken=validated.broken,
        lossy=inlined.lossy,
        custom=None,
    )
    times, bad_times = _read_times(facts, files)
    route = _read_route(facts, files, times)
    facts = replace(facts, custom=_custom_names(facts, route))
    unread = _source_file(facts, files, known_effects=known_effects)
    problems = [*inlined.problems, *validated.problems, *check(facts), *unread, *route.problems]
    problems += bad_times
    problems += names_apart(facts, problems)
    problems += unwritten(data, places, problems)
    if not problems and route.effects is not None:
        sold = magnitude.volumes(route.effects.base_units, route.baskets)
        problems += magnitude.too_large(facts, sold, route.custom)
    problems = with_misread(problems, misread)
    if problems:
        raise InvalidInput(in_file_order(problems, files.name))
    return LoadedScenario(
        scenario=scenario,
        name=files.name,
        raw=files.raw,
        sha256=hashlib.sha256(files.raw).hexdigest(),
        files=files,
        positions=places,
        overrides=tuple(overrides),
        data=data,
        effects=route.effects,
        baskets=route.baskets,
        times=times if route.effects is None else None,
        custom=route.custom,
    )


def read_effects(loaded: LoadedScenario) -> Effects:
    """Return the effects of a scenario of the table route.

    Raises
    ------
    InvalidInput
        Where the scenario takes its effects from data or a model instead.
    """
    if loaded.effects is None:
        where = loaded.positions.at(("effects",))
        problem = Problem(where=where, what="effects", expected="effects: {table: FILE}", got="data or a model")
        raise InvalidInput([problem])
    return loaded.effects


def check(facts: Facts, *, declared: bool = True) -> list[Problem]:
    """Run every cross-check; segments that are not ``declared`` by people but learned bring ids and orders along."""
    of_people = () if declared else (references.reserved_ids, plausible.orders_known)
    words = (references, plausible, closed_days, validities, baseline_checks, limit_checks, rule_checks, vendor_checks)
    checks = [each for module in (*words, line_checks, of_nobody) for each in module.CHECKS]
    return [problem for each in checks if each not in of_people for problem in each(facts)]


def cost_amounts(scenario: Scenario) -> Scenario:
    """Turn unit costs written as a share of the price into amounts, where the price is known."""
    products = scenario.products
    if not isinstance(products, tuple) or not any(isinstance(product.unit_cost, PriceShare) for product in products):
        return scenario
    try:
        digits = minor_digits(scenario.currency)
    except ValueError:
        return scenario
    money = scenario.money
    return scenario.model_copy(update={"products": tuple(_with_amount(product, money, digits) for product in products)})


def _with_amount(product: Product, money: MoneyTerms, digits: int) -> Product:
    if product.price is None or not isinstance(product.unit_cost, PriceShare):
        return product
    net = product.price / (1 + Decimal(str(money.tax_of(product))))
    # As it would be read from a file, so that an archive that is read again holds the same: 24 and not 24.00.
    cost = parse_money(round(net * Decimal(str(product.unit_cost.share)), digits))
    return product.model_copy(update={"unit_cost": cost})


def _read_times(facts: Facts, files: ScenarioFiles) -> tuple[BaselineTimes | None, tuple[Problem, ...]]:
    """Read the factors of the baseline, as far as the names that they may use are known."""
    source = facts.scenario.baseline if "baseline" not in facts.broken else times_alone(facts.data.get("baseline"))
    if source is None:
        return None, ()
    cut = any(plausible.size(facts))  # what is planned will be cut, and the tables with it
    segments = None if cut else facts.ids("segments")
    apart = not any(references.unique_ids(facts))
    axes = TimesAxes(
        segments=None if segments is None else tuple(sorted(segments)),
        products=None if cut else facts.ids("products"),
        categories=None if cut else facts.categories(),
        goods=facts.products if apart and not cut and facts.whole("products", "horizon") else None,
        horizon=facts.scenario.horizon,
    )
    return read_times(source, axes, files, facts.places)


def _read_route(facts: Facts, files: ScenarioFiles, times: BaselineTimes | None) -> TableRoute:
    """Read the tables of cells where their axes are fully known; otherwise only check what needs none."""
    sections = ("segments", "products", "offers", "horizon", "effects", "baskets", "baseline", "risk")
    scenario = facts.scenario
    known = facts.whole(*sections) and not facts.learned and all((facts.segments, facts.products, scenario.offers))
    if known and not any((*references.unique_ids(facts), *plausible.size(facts))):
        return read_tables(scenario, facts.segments, facts.products, files, facts.places, times)
    too_many = any(plausible.size(facts))  # what is planned will be cut, and the tables with it
    axes = KnownAxes(
        segments=None if too_many else facts.ids("segments"),
        products=None if too_many else facts.ids("products"),
        offers=None if too_many else facts.ids("offers"),
        categories=None if too_many else facts.categories(),
        horizon=scenario.horizon,
        lift_cv=scenario.risk.lift_cv,
        digits=None if "currency" in facts.broken else digits_of(scenario.currency),
    )
    return read_apart(_named_tables(facts), axes, files, facts.places)


def _named_tables(facts: Facts) -> dict[str, str]:
    """Return the tables of cells that a scenario names and needs, also in sections that are broken otherwise."""
    names: dict[str, str] = {}
    for section in ("baskets", "baseline", "effects"):
        written = facts.data.get(section)
        if not isinstance(written, dict) or {"data", "model"} & written.keys():
            continue
        name = written.get("table")
        if isinstance(name, str):
            names[section] = name
    needless = ("baseline",) if "effects" not in names else ("baskets",) if facts.learned else ()
    return {section: name for section, name in names.items() if section not in needless}


def _custom_names(facts: Facts, route: TableRoute) -> frozenset[str] | None:
    """Return the custom measures; None where the effect table that would name them could not be read."""
    unread = "effects" in facts.broken or facts.scenario.effects.table is not None
    if unread and route.columns is None:
        return None
    return frozenset(route.columns or ())


def _source_file(facts: Facts, files: ScenarioFiles, *, known_effects: bool) -> list[Problem]:
    """See that the named data description is there, and keep its bytes; a model, too, unless its effects are known."""
    source = facts.scenario.effects
    if "effects" in facts.broken:
        return []
    if source.data is not None:
        problem = files.read(source.data, where=facts.places.at(("effects", "data")))[1]
        return [problem] if problem is not None else []
    if source.model is not None and not known_effects and not files.exists(source.model):
        remedy = "campaign train makes one; file names count from the scenario's folder"
        return [facts.problem(("effects", "model"), "an existing model file", remedy=remedy)]
    return []
