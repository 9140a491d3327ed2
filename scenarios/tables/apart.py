"""Tables whose scenario is broken elsewhere: their headers, numbers and names are checked, cells are left alone.

Which cell a row speaks of is known only where the axes are; a misspelt name or a bad number is one in any case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scenarios.language.files import ScenarioFiles
from scenarios.language.schema import Horizon
from scenarios.language.text.csv_files import CsvTable, read_csv
from scenarios.language.words import BASKET
from scenarios.problems import Places, Problem
from scenarios.tables.baseline import read_units, usable_baseline
from scenarios.tables.basket_rows import read_order_numbers, usable_baskets
from scenarios.tables.cell_rows import id_keys, period_keys
from scenarios.tables.effect_rows import own_columns, read_effect_rows
from scenarios.tables.read import TableRoute


@dataclass(frozen=True, kw_only=True)
class KnownAxes:
    """The ids of a scenario as far as they are known; None where any name may be one."""

    segments: frozenset[str] | None
    products: frozenset[str] | None
    offers: frozenset[str] | None
    categories: frozenset[str] | None
    horizon: Horizon
    lift_cv: float
    """Spread of lifts without an interval."""
    digits: int | None = None
    """Of the currency; None where it is unknown."""


def read_apart(tables: Mapping[str, str], axes: KnownAxes, files: ScenarioFiles, places: Places) -> TableRoute:
    """Check tables without placing their rows.

    Parameters
    ----------
    tables
        Names of files, by section: baskets, baseline, effects.
    """
    problems: list[Problem] = []
    columns: tuple[str, ...] | None = None
    for section, name in tables.items():
        raw, problem = files.read(name, where=places.at((section, "table")))
        if problem is not None:
            problems.append(problem)
        if raw is None:
            continue
        table = read_csv(raw, files.label(name), name)
        if section == "baskets":
            _baskets(table, axes)
        elif section == "baseline":
            _baseline(table, axes)
        else:
            _effects(table, axes)
            columns = own_columns(table)
        problems += table.problems
    return TableRoute(custom={}, columns=columns, problems=tuple(problems))


def _baskets(table: CsvTable, axes: KnownAxes) -> None:
    if usable_baskets(table, needs_orders=False):
        _names(table, "segment", axes.segments)
        if "product" in table.columns:
            _names(table, "product", axes.products)
        read_order_numbers(table, axes.digits)


def _baseline(table: CsvTable, axes: KnownAxes) -> None:
    if usable_baseline(table):
        period_keys(table, axes.horizon)
        _names(table, "segment", axes.segments)
        _names(table, "product", axes.products)
        read_units(table)


def _effects(table: CsvTable, axes: KnownAxes) -> None:
    if read_effect_rows(table, axes.lift_cv) is not None:
        period_keys(table, axes.horizon)
        _names(table, "segment", axes.segments)
        _names(table, "product", None if axes.products is None else axes.products | {BASKET})
        _names(table, "category", axes.categories)
        _names(table, "offer", axes.offers)


def _names(table: CsvTable, column: str, ids: frozenset[str] | None) -> None:
    if ids is not None:
        id_keys(table, column, tuple(sorted(ids)))
