"""A retailer's own segments, from a column of the data file to plans, lists and assignments by segment."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from command_line import run
from grocery_sample import PARAMS, sample_model
from little_work import little_work
from people_case import trained as learned_space
from purchase_files import Shop
from tiered_shop import SCENARIO, shop_of_tiers, tiered_model

from scenarios.language.schema import Scenario
from scenarios.problems import InvalidInput
from surrogate.data.data_spec import DataSpec, read_data_spec
from surrogate.data.loading import load_events
from surrogate.data.weeks import week_of
from surrogate.held_out.evaluation import evaluate_purchases
from surrogate.kinds import explain_any
from surrogate.model import Model
from surrogate.model_file import load_model, save_model
from surrogate.people.drift import segment_drift
from surrogate.people.own_segments import OWN, own_notes
from surrogate.people.profiles import build_features
from surrogate.people.segment_list import segment_list
from surrogate.people.traits import segment_traits
from surrogate.scoring.score import score
from surrogate.train import train


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's files, a model that was trained on them, and a question that reads it."""
    place = tmp_path_factory.mktemp("tiers")
    shop_of_tiers().write(place)
    save_model(tiered_model(), place / "model")
    (place / "s.yaml").write_text(yaml.safe_dump(SCENARIO, sort_keys=False))
    return place


@pytest.fixture(scope="module")
def model(folder: Path) -> Model:
    """The model as it was saved."""
    return load_model(folder / "model")


def spec_of(shop: Shop, folder: Path) -> DataSpec:
    """Write a shop and read its data file."""
    return read_data_spec(shop.write(folder))


def test_segments_are_the_retailers_and_so_are_their_effects(model: Model) -> None:
    """Ids and names are the list's; who answers to deals more is learned to; who stands in no segment is rest."""
    assert model.groups.ids == ("Gold", "silver", "rest")
    assert model.groups.names == ("Gold", "silver", "everybody else")
    assert model.groups.customers.tolist() == [80, 80, 50]
    assert model.profile_space.own == "loyalty_tier"
    share = model.profile_space.scale.names.index("discount share")
    assert model.groups.raw[0, share] > model.groups.raw[1, share]
    assert any(note.startswith("Segments are the retailer's own") for note in model.notes)
    assert any(note.startswith("50 of 210 customers who bought stand in no segment") for note in model.notes)
    assert any(note.startswith("5 segments were asked for: that counts for nothing") for note in model.notes)
    assert not any("dissolved" in note for note in model.notes)


def test_effects_differ_by_segment(model: Model) -> None:
    """The deal lifts gold more than silver, as it did."""
    scores = score(model, Scenario.model_validate(SCENARIO))
    gold, silver, _ = scores.effects.lift.mean(axis=0)[:, :2, :, 0].mean(axis=(1, 2))
    assert gold > 1.2 * silver


def test_being_in_the_segment_is_one_part_of_why(model: Model) -> None:
    """Shares of the list's own words, kept with noise, would say that 97 % of gold customers are gold."""
    found = explain_any(model, Scenario.model_validate(SCENARIO), "Gold", "cut", None)
    words = [driver.words for driver in found.drivers]
    assert words.count("being in Gold, by the column loyalty_tier") == 1
    assert not any("loyalty tier is" in one for one in words)
    assert sum(driver.points for driver in found.drivers) == pytest.approx(found.learned, abs=2e-3)


def test_a_scenario_that_asks_for_another_number_is_told(model: Model) -> None:
    """They stay the retailer's own, and no other training makes more of them."""
    asked = Scenario.model_validate({**SCENARIO, "segments": {"learn": {"count": 7}}})
    (said,) = [note for note in score(model, asked).effects.notes if "asks for 7" in note]
    assert "the retailer's own 2 beside rest, which stay" in said and "--segments" not in said


def test_other_models_are_the_same_bytes_as_before() -> None:
    """Nothing of own segments stands in a model that learned its segments."""
    assert OWN not in sample_model().sections and sample_model().profile_space.own == ""


def test_profiles_tell_whose_the_segments_are(folder: Path, model: Model, tmp_path: Path) -> None:
    """The list's own column is no trait; customers are placed by the list, never by their features."""
    traits = [trait.feature for found in segment_traits(model.profile_space, count=30).values() for trait in found]
    assert traits and not [name for name in traits if name.startswith("loyalty tier")]
    shown = run("profiles", folder / "model")
    assert shown.exit_code == 0 and "the retailer's own" in " ".join(shown.stdout.split())
    assert json.loads(run("profiles", folder / "model", "--json").stdout)["own"] == "loyalty_tier"
    out = tmp_path / "placed.csv"
    placed = run("profiles", folder / "model", "--place", folder / "data.yaml", "--ids", "--out", out)
    assert placed.exit_code == 0, placed.stderr
    table = pd.read_csv(out, keep_default_na=False).merge(
        pd.read_csv(folder / "people.csv", keep_default_na=False), left_on="customer", right_on="who"
    )
    assert (table["segment"] == table["loyalty_tier"].replace("", "rest")).all() and len(table) == 210
    refused = run("profiles", folder / "model", "--place", out)
    assert refused.exit_code == 2 and "own list of who is in which segment (loyalty_tier)" in refused.stderr


