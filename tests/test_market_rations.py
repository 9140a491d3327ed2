"""Pieces and caps per customer in the simulated market: nobody gets what is gone; who is refused buys as without."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from flight_case import line
from market_shops import CUTS, rationed_shop, weekly_shop
from shop import load_shop

from planner.problem import problem_of
from planner.run.scored import score_plan
from planner.simulate.campaign import pieces_of
from scenarios.market.likeness import likeness
from scenarios.market.play import Market
from scenarios.market.taken import takers
from scenarios.market.trade import begin, trade
from scenarios.response.economics import order_saving, saving_per_unit, units_per_use

PIECES = {
    (dt.date(2026, 11, 3), "phone-pro", "*"): 9.0,
    (dt.date(2026, 11, 4), "phone-pro", "*"): 6.5,
    (dt.date(2026, 11, 4), "phone", "*"): 20.0,
    (dt.date(2026, 11, 5), "phone", "old"): 3.0,
    (dt.date(2026, 11, 5), "basket", "old"): 2.0,
}
"""Fewer than everybody wants."""
PLENTY = dict.fromkeys(PIECES, 1e6)
NONE = dict.fromkeys(PIECES, 0.0)


@pytest.fixture(scope="module")
def problem(tmp_path_factory):
    """The shop whose offers not everybody gets."""
    return rationed_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def market(problem):
    """A small market like it, whose customers buy much more often."""
    return hungry(likeness(problem.grid, problem.effects, 1, per_segment=250))


def hungry(market):
    """The market with customers who need everything often."""
    people = market.people
    return replace(market, residents=replace(people, need=people.need + 2.5))


def place(market, key):
    """Row and period of a line's cells."""
    rows = [*(product.id for product in market.products), "basket"]
    return rows.index(key[1]), market.scenario.horizon.period_of(key[0])


def uses_of(market, sold, key):
    """Uses in a line's cells, all segments together."""
    row, period = place(market, key)
    return float(sold.tally.uses[:, row, period].sum())


@pytest.mark.parametrize("seed", [2, 5, 8])
def test_no_more_is_used_than_there_are_pieces(market, seed):
    """Every line uses its pieces up where more is wanted, to the last part of a piece, and never one more."""
    free, few = (market.play(CUTS, seed, pieces=pieces) for pieces in (PLENTY, PIECES))
    for key, pieces in PIECES.items():
        used = uses_of(market, few, key)
        assert used <= pieces + 1e-6
        if uses_of(market, free, key) > 1.5 * pieces:
            assert used == pytest.approx(pieces)
    assert sum(uses_of(market, free, key) > 1.5 * pieces for key, pieces in PIECES.items()) >= 4


def test_pieces_for_everybody_change_nothing(market):
    """A market in which no piece is missing plays the shop that counts none bit for bit."""
    keys = ("quantity", "per_customer")
    offers = tuple(each.model_copy(update=dict.fromkeys(keys)) for each in market.scenario.offers)
    wide = tuple(
        each.model_copy(update={"per_customer": 1000} if each.per_customer else {}) for each in market.scenario.offers
    )
    plain, rationed = (
        replace(market, scenario=market.scenario.model_copy(update={"offers": o})) for o in (offers, wide)
    )
    one, other = plain.play(CUTS, 5), rationed.play(CUTS, 5, pieces=PLENTY)
    for name in vars(one.tally):
        np.testing.assert_array_equal(getattr(one.tally, name), getattr(other.tally, name), err_msg=name)


def test_without_pieces_everybody_buys_as_without_the_lines(market):
    """Lines without any piece change no purchase of the day: who is refused decides as if they were not there."""
    counted = tuple(each for each in CUTS if (each.date, each.product, each.segment) in PIECES)
    nothing, gone = market.play((), 5), market.play(counted, 5, pieces=NONE)
    np.testing.assert_array_equal(gone.units, nothing.units)
    np.testing.assert_array_equal(gone.tally.discount, nothing.tally.discount)
    assert gone.totals["contacts"] > 0  # the message went out all the same


def bought(market, lines, pieces, day):
    """Purchases of a day, whose row is whose part, and who comes when."""
    state, depths = market.warm(5), market.competitor(5)
    state, draws = market.open_doors(state), market.draws(5, day)
    active = market.by_day(lines, pieces)[day] if lines else ()
    return trade(market, state, begin(market, state, active, draws), day, active, draws, depths)


