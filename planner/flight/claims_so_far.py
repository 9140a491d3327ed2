"""What vendors are to be billed for so far: the funding of the lines that ran, on the units that were really sold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from scenarios.answer.rounding import scaled, to_decimal
from scenarios.flight.realised import Realised
from scenarios.language.payers import payers
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.measures import measure_functional
from scenarios.response.totals import by_period


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
    """By real sales and the lines that ran, at the terms of the plan."""
    fund: Decimal | None
    """Most that the vendor pays over the horizon; None without such a cap."""


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
    return tuple(sorted(found, key=lambda claim: (order.index(claim.vendor), claim.date)))


def _claims(realised: Realised, payer: str, offer: str, product: str, periods: set[int]) -> Iterator[ClaimSoFar]:
    grid, book = realised.model.grid, realised.booked
    scenario, rows = grid.scenario, book.rows
    number = grid.offer_index[offer]
    here = (rows.offer == number) & (rows.product == grid.product_index.get(product, -1))
    planned = np.zeros(grid.shape[2], dtype=np.int64)
    np.add.at(planned, rows.period[here], rows.funding[here])
    scope = Scope(products=(product,), offers=(offer,))
    functional = measure_functional(grid, realised.model.economics, Measure.VENDOR_FUNDING, scope)
    booked, real = (
        np.broadcast_to(by_period(functional, realised.model, what, np), planned.shape)
        for what in (realised.expected, realised.sold)
    )
    fund = next((vendor.fund for vendor in scenario.vendors if vendor.id == payer), None)
    for period in sorted(periods):
        expected = to_decimal(int(planned[period]), book.digits)
        # Both sides are floats of one kind, so that sales as expected change no minor unit.
        more = to_decimal(int(scaled(float(real[period] - booked[period]), book.digits)), book.digits)
        yield ClaimSoFar(
            vendor=payer,
            date=scenario.horizon.dates[period],
            product=product,
            offer=offer,
            expected=expected,
            actual=expected + more,
            fund=fund,
        )
