"""What each vendor is to be billed for: by period and product the offer, what is claimed on, the amount, the fund left.

One claim is what one offer earns of its vendor on one product in one period, all segments together. Amounts are sums of
cells.parquet, so that a vendor's claims add up to the ledger's vendor funding of him, to the minor unit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa

from planner.export.plan_rows import numbered, period_numbers, summed, words
from scenarios.answer.archive import Frozen
from scenarios.answer.as_paid import funds_of_the_past
from scenarios.arrays import Int
from scenarios.currency import minor_digits
from scenarios.language.payers import payers
from scenarios.language.read_in import listed_products
from scenarios.language.schema import Scenario
from scenarios.language.schemas.product import Product
from scenarios.language.words import BASKET, Layer
from scenarios.rounding import UNIT_DIGITS, to_decimal

KNOWN, EXPECTED = "known", "expected"
"""Whether actuals have told a period's sales, in a plan that was changed while it ran."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a vendor owes for one offer on one product in one period; money net of tax, in major units."""

    vendor: str
    date: dt.date
    sales: str
    """`KNOWN` or `EXPECTED`."""
    product: str
    """``basket`` for offers on baskets."""
    offer: str
    units: Decimal
    """Sold under the offer; orders of offers on baskets."""
    uses: Decimal
    discount: Decimal
    gifts: Decimal
    fixed_cost: Decimal
    share: float
    """Of discount, gifts and fixed cost, that the vendor pays."""
    per_unit: Decimal
    """What the vendor pays for each unit that is not returned."""
    units_claimed: Decimal | None
    """Units that are not returned; None where nothing is paid by the unit."""
    per_line: Decimal
    """What the vendor pays for each line."""
    lines_claimed: int | None
    """Lines, of a targeted offer one for each segment; None where nothing is paid by the line."""
    rounding: Decimal
    """What the amount, and what is beyond the fund, differ from the terms on the figures above: the ledger rounds each
    line and segment by itself, and pays for units that are told in 1/1000 as they are."""
    amount: Decimal
    so_far: Decimal
    """Of this vendor, this claim included."""
    fund: Decimal | None
    """Most that the vendor pays over the horizon; None without such a cap."""
    beyond_fund: Decimal
    """Asked for by the terms and not paid, because the fund was used up or cut while the campaign ran."""

    @property
    def left(self) -> Decimal | None:
        """What is left of the fund after this claim."""
        return None if self.fund is None else self.fund - self.so_far


def vendor_ids(scenario: Scenario) -> tuple[str, ...]:
    """Return the vendors that may be billed: those that are declared, then others that fund an offer."""
    declared = (vendor.id for vendor in scenario.vendors)
    return tuple(dict.fromkeys((*declared, *payers(scenario).values())))


def claims(rows: pa.Table, frozen: Frozen) -> tuple[Claim, ...]:
    """Claim what the rows of one plan hold, by vendor, period, product and offer in the scenario's order."""
    return tuple(_claims(rows, frozen))


