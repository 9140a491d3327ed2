"""Taking records apart into plain values and arrays, and putting them together again: what model files are made of.

A record is a frozen dataclass (an equinox module is one) of texts, numbers, dates, arrays, tuples, dictionaries and
other records. Values go to JSON, arrays beside it under their path (``ensemble.networks.0.profile``); the JSON
says each array's type and shape. A number that is not known (NaN) is null there, because JSON has no word for it. A
new field with a default value needs nothing here, and files without it stay readable.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import math
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
T = TypeVar("T")
_ARRAY = "array"
"""Key that marks a value of the JSON as an array: ``{"array": "float64", "shape": [5, 3]}``."""


class PartsError(ValueError):
    """Values or arrays that do not make the record."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Section:
    """An optional part of a model with a version of its own, which old and new programs can tell apart."""

    version: int
    values: dict[str, Any]
    arrays: Arrays = field(default_factory=dict)


def pack(record: Any, *, version: int = 1) -> Section:
    """Return a record as a section of a model."""
    values, arrays = take_apart(record)
    return Section(version=version, values=values, arrays=arrays)


def unpack(section: Section, kind: type[T], *, version: int = 1) -> T:
    """Return the record of a section.

    Raises
    ------
    PartsError
        When the section has another version or lacks a part.
    """
    if section.version != version:
        raise PartsError(f"a section of version {version} is needed, this one has version {section.version}")
    return put_together(kind, section.values, section.arrays)


def take_apart(record: Any) -> tuple[dict[str, Any], Arrays]:
    """Return a record's values, ready for JSON, and its arrays by path."""
    arrays: Arrays = {}
    return cast("dict[str, Any]", _apart(record, "", arrays)), arrays


def _apart(value: Any, path: str, arrays: Arrays) -> Any:
    if isinstance(value, Section):
        for name, array in value.arrays.items():
            _store(array, _below(path, name), arrays)
        return {"version": value.version, "values": _apart(value.values, path, {})}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [each.name for each in dataclasses.fields(value)]
        return {name: _apart(getattr(value, name), _below(path, name), arrays) for name in names}
    if isinstance(value, float) and not math.isfinite(value):
        return _unnumbered(value)
    if value is None or isinstance(value, str | bool | int | float):
        return value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, np.generic):
        return _apart(value.item(), path, arrays)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _apart(one, _below(path, str(key)), arrays) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_apart(one, _below(path, str(number)), arrays) for number, one in enumerate(value)]
    if hasattr(value, "__array__"):
        return _store(np.asarray(value), path, arrays)
    raise TypeError(f"{path}: a model file cannot hold a {type(value).__name__}")


def _unnumbered(value: float) -> str | None:
    """Return what stands in JSON for what it has no number for: null if unknown, else the word ``inf`` or ``-inf``."""
    return None if math.isnan(value) else str(value)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _store(array: NDArray[Any], path: str, arrays: Arrays) -> dict[str, Any]:
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{path}: a model file holds arrays of numbers only, not {array.dtype}")
    if path in arrays:
        raise TypeError(f"{path}: two arrays with one name")
    arrays[path] = array
    return {_ARRAY: str(array.dtype), "shape": list(array.shape)}


def put_together(kind: type[T], values: Any, arrays: Arrays) -> T:
    """Return the record that `take_apart` took apart.

    Fields that the values do not name take their default.

    Raises
    ------
    PartsError
        Where an entry is missing, unknown or of another type.
    """
    return cast("T", _together(kind, values, "", arrays))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _together(hint: Any, data: Any, path: str, arrays: Arrays) -> Any:
    if hint is Section:
        return _section(data, path, arrays)
    if isinstance(data, dict) and _ARRAY in data:
        return _array(data, path, arrays)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _record(hint, data, path, arrays)
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _one_of(inner, data, path, arrays)
    if origin is tuple:
        return _tuple(inner, _expect(data, list, path), path, arrays)
    if origin is list:
        return [
            _together(inner[0], one, _below(path, str(n)), arrays) for n, one in enumerate(_expect(data, list, path))
        ]
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        entries = _expect(data, dict, path)
        return {key: _together(inner[1], one, _below(path, key), arrays) for key, one in entries.items()}
    return _plain(hint, origin, inner, data, path)


