"""Actuals: what really happened so far, on the axes of the scenario that was planned (docs/running.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.grid import Grid

TREATED, HOLDOUT = 0, 1
"""Places on the first axis of every table: customers of the campaign, and those kept out of all audiences."""
GROUPS = ("treated", "holdout")


class Ran(NamedTuple):
    """One offer that really ran, in indices; None stands for the whole basket, or for rows not split by segment."""

    period: int
    product: int | None
    segment: int | None
    offer: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Actuals:
    """What happened in periods 0 to `last`. Letters as in `scenarios.grid`; G = 2 groups, see `TREATED`.

    Every column of the file is one table [G, S + 1, K + 1, T]. Row S of the segment axis holds what is not split by
    segment, row K of the product axis the whole basket (its units are orders). NaN stands wherever no row, or a blank
    cell, spoke.
    """

    grid: Grid
    name: str
    """The file, as it was named."""
    last: int
    """Last period that the file speaks of, with closed ones that follow it; all after is the rest of the campaign."""
    tables: Mapping[str, Float]
    """[G, S + 1, K + 1, T] by column; always ``units`` and ``revenue`` (what customers paid, tax included)."""
    ran: frozenset[Ran] | None
    """What really ran; None where the file has no column ``offer`` (then the plan ran)."""
    settled_periods: int = 0
    """Periods from the first on after which a re-planning set the scenario's stock by what was really left: what
    their stock-takes say is no news."""
    warnings: tuple[str, ...] = field(default=())
    """Sentences: what is odd but usable, such as offers that ran differently from the plan."""
    otherwise: tuple[str, ...] = field(default=())
    """Those of them that say where something else ran than the plan; one for each offer and product."""
    attention: tuple[str, ...] = field(default=())
    """Sentences: what makes money wrong that is reckoned of the file, until somebody writes it anew."""

    @property
    def as_of(self) -> dt.date:
        """Last day that is known: of weeks, their last day."""
        return self.grid.scenario.horizon.last_day_of(self.last)

    @cached_property
    def observed(self) -> Flag:
        """[K, T] whether units of a product and period are known."""
        return np.asarray(np.isfinite(self.tables["units"][:, :, :-1]).any(axis=(0, 1)))

    @cached_property
    def split(self) -> Flag:
        """[K, T] whether they are known segment by segment."""
        return np.asarray(np.isfinite(self.tables["units"][:, :-1, :-1]).any(axis=(0, 1)))

    @cached_property
    def units(self) -> Float:
        """[S, K, T] units sold, both groups; NaN where not observed or not split by segment."""
        return self.of_segments("units")[:, :-1]

    @cached_property
    def units_total(self) -> Float:
        """[K, T] units sold to everybody; NaN where not observed."""
        return self.of_everybody("units")[:-1]

    @cached_property
    def revenue(self) -> Float:
        """[S, K, T] what customers paid, tax included, both groups; NaN where not observed or not split."""
        return self.of_segments("revenue")[:, :-1]

    @cached_property
    def revenue_total(self) -> Float:
        """[K, T] what everybody paid, tax included; NaN where not observed."""
        return self.of_everybody("revenue")[:-1]

    @cached_property
    def stock_end(self) -> Float | None:
        """[K, T] units left at the end of a period, NaN where not told; None without such a column."""
        table = self.tables.get("stock_end")
        if table is None:
            return None
        known = np.where(np.isfinite(table), table, -np.inf).max(axis=(0, 1))[:-1]
        return np.where(np.isfinite(known), known, np.nan)

    def has(self, column: str) -> bool:
        """Whether the file holds a column with at least one figure."""
        return column in self.tables

    def of_segments(self, column: str, group: int | None = None) -> Float:
        """[S, K + 1, T] of a column, of one group or of both together; NaN where nothing is told by segment."""
        table = self.tables[column][:, :-1]
        return _added(table if group is None else table[group : group + 1], axis=(0,))

    def of_everybody(self, column: str) -> Float:
        """[K + 1, T] of a column over all segments and both groups; NaN where nothing is told."""
        return _added(self.tables[column], axis=(0, 1))

    @cached_property
    def has_holdout(self) -> bool:
        """Whether rows of customers who were kept out are told apart."""
        return bool(np.isfinite(self.tables["units"][HOLDOUT]).any())


def _added(table: Float, axis: tuple[int, ...]) -> Float:
    """Add up what is told; NaN where nothing is."""
    told = np.isfinite(table)
    return np.where(told.any(axis=axis), np.where(told, table, 0.0).sum(axis=axis), np.nan)
