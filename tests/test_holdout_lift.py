"""A holdout's lift is the true one whoever was chosen to be sent the offer, and told with what chance makes of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from left_out_shop import CATEGORIES, FIRST_WEEK, RUNS, monday, shop

from surrogate.data.data_parts import PastOffer
from surrogate.data.events import Events
from surrogate.evidence.holdouts.groups import Found, comparisons
from surrogate.evidence.holdouts.lift import Comparison, apart_before, measured_lift

HEAVY, LIGHT, NEW = 0, 1, 2
SEEDS = range(5)


def compared(events: Events, weeks: list[int] | None = None) -> Found:
    """Compare with the true kinds of customers as strata; ``weeks`` hears by which weeks they were told."""

    def strata(week: int) -> np.ndarray:
        if weeks is not None:
            weeks.append(week)
        return np.arange(len(events.customers)) % 2

    return comparisons(events, CATEGORIES, strata, NEW)


def lifts(**settings: object) -> np.ndarray:
    """Return lift and standard error [seeds, 2] of shops."""
    return lifts_of([compared(shop(seed, **settings)) for seed in SEEDS])


def lifts_of(shops: list[Found], strata: tuple[int, ...] | None = None) -> np.ndarray:
    """Return the same of what was compared in each of them."""
    found = [measured_lift(each.runs, strata) for each in shops]
    return np.array([(one.lift, one.standard_error) for one in found if one is not None])


def far_off(found: np.ndarray, truth: float) -> float:
    """Return by how many standard errors of their mean measured lifts lie off the truth."""
    return abs(float(found[:, 0].mean()) - truth) / float(np.sqrt((found[:, 1] ** 2).sum()) / len(found))


def simple(events: Events) -> float:
    """Return what those who were sent the coupon bought over what all others did, per customer, less 1."""
    sales = events.sales[events.sales["week"].isin(RUNS) & (events.sales["product"] < 2)]
    contacts = events.offers.assign(week=(events.offers["first_day"] - 1) // 7)[["week", "customer"]].drop_duplicates()
    units = sales.groupby(["week", "customer"])["quantity"].sum().rename("units").reset_index()
    sent = units.merge(contacts, on=["week", "customer"])["units"].sum() / len(contacts)
    others = (units["units"].sum() - sent * len(contacts)) / (len(events.customers) * len(RUNS) - len(contacts))
    return float(sent / others - 1.0)


def test_the_lift_is_the_true_one_though_heavy_buyers_were_chosen():
    """Those who were sent a coupon of +30 % buy twice as much as the others; the holdout says +30 %."""
    assert simple(shop(0)) > 0.8
    found = lifts()
    assert far_off(found, 0.3) < 2.5
    assert 0.03 < found[:, 1].mean() < 0.08


def test_permanent_holdouts_measure_the_same():
    """Where the same customers are left out every time, what earlier runs brought does not count as the past."""
    assert far_off(lifts(fixed=True), 0.3) < 2.5


def test_strata_are_told_apart_where_their_holdouts_differ():
    """Light buyers are left out four times as often: without strata those left out would look light."""
    settings = {"share": lambda heavy: np.where(heavy, 0.1, 0.4), "lift": lambda heavy: np.where(heavy, 0.2, 0.6)}
    shops = [compared(shop(seed, **settings)) for seed in SEEDS]
    assert far_off(lifts_of(shops, (HEAVY,)), 0.2) < 2.5
    assert far_off(lifts_of(shops, (LIGHT,)), 0.6) < 2.5
    runs = shops[0].runs
    mixed = [replace(run, stratum=np.zeros_like(run.stratum)) for run in runs]
    assert abs(apart_before(runs)[1]) < 3.0 < apart_before(mixed)[1]


def test_what_other_goods_of_the_product_lose_is_taken_off():
    """A coupon on one of two goods that draws half of its bump from the other lifts the product by the other half."""
    assert far_off(lifts(goods=(0,), drawn=0.5), 0.15) < 2.5


def test_groups_that_chance_did_not_tell_apart_stand_out():
    """Whoever lists those who bought least as left out is found by what they spent before."""
    assert apart_before(compared(shop(1, by_chance=False)).runs)[1] > 3.3
    assert abs(apart_before(compared(shop(1)).runs)[1]) < 3.3


def test_nothing_bought_from_a_run_on_says_who_is_compared_with_whom():
    """All purchases from the first run on go to other customers: groups, strata and past of all runs stay."""
    events, weeks = shop(2, fixed=True), list[int]()
    other = np.random.Generator(np.random.Philox(5)).permutation(len(events.customers))
    late = {}
    for name in ("sales", "visits"):
        table = getattr(events, name)
        changed = table["customer"].where(table["week"] < RUNS[0], other[table["customer"]])
        late[name] = table.assign(customer=changed)
    before, after = compared(events, weeks).runs, compared(replace(events, **late), weeks).runs
    assert len(before) == len(after) == len(RUNS)
    for one, two in zip(before, after, strict=True):
        for part in ("customer", "sent", "stratum", "past", "spend"):
            np.testing.assert_array_equal(getattr(one, part), getattr(two, part))
        assert not np.array_equal(one.units, two.units)
    assert max(weeks) < RUNS[0]


def test_another_offer_to_the_same_customers_leaves_a_run_out():
    """What two offers on the same goods brought together is no lift of one of them; on other goods it is."""
    events = shop(3, fixed=True)
    beside = events.offers.assign(offer="gift")
    twice = replace(events, past_offers={**events.past_offers, "gift": events.past_offers["mail"]})
    held = pd.concat([events.holdout, events.holdout.assign(offer="gift")], ignore_index=True)
    found = compared(replace(twice, offers=pd.concat([events.offers, beside]), holdout=held))
    assert not found.runs
    assert [sum(reasons.values()) for reasons in found.unused.values()] == [len(RUNS)] * 2
    elsewhere = compared(replace(twice, offers=pd.concat([events.offers, beside.assign(product=2)]), holdout=held))
    assert {(run.offer, run.product) for run in elsewhere.runs} == {("mail", "p0"), ("gift", "p1")}


def test_who_is_left_out_of_other_runs_tells_nobody_apart():
    """One list of all who are left out: what only heavy buyers were sent says nothing of runs to light ones."""
    events = shop(3, fixed=True)
    offers = events.offers[events.offers["customer"] % 2 == LIGHT]
    heavy = np.arange(0, len(events.customers), 2)
    early = pd.DataFrame({"offer": "mail", "product": 0, "customer": heavy}).assign(
        first_day=monday(FIRST_WEEK + 1), last_day=monday(FIRST_WEEK + 1) + 6
    )
    found = compared(replace(events, offers=pd.concat([offers, early[offers.columns]], ignore_index=True)))
    told = [run for run in found.runs if run.first_day >= monday(RUNS[0])]
    assert len(told) == len(RUNS)
    assert all(set(run.stratum[run.sent]) == {LIGHT} for run in told)


def test_an_offer_on_orders_lifts_what_they_are_worth():
    """A saving on orders that adds 30 % to half of what customers buy adds 15 % to their orders."""
    saving = PastOffer.model_validate({"mechanic": "threshold", "spend": 20, "save": 2, "layer": "targeted"})
    found = []
    for seed in SEEDS:
        events = shop(seed)
        runs = compared(replace(events, past_offers={"mail": saving}, offers=events.offers.assign(product=-1))).runs
        assert {run.product for run in runs} == {None}
        one = measured_lift(runs)
        assert one is not None
        found.append((one.lift, one.standard_error))
    assert far_off(np.array(found), 0.15) < 2.5


def test_whoever_was_sent_what_chance_left_them_out_of_counts_in_neither_group():
    """A customer in both files is compared with nobody in that run."""
    events = shop(3)
    both = events.offers.head(1)
    extra = pd.DataFrame(
        {"offer": "mail", "since": both["first_day"], "until": both["first_day"], "customer": both["customer"]}
    )
    run = compared(replace(events, holdout=pd.concat([events.holdout, extra]))).runs[0]
    assert int(both["customer"].iloc[0]) not in run.customer
    assert len(run.customer) == len(compared(events).runs[0].customer) - 1


def test_days_of_public_offers_are_left_out():
    """On days on which a public cut is on the same goods, those sent a coupon take the better of the two."""
    events = shop(3)
    cut = PastOffer.model_validate({"mechanic": "price_discount", "depth": "30%"})
    early = [("cut", good, monday(week), monday(week) + 3, -1) for week in RUNS[:2] for good in (0, 1)]
    rest = [("cut", good, monday(RUNS[0]) + 4, monday(RUNS[0]) + 6, -1) for good in (0, 1)]
    elsewhere = [("cut", 2, monday(week), monday(week) + 6, -1) for week in RUNS]
    public = pd.DataFrame(early + rest + elsewhere, columns=list(events.offers))
    changed = replace(events, offers=pd.concat([events.offers, public]), past_offers={**events.past_offers, "cut": cut})
    found, before = compared(changed), compared(events).runs
    assert list(found.unused["mail"].values()) == [1], "of the first run no day is left"
    second, *others = found.runs
    assert second.units.sum() == 0 < before[1].units.sum(), "all of this shop's purchases fall on Wednesdays"
    np.testing.assert_array_equal(others[0].units, before[2].units)


def test_runs_without_weeks_before_them_are_not_compared():
    """A holdout that was out of offers from the third week on has no past that the offers left alone."""
    events = shop(4, fixed=True)
    early = {name: events.offers[name] - 7 * 10 for name in ("first_day", "last_day")}
    found = compared(replace(events, offers=events.offers.assign(**early)))
    assert not found.runs and sum(found.unused["mail"].values()) == len(RUNS)


def test_errors_of_customers_who_are_compared_in_many_runs_add_up():
    """The same run told four times is no better known than told once."""
    runs = compared(shop(5)).runs[:1]
    one, four = measured_lift(runs), measured_lift(runs * 4)
    assert one is not None and four is not None
    assert four.lift == pytest.approx(one.lift)
    assert four.standard_error == pytest.approx(one.standard_error)


def test_too_few_purchases_tell_no_lift():
    """Where those left out bought next to nothing, no ratio is told."""
    run = compared(shop(5)).runs[0]
    rare = Comparison(**{**vars(run), "units": run.units * 0, "offered": run.offered * 0})
    assert measured_lift([rare]) is None
    assert measured_lift([]) is None
