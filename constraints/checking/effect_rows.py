"""Effects that differ because rows of the effect tables do: one line a row, however many cells it speaks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from constraints.checking.differences import Difference
from scenarios.answer.archive import Frozen
from scenarios.arrays import Flag, Int
from scenarios.language.schema import Horizon, Scenario
from scenarios.loading.load import LoadedScenario
from scenarios.tables.effect_lines import SpeakingRows, speaking_rows
from scenarios.tables.effect_rows import KEYS, NUMBERS, REMARK

SHOWN_ROWS = 20
"""Rows that are named one by one; the others are counted."""
NO_ROW = "no row"


@dataclass(frozen=True, kw_only=True, eq=False)
class TwoTables:
    """The rows that speak for the same cells in finance's own effect table and in the one that was planned with."""

    scenario: Scenario
    own: SpeakingRows
    planned: SpeakingRows


def two_tables(own: LoadedScenario, frozen: Frozen) -> TwoTables | None:
    """Find the rows of both tables; None where not both effects are a table's, on the same axes."""
    names = own.scenario.effects.table, frozen.scenario.effects.table
    if names[0] is None or names[1] is None or _axes(own.scenario) != _axes(frozen.scenario):
        return None
    if names[0] not in own.tables or names[1] not in frozen.tables:
        return None
    mine = speaking_rows(own.scenario, own.tables[names[0]], names[0])
    theirs = speaking_rows(frozen.scenario, frozen.tables[names[1]], names[1])
    if not (_usable(mine) and _usable(theirs)):  # the planned one was changed since into what cannot be read
        return None
    return TwoTables(scenario=frozen.scenario, own=mine, planned=theirs)


def _usable(rows: SpeakingRows) -> bool:
    return not rows.table.problems and {"offer", "lift"} <= rows.table.columns.keys()


def _axes(scenario: Scenario) -> tuple[object, ...]:
    axes = (scenario.segments, scenario.products, scenario.offers)
    return scenario.horizon, *(tuple(one.id for one in axis) if isinstance(axis, tuple) else None for axis in axes)


def row_differences(tables: TwoTables, differs: Flag, file: str) -> tuple[list[Difference], Flag]:
    """Name the rows that say something else, and return the cells that are left: alike in words, not in numbers.

    Parameters
    ----------
    differs : [S, K + 1, T, O]
        Cells in which some number of an effect differs.
    """
    if not differs.any():
        return [], differs
    found, left = list[Difference](), differs.copy()
    cells = np.argwhere(differs)
    pairs = np.stack([tables.own.row[differs], tables.planned.row[differs]], axis=-1)
    told, which, counts = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    of_pairs = np.split(cells[np.argsort(which.reshape(-1), kind="stable")], np.cumsum(counts)[:-1])
    for (mine, theirs), here in zip(told.tolist(), of_pairs, strict=True):
        one, other = _said(tables.own, mine), _said(tables.planned, theirs)
        names = [*NUMBERS, *sorted({*one, *other} - {*NUMBERS})]
        changed = [name for name in names if _amount(one.get(name)) != _amount(other.get(name))]
        if not changed:
            continue
        left[tuple(here.T)] = False
        place = (
            f"{', '.join(changed)} of {_row(tables, mine, theirs)}, {days_said(tables.scenario.horizon, *_ends(here))}"
        )
        found.append(Difference(file=file, place=place, expected=_values(one, changed), got=_values(other, changed)))
    if len(found) > SHOWN_ROWS:
        others = len(found) - SHOWN_ROWS
        more = "1 more row that differs" if others == 1 else f"{others:,} more rows that differ"
        found = [*found[:SHOWN_ROWS], Difference(file=file, place="effects", expected="none of them", got=more)]
    return found, left


def _said(rows: SpeakingRows, row: int) -> dict[str, str]:
    """What a row says of its cells; nothing where none speaks."""
    written = {} if row < 0 else rows.written(row)
    return {name: text for name, text in written.items() if name not in (*KEYS, REMARK)}


def _amount(text: str | None) -> float | str | None:
    """A number as it is read, so that 0.3, 0.30 and 30% are one; other words as they stand."""
    try:
        return None if text is None else float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return text


def _values(said: Mapping[str, str], names: list[str]) -> str:
    if not said:
        return NO_ROW
    texts = [said.get(name, "a blank") for name in names]
    return texts[0] if len(names) == 1 else ", ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))


def _row(tables: TwoTables, mine: int, theirs: int) -> str:
    """Name a row by its keys and its line in finance's own table; where that has none, in the one planned with."""
    rows, row, whose = (tables.own, mine, "") if mine >= 0 else (tables.planned, theirs, " of the planned table")
    keys = rows.written(row)
    goods = keys.get("product", f"category {keys['category']}" if "category" in keys else "every product")
    names = [keys.get("segment", "every segment"), goods, keys["offer"]]
    return f"{', '.join(names)} ({rows.table.title}:{rows.line(row)}{whose})"


def _ends(cells: Int) -> tuple[int, int]:
    """The first and the last period of some cells."""
    return int(cells[:, 2].min()), int(cells[:, 2].max())


def days_said(horizon: Horizon, first_period: int, last_period: int) -> str:
    """Say the first and the last day of a span of periods; one date where they are the same."""
    first, last = horizon.date_of(first_period), horizon.last_day_of(last_period)
    return str(first) if first == last else f"{first} to {last}"
