"""Tables measured in the simulated market are true of it: lifts agree with reruns and between experiments."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from market_case import PERIOD, index, line, small_market

from scenarios.market.experiment import Experiment, TrialSums
from scenarios.market.tables import measure


@pytest.fixture(scope="module")
def market():
    """The small market of singles-day, shelves full."""
    return small_market()


@pytest.mark.parametrize(("product", "offer"), [("yr-serum", "yunrong-cut-20"), ("jg-nuts", "baijia-3-for-2")])
def test_the_measured_lift_agrees_with_a_rerun(market, product, offer):
    """Selling a day again and again, with and without the offer, finds the lift that the experiment measured."""
    found = measure(market, Experiment(seed=9, runs=1, days=(PERIOD,), offers=frozenset({offer})), (0, 1000))
    k = index(market, product)
    state, depths = measured_morning(market)
    lines = market.by_day([line(product, offer)])[PERIOD]
    sales = []
    for seed in range(30):
        # Other draws, the same morning: only chance differs from what was measured.
        with_offer, without = (market.day(state, PERIOD, today, 1000 + seed, depths)[1] for today in (lines, ()))
        sales.append([day.units[:, k].sum() for day in (with_offer, without)])
    after, before = np.array(sales).T
    effects = [effect for effect in found.effects if effect.product == k]
    weights = [found.base_units[effect.segment, k, PERIOD] for effect in effects]
    rerun = after.sum() / before.sum() - 1
    error = (after - (1 + rerun) * before).std(ddof=1) * np.sqrt(after.size) / before.sum()
    assert np.average([effect.lift for effect in effects], weights=weights) == pytest.approx(rerun, abs=3 * error)
    assert error < 0.25


def test_basket_lifts_agree_between_experiments(market):
    """Two halves of six independent experiments find the same basket lift, within three standard errors."""
    lifts = []
    for seed in range(6):
        trial = Experiment(seed=100 * seed, runs=1, days=(3, 8, 13, 18), offers=frozenset({"save-30"}))
        found = measure(market, trial, (0, 1000))
        value = (found.base_units * market.prices[:, None]).sum(axis=(1, 2))
        lifts.append(np.average([e.lift for e in found.effects], weights=[value[e.segment] for e in found.effects]))
    halves = np.array(lifts).reshape(2, 3)
    error = np.sqrt((halves.var(axis=1, ddof=1) / 3).sum())
    assert abs(halves[0].mean() - halves[1].mean()) <= 3 * error
    assert min(halves.mean(axis=1)) > 0


def measured_morning(market):
    """Return the state on the measured day of the experiment's only run."""
    quiet = replace(market, scenario=market.scenario.model_copy(update={"history": ()}))
    seed, state = 10, quiet.warm(10)
    depths = quiet.competitor(seed)
    for day in range(PERIOD):
        state, _, _ = quiet.day(state, day, (), seed, depths)
    return state, depths


def test_an_effect_of_nothing_is_refused():
    """A cell without sales has no lift, and the message says what helps."""
    sums = TrialSums()
    sums.add(0.0, 0.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="expected more simulated customers"):
        sums.effect(0, 0, "clear-20")
