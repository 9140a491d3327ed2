"""What customers pay for the units that are sold under each line, by the rows of cells.parquet times exact tax rates.

Units that two lines share count under both: turnover of lines does not add up to that of departments, which
`planner.export.tax` has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from planner.export.plan_rows import words
from scenarios.answer.archive import Frozen
from scenarios.answer.cells import ACCOUNTS
from scenarios.answer.plan import LineResult, RankedPlan
from scenarios.currency import minor_digits
from scenarios.language.read_in import listed_products
from scenarios.language.words import BASKET, EVERYBODY
from scenarios.rounding import to_decimal

CSV_COLUMNS = ("date", "product", "segment", "offer", "units", "tax_rate", "revenue", "tax", "revenue_with_tax")
_PUBLIC = ACCOUNTS[0]
_ON_PRODUCTS = ACCOUNTS[:2]


@dataclass(frozen=True, kw_only=True)
class Turnover:
    """Of the units that are sold under one line, in major units."""

    rate: Decimal
    """Tax on the net amount."""
    revenue: Decimal
    """Net of tax and returns, after the line's own discount."""

    @property
    def tax(self) -> Decimal:
        """With all its digits."""
        return self.revenue * self.rate

    @property
    def with_tax(self) -> Decimal:
        """What customers pay."""
        return self.revenue + self.tax


Place = tuple[str, str, str, str]
"""Day, product, segment and offer of a line."""


def place_of(line: LineResult) -> Place:
    """Return the place of a line."""
    return line.period.isoformat(), line.product, line.segment, line.offer


def line_turnover(rows: pa.Table, frozen: Frozen) -> Mapping[Place, Turnover]:
    """Sum the rows of one plan by line; offers on whole orders sell no units of their own and have none."""
    scenario = frozen.scenario
    digits, money = minor_digits(scenario.currency), scenario.money
    products = listed_products(scenario)
    rates = {product.id: Decimal(repr(money.tax_of(product))) for product in products}
    columns = [words(rows, name) for name in ("account", "product", "segment", "offer")]
    days = rows.column("period").to_pylist()
    net = (rows.column("sales").to_numpy() - rows.column("discount").to_numpy()).tolist()
    sums: dict[Place, int] = {}
    for day, account, product, segment, offer, amount in zip(days, *columns, net, strict=True):
        if account in _ON_PRODUCTS and product != BASKET:
            whom = EVERYBODY if account == _PUBLIC else segment
            place = (day.isoformat(), product, whom, offer)
            sums[place] = sums.get(place, 0) + amount
    return {place: Turnover(rate=rates[place[1]], revenue=to_decimal(sums[place], digits)) for place in sums}


def turnover_rows(plan: RankedPlan, found: Mapping[Place, Turnover]) -> Iterator[tuple[str, ...]]:
    """Yield one row a line on products, in plan order, as text."""
    for line in plan.lines:
        own = found.get(place_of(line))
        if own is not None:
            amounts = (line.units, own.rate, own.revenue, own.tax, own.with_tax)
            yield *place_of(line), *(format(Decimal(amount), "f") for amount in amounts)
