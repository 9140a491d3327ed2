"""Validation of raw data into a Scenario, and what can be saved of a broken one so that it is checked on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from scenarios.problems import Places, Problem
from scenarios.schema import Scenario
from scenarios.schema_problems import explain

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
    partly: frozenset[str]
    """Sections of which some members were left out."""
    broken: frozenset[str]
    """Sections that were left out altogether."""


def validate(data: dict[str, Any], places: Places, *, broken: frozenset[str] = frozenset()) -> Validated:
    """Validate raw data; broken members and sections are left out of the scenario that is returned.

    ``broken`` names sections that are known to be unusable, because their file was; they cause no further problem.
    """
    data = dict(data)
    for section in broken:
        data.pop(section, None)
        if section in _PLACEHOLDERS:
            data[section] = _PLACEHOLDERS[section]
    try:
        scenario = Scenario.model_validate(data)
        return Validated(scenario=scenario, problems=(), partly=frozenset(), broken=broken)
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
    for section, indexes in members.items():
        if section not in gone:
            data[section] = [None if i in indexes else item for i, item in enumerate(data[section])]
    kept: dict[str, Any] = {}
    for section, value in data.items():
        if section in gone or section not in Scenario.model_fields:
            continue
        kept[section] = [item for item in value if item is not None] if section in members else value
    for section, value in _PLACEHOLDERS.items():
        kept.setdefault(section, value)
    return Validated(
        scenario=Scenario.model_validate(kept),
        problems=tuple(problem for _, problem in found),
        partly=frozenset(members) - gone,
        broken=broken | gone,
    )
