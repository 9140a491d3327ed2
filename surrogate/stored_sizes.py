"""What the fields of a stored record hold, told beside their types, and whether what was read fits together.

``Annotated[Float, Holds("S F")]`` is an array of as many rows as there are S and as many columns as there are F. The
first field with a letter says how many that are; all others must agree. A file whose seal is right may still come from
a program with an error, or from a person: what does not fit is told by name when it is read, not by whatever fails.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_type_hints

import numpy as np

from surrogate.parts import PartsError

Sizes = dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Holds:
    """Axes and numbers of a field."""

    axes: str
    """Letters or numbers, one an axis: ``E S C``, ``C 7``, ``H D+Q``; of a tuple its length; empty for one number."""
    least: float = -math.inf
    below: float | str = math.inf
    """Numbers stay below it; a letter for indices into its axis."""
    unknown: bool = False
    """Whether NaN stands for what is not known."""


def check_sizes(record: Any, sizes: Sizes | None = None, path: str = "") -> Sizes:
    """Refuse a record whose fields do not fit together; how many each letter is.

    Parameters
    ----------
    sizes
        What other records have said already.

    Raises
    ------
    PartsError
        For the first field that does not fit.
    """
    found = {} if sizes is None else dict(sizes)
    kind: type = type(record)
    for name, holds in _held(kind).items():
        if getattr(record, name) is not None:
            _check(getattr(record, name), holds, f"{path}{name}", found)
    for name, inner in _inside(record):
        found = check_sizes(inner, found, f"{path}{name}.")
    return found


@cache
def _held(kind: type) -> dict[str, Holds]:
    """Return what each field holds, where it says so."""
    hints = get_type_hints(kind, include_extras=True)
    return {
        name: each
        for name, hint in hints.items()
        for part in (hint, *get_args(hint))
        for each in getattr(part, "__metadata__", ())
        if isinstance(each, Holds)
    }


def _inside(record: Any) -> Iterator[tuple[str, Any]]:
    """Yield the records inside of a record: fields, entries of tuples and of dictionaries."""
    for each in dataclasses.fields(record):
        value = getattr(record, each.name)
        entries = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, tuple) else ()
        for name, inner in ((each.name, value), *((f"{each.name}.{key}", one) for key, one in entries)):
            if dataclasses.is_dataclass(inner) and not isinstance(inner, type):
                yield name, inner


def _check(value: Any, holds: Holds, path: str, sizes: Sizes) -> None:
    axes = holds.axes.split()
    shape = np.shape(value) if hasattr(value, "__array__") else (len(value),) if isinstance(value, tuple) else ()
    if len(shape) == len(axes):
        for axis, size in zip(axes, shape, strict=True):
            if axis.isalpha():
                sizes.setdefault(axis, size)
    wanted = tuple(_size(axis, sizes) for axis in axes)
    if shape != wanted:
        needed = " x ".join("any" if size < 0 else str(size) for size in wanted) or "1"
        raise PartsError(f"{path}: {needed} values are needed, got {' x '.join(map(str, shape)) or '1'}")
    if isinstance(value, tuple) and not all(isinstance(each, int | float) for each in value):
        return
    numbers = np.asarray(value, dtype=np.float64)
    below = float(sizes.get(holds.below, -1)) if isinstance(holds.below, str) else holds.below
    numbers = numbers[~np.isnan(numbers)] if holds.unknown else numbers
    if not np.isfinite(numbers).all():
        raise PartsError(f"{path}: numbers are needed, got some that are none")
    if not ((numbers >= holds.least) & (numbers < below)).all():
        ends = [f"from {holds.least:g}"] * math.isfinite(holds.least) + [f"below {below:g}"] * math.isfinite(below)
        raise PartsError(f"{path}: numbers {' and '.join(ends)} are needed, got {numbers.min():g} to {numbers.max():g}")


def _size(axis: str, sizes: Sizes) -> int:
    """Return how many a letter, a number or a sum of them is; -1 where nothing has said so yet."""
    parts = [int(each) if each.isdigit() else sizes.get(each, -1) for each in axis.split("+")]
    return -1 if min(parts) < 0 else sum(parts)
