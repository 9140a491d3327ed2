"""Profit and loss by department: the account by product category, offers on baskets in a row of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from xlsxwriter.utility import xl_col_to_name

from planner.export.account import COLUMNS, account_by, letters_of, write_amounts, write_totals
from planner.export.plan_rows import numbered
from planner.export.sheet import Sheet
from planner.export.tax import Taxed, by_department, taxed, together
from planner.figures import NOTHING
from scenarios.answer.archive import Frozen
from scenarios.answer.cells_file import plan_table
from scenarios.answer.outcome import account
from scenarios.arrays import Int
from scenarios.currency import minor_digits
from scenarios.grid import build_grid
from scenarios.language.read_in import listed_products
from scenarios.language.schema import Scenario
from scenarios.language.words import BASKET
from scenarios.response.coefficients import build_coefficients
from scenarios.rounding import UNIT_DIGITS, ratio_down, to_decimal

BASKETS = "offers on baskets"
"""Of the row of what no category sells: savings and gifts of whole orders, and what they cost."""
RATE, WITHOUT, GAINED = "margin rate", "profit without promotion", "profit gained"
TAX, WITH_TAX = "tax", "revenue with tax"
_TITLES = ("department", *(column.title for column in COLUMNS), RATE, WITHOUT, GAINED, TAX, WITH_TAX)


@dataclass(frozen=True, kw_only=True)
class Departments:
    """The account by department: categories in the order of the products, then offers on baskets."""

    categories: tuple[str, ...]
    amounts: dict[str, Int]
    """[categories + 1] by title of the account's columns."""
    without: Int
    """[categories + 1] profit without promotion, in minor units."""
    digits: int
    taxed: tuple[Taxed, ...]
    """The same revenue by department and tax rate."""

    def tax(self, number: int | None) -> Taxed:
        """Revenue and tax of a row; of all together for None."""
        if number is None:
            return together(self.taxed)
        return by_department(self.taxed, (*self.categories, "")[number])

    @property
    def gained(self) -> Int:
        """[categories + 1] profit less that without promotion."""
        return np.asarray(self.amounts["profit"] - self.without, dtype=np.int64)

    def rate(self, number: int | None) -> float | None:
        """Margin rate of a row, rounded down as the ledger does; of all together for None. None without revenue."""
        margin, revenue = (
            int(self.amounts[title].sum() if number is None else self.amounts[title][number])
            for title in ("margin", "revenue")
        )
        return ratio_down(margin, revenue) if revenue > 0 else None


def without_promotion(frozen: Frozen) -> pa.Table:
    """Account for the plan without lines, in rows like those of cells.parquet."""
    grid = build_grid(frozen.scenario, frozen.custom)
    model = build_coefficients(grid, frozen.effects, frozen.baskets)
    return plan_table(1, account(model, grid.empty()))


def departments(rows: pa.Table, empty: pa.Table, frozen: Frozen) -> Departments:
    """Sum the rows of one plan, and of the plan without lines (`without_promotion`), by product category."""
    categories = _categories(frozen.scenario)
    names = tuple(dict.fromkeys(categories.values()))
    found = [account_by(each, _place(each, categories, names), len(names) + 1) for each in (rows, empty)]
    digits = minor_digits(frozen.scenario.currency)
    return Departments(
        categories=names,
        amounts=found[0],
        without=found[1]["profit"],
        digits=digits,
        taxed=taxed(rows, empty, frozen),
    )


def _categories(scenario: Scenario) -> dict[str, str]:
    products = listed_products(scenario)
    return {product.id: product.category for product in products}


def _place(rows: pa.Table, categories: dict[str, str], names: tuple[str, ...]) -> Int:
    """[R] number of each row's category; rows of baskets come last."""
    number = {name: at for at, name in enumerate(names)}
    by_product = {product: number[category] for product, category in categories.items()} | {BASKET: len(names)}
    return numbered(rows, "product", by_product)


CSV_COLUMNS = (
    "kind",
    "department",
    *(column.title.replace(" ", "_") for column in COLUMNS),
    "margin_rate",
    "profit_without_promotion",
    "profit_gained",
    "tax",
    "revenue_with_tax",
)


