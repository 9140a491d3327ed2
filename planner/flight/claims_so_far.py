"""What vendors are to be billed for so far: the funding of the lines that ran, by the account of what was sold.

Sums of integer rows, so that they are the claims of a folder that is planned again by the same actuals, to the minor
unit.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from planner.flight.claims_by_returns import by_told_returns
from scenarios.answer.cells import Account
from scenarios.flight.realised import Realised
from scenarios.language.payers import payers
from scenarios.rounding import to_decimal


@dataclass(frozen=True, kw_only=True)
class ClaimSoFar:
    """What a vendor pays for one offer on one product in one period that was observed, all segments together."""

    vendor: str
    date: dt.date
    product: str
    """``basket`` for offers on baskets."""
    offer: str
    expected: Decimal
    """By the plan's account, to the minor unit; 0 of what was not planned."""
    actual: Decimal
    """By real sales and the lines that ran, at the terms of the plan, as far as the fund goes."""
    by_returns: Decimal | None
    """The same by the returns that are told, in place of those that are assumed; None where none are told."""
    fund: Decimal | None
    """Most that the vendor pays over the horizon; None without such a cap."""
    beyond_fund: Decimal = Decimal(0)
    """What the terms ask for beyond it: nobody pays that."""


def claims_so_far(realised: Realised) -> tuple[ClaimSoFar, ...]:
    """Claim, by vendor and period, for what ran or was to run up to the last observed period."""
    grid = realised.model.grid
    scenario, digits = grid.scenario, realised.booked.digits
    payer, places = payers(scenario), dict[tuple[str, str], set[int]]()
    for line in (*grid.lines(realised.plan), *grid.lines(realised.ran)):
        period = scenario.horizon.period_of(line.date)
        if (line.offer, line.product) in payer and period <= realised.actuals.last:
            places.setdefault((line.offer, line.product), set()).add(period)
    funds = {vendor.id: vendor.fund for vendor in scenario.vendors}
    expected, asked, paid = (_funding(book) for book in (realised.booked, realised.asked, realised.as_paid.account))
    by_returns = by_told_returns(realised.asked, realised.actuals)
    kept = None if by_returns is None else _funding(by_returns)
    found = []
    for (offer, product), at in places.items():
        for period in sorted(at):
            place = grid.offer_index[offer], grid.product_index.get(product, -1), period
            amounts = (each.get(place, 0) for each in (expected, paid, asked))
            planned, actual, wanted = (to_decimal(amount, digits) for amount in amounts)
            found.append(
                ClaimSoFar(
                    vendor=payer[offer, product],
                    date=scenario.horizon.dates[period],
                    product=product,
                    offer=offer,
                    expected=planned,
                    actual=actual,
                    by_returns=None if kept is None else to_decimal(kept.get(place, 0), digits),
                    fund=funds.get(payer[offer, product]),
                    beyond_fund=wanted - actual,
                )
            )
    order = list(dict.fromkeys((*funds, *(claim.vendor for claim in found))))
    found.sort(key=lambda claim: (order.index(claim.vendor), claim.date))
    return tuple(found)


def _funding(book: Account) -> dict[tuple[int, int, int], int]:
    """Funding of an account in minor units, by offer, product (-1 for baskets) and period."""
    rows, found = book.rows, Counter[tuple[int, int, int]]()
    columns = (each.tolist() for each in (rows.offer, rows.product, rows.period, rows.funding))
    for offer, product, period, funding in zip(*columns, strict=True):
        found[offer, product, period] += funding
    return dict(found)
