"""From pydantic's errors to problems in the planner's words, with the line and what mends it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from scenarios.currency import codes_remedy
from scenarios.language.data_paths import ABSENT, data_path, named, value_at
from scenarios.language.known_keys import fields_of
from scenarios.language.slips.elsewhere import key_here, key_meant_here, word_here
from scenarios.language.slips.mechanic_meant import key_meant, mechanic_here, own_keys
from scenarios.language.slips.yaml_slips import slip
from scenarios.language.values import LONGEST_ID
from scenarios.language.words import EVERYBODY
from scenarios.plain_digits import plain_remedy
from scenarios.problems import Path, Places, Problem, did_you_mean, or_else, shown

_UNKNOWN = ("extra_forbidden", "invalid_key")
"""How pydantic says that a key is not known: as a word, and as what is no text."""
_RECORD = ("dict_type", "model_type", "model_attributes_type", "dataclass_type")
"""How it says that something else stands where keys with values are due."""
_ALL_OR_NONE = ("all", "any", "none", "no", EVERYBODY)
_LIST = ("tuple_type", "list_type")
"""How it says that something else stands where a list is due."""
_ID_HINT = "an id: letters from a to z, digits, dots, dashes and underscores"


def explain(error: ValidationError, model: type[BaseModel], data: Any, places: Places) -> list[tuple[Path, Problem]]:
    """Turn a validation error into problems, each with the path of the value that is wrong.

    A misspelt key is one mistake although pydantic reports more (a missing key, values of a wrong kind): one problem is
    kept.
    """
    found: list[tuple[Path, Problem]] = []
    errors = error.errors(include_url=False)
    misspelt: set[Path] = set()
    for item in errors:
        if item["type"] in _UNKNOWN:
            path = data_path(item["loc"], data, keep_last=True)
            keys = own_keys(fields_of(model, item["loc"][:-1]), value_at(data, path[:-1]))
            written = slip(str(path[-1]), value_at(data, path[:-1]), keys)
            meant = key_meant_here(str(path[-1]), set(keys))
            names = written.stands_for if written is not None else {meant.word} if meant is not None else ()
            misspelt |= {(*path[:-1], name) for name in names}
    wrong_keys = [data_path(item["loc"], data) for item in errors if item["loc"] and item["loc"][-1] == "[key]"]
    for item in errors:
        kind, loc = item["type"], item["loc"]
        path = data_path(loc, data, keep_last=kind in ("missing", *_UNKNOWN))
        if kind == "missing" and path in misspelt:
            continue
        if any(len(path) >= len(key) and path[: len(key)] == key for key in wrong_keys) and loc[-1] != "[key]":
            continue
        value = value_at(data, path)
        problem = _problem(kind, item, model, data, path, None if value is ABSENT else value, places)
        found.append((path, problem))
    return found


def _problem(
    kind: str, item: Mapping[str, Any], model: type[BaseModel], data: Any, path: Path, value: Any, places: Places
) -> Problem:
    where, what = places.at(path), named(path, data)
    context = item.get("ctx") or {}
    if kind in _UNKNOWN:
        keys = fields_of(model, item["loc"][:-1])
        owner = named(path[:-1], data)
        word = str(path[-1])
        record = value_at(data, path[:-1])
        written = slip(word, record, keys)
        if written is not None:
            return Problem(where=where, what=owner, expected=written.expected, got=word, remedy=written.remedy)
        known = key_meant(word, record)
        if known is not None:
            return Problem(where=where, what=owner, expected=known[0], got=word, remedy=known[1])
        keys = own_keys(keys, record)
        return Problem(where=where, what=owner, expected="a known key", got=word, remedy=key_here(word, set(keys)))
    if item["loc"] and item["loc"][-1] == "[key]":
        allowed = _choices(item)
        word = str(path[-1])
        owner = named(path[:-1], data)
        if kind == "refused":  # keys that are no words of a list, such as dates
            expected = f"{context['expected']} as a key"
            remedy = str(context.get("remedy") or "") or ("write year-month-day" if "a date" in expected else "")
            return Problem(where=where, what=owner, expected=expected, got=word, remedy=remedy)
        remedy = did_you_mean(word, allowed)
        return Problem(where=where, what=owner, expected="a known key", got=word, remedy=remedy)
    if kind == "missing":
        return Problem(where=where, what=named(path[:-1], data), expected=f"the key {path[-1]}", remedy="add it")
    if kind in ("enum", "literal_error", "union_tag_invalid"):
        if kind == "union_tag_invalid":
            tag = str(context["discriminator"]).strip("'")
            what, where = f"{what}.{tag}", places.at((*path, tag))
            value = context["tag"]
        allowed = _choices(item)
        expected = f"one of {', '.join(allowed)}" if len(allowed) > 1 else "".join(allowed)
        remedy = mechanic_here(str(value)) if path[-1] == "mechanic" else ""
        remedy = remedy or or_else(word_here(str(value), allowed), "")
        return Problem(where=where, what=what, expected=expected, got=shown(value), remedy=remedy)
    if kind == "union_tag_not_found":
        tag = str(context["discriminator"]).strip("'")
        return Problem(where=where, what=what, expected=f"the key {tag}", got=shown(value), remedy="add it")
    if kind == "refused":
        got = str(context.get("got") or "") or ("" if isinstance(value, dict) else shown(value))
        remedy = str(context.get("remedy") or "") or _empty(value)
        return Problem(where=where, what=what, expected=str(context["expected"]), got=got, remedy=remedy)
    expected, remedy = _plain(kind, context, item)
    if kind in _RECORD:
        everything = isinstance(value, str) and value.strip().lower() in _ALL_OR_NONE
        remedy = f"delete {path[-1]}" if everything else _as_keys(value, fields_of(model, item["loc"])) or remedy
    if kind == "string_type" and isinstance(value, dict | list):
        inner = value.get("id") if isinstance(value, dict) else value[0] if len(value) == 1 else None
        remedy = f"write {inner}" if isinstance(inner, str) else ""
    if kind in _LIST:
        remedy = _as_list(value, str(path[-1]), of_records=bool(fields_of(model, (*item["loc"], 0)))) or remedy
    if value == EVERYBODY and kind == "string_pattern_mismatch":
        remedy = "delete the key, and all count"
    return Problem(where=where, what=what, expected=expected, got=shown(value), remedy=_empty(value) or remedy)


def _plain(kind: str, context: Mapping[str, Any], item: Mapping[str, Any]) -> tuple[str, str]:
    """Return expected and remedy for pydantic's own error types."""
    if kind == "string_type":
        return "a text", "put quotes around it"
    if kind == "string_pattern_mismatch":
        if context.get("pattern") == r"^[A-Z]{3}$":
            word = str(item["input"])
            return "a currency code of three capital letters such as CNY", codes_remedy(word) or plain_remedy(word)
        people = f"put the wording for people under {'title' if item['loc'] == ('scenario',) else 'name'}:"
        if len(str(item["input"])) > LONGEST_ID:
            return f"an id of at most {LONGEST_ID} characters", f"shorten it; {people}"
        return _ID_HINT, plain_remedy(str(item["input"])) or people
    if kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
        for key, word in words.items():
            if key in context:
                return f"a number of {word} {context[key]:g}", ""
    if kind.startswith("date"):
        return "a date such as 2026-11-01", "write year-month-day without quotes"
    if kind in _LIST:
        return "a list", "write one item a line, each after a dash, or [a, b]"
    if kind in _RECORD:
        return "keys with values", "write key: value lines, or {key: value}"
    if kind in ("bool_type", "bool_parsing"):
        return "true or false", ""
    if kind.startswith(("int", "float")):
        return "a number", ""
    message = str(item["msg"])
    for prefix in ("Value error, ", "Assertion failed, "):
        message = message.removeprefix(prefix)
    return message.removeprefix("expected "), ""


