"""Differences: where written values deviate from recomputed ones, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

NOTHING = "nothing"
"""What stands for a value that is not there."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One place at which a file does not say what it should."""

    file: str
    place: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: expected {self.expected}, got {self.got}"


def compare(expected: Any, got: Any, *, file: str, place: str = "") -> Iterator[Difference]:
    """Yield every place at which plain data differ; records in lists are matched by their ``id``."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in dict.fromkeys((*expected, *got)):
            below = f"{place}.{key}" if place else str(key)
            if key not in got or key not in expected:
                yield _missing(key in expected, expected.get(key, got.get(key)), file, below)
            else:
                yield from compare(expected[key], got[key], file=file, place=below)
    elif isinstance(expected, list) and isinstance(got, list):
        yield from _compare_lists(expected, got, file, place)
    elif not same(expected, got):
        yield Difference(file=file, place=place or "value", expected=words(expected), got=words(got))


def same(expected: Any, got: Any) -> bool:
    """Whether two plain values are equal, true and 1 apart."""
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, float) and isinstance(got, Decimal | float):
        return float(got) == expected
    return bool(expected == got)


def words(value: Any) -> str:
    """Return a short text of a value."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return str(value["id"]) if "id" in value else f"{len(value)} values"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = str(value)
    return text if len(text) <= 90 else f"{text[:87]}..."


def _missing(expected: bool, value: Any, file: str, place: str) -> Difference:
    found = words(value)
    if expected:
        return Difference(file=file, place=place, expected=found, got=NOTHING)
    return Difference(file=file, place=place, expected=NOTHING, got=found)


def _named(rows: list[Any]) -> dict[str, Any] | None:
    """Rows by id, where all have one and no two share it."""
    if not all(isinstance(row, dict) and isinstance(row.get("id"), str) for row in rows):
        return None
    found = {row["id"]: row for row in rows}
    return found if len(found) == len(rows) else None


def _compare_lists(expected: list[Any], got: list[Any], file: str, place: str) -> Iterator[Difference]:
    wanted, found = _named(expected), _named(got)
    if wanted and found:
        yield from compare(wanted, found, file=file, place=place)
        if list(wanted) != list(found) and set(wanted) == set(found):
            order = next(key for key, other in zip(wanted, found, strict=True) if key != other)
            yield Difference(
                file=file, place=f"{place}.{order}", expected="its place in the order", got="another place"
            )
        return
    for number, (one, other) in enumerate(zip(expected, got, strict=False)):
        yield from compare(one, other, file=file, place=f"{place}[{number}]")
    for number in range(len(got), len(expected)):
        yield _missing(True, expected[number], file, f"{place}[{number}]")
    for number in range(len(expected), len(got)):
        yield _missing(False, got[number], file, f"{place}[{number}]")
