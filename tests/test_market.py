"""The simulated market: customers, shelves and money behave."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from market_case import BUSY, DAY, PERIOD, index, line, play, small_market

from scenarios.market.play import Market
from scenarios.market.tables import expected_units
from scenarios.shipped import singles_day


@pytest.fixture(scope="module")
def market():
    """The small market of singles-day, shelves full."""
    return small_market()


@pytest.fixture(scope="module")
def warm(market):
    """Return the first morning under seed 1."""
    return market.warm(1)


def test_equal_seeds_give_equal_runs(market, warm):
    """The same plan and seed give the same numbers; another seed gives others."""
    first, again, other = play(market, BUSY, 1, warm), play(market, BUSY, 1), play(market, BUSY, 2)
    assert np.array_equal(first.units, again.units)
    assert first.totals == again.totals
    assert not np.array_equal(first.units, other.units)


def test_paired_plans_differ_only_from_their_first_line_on(market):
    """Under one seed, two plans sell the same until the day on which they differ."""
    nothing, busy = market.play_all([[], BUSY], 3)
    assert np.array_equal(nothing.units[..., :PERIOD], busy.units[..., :PERIOD])
    assert not np.array_equal(nothing.units[..., PERIOD], busy.units[..., PERIOD])


def test_nothing_is_sold_that_is_not_there(market):
    """Cumulative sales never pass stock and arrivals, gifts never their stock, and short shelves sell out."""
    stock = {"hx-phone": 400, "old-oven": 600, "jg-nuts": 2000, "yr-serum": 1500}
    short = singles_day.market(stock, customers_per_segment=150)
    short = replace(short, scenario=short.scenario.model_copy(update={"gifts": few_gifts(short, 30)}))
    dates = short.scenario.horizon.dates
    deep = [line("hx-phone", "huaxing-flash-25", day=day) for day in dates[10:]]
    deep += [line("jg-nuts", "baijia-3-for-2", day=day) for day in dates]
    deep += [line("hx-tablet", "power-bank-gift", "campus", day=day) for day in dates]
    sold = play(short, deep)
    for k, product in enumerate(short.products):
        if product.stock is None:
            continue
        arrived = [product.stock + sum(n for day, n in product.arrivals.items() if day <= date) for date in dates]
        assert (np.cumsum(sold.units[:, k].sum(axis=0)) <= np.array(arrived) + 1e-6).all(), product.id
    assert sold.stock_left[index(short, "jg-nuts")] == pytest.approx(0.0, abs=1e-6)
    assert sold.totals["gifts"] == pytest.approx(30.0)


def few_gifts(market, stock):
    """Return the gifts with little stock each."""
    return tuple(gift.model_copy(update={"stock": stock}) for gift in market.scenario.gifts)


def test_customers_of_a_sold_out_product_go_to_rivals(market):
    """An empty shelf sells more of the category's other products than a full one."""
    empty = singles_day.market({"jg-nuts": 0}, customers_per_segment=150)
    k, rivals = index(market, "jg-nuts"), [index(market, item) for item in ("jg-crisps", "jg-biscuits", "own-candy")]
    full, short = play(market, []), play(empty, [])
    assert short.units[:, k].sum() == 0
    assert short.units[:, rivals].sum() > full.units[:, rivals].sum() * 1.02


def demand_under(market, warm, lines, seed=1):
    """Return the expected units of the day, [S, K], with the lines on offer."""
    draws, depths = market.draws(seed, PERIOD), market.competitor(seed)
    offered = market.offer(market.by_day(lines).get(PERIOD, ()), warm, draws)
    return expected_units(market, market.demand(warm, PERIOD, offered, depths, 0.0))


def test_a_price_cut_raises_own_sales_and_lowers_rivals(market, warm):
    """A cut brings the product more customers in every segment and takes some from each rival, and from nobody else."""
    k = index(market, "yr-serum")
    before, after = demand_under(market, warm, []), demand_under(market, warm, [line("yr-serum", "yunrong-cut-20")])
    rivals = [r for r, item in enumerate(market.products) if item.category == "skincare" and r != k]
    others = [r for r, item in enumerate(market.products) if item.category != "skincare"]
    assert (after[:, k] > before[:, k] * 1.2).all()
    assert (after[:, rivals] < before[:, rivals]).all()
    assert np.array_equal(after[:, others], before[:, others])


