"""What-ifs without editing: ``--set limits.total-budget.max=900000`` changes the raw data before validation."""

from __future__ import annotations

from typing import Any

from scenarios.language.files import ScenarioFiles
from scenarios.language.inline import inline_section
from scenarios.language.known_keys import fields_of
from scenarios.language.own_funding import own_entry
from scenarios.language.schema import Scenario
from scenarios.language.text.strict_yaml import read_yaml
from scenarios.problems import InvalidInput, Path, Places, Problem, did_you_mean, shown

_TABLED = ("segments", "products", "history")


def apply_override(data: dict[str, Any], option: str, files: ScenarioFiles, places: Places) -> list[Problem]:
    """Set one value in place; return what is wrong with the option.

    The path goes through keys, ids of list members, or their places counted from 1. A section that lies in a CSV file
    is read in first, so that ``products.nova-12.price=2599`` works there too. A vendor for whom ``of_product`` stands
    in an offer's funding gets an entry of its own. The value is strict YAML.
    """
    where = f"--set {option}"
    path_text, equals, value_text = option.partition("=")
    words = path_text.strip().split(".") if path_text.strip() else []
    if not equals or not words or not all(words):
        problem = Problem(
            where=where, what="option", expected="PATH=VALUE such as limits.total-budget.max=900000", got=shown(option)
        )
        return [problem]
    if not value_text.strip():
        remedy = "write a value, or null to remove the key"
        return [Problem(where=where, what="value", expected="one YAML value", got="none", remedy=remedy)]
    try:
        value, _ = read_yaml(f"value: {value_text.strip()}".encode(errors="surrogateescape"), where)
    except InvalidInput as error:
        return [
            Problem(where=where, what=p.what, expected=p.expected, got=p.got, remedy=p.remedy) for p in error.problems
        ]
    if set(value) != {"value"}:
        return [Problem(where=where, what="value", expected="one YAML value", got=shown(value_text))]
    if words[0] in _TABLED and words[1:] not in ([], ["table"]):
        found = inline_section(data, words[0], files, places)
        if found:
            return found
    if words[0] not in Scenario.model_fields:
        remedy = did_you_mean(words[0], Scenario.model_fields)
        return [Problem(where=where, what="path", expected="a key of the scenario", got=words[0], remedy=remedy)]
    return _put(data, words, value["value"], where, places)


def _put(data: dict[str, Any], words: list[str], value: Any, where: str, places: Places) -> list[Problem]:
    here: Any = data
    path: Path = ()
    rest = words
    while rest:
        found = _step(here, rest)
        last = False
        if found is None and isinstance(here, dict) and len(rest) == 1:
            found, last = (rest[0], 1), True
        if found is None and isinstance(here, dict) and _may_hold(path, rest[0]):
            here[rest[0]] = {}
            places.put_text((*path, rest[0]), where)
            found = (rest[0], 1)
        if found is None:
            return [_no_such(here, path, rest, where)]
        key, used = found
        rest = rest[used:]
        path = (*path, key if isinstance(key, int) else str(key))
        if not rest:
            here[key] = value
            if not last:
                places.drop(path)
            places.put_text(path, where)
            return []
        entries = (
            own_entry(here[key], rest, data.get("products"))
            if path[0] == "offers" and path[2:] == ("funding",)
            else None
        )
        if entries is not None:
            here[key] = entries
            places.drop(path)
            places.put_text(path, where)
        here = here[key]
    return []


def _step(here: Any, words: list[str]) -> tuple[Any, int] | None:
    """Return the key that the next words name and how many of them it takes: ids may hold dots."""
    if isinstance(here, dict):
        names = {str(key): key for key in here}
    elif isinstance(here, list):
        names = {str(index + 1): index for index in range(len(here))}
        names |= {_name(item): index for index, item in enumerate(here) if _name(item)}
    else:
        return None
    for used in range(len(words), 0, -1):
        name = ".".join(words[:used])
        if name in names:
            return names[name], used
    return None


def _name(item: Any) -> str:
    """Return what a member of a list goes by: its id, or the vendor of terms of funding, which have none."""
    found = (item.get("id") or item.get("vendor")) if isinstance(item, dict) else None
    return "" if found is None else str(found)


def _may_hold(path: Path, key: str) -> bool:
    """Whether a section of the scenario may be started by an option: ``risk.draws=400`` without a ``risk`` section."""
    return bool(fields_of(Scenario, (*path, key)))


def _no_such(here: Any, path: Path, rest: list[str], where: str) -> Problem:
    place = ".".join(str(part) for part in path) or "the scenario"
    if isinstance(here, dict):
        known = [str(key) for key in here]
        expected = f"a key of {place}"
    elif isinstance(here, list):
        known = [_name(item) for item in here if _name(item)]
        expected = f"the id of a member of {place}"
    else:
        return Problem(where=where, what="path", expected=f"nothing below {place}, a single value", got=rest[0])
    return Problem(
        where=where, what="path", expected=expected, got=rest[0], remedy=did_you_mean(rest[0], known, kind="member")
    )
