"""Rows of an actuals file: every column and key read; one message a kind of mistake, however many rows have it."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.currency import codes_of, digits_of
from scenarios.flight.actuals import GROUPS, HOLDOUT, TREATED
from scenarios.grid import Grid
from scenarios.language.comma_numbers import comma_remedy, grouped
from scenarios.language.csv_files import CsvTable
from scenarios.language.meant import date_remedy
from scenarios.language.words import BASKET, EVERYBODY, Unit
from scenarios.plain_digits import REMEDY, has_foreign_digits
from scenarios.problems import a_kind, did_you_mean, shown

Index = NDArray[np.int64]
Float = NDArray[np.float64]

KEYS = ("date", "product", "segment", "group", "offer", "currency")
COUNTS = (
    "units",
    "uses",
    "contacts",
    "visitors",
    "buyers",
    "returns",
    "complaints",
    "unsubscribes",
    "survey_count",
    "stock_end",
    "customers",
)
"""Columns of whole numbers."""
AMOUNTS = ("revenue", "spend", "survey")
"""Columns of numbers with decimals."""
MEASURES = (*COUNTS, *AMOUNTS)
REQUIRED = ("date", "product", "units", "revenue")
BETWEEN_OFFERS = "+"
"""Stands between two offers that ran on the same cell: ``off-15+save-200``."""
LARGEST = 1e12
"""What no figure of a campaign exceeds; more is a slip."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SEPARATED = re.compile(r"[+-]?[0-9]{1,3}([,.' \u00a0][0-9]{3})+([.,][0-9]+)?")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_BAD = -1
_NAMED = 20
"""Unknown words of a column that are named; more are counted."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """R usable rows."""

    row: Index
    """[R] number of the row in the table."""
    period: Index
    product: Index
    """[R] K for the basket."""
    segment: Index
    """[R] S where not split by segment."""
    group: Index
    offers: tuple[tuple[int, ...], ...] | None
    """What ran on each row; None where the file has no column ``offer``."""
    figures: dict[str, Float]
    """[R] by column of `MEASURES` that the file has; NaN for a blank."""


def tell(
    table: CsvTable, rows: Sequence[int] | Index, what: str, expected: str, got: Callable[[int], str], remedy: str = ""
) -> None:
    """Note one problem for all rows that have it: the first one is shown, the others are counted."""
    if len(rows):
        more = f" (and on {len(rows) - 1} more {'row' if len(rows) == 2 else 'rows'})" if len(rows) > 1 else ""
        first = int(rows[0])
        table.problem(first, what, expected, got(first) + more, remedy)


def read_rows(table: CsvTable, grid: Grid, as_of: dt.date | None) -> Rows:
    """Read every column; rows with a broken key are left out, their problems are noted on the table."""
    period = _periods(table, grid, as_of)
    ids = tuple(item.id for item in grid.products)
    product = _ids(table, "product", {**{name: n for n, name in enumerate(ids)}, BASKET: len(ids), EVERYBODY: len(ids)})
    segments = {segment.id: number for number, segment in enumerate(grid.segments)}
    segment = _ids(table, "segment", {**segments, "": len(segments), EVERYBODY: len(segments)})
    group = _ids(table, "group", {"": TREATED, GROUPS[TREATED]: TREATED, GROUPS[HOLDOUT]: HOLDOUT})
    offers = _offers(table, grid) if "offer" in table.columns else None
    _currency(table, grid.scenario.currency)
    money = digits_of(grid.scenario.currency)
    decimals = {**dict.fromkeys(COUNTS, 0), "revenue": money, "spend": money}
    figures = {name: _figures(table, name, decimals.get(name)) for name in MEASURES if name in table.columns}
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


def _periods(table: CsvTable, grid: Grid, as_of: dt.date | None) -> Index:
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

    def got(row: int) -> str:
        return shown(texts[row]) if texts[row] else "a blank"

    def inside(row: int) -> str:
        return f"{texts[row]}, inside the week of {_start_of_week(texts[row], grid)}"

    unread = broken.get("unread", [])
    remedy = date_remedy(texts[unread[0]]) if unread and _DATE.fullmatch(texts[unread[0]]) else "write year-month-day"
    tell(table, unread, "date", "a date such as 2026-11-01", got, remedy)
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
    try:
        if not _DATE.fullmatch(text):
            return _BAD, "unread"
        day = dt.date.fromisoformat(text)
    except ValueError:
        return _BAD, "unread"
    period = horizon.period_of(day)
    if period < 0:
        return _BAD, "before"
    if period >= horizon.periods:
        return _BAD, "after"
    if as_of is not None and day > as_of:
        return _BAD, "future"
    if horizon.unit is Unit.WEEK and day != horizon.date_of(period):
        return _BAD, "inside"
    if as_of is not None and horizon.last_day_of(period) > as_of:
        return _BAD, "unfinished"
    return period, ""


def _start_of_week(text: str, grid: Grid) -> str:
    horizon = grid.scenario.horizon
    return str(horizon.date_of(horizon.period_of(dt.date.fromisoformat(text))))


def _ids(table: CsvTable, column: str, numbers: dict[str, int]) -> Index:
    """[rows] number of each id; -1 where it is unknown, one problem for every such word."""
    texts = table.texts(column)
    keys = np.fromiter((numbers.get(text, _BAD) for text in texts), dtype=np.int64, count=len(texts))
    unknown: dict[str, list[int]] = {}
    for row in np.flatnonzero(keys == _BAD):
        unknown.setdefault(texts[row], []).append(int(row))
    _tell_unknown(table, column, unknown, [name for name in numbers if name])
    return keys


def _tell_unknown(table: CsvTable, column: str, unknown: dict[str, list[int]], known: Collection[str]) -> None:
    """Note one problem for each word that nobody knows; the first ones only where a wrong column makes thousands."""
    names = list(unknown)
    expected = f"{a_kind(column)} of the scenario"
    if column == "group":
        expected = f"{GROUPS[TREATED]} or {GROUPS[HOLDOUT]}"
    for word in names[:_NAMED]:
        remedy = "a blank means treated" if column == "group" else did_you_mean(word, known, kind=column)
        told = shown(word) if word else "a blank"
        tell(table, unknown[word], column, expected, lambda _row, told=told: told, remedy)  # type: ignore[misc]
    if len(names) > _NAMED:
        more = names[_NAMED:]
        rows = np.sort(np.concatenate([unknown[word] for word in more])).astype(np.int64)
        said = f"{len(more):,} more words that it does not have"
        tell(table, rows, column, expected, lambda _row: said, f"check that the column {column} is the right one")


def _offers(table: CsvTable, grid: Grid) -> list[tuple[int, ...]]:
    """Offers that ran on each row."""
    read: dict[str, tuple[int, ...]] = {"": ()}
    strange: dict[str, tuple[str, ...]] = {}
    unknown: dict[str, list[int]] = {}
    texts = table.texts("offer")
    for row, text in enumerate(texts):
        if text not in read:
            words = [word.strip() for word in text.split(BETWEEN_OFFERS)]
            read[text] = tuple(sorted({grid.offer_index[word] for word in words if word in grid.offer_index}))
            strange[text] = tuple(dict.fromkeys(word for word in words if word not in grid.offer_index))
        for word in strange.get(text, ()):
            unknown.setdefault(word, []).append(row)
    _tell_unknown(table, "offer", unknown, grid.offer_index)
    return [read[text] for text in texts]


def _currency(table: CsvTable, currency: str) -> None:
    texts = table.texts("currency")
    expected = f"{currency}, the scenario's currency"
    rows = [row for row, text in enumerate(texts) if text not in ("", currency)]
    same = [row for row in rows if currency in codes_of(texts[row])]
    others = [row for row in rows if row not in set(same)]
    tell(table, same, "currency", expected, lambda row: shown(texts[row]), f"write {currency}")
    remedy = "convert the amounts, at the rate that finance uses"
    tell(table, others, "currency", expected, lambda row: shown(texts[row]), remedy)


def _figures(table: CsvTable, column: str, digits: int | None) -> Float:
    """[rows] of a column, NaN for a blank; ``digits`` are the most decimals; every kind of slip is one problem."""
    texts = table.texts(column)
    values: dict[str, float] = {"": math.nan}
    slips: dict[str, list[int]] = {}
    out = np.empty(len(texts))
    kinds: dict[str, str] = {}
    for row, text in enumerate(texts):
        if text not in values:
            values[text], kinds[text] = _figure(text, whole=column in COUNTS)
        out[row] = values[text]
        if kinds.get(text):
            slips.setdefault(kinds[text], []).append(row)

    def got(row: int) -> str:
        return shown(texts[row])

    whole = "a whole number" if column in COUNTS else "a number"
    separated = slips.get("separated", [])
    if slips.get("comma"):  # who writes 1430,9 means decimals by 383,900, too
        both = [row for row in separated if _COMMA.fullmatch(texts[row])]
        slips["comma"] = sorted([*slips["comma"], *both])
        separated = [row for row in separated if row not in set(both)]
    remedy = comma_remedy(texts[separated[0]], digits) if separated else ""
    tell(table, separated, column, whole, got, remedy or "write it without separators of thousands")
    tell(table, slips.get("comma", ()), column, whole, got, "write decimals with a point")
    tell(table, slips.get("digits", ()), column, whole, got, REMEDY)
    tell(table, slips.get("text", ()), column, whole, got, "" if column in REQUIRED else "leave unknown figures blank")
    tell(table, slips.get("negative", ()), column, f"{whole} of at least 0", got, _NEGATIVE.get(column, ""))
    tell(table, slips.get("parts", ()), column, whole, got, "count whole pieces")
    tell(table, slips.get("power", ()), column, whole, got, "write all its digits")
    tell(table, slips.get("huge", ()), column, f"a number below {LARGEST:g}", got)
    return out


_NEGATIVE = {
    "units": "write what was sold; what came back belongs in the column returns",
    "revenue": "write what customers paid; what came back belongs in the column returns",
}


def _figure(text: str, *, whole: bool) -> tuple[float, str]:
    """A cell as a number, NaN with the kind of slip where it is none."""
    if not _NUMBER.fullmatch(text):
        if has_foreign_digits(text):
            return math.nan, "digits"
        if _SEPARATED.fullmatch(text) or grouped(text):
            return math.nan, "separated"
        return math.nan, "comma" if _COMMA.fullmatch(text) else "text"
    value = float(text)
    if whole and "e" in text.lower():
        return math.nan, "power"  # no program writes a count so; 1e5 is a slip for 15 or 105 as often as it is meant
    if not (value >= 0):
        return math.nan, "negative"
    if not (value < LARGEST):
        return math.nan, "huge"
    return (math.nan, "parts") if whole and value != int(value) else (value, "")
