"""The question of a plan directory against its own source, and against finance's own copy of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from constraints.checking.differences import Difference, compare
from constraints.checking.effect_rows import row_differences, two_tables
from scenarios.answer.archive import Frozen, question_file
from scenarios.answer.plan_files import PROBLEM
from scenarios.arrays import Flag, Float
from scenarios.language.aim import aim_words
from scenarios.language.schema import BaselineSource, Scenario
from scenarios.language.words import BASKET
from scenarios.loading.load import LoadedScenario, load_scenario
from scenarios.problems import InvalidInput
from scenarios.response.effects import Effects

ROW_ARRAYS = ("lift", "lift_sd", "take_up", "take_up_cv")
"""Arrays of effects that the rows of an effect table speak for."""
LIFT_AXES = 5
"""Lifts have an axis of ensemble members in front."""
Custom = Mapping[str, Float]
"""Measures of one's own by name, amount per use [S, K + 1, T, O]."""
_RESOLVED, _EFFECTS = f"{PROBLEM}/scenario.json", f"{PROBLEM}/effects.npz"


def question_differences(frozen: Frozen, folder: Path) -> tuple[list[Difference], list[str]]:
    """Derive the resolved question again from its own bytes, and the effects too where they come from a table.

    Returns
    -------
    differences, unproven
        What deviates; and sentences about what could not be derived here.
    """
    path = folder / PROBLEM / question_file(frozen)
    try:
        loaded = load_scenario(path, frozen.overrides)
    except InvalidInput as error:
        if frozen.scenario.effects.model is not None:
            return [], [
                f"effects come from the model {frozen.scenario.effects.model}, which a plan folder does not hold: they "
                "are sealed by hash, not scored again; --scenario FILE compares the question itself"
            ]
        if frozen.scenario.effects.table is None:
            return [], [f"the question was not derived again from its source: {error.problems[0]}"]
        place = path.relative_to(folder).as_posix()
        got = f"{len(error.problems)} problems, first {error.problems[0]}"
        return [Difference(file=place, place="question", expected="the scenario that was planned", got=got)], []
    found = _compare_scenarios(loaded.scenario, frozen.scenario, file=_RESOLVED, in_flight=frozen.flight is not None)
    if frozen.flight is not None:
        return found, [
            "the plan was changed while it ran: effects were recalibrated with the actuals up to "
            f"{frozen.flight.as_of}, and stock and bounds follow what was really used; these are sealed by hash, not "
            "derived again",
            *frozen.flight.asked,
            *frozen.flight.moved,
        ]
    if loaded.effects is None:
        return found, [f"effects were learned ({frozen.effects.source}): they are sealed by hash, not learned again"]
    found += effect_differences(frozen.scenario, loaded.effects, frozen.effects, file=_EFFECTS)
    found += _custom_differences(frozen.scenario, loaded.custom, frozen.custom, _EFFECTS)
    if loaded.baskets != frozen.baskets:
        expected, got = "the orders of the basket table", "others"
        found.append(Difference(file=f"{PROBLEM}/problem.json", place="baskets", expected=expected, got=got))
    return found, []


def scenario_differences(frozen: Frozen, own: LoadedScenario) -> tuple[list[Difference], str]:
    """Compare what was planned with finance's own copy of the question, ``--set`` changes included.

    Returns
    -------
    differences, another
        What deviates; and a sentence where the copy is about other things altogether, else nothing.
    """
    return _own_differences(own, frozen), another_question(own.name, own.scenario, frozen.scenario)


def fixed_differences(own: LoadedScenario, frozen: Frozen) -> list[Difference]:
    """Compare only what no re-planning of a running campaign moves: prices, costs, segments, offers and their like."""
    found = _compare_scenarios(own.scenario, frozen.scenario, file=own.name, in_flight=True)
    if own.effects is not None and own.baskets != frozen.baskets:
        found.append(Difference(file=own.name, place="baskets", expected=f"those of {own.name}", got="others"))
    baseline = own.scenario.baseline
    name = None if baseline is None else baseline.times
    if own.effects is None and isinstance(name, str) and frozen.tables.get(name) != own.tables.get(name):
        expected, got = f"other contents of {name}", f"those that {name} had"
        found.append(Difference(file=own.name, place="baseline.times", expected=expected, got=got))
    return found


def moved_differences(own: LoadedScenario, frozen: Frozen, rule: str) -> list[Difference]:
    """Compare the whole question, bounds and stock too; but for the rule of an id that the copy has not."""
    rules = tuple(each for each in frozen.scenario.rules if each.id != rule)
    return _compare_scenarios(own.scenario, frozen.scenario.model_copy(update={"rules": rules}), file=own.name)


