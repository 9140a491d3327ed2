"""Validation of raw data into a Scenario, and what can be saved of a broken one so that it is checked on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from scenarios.currency import digits_of
from scenarios.language.schema import Scenario
from scenarios.language.schema_problems import explain
from scenarios.problems import Places, Problem

_PLACEHOLDERS: dict[str, Any] = {
    "scenario": "broken",
    "currency": "CNY",
    "horizon": {"start": dt.date(2000, 1, 1), "periods": 1},
    "segments": [],
    "products": [],
    "offers": [],
    "effects": {"model": "broken"},
}
_RECORD_LISTS = ("segments", "products", "offers", "gifts", "channels", "vendors", "limits", "rules", "history")


@dataclass(frozen=True, kw_only=True)
class Validated:
    """A scenario with its broken parts left out, and the problems of these parts."""

    scenario: Scenario
    problems: tuple[Problem, ...]
    kept: dict[str, tuple[int, ...]]
    """Sections of which some members were left out: the places in the file of the members that remain."""
    broken: frozenset[str]
    """Sections that were left out altogether."""


def validate(data: dict[str, Any], places: Places) -> Validated:
    """Validate raw data; broken members and sections are left out of the scenario that is returned."""
    horizon = data.get("horizon")
    unit = horizon.get("unit") if isinstance(horizon, dict) else None
    context = {"digits": digits_of(data.get("currency")), "unit": unit}
    try:
        scenario = Scenario.model_validate(data, context=context)
        return Validated(scenario=scenario, problems=(), kept={}, broken=frozenset())
    except ValidationError as error:
        found = explain(error, Scenario, data, places)
        bad = {path for path, _ in found} | {tuple(item["loc"][:1]) for item in error.errors() if len(item["loc"]) == 1}
    members: dict[str, set[int]] = {}
    gone: set[str] = set()
    for path in bad:
        section = str(path[0]) if path else "scenario"
        if section in _RECORD_LISTS and len(path) > 1 and isinstance(path[1], int):
            members.setdefault(section, set()).add(path[1])
        else:
            gone.add(section)
    kept = {
        section: tuple(index for index in range(len(data[section])) if index not in lost)
        for section, lost in members.items()
        if section not in gone
    }
    readable = {section: value for section, value in data.items() if section in Scenario.model_fields}
    for section in gone:
        readable.pop(section, None)
    for section, indexes in kept.items():
        readable[section] = [data[section][index] for index in indexes]
    for section, value in _PLACEHOLDERS.items():
        readable.setdefault(section, value)
    return Validated(
        scenario=Scenario.model_validate(readable),
        problems=tuple(problem for _, problem in found),
        kept=kept,
        broken=frozenset(gone),
    )