def test_who_comes_late_buys_as_without_the_offer(market):
    """Before the last piece customers buy as with the offer, after it as without; one customer is split."""
    late = line(4, "phone-pro", "cut-15")
    key = (late.date, late.product, late.segment)
    with_all, few, without = (bought(market, lines, pieces, 3) for lines, pieces in (
        ((late,), {key: 1e6}), ((late,), {key: 12.0}), ((), {})))  # fmt: skip
    count = market.people.segment.size
    gets = few.crowd.allowed[key_of(market, late)].gets
    assert few.crowd.root.size == count + 1
    split = few.crowd.root[-1]
    assert gets[split] and not gets[-1]
    assert few.crowd.market.people.weight[[split, -1]].sum() == pytest.approx(market.people.weight[split])
    whole = np.arange(count) != split
    for went, who in ((with_all, gets[:count] & whole), (without, ~gets[:count] & whole)):
        assert baskets_of(few, who) == baskets_of(went, who)
    late_ones = ~gets[:count] & whole
    assert baskets_of(few, late_ones) != baskets_of(with_all, late_ones)


def key_of(market, plan_line):
    """Place of a public line."""
    return [product.id for product in market.products].index(plan_line.product), -1


def baskets_of(went, who):
    """What some customers bought."""
    bought_ = went.result.purchases
    mine = (bought_.customer < who.size) & who[np.minimum(bought_.customer, who.size - 1)]
    return sorted(
        zip(*(each[mine].tolist() for each in (bought_.customer, bought_.product, bought_.units)), strict=True)
    )


def test_a_customer_uses_no_more_than_the_cap(market):
    """Of an order of two one unit has the saving, and nobody buys ahead what would be sold at the usual price."""
    coupon = line(2, "case", "coupon-20", "young")
    pairs = replace(market, residents=replace(market.people, bulk=np.ones_like(market.people.bulk)))
    wide = tuple(each.model_copy(update={"per_customer": None}) for each in market.scenario.offers)
    free = replace(pairs, scenario=market.scenario.model_copy(update={"offers": wide}))
    capped, open_ = (bought(each, (coupon,), {}, 1) for each in (pairs, free))
    uses = {}
    for went in (capped, open_):
        here = went.crowd.market
        (taken,) = takers(went.result, went.offered, here.people, here.products, here.prices)
        uses[went] = taken.each
        np.testing.assert_allclose(taken.saving, 20.0 * taken.uses)
    assert (uses[capped] == 1.0).all() and uses[capped].size > 10
    assert (uses[open_] >= 2.0).all() and uses[open_].max() > 2.0
    cases = capped.result.purchases.product == 2
    assert (capped.result.purchases.units[cases] == 2.0).all()


def test_a_cap_counts_over_the_whole_week(tmp_path):
    """In weeks a customer who has used the coupon on Monday gets none until the next week begins."""
    rows = {
        "segment,order_value,orders,units\n": "segment,product,order_value,orders,units\n*,case,,350,1.6\n",
        **{f"{name},{value}": f"{name},,{value}" for name, value in
           (("young", 79), ("young", 2700), ("young", 4000), ("old", 79), ("old", 3200))},
    }  # fmt: skip
    problem = weekly_shop(tmp_path, shop={"value: 20,": "value: 20, per_customer: 1,"}, baskets=rows)
    market = likeness(problem.grid, problem.effects, 1, per_segment=250)
    market = hungry(market)
    coupon = market.by_day((line(1, "case", "coupon-20", "young"), line(8, "case", "coupon-20", "young")))
    state, depths = market.open_doors(market.warm(5)), market.competitor(5)
    again = []
    for day in range(14):
        before = np.zeros(market.people.segment.size) if day % 7 == 0 else state.so_far.rations[2, 0].used
        state, _, _ = market.day(state, day, coupon[day], 5, depths)
        used = state.so_far.rations[2, 0].used
        assert used.max() <= 1 and (used >= before).all()
        again.append(int(((used > before) & (before > 0)).sum()))
    assert not any(again) and used.sum() > 0


