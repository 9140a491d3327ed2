"""Metrics of uplift and of policies against values computed by hand."""

import numpy as np
import pytest

from surrogate.held_out.policy_value import Assigned, doubly_robust, gain, inverse_propensity
from surrogate.held_out.trial import Trial, average_effect
from surrogate.held_out.uplift_calibration import calibration, calibration_slope
from surrogate.held_out.uplift_curves import (
    auuc,
    auuc_interval,
    qini,
    qini_curve,
    qini_gain,
    qini_interval,
    uplift_curve,
)

SCORE = np.array([6.0, 5.0, 4.0, 3.0, 2.0, 1.0])
TRIAL = Trial(
    outcome=np.array([1.0, 0.0, 1.0, 1.0, 0.0, 1.0]),
    treated=np.array([True, False, True, False, True, False]),
    propensity=np.full(6, 0.5),
)


def rng():
    """Return the same stream for every test."""
    return np.random.Generator(np.random.Philox(3))


def test_qini_curve_by_hand():
    """Six customers in the order T1 C0 T1 C1 T0 C1: g = Yt - Yc Nt / Nc = 1, 1, 2, 2 - 1 * 2/2, 2 - 1 * 3/2, 2 - 2."""
    curve = qini_curve(TRIAL, SCORE)
    assert curve.gain == pytest.approx([0, 1, 1, 2, 1, 0.5, 0])
    assert curve.share == pytest.approx(np.arange(7) / 6)


def test_qini_by_hand():
    """Qini = 5.5 / 8: area under g 5.5 / 6, under the ideal T1 T1, T0 C0, C1 C1 (g = 2, 2, 0) 8 / 6; the end is 0."""
    assert qini(TRIAL, SCORE) == pytest.approx(5.5 / 8)


def test_tied_scores_enter_together():
    """One score for all is a random order: Qini 0 and half the average effect, whatever the order of the rows."""
    trial = Trial(outcome=np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0]), treated=TRIAL.treated, propensity=TRIAL.propensity)
    assert qini(trial, np.zeros(6)) == 0.0
    assert auuc(trial, np.zeros(6)) == pytest.approx((2 / 3 - 1 / 3) / 2)


def test_auuc_by_hand():
    """Curve u = k/6 (Yt/Nt - Yc/Nc): 1/6, 2/6, 3/6, 4/6 (1 - 1/2), 5/6 (2/3 - 1/2), 0; its area is the sum over 6."""
    gains = [0, 1 / 6, 2 / 6, 3 / 6, 4 / 6 * 0.5, 5 / 6 * (2 / 3 - 1 / 2), 0]
    assert uplift_curve(TRIAL, SCORE).gain == pytest.approx(gains)
    assert auuc(TRIAL, SCORE) == pytest.approx(sum(gains) / 6)


def test_unequal_propensities_are_weighted():
    """A customer with the offer at propensity 1/4 stands for four, one at 1/2 for two: effect (4*1 + 2*0)/6 - 1/3."""
    trial = Trial(
        outcome=np.array([1.0, 0.0, 0.0, 1.0]),
        treated=np.array([True, True, False, False]),
        propensity=np.array([0.25, 0.5, 0.25, 1 / 3]),
    )
    control = (1 * 1.5) / (1 / 0.75 + 1.5)
    assert average_effect(trial).value == pytest.approx(4 / 6 - control)
    end = qini_curve(trial, np.array([4.0, 3.0, 2.0, 1.0])).gain[-1]
    assert end == pytest.approx(2 * (4 / 6 - control))


def test_average_effect_by_hand():
    """Arms 1 1 0 and 0 1 1: effect 0, and each arm's variance of the mean is s^2 / n = (1/3) / 3."""
    effect = average_effect(TRIAL)
    assert effect.value == pytest.approx(0.0)
    assert effect.standard_error == pytest.approx(np.sqrt(2 * (1 / 3) / 3))
    assert (effect.low, effect.high) == pytest.approx(
        (-1.644854 * effect.standard_error, 1.644854 * effect.standard_error)
    )


def test_calibration_by_hand():
    """Two bins of three: the lower holds C1 T0 C1 and shows 0 - 1, the upper T1 C0 T1 and shows 1 - 0."""
    predicted = np.array([0.6, 0.5, 0.4, 0.3, 0.2, 0.1])
    low, high = calibration(TRIAL, predicted, bins=2)
    assert (low.customers, high.customers) == (3, 3)
    assert (low.predicted, high.predicted) == pytest.approx((0.2, 0.5))
    assert low.observed.value == pytest.approx(0 - (1 + 1) / 2)  # T0 against C1 C1
    assert high.observed.value == pytest.approx((1 + 1) / 2 - 0)  # T1 T1 against C0