def _own_differences(own: LoadedScenario, frozen: Frozen) -> list[Difference]:
    name = f"scenario that was planned (against {own.name})"
    found = _compare_scenarios(own.scenario, frozen.scenario, file=name)
    if own.effects is not None:
        found += _own_effects(own, own.effects, frozen, name)
        if own.baskets != frozen.baskets:
            expected, got = f"those of {own.name}", "others"
            found.append(Difference(file=name, place="baskets", expected=expected, got=got))
        return found
    for table, raw in own.tables.items():
        if frozen.tables.get(table) != raw:
            got = "other contents" if table in frozen.tables else "no such file"
            found.append(Difference(file=name, place=table, expected=f"the contents of your {table}", got=got))
    return found


def another_question(name: str, own: Scenario, planned: Scenario) -> str:
    """Say which of the names and axes differ, where any does; segments that are learned are not compared."""
    parts = []
    if own.scenario != planned.scenario:
        parts.append(f"scenario ({own.scenario}; planned: {planned.scenario})")
    if own.horizon != planned.horizon:
        parts.append(f"horizon ({_span(own)}; planned: {_span(planned)})")
    for axis in ("segments", "products", "offers"):
        mine, theirs = getattr(own, axis), getattr(planned, axis)
        if isinstance(mine, tuple) and isinstance(theirs, tuple):
            first, second = ({one.id for one in rows} for rows in (mine, theirs))
            if first != second:
                yours, plans = f"{len(first - second)} only in yours", f"{len(second - first)} only in the plan"
                parts.append(f"{axis} ({yours}, {plans}, {len(first & second)} in both)")
    return f"{name} asks another question than the one that was planned: other {'; '.join(parts)}." if parts else ""


def _span(scenario: Scenario) -> str:
    horizon = scenario.horizon
    return f"{horizon.periods} {horizon.unit.value}{'s' if horizon.periods != 1 else ''} from {horizon.start}"


def _compare_scenarios(source: Scenario, resolved: Scenario, *, file: str, in_flight: bool = False) -> list[Difference]:
    """Compare two scenarios; what the source leaves to the data, or a running campaign moves, is not compared."""
    wanted, got = source.model_dump(mode="json", by_alias=True), resolved.model_dump(mode="json", by_alias=True)
    for each in (wanted, got):  # who has no baseline has neither of its keys: the key that differs is named
        each["baseline"] = each["baseline"] or dict.fromkeys(BaselineSource.model_fields)
    if in_flight:
        for moved in ("limits", "rules"):
            wanted.pop(moved), got.pop(moved)
        for section, moved in (("vendors", "fund"), ("gifts", "stock")):
            for record in (*wanted[section], *got[section]):
                record.pop(moved)
        if isinstance(source.products, tuple) and isinstance(resolved.products, tuple):
            for product in (*wanted["products"], *got["products"]):
                product.pop("stock"), product.pop("arrivals")
    if not isinstance(source.segments, tuple):
        wanted.pop("segments"), got.pop("segments")
    if source.effects.table is None and source.history == ():
        wanted.pop("history"), got.pop("history")
    if source.effects.table is None:
        open_terms = {
            "fatigue",
            "fatigue_low",
            "fatigue_high",
            "fatigue_half_life",
            "pull_forward",
            "cannibalisation",
            "cannibalisation_low",
            "cannibalisation_high",
            "without_rivals",
        } - source.response.model_fields_set
        for key in sorted(open_terms):
            wanted["response"].pop(key, None), got["response"].pop(key, None)  # ends of intervals may be absent
    if isinstance(source.products, tuple) and isinstance(resolved.products, tuple):
        for one, other in zip(wanted["products"], got["products"], strict=False):
            if one["price"] is None:
                for open_key in ("price", "unit_cost"):
                    one.pop(open_key), other.pop(open_key, None)
    expected, found = aim_words(source.objective), aim_words(resolved.objective)
    if expected != found:  # one line in words, instead of one for every key of either
        wanted.pop("objective"), got.pop("objective")
        return [
            Difference(file=file, place="objective", expected=expected, got=found),
            *compare(wanted, got, file=file),
        ]
    return list(compare(wanted, got, file=file))


def effect_differences(scenario: Scenario, wanted: Effects, got: Effects, *, file: str) -> list[Difference]:
    """Compare two sets of effects number by number; name the first of each array, count the rest."""
    found = _tables(scenario, wanted, got, file)
    for place in ("source", "evidence", "notes"):
        found += compare(_plain(getattr(wanted, place)), _plain(getattr(got, place)), file=file, place=place)
    return found


