"""A person's plan from a CSV file: date, product, segment, offer, coverage, quantity; every mistake with its line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.export.plan_files import LINE_COLUMNS
from scenarios.first_few import first_few
from scenarios.flight.reading.names import Called, called
from scenarios.grid import Grid, LineError
from scenarios.language.payers import payers
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Offer
from scenarios.language.text.csv_files import CsvTable, read_csv_file
from scenarios.language.text.unread_dates import tell_unread
from scenarios.language.words import BASKET, EVERYBODY, Layer
from scenarios.plain_dates import day_of
from scenarios.problems import InvalidInput, a_kind, did_you_mean, in_file_order

LEVELS = ("coverage", "quantity")
"""Columns that hold the level of an offer, as shares."""


def read_plan(path: Path, grid: Grid) -> NDArray[np.int8]:
    """Read the flat plan [N] that a CSV file holds; a blank segment is everybody, a blank level 100 %.

    Of the columns that exports carry, ``pieces`` is not read, as it follows from the quantity level, but where nothing
    is counted it must be blank; and ``vendor`` must be who funds the offer, or blank.

    Raises
    ------
    InvalidInput
        With every row that cannot be read, names nothing of the scenario, or fills a slot twice.
    """
    table = read_csv_file(path)
    if table.problems or not table.require(LINE_COLUMNS, ("date", "product", "offer")):
        raise InvalidInput(table.problems)
    levels = {key: table.numbers(key, default=1.0, share=True) for key in LEVELS}
    plan, payer = grid.empty(), payers(grid.scenario)
    filled: dict[int, int] = {}
    unread: list[int] = []
    closed: list[int] = []
    unknown: dict[tuple[str, str], list[int]] = {}
    for row in range(len(table)):
        line = _line(table, row, {key: shares[row] for key, shares in levels.items()}, grid, unread, unknown)
        if line is None:
            continue
        try:
            slot, choice = grid.locate(line)
        except LineError as error:
            public = grid.offer(line.offer).layer is Layer.PUBLIC
            if public != (line.segment == EVERYBODY):
                _wrong_layer(table, row, line, public=public)
                continue
            remedy = "write an offer where the scenario lets it stand, at one of its levels"
            table.problem(row, "line", "a line that the scenario allows", str(error), remedy)
            continue
        if not (0 <= slot.period < grid.shape[2]):
            horizon = grid.scenario.horizon
            expected = f"a date of the horizon, {horizon.start} to {horizon.last_day}"
            table.problem(row, "date", expected, str(line.date))
            continue
        if grid.scenario.horizon.is_closed(slot.period):
            closed.append(row)
            continue
        number = grid.slot_number(slot)
        if number in filled:
            first = table.lines[filled[number]]
            got = f"{line.offer} where line {first} has filled it"
            table.problem(row, "line", "every slot once", got, "delete one of the two")
            continue
        if not grid.allowed_flat[number, choice]:
            remedy = f"choose another place, or widen applies_to of {line.offer}"
            table.problem(row, "line", f"a place that {line.offer} applies to", _place(line), remedy)
            continue
        filled[number] = row
        plan[number] = choice
        _check_vendor(table, row, line, payer)
        _check_pieces(table, row, grid.offer(line.offer))
    tell_unread(table, "date", unread, "a date such as 2026-11-01")
    _tell_unknown(table, grid, unknown)
    _tell_closed(table, closed)
    if table.problems:
        raise InvalidInput(in_file_order(table.problems, table.name))
    return plan


def _tell_closed(table: CsvTable, rows: list[int]) -> None:
    """Tell once of lines on closed days, whatever their number."""
    if rows:
        days = first_few(sorted({table.texts("date")[row] for row in rows}))
        got = f"{days}, closed by horizon.closed" + (f" (on {len(rows)} rows)" if len(rows) > 1 else "")
        what = "the line to an open day or delete it" if len(rows) == 1 else "them to open days or delete them"
        table.problem(rows[0], "date", "an open day", got, f"move {what}")


def _check_vendor(table: CsvTable, row: int, line: PlanLine, payer: Mapping[tuple[str, str], str]) -> None:
    """Tell a vendor who is not the one that funds the offer there: whoever wrote it counts on other money."""
    named = table.texts("vendor")[row] if "vendor" in table.columns else ""
    funds, what = payer.get((line.offer, line.product)), f"{line.offer} on {line.product}"
    if named and named != funds:
        expected = f"a blank, because nobody funds {what}" if funds is None else f"{funds}, who funds {what}"
        table.problem(row, "vendor", expected, named, "write that, or leave the column out: the offer says who pays")


def _check_pieces(table: CsvTable, row: int, offer: Offer) -> None:
    """Tell pieces of an offer that counts none: whoever wrote them counts on an end that nothing keeps."""
    told = table.texts("pieces")[row] if "pieces" in table.columns else ""
    if told and offer.quantity is None:
        expected = f"a blank, because pieces of {offer.id} are not counted"
        remedy = "delete it, or give the offer quantity levels and write the level"
        table.problem(row, "pieces", expected, told, remedy)


def _wrong_layer(table: CsvTable, row: int, line: PlanLine, *, public: bool) -> None:
    """Tell that a public offer is given to one segment, or a targeted one to nobody in particular."""
    if public:
        expected, remedy = f"* for {line.offer}, which is public", "write *, or leave the segment blank"
    else:
        expected, remedy = f"a segment for {line.offer}, which is targeted", "write one line for each segment"
    table.problem(row, "segment", expected, "everybody" if line.segment == EVERYBODY else line.segment, remedy)


def _line(
    table: CsvTable,
    row: int,
    levels: Mapping[str, float],
    grid: Grid,
    unread: list[int],
    unknown: dict[tuple[str, str], list[int]],
) -> PlanLine | None:
    """Read one row; notes what is wrong and returns None where it cannot be read.

    What many rows may have alike is noted in ``unread``, rows without a date, and ``unknown``, rows by column and word.
    """
    before = len(table.problems)
    texts = {column: table.texts(column)[row] for column in ("date", "product", "segment", "offer")}
    wrong = [(column, texts[column]) for column, (words, _) in _known(grid).items() if texts[column] not in words]
    for slip in wrong:
        unknown.setdefault(slip, []).append(row)
    try:
        date = day_of(texts["date"])
    except ValueError:
        unread.append(row)
        return None
    for key, level in levels.items():
        if not (0 <= level <= 1) and not math.isnan(level):
            remedy = f"write {level:g}% if that is meant" if 1 < level <= 100 else ""
            table.problem(row, key, "a share between 0% and 100%", f"{level:g}", remedy)
    if wrong or len(table.problems) > before or any(math.isnan(level) for level in levels.values()):
        return None
    return PlanLine(
        date=date,
        product=texts["product"],
        segment=texts["segment"] or EVERYBODY,
        offer=texts["offer"],
        coverage=levels["coverage"],
        quantity=levels["quantity"],
    )


def _known(grid: Grid) -> dict[str, tuple[tuple[str, ...], Iterable[Called]]]:
    """Words that each column may hold, and what of the scenario has names beside its ids."""
    return {
        "product": ((*grid.product_index, BASKET), grid.products),
        "segment": ((*grid.segment_index, EVERYBODY, ""), grid.segments),
        "offer": (tuple(grid.offer_index), grid.scenario.offers),
    }


def _tell_unknown(table: CsvTable, grid: Grid, unknown: Mapping[tuple[str, str], list[int]]) -> None:
    """Note each unknown word once, with its first row and a count."""
    known = _known(grid)
    for (column, word), rows in unknown.items():
        words, items = known[column]
        meant = called(items).get(word.casefold())
        remedy = f"write {meant}" if meant else did_you_mean(word, [each for each in words if each])
        more = f" (on {len(rows)} rows)" if len(rows) > 1 else ""
        table.problem(rows[0], column, f"{a_kind(column)} of the scenario", f"{word or 'nothing'}{more}", remedy)


def _place(line: PlanLine) -> str:
    whom = "everybody" if line.segment == EVERYBODY else line.segment
    return f"{line.product} for {whom} on {line.date}"
