"""Intervals of what an experiment taught hold the truth as often as they say, also where an offer does nothing."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import experiment_files as files
import numpy as np
import pytest

from surrogate.experiment.fitted.fit import FitParams
from surrogate.experiment.fitted.network import new_network
from surrogate.experiment.fitted.tune import Tuned
from surrogate.experiment.model import OutcomeModel
from surrogate.experiment.prepared.prepare import prepare
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.reading.table import read_experiment
from surrogate.experiment.scoring.lifts import Who, lifts, means
from surrogate.experiment.scoring.predictive import predictive, predictive_ratio
from surrogate.experiment.training import one_outcome
from surrogate.experiment.training.cross_checks import lift_miss
from surrogate.experiment.training.one_outcome import fit_members, study_of


@pytest.mark.parametrize("members", [3, 8, 20])
def test_a_range_of_members_holds_the_truth_in_nine_of_ten_cases(members):
    """The truth and the members lie around an estimate alike; without the step, the range of eight holds it in 78 %."""
    rng = np.random.default_rng(members)
    around, truth = rng.normal(0, 0.1, (members, 20_000)), rng.normal(0, 0.1, 20_000)
    found = predictive(np.exp(around))
    inside = (found.min(axis=0) <= np.exp(truth)) & (np.exp(truth) <= found.max(axis=0))
    plain = (around.min(axis=0) <= truth) & (truth <= around.max(axis=0))
    assert plain.mean() == pytest.approx((members - 1) / (members + 1), abs=0.01)
    assert inside.mean() == pytest.approx(0.90, abs=0.01)


def test_members_keep_their_mean_their_order_and_their_agreement():
    """Only the spread changes: nobody changes ranks, the mean stays, and members that agree still do."""
    members = np.exp(np.random.default_rng(1).normal(0, 0.2, (8, 5)))
    members[:, 4] = 1.25
    found = predictive(members)
    np.testing.assert_allclose(found.mean(axis=0), members.mean(axis=0), rtol=1e-12)
    np.testing.assert_array_equal(found[:, :4].argsort(axis=0), members[:, :4].argsort(axis=0))
    np.testing.assert_allclose(found[:, 4], 1.25, rtol=1e-12)
    with pytest.raises(ValueError, match="two members"):
        predictive(members[:1])


def _of_one_feature(members=8):
    """Return an outcome whose members differ in their average only, and two declared customers."""
    rng = np.random.default_rng(7)
    nets = tuple(
        replace(
            new_network(rng, features=1, mechanics=1, profile=1, hidden=1, base=-1.0 + 0.05 * rng.standard_normal()),
            contact_bias=np.array([0.1 * rng.standard_normal()]),
        )
        for _ in range(members)
    )
    outcome = OutcomeModel(
        binary=False, scale=1.0, networks=nets, base=np.ones((members, 2)), lift_sd=0.1, answer=0.02,
        answer_hidden=0.005,
    )  # fmt: skip
    return outcome, Who(features=np.array([[0.0], [0.0]]), share=np.eye(2), learned=False, rows=(None, None))


def test_lifts_and_baselines_of_segments_are_spread_as_the_truth_may_lie():
    """What the planner draws futures from is wider than eight members are, as far as Student's distribution says."""
    outcome, who = _of_one_feature()
    nets = outcome.networks
    # 1.895: 95 % of Student's distribution with 7 degrees of freedom, from a printed table
    reach = 1.895 * (1 + 1 / 8) ** 0.5
    base = np.log(means(outcome, who)[:, 0])
    plain = np.array([float(net.base_bias) for net in nets])
    assert np.ptp(base) == pytest.approx(2 * reach * plain.std(ddof=1), rel=1e-3)
    # the ends of a lift are where a difference of means is as far from 0 as its own error reaches
    without = np.exp(plain)
    with_offer = without * np.exp([net.contact_bias[0] for net in nets])
    found = 1.0 + lifts(outcome, who, 0, 0.0)[:, 0]
    for ratio, side in ((found.min(), 1), (found.max(), -1)):
        gap = with_offer - ratio * without
        assert gap.mean() == pytest.approx(side * reach * gap.std(ddof=1), rel=1e-3)


