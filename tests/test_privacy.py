"""No artefact holds an id, a key or a small group; ``campaign privacy`` says what one contains and finds leaks.

The grep is over everything that a whole loop writes: model, cache, plan folder, exports, placed customers.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import experiment_files
import numpy as np
import pandas as pd
import pytest
from command_line import run
from grocery_sample import PARAMS, sample_model
from leaks import leak_address, leak_file, leak_id, leak_key, leak_pseudonyms
from whole_loop import whole_loop, written

import surrogate.cache
from scenarios.language.schema import LearnSpec
from surrogate.artefact_bytes import key_forms, pieces
from surrogate.data.files.pseudonyms import Pseudonyms, key_for
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.train import train_experiment
from surrogate.model_file import save_model
from surrogate.privacy import contents


@pytest.fixture(scope="module")
def loop(tmp_path_factory):
    """Everything that one loop writes."""
    return whole_loop(tmp_path_factory.mktemp("loop"))


def test_no_id_of_the_data_is_in_any_artefact(loop):
    """The bytes of model, cache, plan folder, exports and placed customers hold no id, opened or as they lie."""
    places = set()
    for piece in written(loop):
        places.add(piece.place.split("/")[0])
        for name in (*loop["ids"], "KUNDE"):
            assert name.encode() not in piece.content, f"{piece.place}: {name}"
    assert {"model", "cache", "plans", "placed.csv"} <= places


def test_customers_of_the_data_are_placed_and_named_on_purpose_only(loop, tmp_path, monkeypatch):
    """Everybody of the purchases, with features that ``assign`` reads: by pseudonym, or by id where --ids asks."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(loop["out"] / "cache"))
    model, data = loop["out"] / "model", loop["folder"] / "data.yaml"
    for name, options in (("hidden.csv", ()), ("named.csv", ("--ids",))):
        result = run("profiles", model, "--place", data, *options, "--out", tmp_path / name)
        assert result.exit_code == 0, result.stderr
        assert "160 customers placed" in result.stdout
    hidden, named = pd.read_csv(tmp_path / "hidden.csv"), pd.read_csv(tmp_path / "named.csv")
    assert sorted(named["customer"]) == loop["ids"]
    assert hidden["pseudonym"].tolist() == Pseudonyms(loop["key"]).numbers(named["customer"]).tolist()
    assert "KUNDE" not in (tmp_path / "hidden.csv").read_text()
    assert hidden.drop(columns="pseudonym").equals(named.drop(columns="customer"))
    named.drop(columns=["segment", "name"]).to_csv(tmp_path / "mine.csv", index=False)
    again = run("profiles", model, "--place", tmp_path / "mine.csv", "--ids", "--out", tmp_path / "again.csv")
    assert again.exit_code == 0, again.stderr
    assert pd.read_csv(tmp_path / "again.csv")["segment"].tolist() == named["segment"].tolist()


def test_ids_are_not_asked_for_where_no_key_can_be_kept(loop, tmp_path, monkeypatch):
    """They are found again by pseudonyms: under a key of the moment those would pass for ids."""
    (tmp_path / "taken").write_text("a file, not a folder")
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "taken"))
    place = ("profiles", loop["out"] / "model", "--place", loop["folder"] / "data.yaml")
    result = run(*place, "--ids", "--out", tmp_path / "named.csv")
    assert result.exit_code == 2 and "customer key" in result.stderr, result.stderr
    assert not (tmp_path / "named.csv").exists()
    assert run(*place, "--out", tmp_path / "hidden.csv").exit_code == 0


def test_no_pseudonym_and_no_key_is_in_model_or_plans(loop):
    """Pseudonyms stay where customers are listed on purpose; the key is nowhere but in its file, mode 600."""
    numbers = Pseudonyms(loop["key"]).numbers(loop["ids"])
    for piece in written(loop):
        assert not any(form in piece.content for form in key_forms(loop["key"])), piece.place
        if piece.place.startswith("placed.csv"):
            continue
        assert piece.whole is None or not np.isin(piece.whole, numbers).any(), piece.place
        assert not any(str(number).encode() in piece.content for number in numbers.tolist()), piece.place
    key = loop["out"] / "cache" / "customers.key"
    assert key.stat().st_mode & 0o777 == 0o600