def _as_keys(value: Any, fields: Mapping[str, bool]) -> str:
    """Say how a bare value is written: as a table's file, under the keys that are required, or which keys there are."""
    required = [key for key, needed in fields.items() if needed]
    if isinstance(value, str) and ("table" in fields or len(required) == 1):
        return f"write {{{'table' if 'table' in fields else required[0]}: {value}}}"
    if required:
        return f"write {{{', '.join(f'{key}: ...' for key in required)}}}"
    return f"its keys are {', '.join(fields)}" if fields else ""


def _as_list(value: Any, key: str, *, of_records: bool) -> str:
    """Say how one item is written as a list, or how all and none are: without the key."""
    if isinstance(value, str) and value.strip().lower() in _ALL_OR_NONE:
        return f"delete {key}"
    if isinstance(value, dict):
        return "put brackets around the braces: [{...}]" if "id" in value else ""
    plain = isinstance(value, str | int | float | dt.date) and not isinstance(value, bool)
    return f"write [{value}]" if plain and not of_records else ""


def _empty(value: Any) -> str:
    return "write a value or delete the key" if value is None else ""


def _choices(item: Mapping[str, Any]) -> list[str]:
    context = item.get("ctx") or {}
    text = str(context.get("expected_tags") or context.get("expected") or "")
    return [part.strip().strip("'") for part in text.replace(" or ", ", ").split(",") if part.strip()]