def test_calibration_keeps_equal_predictions_together_and_both_arms():
    """Bins never part customers of one prediction, and a bin without one arm joins its neighbour; nobody is lost."""
    treated = np.array([True, True, True, False, True, False])
    trial = Trial(outcome=TRIAL.outcome, treated=treated, propensity=TRIAL.propensity)
    rows = calibration(trial, np.array([0.0, 0.0, 0.0, 1.0, 1.0, 2.0]), bins=6)
    assert sum(row.customers for row in rows) == 6
    assert len(rows) == 1


def test_calibration_slope_by_hand():
    """With e = 1/2, y (t - e) / (e (1 - e)) = 2 y or -2 y: 2 0 2 -2 0 -2; its least squares slope on 6 ... 1."""
    sign = np.array([2.0, 0.0, 2.0, -2.0, 0.0, -2.0])
    assert calibration_slope(TRIAL, SCORE).value == pytest.approx(np.polyfit(SCORE, sign, 1)[0])
    assert np.isinf(calibration_slope(TRIAL, np.ones(6)).standard_error)


def simulated(count=4000):
    """Return customers x and a trial with uplift 0.2 x."""
    generator = rng()
    x = generator.uniform(size=count)
    treated = generator.uniform(size=count) < 0.3
    outcome = (generator.uniform(size=count) < 0.2 + 0.2 * x * treated).astype(float)
    return x, Trial(outcome=outcome, treated=treated, propensity=np.full(count, 0.3))


def test_truth_is_found_in_a_simulated_trial():
    """Uplift 0.2 x: the true score ranks better than its reverse, is calibrated, and the effect 0.1 lies inside."""
    x, trial = simulated()
    assert qini_interval(trial, x, rng=rng(), resamples=100).low > 0
    assert qini_gain(trial, x, -x, rng=rng(), resamples=100).low > 0
    effect, slope = average_effect(trial), calibration_slope(trial, 0.2 * x)
    assert effect.low < 0.1 < effect.high
    assert slope.low < 1 < slope.high
    assert auuc_interval(trial, x, rng=rng(), resamples=100).low > effect.value / 2 - effect.standard_error


def test_bootstrap_error_is_the_analytic_one():
    """The bootstrap of the area for a constant score has the standard error of half the average effect."""
    _, trial = simulated()
    found = auuc_interval(trial, np.zeros(trial.outcome.size), rng=rng(), resamples=400)
    assert found.standard_error == pytest.approx(average_effect(trial).standard_error / 2, rel=0.15)


DATA = Assigned(
    outcome=np.array([3.0, 1.0, 2.0, 0.0]),
    arm=np.array([1, 0, 1, 0]),
    propensity=np.array([[0.5, 0.5], [0.5, 0.5], [0.75, 0.25], [0.75, 0.25]]),
)


def test_inverse_propensity_by_hand():
    """Offer to customers 0 and 2, none to 1 and 3: all match, V = (3/.5 + 1/.5 + 2/.25 + 0/.75) / 4 = 4."""
    choice = np.array([1, 0, 1, 0])
    value = inverse_propensity(DATA, choice)
    assert value.estimate.value == pytest.approx(4.0)
    assert value.estimate.standard_error == pytest.approx(np.std([6, 2, 8, 0], ddof=1) / 2)
    nobody = inverse_propensity(DATA, np.zeros(4, dtype=int))
    assert nobody.estimate.value == pytest.approx(1 / 0.5 / 4)
    assert gain(value, nobody).value == pytest.approx(3.5)


def test_doubly_robust_by_hand():
    """Offer to all, prediction 2: (2 + 1/.5) + 2 + (2 + 0/.25) + 2 over 4 = 2.5; right predictions need no match."""
    offer = np.ones(4, dtype=int)
    predicted = np.array([[1.0, 2.0]] * 4)
    assert doubly_robust(DATA, offer, predicted).estimate.value == pytest.approx(2.5)
    exact = np.where(np.array([[0, 1]] * 4) == 1, 3.0, 1.0)
    sure = Assigned(outcome=np.array([3.0, 1, 3, 1]), arm=DATA.arm, propensity=DATA.propensity)
    value = doubly_robust(sure, offer, exact).estimate
    assert (value.value, value.standard_error) == pytest.approx((3.0, 0.0))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"treated": np.ones(6, dtype=bool)}, "without it"),
        ({"propensity": np.full(6, np.nan)}, "strictly between"),
        ({"propensity": np.full(6, 1.0)}, "strictly between"),
        ({"outcome": np.array([1.0, 0, 1, 1, 0, np.nan])}, "finite"),
        ({"treated": np.ones(6)}, "True and False"),
        ({"propensity": np.full(5, 0.5)}, "one length"),
    ],
)
def test_impossible_trials_are_refused(change, match):
    """An empty arm, a propensity of 1 or NaN, and lengths that differ are errors that say so."""
    good = {"outcome": TRIAL.outcome, "treated": TRIAL.treated, "propensity": TRIAL.propensity}
    with pytest.raises(ValueError, match=match):
        Trial(**(good | change))


