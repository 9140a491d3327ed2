"""An account in which vendors pay until their funds are empty: under a shock, and for what has run of a campaign.

A plan keeps a fund by a limit. Where it is asked for more all the same, by another table of effects than the plan was
made on, the vendor pays in time order, in the period in which the fund runs out the same share of all that he is asked
for, and the retailer bears the rest. So it is where a vendor withdraws while a campaign runs: what was claimed by then
stands, and what lines that cannot be stopped any more ask for beyond the fund, nobody pays (`Locked.funds`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from scenarios.answer.cells import Account
from scenarios.language.schema import Scenario
from scenarios.language.schemas.rule import Locked
from scenarios.rounding import minor, split


@dataclass(frozen=True, kw_only=True, eq=False)
class AsPaid:
    """An account as vendors pay it."""

    account: Account
    """The very account that was given where every fund lasts."""
    beyond: dict[str, int]
    """Minor units that each vendor is asked for beyond his fund; vendors whose fund lasts are left out."""


def row_payers(book: Account) -> NDArray[np.object_]:
    """[R] the vendor who pays for each row of an account; None where nobody does."""
    suppliers = [*(product.vendor for product in book.grid.products), None]
    of_offers = book.grid.scenario.offers
    places = zip(book.rows.product.tolist(), book.rows.offer.tolist(), strict=True)
    found = [of_offers[offer].terms_on(suppliers[product]).payer for product, offer in places]
    return np.array(found, dtype=object)


def as_paid(book: Account) -> AsPaid:
    """Let vendors pay what an account books until their funds are empty."""
    vendors = book.grid.scenario.vendors
    return _paid(book, {each.id: each.fund for each in vendors if each.fund is not None}, book.grid.shape[2])


def as_paid_in_flight(book: Account) -> AsPaid:
    """Let vendors pay for what has run, or cannot be stopped, at most what the lock of a running campaign says."""
    funds, periods = funds_of_the_past(book.grid.scenario)
    return _paid(book, funds, periods)


def funds_of_the_past(scenario: Scenario) -> tuple[dict[str, Decimal], int]:
    """Most that vendors pay for the lines of the first periods, in major units by vendor, and how many periods."""
    locks = [rule for rule in scenario.rules if isinstance(rule, Locked) and rule.funds and rule.until is not None]
    if not locks:
        return {}, 0
    last = locks[-1]
    return dict(last.funds), scenario.horizon.period_of(last.until or scenario.horizon.start) + 1


def _paid(book: Account, funds: Mapping[str, Decimal], periods: int) -> AsPaid:
    """Let vendors pay for the rows of the first periods, in time order, until what they have is gone."""
    if not funds:
        return AsPaid(account=book, beyond={})
    rows = book.rows
    payer, early = row_payers(book), rows.period < periods
    funding, beyond = rows.funding, {}
    for vendor, fund in funds.items():
        own = (payer == vendor) & early
        left = minor(fund, book.digits)
        over = int(rows.funding[own].sum()) - left
        if over <= 0:
            continue
        beyond[vendor] = over
        funding = funding.copy()
        for period in np.unique(rows.period[own]):
            here = own & (rows.period == period)
            asked = int(rows.funding[here].sum())
            if asked > left:
                funding[here] = split(left, rows.funding[here].astype(np.float64))
            left -= min(asked, left)
    account = replace(book, rows=replace(rows, funding=funding)) if beyond else book
    return AsPaid(account=account, beyond=beyond)
