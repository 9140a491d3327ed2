"""What cannot be right in actuals: figures that contradict each other or the scenario, and days that are missing."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.currency import price_text
from scenarios.first_few import and_more
from scenarios.flight.actuals import HOLDOUT, TREATED
from scenarios.flight.reading.columns import tell
from scenarios.flight.reading.of_strangers import check_strangers
from scenarios.flight.reading.rows import Rows
from scenarios.grid import Grid
from scenarios.language.text.csv_files import CsvTable
from scenarios.language.words import ANONYMOUS, Layer
from scenarios.response.economics import price_of

MOST_OF_PRICE = 1.5
"""Revenue above so many times the regular price of the units is refused: minor units, or another product's price."""
FEW_PIECES = 10
"""Rows of fewer units may hold a dear piece of a group of products, as long as all rows of the product together are
right ..."""
MOST_OF_A_PIECE = 10.0
"""... up to so many times the regular price, which is that of the group's mean."""


def check_figures(table: CsvTable, rows: Rows, grid: Grid) -> None:
    """Check each row in itself."""
    figures, k = rows.figures, len(grid.products)
    on_product = rows.product < k
    blank = {name: ~np.isfinite(values) for name, values in figures.items()}
    texts = table.texts

    def where(mask: Flag) -> Int:
        return rows.row[np.flatnonzero(mask)]

    def unsaid(name: str) -> Flag:
        """A blank cell, and not one whose slip was told already."""
        column = texts(name)
        empty = np.array([column[row] == "" for row in rows.row], dtype=bool)
        return np.asarray(blank[name] & empty)

    tell(table, where(unsaid("units")), "units", "units sold", lambda _: "a blank", "write 0 where nothing was sold")
    tell(table, where(unsaid("revenue") & on_product), "revenue", "what customers paid", lambda _: "a blank")
    price = np.array([float(price_of(product)) for product in grid.products] + [np.nan])[rows.product]
    units, revenue = figures["units"], figures["revenue"]

    def paid(row: int) -> str:
        return f"{texts('revenue')[row]} for {texts('units')[row]} units"

    with np.errstate(invalid="ignore"):
        nothing = on_product & (units == 0) & (revenue > 0)
        beyond = on_product & _too_dear(rows.product, units, revenue, price)
    tell(table, where(nothing), "revenue", "0 where no unit was sold", paid)

    def regular(row: int) -> str:
        at = int(np.flatnonzero(rows.row == row)[0])
        return f"{paid(row)} of {price_text(price[at], grid.scenario.currency, grouped=True)}"

    expected = f"at most {MOST_OF_PRICE:g} times the regular price of the units, tax included"
    remedy = f"write {grid.scenario.currency} in major units; check units and price"
    tell(table, where(beyond), "revenue", expected, regular, remedy)
    _check_pair(table, rows, "buyers", "visitors", "no more buyers than visitors")
    _check_pair(table, rows, "contacts", "customers", "no more contacts than customers of the row")
    _check_pair(table, rows, "buyers", "customers", "no more buyers than customers of the row")
    crowd = np.nan_to_num(figures.get("buyers", np.zeros(len(units))))
    people = [figures[name] for name in ("visitors", "customers") if name in figures]
    told = np.any([crowd > count for count in people], axis=0)
    _check_pair(table, rows, "buyers", "units", "no more buyers than units: whoever buys takes one at least", told)
    if "survey" in figures:
        count = figures.get("survey_count", np.full(len(units), np.nan))
        lone = ~blank["survey"] & ~(count > 0)
        remedy = "add how many customers answered, or leave the score blank"
        tell(
            table, where(lone), "survey", "a score with its survey_count", lambda row: f"{texts('survey')[row]}", remedy
        )
    in_basket = ~on_product
    if "stock_end" in figures:
        lone = ~blank["stock_end"] & in_basket
        remedy = "write stock on the rows of products"
        tell(table, where(lone), "stock_end", "a blank for the whole basket", lambda r: texts("stock_end")[r], remedy)
    _check_offers(table, rows, grid)
    _check_holdout(table, rows)