def _plain(hint: Any, origin: Any, inner: tuple[Any, ...], data: Any, path: str) -> Any:
    if hint is Any:
        return data
    if origin is Literal:
        if data not in inner:
            raise PartsError(f"{path}: one of {', '.join(map(str, inner))} is needed, got {data}")
        return data
    if hint is None or hint is type(None):
        return _expect(data, type(None), path)
    if hint is float:
        if data is None or data in ("inf", "-inf"):
            return math.nan if data is None else float(data)
        return _expect(data, (int, float), path)  # a whole number stays as it was written: same bytes when saved again
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return _converted(hint, data, path)
    if hint is dt.date:
        return _converted(dt.date.fromisoformat, data, path)
    if isinstance(hint, type) and hint in (str, int, bool, dict):
        return _expect(data, hint, path)
    raise PartsError(f"{path}: an array is needed, got {type(data).__name__}")


def _converted(make: Any, data: Any, path: str) -> Any:
    try:
        return make(data)
    except (TypeError, ValueError) as error:
        raise PartsError(f"{path}: {error}") from None


def _expect(data: Any, kind: Any, path: str) -> Any:
    wanted = kind if isinstance(kind, tuple) else (kind,)
    if not isinstance(data, wanted) or (isinstance(data, bool) and bool not in wanted):
        names = " or ".join(one.__name__ for one in wanted)
        raise PartsError(f"{path or 'the record'}: {names} is needed, got {type(data).__name__}")
    return data


def _record(kind: type, data: Any, path: str, arrays: Arrays) -> Any:
    entries = _expect(data, dict, path)
    hints = _hints(kind)
    wanted = {each.name: each for each in dataclasses.fields(kind)}
    unknown = sorted(set(entries) - set(wanted))
    if unknown:
        raise PartsError(f"{_below(path, unknown[0])}: unknown to this version")
    given = {}
    for name, each in wanted.items():
        if name in entries:
            given[name] = _together(hints[name], entries[name], _below(path, name), arrays)
        elif each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING:
            raise PartsError(f"{_below(path, name)}: missing")
    return kind(**given)


def _one_of(inner: tuple[Any, ...], data: Any, path: str, arrays: Arrays) -> Any:
    if data is None and type(None) in inner:
        return None
    first: PartsError | None = None
    for hint in sorted(inner, key=lambda one: one is not type(None)):
        try:
            return _together(hint, data, path, arrays)
        except PartsError as error:
            first = error if hint is not type(None) else first
    raise first or PartsError(f"{path}: unreadable")


def _tuple(inner: tuple[Any, ...], data: list[Any], path: str, arrays: Arrays) -> tuple[Any, ...]:
    if len(inner) == 2 and inner[1] is Ellipsis:
        hints: tuple[Any, ...] = (inner[0],) * len(data)
    elif len(inner) == len(data):
        hints = inner
    else:
        raise PartsError(f"{path}: {len(inner)} values are needed, got {len(data)}")
    return tuple(
        _together(hint, one, _below(path, str(number)), arrays)
        for number, (hint, one) in enumerate(zip(hints, data, strict=True))
    )


def _section(data: Any, path: str, arrays: Arrays) -> Section:
    entries = _expect(data, dict, path)
    if set(entries) != {"version", "values"}:
        raise PartsError(f"{path}: version and values are needed, got {', '.join(sorted(entries)) or 'nothing'}")
    inside = f"{path}."
    return Section(
        version=_expect(entries["version"], int, _below(path, "version")),
        values=_expect(entries["values"], dict, _below(path, "values")),
        arrays={name.removeprefix(inside): array for name, array in arrays.items() if name.startswith(inside)},
    )


def _array(data: dict[str, Any], path: str, arrays: Arrays) -> NDArray[Any]:
    array = arrays.get(path)
    if array is None:
        raise PartsError(f"{path}: its array is missing")
    if str(array.dtype) != data[_ARRAY] or list(array.shape) != data.get("shape"):
        got = f"{array.dtype} {list(array.shape)}"
        raise PartsError(f"{path}: {data[_ARRAY]} {data.get('shape')} is needed, got {got}")
    return array
