"""The sheet Claims: one row a claim, its running total and what is left as formulas; below, each vendor's sum."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name

from planner.export.claims import Claim, vendor_ids
from planner.export.lines import FIRST as FIRST_LINE
from planner.export.lines import column_of as line_column
from planner.export.sheet import Sheet
from scenarios.answer.plan import RankedPlan
from scenarios.language.read_in import listed_products
from scenarios.language.schema import Scenario

TOTALS, HEADER, FIRST = 0, 1, 2
"""Rows of the sheet, counted from 0."""
TITLES = (
    "vendor",
    "vendor name",
    "date",
    "sales",
    "product",
    "product name",
    "offer",
    "offer name",
    "units",
    "uses",
    "discount",
    "gifts",
    "fixed costs",
    "share paid of these",
    "paid for each unit",
    "units claimed",
    "paid for each line",
    "lines claimed",
    "rounding",
    "amount",
    "claimed so far",
    "left of the fund",
    "beyond the fund",
)
_WORDS = 8
"""First columns, which hold no numbers."""
VENDOR_TITLES = ("vendor", "vendor name", "claimed", "funding of the lines", "difference", "fund", "left of the fund")


def column_of(title: str) -> str:
    """Return the letters of a column."""
    return str(xl_col_to_name(TITLES.index(title)))


AMOUNT_TOTAL = f"Claims!${column_of('amount')}${TOTALS + 1}"
"""The cell that holds all claims together, for formulas of other sheets."""


def write_claims(sheet: Sheet, found: Sequence[Claim], plan: RankedPlan, scenario: Scenario, digits: int) -> None:
    """Lay out the claims, then what each vendor owes beside what the lines say of him."""
    products = listed_products(scenario)
    names = {product.id: product.name or "" for product in products}
    offers = {offer.id: offer.name or "" for offer in scenario.offers}
    vendors = {vendor.id: vendor.name or "" for vendor in scenario.vendors}
    last = max(FIRST + len(found), FIRST + 1)
    fund_of = {vendor: f"$F${last + 4 + at}" for at, vendor in enumerate(vendor_ids(scenario))}
    for row, claim in enumerate(found, start=FIRST):
        sheet.text(row, 0, claim.vendor)
        sheet.text(row, 1, vendors.get(claim.vendor, ""))
        sheet.date(row, 2, claim.date)
        sheet.text(row, 3, claim.sales)
        told = (claim.product, names.get(claim.product, ""), claim.offer, offers[claim.offer])
        for column, word in enumerate(told, start=4):
            sheet.text(row, column, word)
        first = row == FIRST or found[row - FIRST - 1].vendor != claim.vendor
        _numbers(sheet, row, claim, first=first, digits=digits)
        if claim.left is not None:
            formula = f"=ROUND({fund_of[claim.vendor]}-{column_of('claimed so far')}{row + 1},{digits})"
            sheet.formula(row, TITLES.index("left of the fund"), formula, claim.left, "money")
    letters = column_of("amount")
    total = sum((claim.amount for claim in found), Decimal(0))
    sheet.text(TOTALS, 0, "Total", bold=True, spans=True)
    formula = f"=ROUND(SUM({letters}{FIRST + 1}:{letters}{last}),{digits})"
    sheet.formula(TOTALS, TITLES.index("amount"), formula, total, "money", bold=True)
    sheet.header(HEADER, TITLES, numbers=range(_WORDS, len(TITLES)))
    if found:
        sheet.work.autofilter(HEADER, 0, last - 1, len(TITLES) - 1)
    _write_vendors(sheet, last + 2, found, plan, scenario, digits)


def _numbers(sheet: Sheet, row: int, claim: Claim, *, first: bool, digits: int) -> None:
    def put(title: str, value: Decimal | float | None, kind: str) -> None:
        sheet.number(row, TITLES.index(title), value, kind)

    put("units", claim.units, "count")
    put("uses", claim.uses, "count")
    put("discount", claim.discount, "money")
    put("gifts", claim.gifts, "money")
    put("fixed costs", claim.fixed_cost, "money")
    put("share paid of these", claim.share or None, "share")
    fine = claim.per_unit != round(claim.per_unit, digits)
    put("paid for each unit", claim.per_unit or None, "ratio" if fine else "money")
    put("units claimed", claim.units_claimed, "fine")
    put("paid for each line", claim.per_line or None, "money")
    put("lines claimed", claim.lines_claimed, "count")
    put("rounding", claim.rounding or None, "fine")
    put("amount", claim.amount, "money")
    put("beyond the fund", claim.beyond_fund or None, "money")
    amount, so_far = column_of("amount"), column_of("claimed so far")
    running = f"={amount}{row + 1}" if first else f"=ROUND({so_far}{row}+{amount}{row + 1},{digits})"
    sheet.formula(row, TITLES.index("claimed so far"), running, claim.so_far, "money")


def _write_vendors(
    sheet: Sheet, top: int, found: Sequence[Claim], plan: RankedPlan, scenario: Scenario, digits: int
) -> None:
    """What each vendor owes, by the claims above and by the lines of the plan, which must be the same."""
    sheet.header(top, VENDOR_TITLES, numbers=range(2, len(VENDOR_TITLES)))
    named = {vendor.id: vendor for vendor in scenario.vendors}
    last = max(FIRST + len(found), FIRST + 1)
    claimed, paid = (f"${column_of(title)}${FIRST + 1}:${column_of(title)}${last}" for title in ("vendor", "amount"))
    last_line = max(FIRST_LINE + len(plan.lines), FIRST_LINE + 1)
    of_line, funding = (
        f"Lines!${line_column(title)}${FIRST_LINE + 1}:${line_column(title)}${last_line}"
        for title in ("vendor", "vendor funding")
    )
    for row, vendor in enumerate(vendor_ids(scenario), start=top + 1):
        amount = sum((claim.amount for claim in found if claim.vendor == vendor), Decimal(0))
        own = f"$A{row + 1}"
        record = named.get(vendor)
        sheet.text(row, 0, vendor)
        sheet.text(row, 1, "" if record is None else record.name or "")
        for column, (words, amounts) in enumerate(((claimed, paid), (of_line, funding)), start=2):
            formula = f"=ROUND(SUMPRODUCT(EXACT({words},{own})*{amounts}),{digits})"
            sheet.formula(row, column, formula, amount, "money")
        sheet.formula(row, 4, f"=ROUND(C{row + 1}-D{row + 1},{digits})", 0, "money")
        if record is not None and record.fund is not None:
            sheet.number(row, 5, record.fund, "money")
            sheet.formula(row, 6, f"=ROUND(F{row + 1}-C{row + 1},{digits})", record.fund - amount, "money")