def _too_dear(product: Int, units: Float, revenue: Float, price: Float) -> Flag:
    """Which rows [n] cannot be right by what was paid for a unit of the product's regular price [n]."""
    sold = units > 0
    dear = sold & (revenue > MOST_OF_PRICE * price * units)
    together = [
        np.bincount(product[sold], np.nan_to_num(each[sold]), int(product.max(initial=0)) + 1)
        for each in (revenue, price * units)
    ]
    alone = (units >= FEW_PIECES) | (revenue > MOST_OF_A_PIECE * price * units)
    return dear & (alone | (together[0] > MOST_OF_PRICE * together[1])[product])


def _check_pair(table: CsvTable, rows: Rows, less: str, more: str, expected: str, told: Flag | bool = False) -> None:
    """Tell rows that count more of one thing than of another, but for those of which a slip is ``told`` already."""
    if less not in rows.figures or more not in rows.figures:
        return
    with np.errstate(invalid="ignore"):
        wrong = (rows.figures[less] > rows.figures[more]) & ~np.asarray(told)

    def got(row: int) -> str:
        return f"{table.texts(less)[row]} {less} and {table.texts(more)[row]} {more}"

    tell(table, rows.row[np.flatnonzero(wrong)], less, expected, got)


def _check_offers(table: CsvTable, rows: Rows, grid: Grid) -> None:
    """Offers must be able to run where they are said to have run."""
    if rows.offers is None:
        return
    s, k, _ = grid.shape
    offers, texts = grid.scenario.offers, table.texts("offer")
    wrong_kind, two = [], []
    for number, named in enumerate(rows.offers):
        row = int(rows.row[number])
        basket = rows.product[number] == k
        if any(offers[offer].is_basket != basket for offer in named):
            wrong_kind.append(row)
        layers = [offers[offer].layer for offer in named]
        if layers.count(Layer.PUBLIC) > 1 or (rows.segment[number] < s and layers.count(Layer.TARGETED) > 1):
            two.append(row)
    expected = "offers of products on products, of baskets on the product basket"
    tell(table, wrong_kind, "offer", expected, lambda row: f"{texts[row]} on {table.texts('product')[row]}")
    expected = "at most one public and one targeted offer on a cell"
    tell(table, two, "offer", expected, lambda row: texts[row], "split the row by segment, or name what ran")


def _check_holdout(table: CsvTable, rows: Rows) -> None:
    """Customers who were kept out got no message, and their number is known."""
    held = rows.group == HOLDOUT
    if not held.any():
        return
    if "contacts" in rows.figures:
        with np.errstate(invalid="ignore"):
            reached = held & (rows.figures["contacts"] > 0)
        remedy = "keep them out of the audience; count the row as treated where that failed"
        got = table.texts("contacts")
        expected = "no contacts of customers who were kept out"
        tell(table, rows.row[np.flatnonzero(reached)], "contacts", expected, lambda row: got[row], remedy)
    people = rows.figures.get("customers", np.full(len(held), np.nan))
    cells = {(p, k, s) for p, k, s in zip(rows.period[held], rows.product[held], rows.segment[held], strict=True)}
    near = [(p, k, s) in cells for p, k, s in zip(rows.period, rows.product, rows.segment, strict=True)]
    unknown = np.array(near, dtype=bool) & ~(people > 0)
    remedy = "write into the column customers of how many customers each row speaks, treated and holdout alike"
    expected = "the number of customers beside a holdout"
    tell(table, rows.row[np.flatnonzero(unknown)], "customers", expected, lambda _: "a blank or 0", remedy)


