"""Customers of several waves are one customer each: in sizes, in the smallest group, and in every interval."""

from __future__ import annotations

from functools import cache

import experiment_files as files
import numpy as np
import pandas as pd
import pytest
import yaml

from scenarios.language.schema import LearnSpec, Offer
from scenarios.problems import InvalidInput
from surrogate.experiment.held_out.evaluation import LearnerRow, OfferEvaluation
from surrogate.experiment.held_out.verdict import verdict
from surrogate.experiment.model import ExperimentModel
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.reading.table import read_experiment
from surrogate.experiment.scoring.matching import match
from surrogate.experiment.train import learn_table
from surrogate.experiment.training.groups import by_customer
from surrogate.experiment.training.offer_trial import trial_of
from surrogate.held_out.trial import Estimate

PEOPLE, WAVES = 500, 3
FEATURES = {"numeric": ["visits"], "categorical": ["city"]}
"""As many as other small experiments have beside a fourth city: what is compiled for them serves."""


def waves() -> pd.DataFrame:
    """Return customers who stand in three waves with the same features; 20 of them live in Oslo."""
    parts = []
    for number in range(WAVES):
        frame = files.rows(number, customers=PEOPLE)
        parts.append(frame.assign(wave=f"w{number}"))
    whole = pd.concat(parts, ignore_index=True)
    first = parts[0]
    for column in ("children", "visits", "city"):
        whole[column] = np.tile(first[column].to_numpy(), WAVES)
    whole.loc[whole["customer"].isin([f"CUSTOMER-{number:06d}" for number in range(20)]), "city"] = "Oslo"
    return whole


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the experiment of three waves."""
    where = tmp_path_factory.mktemp("waves")
    files.write(where, waves(), wave="wave", redeemed="redeemed", features=FEATURES)
    return where


@cache
def learned(folder) -> ExperimentModel:
    """Train once."""
    spec = read_experiment_spec(folder / "exp.yaml")
    return learn_table(spec, read_experiment(spec, folder), files.QUICK, learn=LearnSpec(count=2))


def test_segments_count_customers_not_rows(folder):
    """500 customers in three waves are 500, not 1,500; an offer's customers are those who ever had it."""
    model, frame = learned(folder), waves()
    assert model.groups.customers.sum() == PEOPLE
    for offer in model.offers:
        assert (
            offer.customers
            == frame.loc[frame["arm"] == offer.id, "customer"].nunique()
            < (frame["arm"] == offer.id).sum()
        )
    assert 50 <= model.smallest_group <= model.groups.customers.min()


def test_customers_that_the_experiment_stands_for(folder):
    """``customers: 5000`` is shared by the segments, however many waves there were."""
    raw = yaml.safe_load((folder / "exp.yaml").read_text()) | {"customers": 5000}
    (folder / "larger.yaml").write_text(yaml.safe_dump(raw))
    spec = read_experiment_spec(folder / "larger.yaml")
    model = learn_table(spec, read_experiment(spec, folder), files.QUICK, learn=LearnSpec(count=2))
    assert model.groups.customers.sum() == pytest.approx(5000, abs=2)


def test_a_level_of_few_customers_in_many_rows_has_no_name(folder):
    """20 customers of Oslo stand in 60 rows, more than the smallest group: the model must not name their city."""
    names = " ".join(learned(folder).encoder.names)
    assert "Oslo" not in names and "Rome" in names


def test_an_arm_of_few_customers_in_many_rows_is_refused(tmp_path):
    """An arm's 150 rows of 50 customers are too few to learn from: its figures would be about 50 people."""
    frame = waves()
    few = frame["customer"].isin([f"CUSTOMER-{number:06d}" for number in range(50)])
    frame["arm"] = np.where(few, "ten", np.where(frame["arm"] == "ten", "thirty", frame["arm"]))
    files.write(tmp_path, frame, wave="wave")
    with pytest.raises(InvalidInput, match="at least 100 customers with ten") as refused:
        read_experiment(read_experiment_spec(tmp_path / "exp.yaml"), tmp_path)
    assert "50 in 150 rows" in str(refused.value)


def test_trials_know_whose_rows_they_hold(folder):
    """Rows of one customer are told together, and who was likely to get other offers stands for more customers."""
    table = read_experiment(read_experiment_spec(folder / "exp.yaml"), folder)
    chance = np.tile([0.5, 0.3, 0.2], (table.count, 1))
    trial, rows = trial_of(table.outcomes["bought"], table.arm, chance, 2, table.unit)
    assert trial.unit is not None and (trial.unit == table.unit[rows]).all()
    assert trial.drawn == pytest.approx(0.7) and trial.propensity == pytest.approx(2 / 7)


def test_take_up_between_savings_tried(folder):
    """20 % off lies between 10 % and 30 %, and so does its take-up; beyond them the nearest one counts."""
    model = learned(folder)
    ten, thirty = (offer.take_up for offer in model.offers)
    assert ten != thirty
    offers = files.scenario()["offers"]
    found = {one["id"]: match(model, Offer.model_validate(one), 40.0) for one in offers}
    place = (np.log(0.8) - np.log(0.9)) / (np.log(0.7) - np.log(0.9))
    assert found["c10"].take_up == ten and found["c30"].take_up == thirty and found["c50"].take_up == thirty
    assert found["c20"].take_up == pytest.approx(ten + place * (thirty - ten), abs=1e-6)


def estimate(value: float, low: float, high: float) -> Estimate:
    """Return an estimate."""
    return Estimate(value=value, low=low, high=high, standard_error=0.1)


def test_a_ranking_that_is_no_better_is_said():
    """Where a simpler learner may rank as well, the verdict names it beside the praise."""
    rows = [
        ("this method", None),
        ("segment means", estimate(0.01, -0.02, 0.04)),
        ("other", estimate(0.03, 0.01, 0.05)),
    ]
    learners = tuple(
        LearnerRow(
            name=name, qini=estimate(0.05, 0.02, 0.08), auuc=estimate(0.1, 0.0, 0.2), slope=estimate(1.0, 0.5, 1.5),
            ours_better=better,
        )
        for name, better in rows
    )  # fmt: skip
    offer = OfferEvaluation(
        outcome="bought", offer="ten", average=estimate(0.1, 0.05, 0.15), learners=learners, calibration=()
    )
    said = verdict([offer], [], randomised=True)
    assert "Its ranking of ten on bought is not surely better than that of segment means." in said


def test_a_part_of_the_rows_is_an_experiment_of_its_own_customers(folder):
    """Those left out leave no gap in the numbers: a gap was a customer of whom nothing is known."""
    table = read_experiment(read_experiment_spec(folder / "exp.yaml"), folder)
    rows = np.flatnonzero((table.unit % 2 == 1) & (table.wave > 0))
    part = table.take(rows)
    assert set(part.unit) == set(range(np.unique(table.unit[rows]).size)) and set(part.wave) == {0, 1}
    np.testing.assert_array_equal(np.unique(table.unit[rows])[part.unit], table.unit[rows])
    assert np.isfinite(by_customer(part.numeric["visits"][:, None], part.unit)).all()
