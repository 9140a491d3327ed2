"""What limits at risk need of the futures, and what every future says of each of their rows.

Rows that differ by time only are sums over the periods of one functional, which is evaluated once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from constraints.limits.entries import LimitEntry, LimitRow
from scenarios.answer.as_it_was import AsItWas
from scenarios.arrays import Float
from scenarios.futures.funds import Funded, Funds
from scenarios.futures.outcomes import Futures
from scenarios.language.scope import Scope
from scenarios.language.where import admitted
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawn:
    """Uses of the rows of one limit in D futures."""

    part: Float
    """[D, R] what is bounded; of a ratio, what it divides."""
    whole: Float | None
    """[D, R] what a ratio divides by."""


@dataclass(frozen=True, kw_only=True)
class _Sum:
    """Where the rows of one sum stand in the futures."""

    columns: tuple[int, ...] = ()
    """One functional a row."""
    through_time: int | None = None
    """One functional for all rows, period by period."""
    periods: tuple[tuple[bool, ...], ...] = ()
    """[R, T] the periods of each row."""

    def of(self, futures: Futures, first: int) -> Float:
        """Uses [D, R] of the rows."""
        if self.through_time is None:
            return futures.values[:, [first + column for column in self.columns]]
        return np.asarray(futures.periods[:, self.through_time] @ np.array(self.periods, dtype=float).T)


class LimitDraws:
    """The functionals of all limits at risk.

    Parameters
    ----------
    model
        Whose limits they are.
    entries
        All limits; those that hold on the expected account are skipped.
    first
        How many other functionals stand before these where futures are drawn.
    """

    def __init__(self, model: Coefficients, entries: Sequence[LimitEntry], first: int) -> None:
        self._grid, self._first = model.grid, first
        self._as_it_was = AsItWas(model)
        self.funds = Funds(model)
        """Of its vendors: no sum holds more of their money than that."""
        self.functionals: list[Functional | Funded] = []
        self.through_time: list[Functional | Funded] = []
        self._sums: dict[str, tuple[_Sum, _Sum | None]] = {}
        self._counts_change: set[str] = set()
        for entry in entries:
            if entry.limit.at_risk is None:
                continue
            wheres = [row.where for row in entry.rows]
            part, whole = self._sum(entry.part, entry.limit.where, wheres), None
            if entry.whole is not None:
                share = entry.limit.share_of
                scope = entry.limit.where if share is None else share.where
                whole = self._sum(entry.whole, scope, [_whole(row) for row in entry.rows])
            self._sums[entry.id] = part, whole
            if entry.counts_change:
                self._counts_change.add(entry.id)

    @property
    def any(self) -> bool:
        """Whether any limit must hold in a share of the futures."""
        return bool(self._sums)

    @property
    def need_empty(self) -> bool:
        """Whether any limit counts from the empty plan, whose futures must then be drawn too."""
        return bool(self._counts_change)

    def of(self, entry: LimitEntry, futures: Futures, empty: Futures | None) -> Drawn | None:
        """Uses of a limit's rows; None where it holds on the expected account."""
        if entry.id not in self._sums:
            return None
        part, whole = self._sums[entry.id]
        uses = part.of(futures, self._first) + self._by_messages(entry.part, [row.where for row in entry.rows])
        if entry.id in self._counts_change and empty is not None:
            uses = uses - part.of(empty, self._first)
        if whole is None or entry.whole is None:
            return Drawn(part=uses, whole=None)
        more = self._by_messages(entry.whole, [_whole(row) for row in entry.rows])
        return Drawn(part=uses, whole=whole.of(futures, self._first) + more)

    def as_sent(self, futures: Futures, measures: Sequence[Measure]) -> Futures:
        """Futures whose first sums, over everything, hold messages that have run as they were sent, not as named."""
        more = np.array([self._as_it_was.beyond_by_messages(measure, Scope()) for measure in measures])
        if not more.any():
            return futures
        values = futures.values.copy()
        values[:, : len(more)] += more
        return replace(futures, values=values)

    def _by_messages(self, measure: Measure | str, rows: Sequence[Scope]) -> Float:
        """[R] what messages that have run, as they were sent, make of a sum."""
        return np.array([self._as_it_was.beyond_by_messages(measure, where) for where in rows])

    def _sum(self, measure: Measure | str, where: Scope, rows: list[Scope]) -> _Sum:
        """Note what is needed for the rows of one sum."""
        if len(rows) == 1 or measure is Measure.CUSTOMERS_REACHED:
            columns = range(len(self.functionals), len(self.functionals) + len(rows))
            self.functionals += [self.funds.measure(measure, row) for row in rows]
            return _Sum(columns=tuple(columns))
        grid = self._grid
        masks = [admitted(row, grid.segments, grid.products, grid.scenario.horizon).periods for row in rows]
        self.through_time.append(self.funds.measure(measure, where))
        return _Sum(
            through_time=len(self.through_time) - 1,
            periods=tuple(tuple(bool(inside) for inside in mask) for mask in masks),
        )


def _whole(row: LimitRow) -> Scope:
    if row.whole is None:
        raise ValueError("the row of a ratio says what it is a share of")
    return row.whole