def table_differences(own: LoadedScenario, frozen: Frozen, believed: Effects) -> list[Difference]:
    """Compare the effects of a copy of the question with those that were believed when it was planned."""
    if own.effects is None:
        return []
    found, rest, custom = _rows_first(own, frozen, own.effects, believed, own.name)
    found += _tables(frozen.scenario, own.effects, rest, own.name)
    return found + _custom_differences(frozen.scenario, own.custom, custom, _EFFECTS)


def _own_effects(own: LoadedScenario, wanted: Effects, frozen: Frozen, file: str) -> list[Difference]:
    """Compare finance's own effects with those that were planned with: row by row where both stand in tables."""
    found, rest, custom = _rows_first(own, frozen, wanted, frozen.effects, file)
    found += effect_differences(own.scenario, wanted, rest, file=file)
    return found + _custom_differences(frozen.scenario, own.custom, custom, file)


def _rows_first(
    own: LoadedScenario, frozen: Frozen, wanted: Effects, got: Effects, file: str
) -> tuple[list[Difference], Effects, Custom]:
    """Name the rows of tables that differ.

    Returns
    -------
    found, rest, custom
        The rows; and the effects and measures of one's own that were got, with what the rows explain put right.
    """
    tables = two_tables(own, frozen)
    arrays = {name: (getattr(wanted, name), getattr(got, name)) for name in ROW_ARRAYS}
    measures = {name: (own.custom[name], frozen.custom[name]) for name in own.custom.keys() & frozen.custom.keys()}
    every = [*arrays.values(), *measures.values()]
    if tables is None or any(one.shape != other.shape for one, other in every):
        return [], got, frozen.custom
    differs = np.any([_cells_of(one, other) for one, other in every], axis=0)
    found, left = row_differences(tables, differs, file)
    named = differs & ~left
    rest = {name: np.where(named, one, other) for name, (one, other) in arrays.items()}
    custom = {name: np.where(named, one, other) for name, (one, other) in measures.items()}
    notes = wanted.notes if found else got.notes  # they count rows, and those that differ are named
    return found, replace(got, notes=notes, **rest), {**frozen.custom, **custom}


def _cells_of(one: Float, other: Float) -> Flag:
    """[S, K + 1, T, O] cells in which two arrays differ, in whichever ensemble member."""
    differs = one != other
    return np.asarray(differs.any(axis=0) if differs.ndim == LIFT_AXES else differs)


def _tables(scenario: Scenario, wanted: Effects, got: Effects, file: str) -> list[Difference]:
    found: list[Difference] = []
    for name in ("base_units", "base_cv", *ROW_ARRAYS):
        found += _array_differences(scenario, name, getattr(wanted, name), getattr(got, name), file)
    return found


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _custom_differences(scenario: Scenario, wanted: Custom, got: Custom, file: str) -> list[Difference]:
    found: list[Difference] = []
    for name in sorted(wanted.keys() | got.keys()):
        if name in wanted and name in got:
            found += _array_differences(scenario, name, wanted[name], got[name], file)
        else:
            expected, there = ("a table", "none") if name in wanted else ("none", "a table")
            found.append(Difference(file=file, place=f"custom measure {name}", expected=expected, got=there))
    return found


def _array_differences(scenario: Scenario, name: str, wanted: Float, got: Float, file: str) -> list[Difference]:
    if wanted.shape != got.shape:
        return [Difference(file=file, place=name, expected=f"shape {wanted.shape}", got=f"{got.shape}")]
    places = np.argwhere(wanted != got)
    if not len(places):
        return []
    first = tuple(int(x) for x in places[0])
    more = f" (and {len(places) - 1:,} more values differ)" if len(places) > 1 else ""
    where = f"{name} of {_cell(scenario, name, first)}"
    return [Difference(file=file, place=where, expected=f"{wanted[first]:.9g}", got=f"{got[first]:.9g}{more}")]


def _cell(scenario: Scenario, name: str, place: tuple[int, ...]) -> str:
    """Say where a number of an effect array stands."""
    segments = [s.id for s in scenario.segments] if isinstance(scenario.segments, tuple) else []
    products = [p.id for p in scenario.products] if isinstance(scenario.products, tuple) else []
    products.append(BASKET)
    rest = list(place[1:] if name in ("base_units", "lift") else place)
    words = [segments[rest[0]], products[rest[1]]]
    if len(rest) > 2:
        words.append(str(scenario.horizon.date_of(rest[2])))
    if len(rest) > 3:
        words.append(scenario.offers[rest[3]].id)
    return ", ".join(words)
