"""What is printed as assumed says of each figure whether somebody gave it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.problem import build_problem
from planner.reasons.assumed.assumptions import assumptions, caps
from scenarios.futures.draws import Draws, draw
from scenarios.response.effects import Learned


def told(*overrides: str) -> str:
    """What is assumed in the small template after some changes."""
    return "\n".join(assumptions(build_problem("template-basic", overrides)))


def test_what_is_given_is_not_said_of_what_is_not() -> None:
    """A number of draws says nothing of the spreads beside it, a half-life nothing of the fatigue."""
    assert "1,000 drawn futures;" in told() and "orders by 10% (default)" in told()
    assert "orders by 10% (draws given, else default)" in told("risk.draws=300")
    text = told("risk.draws=300", "risk.lift_cv=0.2", "money.fee_rate=0")
    assert "lift by 20%, orders by 10% (draws and lift_cv given, else default)" in text
    assert "fatigue 10% per offer seen, half gone after 3 periods (given)" in told("response.fatigue=0.1")


def test_one_use_leaves_and_two_uses_leave() -> None:
    """The verb goes with its number."""
    for number, words in (
        (1, "at most 1 use a customer and period leaves"),
        (2, "2 uses a customer and period leave "),
    ):
        assert words in told(f"offers.save-10.per_customer={number}")


def test_what_reads_alike_is_said_once() -> None:
    """A cap that leaves 75.5 % to 76.4 % of the uses leaves 76 %, not "76% to 76%"."""
    problem = build_problem("template-basic", ("offers.save-10.per_customer=1",))
    spread = np.linspace(0.755, 0.7649, problem.model.kept.size).reshape(problem.model.kept.shape)
    (said,) = caps(replace(problem, model=replace(problem.model, kept=spread)))
    assert "leaves 76% of its uses" in said


def test_orders_of_a_threshold_are_told_where_average_ones_spend_less() -> None:
    """Each order that an offer brings uses its saving: said where an average one would not come to it."""
    words = "orders that it brings are taken for average ones ("
    assert f"save-10: {words}" in told("offers.save-10.spend=500")
    assert "though it asks for 500.00: fewer and larger ones would cost less" in told("offers.save-10.spend=500")
    assert words not in told("offers.save-10.spend=11")


def test_what_the_lifts_contain_is_not_said_to_be_taken_off() -> None:
    """Lifts net of the dip lose no share to later sales, net ones none to rivals either: none is then assumed."""
    text = told("effects.lift_is=net_of_dip")
    assert "no pull-forward is taken off: the lifts are net of dip and contain it" in text
    assert "pull-forward 15%" not in text and "cannibalisation 20%" in text
    text = told("effects.lift_is=net")
    assert "no cannibalisation is taken off: the lifts are net and contain it" in text and "20% of a bump" not in text
    assert "pull-forward 15% of a bump" in told()


def test_as_many_futures_are_told_as_are_drawn() -> None:
    """A share near 100 % asks for more futures than the scenario names."""
    few = ("limits.message-budget.at_risk=99%", "risk.draws=200")
    text = told(*few)
    assert "299 drawn futures (200 are too few for the share of them that a limit asks for); baselines of" in text
    assert len(draw_of(*few)) == 299


def test_prices_that_no_tag_can_show_are_told() -> None:
    """15 % off 18 yen is 15.3, and 15 on the shelf; in cents of a euro tags show what is counted."""
    words = "counted as the depth says: filter-1kg under coffee-15 at 15.30, where its price tag shows 15, 11.1% of"
    assert words in told("currency=JPY", "products.espresso-1kg.price=20", "products.filter-1kg.price=18")
    assert "cut prices are counted as the depth says" not in told()


def test_a_past_that_is_read_off_purchases_is_told_where_a_rule_looks_back() -> None:
    """The price law counts what a price list says; a mean discount of a group of goods may hide a cut."""
    problem = build_problem("phone-flash-sale", ("response.fatigue=0.2",))
    history = problem.loaded.scenario.history
    learned = Learned(effects=problem.effects, segments=(), prices={}, history=history, orders={}, accuracy={})
    words = "what ran before is read off the purchases"
    looking = [rule.id for rule in problem.loaded.scenario.rules if rule.rule in ("min_gap", "max_run", "cycle")]
    assert looking and words not in "\n".join(assumptions(problem))
    row = next(row for row in assumptions(replace(problem, learned=learned)) if words in row)
    assert all(name in row.split(":")[0] for name in looking) and "name in history what your price list says" in row
    elsewhere = replace(learned, history=(*history, *history))
    assert words not in "\n".join(assumptions(replace(problem, learned=elsewhere)))


def draw_of(*overrides: str) -> Draws:
    """Draw the futures of the small template after some changes."""
    problem = build_problem("template-basic", overrides)
    return draw(problem.grid, problem.effects, 0)


def test_one_pair_is_one_pair() -> None:
    """A halo of one declared pair."""
    pair = "response.halo=[{from: grinder, to: espresso-1kg, units: 0.2}]"
    assert "halo: 1 declared pair of products" in told(pair)


def test_what_no_channel_carries_is_told_beside_a_limit_on_what_is_owed() -> None:
    """A bank card's discount at the till is issued to nobody; whoever hands coupons out reads that."""
    limit = "limits=[{id: owed, measure: max_liability, max: 500000}]"
    words = "max_liability counts nothing of kettle-coupon, which no channel carries: issued to nobody"
    assert words in told(limit, "offers.kettle-coupon.channel=null")
    assert words not in told(limit) and words not in told("offers.kettle-coupon.channel=null")
