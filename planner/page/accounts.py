"""Money on a page in rows: the account by period, profit and loss by department, what each vendor pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from planner.export.account import COLUMNS
from planner.export.claims import Claim
from planner.export.departments import BASKETS, GAINED, RATE, WITHOUT, Departments
from planner.figures import NOTHING, MoneyStyle, count, share
from planner.page.tables import PageTable, plain_table
from scenarios.arrays import Int
from scenarios.language.schema import Scenario
from scenarios.rounding import UNIT_DIGITS, to_decimal

_UNITS = "units"


def account_table(amounts: Mapping[str, Int], scenario: Scenario, money: MoneyStyle, digits: int) -> PageTable:
    """One row a period, and their sum.

    Parameters
    ----------
    amounts
        [T] integers by title of the account's columns.
    digits
        Of the currency's minor unit.
    """
    head = (("first day", False), *((column.title, True) for column in COLUMNS))
    rows = [
        (str(date), *(_written(amounts, column.title, number, money, digits) for column in COLUMNS))
        for number, date in enumerate(scenario.horizon.dates)
    ]
    rows.append(("all", *(_written(amounts, column.title, None, money, digits) for column in COLUMNS)))
    return plain_table("", head, rows)


def department_table(found: Departments, money: MoneyStyle) -> PageTable:
    """One row a category, one of offers on baskets where they do anything, and their sum."""
    titles = (_UNITS, "revenue", "discount", "vendor funding", "margin", "gifts", "messages", "fixed costs", "profit")
    head = (("department", False), *((title, True) for title in (*titles, RATE, WITHOUT, GAINED)))
    names: list[tuple[str, int | None]] = [(name, at) for at, name in enumerate((*found.categories, BASKETS))]
    rows = []
    for name, at in (*names, ("all", None)):
        if name == BASKETS and not any(int(column[at]) for column in found.amounts.values()):
            continue
        rate = found.rate(at)
        rows.append(
            (
                name,
                *(_written(found.amounts, title, at, money, found.digits) for title in titles),
                NOTHING if rate is None else share(rate),
                money(_amount(found.without, at, found.digits)),
                money(_amount(found.gained, at, found.digits), signed=True),
            )
        )
    return plain_table("By department", head, rows)


def vendor_table(found: Sequence[Claim], money: MoneyStyle) -> PageTable | None:
    """One row a vendor who pays: what for, how much, and what is left of the fund; None where nobody does."""
    if not found:
        return None
    rows = []
    for vendor in dict.fromkeys(claim.vendor for claim in found):
        own = [claim for claim in found if claim.vendor == vendor]
        total, fund = sum((claim.amount for claim in own), Decimal(0)), own[-1].fund
        offers = ", ".join(dict.fromkeys(claim.offer for claim in own))
        left = NOTHING if fund is None else money(fund - total)
        rows.append((vendor, offers, money(total), NOTHING if fund is None else money(fund), left))
    head = (("vendor", False), ("offers", False), ("pays", True), ("fund", True), ("left", True))
    return plain_table("What vendors pay", head, rows)


def _written(amounts: Mapping[str, Int], title: str, number: int | None, money: MoneyStyle, digits: int) -> str:
    if title == _UNITS:
        return count(_amount(amounts[title], number, UNIT_DIGITS))
    return money(_amount(amounts[title], number, digits))


def _amount(values: Int, number: int | None, digits: int) -> Decimal:
    """One place's amount, or for None the sum of all."""
    return to_decimal(int(values.sum() if number is None else values[number]), digits)
