"""What an evaluation of an experiment may say: of the saved model where it was tested, and surely where it is sure."""

from __future__ import annotations

import io
from dataclasses import replace

import experiment_files as files
import numpy as np
import pytest
from rich.console import Console

from planner.report.learned.experiment import show_experiment, trusted
from scenarios.language.schema import LearnSpec
from surrogate.experiment.held_out.evaluate import evaluate_experiment, same_customers
from surrogate.experiment.held_out.evaluation import OURS, SAVED, ExperimentEvaluation, LearnerRow, OfferEvaluation
from surrogate.experiment.held_out.policies import BY_LOT, NOBODY
from surrogate.experiment.held_out.predict import expected
from surrogate.experiment.held_out.verdict import verdict
from surrogate.experiment.prepared.prepare import prepare
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.reading.table import read_experiment
from surrogate.experiment.train import train_experiment
from surrogate.held_out.trial import Estimate, normal_estimate


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Return a model of an experiment, of as few networks as may be: as many are fitted in every evaluation of it."""
    folder = tmp_path_factory.mktemp("first")
    spec = read_experiment_spec(files.write(folder, files.rows(customers=1500)))
    return train_experiment(spec, replace(files.QUICK, members=2), learn=LearnSpec(count=2), base=folder)


@pytest.fixture(scope="module")
def others(trained, tmp_path_factory):
    """Return the model's evaluation on other customers, and their table."""
    folder = tmp_path_factory.mktemp("others")
    path = files.write(folder, files.rows(seed=3, customers=1500))
    return evaluate_experiment(trained, path, resamples=20), read_experiment(read_experiment_spec(path), folder)


def printed(found):
    """Return what is shown, on one line."""
    console = Console(width=240, record=True, file=io.StringIO())
    console.print(*show_experiment(found))
    return " ".join(console.export_text().split())


def test_on_other_customers_the_saved_model_is_judged(trained, others):
    """Deciles, rules and comparisons are about the model that will be used, not about others fitted to the new file."""
    found, table = others
    foreseen = expected(trained, table, "bought")
    thirty = found.offers[1]
    rows = table.arm != 1
    predicted = np.average(
        [one.predicted for one in thirty.calibration], weights=[one.customers for one in thirty.calibration]
    )
    assert predicted == pytest.approx((foreseen[:, 2] - foreseen[:, 0])[rows].mean(), rel=1e-9)
    assert {row.name for row in thirty.learners if row.ours_better is None} == {SAVED}
    reached = {row.name: row.reached for row in found.policies[0].rows}
    gains = (foreseen[:, 1:] - foreseen[:, :1]).max(axis=1)
    assert reached["each customer what helps most, if it helps"] == pytest.approx((gains > 0).mean())
    assert "verdict are about the saved model" in printed(found)


def test_its_own_customers_are_known_again_in_another_order(trained, tmp_path):
    """The file of the training, written upside down, is no test of the saved model: it has seen everybody in it."""
    path = files.write(tmp_path, files.rows(customers=1500).iloc[::-1])
    found = evaluate_experiment(trained, path, resamples=20)
    assert SAVED not in {row.name for row in found.offers[0].learners}
    assert "The saved model was trained on these customers" in printed(found)
    assert "Training tells the same measures of fits on two thirds" in printed(found)
    spec = read_experiment_spec(path)
    prepared = prepare(spec, read_experiment(spec, tmp_path), smallest=50)
    others = tuple(replace(one, customers=one.customers + 1) for one in trained.offers)
    assert same_customers(prepared, trained) and not same_customers(prepared, replace(trained, offers=others))


def test_a_half_by_lot_is_the_mean_of_all_halves(trained, others):
    """No lot is drawn: half of what everybody's best brings, exactly."""
    found, table = others
    rows = {row.name: row for row in found.policies[0].rows}
    foreseen = expected(trained, table, "bought")
    best = (foreseen[:, 2] >= foreseen[:, 1]).mean()
    assert best == 1.0  # a larger saving brings more: everybody's best is thirty
    everybody = rows["everybody thirty"].over_none
    assert rows[BY_LOT].over_none.value == pytest.approx(everybody.value / 2)
    assert rows[BY_LOT].over_none.standard_error == pytest.approx(everybody.standard_error / 2)
    assert rows[BY_LOT].reached == 0.5 and rows[NOBODY].reached == 0.0


def offer(average, *, slope=(0.8, 1.2)):
    """Return the evaluation of one offer whose order is worth something."""
    row = LearnerRow(
        name=OURS, qini=normal_estimate(0.05, 0.005), auuc=normal_estimate(0.1, 0.01),
        slope=Estimate(value=1.0, low=slope[0], high=slope[1], standard_error=0.1), ours_better=None,
    )  # fmt: skip
    return OfferEvaluation(outcome="bought", offer="ten", average=average, learners=(row,), calibration=())


def evaluated(offers):
    """Return an evaluation of some offers."""
    return ExperimentEvaluation(
        source="x", customers=1, randomised=True, offers=tuple(offers), policies=(), notes=(), verdict=()
    )


def test_six_offers_that_do_nothing_are_rarely_said_to_do_something():
    """At most one of ten evaluations trusts any of six offers that do nothing; one by one it would be every other."""
    rng = np.random.default_rng(1)
    draws = rng.normal(0, 1, (2000, 6))
    said = np.mean([trusted(evaluated(offer(normal_estimate(one, 1.0)) for one in row)) for row in draws])
    alone = np.mean((np.abs(draws) > 1.645).any(axis=1))
    assert said < 0.12 and alone > 0.4


def test_one_offer_is_judged_by_the_interval_that_is_printed():
    """With one offer, an interval of 90 % without 0 is enough; as one of six it is not."""
    average = normal_estimate(1.8, 1.0)
    assert average.low > 0 and trusted(evaluated([offer(average)]))
    assert not trusted(evaluated([offer(average), *[offer(normal_estimate(0.0, 1.0))] * 5]))
    said = verdict(
        [offer(average)] + [replace(offer(normal_estimate(0.0, 1.0)), offer="mail")] * 5, [], randomised=True
    )
    assert "Do not trust any effect of ten on bought: its average, +1.8, may be 0." in said


@pytest.mark.parametrize(
    ("slope", "words"),
    [
        ((0.8, 1.2), "and their sizes: Qini"),
        ((0.1, 3.0), "while the data says little about their sizes (calibration slope 0.10 to 3.00)"),
        ((1.1, 1.9), "but not their sizes (calibration slope 1.00)"),
    ],
)
def test_sizes_are_trusted_only_where_they_are_known(slope, words):
    """A slope that may be anything from a tenth to three confirms no size."""
    said = verdict([offer(normal_estimate(1.0, 0.1), slope=slope)], [], randomised=True)
    assert any(words in sentence for sentence in said)


def test_every_interval_says_its_level(trained, others):
    """A bare range may be anything: what training and evaluation print in brackets is marked as 90 %."""
    assert all("(90%: " in str(value) for name, value in trained.accuracy.items() if name.endswith("average effect"))
    said = printed(others[0])
    assert said.count("(90%: ") == 3 and "ours better by, 90%" in said
