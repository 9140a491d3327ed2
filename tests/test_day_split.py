"""Inside a week: purchases and public offers by day, what is taken with offers, and what customers usually buy."""

from __future__ import annotations

from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
from purchase_files import Shop, load, sales_of

from scenarios.market.past import PastParams, past_calendar
from scenarios.market.purchases import record_past, write_purchases
from scenarios.market.town import town_market
from surrogate.data.data_spec import read_data_spec
from surrogate.data.loading import load_events
from surrogate.data.weeks import week_of
from surrogate.effects.day_split import WEEK, lay_days
from surrogate.shelf.cells import lay_out
from surrogate.shelf.goods import goods_of
from surrogate.shelf.named_shares import named_shares
from surrogate.shelf.taken_shares import taken_shares
from surrogate.shelf.usual_purchases import usual_purchases

WEEKS = 14


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Fourteen weeks of a small town as events, its shelf, its goods and the number of its last week."""
    market = town_market(4, past_weeks=WEEKS, customers=1500)
    calendar = past_calendar(market, PastParams(seed=4, public=0.3, targeted=0.05, quiet_days=0))
    folder = tmp_path_factory.mktemp("town")
    path = write_purchases(record_past(market, calendar, 4), folder, train_until="2026-08-23", test_until="2026-09-06")
    spec = read_data_spec(path)
    events = load_events(spec, until=spec.test_until, base=folder)
    last = week_of(spec.test_until)
    shelf, _ = lay_out(events, settle_until=last)
    return events, shelf, goods_of(events, shelf, settle_until=last), last, market, calendar


def test_days_hold_every_unit_once(town):
    """The days of a week add up to what was sold in it, and usual weekdays to one week."""
    events, shelf, goods, last, *_ = town
    days = lay_days(events, shelf, goods, order=100.0, until=last)
    assert days.units.sum() == pytest.approx(events.daily["quantity"].sum())
    assert days.units.shape == (len(shelf.names), shelf.weeks.size, WEEK)
    assert days.usual.sum() == pytest.approx(1.0)


def test_public_lines_lie_on_their_days_and_no_later_ones(town):
    """Every public line of the calendar is one place, and nothing after the last week is looked at."""
    events, shelf, goods, last, market, calendar = town
    public = [line for line in calendar.lines if line.segment == "*"]
    days = lay_days(events, shelf, goods, order=100.0, until=last)
    assert days.kind.size == (days.share > 0).sum() == len(public)
    early = lay_days(events, shelf, goods, order=100.0, until=last - 3)
    start = market.scenario.horizon.start
    assert (early.share > 0).sum() == sum((line.date - start).days < 7 * (WEEKS - 3) for line in public)
    assert early.cell.tolist() == days.cell.tolist()  # places stay, so that one program fits both
    assert early.units[:, -3:].sum() == 0 and early.units[:, :-3].sum() == days.units[:, :-3].sum()


def test_a_lift_is_told_from_the_other_days_of_its_week(town):
    """The loss of the split is least near the lift that was put into the sales, whatever the week's level is."""
    from types import SimpleNamespace

    from surrogate.effects import day_split

    events, shelf, goods, last, *_ = town
    days = lay_days(events, shelf, goods, order=100.0, until=last)
    items, weeks = days.units.shape[:2]
    gain = np.zeros((items + 1) * weeks * WEEK)
    np.add.at(gain, days.cell, 0.8)
    level = 1.0 + np.arange(weeks) / weeks
    size = items * weeks * WEEK
    own = 1 + gain[:size].reshape(items, weeks, WEEK)
    basket = 1 + gain[size:].reshape(1, weeks, WEEK)
    sold = own * basket * days.usual * level[None, :, None] * 100
    with jax.enable_x64(True), pytest.MonkeyPatch.context() as patch:
        net = SimpleNamespace(
            hidden_state=lambda *_: np.zeros((1, 1, 1, 1)),
            weights=lambda *_: np.zeros((1, 1, 1, 1)),
            fresh=lambda tired, xp: np.ones_like(tired),
            switched=lambda xp: np.zeros(items),
        )
        cells = SimpleNamespace(
            days=SimpleNamespace(**(vars(days) | {"units": sold})),
            features=np.zeros((1, 1, 1)),
            span=np.zeros(weeks, dtype=np.int64),
            membership=np.eye(items),
            category=np.arange(items),
            row_weight=np.ones((items, weeks)),
        )

        @jax.jit
        def loss(lift):
            log_lift = jnp.full((1, days.near.first.size), jnp.log1p(lift))
            patch.setattr(day_split, "deal_bump", lambda *_: log_lift)
            return day_split.split_loss(net, np.zeros(items + 1), cells, np.zeros((1, items, weeks)))

        losses = [float(loss(lift)) for lift in (0.4, 0.6, 0.8, 1.0, 1.2)]
    assert int(np.argmin(losses)) == 2


