"""Whom a holdout lets us compare: run by run, those who were sent an offer beside those whom chance left out of it.

Both groups are described by what was known before any offer told them apart. Where the same customers are left out time
and again, that is before the first of these runs: later purchases are partly what the earlier runs brought, and would
take a part of the effect away. Nothing that was bought while an offer ran decides who is compared with whom.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scenarios.arrays import Flag, Float, Int
from scenarios.language.words import Layer, Mechanic
from surrogate.data.beside.holdout import of_run
from surrogate.data.events import Events
from surrogate.evidence.holdouts.contacts import ALL, Contacts
from surrogate.evidence.holdouts.cut_days import PARTLY, CutDays
from surrogate.evidence.holdouts.known_customers import LEAST_WEEKS, KnownCustomers
from surrogate.evidence.holdouts.lift import Comparison
from surrogate.evidence.holdouts.other_sendings import OtherSendings, Sendings
from surrogate.evidence.holdouts.past_spend import PAST_WEEKS, PastSpend
from surrogate.evidence.holdouts.public_days import EVERYTHING, MOST, PublicDays
from surrogate.evidence.holdouts.ran_beside import RanBeside
from surrogate.evidence.holdouts.use_by_day import UseByDay
from surrogate.shelf.priced_by_day import goods_at

UNPLANNED = -2
"""In place of a product of the scenario: none (`ALL`: all of them)."""
_TOO_EARLY = f"fewer than {LEAST_WEEKS} weeks of purchases before offers told its groups apart"
_PUBLIC = "public offers ran on most of its goods on all of its days"
_CUT = "the shelf price of most of its goods was cut for everybody on all of its days, by half of its saving or more"
_PARTLY = "the shelf price of some or most of its goods was cut for everybody on all of its days"
_TOGETHER = "other offers on the same goods told its groups apart on the same days"


@dataclass(kw_only=True, eq=False)
class Found:
    """Comparisons, and why runs with a holdout are none."""

    runs: list[Comparison] = field(default_factory=list)
    unused: dict[str, Counter[str]] = field(default_factory=dict)
    """By offer, reasons with their number of runs."""
    beside: dict[str, RanBeside] = field(default_factory=dict)
    """By offer, how many of its days ran beside cuts of the shelf price."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Run:
    """A run with its two groups, before purchases are looked at. M customers."""

    offer: str
    first: int
    last: int
    """Day on which it ended."""
    orders: bool
    days: Int
    """On which it ran, but for those that were public offers'."""
    days_cut: int
    """Days of its own that a cut of the shelf price took (`surrogate.evidence.holdouts.cut_days`)."""
    cut: Int
    """Goods and days of a cut."""
    strength: float
    """How much is used on the days that are left, over the mean day of such a run."""
    week: int
    """Last week before offers told the groups apart."""
    customer: Int
    sent: Flag
    stratum: Int
    others: Sendings
    """What else the treated were sent."""
    goods: Mapping[int, float]
    """Product of the data, or `EVERYTHING` -> share of those sent the offer who were sent it there."""


def comparisons(
    events: Events,
    categories: tuple[str, ...],
    strata: Callable[[int], Int],
    new: int,
    partly: Collection[str] = (),
) -> Found:
    """Return what a holdout lets us compare.

    Parameters
    ----------
    events
        What was bought, who was sent what, and whom chance left out.
    categories
        Products of the scenario that the data knows.
    strata
        Gives the stratum [N] of every customer by purchases up to a week, -1 for those unknown then.
    new
        Stratum of customers who were unknown then and bought before the run.
    partly
        Offers of which days count on which the shelf price of a part of the goods was cut.
    """
    found, by_product = Found(), dict[int, list[_Run]]()
    for product, run in _runs(events, categories, strata, new, partly, found):
        by_product.setdefault(product, []).append(run)
    spend = PastSpend(events)
    for product, runs in sorted(by_product.items()):
        name = None if product == ALL else categories[product]
        bought = _Bought(events, name)
        found.runs += [bought.compared(run, name, spend) for run in runs]
    return found