def check_complete(table: CsvTable, rows: Rows, grid: Grid) -> None:
    """Every product that the file knows has rows for every open day up to the last one, split or not, but not both."""
    s, k, t = grid.shape
    there = np.zeros((2, s + 1, k + 1, t), dtype=bool)
    there[rows.group, rows.segment, rows.product, rows.period] = True
    last = int(rows.period.max())
    there = there[..., : last + 1]
    opened = np.array(grid.scenario.horizon.opened(), dtype=bool)[: last + 1]
    names = [*(product.id for product in grid.products), "basket"]
    any_row = np.asarray(there.any(axis=0))
    both = np.asarray(any_row[:-1].any(axis=0) & any_row[-1])
    for product in np.flatnonzero(both.any(axis=1)).tolist():
        row = _row_of(rows, product, int(np.flatnonzero(both[product])[0]))
        expected = f"{names[product]} either split by segment or not, on each day"
        table.problem(row, "segment", expected, "rows of segments and of everybody", "delete the totals")
    if both.any():
        return
    left_out = np.zeros(s, dtype=bool)
    if check_strangers(table, rows, grid):
        left_out[grid.segment_index[ANONYMOUS]] = True
    known = np.flatnonzero(any_row.any(axis=(0, 2))).tolist()
    nobody = opened & ~any_row.any(axis=(0, 1))
    if nobody.any() and len(known) > 1:
        _refuse_whole_days(table, grid, np.flatnonzero(nobody), last)
        opened = opened & ~nobody
    for product in known:
        days = np.asarray(any_row[:, product].any(axis=0))
        _refuse_days(table, grid, names[product], np.flatnonzero(opened & ~days), last)
        split = any_row[:-1, product]
        gaps = np.argwhere(opened & split.any(axis=0) & ~split & ~left_out[:, None])
        if len(gaps):
            segment, period = (int(x) for x in gaps[0])
            more = and_more(len(gaps), 1)
            place = f"{grid.segments[segment].id} on {grid.scenario.horizon.date_of(period)}"
            expected = f"{names[product]} in every segment, where it is split by segment"
            got = f"nothing for {place}{more}"
            table.problem(_row_of(rows, product, period), "rows", expected, got, "write 0 where nothing was sold")
        for held in np.flatnonzero(there[HOLDOUT, :, product].any(axis=-1)).tolist():
            for group, word in ((HOLDOUT, "holdout"), (TREATED, "treated")):
                missing = np.flatnonzero(opened & days & ~there[group, held, product])
                whose = "everybody" if held == s else grid.segments[held].id
                _refuse_days(table, grid, f"{names[product]}, {whose}, {word}", missing, last)


def _refuse_whole_days(table: CsvTable, grid: Grid, missing: Int, last: int) -> None:
    """Refuse days without any row once, not product by product: as like as not the shop was closed."""
    horizon = grid.scenario.horizon
    expected = f"rows for every {horizon.unit.value} from {horizon.start} to {horizon.date_of(last)}"
    got = f"none on {horizon.date_of(int(missing[0]))}{and_more(len(missing), 1)}"
    remedy = "add rows with 0 units, or write days on which the shop is closed under horizon.closed and plan anew"
    table.problem(None, "rows", expected, got, remedy)


def _refuse_days(table: CsvTable, grid: Grid, name: str, missing: Int, last: int) -> None:
    if not len(missing):
        return
    horizon = grid.scenario.horizon
    more = and_more(len(missing), 1)
    unit = f"{'open ' * bool(horizon.closed)}{horizon.unit.value}"
    every = f"a row of {name} for every {unit} from {horizon.start} to {horizon.date_of(last)}"
    first = horizon.date_of(int(missing[0]))
    remedy = "add the missing rows, with 0 units where nothing was sold"
    # Sales that come late are unknown, not 0.
    late = f"; where sales are not known yet, leave all rows from {first} on out"
    tail = missing[0] > 0 and np.array_equal(missing, np.arange(missing[0], last + 1))
    table.problem(None, "rows", every, f"none on {first}{more}", remedy + (late if tail else ""))


def _row_of(rows: Rows, product: int, period: int) -> int:
    at = np.flatnonzero((rows.product == product) & (rows.period == period))
    return int(rows.row[at[0]])
