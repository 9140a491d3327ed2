"""What vendors are to be billed for so far: the funding of the lines that ran, on the units that were really sold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

import numpy as np

from scenarios.answer.as_paid import funds_of_the_past
from scenarios.flight.realised import Realised
from scenarios.language.payers import payers
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.measures import measure_functional
from scenarios.response.totals import by_period
from scenarios.rounding import minor, scaled, split, to_decimal


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
    fund: Decimal | None
    """Most that the vendor pays over the horizon; None without such a cap."""
    beyond_fund: Decimal = Decimal(0)
    """What the terms ask for beyond it: nobody pays that."""


def claims_so_far(realised: Realised) -> tuple[ClaimSoFar, ...]:
    """Claim, by vendor and period, for what ran or was to run up to the last observed period."""
    grid = realised.model.grid
    scenario = grid.scenario
    payer, funded = payers(scenario), dict[tuple[str, str], set[int]]()
    for line in (*grid.lines(realised.plan), *grid.lines(realised.ran)):
        period = scenario.horizon.period_of(line.date)
        if (line.offer, line.product) in payer and period <= realised.actuals.last:
            funded.setdefault((line.offer, line.product), set()).add(period)
    found = [
        claim
        for (offer, product), at in funded.items()
        for claim in _claims(realised, payer[offer, product], offer, product, at)
    ]
    order = list(dict.fromkeys((*(vendor.id for vendor in scenario.vendors), *(claim.vendor for claim in found))))
    found.sort(key=lambda claim: (order.index(claim.vendor), claim.date))
    days = groupby(found, key=lambda claim: (claim.vendor, claim.date))
    return tuple(_as_paid([list(own) for _, own in days], realised.booked.digits))


def _as_paid(days: Sequence[Sequence[ClaimSoFar]], digits: int) -> Iterator[ClaimSoFar]:
    """Let each vendor pay until his fund is empty, on the last day the same share of all that he is asked for."""
    left: dict[str, int] = {}
    for own in days:
        vendor, fund = own[0].vendor, own[0].fund
        if fund is None:
            yield from own
            continue
        there = left.setdefault(vendor, minor(fund, digits))
        asked = [max(minor(claim.actual, digits), 0) for claim in own]
        if sum(asked) <= there:
            left[vendor] -= sum(asked)
            yield from own
            continue
        left[vendor] = 0
        for claim, part in zip(own, split(there, np.array(asked, dtype=np.float64)).tolist(), strict=True):
            paid = to_decimal(part, digits)
            yield replace(claim, actual=paid, beyond_fund=claim.actual - paid)


def _claims(realised: Realised, payer: str, offer: str, product: str, periods: set[int]) -> Iterator[ClaimSoFar]:
    grid, book = realised.model.grid, realised.booked
    scenario, rows = grid.scenario, book.rows
    number = grid.offer_index[offer]
    here = (rows.offer == number) & (rows.product == grid.product_index.get(product, -1))
    planned = np.zeros(grid.shape[2], dtype=np.int64)
    np.add.at(planned, rows.period[here], rows.funding[here])
    # As accounts are: rounded once for each segment. Both sides are floats of one kind, so that sales as expected
    # change no minor unit.
    asked, more = np.zeros_like(planned), np.zeros_like(planned)
    for segment in grid.segments:
        scope = Scope(products=(product,), offers=(offer,), segments=(segment.id,))
        functional = measure_functional(grid, realised.model.economics, Measure.VENDOR_FUNDING, scope)
        booked, real = (
            np.broadcast_to(by_period(functional, realised.model, what, np), planned.shape)
            for what in (realised.expected, realised.sold)
        )
        asked += scaled(real, book.digits)
        more += scaled(real - booked, book.digits)
    fund = next((vendor.fund for vendor in scenario.vendors if vendor.id == payer), None)
    withdrawn, locked = funds_of_the_past(scenario)
    for period in sorted(periods):
        expected = to_decimal(int(planned[period]), book.digits)
        yield ClaimSoFar(
            vendor=payer,
            date=scenario.horizon.dates[period],
            product=product,
            offer=offer,
            expected=expected,
            # What the account holds of a withdrawn vendor is what he pays, not what he is asked for.
            actual=to_decimal(
                int(asked[period] if payer in withdrawn and period < locked else planned[period] + more[period]),
                book.digits,
            ),
            fund=fund,
        )
