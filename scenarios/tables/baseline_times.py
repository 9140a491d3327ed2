"""Factors of a baseline, read: what a planner knows beside table or model, such as a December that sells twice as much.

A row of the file speaks of a segment, a product or a category, and a period; the most specific row of a cell wins. A
category counts as one key, as a product does, and gives way to a row of the product with the same other keys.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.first_few import and_more
from scenarios.language.files import ScenarioFiles
from scenarios.language.schema import Horizon, Product
from scenarios.language.schemas.baseline import A_FACTOR, BaselineSource, out_of_bounds
from scenarios.language.text.csv_files import CsvTable, read_csv
from scenarios.language.words import EVERYBODY
from scenarios.problems import Places, Problem
from scenarios.tables.category_rows import by_product, first_rows, refuse_both
from scenarios.tables.cell_rows import ALL, id_keys, outside_note, period_keys, resolve_rows

COLUMNS = ("segment", "product", "category", "period", "times")
FAR = 5.0
"""A larger factor is told, because it may be a slip."""


@dataclass(frozen=True, kw_only=True)
class TimesAxes:
    """What is known of a scenario's axes; None where any name may be one."""

    segments: tuple[str, ...] | None
    products: frozenset[str] | None
    categories: frozenset[str] | None
    goods: tuple[Product, ...] | None
    """All products in order; None where one of them could not be read, so that rows are checked and not placed."""
    horizon: Horizon


@dataclass(frozen=True, kw_only=True, eq=False)
class BaselineTimes:
    """Factors as rows. R rows: one of a category stands there once for each of its products."""

    title: str
    """As notes name it: a file, or ``baseline.times``."""
    table: CsvTable
    """The file as it was read; of factors in the scenario itself, one row each."""
    origin: Int
    """[R] row of the file."""
    product: Int
    """[R] index of the product, or `ALL`."""
    period: Int
    """[R] index of the period, `ALL`, or below where it lies outside the horizon."""
    times: Float
    """[R] factors."""
    notes: tuple[str, ...] = ()
    """Rows outside the horizon, and factors that may be slips."""

    def placed(self, segments: tuple[str, ...], products: int, periods: int) -> tuple[Float, tuple[Problem, ...]]:
        """Return the factor of every cell [S, K, T], 1 where no row speaks, and what is wrong with the rows."""
        file = replace(self.table, problems=[])
        segment = id_keys(file, "segment", segments)[self.origin]
        rows = replace(file, columns={}, lines=[file.lines[row] for row in self.origin.tolist()])
        shape = (len(segments), products, periods)
        owner = resolve_rows(rows, [segment, self.product, self.period], shape, np.ones(shape, dtype=bool)).row
        return np.where(owner < 0, 1.0, self.times[owner]), tuple(file.problems)


def read_times(
    source: BaselineSource, axes: TimesAxes, files: ScenarioFiles, places: Places
) -> tuple[BaselineTimes | None, tuple[Problem, ...]]:
    """Read factors, each problem once; None where there are none, where they are unusable, or products are unknown."""
    if source.times is None:
        return None, ()
    if not isinstance(source.times, str):
        return _inline(source, axes.horizon, places), ()
    raw, problem = files.read(source.times, where=places.at(("baseline", "times")))
    if raw is None:
        return None, () if problem is None else (problem,)
    table = read_csv(raw, files.label(source.times), source.times)
    found = None
    if not table.problems and table.require(COLUMNS, ("times",)):
        found = _of_file(table, axes)
    problems = tuple(table.problems)
    if not problems and found is not None and axes.goods is not None:
        # Of segments that are still to be learned, those that rows name contradict each other already.
        named = {text for text in table.texts("segment") if text not in ("", EVERYBODY)}
        segments = axes.segments or tuple(sorted(named)) or ("any",)
        problems = found.placed(segments, len(axes.goods), axes.horizon.periods)[1]
    return None if problems else found, problems


def _inline(source: BaselineSource, horizon: Horizon, places: Places) -> BaselineTimes | None:
    by_period: dict[int, float] = {}
    for dates, factor in source.by_date.values():
        first, last = max(horizon.period_of(dates.first), 0), min(horizon.period_of(dates.last), horizon.periods - 1)
        by_period |= dict.fromkeys(range(first, last + 1), factor)
    if isinstance(source.times, float):
        by_period = {ALL: source.times}
    if not by_period:
        return None
    name, _, line = places.at(("baseline", "times")).rpartition(":")
    lines = [int(line) if line.isdecimal() else 1] * len(by_period)
    table = CsvTable(name=name, columns={}, lines=lines, title="baseline.times")
    times = np.array(list(by_period.values()))
    far = [
        f"{factor:g}{'' if period == ALL else f' on {horizon.date_of(period)}'}"
        for period, factor in by_period.items()
        if factor > FAR
    ]
    return BaselineTimes(
        title=table.title,
        table=table,
        origin=np.arange(len(by_period)),
        product=np.full(len(by_period), ALL),
        period=np.array(list(by_period), dtype=np.int64),
        times=times,
        notes=_far(table, far),
    )


def _far(table: CsvTable, far: list[str]) -> tuple[str, ...]:
    if not far:
        return ()
    return (f"{table.title} multiplies the baseline by {far[0]}{and_more(len(far), 1)}: check what is beyond {FAR:g}",)


def _of_file(table: CsvTable, axes: TimesAxes) -> BaselineTimes | None:
    """Check the rows of a file, and let those of categories speak for their products."""
    if not len(table):
        table.problem(None, "rows", "at least one row of factors", "none")
        return None
    period, outside = period_keys(table, axes.horizon)
    if axes.segments is not None:
        id_keys(table, "segment", axes.segments)
    ids = tuple(sorted(axes.products or ())) if axes.goods is None else tuple(one.id for one in axes.goods)
    names = tuple(sorted(axes.categories or ()))
    product = np.full(len(table), ALL) if axes.products is None else id_keys(table, "product", ids)
    category = np.full(len(table), ALL) if axes.categories is None else id_keys(table, "category", names)
    times = np.array(table.required_numbers("times", share=True, expected=A_FACTOR))
    far = []
    for row, (factor, written) in enumerate(zip(times.tolist(), table.texts("times"), strict=True)):
        slip = None if np.isnan(factor) else out_of_bounds(factor, written)
        if slip is not None:
            table.problem(row, "times", slip[0], written, slip[1])
        elif factor > FAR:
            far.append(f"{written} on line {table.lines[row]}")
    who = ["" if text == EVERYBODY else text for text in table.texts("segment")]
    segment = np.unique(who, return_inverse=True)[1]  # of segments that are still to be learned, words alone
    keys = list(zip(product.tolist(), category.tolist(), segment.tolist(), period.tolist(), strict=True))
    first = first_rows(table, keys)
    if axes.goods is None:
        return None
    refuse_both(table, axes.goods, names, product, category)
    if table.problems:
        return None
    origin, product = by_product(axes.goods, names, keys, first)
    outside_notes = (outside_note(outside, table),) if outside else ()
    return BaselineTimes(
        title=table.title,
        table=table,
        origin=origin,
        product=product,
        period=period[origin],
        times=times[origin],
        notes=(*outside_notes, *_far(table, far)),
    )
