"""Segments that a scenario lists: by a model's own ids they are the model's, customer by customer; others are told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import experiment_files
import numpy as np
import pandas as pd
import pytest
import yaml
from command_line import run
from grocery_sample import sample_model
from tiered_shop import SCENARIO, shop_of_tiers, tiered_model

from scenarios.language.schema import LearnSpec, Scenario
from scenarios.loading.load import load_scenario
from scenarios.response.effects import Learned
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.reading.table import read_experiment
from surrogate.experiment.train import learn_table
from surrogate.kinds import AnyModel, score_any
from surrogate.model_file import load_model, save_model

TIERS = {"Gold": 80, "silver": 80, "rest": 50}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop's files with a column of tiers, and a model that was trained on them."""
    place = tmp_path_factory.mktemp("tiers")
    shop_of_tiers().write(place)
    save_model(tiered_model(), place / "model")
    return place


def written(folder: Path, segments: Any, **changes: Any) -> Path:
    """Write a question with these segments."""
    path = folder / "asked.yaml"
    path.write_text(yaml.safe_dump({**SCENARIO, "segments": segments} | changes, sort_keys=False))
    return path


def listed(sizes: dict[str, int], **profile: dict[str, float]) -> list[dict[str, Any]]:
    """Write segments out, some with a profile."""
    return [
        {"id": name, "customers": count} | ({"profile": profile[name]} if name in profile else {})
        for name, count in sizes.items()
    ]


def scored(folder: Path, segments: Any, model: AnyModel | None = None) -> Learned:
    """Score the written question with the saved model."""
    return score_any(model or load_model(folder / "model"), load_scenario(written(folder, segments)).scenario)


def same(one: Learned, other: Learned, order: list[int] | None = None) -> None:
    """Compare all that is said of segments; ``order`` are those of ``one`` in the order of the other."""
    by = order or list(range(len(one.segments)))
    close = {"rtol": 0, "atol": 0} if order is None else {"rtol": 1e-5, "atol": 1e-8}
    for name in ("base_units", "lift"):
        mine, theirs = (getattr(each.effects, name) for each in (one, other))
        np.testing.assert_allclose(mine[:, by], theirs, **close, err_msg=name)
    for name in ("base_cv", "lift_sd", "take_up", "take_up_cv"):
        mine, theirs = (getattr(each.effects, name) for each in (one, other))
        np.testing.assert_allclose(mine[by], theirs, **close, err_msg=name)
    assert one.orders == other.orders
    assert one.effects.evidence == other.effects.evidence
    assert one.effects.notes == other.effects.notes and one.accuracy == other.accuracy


def test_listed_ids_are_scored_as_learned_ones(folder: Path) -> None:
    """Writing out what a scenario may leave to the model changes no figure, and none of the words beside it."""
    said = [
        json.loads(run("effects", written(folder, each), "--json").stdout) for each in ({"learn": {}}, listed(TIERS))
    ]
    assert said[0] == said[1] and [row["segment"] for row in said[0]["scores"]][::2] == list(TIERS)
    learned = scored(folder, {"learn": {}})
    assert learned.effects.lift[:, 0].mean() > 1.2 * learned.effects.lift[:, 1].mean()
    same(learned, scored(folder, listed(TIERS)))


def test_the_order_of_the_list_is_no_matter(folder: Path) -> None:
    """Each segment is what it is, wherever it stands in the list."""
    turned = dict(reversed(TIERS.items()))
    same(scored(folder, {"learn": {}}), scored(folder, listed(turned)), order=[2, 1, 0])


def test_another_count_is_as_many_more_of_the_same_customers(folder: Path) -> None:
    """Baselines and orders follow the number of customers, lifts and take-up do not; a note tells both numbers."""
    one, two = (scored(folder, listed(TIERS | {"Gold": count})) for count in (80, 160))
    np.testing.assert_allclose(two.effects.base_units[:, 0], 2 * one.effects.base_units[:, 0], rtol=1e-5)
    np.testing.assert_array_equal(two.effects.base_units[:, 1:], one.effects.base_units[:, 1:])
    np.testing.assert_allclose(two.effects.lift, one.effects.lift, rtol=1e-5)
    np.testing.assert_array_equal(two.effects.take_up, one.effects.take_up)
    assert [row[1] for row in two.orders["Gold"]] == pytest.approx([2 * row[1] for row in one.orders["Gold"]])
    assert not any("numbers of customers" in note for note in one.effects.notes)
    assert any("Gold (160, in the data 80)." in note for note in two.effects.notes)
    said = " ".join(run("validate", folder / "asked.yaml").stdout.split())
    assert "Listed segments are the model's own, with other numbers of customers than the data has: Gold" in said


def test_a_few_of_the_models_segments_may_be_listed(folder: Path) -> None:
    """Who plans for silver alone gets silver's own figures."""
    whole, silver = scored(folder, {"learn": {}}), scored(folder, listed({"silver": 80}))
    np.testing.assert_array_equal(silver.effects.base_units[:, 0], whole.effects.base_units[:, 1])
    np.testing.assert_allclose(silver.effects.lift.mean(axis=0)[0], whole.effects.lift.mean(axis=0)[1], rtol=0.02)
    np.testing.assert_array_equal(silver.effects.take_up[0], whole.effects.take_up[1])


