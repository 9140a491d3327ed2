"""An account in which vendors pay until their funds are empty: what a shock makes of funds that were kept as planned.

A plan keeps a fund by a limit. Where it is asked for more all the same, by another table of effects than the plan was
made on, the vendor pays in time order, in the period in which the fund runs out the same share of all that he is asked
for, and the retailer bears the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.answer.cells import Account
from scenarios.answer.rounding import minor, split


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
    scenario, rows = book.grid.scenario, book.rows
    payer = row_payers(book)
    funding, beyond = rows.funding, {}
    for vendor in scenario.vendors:
        if vendor.fund is None:
            continue
        own = payer == vendor.id
        left = minor(vendor.fund, book.digits)
        over = int(rows.funding[own].sum()) - left
        if over <= 0:
            continue
        beyond[vendor.id] = over
        funding = funding.copy()
        for period in np.unique(rows.period[own]):
            here = own & (rows.period == period)
            asked = int(rows.funding[here].sum())
            if asked > left:
                funding[here] = split(left, rows.funding[here].astype(np.float64))
            left -= min(asked, left)
    account = replace(book, rows=replace(rows, funding=funding)) if beyond else book
    return AsPaid(account=account, beyond=beyond)
