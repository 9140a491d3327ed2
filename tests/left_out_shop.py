"""A made-up shop that sends a coupon to its best recent buyers and leaves some of them out by chance, in numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from surrogate.data.clean import CleaningReport
from surrogate.data.data_parts import PastOffer
from surrogate.data.events import Events, no_rows

FIRST_WEEK, WEEKS, CUSTOMERS = 105700, 30, 1200
CATEGORIES = ("p0", "p1")
RUNS = range(FIRST_WEEK + 12, FIRST_WEEK + WEEKS, 3)
"""Weeks in which the coupon runs on the first category."""
COUPON = PastOffer.model_validate({"mechanic": "coupon", "depth": "20%", "layer": "targeted"})


def monday(week: int) -> int:
    """Return the first day of a week, as an ordinal."""
    return week * 7 + 1


def shop(
    seed: int,
    lift: Callable[[np.ndarray], np.ndarray] = lambda heavy: np.full(heavy.size, 0.3),
    *,
    share: Callable[[np.ndarray], np.ndarray] = lambda heavy: np.full(heavy.size, 0.2),
    fixed: bool = False,
    by_chance: bool = True,
    goods: tuple[int, ...] = (0, 1),
    drawn: float = 0.0,
    swings: float = 0.0,
) -> Events:
    """Return what a shop knows.

    Parameters
    ----------
    lift
        Of customers who are heavy buyers [N] or not.
    share
        Of customers of either kind who would be sent the coupon: how many are left out.
    fixed
        Whether the same customers are left out every time; they are listed without the runs.
    by_chance
        Else those are left out who bought least lately.
    goods
        What the coupon is on: products 0 and 1 make up the first category.
    drawn
        Share of what it brings that product 1 loses where it is on product 0 alone.
    swings
        Standard deviation of the logarithm of a customer's rate over busy and quiet times, of which half is left after
        seven weeks: whoever bought most lately is in a busy time.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    heavy = np.arange(CUSTOMERS) % 2 == 0
    rate = np.where(heavy, 1.2, 0.4) * rng.gamma(4.0, 0.25, CUSTOMERS)
    never = rng.random(CUSTOMERS) < share(heavy)
    busy = swings * rng.normal(size=CUSTOMERS) if swings else np.zeros(CUSTOMERS)
    effect, lately = lift(heavy), np.zeros((CUSTOMERS, WEEKS))
    sales, sent, held = [], [], []
    for number in range(WEEKS):
        if swings:
            busy = 0.9 * busy + swings * np.sqrt(1.0 - 0.9**2) * rng.normal(size=CUSTOMERS)
        now = rate * np.exp(busy - swings**2 / 2)
        week, mean = FIRST_WEEK + number, np.repeat(now[:, None], 3, axis=1) * (0.5, 0.5, 1.0)
        if week in RUNS:
            recent = lately[:, number - 4 : number].sum(axis=1) + 0.1 * rng.random(CUSTOMERS)
            chosen = np.sort(recent.argsort()[-CUSTOMERS // 2 :])
            out = never[chosen] if fixed else rng.random(chosen.size) < share(heavy)[chosen]
            if not by_chance:
                out = recent[chosen] <= np.quantile(recent[chosen], 0.2)
            got = chosen[~out]
            for good in goods:
                mean[got, good] *= 1.0 + effect[got]
                sent += [("mail", good, monday(week), monday(week) + 6, int(one)) for one in got]
            if goods == (0,):
                mean[got, 1] -= drawn * 0.5 * now[got] * effect[got]
            held += [("mail", monday(week), monday(week), int(one)) for one in chosen[out]]
        units = rng.poisson(mean)
        lately[:, number] = units[:, :2].sum(axis=1)
        customer, product = np.nonzero(units)
        sales.append(pd.DataFrame({"customer": customer, "product": product, "quantity": units[customer, product]})
                     .assign(week=week, day=monday(week) + 2))  # fmt: skip
    bought = pd.concat(sales, ignore_index=True).assign(regular=lambda rows: 10.0 * rows["quantity"], offer=-1)
    bought = bought.assign(shelf_discount=0.0, coupon_discount=0.0, private=0.0, baskets=1.0, weekend=0.0)
    sums = ["quantity", "regular", "shelf_discount", "coupon_discount", "private", "baskets", "weekend"]
    left_out = pd.DataFrame(held, columns=["offer", "since", "until", "customer"])
    if fixed:
        left_out = left_out.assign(since=0, until=monday(FIRST_WEEK + WEEKS)).drop_duplicates(ignore_index=True)
    return Events(
        until=dt.date.fromordinal(monday(FIRST_WEEK + WEEKS) - 1),
        source="shop",
        customers=np.arange(CUSTOMERS),
        products=pd.DataFrame({"product": range(3), "category": ["p0", "p0", "p1"], "line": ""}),
        sales=bought,
        visits=bought.groupby(["customer", "week"], as_index=False)[sums].sum(),
        orders=no_rows("customer", "week", "paid", "quantity"),
        daily=bought.groupby(["product", "day"], as_index=False)[sums[:4]].sum(),
        coupon_sales=no_rows("customer", "campaign"),
        redeemed=no_rows("customer", "product"),
        demographics=no_rows("customer"),
        promotions=no_rows("product", "week"),
        mailings=no_rows("customer", "campaign"),
        coupons=no_rows("campaign", "product", "first_day", "last_day"),
        cleaning=CleaningReport(read=len(bought), dropped={}, repaired={}, left_out={}),
        offers=pd.DataFrame(sent, columns=["offer", "product", "first_day", "last_day", "customer"]),
        holdout=left_out,
        past_offers={"mail": COUPON},
    )


def write_files(events: Events, folder: Path) -> Path:
    """Write the shop as a retailer's files; return the path of its data file."""
    day = pd.Series(
        {number: dt.date.fromordinal(number) for number in range(monday(FIRST_WEEK), monday(FIRST_WEEK + WEEKS))}
    )
    named = {frame: getattr(events, frame).assign(who="c" + getattr(events, frame)["customer"].astype(str))
             for frame in ("sales", "offers", "holdout")}  # fmt: skip
    sales, offers, held = named["sales"], named["offers"], named["holdout"]
    sales.assign(at=sales["day"].map(day), paid=sales["regular"]).to_csv(folder / "sales.csv", index=False)
    offers.assign(**{name: offers[name].map(day) for name in ("first_day", "last_day")}).to_csv(
        folder / "offers.csv", index=False
    )
    held.assign(first=held["since"].map(day)).to_csv(folder / "holdout.csv", index=False)
    events.products.to_csv(folder / "goods.csv", index=False)
    sundays = [dt.date.fromordinal(monday(FIRST_WEEK + weeks) - 1) for weeks in (WEEKS - 4, WEEKS)]
    (folder / "data.yaml").write_text(
        f"""kind: transactions
files:
  transactions: {{file: sales.csv, customer: who, time: at, product: product, quantity: quantity, paid: paid}}
  products: {{file: goods.csv, product: product, category: category}}
  offers: {{file: offers.csv, offer: offer, product: product, customer: who, first_day: first_day, last_day: last_day}}
  holdout: {{file: holdout.csv, offer: offer, customer: who, first_day: first}}
train_until: {sundays[0]}
test_until: {sundays[1]}
products: {{p0: [p0], p1: [p1]}}
past_offers:
  mail: {{mechanic: coupon, depth: 20%, layer: targeted}}
"""
    )
    return folder / "data.yaml"
