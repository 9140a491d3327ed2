"""From a scenario's name or path to a validated, cross-checked, resolved question; every problem at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from scenarios.files import ScenarioFiles, open_scenario
from scenarios.inline import inline_tables
from scenarios.problems import InvalidInput, Places, Problem, shown
from scenarios.schema import Scenario
from scenarios.strict_yaml import read_yaml
from scenarios.validate import validate


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
    """The folder that the scenario's other files lie in."""
    positions: Places
    """File and line of every key path."""
    overrides: tuple[str, ...] = ()
    """The ``--set`` options, as given."""
    data: dict[str, Any] = field(default_factory=dict)
    """The plain data that the scenario was validated from (overrides applied, tables of records in place)."""

    @property
    def tables(self) -> dict[str, bytes]:
        """Contents of every file read beside the scenario, by name."""
        return dict(sorted(self.files.read_bytes.items()))


def load_scenario(name_or_path: str | FilePath, overrides: Sequence[str] = ()) -> LoadedScenario:
    """Read, validate and cross-check a scenario.

    Parameters
    ----------
    name_or_path
        A bare name is a shipped scenario; anything with a suffix or a slash is a path.
    overrides
        What-ifs such as ``limits.total-budget.max=900000``, applied before validation.

    Raises
    ------
    InvalidInput
        With every problem of the YAML, or else of the schema, the tables and the references.
    """
    files = open_scenario(name_or_path)
    data, places = read_yaml(files.raw, files.name)
    if not isinstance(data, dict):
        expected, got = "key: value lines from the left margin on", shown(data)
        raise InvalidInput([Problem(where=places.at(()), what="scenario", expected=expected, got=got)])
    problems = inline_tables(data, files, places)
    broken = frozenset(section for section in ("segments", "products", "history") if data.get(section, 0) is None)
    validated = validate(data, places, broken=broken if problems else frozenset())
    problems += validated.problems
    if problems:
        raise InvalidInput(problems)
    return LoadedScenario(
        scenario=validated.scenario,
        name=files.name,
        raw=files.raw,
        sha256=hashlib.sha256(files.raw).hexdigest(),
        files=files,
        positions=places,
        overrides=tuple(overrides),
        data=data,
    )


def schema_json() -> str:
    """Return the JSON Schema of scenario files, for editors that complete and check while typing."""
    return json.dumps(Scenario.model_json_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