def test_use_is_what_the_till_saw(town):
    """Households that buy two at a time take bundles, about four in ten; customers top up to reach a threshold."""
    events, *_ = town
    shares = taken_shares(events)
    assert {"bundle", "threshold", "free_shipping"} <= set(shares)
    assert all(0 <= share <= 1 for name, share in shares.items() if name != "threshold")
    assert 1 < shares["threshold"] < 2
    assert shares["bundle"] == pytest.approx(0.38, abs=0.2)
    assert 0.4 < shares["free_shipping"] < 0.75


def test_orders_that_are_topped_up_count_as_use():
    """One order in ten is usually large enough; where three in twenty use the offer, its use is half as much again."""
    orders = 2000
    paid = np.where(np.arange(orders) % 10 == 0, 120.0, 60.0)
    money = {"regular": paid, "shelf_discount": 0.0, "coupon_discount": 0.0}
    events = SimpleNamespace(
        past_offers={"save": SimpleNamespace(mechanic="threshold", layer="public", spend=100)},
        sales=pd.DataFrame({"offer": [-1]}),
        visits=pd.DataFrame({"customer": np.arange(orders), "week": 0, "baskets": 1.0} | money),
        daily=pd.DataFrame(columns=["product", "day", "quantity", "regular", "shelf_discount"]),
        orders=pd.DataFrame({"week": 0, "paid": paid}),
        offers=pd.DataFrame({"offer": ["save"], "product": -1, "customer": -1, "first_day": 1, "last_day": 7}),
        order_uses=pd.DataFrame({"offer": np.zeros(300, dtype=np.int64)}),
    )
    assert taken_shares(events) == {"threshold": pytest.approx(1.5)}


@pytest.mark.parametrize("planned", [{"a": ["A"], "b": ["B"]}, {"a": ["A"]}, {"b": ["B"]}])
@pytest.mark.parametrize("named", [False, True])
def test_use_of_offers_on_orders_counts_orders_of_all_goods(tmp_path, planned, named):
    """Two large orders in five use the offer, whatever is planned; orders without planned goods were none before."""
    shop = Shop(sales=sales_of(customers=200))
    sales = shop.sales
    large = sales["at"].between("2026-03-02", "2026-04-26") & (sales["paid"] >= 3)
    sales["under"] = np.where(large & (large.cumsum() % 5 < 2), "save", "")
    shop.columns["order_offer_used"] = "under"
    who = sorted(sales["cust"].unique()) if named else [""]
    shop.tables["log.csv"] = pd.DataFrame({"o": "save", "c": who, "d": "2026-03-02", "e": "2026-04-26"})
    columns = {"offer": "o", "customer": "c", "first_day": "d", "last_day": "e"}
    shop.data["files"]["offers"] = {"file": "log.csv", **columns}
    layer = "targeted" if named else "public"
    shop.data["past_offers"] = {"save": {"mechanic": "threshold", "spend": 3, "save": 1, "layer": layer}}
    shop.data["products"] = planned
    (share,) = taken_shares(load(shop, tmp_path)).values()
    assert share == pytest.approx(0.4, abs=0.03)


@pytest.mark.parametrize("mechanic", ["gift", "bundle"])
@pytest.mark.parametrize("use", [0.0, 0.4, 1.0])
def test_use_of_gifts_and_bundles_is_what_rows_name(tmp_path, mechanic, use):
    """Of usual purchases two in five, or all, are made under the offer; of one that no row names nothing is said."""
    shop = Shop(sales=sales_of(customers=200))
    sales = shop.sales
    runs = sales["sku"].isin(["p0", "p2"]) & sales["at"].between("2026-03-02", "2026-04-26") & (sales["disc"] == 0)
    sales["under"] = np.where(runs & (np.arange(len(sales)) % 10 < 10 * use), "mine", "")
    shop.columns["offer_used"] = "under"
    days = pd.date_range("2026-03-02", "2026-04-26")
    cut = {sku: set(sales[(sales["sku"] == sku) & (sales["disc"] > 0)]["at"]) for sku in ("p0", "p2")}
    rows = [(sku, str(day.date())) for sku, none in cut.items() for day in days if str(day.date()) not in none]
    shop.tables["log.csv"] = pd.DataFrame(
        {"o": "mine", "s": [sku for sku, _ in rows], "d": [day for _, day in rows], "e": [day for _, day in rows]}
    )
    shop.data["files"]["offers"] = {"file": "log.csv", "offer": "o", "product": "s", "first_day": "d", "last_day": "e"}
    terms = {"gift_value": 1} if mechanic == "gift" else {"buy": 2, "get": 1}
    shop.data["past_offers"] = {"mine": {"mechanic": mechanic, **terms}}
    assert taken_shares(load(shop, tmp_path)) == ({mechanic: pytest.approx(use, abs=0.07)} if use else {})


