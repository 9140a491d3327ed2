"""The customer's own purchase files, read once in batches, with their columns mapped to the canonical tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd

from surrogate.data.adding_up.aggregate import Setting
from surrogate.data.adding_up.intake import Intake
from surrogate.data.adding_up.price_medians import PriceMedians
from surrogate.data.adding_up.unnamed_uses import told_by_discount
from surrogate.data.beside import side_tables
from surrogate.data.beside.demographics import demographics
from surrogate.data.beside.holdout import holdout
from surrogate.data.beside.past_runs import named_though_public, past_runs
from surrogate.data.beside.shelf_tables import promotions
from surrogate.data.beside.signals import read_signals
from surrogate.data.data_parts import TransactionsFile
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events
from surrogate.data.files.customer_numbers import CustomerNumbers
from surrogate.data.files.table_files import read_batches
from surrogate.data.first_look import first_look
from surrogate.data.given_away import in_bundles
from surrogate.data.judged.near_names import near_names
from surrogate.data.purchase_rows import CANCELLED, SeenRows, purchase_rows
from surrogate.data.required_purchases import require_purchases
from surrogate.data.row_store import RowStore, StoreParams
from surrogate.data.weeks import week_of
from surrogate.progress import ProgressCallback, at_step, silent


def load(
    spec: DataSpec,
    until: dt.date,
    base: Path,
    *,
    store: StoreParams | None = None,
    progress: ProgressCallback = silent,
) -> Events:
    """Read the files of a data spec up to and including a day.

    Parameters
    ----------
    spec, until, base
        What to read, up to when, and the folder that file names are relative to.
    store
        When rows go to disk while they are added up.
    progress
        Hears what is being done and the share of it that is done.

    Raises
    ------
    InvalidInput
        For missing files, columns, times and numbers, and for data that is unfit to learn from.
    """
    files = spec.files
    if files is None:
        raise TypeError("own files need a data spec with files")
    source = Path(files.transactions.label).name
    progress("looking at all files", 0.0)
    small = first_look(base, files, spec, until)
    products, known = small.products, small.known
    seen = SeenRows(customers=CustomerNumbers(nobody=spec.clean.nobody))
    with RowStore(store) as rows:
        intake = Intake(store=rows, prices=PriceMedians(len(known)), source=source)
        for batch in read_batches(base, files.transactions):
            intake.take(purchase_rows(batch, files.transactions, spec, until, known, seen))
            progress(at_step("reading purchases", f"{seen.read:,} rows"), 0.10 + 0.50 * batch.done)
        seen.refuse_slips(spec)
        require_purchases(intake.rows, seen, files, spec, until)
        progress("cleaning and adding up purchases", 0.60)
        mailings, coupons = side_tables.mailings(files.mailings, small.mailings, seen.customers)
        offers, unlisted = past_runs(files.offers, small.offers, seen.customers)
        left_out, sent = holdout(files.holdout, small.holdout, spec, until, seen.customers, offers)
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
            told=bool(intake.named),
            bundles=in_bundles(spec.past_offers),
            by_discount=told_by_discount(spec.past_offers, intake.named),
        )
        sums, report = intake.add_up(setting, spec, seen.cleaning(intake.rows))
        report = replace(report, unlisted=seen.unlisted_products.said(files.products.label)).noting(
            *small.said,
            *near_names(spec, products),
            *unlisted,
            *sent,
            *seen.unlisted_products.suspicious(files.products.label, seen.read),
            *seen.states.suspicious(files.transactions),
            *_nothing_cancelled(files.transactions, seen),
            *named_though_public(files, spec, offers),
        )
    progress("reading what is known beside them", 0.85)
    names = list(seen.stores)
    people, twice = demographics(files.demographics, small.demographics, seen.customers, least=spec.min_segment_size)
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
        cleaning=report.noting(*seen.customers.spelt_alike(), *seen.customers.nobody_nowhere(), *twice, *no_store),
        offers=offers,
        holdout=left_out,
        offer_sales=sums.offer_sales,
        order_uses=sums.order_uses,
        nobodys=sums.nobodys,
        nobodys_orders=sums.nobodys_orders,
        past_offers=spec.past_offers,
        signals=signals,
        signal_names=signal_names,
        stock_outs=small.stock_outs,
    )


def _nothing_cancelled(part: TransactionsFile, seen: SeenRows) -> tuple[str, ...]:
    if not part.cancelled or seen.left_out[CANCELLED]:
        return ()
    words = " or ".join(part.cancelled)
    return (f"no row's {part.status} says {words}: are cancelled orders marked by another word, or not in the file?",)
