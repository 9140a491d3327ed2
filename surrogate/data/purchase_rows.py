"""Rows of the customer's own purchase files in numbers, batch by batch, and what reading has met on the way.

Rows after the last day are dropped on their time column alone, before any other value is looked at.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.arrays import Flag, Int
from scenarios.language.slips.column_doubts import ColumnDoubts
from scenarios.language.slips.decimal_comma import EXPECTED
from scenarios.problems import InvalidInput, Problem, shown
from surrogate.data.adding_up.returns import ignored, told_by
from surrogate.data.below_list import below_list
from surrogate.data.beside.side_tables import ProductNumbers
from surrogate.data.clean import OTHER_ZEROS, CleaningReport
from surrogate.data.clean_params import CleanParams
from surrogate.data.data_parts import TransactionsFile
from surrogate.data.data_spec import DataSpec
from surrogate.data.files.broken_ids import refuse_broken_ids
from surrogate.data.files.columns import (
    NO_TIME,
    counted,
    days_of,
    factorized,
    flags,
    microseconds,
    numbers,
)
from surrogate.data.files.customer_numbers import CustomerNumbers
from surrogate.data.files.point_doubts import note_points
from surrogate.data.files.table_files import Batch
from surrogate.data.negative_states import NegativeStates
from surrogate.data.row_store import NOBODYS, ROW
from surrogate.data.strange_offers import StrangeOffers
from surrogate.data.unlisted_products import UnlistedProducts

STRANGE = "a product that files.products does not list"
NOBODY = "sales without a customer (clean.no_customer: drop)"
UNTIMED = "no time"
CANCELLED = "cancelled orders"


@dataclass(kw_only=True, eq=False)
class SeenRows:
    """What reading has met so far; grows with `purchase_rows`."""

    customers: CustomerNumbers = field(default_factory=CustomerNumbers)
    stores: dict[str, int] = field(default_factory=dict)
    """Number by name, in the order in which they were met."""
    read: int = 0
    """Rows up to the last day."""
    dropped: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    currencies: Counter[str] = field(default_factory=Counter)
    last_day: int = 0
    after: int = 0
    """Rows after the last day."""
    unlisted: tuple[str, str] = ("", "")
    """The first product id that is not listed, and one that is."""
    unlisted_products: UnlistedProducts = field(default_factory=UnlistedProducts)
    states: NegativeStates = field(default_factory=NegativeStates)
    strange_offers: StrangeOffers = field(default_factory=StrangeOffers)
    """Words that should name past offers, and do not."""
    doubts: ColumnDoubts = field(default_factory=ColumnDoubts)
    """Columns whose points may separate thousands."""

    def refuse_slips(self, spec: DataSpec) -> None:
        """Refuse what only all rows together tell: words that name no offer, points that may separate thousands.

        Raises
        ------
        InvalidInput
            With all of them.
        """
        problems = self.strange_offers.problems(spec.past_offers)
        for doubt in self.doubts.found():
            got = f"{shown(doubt.text)}{f' and {doubt.count - 1:,} more like it' if doubt.count > 1 else ''}"
            problems.append(
                Problem(where=doubt.where, what=doubt.column, expected=EXPECTED, got=got, remedy=doubt.remedy)
            )
        if problems:
            raise InvalidInput(problems)

    def cleaning(self, kept: int) -> CleaningReport:
        """Return what was read and not kept, by reason; ``kept`` rows are still to be looked at."""
        return CleaningReport(
            read=self.read - kept,
            dropped=dict(self.dropped),
            repaired=dict(self.repaired),
            left_out=dict(self.left_out),
        )


def purchase_rows(
    batch: Batch, part: TransactionsFile, spec: DataSpec, until: dt.date, known: ProductNumbers, seen: SeenRows
) -> NDArray[np.void]:
    """Return the rows of a batch that are purchases up to the last day, as `surrogate.data.row_store.ROW`.

    Raises
    ------
    InvalidInput
        For times and numbers that cannot be read, and where an offer's column holds something else.
    """
    time = microseconds(batch, part.time, spec.time_zone)
    day = days_of(time)
    seen.last_day = max(seen.last_day, int(day.max(initial=0)))
    inside = day <= until.toordinal()
    seen.after += int((~inside).sum())
    seen.read += int(inside.sum())
    missing = inside & (time == NO_TIME)
    seen.dropped[UNTIMED] += int(missing.sum())
    batch, time, day = _keep(batch, inside & ~missing, time, day)
    if part.status is not None:
        codes, states = factorized(batch, part.status)
        void = np.array([state in (part.cancelled or ()) for state in states] + [False])[codes]
        seen.left_out[CANCELLED] += int(void.sum())
        batch, time, day = _keep(batch, ~void, time, day)
    if part.currency is not None:
        seen.currencies += counted(*factorized(batch, part.currency))
    product = known.find(batch, part.product)
    strange = product < 0
    alike = known.but_for_zeros(batch, part.product) if strange.any() else strange
    zeros = int(alike.sum())
    seen.unlisted_products.note(batch, part.product, strange & ~alike, day)
    if strange.any() and not seen.unlisted[0]:
        seen.unlisted = known.example(batch, part.product)
    seen.dropped[OTHER_ZEROS] += zeros
    seen.dropped[STRANGE] += int(strange.sum()) - zeros
    batch, time, day, product = _keep(batch, ~strange, time, day, product)
    refuse_broken_ids(batch, part.customer)
    customer = seen.customers.register(batch, part.customer)
    if spec.clean.no_customer == "drop":
        nobody = customer < 0
        seen.left_out[NOBODY] += int(nobody.sum())
        batch, time, day, product, customer = _keep(batch, ~nobody, time, day, product, customer)
    rows = np.zeros(len(day), dtype=ROW)
    rows["customer"], rows["product"] = np.where(customer < 0, NOBODYS, customer), product
    rows["day"], rows["time"] = day, time
    rows["store"] = _stores(batch, part, seen)
    rows["offer"] = _offers_used(batch, part.offer_used, spec, seen)
    rows["order_offer"] = _offers_used(batch, part.order_offer_used, spec, seen)
    rows["basket"] = _baskets(batch, part, day)
    _amounts(rows, batch, part, spec, seen)
    return _without_ignored(rows, spec.clean, seen)


def _keep(batch: Batch, mask: Flag, *columns: Int) -> tuple[Any, ...]:
    return (batch, *columns) if mask.all() else (batch.keep(mask), *(column[mask] for column in columns))


def _amounts(rows: NDArray[np.void], batch: Batch, part: TransactionsFile, spec: DataSpec, seen: SeenRows) -> None:
    """Fill in quantities and money; returns are told by a mark or by a negative quantity or amount."""
    scale = 10.0**spec.digits if spec.amounts == "minor" else 1.0
    quantity, paid = numbers(batch, part.quantity), numbers(batch, part.paid) / scale
    money = spec.digits if spec.amounts == "major" else 0
    note_points(seen.doubts, batch, part.quantity, None, seen.read)
    for amount in (part.paid, part.shelf_discount, part.coupon_discount, part.list_price):
        note_points(seen.doubts, batch, amount, money, seen.read)
    off = np.array([numbers(batch, name) for name in (part.shelf_discount, part.coupon_discount)]) / scale
    # tills leave the cell blank where nothing was taken off
    seen.repaired["a blank discount, read as none"] += int(np.isnan(off).any(axis=0).sum())
    shelf, coupon = np.where(np.isnan(off), 0.0, off)
    if spec.amounts == "minor":
        parts = np.flatnonzero(np.isfinite(paid) & (np.abs(paid * scale - np.round(paid * scale)) > 1e-6))
        if parts.size:
            expected = "whole numbers of the minor unit, because of amounts: minor"
            got, remedy = f"{paid[parts[0]] * scale:.15g}", "write amounts: major"
            where = batch.where(int(parts[0]))
            raise InvalidInput([Problem(where=where, what=part.paid, expected=expected, got=got, remedy=remedy)])
    if part.list_price is not None:
        listed = numbers(batch, part.list_price) / scale
        shelf = below_list(listed, np.abs(quantity), np.abs(paid) + np.abs(coupon))
        unknown = int((~(listed > 0) & np.isfinite(paid)).sum())
        seen.repaired["no list price, taken as sold at it"] += unknown
    told = told_by(flags(batch, part.returned) | seen.states.returned(batch, part), quantity, paid)
    seen.states.note(batch, part, told)
    back = told > 0
    wrong_sign = ~back & ((shelf < 0) | (coupon < 0))
    seen.repaired["a discount written as a negative amount, read as positive"] += int(wrong_sign.sum())
    rows["returned"] = told
    rows["quantity"] = np.where(back, -np.abs(quantity), quantity)
    rows["paid"] = np.abs(paid)
    rows["shelf_discount"], rows["coupon_discount"] = np.abs(shelf), np.abs(coupon)


def _without_ignored(rows: NDArray[np.void], params: CleanParams, seen: SeenRows) -> NDArray[np.void]:
    """Leave out negative rows that are nothing of the customer's, as the data file says."""
    for told, reason in ignored(params).items():
        these = rows["returned"] == told
        seen.left_out[reason] += int(these.sum())
        rows = rows[~these] if these.any() else rows
    return rows