def test_a_data_file_without_the_list_places_nobody(folder: Path, tmp_path: Path) -> None:
    """It is refused with what is missing, and so is one with other segments."""
    shop = shop_of_tiers()
    shop.tables["people.csv"]["loyalty_tier"] = shop.tables["people.csv"]["loyalty_tier"].replace("Gold", "platinum")
    other = run("profiles", folder / "model", "--place", shop.write(tmp_path))
    assert other.exit_code == 2 and "expected the segments of the model: Gold, silver, rest" in other.stderr
    del shop.data["files"]["demographics"]["segment"]
    shop.data["files"]["demographics"]["categorical"] = ["loyalty_tier"]
    shop.tables["people.csv"] = shop_of_tiers().tables["people.csv"]
    none = run("profiles", folder / "model", "--place", shop.write(tmp_path))
    assert none.exit_code == 2 and "with its column segment" in none.stderr


def test_plans_and_assignments_know_the_segments(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans name them; assignments read who is in which from the file, and refuse to guess it from features."""
    little_work(monkeypatch)
    planned = run("plan", folder / "s.yaml", "--effort", "quick", "--out", tmp_path / "plans")
    assert planned.exit_code == 0, planned.stderr
    asked = json.loads((tmp_path / "plans" / "problem" / "scenario.json").read_text())
    assert [each["id"] for each in asked["segments"]] == ["Gold", "silver", "rest"]
    table = tmp_path / "customers.csv"
    run("profiles", folder / "model", "--place", folder / "data.yaml", "--ids", "--out", table)
    out = tmp_path / "assigned.csv"
    assigned = run("assign", folder / "s.yaml", table, "--out", out)
    assert assigned.exit_code == 0, assigned.stderr
    pd.read_csv(table).drop(columns="segment").to_csv(tmp_path / "bare.csv", index=False)
    refused = run("assign", folder / "s.yaml", tmp_path / "bare.csv", "--out", out)
    assert refused.exit_code == 2 and "expected the column segment" in refused.stderr


def test_models_of_own_segments_are_tested_by_the_list(folder: Path, model: Model, tmp_path: Path) -> None:
    """By their training's fit or a new one, which is the same, and as saved on later weeks; not without the list."""
    kept = evaluate_purchases(model, folder / "data.yaml", params=PARAMS.ensemble)
    again = evaluate_purchases(model, folder / "data.yaml", params=PARAMS.ensemble, refit=True)
    assert "nothing was fitted anew" in kept.tested and again.tested.startswith("A new fit")
    assert repr(kept.rows) == repr(again.rows[: len(kept.rows)])  # not known is equal, too
    shop = shop_of_tiers()
    early_model = replace(model, train_until="2026-05-31", test_until="2026-06-28")  # as if it knew no more
    later = evaluate_purchases(early_model, shop.write(tmp_path))
    assert later.tested.startswith("The saved model itself")
    assert later.cells > 0
    shop.data["files"]["demographics"] = {"file": "people.csv", "customer": "who", "categorical": ["loyalty_tier"]}
    with pytest.raises(InvalidInput, match="with its column segment"):
        evaluate_purchases(early_model, shop.write(tmp_path))


def test_small_segments_are_refused_in_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each segment of too few customers, and a rest of too few, with what to do; nothing is learned before it."""

    def learning(*_: Any, **__: Any) -> None:
        raise AssertionError("refused only after minutes of learning")

    monkeypatch.setattr("surrogate.held_out.first_fit.fit_ensemble", learning)
    shop = shop_of_tiers()
    shop.data["min_segment_size"] = 81
    with pytest.raises(InvalidInput) as refused:
        train(spec_of(shop, tmp_path), PARAMS, 1, base=tmp_path)
    said = [str(problem) for problem in refused.value.problems]
    assert len(said) == 3 and "segment Gold: expected at least 81" in said[0] and "join small segments" in said[0]
    assert "segment rest" in said[2] and "in which segment they are" in said[2]


def test_a_segment_of_which_nobody_has_bought_is_left_out_with_a_note(tmp_path: Path) -> None:
    """After a drive for members a hundred of the list have bought nothing: the others are learned as without them."""
    shop = shop_of_tiers()
    joined = pd.DataFrame({"who": [f"new{number}" for number in range(100)], "loyalty_tier": "fresh"})
    shop.tables["people.csv"] = pd.concat([shop.tables["people.csv"], joined], ignore_index=True)
    spec = spec_of(shop, tmp_path)
    own = segment_list(spec, tmp_path)
    assert own is not None and "fresh" in own.ids
    events = load_events(spec, until=spec.test_until, base=tmp_path)
    features = build_features(events, events.categories, last_week=week_of(spec.test_until))
    found = own.segmentation(events, features, least=50)
    assert found.ids == ("Gold", "silver", "rest")
    assert np.bincount(found.label).tolist() == [80, 80, 50]
    (said,) = [note for note in own_notes(own, found, None) if note.startswith("Nobody has bought")]
    assert "fresh (100 on the list)" in said


def people(shop: Shop) -> pd.DataFrame:
    """The shop's list."""
    return shop.tables["people.csv"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (lambda tier: tier.replace("silver", "silver club"), "write silver-club, or the like"),
        (lambda tier: tier.replace("silver", "rest"), "leave those cells blank"),
        (lambda tier: tier.replace("silver", "Anonymous"), "rename it: anonymous are sales without a customer"),
        (lambda tier: tier.replace("silver", "Gold"), "2 to 40 segments, got 1 different words"),
        (lambda tier: pd.Series([f"t{number}" for number in range(len(tier))]), "got 210 different words"),
    ],
)
def test_columns_that_are_none_of_segments_are_refused(tmp_path: Path, words: Any, message: str) -> None:
    """Words that cannot be ids, the word rest, one word for all, and a word for each."""
    shop = shop_of_tiers()
    people(shop)["loyalty_tier"] = words(people(shop)["loyalty_tier"])
    with pytest.raises(InvalidInput, match=message):
        segment_list(spec_of(shop, tmp_path), tmp_path)