def test_an_arm_nobody_could_get_is_refused():
    """A rule that needs an arm of propensity 0 cannot be valued."""
    data = Assigned(outcome=np.array([1.0]), arm=np.array([0]), propensity=np.array([[1.0, 0.0]]))
    with pytest.raises(ValueError, match="could not get"):
        inverse_propensity(data, np.array([1]))


def several_waves() -> tuple[Trial, Trial, np.ndarray]:
    """Return 200 customers once, the same in four waves that repeat what they did, and their scores."""
    draws = rng()
    treated = draws.random(200) < 0.5
    outcome = draws.gamma(0.5, 2.0, 200)
    once = Trial(outcome=outcome, treated=treated, propensity=np.full(200, 0.5))
    unit = np.repeat(np.arange(200), 4)
    again = Trial(outcome=outcome[unit], treated=treated[unit], propensity=np.full(800, 0.5), unit=unit)
    return once, again, draws.random(200)


def test_rows_of_one_customer_are_not_more_customers():
    """Four waves in which everybody repeats the arm and the outcome tell what one wave tells: no error is halved."""
    once, again, score = several_waves()
    scores = np.repeat(score, 4)
    pairs = [
        (average_effect(once), average_effect(again)),
        (calibration_slope(once, score), calibration_slope(again, scores)),
        (qini_interval(once, score, rng=rng()), qini_interval(again, scores, rng=rng())),
        (auuc_interval(once, score, rng=rng()), auuc_interval(again, scores, rng=rng())),
        *[
            (one.observed, two.observed)
            for one, two in zip(calibration(once, score), calibration(again, scores), strict=True)
        ],
    ]
    assert [row.customers for row in calibration(again, scores)] == [row.customers for row in calibration(once, score)]
    for one, two in pairs:
        assert two.value == pytest.approx(one.value)
        assert two.standard_error == pytest.approx(one.standard_error, rel=0.1)


def test_rules_are_valued_customer_by_customer():
    """A rule's value has the same error from four equal waves as from one."""
    once, again, _ = several_waves()
    found = []
    for trial in (once, again):
        arms = np.full((trial.outcome.size, 2), 0.5)
        data = Assigned(outcome=trial.outcome, arm=trial.treated.astype(int), propensity=arms, unit=trial.unit)
        everybody = inverse_propensity(data, np.ones(trial.outcome.size, dtype=int))
        nobody = inverse_propensity(data, np.zeros(trial.outcome.size, dtype=int))
        found.append((everybody.estimate, gain(everybody, nobody)))
    for one, two in zip(*found, strict=True):
        assert two.value == pytest.approx(one.value)
        assert two.standard_error == pytest.approx(one.standard_error, rel=1e-6)


def test_the_average_effect_is_that_of_all_customers():
    """Half of the customers had another offer at 80 %: those of them in the trial stand for the others, too.

    Their effect is 1 and the others' 0: 0.5 on average, although only a sixth of the trial's rows are theirs.
    """
    rare, common = 20, 100
    treated = np.concatenate([np.arange(rare) % 2 == 0, np.arange(common) % 2 == 0])
    outcome = np.concatenate([np.where(treated[:rare], 1.0, 0.0), np.zeros(common)])
    drawn = np.concatenate([np.full(rare, 0.2), np.full(common, 1.0)])
    trial = Trial(outcome=outcome, treated=treated, propensity=np.full(rare + common, 0.5), drawn=drawn)
    assert average_effect(trial).value == pytest.approx(0.5)
    assert auuc(trial, np.zeros(rare + common)) == pytest.approx(0.25)  # a random order: half of it
    rows = np.arange(rare + common)
    first = uplift_curve(trial, np.where(rows < rare, 2.0, 1.0))
    assert (first.share[1], first.gain[1]) == pytest.approx((0.5, 0.5))
