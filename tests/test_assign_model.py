"""Customers scored by the scenario's model: features in, each one's own effects out, the segment's level kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import experiment_files as trial
import numpy as np
import pandas as pd
import pytest
import yaml
from command_line import run
from grocery_sample import sample_model, sample_scenario

from scenarios.language.words import Layer
from surrogate.experiment.fitted.tune import TuneParams
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.train import train_experiment
from surrogate.model_file import save_model
from surrogate.people.placing import place
from surrogate.scoring.score import score
from surrogate.scoring.single import purchase_scorer

PARAMS = replace(trial.QUICK, members=2, tuning=TuneParams(folds=2, candidates=((0.3, 0.005),)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a model of the experiment, a scenario with a budget, and new customers."""
    place_ = tmp_path_factory.mktemp("trial")
    spec = read_experiment_spec(trial.write(place_, trial.rows(customers=3_000)))
    save_model(train_experiment(spec, PARAMS, seed=1, base=place_), place_ / "model")
    product = {"id": "toy", "category": "toys", "price": 40, "unit_cost": "40%"}
    limit = {"id": "budget", "measure": "spend", "max": 250}
    asked = trial.scenario(effects={"model": "model"}, products=[product], limits=[limit])
    (place_ / "toys.yaml").write_text(yaml.safe_dump(asked, sort_keys=False), "utf-8")
    new = trial.rows(5, customers=1_000)
    new[["customer", "children", "visits", "city"]].to_csv(place_ / "customers.csv", index=False)
    return place_


def test_a_feature_under_another_name_is_no_unknown_one(folder: Path, tmp_path: Path) -> None:
    """Without its column everybody would have an average number of visits, and offers would go to others."""
    table = pd.read_csv(folder / "customers.csv").rename(columns={"visits": "visit"})
    table.to_csv(tmp_path / "renamed.csv", index=False)
    result = run("assign", folder / "toys.yaml", tmp_path / "renamed.csv", "--out", tmp_path / "out.parquet")
    assert result.exit_code == 2
    assert "expected visits, a feature of the model, which is not in the file, got visit; rename it" in result.stderr
    table.drop(columns="visit").to_csv(tmp_path / "less.csv", index=False)
    assert run("assign", folder / "toys.yaml", tmp_path / "less.csv", "--out", tmp_path / "out.parquet").exit_code == 0


def test_numbers_that_nobody_had_are_told(folder: Path, tmp_path: Path) -> None:
    """Visits a year in place of visits a week are taken as the most that the model knows, and that is said."""
    table = pd.read_csv(folder / "customers.csv")
    for name, times in (("same", 1), ("years", 1000)):
        table.assign(visits=table["visits"] * times + (times > 1) * 1e4).to_csv(tmp_path / f"{name}.csv", index=False)
        result = run("assign", folder / "toys.yaml", tmp_path / f"{name}.csv", "--out", tmp_path / "o.csv", "--json")
        assert result.exit_code == 0, result.stderr
        said = [one for one in json.loads(result.stdout)["assumed"] if "beyond what the model tells apart" in one]
        assert [one.split(":")[0] for one in said] == ([] if times == 1 else ["visits"])


def test_offers_go_to_those_who_answer(folder: Path) -> None:
    """Families answer to coupons and others hardly: who gets one is a family, and the budget is kept."""
    out = folder / "assigned.parquet"
    result = run("assign", folder / "toys.yaml", folder / "customers.csv", "--out", out, "--json")
    assert result.exit_code == 0, result.stdout
    record, table = json.loads(result.stdout), pd.read_parquet(out)
    customers = trial.rows(5, customers=1_000)
    got = table["offer"].notna().to_numpy()
    assert got.sum() > 50
    assert customers["children"][got].mean() > 0.9
    (budget,) = record["limits"]
    assert budget["used"] <= 250
    assert budget["price"] > 0
    assert "model" in record["scores"]
    assert any("offers hold from 2026-11-02" in sentence for sentence in record["assumed"])
    single = folder / "one.csv"
    pd.read_csv(folder / "customers.csv").head(1).to_csv(single, index=False)
    told = run("decide", folder / "toys.yaml", single, "--at", out, "--json")
    assert told.exit_code == 0, told.stdout
    assert json.loads(told.stdout)["customers"][0]["offer"] == (table["offer"][0] if got[0] else None)


def test_a_careful_objective_weighs_what_each_member_says_of_a_customer(folder: Path) -> None:
    """Choices follow the members' own scores in the futures: never worth less than by expectation, decided alike."""
    options = ("--set", "objective={risk: {cvar: 20%}}")
    out = folder / "careful.parquet"
    result = run("assign", folder / "toys.yaml", folder / "customers.csv", "--out", out, "--json", *options)
    assert result.exit_code == 0, result.stderr
    record = json.loads(result.stdout)
    told = record["careful"]
    assert told["by_expectation"]["worth"] <= told["worth"] <= record["bound"] and record["gap"] < 1e-3
    assert {row["member"] for row in told["tilt"]} == {0, 1}
    decided = run("decide", folder / "toys.yaml", folder / "customers.csv", "--at", out, "--json", *options)
    assert decided.exit_code == 0, decided.stderr
    offers = [one["offer"] or "" for one in json.loads(decided.stdout)["customers"]]
    assert (np.array(offers) == pd.read_parquet(out)["offer"].fillna("").to_numpy()).mean() > 0.98


