"""From pydantic's errors to problems in the planner's words, with the line and what mends it."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError

from scenarios.currency import code_of
from scenarios.language.elsewhere import key_here, meant, word_here
from scenarios.language.values import LONGEST_ID
from scenarios.language.words import EVERYBODY
from scenarios.language.yaml_slips import slip
from scenarios.plain_digits import plain_remedy
from scenarios.problems import Path, Places, Problem, did_you_mean, shown

_ABSENT = object()
_UNKNOWN = ("extra_forbidden", "invalid_key")
"""How pydantic says that a key is not known: as a word, and as what is no text."""
_RECORD = ("dict_type", "model_type", "model_attributes_type", "dataclass_type")
"""How it says that something else stands where keys with values are due."""
_ALL_OR_NONE = ("all", "any", "none", "no", EVERYBODY)
_LIST = ("tuple_type", "list_type")
"""How it says that something else stands where a list is due."""
_SHOWN = 40
"""Characters that are shown of an id that is too long."""
_ID_HINT = "an id: letters, digits, dots, dashes and underscores"


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
            keys = fields_of(model, item["loc"][:-1])
            written = slip(str(path[-1]), value_at(data, path[:-1]), keys)
            key = meant(key_here(str(path[-1]), set(keys)))
            names = written.stands_for if written is not None else {key} if key is not None else ()
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
        problem = _problem(kind, item, model, data, path, None if value is _ABSENT else value, places)
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
        written = slip(word, value_at(data, path[:-1]), keys)
        if written is not None:
            return Problem(where=where, what=owner, expected=written.expected, got=word, remedy=written.remedy)
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
        return Problem(
            where=where, what=what, expected=expected, got=shown(value), remedy=word_here(str(value), allowed)
        )
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
            meant = code_of(str(item["input"]))
            remedy = plain_remedy(str(item["input"])) if meant is None else f"did you mean {meant}?"
            return "a currency code of three capital letters such as CNY", remedy
        if len(str(item["input"])) > LONGEST_ID:
            return f"an id of at most {LONGEST_ID} characters", "shorten it; put the wording for people under name:"
        return _ID_HINT, plain_remedy(str(item["input"])) or "put the wording for people under name:"
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


def data_path(loc: tuple[int | str, ...], data: Any, *, keep_last: bool = False) -> Path:
    """Return the path in the data that a pydantic location means: union tags are left out."""
    path: list[str | int] = []
    here = data
    for position, part in enumerate(loc):
        if isinstance(part, str) and (part.startswith("<") or part == "[key]"):
            continue
        below = _child(here, part)
        if below is not _ABSENT:
            path.append(_written(here, part))
            here = below
        elif keep_last and position == len(loc) - 1:
            path.append(part)
    return tuple(path)


def _child(here: Any, part: int | str) -> Any:
    if isinstance(here, dict):
        return here.get(part, next((here[key] for key in here if _same_key(key, part)), _ABSENT))
    if isinstance(here, list | tuple) and isinstance(part, int) and part < len(here):
        return here[part]
    return _ABSENT


def _same_key(key: Any, part: int | str) -> bool:
    return str(part) in (str(key), repr(key))  # pydantic names a date by how it is written in Python


def _written(here: Any, part: int | str) -> int | str:
    """Return a part of a path as the file has it."""
    if isinstance(here, dict) and part not in here:
        return next((str(key) for key in here if _same_key(key, part)), part)
    return part


def value_at(data: Any, path: Path) -> Any:
    """Return the value at a path, or a marker where there is none."""
    here = data
    for part in path:
        here = _child(here, part)
        if here is _ABSENT:
            return _ABSENT
    return here


def named(path: Path, data: Any) -> str:
    """Return a path in the planner's words: list members by their id, ``offers.off-15.depth``."""
    words: list[str] = []
    here = data
    for part in path:
        below = _child(here, part)
        if isinstance(part, int):
            member = below.get("id") if isinstance(below, dict) else None
            known = member if isinstance(member, str) and member else f"{part + 1}"
            words.append(known if len(known) <= LONGEST_ID else f"{known[:_SHOWN]}...")
        else:
            words.append(str(part))
        here = below
    return ".".join(words) or "scenario"


def fields_of(model: type[BaseModel], loc: tuple[int | str, ...]) -> dict[str, bool]:
    """Return the keys that may be written at a pydantic location, in order, and whether each is required."""
    candidates: list[Any] = [model]
    for part in loc:
        candidates = [below for candidate in candidates for below in _below(candidate, part)]
    keys: dict[str, bool] = {}
    for candidate in candidates:
        for kind in _alternatives(candidate):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                keys |= {field.alias or name: field.is_required() for name, field in kind.model_fields.items()}
    return keys


def _below(annotation: Any, part: int | str) -> Iterator[Any]:
    if isinstance(part, str) and part.startswith("<"):
        yield from _tagged(annotation, part)
        return
    for kind in _alternatives(annotation):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if isinstance(part, str) and _tag_of(kind) == part:
                yield kind
            for name, field in kind.model_fields.items():
                if part in (name, field.alias):
                    yield field.annotation
        elif get_origin(kind) in (tuple, list) and isinstance(part, int):
            yield get_args(kind)[0]
        elif get_origin(kind) is dict and isinstance(part, str):
            yield get_args(kind)[1]


def _tagged(annotation: Any, tag: str) -> Iterator[Any]:
    """Yield the branch of a union that bears a tag."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated and any(isinstance(mark, Tag) and mark.tag == tag for mark in parts[1:]):
        yield parts[0]
    elif origin is Annotated:
        yield from _tagged(parts[0], tag)
    elif origin in (Union, types.UnionType):
        for part in parts:
            yield from _tagged(part, tag)


def _tag_of(kind: type[BaseModel]) -> str | None:
    """Return the fixed word of a rule record's ``rule`` field."""
    field = kind.model_fields.get("rule")
    if field is not None and get_origin(field.annotation) is Literal:
        return str(get_args(field.annotation)[0])
    return None


def _alternatives(annotation: Any) -> Iterator[Any]:
    """Yield the plain types inside Annotated and unions."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _alternatives(part)
    elif annotation is not None and not (isinstance(annotation, type) and issubclass(annotation, Enum)):
        yield annotation
