"""Turnover with tax beside net revenue, by department and tax rate: sums of cells.parquet times exact rates.

Nothing is rounded anew: the revenue of a product is a whole number of minor units, its tax that number times its rate,
with all digits. What whole orders save is taken off goods of all rates: where these differ, its tax goes by the mean
that its net amount was made with (`scenarios.response.net_factors`), to the nearest minor unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa

from planner.export.account import account_by
from planner.export.plan_rows import numbered
from planner.export.sheet import Sheet
from scenarios.answer.archive import Frozen
from scenarios.arrays import Int
from scenarios.currency import minor_digits
from scenarios.grid import build_grid
from scenarios.language.schema import Product
from scenarios.language.words import BASKET
from scenarios.response.economics import price_of
from scenarios.response.net_factors import kept_shares, net_factors
from scenarios.rounding import to_decimal

CSV_COLUMNS = ("kind", "department", "tax_rate", "revenue", "tax", "revenue_with_tax")
_TITLES = ("department", "tax rate", "revenue", "tax", "revenue with tax")
ORDERS = "savings on whole orders"
MEAN = "mean"


@dataclass(frozen=True, kw_only=True)
class Taxed:
    """What is sold at one rate in one department, in major units."""

    department: str
    """Empty: what whole orders save."""
    rate: Decimal | None
    """Tax on the net amount; None where it is a mean of several."""
    revenue: Decimal
    """Net of tax and returns."""
    tax: Decimal

    @property
    def with_tax(self) -> Decimal:
        """What customers pay."""
        return self.revenue + self.tax


def taxed(rows: pa.Table, empty: pa.Table, frozen: Frozen) -> tuple[Taxed, ...]:
    """Sum the rows of one plan by department and rate, in the products' order, what whole orders save last.

    Parameters
    ----------
    empty
        Rows of the plan without lines: what is paid without promotion weighs rates where whole orders save.
    """
    products = build_grid(frozen.scenario, frozen.custom).products
    money, digits = frozen.scenario.money, minor_digits(frozen.scenario.currency)
    revenue = _by_product(rows, products, "revenue")
    rates = [Decimal(repr(money.tax_of(product))) for product in products]
    found: dict[tuple[str, Decimal], Decimal] = {}
    for product, rate, amount in zip(products, rates, revenue.tolist(), strict=False):
        place = (product.category, rate)
        found[place] = found.get(place, Decimal(0)) + to_decimal(amount, digits)
    made = [
        Taxed(department=name, rate=rate, revenue=net, tax=net * rate) for (name, rate), net in _together(found).items()
    ]
    saved = to_decimal(int(revenue[-1]), digits)
    if len(set(rates)) == 1:
        return (*made, Taxed(department="", rate=rates[0], revenue=saved, tax=saved * rates[0]))
    paid = _by_product(empty, products, "units")[:-1] * np.array([float(price_of(product)) for product in products])
    weights = paid if paid.sum() > 0 else np.ones(len(products))
    mean = float((weights * kept_shares(products, money)).sum() / (weights * net_factors(products, money)).sum()) - 1
    tax = round(Fraction(int(revenue[-1])) * Fraction(mean))
    return (*made, Taxed(department="", rate=None, revenue=saved, tax=to_decimal(tax, digits)))


def _together(found: dict[tuple[str, Decimal], Decimal]) -> dict[tuple[str, Decimal], Decimal]:
    """The rates of a department beside each other."""
    names = dict.fromkeys(name for name, _ in found)
    return {place: found[place] for name in names for place in sorted(found) if place[0] == name}


def _by_product(rows: pa.Table, products: tuple[Product, ...], title: str) -> Int:
    """[K + 1] a column of the account by product, offers on baskets last."""
    number = {product.id: at for at, product in enumerate(products)} | {BASKET: len(products)}
    return account_by(rows, numbered(rows, "product", number), len(number))[title]


def by_department(found: tuple[Taxed, ...], name: str) -> Taxed:
    """All rates of a department together; empty: what whole orders save."""
    return _sum((each for each in found if each.department == name), name, None)


def together(found: tuple[Taxed, ...]) -> Taxed:
    """All departments and rates together."""
    return _sum(found, "", None)


def _sum(found: Iterator[Taxed] | tuple[Taxed, ...], name: str, rate: Decimal | None) -> Taxed:
    own = tuple(found)
    revenue, tax = (sum((getattr(each, key) for each in own), Decimal(0)) for key in ("revenue", "tax"))
    return Taxed(department=name, rate=rate, revenue=revenue, tax=tax)


def _rows(found: tuple[Taxed, ...]) -> Iterator[tuple[str, Taxed]]:
    """Departments by rate, what whole orders save, each rate in all, and the total, with their kinds."""
    for each in found:
        yield ("department" if each.department else "baskets"), each
    rates = sorted({each.rate for each in found if each.rate is not None})
    for rate in rates:
        yield "rate", _sum(tuple(each for each in found if each.rate == rate), "", rate)
    yield "total", together(found)


def tax_rows(found: tuple[Taxed, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of tax.csv as text."""
    for kind, each in _rows(found):
        rate = format(each.rate, "f") if each.rate is not None else MEAN if kind == "baskets" else ""
        yield kind, each.department, rate, *(format(amount, "f") for amount in (each.revenue, each.tax, each.with_tax))


def write_tax(sheet: Sheet, found: tuple[Taxed, ...]) -> None:
    """Lay out the same rows: revenue as numbers, tax by the rate and what customers pay as formulas."""
    sheet.header(0, _TITLES, numbers=range(1, len(_TITLES)))
    last = len(found) + 1
    for row, (kind, each) in enumerate(_rows(found), start=1):
        line: dict[str, Any] = {} if kind in ("department", "baskets") else {"bold": True}
        name = {"baskets": ORDERS, "rate": "all departments", "total": "Total"}.get(kind, each.department)
        sheet.text(row, 0, name, **line)
        if each.rate is not None:
            sheet.number(row, 1, each.rate, "rate")
        elif kind == "baskets":
            sheet.text(row, 1, MEAN, align="right")
        if kind in ("department", "baskets"):
            sheet.number(row, 2, each.revenue, "money")
            if each.rate is None:
                sheet.number(row, 3, each.tax, "money")
            else:
                sheet.formula(row, 3, f"=C{row + 1}*B{row + 1}", each.tax, "money")
        else:
            for column, letter, amount in ((2, "C", each.revenue), (3, "D", each.tax)):
                cells = f"{letter}$2:{letter}${last}"
                total = f"=SUMIF(B$2:B${last},B{row + 1},{cells})" if kind == "rate" else f"=SUM({cells})"
                sheet.formula(row, column, total, amount, "money", **line)
        sheet.formula(row, 4, f"=C{row + 1}+D{row + 1}", each.with_tax, "money", **line)