def test_deeper_cuts_sell_more(market, warm):
    """Expected sales rise with the depth."""
    k = index(market, "yr-cream")
    offers = [[], [line("yr-cream", "yunrong-cut-10")], [line("yr-cream", "yunrong-cut-20")]]
    sales = [demand_under(market, warm, lines)[:, k].sum() for lines in offers]
    assert sales[0] < sales[1] < sales[2]


def test_coupons_reach_only_the_contacted_segment(market, warm):
    """A coupon changes nothing that day outside its segment, and messages are counted once a channel."""
    lines = [line("jy-diapers", "baijia-coupon", "new-parents", 0.5), line("jg-tea", "baijia-coupon", "new-parents")]
    nothing, coupons = play(market, [], warm=warm), play(market, lines, warm=warm)
    s = [segment.id for segment in market.segments].index("new-parents")
    others = [r for r in range(len(market.segments)) if r != s]
    assert np.array_equal(nothing.units[others], coupons.units[others])
    assert coupons.tally.discount[others].sum() == 0
    assert coupons.tally.discount[s].sum() > 0
    assert coupons.totals["contacts"] == market.segments[s].customers


def test_coverage_limits_who_gets_a_coupon(market, warm):
    """At half the coverage fewer units are sold under the coupon, to a part of the same customers."""
    items = ("jg-nuts", "jg-crisps", "jg-biscuits", "jg-tea", "jg-coffee", "jg-juice", "jy-detergent", "jy-tissue")
    slots = [(item, "baijia-coupon", segment.id) for item in items for segment in market.segments]
    full, half = (play(market, [line(*slot, share) for slot in slots], warm=warm) for share in (1.0, 0.5))
    assert 0 < half.totals["uses"] < full.totals["uses"]
    assert half.totals["contacts"] == full.totals["contacts"] / 2


def test_repeated_promotions_tire(market):
    """The lift of a cut is smaller on its third day in a row than on its first."""
    k = index(market, "yr-cream")
    days = market.by_day([line("yr-cream", "yunrong-cut-20", day=DAY + dt.timedelta(days=i)) for i in range(3)])
    depths, state = market.competitor(1), market.warm(1)
    lifts = []
    for day in range(PERIOD, PERIOD + 3):
        draws = market.draws(1, day)
        promoted = market.demand(state, day, market.offer(days[day], state, draws), depths, 0.0)
        plain = market.demand(state, day, market.offer((), state, draws), depths, 0.0)
        lifts.append(expected_units(market, promoted)[:, k].sum() / expected_units(market, plain)[:, k].sum() - 1)
        state, _, _ = market.day(state, day, days[day], 1, depths)
    assert lifts[0] > lifts[1] > lifts[2] > 0


def test_full_cupboards_lower_later_need(market, warm):
    """After a deep cut the category sells less the next day than without it: customers bought ahead."""
    depths = market.competitor(1)
    lines = [line("jy-tissue", "baijia-flash-25"), line("jy-detergent", "baijia-flash-25")]
    members = [k for k, item in enumerate(market.products) if item.category == "household"]
    sales = []
    for today in (market.by_day(lines)[PERIOD], ()):
        state, _, _ = market.day(warm, PERIOD, today, 1, depths)
        later = market.demand(state, PERIOD + 1, market.offer((), state, market.draws(1, PERIOD + 1)), depths, 0.0)
        sales.append(expected_units(market, later)[:, members].sum())
    assert sales[0] < sales[1]


def test_the_competitor_takes_sales_when_it_promotes(market, warm):
    """A day on which the competitor cuts its prices sells less than one on which it does not."""
    draws, nothing = market.draws(1, PERIOD), np.zeros_like(market.competitor(1))
    offered = market.offer((), warm, draws)
    quiet = expected_units(market, market.demand(warm, PERIOD, offered, nothing, 0.0))
    busy = expected_units(market, market.demand(warm, PERIOD, offered, nothing + 0.2, 0.0))
    assert (busy < quiet).all()
    named = market.competitor(1)[:, -1]
    assert (named >= market.truth.competitor_events[dt.date(2026, 11, 11)]).all()


def test_customers_top_up_for_a_threshold(market, warm):
    """A threshold makes customers add items, and its discount is its saving times the orders that used it."""
    sold = play(market, [line("basket", "save-30")], warm=warm)
    nothing = play(market, [], warm=warm)
    assert sold.tally.topped_up.sum() > 0
    assert nothing.tally.topped_up.sum() == 0
    used = sold.tally.uses[:, -1].sum()
    assert used > 0
    assert sold.tally.discount[:, -1].sum() == pytest.approx(30 * used)


