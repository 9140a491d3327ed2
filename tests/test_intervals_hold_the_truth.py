"""Of simulated holdouts and switchbacks of a known lift, as many intervals hold it and as many find it as is stated."""

import numpy as np
import pytest

from scenarios.flight.messages.holdout import switch_blocks, switched_off
from scenarios.streams import stream
from surrogate.flight.measure.effects_measured import cuped, difference, from_totals
from surrogate.flight.measure.power import counted_outcome, detectable_lift, holdout_needed, power_of
from surrogate.flight.measure.switchback import switchback


def test_differences_cover_the_truth() -> None:
    """Of 400 experiments with a lift of 20 %, 93 to 97 % of the 95 % intervals hold it; CUPED's are narrower."""
    rng = stream(11, "tests", "difference")
    inside, narrower = [], 0
    for _ in range(400):
        rate = rng.gamma(1.0, 1.0, size=3000)
        before, after = rng.poisson(3 * rate), rng.poisson(rate)
        lifted = rng.poisson(1.2 * rate)
        held = np.arange(3000) < 600
        plain = difference(lifted[~held] * 1.0, after[held] * 1.0)
        better = cuped(lifted[~held] * 1.0, after[held] * 1.0, before[~held] * 1.0, before[held] * 1.0)
        assert plain is not None
        assert better is not None
        inside.append((plain.low <= 0.2 <= plain.high, better.low <= 0.2 <= better.high))
        narrower += better.high - better.low < plain.high - plain.low
    shares = np.array(inside).mean(axis=0)
    assert (np.abs(shares - 0.95) <= 0.03).all(), shares
    assert narrower >= 395


def test_sums_of_a_holdout_cover_the_truth() -> None:
    """Where only sums are told, the assumed spread of customers makes the interval right for such customers."""
    rng = stream(12, "tests", "sums")
    inside = 0
    for _ in range(400):
        rate = rng.gamma(1.0, 1.0, size=2000)
        held = np.arange(2000) < 500
        found = from_totals(rng.poisson(1.3 * rate[~held]).sum(), rng.poisson(rate[held]).sum(), 1500, 500)
        assert found is not None
        inside += found.low <= 0.3 <= found.high
    assert abs(inside / 400 - 0.95) <= 0.03


def test_power_is_as_stated() -> None:
    """A lift that 80 % power is stated for is found in 80 % of simulated experiments, within five points."""
    outcome = counted_outcome(0.8)
    held = holdout_needed(outcome, 6000, 0.15)
    assert held is not None
    assert power_of(outcome, 6000 - held, held, 0.15) >= 0.8 > power_of(outcome, 6001 - held, held - 1, 0.15)
    assert detectable_lift(outcome, 6000 - held, held) == pytest.approx(0.15, rel=0.01)
    rng = stream(13, "tests", "power")
    found = 0
    for _ in range(400):
        rate = 0.8 * rng.gamma(1.0, 1.0, size=6000)
        lifted, plain = rng.poisson(1.15 * rate[held:]) * 1.0, rng.poisson(rate[:held]) * 1.0
        measured = difference(lifted, plain)
        assert measured is not None
        found += measured.found
    assert abs(found / 400 - 0.8) <= 0.05
    assert holdout_needed(outcome, 100, 0.01) is None


def test_a_switchback_measures_a_price() -> None:
    """Of 400 lots over 20 days with a lift of 50 %, 92 to 98 % of the intervals hold it; too few days say nothing."""
    rng = stream(14, "tests", "switchback")
    expected = np.linspace(100, 300, 20)
    block = switch_blocks(20, 6)
    inside = 0
    for lot in range(400):
        on = ~np.isin(np.arange(20), switched_off(range(20), 0.3, lot, "cut"))
        units = rng.poisson(expected * np.where(on, 1.5, 1.0) * np.exp(0.1 * rng.standard_normal(20)))
        found = switchback(units * 1.0, expected, on, block)
        assert found is not None
        inside += found.low <= 0.5 <= found.high
    assert abs(inside / 400 - 0.95) <= 0.03
    assert switchback(np.ones(4), np.ones(4), np.array([True, False] * 2), np.array([0, 0, 1, 1])) is None


@pytest.mark.parametrize(("sells", "lift", "trend"), [(1.0, 1.0, 1.0), (200.0, 0.0, 1.05)])
def test_a_switchback_is_right_where_little_is_sold_and_where_sales_grow(
    sells: float, lift: float, trend: float
) -> None:
    """Days without sales count, and what changes from week to week is no lift: mean and interval hold the truth."""
    rng = stream(15, "tests", "switchback")
    days, block = np.arange(28), switch_blocks(28, 11)
    found = []
    for lot in range(400):
        on = ~np.isin(days, switched_off(range(28), 0.4, lot, "cut"))
        units = rng.poisson(sells * trend**days * np.where(on, 1.0 + lift, 1.0))
        found.append(switchback(units * 1.0, np.full(28, sells), on, block))
    known = [each for each in found if each is not None]
    assert len(known) == 400
    assert np.median([each.lift for each in known]) == pytest.approx(lift, abs=0.1)
    assert np.mean([each.low <= lift <= each.high for each in known]) == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize("lot", [1.0, 3.0, 6.0])
def test_sums_of_what_comes_in_lots_have_wider_intervals(lot: float) -> None:
    """Customers who take several at a time scatter more; 95 % of the intervals hold a lift of nothing all the same."""
    rng = stream(16, "tests", "lots")
    inside = 0
    for _ in range(400):
        sums = [lot * float(rng.poisson(rng.gamma(1.0, 0.2 / lot, size)).sum()) for size in (4500, 500)]
        found = from_totals(*sums, 4500.0, 500.0, lot=lot)
        assert found is not None
        inside += found.low <= 0.0 <= found.high
    assert inside / 400 == pytest.approx(0.95, abs=0.03)
