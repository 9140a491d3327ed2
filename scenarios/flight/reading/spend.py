"""Spend below 0 in actuals: true where a vendor pays more than its offers cost, and otherwise a slip.

A share of what an offer costs never pays more than that. Money for each unit or each line may: a rebate for every
carton that is scanned, a fee for a place at the end of an aisle. So a row's spend is at least minus what such money can
come to for the offers that ran on it, less the fixed costs of these lines.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from scenarios.currency import minor_digits, price_text
from scenarios.first_few import first_few
from scenarios.flight.reading.columns import tell
from scenarios.flight.reading.rows import Rows
from scenarios.grid import Grid
from scenarios.language.schema import Offer
from scenarios.language.text.csv_files import CsvTable
from scenarios.language.where import names_product
from scenarios.language.words import Layer

_REMEDY = "write what offers cost less what vendors pay, or leave it blank: it is then reckoned from what was sold"


def check_spend(table: CsvTable, rows: Rows, grid: Grid) -> None:
    """Refuse spend further below 0 than vendors can pay beyond what offers cost; each row is told once."""
    spend = rows.figures.get("spend")
    if spend is None:
        return
    currency = grid.scenario.currency
    slack = 10.0 ** -minor_digits(currency)
    texts, found = table.texts("spend"), dict[int, tuple[float, tuple[str, ...]]]()
    with np.errstate(invalid="ignore"):
        below = np.flatnonzero(spend < 0)
    for number in below.tolist():
        most, payers = _beyond_costs(rows, number, grid)
        if not (spend[number] >= -most - slack):
            found[int(rows.row[number])] = most, payers

    def got(row: int) -> str:
        most, payers = found[row]
        if not payers:
            return f"{texts[row]}, where no vendor pays more than a share of what offers cost"
        amount = price_text(most, currency, grouped=True)
        return f"{texts[row]}, where {first_few(list(payers))} can pay {amount} beyond a share of what offers cost"

    expected = "a number of at least 0, or as far below it as vendors pay by unit or by line for what ran"
    tell(table, np.array(sorted(found), dtype=np.int64), "spend", expected, got, _REMEDY)


def _beyond_costs(rows: Rows, number: int, grid: Grid) -> tuple[float, tuple[str, ...]]:
    """What vendors can pay for a row beyond a share of what its offers cost, in major units, and who they are."""
    k, s = len(grid.products), len(grid.segments)
    product = int(rows.product[number])
    supplier = None if product == k else grid.products[product].vendor
    units, total, payers = float(np.nan_to_num(rows.figures["units"][number])), 0.0, list[str]()
    for offer in _may_have_run(rows, number, grid):
        terms = offer.terms_on(supplier)
        public, whole = offer.layer is Layer.PUBLIC, int(rows.segment[number]) == s
        # The fixed cost of a line for everybody may be written on the row of one of its segments.
        fixed = 0.0 if public and not whole else (1.0 - terms.share) * float(offer.fixed_cost)
        lines = 1 if public or not whole else s
        amount = float(terms.per_unit) * units + max(float(terms.per_line) - fixed, 0.0) * lines
        if amount > 0 and terms.payer is not None:
            total += amount
            payers.append(terms.payer)
    return total, tuple(dict.fromkeys(payers))


def _may_have_run(rows: Rows, number: int, grid: Grid) -> Iterable[Offer]:
    """The offers that a row names; without the column, all that may run on its product."""
    offers, product = grid.scenario.offers, int(rows.product[number])
    if rows.offers is not None:
        return [offers[each] for each in rows.offers[number]]
    if product == len(grid.products):
        return [each for each in offers if each.is_basket]
    one = grid.products[product]
    return [each for each in offers if not each.is_basket and names_product(each.applies_to, one)]