def _runs(
    events: Events,
    categories: tuple[str, ...],
    strata: Callable[[int], Int],
    new: int,
    partly: Collection[str],
    found: Found,
) -> Iterator[tuple[int, _Run]]:
    """Yield each run with a holdout, once for every product that it was on."""
    named = _named(events, categories)
    if named.empty or events.visits.empty:
        return
    ends = np.append(0, np.cumsum(np.bincount(named["run"])))
    customers, public = KnownCustomers(events, strata, new), PublicDays(events)
    contacts = Contacts(named, customers.at_first())
    cuts, category = CutDays(events), events.products["category"].to_numpy()
    uses, others = UseByDay(events, cuts), OtherSendings(named, categories, len(events.customers))
    for run, (offer, first) in enumerate(zip(contacts.offer.tolist(), contacts.first.tolist(), strict=True)):
        held = np.unique(events.holdout.loc[of_run(events.holdout, offer, first), "customer"].to_numpy(dtype=np.int64))
        here = named.iloc[ends[run] : ends[run + 1]]
        sent = np.unique(here["customer"].to_numpy(dtype=np.int64))
        here = here[~here["customer"].isin(held).to_numpy()]
        sent, held = np.setdiff1d(sent, held), np.setdiff1d(held, sent)  # who is in both is compared with nobody
        if not (held.size and sent.size):
            continue
        unused, apart = found.unused.setdefault(offer, Counter()), contacts.apart(sent, held)
        week = (int(contacts.first[apart & (contacts.first <= first)].min(initial=first)) - 1) // 7 - 1
        if week < customers.told_from:
            unused[_TOO_EARLY] += 1
            continue
        orders = Mechanic(events.past_offers[offer].mechanic).is_basket
        for product in sorted(set(here["on"]) - {UNPLANNED}):
            if contacts.together(run, product, apart):
                unused[_TOGETHER] += 1
                continue
            rows = here[(here["on"] == product).to_numpy()]
            own = np.unique(rows["customer"].to_numpy(dtype=np.int64))
            who, stratum = customers.known(np.concatenate([own, held]), week)
            pairs = rows[["product", "customer"]].drop_duplicates()["product"].to_numpy(dtype=np.int64)
            goods, times = np.unique(pairs, return_counts=True)
            shares = dict(zip(goods.tolist(), (times / own.size).tolist(), strict=True))
            days = public.free(first, int(contacts.last[run]), shares)
            among = np.flatnonzero(np.isin(category, categories if product == ALL else categories[product]))
            counts = offer in partly
            free = cuts.free(days, offer, shares, among, MOST if counts else PARTLY)
            beside, whole = found.beside.get(offer, RanBeside()), days.size
            found.beside[offer] = beside.more(whole, free.mostly, free.partly, counts=counts)
            days, days_cut = free.days, whole - free.days.size
            if orders:
                days, shares = np.arange(first, int(contacts.last[run]) + 1), {EVERYTHING: 1.0}
            if not days.size:
                unused[(_PARTLY if free.partly else _CUT) if days_cut else _PUBLIC] += 1
                continue
            yield (
                product,
                _Run(
                    offer=offer,
                    first=first,
                    last=int(contacts.last[run]),
                    orders=orders,
                    days=days,
                    days_cut=days_cut,
                    cut=free.cut,
                    strength=uses.beside_mean(offer, days, first, int(contacts.last[run])) if days_cut else 1.0,
                    week=week,
                    customer=who,
                    sent=np.isin(who, own),
                    stratum=stratum,
                    others=Sendings() if orders else others.of(product, days, first, who, np.isin(who, own), stratum),
                    goods=shares,
                ),
            )


def _named(events: Events, categories: tuple[str, ...]) -> pd.DataFrame:
    """Return offer, product, first_day, last_day, customer, on, run of offers to named customers, sorted by run."""
    targeted = [name for name, each in events.past_offers.items() if Layer(each.layer) is Layer.TARGETED]
    rows = events.offers
    rows = rows[((rows["customer"] >= 0) & rows["offer"].isin(targeted)).to_numpy()].copy()
    number = {name: place for place, name in enumerate(categories)}
    of_product = np.array([number.get(name, UNPLANNED) for name in events.products["category"]], dtype=np.int64)
    product = rows["product"].to_numpy(dtype=np.int64)
    baskets = [name for name in targeted if Mechanic(events.past_offers[name].mechanic).is_basket]
    everything = (product < 0) | rows["offer"].isin(baskets).to_numpy()
    rows["on"] = np.where(everything, ALL, of_product[np.maximum(product, 0)])
    rows["run"] = rows.groupby(["offer", "first_day", "last_day"]).ngroup()
    return rows.sort_values("run", kind="stable", ignore_index=True)


class _Bought:
    """Purchases of a product of the scenario, or of all of them (None), by day."""

    def __init__(self, events: Events, category: str | None) -> None:
        sales, of_product = events.sales, events.products["category"].to_numpy()
        if category is not None:
            sales = sales[of_product[sales["product"].to_numpy()] == category]
        order = np.argsort(sales["day"].to_numpy(), kind="stable")
        names = ("day", "customer", "product", "quantity", "regular")
        columns = (sales[name].to_numpy()[order] for name in names)
        self._day, self._customer, self._product, self._quantity, self._regular = columns
        self._size = len(events.customers)

    def compared(self, run: _Run, product: str | None, spend: PastSpend) -> Comparison:
        """Return the two groups of a run with what they bought."""
        past = np.arange((run.week - PAST_WEEKS + 1) * 7 + 1, run.week * 7 + 8)
        before = self._sums(past, run.orders, {EVERYTHING: 1.0})
        units = self._sums(run.days, run.orders, {EVERYTHING: 1.0})
        plain = EVERYTHING in run.goods and not run.cut.size
        offered = units if plain else self._sums(run.days, run.orders, run.goods, run.cut)
        return Comparison(
            offer=run.offer,
            product=product,
            first_day=run.first,
            last_day=run.last,
            days=run.days.size,
            days_cut=run.days_cut,
            others=run.others,
            customer=run.customer,
            sent=run.sent,
            stratum=run.stratum,
            units=units[run.customer],
            offered=run.strength * offered[run.customer],
            past=before[run.customer],
            spend=spend.up_to(run.week)[run.customer],
        )

    def _sums(self, days: Int, orders: bool, goods: Mapping[int, float], without: Int | None = None) -> Float:
        """Return what customers [N] bought on some days, ``without`` goods on some of them: units, or their worth."""
        start, end = np.searchsorted(self._day, [days[0], days[-1] + 1])
        rows = slice(int(start), int(end))
        amount = (self._regular if orders else self._quantity)[rows].astype(np.float64)
        if days.size <= days[-1] - days[0]:
            amount = amount * np.isin(self._day[rows], days)
        if EVERYTHING not in goods:
            share = np.zeros(1 + max(int(self._product.max(initial=0)), *goods))
            share[list(goods)] = list(goods.values())
            amount = amount * share[self._product[rows]]
        if without is not None and without.size:
            amount = amount * ~np.isin(goods_at(self._product[rows], self._day[rows]), without)
        return np.bincount(self._customer[rows], amount, self._size).astype(np.float64)