def _tailed(rng, cases, customers):
    """Return 8 bootstrap members of the means of many samples, 0 for three of four customers, else long-tailed."""
    sample = (rng.random((cases, customers)) < 0.25) * rng.lognormal(0.0, 1.8, (cases, customers))
    weight = rng.exponential(size=(8, cases, customers))
    return (weight * sample).sum(axis=2) / weight.sum(axis=2)


def test_lifts_of_long_tailed_amounts_hold_the_truth_where_an_offer_does_nothing():
    """Both arms are alike: the interval holds 1 in nine of ten cases; by logarithms alone it misses one in six."""
    rng = np.random.default_rng(5)
    above, below = _tailed(rng, 800, 1000), _tailed(rng, 800, 1000)
    found, logs = predictive_ratio(above, below), predictive(above / below)
    inside, plain = ((one.min(axis=0) <= 1) & (one.max(axis=0) >= 1) for one in (found, logs))
    assert plain.mean() < 0.865 < inside.mean()


def test_ratios_keep_their_mean_and_their_order_and_end_somewhere():
    """Members keep ranks and mean; a base that is hardly known gives a wide interval, not an endless one."""
    rng = np.random.default_rng(8)
    below = np.exp(rng.normal(0, [0.02, 0.1, 0.3, 0.6, 0.0], (8, 5)))
    above = below * np.exp(rng.normal(0.1, [0.02, 0.1, 0.3, 0.6, 0.0], (8, 5)))
    found = predictive_ratio(above, below)
    np.testing.assert_array_equal(found[:, :4].argsort(axis=0), (above / below)[:, :4].argsort(axis=0))
    np.testing.assert_allclose(found.mean(axis=0), (above / below).mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(found[:, 4], np.exp(0.1), rtol=1e-9)
    assert found.min() > 0 and found.max() < 50
    with pytest.raises(ValueError, match="two members"):
        predictive_ratio(above[:1], below[:1])


def test_what_all_members_miss_widens_a_lift_of_nothing_as_much_as_any_other():
    """Members that agree on a lift of 0 or of 100 % are spread by the same points; 90 % and a little more are held."""
    rng = np.random.default_rng(9)
    cases, miss, truth = 20_000, 0.08, 1.0
    around = rng.normal(0, 0.05, (8, cases))
    above = np.maximum(truth + rng.normal(0, 0.05, cases) + rng.normal(0, miss, cases) + around, 0.01)
    below = np.ones_like(above)
    with_it, without = predictive_ratio(above, below, miss=miss), predictive_ratio(above, below)
    held = [((one.min(axis=0) <= truth) & (truth <= one.max(axis=0))).mean() for one in (with_it, without)]
    assert held[1] < 0.75 and held[0] == pytest.approx(0.93, abs=0.02)
    level = np.array([[1.0, 2.0]]).repeat(8, axis=0)
    found = predictive_ratio(level, np.ones_like(level), miss=miss) - level
    np.testing.assert_allclose(np.ptp(found, axis=0), 2 * 1.895 * miss, rtol=1e-3)  # Student's 95 %, 7 degrees
    np.testing.assert_allclose(found.mean(axis=0), 0.0, atol=1e-12)


def test_a_lift_near_the_lowest_that_can_be_keeps_its_mean():
    """Where the interval would reach below the floor, the other members make up for what is cut off."""
    outcome, who = _of_one_feature()
    level = float(lifts(outcome, who, 0, 0.0).mean())
    low = replace(
        outcome,
        networks=tuple(replace(net, contact_bias=net.contact_bias - 0.35) for net in outcome.networks),
    )
    narrow, wide = (lifts(replace(low, lift_miss=miss), who, 0, 0.0)[:, 0] for miss in (0.0, 0.2))
    assert wide.min() == pytest.approx(-0.5, abs=0.01) and wide.max() > narrow.max() + 0.1 and narrow.min() > -0.45
    assert wide.mean() == pytest.approx(narrow.mean(), abs=0.005) and narrow.mean() < level - 0.2


def _study(uplift, rng):
    """Return an experiment of half and half: half of all buy, and what the offer adds by customer [N]."""
    count = uplift.size
    arm = rng.integers(0, 2, count)
    bought = (rng.random(count) < 0.5 + uplift * arm).astype(float)
    rows = SimpleNamespace(outcome=bought, arm=arm)
    return SimpleNamespace(rows=rows, chance=np.full((count, 2), 0.5), unit=np.arange(count))


@pytest.mark.parametrize("foreseen", ["right", "none"])
def test_misses_of_bins_are_told_in_units_of_the_baseline(foreseen):
    """One half answers by ten points more, one by ten less: foreseen, nothing is missed, else a fifth of the base."""
    rng = np.random.default_rng(10)
    uplift = np.where(np.arange(60_000) % 2 == 0, 0.1, -0.1)
    said = uplift if foreseen == "right" else 1e-6 * uplift
    expected = np.column_stack([np.full(uplift.size, 0.5), 0.5 + said])
    found = lift_miss(_study(uplift, rng), SimpleNamespace(expected=expected))
    assert found == pytest.approx(0.0 if foreseen == "right" else 0.2, abs=0.03)


def test_settings_are_chosen_by_the_weights_of_the_customers():
    """Two customers, two settings, each better for one of them: who counts more decides."""
    cautious, free = FitParams(answer=0.02), FitParams(answer=0.4)
    tuned = Tuned(
        params=cautious, chosen=0, losses=(0.0, 0.0), expected=np.zeros((2, 2)),
        distances=np.array([[0.0, 0.0], [1.0, -1.0]]), candidates=(cautious, free),
    )  # fmt: skip
    assert tuned.under(np.array([2.0, 1.0])) is cautious
    assert tuned.under(np.array([1.0, 2.0])) is free


def test_each_member_chooses_its_settings_on_its_own_weights(tmp_path):
    """The choice is made once a member, on the weights that the member is fitted on, and the fits follow it."""
    path = files.write(tmp_path, files.rows(customers=1200))
    spec = read_experiment_spec(path)
    study, _ = study_of(prepare(spec, read_experiment(spec, tmp_path), smallest=50), "bought")
    seen = []

    def wide_for_the_first(weight):
        seen.append(weight)
        return replace(files.QUICK.net.fit, answer=2.0 if len(seen) == 1 else 0.001, answer_hidden=0.001)

    fitted = fit_members(study, files.QUICK, wide_for_the_first, 1, lambda _: None)
    assert len(seen) == files.QUICK.members and len({weight.tobytes() for weight in seen}) == len(seen)
    differences = [float(np.abs((net.answer + net.own[0]) @ net.profile).max()) for net in fitted]
    assert differences[0] > 5 * max(differences[1:])


def test_training_lets_the_weights_choose(tmp_path, monkeypatch):
    """Training hands the members the choice, not what was chosen on all customers: other weights, other settings."""
    path = files.write(tmp_path, files.rows(customers=1200))
    spec = read_experiment_spec(path)
    prepared = prepare(spec, read_experiment(spec, tmp_path), smallest=50)
    handed = []
    monkeypatch.setattr(
        one_outcome, "fit_members", lambda study, params, settings, seed, tick: handed.append(settings) or ()
    )
    ahead = one_outcome.Ahead(progress=lambda *_: None, first=0.0, share=1.0, outcome="bought")
    learned = one_outcome.learn_outcome(prepared, "bought", files.QUICK, 1, ahead)
    better = learned.tuned.distances[1] < 0
    widths = [handed[0](counted.astype(float)).answer for counted in (better, ~better)]
    assert 0 < better.sum() < better.size and widths == [0.3, 0.02]
