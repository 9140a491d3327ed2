"""Model files hold the whole model, are written whole or not at all, and damage is one clear message."""

from __future__ import annotations

import json

import numpy as np
import pytest
from grocery_sample import sample_model, sample_scenario

from scenarios.problems import InvalidInput
from surrogate.model_file import load_model, save_model
from surrogate.score import score


def test_round_trip_keeps_every_score(tmp_path):
    """A loaded model scores exactly as the one that was saved, and saves to the same bytes."""
    save_model(sample_model(), tmp_path / "a")
    loaded = load_model(tmp_path / "a")
    save_model(loaded, tmp_path / "b")
    for name in ("weights.npz", "model.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    first, second = (score(model, sample_scenario()) for model in (sample_model(), loaded))
    np.testing.assert_array_equal(first.effects.lift, second.effects.lift)
    assert first.accuracy == second.accuracy and first.orders == second.orders


def test_saving_again_replaces_and_leaves_nothing(tmp_path):
    """An older model is replaced; no temporary folder stays."""
    save_model(sample_model(), tmp_path / "model")
    save_model(sample_model(), tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_missing_folder_is_named(tmp_path):
    """A folder that is no model says what was expected."""
    with pytest.raises(InvalidInput, match=r"expected a model folder with model\.json and weights\.npz"):
        load_model(tmp_path / "nothing")


def damage_weights(folder):
    """Flip one bit of the weights."""
    data = bytearray((folder / "weights.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "weights.npz").write_bytes(bytes(data))


def cut_text(folder):
    """Cut the description in half."""
    text = (folder / "model.json").read_text()
    (folder / "model.json").write_text(text[: len(text) // 2])


def other_version(folder):
    """Pretend to be of a later version."""
    text = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps(text | {"format": "campaign-model/9"}))


def missing_entry(folder):
    """Leave out an entry."""
    text = json.loads((folder / "model.json").read_text())
    del text["segments"]
    (folder / "model.json").write_text(json.dumps(text))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_weights, "other bytes"),
        (cut_text, "damaged text"),
        (other_version, "campaign-model/9"),
        (missing_entry, "expected a complete model"),
    ],
)
def test_damage_is_one_clear_error(tmp_path, damage, message):
    """Damaged, cut, foreign or incomplete: one problem, no traceback of another kind."""
    save_model(sample_model(), tmp_path / "model")
    damage(tmp_path / "model")
    with pytest.raises(InvalidInput, match=message) as refusal:
        load_model(tmp_path / "model")
    assert len(refusal.value.problems) == 1