def test_nobody_stands_in_two_segments(tmp_path: Path) -> None:
    """Without dates that is refused with its line; with them the latest row counts, and a blank one means none."""
    shop = shop_of_tiers()
    moved = pd.DataFrame({"who": ["c0", "c1"], "loyalty_tier": ["silver", ""]})
    shop.tables["people.csv"] = pd.concat([people(shop), moved])
    with pytest.raises(InvalidInput, match=r"people.csv:212.*each customer in one segment, got one in several"):
        segment_list(spec_of(shop, tmp_path), tmp_path)
    shop.tables["people.csv"] = people(shop).assign(since=["2026-01-05"] * 210 + ["2026-06-01"] * 2)
    shop.data["files"]["demographics"]["known_since"] = "since"
    found = segment_list(spec_of(shop, tmp_path), tmp_path)
    assert found is not None
    assert "c0" in found.members["silver"] and "c0" not in found.members["Gold"]
    assert not any("c1" in rows for rows in found.members.values())


def test_a_card_for_everybody_is_in_no_segment(tmp_path: Path) -> None:
    """An id that stands for nobody, with a tier of its own on the list, makes no segment and no customer."""
    shop = shop_of_tiers()
    dummy = pd.DataFrame({"who": ["0"], "loyalty_tier": ["cash"]})
    shop.tables["people.csv"] = pd.concat([people(shop), dummy])
    known = segment_list(spec_of(shop, tmp_path), tmp_path)
    assert known is not None and "cash" in known.ids
    shop.data["clean"] = {"nobody": [0]}
    found = segment_list(spec_of(shop, tmp_path), tmp_path)
    assert found is not None and found.ids == ("Gold", "silver") and "0" not in {*found.members["Gold"]}


def test_fewest_baskets_are_no_matter_of_own_segments(tmp_path: Path) -> None:
    """``min_baskets`` beside a list is refused: nobody is placed by baskets."""
    shop = shop_of_tiers()
    shop.data["min_baskets"] = 4
    with pytest.raises(InvalidInput, match="delete min_baskets"):
        spec_of(shop, tmp_path)


def test_own_segments_are_compared_by_their_ids() -> None:
    """However their customers have changed: gold is gold, and the one that is new is new."""
    space, _, _ = learned_space()
    before = replace(space, ids=("gold", "silver", "bronze"), own="tier")
    after = replace(before, ids=("bronze", "gold", "tin"))
    pairs = [(match.before, match.after) for match in segment_drift(before, after).matches]
    assert pairs == [(2, 0), (0, 1), (None, 2), (1, None)]