def test_gifts_and_uses_of_several_units_are_booked_as_the_ledger_does(tmp_path):
    """One use spans units_per_use units: so many gifts are given, and a coupon's value is saved so many times."""
    pair = {"price: 2699,": "price: 2699, units_per_use: 2,", "price: 79,": "price: 79, units_per_use: 2,"}
    pair |= {"stock: 500,": "stock: 500000,"}
    problem = problem_of(load_shop(tmp_path, shop=pair))
    market = hungry(likeness(problem.grid, problem.effects, 1, per_segment=250))
    sold = market.play((line(5, "phone", "buds", "old"), line(2, "case", "coupon-20", "young")), 5)
    assert sold.totals["gifts"] == pytest.approx(sold.tally.uses[1, 0].sum())
    units = sold.units[1, 0, 4]
    assert 0 < sold.tally.gift_units[1, 0, 4] <= units / 2 + 1e-9
    np.testing.assert_allclose(sold.tally.discount[0, 2, 1], 20.0 * sold.tally.uses[0, 2, 1])


def test_pieces_are_those_of_the_plan(problem, market):
    """The plan's account says how many pieces each line has; a line that lacks them is refused by name."""
    plan = score_plan(problem, problem.grid.plan_of(CUTS), seed=1).plan
    pieces = pieces_of(plan)
    assert set(pieces) == set(PIECES)
    assert {(each.period, each.product, each.segment): each.pieces for each in plan.lines if each.pieces} == pieces
    with pytest.raises(ValueError, match=r"2026-11-04 phone .*pieces are counted"):
        market.play(CUTS, 1, pieces={key: 1.0 for key in PIECES if key[1] != "phone"})


def test_history_serves_its_level(problem):
    """Of lines before the horizon nobody knows the pieces: the level's share of the customers finds one."""
    past = line(1, "phone", "cut-15").model_copy(update={"date": dt.date(2026, 10, 31), "quantity": 0.5})
    bare = problem.grid.scenario.model_copy(update={"history": (past,)})
    grid = replace(problem.grid, scenario=bare)
    market: Market = likeness(grid, problem.effects, 1, per_segment=250)
    seen = market.warm(3).memory.seen[:, 0]
    assert 0.4 < (seen > 0).mean() < 0.6


def test_savings_and_funding_are_those_that_the_ledger_books(market):
    """What a line saves is its saving a use times its uses; the vendor pays its share of that, net; a gift is a use."""
    sold = market.play(CUTS, 5, pieces=PIECES)
    net = (1 - 0.04) / 1.13
    offers = {offer.id: offer for offer in market.scenario.offers}
    for each in CUTS:
        row, period = place(market, (each.date, each.product))
        uses = sold.tally.uses[:, row, period]
        if row == len(market.products):
            saved = order_saving(offers[each.offer]) * uses
        else:
            product = market.products[row]
            unit = saving_per_unit(offers[each.offer], product, float(product.price))
            saved = unit * units_per_use(offers[each.offer], product) * uses
        np.testing.assert_allclose(sold.tally.discount[:, row, period], saved)
        share = 0.6 if each.offer == "cut-15" else 0.0
        np.testing.assert_allclose(sold.tally.funding[:, row, period], share * saved * net)
        given = uses if each.offer == "buds" else 0 * uses
        np.testing.assert_allclose(sold.tally.gift_units[:, row, period], given)
    assert (sold.account.discount.sum() > 0) and (sold.tally.uses.sum(axis=(0, 1)) > 0).sum() == 4


def test_a_stacked_coupon_saves_its_amount_on_the_reduced_price(tmp_path):
    """An amount of 20 on top of a price cut saves 20 a use, as in the plan, and not 20 less the cut."""
    shop = {"value: 20,": "value: 20, stacks: true,", "depth: 12%, max_run: 2, applies_to: {products: [phone]}":
            "depth: 12%, max_run: 2, applies_to: {products: [case]}"}  # fmt: skip
    problem = problem_of(load_shop(tmp_path, shop=shop))
    market = hungry(likeness(problem.grid, problem.effects, 1, per_segment=250))
    flash, coupon = line(2, "case", "flash-12"), line(2, "case", "coupon-20", "young")
    went = bought(market, (flash, coupon), {}, 1)
    for each in takers(went.result, went.offered, market.people, market.products, market.prices):
        saving = 20.0 if each.offer.id == "coupon-20" else 0.12 * 79
        assert each.uses.sum() > 0
        np.testing.assert_allclose(each.saving, saving * each.uses)