def test_words_that_the_model_does_not_know_are_told_and_taken_as_unknown(folder: Path) -> None:
    """A misspelt or new city is as good as none: values are those of a file that leaves it blank, and it is said."""
    customers = pd.read_csv(folder / "customers.csv").head(40)
    answers = {}
    for name, city in (("new", "rome"), ("blank", None)):
        customers.assign(city=city).to_csv(folder / f"{name}.csv", index=False)
        out = folder / f"{name}.parquet"
        result = run("assign", folder / "toys.yaml", folder / f"{name}.csv", "--out", out, "--json")
        assert result.exit_code == 0, result.stdout
        answers[name] = json.loads(result.stdout), pd.read_parquet(out)
    customers.drop(columns="city").to_csv(folder / "none.csv", index=False)
    result = run("assign", folder / "toys.yaml", folder / "none.csv", "--out", folder / "none.parquet", "--json")
    assert result.exit_code == 0, result.stdout
    for _, table in answers.values():
        pd.testing.assert_frame_equal(table, pd.read_parquet(folder / "none.parquet"))
    said = [one for one in answers["new"][0]["assumed"] if one.startswith("city: 40 customers with words")]
    assert said and "it knows Berlin, Paris, Rome" in said[0]
    customers.head(2).assign(city="rome").to_csv(folder / "two.csv", index=False)
    for options in ((), ("--json",)):  # who is decided later is told the same
        told = run("decide", folder / "toys.yaml", folder / "two.csv", "--at", folder / "new.parquet", *options)
        assert told.exit_code == 0 and "city: 2 customers with words" in told.stdout
    assert not any(one.startswith("city:") for one in answers["blank"][0]["assumed"])


def test_a_file_without_any_feature_is_refused(folder: Path) -> None:
    """Ids alone say nothing of customers: the message names what the model knows."""
    customers = folder / "ids.csv"
    pd.read_csv(folder / "customers.csv")[["customer"]].to_csv(customers, index=False)
    result = run("assign", folder / "toys.yaml", customers, "--out", folder / "a.parquet")
    assert result.exit_code == 2
    text = " ".join(result.stderr.split())
    assert "expected at least one feature of the scenario's model" in text
    assert "value_OFFER" in text


def test_scores_of_ones_own_need_segments_that_are_known(folder: Path) -> None:
    """A limit on one learned segment cannot be counted from a file of scores: nobody says who is in it."""
    asked = yaml.safe_load((folder / "toys.yaml").read_text("utf-8"))
    asked["limits"][0]["where"] = {"segments": ["s1"]}
    (folder / "part.yaml").write_text(yaml.safe_dump(asked, sort_keys=False), "utf-8")
    columns = {f"{word}_c{depth}": [1.0] for depth in (10, 20, 30, 50) for word in ("value", "spend")}
    customers = folder / "scored.csv"
    pd.DataFrame({"customer": ["a"], "segment": ["s1"], **columns}).to_csv(customers, index=False)
    result = run("assign", folder / "part.yaml", customers, "--out", folder / "b.parquet")
    assert result.exit_code == 2
    assert "got segments that are learned" in " ".join(result.stderr.split())
    counted = run("assign", folder / "part.yaml", folder / "customers.csv", "--out", folder / "b.parquet", "--json")
    assert counted.exit_code == 0, counted.stdout
    assert len(json.loads(counted.stdout)["segments"]) >= 2


def test_purchases_tell_customers_from_their_segment() -> None:
    """Unknown features leave the average customer; known ones move rate, lift and take-up within sane bounds."""
    model, scenario = sample_model(), sample_scenario()
    offers = tuple(offer for offer in scenario.offers if offer.layer is Layer.TARGETED)
    learned = score(model, scenario)
    products = tuple(
        product.model_copy(update={"price": round(learned.prices[product.id], 2)}) for product in scenario.products
    )
    asked = scenario.model_copy(update={"products": products, "segments": learned.segments})
    scorer = purchase_scorer(model, scenario, asked, offers)
    rng = np.random.Generator(np.random.Philox(3))
    spread = np.nanstd(model.groups.raw, axis=0)
    raw = model.groups.raw[rng.integers(0, len(model.groups.ids), 300)] + rng.normal(size=(300, len(spread))) * spread
    numbers = dict(zip(scorer.numbers, raw.T, strict=True))
    assert {"discount share", "weekend share"} < set(scorer.shares) and "visits per week" not in scorer.shares
    assert {"weeks since last visit", "visits per week"} < set(scorer.amounts)
    single = scorer.compare(numbers, {}, None)
    assert (single.segment == place(model.profile_space, raw)).all()
    for values in (single.rate, single.lift, single.take_up):
        assert np.isfinite(values).all()
    assert single.rate.std() > 0.01
    assert 0.2 < np.median(single.rate) < 5
    assert np.abs(single.lift).max() < 3
    blank = {name: np.full(2, np.nan) for name in scorer.numbers}
    nobody = scorer.compare(blank, {}, np.zeros(2, dtype=np.int64))
    assert (nobody.rate[0] == nobody.rate[1]).all()