def test_another_key_gives_the_same_model(loop, tmp_path, monkeypatch):
    """What is learned does not depend on the key, so a model can be made again elsewhere, byte for byte."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path))
    monkeypatch.setattr(surrogate.cache, "TrainParams", lambda: PARAMS)
    surrogate.cache.model_for(loop["data"], LearnSpec(count=2))
    (again,) = (tmp_path / "models").iterdir()
    assert key_for() != loop["key"]
    for name in ("model.json", "weights.npz"):
        assert (again / name).read_bytes() == (loop["out"] / "model" / name).read_bytes()


@pytest.mark.parametrize("what", ["model", "plans"])
def test_clean_artefacts_are_said_to_be_clean(loop, what):
    """The command answers yes, names the smallest group, and says what it searched."""
    ids, key = loop["folder"] / "customers.csv", loop["out"] / "cache" / "customers.key"
    result = run("privacy", loop["out"] / what, "--ids", ids, "--key", key)
    assert result.exit_code == 0, result.stdout
    assert "nothing that should not be there" in result.stdout
    assert "none of 160 ids of the data, nor their pseudonyms" in result.stdout
    assert "not the key" in result.stdout


def test_everything_in_a_model_is_explained(loop):
    """Each field of the model file is said in plain words."""
    found = contents(loop["out"] / "model")
    assert all(part.what != part.name.replace("_", " ") for part in found.parts), "no field is told by its name alone"
    assert found.smallest_group >= 50
    assert sum(size for _, size in found.groups) == 160


@pytest.mark.parametrize(
    ("leak", "message"),
    [
        (leak_id, "ids of customers: KUNDE-0007"),
        (leak_key, "the key of the customers' pseudonyms"),
        (leak_address, "an e-mail address"),
        (leak_file, "who.parquet is no file of a model"),
        (leak_file, "household_id holds customers one by one"),
        (leak_file, "who.parquet: household_id: ids of customers"),
        (leak_pseudonyms, "extra.npz: who: ids of customers"),
        (leak_pseudonyms, "one row a customer"),
    ],
)
def test_what_should_not_be_there_is_found(loop, tmp_path, leak, message):
    """Ids, pseudonyms, keys, addresses and lists of customers are found wherever they hide; the answer is no."""
    folder = tmp_path / "model"
    shutil.copytree(loop["out"] / "model", folder)
    leak(folder, loop)
    ids, key = loop["folder"] / "customers.csv", loop["out"] / "cache" / "customers.key"
    kept = tmp_path / "key"
    shutil.copy(key, kept)
    result = run("privacy", folder, "--ids", ids, "--key", kept, "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert any(message in finding for finding in document["findings"]), document["findings"]


def test_small_groups_are_found(loop, tmp_path):
    """A segment below the smallest size is a finding, in models and in plans; the size can be set."""
    model = sample_model()
    few = model.groups.customers.copy()
    few[0] = 12
    save_model(replace(model, groups=replace(model.groups, customers=few)), tmp_path / "model")
    result = run("privacy", tmp_path / "model")
    assert result.exit_code == 1 and "Segment s1 has 12 customers, fewer than 50." in result.stdout
    assert run("privacy", tmp_path / "model", "--least", "12").exit_code == 0
    assert run("privacy", loop["out"] / "plans", "--least", "5000").exit_code == 1


def test_what_is_no_artefact_is_refused(loop, tmp_path):
    """A folder of something else, a missing one and a damaged model are unusable input, not clean."""
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "nothing"):
        result = run("privacy", path)
        assert result.exit_code == 2 and "a model folder" in result.stderr
    shutil.copytree(loop["out"] / "model", tmp_path / "model")
    (tmp_path / "model" / "weights.npz").write_bytes(b"PK")
    assert run("privacy", tmp_path / "model").exit_code == 2
    shutil.copytree(loop["out"] / "plans", tmp_path / "plans")
    (tmp_path / "plans" / "problem" / "scenario.json").write_text("[" * 100_000)
    assert "expected the resolved question, got another file" in run("privacy", tmp_path / "plans").stderr


def test_models_of_experiments_are_looked_into_too(tmp_path):
    """A model of an experiment holds no id either, and its smallest group is large enough."""
    frame = experiment_files.rows(1, customers=1200)
    spec = read_experiment_spec(experiment_files.write(tmp_path, frame))
    model = train_experiment(spec, experiment_files.QUICK, learn=LearnSpec(count=2), base=tmp_path)
    save_model(model, tmp_path / "model")
    found = contents(tmp_path / "model", ids=frame["customer"])
    assert found.faults == () and found.smallest_group >= 50
    for piece in pieces(tmp_path / "model"):
        assert b"CUSTOMER-" not in piece.content


def test_short_ids_are_said_to_be_unsearched(loop, tmp_path):
    """Ids that look like any other number are not claimed to be absent."""
    (tmp_path / "ids.csv").write_text("customer\n1\n2\n3\n")
    result = run("privacy", loop["out"] / "model", "--ids", tmp_path / "ids.csv")
    assert result.exit_code == 0 and "3 ids of fewer than six characters" in result.stdout


def test_placed_customers_are_pseudonyms_unless_asked(loop, tmp_path):
    """A placed list shows pseudonyms; with --ids it shows the ids, for roll-out."""
    out = tmp_path / "placed.csv"
    placed = pd.read_csv(loop["out"] / "placed.csv")
    assert placed["pseudonym"].tolist() == Pseudonyms(loop["key"]).numbers(loop["ids"]).tolist()
    command = ("profiles", loop["out"] / "model", "--place", loop["folder"] / "customers.csv", "--out", out)
    assert run(*command, "--ids").exit_code == 0
    assert pd.read_csv(out)["customer"].tolist() == loop["ids"]
    assert run(*command, "--ids").exit_code == 0, "its own older table is replaced"
    customers = loop["folder"] / "customers.csv"
    before = customers.read_bytes()
    taken = run("profiles", loop["out"] / "model", "--place", customers, "--out", customers)
    assert taken.exit_code == 2 and "another file than the customers' own" in taken.stderr
    assert customers.read_bytes() == before


def test_profiles_are_shown_and_written(loop, tmp_path):
    """Segments, axes, stability and a word on blurred means on the screen, a row a segment in the table, JSON."""
    result = run("profiles", loop["out"] / "model", "--out", tmp_path / "segments.csv")
    assert result.exit_code == 0
    assert "Profile axes" in result.stdout and "resampled" in result.stdout
    assert "Means carry noise" in result.stdout
    table = pd.read_csv(tmp_path / "segments.csv")
    assert table["customers"].sum() == 160 and "axis 1" in table and "weekend share" in table
    document = json.loads(run("profiles", loop["out"] / "model", "--json").stdout)
    assert document["format"] == "campaign-profiles/1" and len(document["segments"]) == len(table)
    steady = run("profiles", loop["out"] / "model", "--against", loop["out"] / "model")
    assert steady.exit_code == 0 and "Every segment is still there" in steady.stdout
    assert run("profiles", loop["out"] / "model", "--out", tmp_path / "segments.doc").exit_code == 2
