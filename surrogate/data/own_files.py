"""The customer's own purchase files, read once in batches, with their columns mapped to the canonical tables.

Rows after the last day are dropped on their time column alone, before any other value is looked at.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.problems import InvalidInput, Problem, did_you_mean
from surrogate.data import side_tables
from surrogate.data.aggregate import Setting
from surrogate.data.below_list import below_list
from surrogate.data.clean import OTHER_ZEROS, CleaningReport
from surrogate.data.columns import NO_TIME, counted, days_of, factorized, flags, microseconds, numbers
from surrogate.data.customer_numbers import CustomerNumbers
from surrogate.data.data_parts import DataFiles, TransactionsFile
from surrogate.data.data_spec import DataSpec
from surrogate.data.demographics import demographics
from surrogate.data.events import Events
from surrogate.data.fitness import require_categories
from surrogate.data.holdout import read_holdout
from surrogate.data.intake import Intake
from surrogate.data.near_names import near_names
from surrogate.data.price_medians import PriceMedians
from surrogate.data.row_store import ROW, RowStore, StoreParams
from surrogate.data.shelf_tables import promotions, stock_outs
from surrogate.data.side_tables import ProductNumbers
from surrogate.data.signals import read_signals
from surrogate.data.table_files import Batch, read_batches
from surrogate.data.weeks import week_of

_STRANGE = "a product that files.products does not list"
_NOBODY = "no customer"
_NO_TIME = "no time"


@dataclass(kw_only=True, eq=False)
class _Seen:
    """What reading has met so far."""

    customers: CustomerNumbers = field(default_factory=CustomerNumbers)
    stores: dict[str, int] = field(default_factory=dict)
    read: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    currencies: Counter[str] = field(default_factory=Counter)
    last_day: int = 0
    after: int = 0


def load(spec: DataSpec, until: dt.date, base: Path, *, store: StoreParams | None = None) -> Events:
    """Read the files of a data spec up to and including a day.

    Parameters
    ----------
    spec, until, base
        What to read, up to when, and the folder that file names are relative to.
    store
        When rows go to disk while they are added up.

    Raises
    ------
    InvalidInput
        For missing files, columns, times and numbers, and for data that is unfit to learn from.
    """
    files = spec.files
    if files is None:
        raise TypeError("own files need a data spec with files")
    source = Path(files.transactions.label).name
    products, known, repeated = side_tables.products(base, files, spec)
    require_categories(spec, set(products["data_category"].dropna()), files.products.label)
    seen = _Seen()
    with RowStore(store) as rows:
        intake = Intake(store=rows, prices=PriceMedians(len(known)), source=source)
        for batch in read_batches(base, files.transactions):
            intake.take(_rows(batch, files.transactions, spec, until, known, seen))
        _require_purchases(intake, seen, files, spec, until)
        mailings, coupons = side_tables.mailings(base, files, until, seen.customers, known, spec.time_zone)
        offers, unlisted = side_tables.offers(base, files, spec, until, seen.customers, known)
        left_out, sent = read_holdout(base, files, spec, until, seen.customers, offers)
        setting = Setting(
            clean=spec.clean,
            net_returns=spec.returns == "net",
            first_day=intake.first_whole_week(),
            last_week=week_of(until),
            median_price=intake.prices.medians(),
            planned=(products["category"] != "").to_numpy(),
            private=products["private"].to_numpy(),
            mailings=mailings,
            coupons=coupons,
            offers=offers.assign(offer=offers["offer"].map({name: n for n, name in enumerate(spec.past_offers)})),
            told=intake.told,
        )
        counts = CleaningReport(
            read=seen.read - intake.rows,
            dropped=dict(seen.dropped),
            repaired=dict(seen.repaired),
            left_out=dict(seen.left_out),
        )
        sums, report = intake.add_up(setting, spec, counts)
        report = report.noting(
            *repeated,
            *near_names(spec, products),
            *unlisted,
            *sent,
            *_nothing_cancelled(files.transactions, seen),
            *side_tables.named_though_public(files, spec, offers),
        )
    names = list(seen.stores)
    people, twice = demographics(
        base, files, seen.customers, spec.train_until, spec.time_zone, least=spec.min_segment_size
    )
    signals, signal_names = read_signals(base, files, until, seen.customers, spec.time_zone)
    store_sales = pd.Series(intake.store_sales[1 : 1 + len(names)], index=names) if names else pd.Series(dtype=float)
    shelf, no_store = promotions(base, files, until, known, store_sales, spec.time_zone)
    return Events(
        until=until,
        source=source,
        customers=seen.customers.pseudonyms,
        products=products,
        sales=sums.sales,
        visits=sums.visits,
        orders=sums.orders,
        daily=sums.daily,
        coupon_sales=sums.coupon_sales,
        redeemed=sums.redeemed,
        demographics=people,
        promotions=shelf,
        mailings=mailings,
        coupons=coupons,
        cleaning=report.noting(*seen.customers.spelt_alike(), *twice, *no_store),
        offers=offers,
        holdout=left_out,
        offer_sales=sums.offer_sales,
        order_uses=sums.order_uses,
        past_offers=spec.past_offers,
        signals=signals,
        signal_names=signal_names,
        stock_outs=stock_outs(base, files, until, known, spec.time_zone),
    )


def _rows(
    batch: Batch, part: TransactionsFile, spec: DataSpec, until: dt.date, known: ProductNumbers, seen: _Seen
) -> NDArray[np.void]:
    """Return the rows of a batch that are purchases up to the last day, in numbers."""
    time = microseconds(batch, part.time, spec.time_zone)
    day = days_of(time)
    seen.last_day = max(seen.last_day, int(day.max(initial=0)))
    inside = day <= until.toordinal()
    seen.after += int((~inside).sum())
    seen.read += int(inside.sum())
    missing = inside & (time == NO_TIME)
    seen.dropped[_NO_TIME] += int(missing.sum())
    batch, time, day = _keep(batch, inside & ~missing, time, day)
    if part.status is not None:
        codes, states = factorized(batch, part.status)
        void = np.array([state in (part.cancelled or ()) for state in states] + [False])[codes]
        seen.left_out["cancelled orders"] += int(void.sum())
        batch, time, day = _keep(batch, ~void, time, day)
    if part.currency is not None:
        seen.currencies += counted(*factorized(batch, part.currency))
    product = known.find(batch, part.product)
    strange = product < 0
    zeros = int(known.but_for_zeros(batch, part.product).sum()) if strange.any() else 0
    seen.dropped[OTHER_ZEROS] += zeros
    seen.dropped[_STRANGE] += int(strange.sum()) - zeros
    batch, time, day, product = _keep(batch, ~strange, time, day, product)
    customer = seen.customers.register(batch, part.customer)
    nobody = customer < 0
    seen.dropped[_NOBODY] += int(nobody.sum())
    batch, time, day, product, customer = _keep(batch, ~nobody, time, day, product, customer)
    rows = np.zeros(len(day), dtype=ROW)
    rows["customer"], rows["product"], rows["day"], rows["time"] = customer, product, day, time
    rows["store"] = _stores(batch, part, seen)
    rows["offer"] = _offers_used(batch, part.offer_used, spec)
    rows["order_offer"] = _offers_used(batch, part.order_offer_used, spec)
    rows["basket"] = _baskets(batch, part, day)
    _amounts(rows, batch, part, spec, seen)
    return rows


def _nothing_cancelled(part: TransactionsFile, seen: _Seen) -> tuple[str, ...]:
    if not part.cancelled or seen.left_out["cancelled orders"]:
        return ()
    words = " or ".join(part.cancelled)
    return (f"no row's {part.status} says {words}: are cancelled orders marked by another word, or not in the file?",)


def _keep(batch: Batch, mask: NDArray[np.bool_], *columns: NDArray[np.int64]) -> tuple[Any, ...]:
    return (batch, *columns) if mask.all() else (batch.keep(mask), *(column[mask] for column in columns))


def _amounts(rows: NDArray[np.void], batch: Batch, part: TransactionsFile, spec: DataSpec, seen: _Seen) -> None:
    """Fill in quantities and money; returns are told by a mark or by a negative quantity or amount."""
    scale = 10.0**spec.digits if spec.amounts == "minor" else 1.0
    quantity, paid = numbers(batch, part.quantity), numbers(batch, part.paid) / scale
    off = np.array([numbers(batch, name) for name in (part.shelf_discount, part.coupon_discount)]) / scale
    # tills leave the cell blank where nothing was taken off
    seen.repaired["a blank discount, read as none"] += int(np.isnan(off).any(axis=0).sum())
    shelf, coupon = np.where(np.isnan(off), 0.0, off)
    if spec.amounts == "minor":
        parts = np.flatnonzero(np.isfinite(paid) & (np.abs(paid * scale - np.round(paid * scale)) > 1e-6))
        if parts.size:
            expected = "whole numbers of the minor unit, because of amounts: minor"
            got, remedy = f"{paid[parts[0]] * scale:g}", "write amounts: major"
            where = batch.where(int(parts[0]))
            raise InvalidInput([Problem(where=where, what=part.paid, expected=expected, got=got, remedy=remedy)])
    if part.list_price is not None:
        listed = numbers(batch, part.list_price) / scale
        shelf = below_list(listed, np.abs(quantity), np.abs(paid) + np.abs(coupon))
        unknown = int((~(listed > 0) & np.isfinite(paid)).sum())
        seen.repaired["no list price, taken as sold at it"] += unknown
    back = flags(batch, part.returned) | (quantity < 0) | (paid < 0)
    wrong_sign = ~back & ((shelf < 0) | (coupon < 0))
    seen.repaired["a discount written as a negative amount, read as positive"] += int(wrong_sign.sum())
    rows["returned"] = back
    rows["quantity"] = np.where(back, -np.abs(quantity), quantity)
    rows["paid"] = np.abs(paid)
    rows["shelf_discount"], rows["coupon_discount"] = np.abs(shelf), np.abs(coupon)


def _stores(batch: Batch, part: TransactionsFile, seen: _Seen) -> NDArray[np.int64]:
    if part.store is None:
        return np.full(batch.table.num_rows, -1)
    codes, texts = factorized(batch, part.store)
    return np.array([*(seen.stores.setdefault(text, len(seen.stores)) for text in texts), -1], dtype=np.int64)[codes]


def _offers_used(batch: Batch, column: str | None, spec: DataSpec) -> NDArray[np.int64]:
    """Return the index of the offer that each row names; -1 for none."""
    if column is None:
        return np.full(batch.table.num_rows, -1)
    codes, texts = factorized(batch, column)
    known = list(spec.past_offers)
    strange = next((text for text in texts if text not in known), None)
    if strange is not None:
        row = int(np.flatnonzero(codes == texts.index(strange))[0])
        expected, remedy = "an offer that past_offers describes", did_you_mean(strange, known)
        problem = Problem(
            where=batch.where(row), what=column, expected=expected, got=f'"{strange}"', remedy=remedy or "add it"
        )
        raise InvalidInput([problem])
    return np.array([*(known.index(text) for text in texts), -1], dtype=np.int64)[codes]


def _baskets(batch: Batch, part: TransactionsFile, day: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what tells a customer's receipts apart: a number of the receipt's name, or the day."""
    if part.basket is None:
        return day
    codes, texts = factorized(batch, part.basket)
    hashed = pd.util.hash_array(np.array([*texts, ""], dtype=object)).astype(np.int64)
    return np.where(codes >= 0, hashed[codes], day)


