"""Offers that bring nothing: found where logs stop half way, blamed on nothing else, not suspected without a reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import Running, line, running_shop
from replan_case import happened, sold
from scipy.stats import lognorm

from surrogate.flight.recalibration.recalibrate import RecalibrateParams, recalibrate
from surrogate.flight.recalibration.undone import NOTHING, excess, quantile, suspects, without_undone

case = running_shop


@pytest.fixture(scope="module")
def long(case: Running) -> Running:
    """The shop with a public price on two products for five of its seven days."""
    lines = [line(day, product, "cut-15") for day in (2, 3, 5, 6, 7) for product in ("phone-pro", "phone")]
    lines += [line(day, "case", "coupon-20", "young") for day in (2, 4, 6)]
    return replace(case, plan=case.grid.plan_of(lines))


def test_an_offer_that_brings_nothing_is_not_excused(long: Running) -> None:
    """Days without it and its neighbours sell as expected: it is the offer, and neither baselines nor relatives."""
    units = sold(long, lift={"cut-15": 1e-6})
    found = recalibrate(long.model, long.frozen.effects, long.plan, happened(long, units, last=6))
    stopped = recalibrate(
        long.model, long.frozen.effects, long.plan, happened(long, units, last=6), RecalibrateParams(undone=1e-9)
    )
    dead, half = found.offers["cut-15"], stopped.offers["cut-15"]
    assert dead.nothing > 0.5 and dead.factor < 0.25 and dead.low == NOTHING
    assert half.factor > 2 * dead.factor, "in logs alone nothing is out of reach"
    assert all(abs(each.factor - 1) < 0.03 for each in found.products.values())
    assert abs(found.offers["coupon-20"].factor - 1) < 0.05
    number = long.grid.offer_index["cut-15"]
    before, after = long.frozen.effects.lift[..., number], found.carried.lift[..., number]
    assert (after[before > 0] < 0.25 * before[before > 0]).all()


def test_an_offer_that_brings_what_was_expected_is_no_suspect(long: Running) -> None:
    """Sold as planned, or as everything weaker alike: nothing says that an offer is not carried out."""
    for base in (1.0, 0.8):
        found = recalibrate(long.model, long.frozen.effects, long.plan, happened(long, sold(long, base=base), last=6))
        assert all(each.nothing < 0.02 for each in found.offers.values())


def test_only_what_is_learned_takes_off() -> None:
    """What is as likely as believed takes nothing off a lift; suspects are few, the weakest first."""
    assert excess(0.05, 0.05) == 0.0 and excess(1.0, 0.05) == 1.0 and excess(0.01, 0.05) == 0.0
    assert suspects({0: -0.4, 1: 0.2, 2: -2.0, 3: -0.1, 4: -1.0, 5: -0.5}, {}) == (2, 4, 5)


def test_the_interval_holds_both_explanations() -> None:
    """Quantiles of what is nothing with some probability, and else lognormal."""
    assert quantile(0.05, 0.0, 0.3, 0.2) == NOTHING
    assert quantile(0.95, 0.1, 0.3, 0.0) == pytest.approx(lognorm(0.3, scale=np.exp(0.1)).ppf(0.95))
    assert quantile(0.95, 0.0, 0.3, 0.9) == pytest.approx(1.0)


def test_futures_hold_what_is_not_known(case: Running) -> None:
    """A lift that may be nothing is worth less in the mean and is less sure; others stay as they are."""
    effects, number = case.frozen.effects, case.grid.offer_index["cut-15"]
    found = without_undone(effects, {number: np.array([0.5, 0.5])})
    ratio = 1.0 - 0.5 * (1.0 - NOTHING)
    np.testing.assert_allclose(found.lift[..., number], ratio * effects.lift[..., number])
    there = effects.lift_sd[..., number] > 0
    assert (found.lift_sd[..., number][there] > effects.lift_sd[..., number][there]).all()
    others = np.arange(effects.lift.shape[-1]) != number
    np.testing.assert_array_equal(found.lift[..., others], effects.lift[..., others])
    assert without_undone(effects, {}) is effects


def test_an_offer_that_certainly_brings_nothing_is_no_less_sure_by_rounding(case: Running) -> None:
    """Where no doubt is left, spreads stay what they were: rounding takes the root of nothing below 0."""
    effects, number = case.frozen.effects, case.grid.offer_index["cut-15"]
    with np.errstate(all="raise"):
        found = without_undone(effects, {number: np.array([1.0, 1.0])})
    np.testing.assert_allclose(found.lift[..., number], NOTHING * effects.lift[..., number])
    np.testing.assert_array_equal(found.lift_sd, effects.lift_sd)


def test_a_probability_is_between_0_and_1() -> None:
    """Nobody can be sure beforehand."""
    with pytest.raises(ValueError, match="undone"):
        RecalibrateParams(undone=0.0)