def department_rows(found: Departments) -> Iterator[tuple[str, ...]]:
    """Yield one row a category, one of offers on baskets, and the total, as text."""
    count = len(found.categories)
    for number, name in enumerate((*found.categories, "", "")):
        kind = "category" if number < count else "baskets" if number == count else "total"
        at = None if kind == "total" else number

        def amount(values: Int, digits: int = found.digits, at: int | None = at) -> str:
            return format(to_decimal(int(values.sum() if at is None else values[at]), digits), "f")

        rate = found.rate(at)
        yield (
            kind,
            name,
            *(
                amount(found.amounts[column.title], UNIT_DIGITS if column.title == "units" else found.digits)
                for column in COLUMNS
            ),
            "" if rate is None else format(Decimal(repr(rate)), "f"),
            amount(found.without),
            amount(found.gained),
            format(found.tax(at).tax, "f"),
            format(found.tax(at).with_tax, "f"),
        )


def total_of(title: str, found: Departments) -> str:
    """Return the cell that holds a column's total, for formulas of other sheets."""
    return f"Departments!${_letters(title)}${len(found.categories) + 3}"


def _letters(title: str) -> str:
    return str(xl_col_to_name(_TITLES.index(title)))


def write_departments(sheet: Sheet, found: Departments) -> None:
    """Lay out one row a department and the total below, which every other sheet's totals must equal."""
    sheet.header(0, _TITLES, numbers=range(1, len(_TITLES)))
    total = len(found.categories) + 2
    for number, name in enumerate((*found.categories, BASKETS)):
        row = number + 1
        sheet.text(row, 0, name)
        write_amounts(sheet, row, found.amounts, number, found.digits)
        _rate(sheet, row, found.rate(number))
        sheet.number(row, _TITLES.index(WITHOUT), to_decimal(int(found.without[number]), found.digits), "money")
        _gained(sheet, row, to_decimal(int(found.gained[number]), found.digits), found.digits)
        sheet.number(row, _TITLES.index(TAX), found.tax(number).tax, "money")
        _with_tax(sheet, row, found.tax(number))
    line: dict[str, Any] = {"bold": True, "top": 1}
    write_totals(sheet, total, 1, found.amounts, found.digits)
    _rate(sheet, total, found.rate(None), **line)
    letters = _letters(WITHOUT)
    formula = f"=ROUND(SUM({letters}2:{letters}{total}),{found.digits})"
    without = to_decimal(int(found.without.sum()), found.digits)
    sheet.formula(total, _TITLES.index(WITHOUT), formula, without, "money", **line)
    _gained(sheet, total, to_decimal(int(found.gained.sum()), found.digits), found.digits, **line)
    letters = _letters(TAX)
    formula = f"=SUM({letters}2:{letters}{total})"
    sheet.formula(total, _TITLES.index(TAX), formula, found.tax(None).tax, "money", **line)
    _with_tax(sheet, total, found.tax(None), **line)


def _rate(sheet: Sheet, row: int, rate: float | None, **more: Any) -> None:
    """Margin over revenue, or a dash where there is nothing to divide by."""
    margin, revenue = f"{letters_of('margin')}{row + 1}", f"{letters_of('revenue')}{row + 1}"
    if rate is None:
        sheet.text(row, _TITLES.index(RATE), NOTHING, align="right", **more)
        return
    formula = f"=INT(ROUND(({margin}/{revenue})*1000000,6))/1000000"
    sheet.formula(row, _TITLES.index(RATE), formula, rate, "rate", **more)


def _with_tax(sheet: Sheet, row: int, found: Taxed, **more: Any) -> None:
    formula = f"={letters_of('revenue')}{row + 1}+{_letters(TAX)}{row + 1}"
    sheet.formula(row, _TITLES.index(WITH_TAX), formula, found.with_tax, "money", **more)


def _gained(sheet: Sheet, row: int, amount: Decimal, digits: int, **more: Any) -> None:
    formula = f"=ROUND({_letters('profit')}{row + 1}-{_letters(WITHOUT)}{row + 1},{digits})"
    sheet.formula(row, _TITLES.index(GAINED), formula, amount, "money", **more)