def _require_purchases(intake: Intake, seen: _Seen, files: DataFiles, spec: DataSpec, until: dt.date) -> None:
    """Refuse what cannot be added up: other currencies, and no rows at all."""
    part = files.transactions
    _require_currency(part, spec, seen)
    if intake.rows:
        return
    expected, remedy = f"purchases up to {until}", ""
    got = "none at all"
    if seen.after and not seen.read:
        got, remedy = f"{seen.after:,} rows, all of them later", "check train_until and test_until, and the time column"
    elif seen.read and seen.dropped[_NO_TIME] == seen.read:
        got, remedy = f"{seen.read:,} rows without a time", f"check that {part.time} holds dates or times"
    elif seen.dropped[_STRANGE] or seen.dropped[OTHER_ZEROS]:
        got = f"{seen.read:,} rows, none with a product that {files.products.label} lists"
        remedy = f"check that {part.product} and {files.products.product} hold the same ids, written alike"
    elif seen.left_out["cancelled orders"]:
        got, remedy = "cancelled orders only", "check status and cancelled"
    elif seen.dropped[_NOBODY]:
        got, remedy = f"{seen.read:,} rows without a customer", f"check that {part.customer} holds customer ids"
    raise InvalidInput([Problem(where=part.label, what="purchases", expected=expected, got=got, remedy=remedy)])


def _require_currency(part: TransactionsFile, spec: DataSpec, seen: _Seen) -> None:
    found = seen.currencies
    wrong = len(found) > 1 or (spec.currency is not None and found and set(found) != {spec.currency})
    if wrong:
        got = ", ".join(f"{name} ({count:,} rows)" for name, count in found.most_common(4))
        remedy = "convert the amounts to one currency, or split the data" if len(found) > 1 else "correct currency:"
        expected = f"amounts in {spec.currency}" if spec.currency else "one currency"
        raise InvalidInput(
            [Problem(where=part.label, what=str(part.currency), expected=expected, got=got, remedy=remedy)]
        )