def _with_coupons(named: str) -> Shop:
    """A shop whose public coupon on p0 is used by two in five; half of the customers hold a better one of their own."""
    shop = Shop(sales=sales_of(customers=200))
    sales, mine = shop.sales, shop.sales["cust"].str[1:].astype(int) % 2 == 0
    runs = (sales["sku"] == "p0") & sales["at"].between("2026-03-02", "2026-04-26")
    used = runs & ~mine & (np.arange(len(sales)) % 5 < 2)
    sales["under"] = np.select([runs & mine, used], ["own", named], "")
    shop.columns["offer_used"] = "under"
    whom = ["", *sorted(sales["cust"][mine].unique())]
    days = {"first": "2026-03-02", "last": "2026-04-26"}
    shop.tables["log.csv"] = pd.DataFrame({"o": ["mine", *["own"] * (len(whom) - 1)], "s": "p0", "c": whom, **days})
    shop.data["files"]["offers"] = {
        "file": "log.csv", "offer": "o", "product": "s", "customer": "c", "first_day": "first", "last_day": "last",
    }  # fmt: skip
    coupon = {"mechanic": "coupon", "depth": "20%"}
    shop.data["past_offers"] = {"mine": coupon, "own": {**coupon, "layer": "targeted", "depth": "40%"}}
    return shop


@pytest.mark.parametrize("named", ["mine", ""])
def test_use_of_public_coupons_is_what_rows_name(tmp_path, named):
    """Of what was bought without a better coupon two in five name the public one; where no row does nothing is said."""
    found = named_shares(load(_with_coupons(named), tmp_path))
    assert found == ({"coupon": pytest.approx(0.4, abs=0.03)} if named else {})


def test_usual_purchases_keep_what_lasts_and_drop_luck():
    """Where customers differ, their own purchases count; where only luck differs, all are nearly alike."""
    rng = np.random.default_rng(5)
    weeks, people = 40, 400
    customer, week = np.repeat(np.arange(people), weeks), np.tile(np.arange(weeks), people)
    rates = rng.gamma(2.0, 0.25, people)
    spread = {}
    for name, mean in (("differ", rates), ("alike", np.full(people, 0.5))):
        units = rng.poisson(np.repeat(mean, weeks))
        visits = pd.DataFrame({"customer": customer, "week": week, "quantity": units})[units > 0]
        usual = usual_purchases(visits).before(weeks)
        spread[name] = float(usual.std() / usual.mean())
        if name == "differ":
            assert np.corrcoef(usual, rates[usual.index])[0, 1] > 0.9
    assert spread["differ"] == pytest.approx(rates.std() / rates.mean(), rel=0.15)
    assert spread["alike"] < 0.1


def test_usual_purchases_of_goods_tell_who_is_fond_of_them():
    """Where half of the customers buy nearly all of some goods, weights for these goods say so; totals say nothing."""
    rng = np.random.Generator(np.random.Philox(6))
    weeks, people = 30, 300
    units = rng.poisson(1.0, (people, weeks))
    fond = np.arange(people) % 2 == 0
    some = rng.binomial(units, np.where(fond, 0.4, 0.05)[:, None])
    customer, week = np.nonzero(units)
    visits = pd.DataFrame({"customer": customer, "week": week, "quantity": units[customer, week]})
    usual = usual_purchases(visits)
    customer, week = np.nonzero(some)
    goods = usual.of_goods(customer, week, some[customer, week].astype(float))
    ratio = {one: one.before(weeks)[fond].mean() / one.before(weeks)[~fond].mean() for one in (usual, goods)}
    assert ratio[usual] == pytest.approx(1.0, abs=0.1)
    assert 4 < ratio[goods] < 8  # the truth, drawn to the mean
    assert goods.before(0).std() < 1e-6  # nothing is known before the first week