def test_a_profile_moves_a_segment_of_the_model_from_where_it_is(folder: Path) -> None:
    """What a profile says as it is changes nothing; more visits a week sell more, and the rest stays the segment's."""
    learned = scored(folder, {"learn": {}})
    own = {name: value for name, value in learned.segments[0].profile.items() if isinstance(value, float)}
    still = scored(folder, listed(TIERS, Gold=own))
    np.testing.assert_array_equal(still.effects.lift, learned.effects.lift)
    np.testing.assert_array_equal(still.effects.base_units, learned.effects.base_units)
    visits = own["visits per week"]
    more = scored(
        folder, listed(TIERS, Gold={"visits_per_week": 1.3 * visits, "spend per week": 1.3 * own["spend per week"]})
    )
    assert (more.effects.base_units[:, 0] > learned.effects.base_units[:, 0]).all()
    np.testing.assert_array_equal(more.effects.base_units[:, 1:], learned.effects.base_units[:, 1:])
    assert more.accuracy["segments"] == "Gold declared in the scenario"


@pytest.mark.parametrize(
    ("segment", "message"),
    [
        (
            {"id": "b2b"},
            "segments.b2b: expected one of the model's segments, by the column loyalty_tier (Gold, silver, rest)",
        ),
        ({"id": "silvr"}, "did you mean silver?"),
        ({"id": "vip", "profile": {"loyalty_tier": "Gold"}}, "write id: Gold"),
        ({"id": "vip", "profile": {"loyalty_tier": "Tin"}}, "known: Gold, silver, rest"),
    ],
)
def test_a_segment_that_nobody_knows_is_refused(folder: Path, segment: dict[str, Any], message: str) -> None:
    """With the ids that the model knows, by validate too; a misspelt one is not the average customer."""
    asked = written(folder, [{"id": "Gold", "customers": 80}, {"customers": 500} | segment])
    for command in ("validate", "effects"):
        found = run(command, asked)
        assert found.exit_code == 2 and message in " ".join(found.stderr.split())
        assert "asked.yaml:" in found.stderr


def test_a_segment_of_the_scenarios_own_is_told_by_its_profile(folder: Path) -> None:
    """Beside the retailer's segments one may be declared by what the model has learned."""
    found = scored(folder, [*listed({"Gold": 80}), {"id": "new", "customers": 40, "profile": {"discount share": 0.1}}])
    assert found.accuracy["segments"] == "new declared in the scenario"
    np.testing.assert_array_equal(
        found.effects.base_units[:, 0], scored(folder, {"learn": {}}).effects.base_units[:, 0]
    )


def test_assignments_read_the_list_for_listed_segments(folder: Path, tmp_path: Path) -> None:
    """Who is in a listed tier is the retailer's list's to say, as for segments that the model fills in."""
    table, out = tmp_path / "customers.csv", tmp_path / "assigned.csv"
    run("profiles", folder / "model", "--place", folder / "data.yaml", "--ids", "--out", table)
    asked = written(folder, listed(TIERS))
    assert run("assign", asked, table, "--out", out).exit_code == 0
    pd.read_csv(table).drop(columns="segment").to_csv(tmp_path / "bare.csv", index=False)
    refused = run("assign", asked, tmp_path / "bare.csv", "--out", out)
    assert refused.exit_code == 2 and "expected the column segment" in refused.stderr


def test_learned_segments_are_known_by_their_ids_too() -> None:
    """A model that learned its segments scores them listed as left out; another is the average customer, and told."""
    model = sample_model()
    sizes = dict(zip(model.groups.ids, model.groups.customers.tolist(), strict=True))
    question = {
        "scenario": "grocer", "currency": "USD", "horizon": {"start": "2017-11-06", "periods": 2, "unit": "week"},
        "products": [{"id": name, "category": "food", "unit_cost": "60%"} for name in ("milk", "cheese")],
        "offers": [{"id": "cut", "mechanic": "price_discount", "depth": "25%"}],
        "effects": {"model": "model"},
    }  # fmt: skip
    learned, own = (
        score_any(model, Scenario.model_validate({**question, "segments": each}))
        for each in ({"learn": {}}, listed(sizes))
    )
    same(learned, own)
    found = score_any(model, Scenario.model_validate({**question, "segments": listed({"s1": sizes["s1"], "club": 90})}))
    assert any(
        "Listed segment club has no profile" in note and "taken as the average customer" in note
        for note in found.effects.notes
    )
    np.testing.assert_array_equal(found.effects.base_units[:, 0], learned.effects.base_units[:, 0])


def test_segments_of_an_experiment_are_known_by_their_ids(tmp_path: Path) -> None:
    """The same holds of experiments; there an unknown id without a profile is everybody, and told."""
    path = experiment_files.write(tmp_path, experiment_files.rows(customers=1000))
    spec = read_experiment_spec(path)
    params = replace(experiment_files.QUICK, tuning=replace(experiment_files.QUICK.tuning, folds=3))
    model = learn_table(spec, read_experiment(spec, tmp_path), params, learn=LearnSpec(count=3))
    sizes = dict(zip(model.groups.ids, model.groups.customers.tolist(), strict=True))

    def asked(segments: Any) -> Learned:
        file = tmp_path / "toys.yaml"
        file.write_text(yaml.safe_dump(experiment_files.scenario(segments=segments), sort_keys=False))
        return score_any(model, load_scenario(file).scenario)

    learned = asked({"learn": {}})
    same(learned, asked(listed(sizes)))
    turned = list(reversed(sizes))
    same(learned, asked(listed({name: sizes[name] for name in turned})), order=list(range(len(sizes)))[::-1])
    beside = asked([*listed(sizes), {"id": "fans", "customers": 10}])
    assert any(
        "Listed segment fans has no profile" in note and "all customers of the experiment" in note
        for note in beside.effects.notes
    )
    np.testing.assert_allclose(beside.effects.lift[:, : len(sizes)], learned.effects.lift, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(beside.effects.base_units[:, : len(sizes)], learned.effects.base_units, rtol=1e-5)
