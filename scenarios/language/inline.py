"""CSV files of segments, products and lines, put in place of ``{table: FILE}`` before the scenario is validated."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from scenarios.currency import digits_of
from scenarios.language.files import ScenarioFiles
from scenarios.language.schema import Product
from scenarios.language.slips.column_points import fine_digits
from scenarios.language.slips.meant import date_remedy
from scenarios.language.slips.point_numbers import decimals_by_others, read_both_ways, without_zeros
from scenarios.language.text.csv_cells import plain_value
from scenarios.language.text.csv_files import CsvTable, read_csv
from scenarios.language.text.unread_dates import tell_unread
from scenarios.plain_dates import day_of
from scenarios.plain_digits import digits_remedy, has_foreign_digits
from scenarios.problems import Path, Places, Problem

_LINE_COLUMNS = ("date", "product", "segment", "offer", "coverage", "quantity", "pieces", "vendor")
"""As ``campaign export`` writes lines; pieces follow from the level and are not read."""
_EXACT_COLUMNS = ("id", "name", "category", "rivals", "vendor", "product", "segment", "offer")
_AMOUNTS = ("price", "unit_cost", "return_cost")
"""They stay texts, too, so that they are read as exact decimals."""
_FINE_AMOUNTS = ("unit_cost", "return_cost")
"""Those that may be finer than the currency's smallest unit, where it has one at all."""


@dataclass(frozen=True, kw_only=True)
class Inlined:
    """What went wrong while tables of records were put in place."""

    problems: tuple[Problem, ...]
    lossy: frozenset[str]
    """Sections of which rows, or all of the table, could not be read."""


def inline_tables(data: dict[str, Any], files: ScenarioFiles, places: Places) -> Inlined:
    """Replace every ``{table: FILE}`` of records by its rows, in place."""
    problems: list[Problem] = []
    lossy: set[str] = set()
    for section in ("segments", "products", "history"):
        found = inline_section(data, section, files, places)
        problems += found
        if found:
            lossy.add(section)
    rules = data.get("rules")
    for index, rule in enumerate(rules if isinstance(rules, list) else []):
        if isinstance(rule, dict) and rule.get("rule") in ("locked", "forbidden"):
            problems += _inline(rule, "lines", "lines", ("rules", index, "lines"), files, places)
    return Inlined(problems=tuple(problems), lossy=frozenset(lossy))


def inline_section(data: dict[str, Any], section: str, files: ScenarioFiles, places: Places) -> list[Problem]:
    """Replace ``{table: FILE}`` of one top-level section by its rows, in place."""
    kind = "lines" if section == "history" else section
    return _inline(data, section, kind, (section,), files, places, digits_of(data.get("currency")))


def _inline(
    owner: dict[str, Any],
    key: str,
    kind: str,
    path: Path,
    files: ScenarioFiles,
    places: Places,
    digits: int | None = None,
) -> list[Problem]:
    value = owner.get(key)
    if not (isinstance(value, dict) and set(value) == {"table"} and isinstance(value["table"], str)):
        return []
    where = places.at((*path, "table"))
    raw, problem = files.read(value["table"], where=where)
    if raw is None:
        owner[key] = []
        return [problem] if problem else []
    table = read_csv(raw, files.label(value["table"]), value["table"])
    header = {"segments": _segment_header, "products": _product_header, "lines": _line_header}[kind]
    if not header(table):
        owner[key] = []
        return table.problems
    if kind == "products":
        _refuse_doubts(table, digits)
    read = _readable(table, kind)
    owner[key] = rows = _rows(table, kind, read)
    for index, row in enumerate(read):
        places.put((*path, index), table.lines[row], name=table.name)
    if not rows and kind != "lines" and not table.problems:
        table.problem(None, "rows", "at least one row", "none")
    return table.problems


def _segment_header(table: CsvTable) -> bool:
    return bool(table.columns) and table.require(("id", "name", "customers"), ("id", "customers"), others=True)


def _product_header(table: CsvTable) -> bool:
    return bool(table.columns) and table.require(Product.model_fields, ("id", "category", "unit_cost"))


def _line_header(table: CsvTable) -> bool:
    return bool(table.columns) and table.require(_LINE_COLUMNS, ("date", "product", "offer"))


def _readable(table: CsvTable, kind: str) -> list[int]:
    """Return the rows of a table without lines of unreadable dates, which are one problem together."""
    dates = table.texts("date") if kind == "lines" else ()
    unread = {index: text for index, text in enumerate(dates) if text and not _is_date(text)}
    tell_unread(table, "date", list(unread), "a date such as 2026-11-01")
    return [index for index in range(len(table)) if index not in unread]


def _refuse_doubts(table: CsvTable, digits: int | None) -> None:
    """Refuse amounts whose points may separate thousands; they go on as thousands, so that nothing else is said."""
    for name in _AMOUNTS:
        most = fine_digits(digits) if name in _FINE_AMOUNTS else digits
        if name in table.columns and table.refuse_doubt(name, most):
            cells = table.columns[name]
            table.columns[name] = [cell.replace(".", "") if read_both_ways(cell) else cell for cell in cells]


def _rows(table: CsvTable, kind: str, read: list[int]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    decimal = [name for name in _AMOUNTS if decimals_by_others(list(table.columns.get(name, ())))]
    for index in read:
        row: dict[str, Any] = {}
        for column, cells in table.columns.items():
            text = cells[index]
            if not text or (kind == "lines" and column in ("pieces", "vendor")):
                continue
            if kind == "segments" and column not in ("id", "name", "customers"):
                row.setdefault("profile", {})[column] = plain_value(text)
            elif column == "arrivals":
                row[column] = _arrivals(table, index, text)
            elif column in ("date", "last_sale"):
                row[column] = _date(text)
            else:
                exact = text if column not in decimal else without_zeros(text)
                row[column] = exact if column in (*_EXACT_COLUMNS, *_AMOUNTS) else plain_value(text)
        rows.append(row)
    return rows


def _date(text: str) -> Any:
    try:
        return day_of(text)
    except ValueError:
        return text


def _is_date(text: str) -> bool:
    return isinstance(_date(text), dt.date)


_UNITS_OF_A_DAY = "after each date write a colon and whole units, without separators of thousands"


def _arrivals(table: CsvTable, index: int, text: str) -> dict[dt.date, Any]:
    arrivals: dict[dt.date, Any] = {}
    for part in text.rstrip("; ").split(";"):
        day, _, units = part.partition(":")
        try:
            date, count = day_of(day.strip()), int("" if has_foreign_digits(units) else units)
        except ValueError:
            expected = "dates and units such as 2026-11-06:1500;2026-11-09:200"
            otherwise = _UNITS_OF_A_DAY if _is_date(part.strip()[:10]) else date_remedy(day)
            table.problem(index, "arrivals", expected, text, digits_remedy(text, otherwise))
            break
        if date in arrivals:
            table.problem(index, "arrivals", "each date once", f"{date} again", "write one number for the date")
            break
        arrivals[date] = count
    return arrivals
