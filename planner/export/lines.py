"""The sheet Lines: one row a line or sending, amounts as numbers, totals above the header as formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name

from planner.export.line_turnover import Place, Turnover, place_of
from planner.export.sheet import Sheet
from scenarios.answer.plan import RankedPlan
from scenarios.answer.sendings import as_one, in_sendings, sending_day, valid_until
from scenarios.language.payers import payers
from scenarios.language.read_in import listed_products
from scenarios.language.schema import Scenario
from scenarios.language.words import EVERYBODY

TOTALS, HEADER, FIRST = 0, 1, 2
"""Rows of the sheet, counted from 0."""
TITLES = (
    "#",
    "date",
    "valid until",
    "product",
    "product name",
    "segment",
    "offer",
    "offer name",
    "vendor",
    "coverage",
    "quantity",
    "pieces",
    "units",
    "incremental units",
    "uses",
    "issued",
    "gifts",
    "contacts",
    "discount",
    "gifts, messages, fixed",
    "gross spend",
    "vendor funding",
    "spend",
    "liability",
    "contribution",
    "revenue of its units",
    "tax rate",
    "with tax",
    "why",
)
SUMMED = {
    "units": "count",
    "incremental units": "count",
    "uses": "count",
    "issued": "count",
    "gifts": "count",
    "contacts": "count",
    "discount": "money",
    "gifts, messages, fixed": "money",
    "gross spend": "money",
    "vendor funding": "money",
    "spend": "money",
    "liability": "money",
    "contribution": "money",
}
"""Columns with a total, and how their numbers are written."""


def column_of(title: str) -> str:
    """Return the letters of a column."""
    return str(xl_col_to_name(TITLES.index(title)))


def total_of(title: str) -> str:
    """Return the cell that holds a column's total, for formulas of other sheets."""
    return f"Lines!${column_of(title)}${TOTALS + 1}"


def write_lines(
    sheet: Sheet, plan: RankedPlan, scenario: Scenario, digits: int, turnover: Mapping[Place, Turnover]
) -> None:
    """Lay out the lines of a plan, and what lines gain and lose by one another.

    What is sent once has one row, with the sums of its days, from the day of its sending to its last.

    What customers pay for the units of a line has no total: units that two lines share count under both.
    """
    named = listed_products(scenario)
    products = {product.id: product.name or "" for product in named}
    offers = {offer.id: offer.name or "" for offer in scenario.offers}
    payer = payers(scenario)
    sums = dict.fromkeys(SUMMED, Decimal(0))
    row = FIRST
    for first, others in in_sendings(scenario, plan.lines):
        line = as_one(first, others)
        amounts = {
            "units": line.units,
            "incremental units": line.incremental_units,
            "uses": line.uses,
            "issued": line.issued,
            "gifts": line.gifts,
            "contacts": line.contacts,
            "discount": line.discount,
            "gifts, messages, fixed": line.gross_spend - line.discount,
            "gross spend": line.gross_spend,
            "vendor funding": line.vendor_funding,
            "spend": line.spend,
            "liability": line.liability,
            "contribution": line.contribution or Decimal(0),
        }
        sheet.number(row, 0, row - FIRST + 1, "whole")
        sheet.date(row, 1, line.period)
        if sending_day(scenario, line) is not None:
            sheet.date(row, 2, valid_until(scenario, line))
        names = (line.product, products.get(line.product, ""))
        who = "everybody" if line.segment == EVERYBODY else line.segment
        offer = (line.offer, offers.get(line.offer, ""), payer.get((line.offer, line.product), ""))
        for column, word in enumerate((*names, who, *offer), start=3):
            sheet.text(row, column, word)
        sheet.number(row, TITLES.index("coverage"), line.coverage, "share")
        # A quantity says something only where pieces are counted: all others serve everybody.
        sheet.number(row, TITLES.index("quantity"), None if line.pieces is None else line.quantity, "share")
        sheet.number(row, TITLES.index("pieces"), line.pieces, "whole")
        for title, kind in SUMMED.items():
            place = TITLES.index(title)
            formula = _formula(title, row)
            if formula:
                sheet.formula(row, place, formula, amounts[title], kind)
            elif title != "contribution" or line.contribution is not None:
                sheet.number(row, place, amounts[title], kind)
            sums[title] += amounts[title]
        sold = [own for each in (first, *others) if (own := turnover.get(place_of(each))) is not None]
        if sold:
            own = replace(sold[0], revenue=sum((each.revenue for each in sold), start=Decimal(0)))
            sheet.number(row, TITLES.index("revenue of its units"), own.revenue, "money")
            sheet.number(row, TITLES.index("tax rate"), own.rate, "rate")
            revenue, rate = (f"{column_of(title)}{row + 1}" for title in ("revenue of its units", "tax rate"))
            formula = f"={revenue}*(1+{rate})"
            sheet.formula(row, TITLES.index("with tax"), formula, own.with_tax, "money")
        sheet.text(row, TITLES.index("why"), line.why, wrap=True)
        row += 1
    end = last = row
    if plan.interaction is not None:
        sheet.text(row, 3, "what lines gain and lose by one another", spans=True)
        sheet.number(row, TITLES.index("contribution"), plan.interaction, "money")
        sums["contribution"] += plan.interaction
        last = row + 1
    _totals(sheet, sums, max(last, FIRST + 1), digits)
    words = {"date", "valid until", "product", "product name", "segment", "offer", "offer name", "vendor", "why"}
    sheet.header(HEADER, TITLES, numbers={at for at, title in enumerate(TITLES) if title not in words})
    if plan.lines:
        sheet.work.autofilter(HEADER, 0, end - 1, len(TITLES) - 1)


def _formula(title: str, row: int) -> str:
    """What follows from other amounts of the same row."""
    if title == "gross spend":
        return f"={column_of('discount')}{row + 1}+{column_of('gifts, messages, fixed')}{row + 1}"
    if title == "spend":
        return f"={column_of('gross spend')}{row + 1}-{column_of('vendor funding')}{row + 1}"
    return ""


def _totals(sheet: Sheet, sums: dict[str, Decimal], last: int, digits: int) -> None:
    sheet.text(TOTALS, 0, "Total", bold=True, spans=True)
    for title, kind in SUMMED.items():
        places = digits if kind == "money" else 3
        letters = column_of(title)
        formula = f"=ROUND(SUM({letters}{FIRST + 1}:{letters}{last}),{places})"
        sheet.formula(TOTALS, TITLES.index(title), formula, sums[title], kind, bold=True)
