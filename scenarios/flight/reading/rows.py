"""Rows of an actuals file: every column and key read; one message a kind of mistake, however many rows have it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.currency import codes_of, digits_of
from scenarios.flight.actuals import GROUPS, HOLDOUT, TREATED
from scenarios.flight.reading.columns import COUNTS, MEASURES, tell
from scenarios.flight.reading.figures import figures_of
from scenarios.flight.reading.names import BAD, called, ids, is_total, offers_of, tell_totals
from scenarios.grid import Grid
from scenarios.language.text.csv_files import CsvTable
from scenarios.language.text.unread_dates import tell_unread
from scenarios.language.words import BASKET, EVERYBODY, Unit
from scenarios.problems import shown

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """R usable rows."""

    row: Int
    """[R] number of the row in the table."""
    period: Int
    """[R]"""
    product: Int
    """[R] K for the basket."""
    segment: Int
    """[R] S where not split by segment."""
    group: Int
    """[R] `TREATED` or `HOLDOUT`."""
    offers: tuple[tuple[int, ...], ...] | None
    """What ran on each row; None where the file has no column ``offer``."""
    figures: dict[str, Float]
    """[R] by column of `MEASURES` that the file has; NaN for a blank."""


def read_rows(table: CsvTable, grid: Grid, as_of: dt.date | None) -> Rows:
    """Read every column; rows with a broken key are left out, their problems are noted on the table."""
    period = _periods(table, grid, as_of)
    known = tuple(item.id for item in grid.products)
    totals = {row for row, text in enumerate(table.texts("date")) if is_total(text)}
    products = {**{name: n for n, name in enumerate(known)}, BASKET: len(known), EVERYBODY: len(known)}
    product = ids(table, "product", products, called(grid.products), skip=totals)
    segments = {segment.id: number for number, segment in enumerate(grid.segments)}
    everybody = {"": len(segments), EVERYBODY: len(segments)}
    segment = ids(table, "segment", {**segments, **everybody}, called(grid.segments), skip=totals)
    group = ids(table, "group", {"": TREATED, GROUPS[TREATED]: TREATED, GROUPS[HOLDOUT]: HOLDOUT})
    offers = offers_of(table, grid) if "offer" in table.columns else None
    _currency(table, grid.scenario.currency)
    money = digits_of(grid.scenario.currency)
    decimals = {**dict.fromkeys(COUNTS, 0), "revenue": money, "spend": money}
    told = [name for name in MEASURES if name in table.columns]
    figures = {name: figures_of(table, name, decimals.get(name), grid.scenario.currency) for name in told}
    kept = np.flatnonzero((period >= 0) & (product >= 0) & (segment >= 0) & (group >= 0))
    return Rows(
        row=kept,
        period=period[kept],
        product=product[kept],
        segment=segment[kept],
        group=group[kept],
        offers=None if offers is None else tuple(offers[row] for row in kept),
        figures={name: values[kept] for name, values in figures.items()},
    )


def _periods(table: CsvTable, grid: Grid, as_of: dt.date | None) -> Int:
    """[rows] period of each row's date; -1 where it is none of the horizon."""
    horizon = grid.scenario.horizon
    first, last = horizon.start, horizon.last_day
    texts = table.texts("date")
    known: dict[str, tuple[int, str]] = {}
    for text in dict.fromkeys(texts):
        known[text] = _period(text, grid, as_of)
    found = np.array([known[text][0] for text in texts], dtype=np.int64)
    broken: dict[str, list[int]] = {}
    for row in np.flatnonzero(found < 0):
        broken.setdefault(known[texts[row]][1], []).append(int(row))

    def inside(row: int) -> str:
        return f"{texts[row]}, inside the week of {_start_of_week(texts[row], grid)}"

    tell_totals(table, "date", broken.get("total", ()), "a date such as 2026-11-01")
    tell_unread(table, "date", broken.get("unread", ()), "a date such as 2026-11-01")
    in_campaign = f"a date of the campaign, {first} to {last}"
    remedy = "leave sales from before the campaign out"
    tell(table, broken.get("before", ()), "date", in_campaign, lambda row: f"{texts[row]}, before it", remedy)
    remedy = "check the year, or whether this is the right campaign"
    tell(table, broken.get("after", ()), "date", in_campaign, lambda row: f"{texts[row]}, after its end", remedy)
    expected = f"no day after {as_of}, as of which the actuals are"
    tell(table, broken.get("future", ()), "date", expected, lambda row: f"{texts[row]}, in the future", "leave it out")
    unit = horizon.unit.value
    expected = f"{unit}s that end by {as_of}, as of which the actuals are"

    def ends(row: int) -> str:
        day = horizon.last_day_of(horizon.period_of(dt.date.fromisoformat(texts[row])))
        return f"the {unit} of {texts[row]}, which ends on {day}"

    remedy = (
        f"leave that {unit} out until it is over: what is sold in a part of a {unit} would count as the whole {unit}'s"
    )
    tell(table, broken.get("unfinished", ()), "date", expected, ends, remedy)
    expected, remedy = "the first day of a week of the campaign", "add the days of a week up to one row"
    tell(table, broken.get("inside", ()), "date", expected, inside, remedy)
    return found


def _period(text: str, grid: Grid, as_of: dt.date | None) -> tuple[int, str]:
    """The period of a date, or -1 and what is wrong with it."""
    horizon = grid.scenario.horizon
    if is_total(text):
        return BAD, "total"
    try:
        if not _DATE.fullmatch(text):
            return BAD, "unread"
        day = dt.date.fromisoformat(text)
    except ValueError:
        return BAD, "unread"
    period = horizon.period_of(day)
    if period < 0:
        return BAD, "before"
    if period >= horizon.periods:
        return BAD, "after"
    if as_of is not None and day > as_of:
        return BAD, "future"
    if horizon.unit is Unit.WEEK and day != horizon.date_of(period):
        return BAD, "inside"
    if as_of is not None and horizon.last_day_of(period) > as_of:
        return BAD, "unfinished"
    return period, ""


def _start_of_week(text: str, grid: Grid) -> str:
    horizon = grid.scenario.horizon
    return str(horizon.date_of(horizon.period_of(dt.date.fromisoformat(text))))


def _currency(table: CsvTable, currency: str) -> None:
    texts = table.texts("currency")
    expected = f"{currency}, the scenario's currency"
    rows = [row for row, text in enumerate(texts) if text not in ("", currency)]
    same = [row for row in rows if currency in codes_of(texts[row])]
    others = [row for row in rows if row not in set(same)]
    tell(table, same, "currency", expected, lambda row: shown(texts[row]), f"write {currency}")
    remedy = "convert the amounts, at the rate that finance uses"
    tell(table, others, "currency", expected, lambda row: shown(texts[row]), remedy)