def test_a_bundle_counts_its_pieces(market, warm):
    """Three for two: two of three prices are paid, and a use is one bundle of three units."""
    sold = play(market, [line("jg-nuts", "baijia-3-for-2")], warm=warm)
    k = index(market, "jg-nuts")
    uses = sold.tally.uses[:, k].sum()
    assert uses > 0
    assert sold.tally.discount[:, k].sum() == pytest.approx(uses * float(market.products[k].price))


def test_vendors_pay_until_their_fund_is_empty(market, warm):
    """Funding is the promised share of discounts, and never more than the fund."""
    lines = [line("hx-phone-lite", "huaxing-flash-25")]
    rich = play(market, lines, warm=warm)
    vendors = tuple(v.model_copy(update={"fund": Decimal(1000)}) for v in market.scenario.vendors)
    poor = replace(market, scenario=market.scenario.model_copy(update={"vendors": vendors})).play(lines, 1)
    offer = next(offer for offer in market.scenario.offers if offer.id == "huaxing-flash-25")
    totals = rich.totals
    expected = offer.funding.share * (totals["discount"] + totals["fixed_cost"])
    assert totals["vendor_funding"] == pytest.approx(expected, abs=1.0)
    assert poor.totals["vendor_funding"] == pytest.approx(1000, abs=0.5)


def test_money_rows_add_up_to_the_cent(market, warm):
    """The rows of the account add up exactly, in every cell and in the totals."""
    account = play(market, BUSY, warm=warm).account
    assert np.array_equal(account.list_revenue - account.discount, account.revenue)
    margin = account.revenue - account.cost_of_goods - account.fees + account.vendor_funding
    assert np.array_equal(margin, account.margin)
    t = account.totals()
    assert t["list_revenue"] - t["discount"] == t["revenue"]
    assert t["margin"] - t["gift_cost"] - t["contact_cost"] - t["fixed_cost"] == t["profit"]
    totals = play(market, BUSY, warm=warm).totals
    assert totals["spend"] == pytest.approx(totals["discount"] + totals["cash_cost"] - totals["vendor_funding"])
    assert all(t[row] > 0 for row in ("discount", "gift_cost", "contact_cost", "fixed_cost", "vendor_funding"))


def test_history_tires_customers_before_the_horizon(market):
    """A cut in the last days before the horizon leaves less of the same cut's lift on the first day."""
    k = index(market, "yr-cream")
    without = replace(market, scenario=market.scenario.model_copy(update={"history": ()}))
    assert market.scenario.history
    lifts = []
    for place in (market, without):
        state, draws, depths = place.warm(1), place.draws(1, 0), place.competitor(1)
        cut = place.by_day([line("yr-cream", "yunrong-cut-20", day=place.scenario.horizon.start)])[0]
        units = [
            expected_units(place, place.demand(state, 0, place.offer(today, state, draws), depths, 0.0))[:, k].sum()
            for today in ((), cut)
        ]
        lifts.append(units[1] / units[0] - 1)
    assert 0 < lifts[0] < lifts[1] * 0.95


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (line("hx-phone", "no-such-offer"), "knows no such offer"),
        (line("nothing", "banner"), "knows no such offer or product"),
        (line("hx-phone", "huaxing-cut-10", "campus"), "on a public one"),
        (line("hx-phone", "huaxing-coupon"), "a known segment on a targeted line"),
        (line("basket", "banner"), "expected product basket for a basket offer"),
        (line("hx-phone", "banner", day=dt.date(2026, 12, 1)), "expected a day of the horizon"),
    ],
)
def test_lines_that_cannot_be_played_are_refused(market, warm, bad, message):
    """Each impossible line is refused with a message that names it."""
    with pytest.raises(ValueError, match=message):
        play(market, [bad], warm=warm)


def test_two_lines_in_one_slot_are_refused(market, warm):
    """A slot holds one line."""
    with pytest.raises(ValueError, match="two lines"):
        play(market, [line("hx-phone", "banner"), line("hx-phone", "huaxing-cut-10")], warm=warm)


def test_a_market_needs_a_loaded_scenario(market):
    """Tables that nobody read, and missing prices, are refused when the market is made."""
    with pytest.raises(ValueError, match="loaded scenario"):
        Market(scenario=market.scenario.model_copy(update={"segments": None}), truth=market.truth)
    bare = (market.products[0].model_copy(update={"price": None}), *market.products[1:])
    with pytest.raises(ValueError, match="needs prices"):
        Market(scenario=market.scenario.model_copy(update={"products": bare}), truth=market.truth)
