"""The simulated market of a scenario in weeks: seven days a period, told by period."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from flight_case import line
from market_shops import rationed_shop, weekly_shop
from shop import load_shop

from planner.problem import problem_of
from scenarios.flight.reading.actuals_file import read_actuals
from scenarios.language.text.csv_files import read_csv
from scenarios.market.actuals import actuals_text
from scenarios.market.drift import Drift, with_drift
from scenarios.market.likeness import likeness
from scenarios.market.past import PastCalendar, PastParams, past_calendar
from scenarios.market.purchases import record_past

LINES = (
    line(8, "phone-pro", "cut-15"),
    line(8, "case", "coupon-20", "young", 0.5),
    line(15, "phone", "front"),
)
"""The second and the third week."""


@pytest.fixture(scope="module")
def problem(tmp_path_factory):
    """The shop in weeks."""
    return weekly_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def market(problem):
    """A small market like it."""
    return likeness(problem.grid, problem.effects, 1, per_segment=600)


def test_quiet_weeks_sell_about_the_baseline(problem, market):
    """Without promotion a week sells about what the table says of it: in all, by product and by segment."""
    sold = np.mean([market.play((), seed).units for seed in range(6)], axis=0)
    base = problem.effects.base_units.mean(axis=0)
    assert sold.sum() == pytest.approx(base.sum(), rel=0.08)
    for axes in ((0, 2), (1, 2), (0, 1)):
        np.testing.assert_allclose(sold.sum(axis=axes), base.sum(axis=axes), rtol=0.15)


def test_a_week_long_cut_brings_about_its_lift(problem, market):
    """A line holds on all days of its week and does not tire itself: the week sells near the table's lift more."""
    cut = [line(8, "phone-pro", "cut-15")]
    quiet, promoted = (np.mean([market.play(lines, s).units for s in range(6)], axis=0) for lines in ((), cut))
    lift = promoted[:, 1, 1].sum() / quiet[:, 1, 1].sum() - 1
    assert lift == pytest.approx(problem.effects.lift[0, 0, 1, 1, problem.grid.offer_index["cut-15"]], abs=0.3)
    np.testing.assert_array_equal(promoted[:, :, 0], quiet[:, :, 0])


@pytest.mark.parametrize("weeks", [True, False])
def test_goods_that_everybody_buys_every_day_reach_their_baseline(tmp_path, weeks):
    """Customers who buy a category often take more at a time: a quiet grocer sells its baseline, in weeks and days."""
    young, old = (42000, 12600) if weeks else (6000, 1800)
    often = {"young,case,,70": f"young,case,,{young}", "old,case,,50": f"old,case,,{old}"}
    problem = weekly_shop(tmp_path, baseline=often) if weeks else problem_of(load_shop(tmp_path, baseline=often))
    market = likeness(problem.grid, problem.effects, 1, per_segment=300)
    sold = np.mean([market.play((), seed).units[:, 2] for seed in range(4)], axis=0)
    base = problem.effects.base_units.mean(axis=0)[:, 2]
    np.testing.assert_allclose(sold.sum(axis=1), base.sum(axis=1), rtol=0.15)


def test_a_message_and_a_fixed_cost_are_paid_once_a_week(market):
    """A line of a week costs what the plan says: one message a customer and one fixed cost, in the week's cells."""
    sold = market.play(LINES, 3)
    young = market.segments[0].customers
    assert sold.totals["contacts"] == pytest.approx(0.5 * young)
    assert sold.tally.contacts[0, -1].tolist() == [0.0, 0.5 * young, 0.0, 0.0]
    assert sold.tally.fixed_cost.sum(axis=(0, 1)).tolist() == [0.0, 0.0, 100.0, 0.0]
    assert (sold.tally.uses[0, 2] > 0).tolist() == [False, True, False, False]


def test_the_same_customers_hold_a_coupon_all_week(market):
    """Whom the message of the week reached on its first day uses the coupon on every day, and nobody else."""
    days = market.by_day((line(8, "case", "coupon-20", "young", 0.5),))
    assert sorted(days) == [*range(7, 14)] and [day for day in days if days[day][0].first] == [7]
    state, holders = market.open_doors(market.warm(3)), []
    for day in range(7, 14):
        state, _, _ = market.day(state, day, days[day], 3, market.competitor(3))
        offered = market.offer(days[day], state, market.draws(3, day), state.so_far.letters)
        holders.append(offered.deals[2].under_targeted)
    assert holders[0].any() and all((held == holders[0]).all() for held in holders)


def test_stock_arrives_on_its_day(problem, market):
    """What comes in the second week is not sold in the first, and no more is sold than came."""
    people = market.people
    busy = replace(market, residents=replace(people, need=people.need + 3.0))
    phones = np.cumsum(busy.play((), 3).units[:, 0].sum(axis=0))
    assert phones[0] == pytest.approx(1200) and phones[-1] == pytest.approx(2100)


def test_drift_begins_on_a_day_of_a_week(market):
    """A change in the middle of the second week leaves the first as it was and moves the second by a part."""
    s, c = len(market.segments), len(market.kinds)
    gone = Drift(from_day=10, sensitivity=np.ones(s), attention=np.ones(s), need=np.full(c, 0.001))
    before, after = market.play((), 5), with_drift(market, gone).play((), 5)
    np.testing.assert_array_equal(before.units[..., 0], after.units[..., 0])
    share = after.units.sum(axis=(0, 1)) / before.units.sum(axis=(0, 1))
    assert 0.2 < share[1] < 0.7 and (share[2:] < 0.05).all()


def test_history_is_lived_before_the_first_week(problem):
    """A line of the week before is seen on the first morning, one of eight weeks before fades, older ones are gone."""
    seen = []
    for date in (dt.date(2026, 10, 25), dt.date(2026, 9, 6), dt.date(2026, 8, 23)):
        past = line(8, "phone", "cut-15").model_copy(update={"date": date})
        grid = replace(problem.grid, scenario=problem.grid.scenario.model_copy(update={"history": (past,)}))
        seen.append(likeness(grid, problem.effects, 1, per_segment=100).warm(1).memory.seen[:, 0].max())
    assert seen == pytest.approx([1.0, 0.5 ** (49 / 21), 0.0])


def test_what_a_week_sold_is_read_as_actuals(problem, market):
    """The file of a run tells weeks, passes every check, and holds their units."""
    sold = market.play(LINES, 5)
    actuals = read_actuals(read_csv(actuals_text(market, sold, 2).encode(), "actuals.csv"), problem.grid, LINES)
    assert actuals.last == 2
    np.testing.assert_allclose(actuals.units[..., :3], np.rint(sold.units[..., :3]))


def test_a_past_is_drawn_and_written_in_days(market):
    """Receipts and messages have dates: a market in weeks is refused by both, before anything is played."""
    with pytest.raises(ValueError, match="expected days"):
        past_calendar(market, PastParams(seed=1))
    with pytest.raises(ValueError, match="expected days"):
        record_past(market, PastCalendar(lines=(), experimenting=frozenset()), 1)


def test_a_past_with_pieces_is_refused(tmp_path):
    """Shelves of a past are full: what would run out there is refused, not served to everybody."""
    problem = rationed_shop(tmp_path)
    shop = likeness(problem.grid, problem.effects, 1, per_segment=50)
    with pytest.raises(ValueError, match="quantity, per_customer or valid"):
        record_past(shop, PastCalendar(lines=(line(3, "phone", "flash-12"),), experimenting=frozenset()), 1)
