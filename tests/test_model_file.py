"""Model files hold the whole model, are written whole or not at all, and damage is one clear message."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from command_line import run
from grocery_sample import sample_model, sample_scenario
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import whole
from scenarios.problems import InvalidInput
from surrogate import model_file
from surrogate.model import Model
from surrogate.model_file import check_target, load_model, save_model, sealed
from surrogate.parts import PartsError, pack, put_together, take_apart, unpack
from surrogate.scoring.score import score


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


def edited(folder):
    """Make the model look more certain than it is."""
    text = (folder / "model.json").read_text()
    (folder / "model.json").write_text(text.replace('"lift_sd": 0.', '"lift_sd": 0.0'))


def no_weights(folder):
    """Lose the weights."""
    (folder / "weights.npz").unlink()


def missing_entry(folder):
    """Leave out an entry, as a program with an error would: its seal is right."""
    text = json.loads((folder / "model.json").read_text())
    del text["sha256"], text["model"]["groups"]["ids"]
    (folder / "model.json").write_bytes(sealed(text))


def unknown_entry(folder):
    """Add an entry, as a later program would."""
    text = json.loads((folder / "model.json").read_text())
    del text["sha256"]
    text["model"]["groups"]["customer_ids"] = [1, 2, 3]
    (folder / "model.json").write_bytes(sealed(text))


def other_kind(folder):
    """Name a kind that nobody knows."""
    text = json.loads((folder / "model.json").read_text())
    del text["sha256"]
    (folder / "model.json").write_bytes(sealed(text | {"kind": "weather"}))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_weights, "other bytes"),
        (cut_text, "damaged text"),
        (edited, "damaged or edited"),
        (no_weights, r"expected a model folder with model\.json and weights\.npz"),
        (other_version, "campaign-model/9"),
        (missing_entry, r"groups\.ids: missing"),
        (unknown_entry, r"groups\.customer_ids: unknown"),
        (other_kind, "kind: weather"),
    ],
)
def test_damage_is_one_clear_error(tmp_path, damage, message):
    """Damaged, cut, foreign or incomplete: one problem, no traceback of another kind."""
    save_model(sample_model(), tmp_path / "model")
    damage(tmp_path / "model")
    with pytest.raises(InvalidInput, match=message) as refusal:
        load_model(tmp_path / "model")
    assert len(refusal.value.problems) == 1


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Bytes of a saved model's files."""
    folder = tmp_path_factory.mktemp("saved") / "model"
    save_model(sample_model(), folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def torn(tmp_path_factory):
    """Folder that damaged models are written to."""
    return tmp_path_factory.mktemp("torn")


@settings(max_examples=60)
@given(st.sampled_from(["model.json", "weights.npz"]), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_any_changed_byte_is_found(saved, torn, name, place, change):
    """Whatever byte of whatever file is changed, reading is refused with one problem."""
    data = bytearray(saved[name])
    data[int(place * len(data))] ^= change
    refused(torn, saved | {name: bytes(data)})


@settings(max_examples=40)
@given(st.sampled_from(["model.json", "weights.npz"]), st.floats(0, 1, exclude_max=True))
def test_any_cut_is_found(saved, torn, name, place):
    """Wherever a file ends too early, reading is refused with one problem."""
    refused(torn, saved | {name: saved[name][: int(place * len(saved[name]))]})


def refused(folder, files):
    """Check that files are refused as a model with exactly one problem."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    with pytest.raises(InvalidInput) as refusal:
        load_model(folder)
    assert len(refusal.value.problems) == 1


def test_weights_of_another_model_are_refused(tmp_path, saved):
    """Two whole models with exchanged weights are two refusals."""
    save_model(replace(sample_model(), regular_price=sample_model().regular_price + 1), tmp_path / "other")
    other = {path.name: path.read_bytes() for path in (tmp_path / "other").iterdir()}
    refused(tmp_path / "other", other | {"weights.npz": saved["weights.npz"]})
    refused(tmp_path / "other", saved | {"weights.npz": other["weights.npz"]})


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("when", ["writing", "replacing"])
def test_interrupted_saving_leaves_the_older_model(tmp_path, monkeypatch, stop, when):
    """Ctrl-C or a full disk while saving: the older model stays whole, and nothing half-written beside it."""
    target = tmp_path / "model"
    save_model(sample_model(), target)
    before = {path.name: path.read_bytes() for path in target.iterdir()}

    def fail(*_):
        raise stop

    newer = replace(sample_model(), seed=2)
    if when == "writing":
        monkeypatch.setattr(model_file, "sealed", fail)
    else:
        # As on a system that cannot let two folders change places: the older one has stepped aside when this fails.
        monkeypatch.setattr(whole, "exchanged", lambda *_: False)
        real = Path.rename
        monkeypatch.setattr(
            Path,
            "rename",
            lambda self, to: fail() if self.name == "model" and self != target and to == target else real(self, to),
        )
    with pytest.raises(stop):
        save_model(newer, target)
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in target.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_place_that_cannot_be_written_is_told_before_training(tmp_path):
    """Training takes minutes to hours: not even the data file is read first, and nothing is left behind."""
    (tmp_path / "file").write_text("mine")
    result = run("train", tmp_path / "none.yaml", "--out", tmp_path / "file" / "model")
    assert result.exit_code == 2
    assert (
        f"{tmp_path / 'file' / 'model'}: file: expected a file or folder that can be used, got not a" in result.stderr
    )
    check_target(tmp_path / "new" / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_nothing_but_a_model_is_replaced(tmp_path):
    """A folder of other files, or a file, is never replaced by a model."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "thesis.doc").write_text("years of work")
    (tmp_path / "file").write_text("mine")
    for name in ("work", "file"):
        with pytest.raises(InvalidInput, match="name a new folder"):
            save_model(sample_model(), tmp_path / name)
    assert (tmp_path / "work" / "thesis.doc").read_text() == "years of work"
    assert (tmp_path / "file").read_text() == "mine"


@dataclass(frozen=True, kw_only=True, eq=False)
class Memory:
    """A part that a later version might add."""

    words: str
    pairs: tuple[tuple[str, float], ...]
    curve: np.ndarray
    limit: float | None = None


def test_sections_travel_with_the_model(tmp_path):
    """An optional part is saved and read back, arrays and all; another version of it is refused by name."""
    part = Memory(words="fatigue", pairs=(("low", 0.1),), curve=np.arange(3.0))
    save_model(replace(sample_model(), sections={"memory": pack(part, version=2)}), tmp_path / "model")
    section = load_model(tmp_path / "model").sections["memory"]
    back = unpack(section, Memory, version=2)
    assert (back.words, back.pairs, back.limit) == ("fatigue", (("low", 0.1),), None)
    np.testing.assert_array_equal(back.curve, part.curve)
    with pytest.raises(PartsError, match="version 1 is needed"):
        unpack(section, Memory)


def test_what_is_not_known_is_null(tmp_path):
    """JSON has no NaN: strict readers refused the whole model for one figure that the data did not tell."""
    unknown = {"few_items": float("nan"), "none": float("-inf")}
    part = Memory(words="thin", pairs=(("low", float("nan")),), curve=np.array([np.nan]), limit=float("nan"))
    model = sample_model()
    model = replace(model, accuracy=model.accuracy | unknown, sections=model.sections | {"memory": pack(part)})
    save_model(model, tmp_path / "model")
    path = tmp_path / "model" / "model.json"

    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    written = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)["model"]
    assert written["accuracy"]["few_items"] is None and written["accuracy"]["none"] == "-inf"
    back = load_model(tmp_path / "model")
    assert np.isnan(back.accuracy["few_items"]) and back.accuracy["none"] == -np.inf
    assert np.isnan(unpack(back.sections["memory"], Memory).pairs[0][1])
    before = path.read_bytes()
    save_model(back, tmp_path / "model")
    assert path.read_bytes() == before


def test_models_with_the_word_nan_are_still_read(tmp_path):
    """Older programs wrote NaN, which Python reads: such a model loads, and is mended when it is saved again."""
    values, arrays = take_apart(replace(sample_model(), accuracy={"few_items": 0.5}))
    values["accuracy"]["few_items"] = float("nan")
    back = put_together(Model, json.loads(json.dumps(values)), arrays)
    assert np.isnan(back.accuracy["few_items"])
    save_model(back, tmp_path / "model")
    assert '"few_items": null' in (tmp_path / "model" / "model.json").read_text(encoding="utf-8")


def test_no_objects_in_arrays():
    """Arrays of objects or texts, which pickle or hold ids, cannot be saved."""
    for values in (np.array(["C-1"]), np.array([object()])):
        with pytest.raises(TypeError, match="arrays of numbers only"):
            pack(Memory(words="", pairs=(), curve=values))