def _stores(batch: Batch, part: TransactionsFile, seen: SeenRows) -> Int:
    if part.store is None:
        return np.full(batch.table.num_rows, -1)
    codes, texts = factorized(batch, part.store)
    return np.array([*(seen.stores.setdefault(text, len(seen.stores)) for text in texts), -1], dtype=np.int64)[codes]


def _offers_used(batch: Batch, column: str | None, spec: DataSpec, seen: SeenRows) -> Int:
    """Return the index of the offer that each row names; -1 for none, and for words that name no past offer."""
    if column is None:
        return np.full(batch.table.num_rows, -1)
    codes, texts = factorized(batch, column)
    known = {name: place for place, name in enumerate(spec.past_offers)}
    seen.strange_offers.note(batch, column, codes, texts, known)
    return np.array([*(known.get(text, -1) for text in texts), -1], dtype=np.int64)[codes]


def _baskets(batch: Batch, part: TransactionsFile, day: Int) -> Int:
    """Return what tells a customer's receipts apart: a number of the receipt's name, or the day."""
    if part.basket is None:
        return day
    codes, texts = factorized(batch, part.basket)
    hashed = pd.util.hash_array(np.array([*texts, ""], dtype=object)).astype(np.int64)
    return np.where(codes >= 0, hashed[codes], day)
