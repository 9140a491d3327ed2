"""Frozen records to JSON text and back: exact decimals, one spelling, no NaN, errors that name the place.

The same records give the same bytes. Decimals keep their digits (``1234.50``), dates are ISO, records whose values are
all plain stand on one line, so that files can be read and compared line by line.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import json
import math
import types
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from scenarios.answer.remedies import RESTORE_FILE
from scenarios.plain_dates import day_of
from scenarios.problems import InvalidInput, Problem, did_you_mean, shown

R = TypeVar("R")
MAX_DEPTH = 40
"""Deepest nesting that is read; the records nest a handful of levels."""
MAX_PROBLEMS = 20
"""Problems of one file that are named; the others are counted."""
MAX_DIGITS = 40
"""Longest whole number that is read."""
MAX_EXPONENT = 400
"""Largest power of ten of a number, and most digits, that are read: all floats lie within."""
_ONE_LINE = 4
"""From this depth on a record stands on one line: a limit, a rule, a line of a plan."""
_WORDS = {Decimal: "a number", float: "a number", int: "a whole number", str: "text", bool: "true or false"}


LEFT_OUT = {"left out": True}
"""Metadata of a field that is not written where it is None: what most questions have nothing to say of."""


def to_data(record: Any) -> Any:
    """Return plain dicts, lists and scalars of a record."""
    if record is None or isinstance(record, str | int | float | Decimal):
        return record
    if isinstance(record, np.generic):  # NumPy's own truth values pass for `bool` everywhere but here
        return record.item()
    if isinstance(record, tuple | list):
        return [to_data(entry) for entry in record]
    if isinstance(record, dict):
        return {str(key): to_data(entry) for key, entry in record.items()}
    if isinstance(record, dt.date):
        return record.isoformat()
    kind: Any = type(record)
    values = ((name, getattr(record, name), may_lack) for name, may_lack in _names(kind))
    return {name: to_data(value) for name, value, may_lack in values if not (may_lack and value is None)}


@functools.cache
def _names(kind: Any) -> tuple[tuple[str, bool], ...]:
    """Field names of a record, and whether each is left out where it is None."""
    return tuple((field.name, "left out" in field.metadata) for field in dataclasses.fields(kind))


def dump(data: Any) -> str:
    """Return deterministic JSON text of plain data; decimals keep their digits.

    Raises
    ------
    ValueError
        For a number that is not finite.
    """
    return "".join(_written(data, 0)) + "\n"


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool | str | int):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Decimal | float):
        if not math.isfinite(value):
            raise ValueError(f"cannot write {value} into JSON")
        text = format(value + 0, "f") if isinstance(value, Decimal) else repr(value + 0.0)
        return text.removeprefix("-") if not value else text
    raise TypeError(f"cannot write {type(value).__name__} into JSON")


def _plain(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _written(value: Any, depth: int) -> Iterable[str]:
    if _plain(value):
        yield _scalar(value)
        return
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    keyed = isinstance(value, dict)
    rows = list(value.items()) if keyed else [(None, entry) for entry in value]
    flat = not rows or depth >= _ONE_LINE or (depth > 1 and all(_plain(entry) for _, entry in rows))
    gap = "" if flat else "\n" + " " * (depth + 1)
    yield opening
    for number, (key, entry) in enumerate(rows):
        yield (", " if flat else ",") if number else ""
        yield gap
        yield f"{json.dumps(key, ensure_ascii=False)}: " if keyed else ""
        yield from _written(entry, depth + 1)
    yield closing if flat else "\n" + " " * depth + closing


def parse(text: str, *, where: str, number: type = Decimal) -> Any:
    """Read JSON text; numbers with a point become ``number``.

    Raises
    ------
    InvalidInput
        For text that is no JSON, a doubled key, NaN or infinity, numbers beyond any amount, half characters.
    """

    def refuse(what: str, got: str) -> InvalidInput:
        remedy = RESTORE_FILE
        return InvalidInput([Problem(where=where, what="file", expected=what, got=got, remedy=remedy)])

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            raise refuse("every key once", f'"{next(key for key in keys if keys.count(key) > 1)}" twice')
        return found

    def constant(word: str) -> Any:
        raise refuse("finite numbers", word)

    def whole(digits: str) -> int:
        if len(digits) > MAX_DIGITS:
            raise refuse(f"numbers of at most {MAX_DIGITS} digits", f"one of {len(digits):,} digits")
        return int(digits)

    def fraction(digits: str) -> Any:
        exponent = digits.lower().partition("e")[2].lstrip("+-")
        if len(digits) > MAX_EXPONENT or len(exponent) > 4 or int(exponent or 0) > MAX_EXPONENT:
            raise refuse(f"numbers between 1e-{MAX_EXPONENT} and 1e{MAX_EXPONENT}", digits[:40])
        value = number(digits)
        if isinstance(value, float) and not math.isfinite(value):
            raise refuse("finite numbers", digits[:40])
        return value

    try:
        data = json.loads(text, parse_int=whole, parse_float=fraction, parse_constant=constant, object_pairs_hook=once)
        _look_through(data, 0, refuse)
        return data
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}: {error.msg}" if text.strip() else "an empty file"
        raise refuse("whole JSON", place) from None
    except RecursionError:
        raise refuse("whole JSON", "values nested too deep") from None


def _look_through(data: Any, depth: int, refuse: Callable[[str, str], InvalidInput]) -> None:
    """Refuse nesting that no record has, and characters that cannot be written (lone surrogates)."""
    if depth > MAX_DEPTH:
        raise refuse("whole JSON", "values nested too deep")
    if isinstance(data, str):
        if not data.isascii() and any("\ud800" <= letter <= "\udfff" for letter in data):
            raise refuse("whole characters", "half of a surrogate pair")
    elif isinstance(data, dict):
        for key, value in data.items():
            _look_through(key, depth, refuse)
            _look_through(value, depth + 1, refuse)
    elif isinstance(data, list):
        for value in data:
            _look_through(value, depth + 1, refuse)


def from_data(kind: type[R], data: Any, *, where: str) -> R:
    """Make a record from plain data, strictly.

    Raises
    ------
    InvalidInput
        With every key that is missing, unknown or of the wrong kind.
    """
    if _of_others(kind, data):
        expected, remedy = "a document that campaign has written", "check that it is the file that is meant"
        got = "another JSON document"
        raise InvalidInput([Problem(where=where, what="file", expected=expected, got=got, remedy=remedy)])
    problems: list[Problem] = []
    record = _read(kind, data, "", where, problems)
    if len(problems) > MAX_PROBLEMS:
        more = f"{len(problems) - MAX_PROBLEMS:,} more such problems"
        remedy = "restore the file from where it was written, or write it anew with this version"
        rest = Problem(where=where, what="file", expected="a file of this version", got=more, remedy=remedy)
        problems = [*problems[:MAX_PROBLEMS], rest]
    if problems:
        raise InvalidInput(problems)
    return record  # type: ignore[no-any-return]


def _of_others(kind: type, data: Any) -> bool:
    """Whether a document does not name its format, and has few of the keys that it would have."""
    hints = _hints(kind) if dataclasses.is_dataclass(kind) else {}
    if "format" not in hints or not isinstance(data, dict) or "format" in data:
        return False
    return 2 * sum(key in hints for key in data) < len(hints)


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, data: Any, path: str, where: str, problems: list[Problem]) -> Any:
    def wrong(expected: str, got: str, what: str = "", remedy: str = "") -> None:
        place = what or path or "top level"
        problems.append(Problem(where=where, what=place, expected=expected, got=got, remedy=remedy))

    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        options = [option for option in get_args(kind) if option is not type(None)]
        if data is None and len(options) < len(get_args(kind)):
            return None
        # Of a record or a scalar, keys and values are the record.
        fits = (option for option in options if dataclasses.is_dataclass(option) == isinstance(data, dict))
        return _read(next(fits, options[0]), data, path, where, problems)
    if dataclasses.is_dataclass(kind):
        if not isinstance(data, dict):
            wrong("keys and values", shown(data))
            return None
        hints, values = _hints(kind), {}  # type: ignore[arg-type]
        for key in [key for key in data if key not in hints]:
            wrong("a known key", f'"{key}"', f"{path}.{key}".lstrip("."), did_you_mean(key, hints))
        optional = {
            f.name
            for f in dataclasses.fields(kind)
            if f.default is not dataclasses.MISSING or f.default_factory is not dataclasses.MISSING
        }
        before = len(problems)
        for key, hint in hints.items():
            below = f"{path}.{key}".lstrip(".")
            if key in data:
                values[key] = _read(hint, data[key], below, where, problems)
            elif key not in optional:
                wrong("a value", "nothing", below)
        return None if len(problems) > before else kind(**values)  # type: ignore[operator]
    if origin is tuple:
        if not isinstance(data, list):
            wrong("a list", shown(data))
            return ()
        inner = get_args(kind)[0]
        return tuple(_read(inner, entry, f"{path}[{number}]", where, problems) for number, entry in enumerate(data))
    if origin is dict:
        if not isinstance(data, dict):
            wrong("keys and values", shown(data))
            return {}
        inner = get_args(kind)[1]
        return {key: _read(inner, entry, f"{path}.{key}", where, problems) for key, entry in data.items()}
    return _read_scalar(kind, data, wrong)


def _read_scalar(kind: Any, data: Any, wrong: Any) -> Any:
    if kind is Any:
        return data
    if kind is dt.date:
        try:
            return day_of(data)
        except (TypeError, ValueError):
            wrong("a date such as 2026-11-01", shown(data))
            return None
    number = isinstance(data, int | Decimal) and not isinstance(data, bool)
    if kind in (Decimal, float) and number:
        if kind is Decimal or math.isfinite(float(data)):
            return kind(data)
        wrong("a finite number", shown(data))
        return None
    if kind in (int, str, bool) and type(data) is kind:
        return data
    if issubclass(kind, StrEnum):
        words = [entry.value for entry in kind]
        if data in words:
            return kind(data)
        wrong(f"one of {', '.join(words)}", shown(data))
        return None
    wrong(_WORDS[kind], shown(data))
    return None
