"""Words of an actuals file that name something: products, segments, groups and what ran."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np

from scenarios.arrays import Int
from scenarios.flight.actuals import GROUPS, HOLDOUT, TREATED
from scenarios.flight.reading.columns import tell
from scenarios.grid import Grid
from scenarios.language.text.csv_files import CsvTable
from scenarios.problems import a_kind, did_you_mean, shown

BETWEEN_OFFERS = "+"
"""Stands between two offers that ran on the same cell: ``off-15+save-200``."""
BAD = -1
"""Number of what nobody knows."""
_JOINED = re.compile(r"[+,;/&|＋，；／＆、]")
"""What other systems write between two offers."""
_NAMED = 20
"""Unknown words of a column that are named; more are counted."""
_TOTALS = frozenset(
    {
        "total",
        "totals",
        "grand total",
        "subtotal",
        "sub-total",
        "sum",
        "summe",
        "gesamt",
        "somme",
        "suma",
        "totale",
        "合計",
        "小計",
        "総計",
        "总计",
        "合计",
        "小计",
        "합계",
        "итого",
        "всего",
    }
)
"""What stands in a row that adds other rows up."""
_NOTHING = frozenset(
    {
        "none",
        "no",
        "no offer",
        "no_offer",
        "nothing",
        "n/a",
        "na",
        "nan",
        "null",
        "nil",
        "-",
        "--",
        "–",
        "—",
        "0",
        "なし",
        "無し",
        "無",
        "无",
        "ー",
        "－",
        "없음",
        "нет",
        "keine",
        "aucune",
        "aucun",
        "ninguna",
        "nessuna",
    }
)
"""What people write where no offer ran."""
BLANK_REMEDY = "leave the cell blank where nothing ran"


class Called(Protocol):
    """Something of a scenario with an id, and perhaps with a name that people call it by."""

    @property
    def id(self) -> str:
        """As files write it."""

    @property
    def name(self) -> str | None:
        """As people call it."""


def called(items: Iterable[Called]) -> dict[str, str]:
    """Return ids by name, in small letters; a name that two have stands for neither."""
    found: dict[str, list[str]] = {}
    for item in items:
        if item.name:
            found.setdefault(item.name.strip().casefold(), []).append(item.id)
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}


def is_total(text: str) -> bool:
    """Whether a cell says that its row adds others up.

    Examples
    --------
    >>> is_total("Total:"), is_total("合計"), is_total("2026-11-01")
    (True, True, False)
    """
    return text.rstrip(" :：").casefold() in _TOTALS


def tell_totals(table: CsvTable, column: str, rows: Sequence[int], expected: str) -> None:
    """Note rows that add others up."""
    texts = table.texts(column)
    tell(table, rows, column, expected, lambda row: shown(texts[row]), "leave rows of totals out")


def ids(
    table: CsvTable,
    column: str,
    numbers: Mapping[str, int],
    names: Mapping[str, str] | None = None,
    *,
    skip: Collection[int] = (),
) -> Int:
    """[rows] number of each id; -1 where it is unknown, one problem for every such word.

    Parameters
    ----------
    names
        From `called`: who writes a name is told the id.
    skip
        Rows whose slip was told already.
    """
    texts = table.texts(column)
    keys = np.fromiter((numbers.get(text, BAD) for text in texts), dtype=np.int64, count=len(texts))
    unknown: dict[str, list[int]] = {}
    totals: list[int] = []
    for row in np.flatnonzero(keys == BAD).tolist():
        if row in skip:
            continue
        if is_total(texts[row]):
            totals.append(row)
        else:
            unknown.setdefault(texts[row], []).append(row)
    tell_totals(table, column, totals, _expected(column))
    _tell_unknown(table, column, unknown, [name for name in numbers if name], names or {})
    return keys


def _expected(column: str) -> str:
    return f"{GROUPS[TREATED]} or {GROUPS[HOLDOUT]}" if column == "group" else f"{a_kind(column)} of the scenario"


def _tell_unknown(
    table: CsvTable, column: str, unknown: dict[str, list[int]], known: Collection[str], named: Mapping[str, str]
) -> None:
    """Note one problem for each word that nobody knows; the first ones only where a wrong column makes thousands."""
    words = list(unknown)
    expected = _expected(column)
    for word in words[:_NAMED]:
        own = named.get(word.casefold())
        if column == "group":
            remedy = "a blank means treated"
        elif column == "offer" and word.casefold() in _NOTHING:
            remedy = BLANK_REMEDY
        else:
            remedy = f"did you mean {own}?" if own else did_you_mean(word, known, kind=column)
        told = shown(word) if word else "a blank"
        tell(table, unknown[word], column, expected, lambda _row, told=told: told, remedy)  # type: ignore[misc]
    if len(words) > _NAMED:
        more = words[_NAMED:]
        rows = np.sort(np.concatenate([unknown[word] for word in more])).astype(np.int64)
        said = f"{len(more):,} more words that it does not have"
        tell(table, rows, column, expected, lambda _row: said, f"check that the column {column} is the right one")


def offers_of(table: CsvTable, grid: Grid) -> list[tuple[int, ...]]:
    """Offers that ran on each row."""
    read: dict[str, tuple[int, ...]] = {"": ()}
    strange: dict[str, tuple[str, ...]] = {}
    unknown: dict[str, list[int]] = {}
    joined: dict[str, list[int]] = {}
    texts = table.texts("offer")
    for row, text in enumerate(texts):
        if text not in read:
            words = [word.strip() for word in text.split(BETWEEN_OFFERS)]
            read[text] = tuple(sorted({grid.offer_index[word] for word in words if word in grid.offer_index}))
            strange[text] = tuple(dict.fromkeys(word for word in words if word not in grid.offer_index))
        if strange.get(text) and _joined(text, grid):
            joined.setdefault(text, []).append(row)
            continue
        for word in strange.get(text, ()):
            unknown.setdefault(word, []).append(row)
    for text, rows in joined.items():
        remedy = f"join offers with {BETWEEN_OFFERS}: {_joined(text, grid)}"
        tell(table, rows, "offer", _expected("offer"), lambda _row, text=text: shown(text), remedy)  # type: ignore[misc]
    _tell_unknown(table, "offer", unknown, grid.offer_index, called(grid.scenario.offers))
    return [read[text] for text in texts]


def _joined(text: str, grid: Grid) -> str:
    """Offers of a cell that are joined by another sign than they should be, as they are to be written."""
    parts = [part.strip() for part in _JOINED.split(text)]
    return BETWEEN_OFFERS.join(parts) if len(parts) > 1 and all(part in grid.offer_index for part in parts) else ""