def _claims(rows: pa.Table, frozen: Frozen) -> Iterator[Claim]:
    scenario, digits = frozen.scenario, minor_digits(frozen.scenario.currency)
    dates, by_id = scenario.horizon.dates, _products(scenario)
    vendors, funds = vendor_ids(scenario), {vendor.id: vendor.fund for vendor in scenario.vendors}
    axes = (vendors, dates, (*by_id, BASKET), tuple(offer.id for offer in scenario.offers))
    shape = tuple(len(axis) for axis in axes)
    place, funded = _places(rows, scenario, axes[2], shape)
    keys, number = np.unique(place, return_inverse=True)
    names = ("units", "uses", "discount", "gift_cost", "fixed_cost", "funding")
    sums = {name: summed(rows.column(name).to_numpy()[funded], number, len(keys)) for name in names}
    unpaid, periods = funds_of_the_past(scenario)
    rows_of = np.bincount(number, minlength=len(keys))
    so_far = dict.fromkeys(vendors, 0)
    for at, key in enumerate(keys):
        vendor, period, product, offer = (int(each) for each in np.unravel_index(key, shape))
        one = by_id.get(axes[2][product])
        terms = scenario.offers[offer].terms_on(None if one is None else one.vendor)
        so_far[vendors[vendor]] += int(sums["funding"][at])
        public = scenario.offers[offer].layer is Layer.PUBLIC  # one line, whose rows are its segments
        units, uses = (to_decimal(int(sums[name][at]), UNIT_DIGITS) for name in names[:2])
        discount, gifts, fixed, amount = (to_decimal(int(sums[name][at]), digits) for name in names[2:])
        fund = funds.get(vendors[vendor])
        told = scenario.offers[offer].told_in(scenario.horizon, period)  # what is sent once is paid for once
        lines = (1 if public else int(rows_of[at])) * told if terms.per_line else None
        other = Decimal(repr(terms.share)) * (discount + gifts + fixed) + (lines or 0) * terms.per_line
        kept = _kept(units, one, scenario)
        due = other + terms.per_unit * kept
        cut = vendors[vendor] in unpaid and period < periods
        beyond = _beyond(due - amount, terms.per_unit, rows_of[at], digits, cut=cut)
        yield Claim(
            vendor=vendors[vendor],
            date=dates[period],
            sales=KNOWN if period < frozen.effects.known_periods else EXPECTED,
            product=axes[2][product],
            offer=scenario.offers[offer].id,
            units=units,
            uses=uses,
            discount=discount,
            gifts=gifts,
            fixed_cost=fixed,
            share=terms.share,
            per_unit=terms.per_unit,
            units_claimed=_exact(kept, UNIT_DIGITS) if terms.per_unit else None,
            per_line=terms.per_line,
            lines_claimed=lines,
            rounding=_exact(amount + beyond - due, digits),
            amount=amount,
            so_far=to_decimal(so_far[vendors[vendor]], digits),
            fund=None if fund is None else fund.quantize(Decimal(1).scaleb(-digits)),
            beyond_fund=beyond,
        )


def _beyond(missing: Decimal, per_unit: Decimal, rows: int, digits: int, *, cut: bool) -> Decimal:
    """What a claim's terms ask for beyond its amount, in a past that is not paid in full.

    Each row is rounded by itself, and counts units in 1/1000: what these may come to is nothing that was not paid.
    """
    minor = Decimal(1).scaleb(-digits)
    rounding = int(rows) * (minor + per_unit * Decimal(1).scaleb(-UNIT_DIGITS))
    return missing.quantize(minor) if cut and missing > rounding else Decimal(0)


def _exact(value: Decimal, digits: int) -> Decimal:
    """The same number with so many digits where these say it, else with as few more as do."""
    few = value.quantize(Decimal(1).scaleb(-digits))
    return few if few == value else value.normalize()


def _places(rows: pa.Table, scenario: Scenario, products: tuple[str, ...], shape: tuple[int, ...]) -> tuple[Int, Int]:
    """Number of the claim of each row that somebody funds, and the places of these rows."""
    payer, vendors = payers(scenario), vendor_ids(scenario)
    pairs = list(zip(words(rows, "offer").tolist(), words(rows, "product").tolist(), strict=True))
    funded = np.flatnonzero([pair in payer for pair in pairs])
    if not len(funded):
        return funded, funded
    number = {each.id: at for at, each in enumerate(scenario.offers)}
    vendor_number = {vendor: at for at, vendor in enumerate(vendors)}
    product_number = {product: at for at, product in enumerate(products)}
    of_funded = [pairs[at] for at in funded.tolist()]
    axes = (
        [vendor_number[payer[pair]] for pair in of_funded],
        period_numbers(rows, scenario.horizon.dates)[funded],
        numbered(rows, "product", product_number)[funded],
        [number[offer] for offer, _ in of_funded],
    )
    return np.asarray(np.ravel_multi_index(axes, shape), dtype=np.int64), funded


def _products(scenario: Scenario) -> dict[str, Product]:
    found = listed_products(scenario)
    return {product.id: product for product in found}


def _kept(units: Decimal, product: Product | None, scenario: Scenario) -> Decimal:
    """Units that do not come back."""
    back = 0.0 if product is None else scenario.money.returns_of(product)
    return units * (1 - Decimal(repr(back)))
