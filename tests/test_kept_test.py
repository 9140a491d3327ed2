"""The test that training makes is kept with the model: evaluating fits anew only where it must, and says so."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from grocery_sample import PARAMS, sample_folder, sample_model, sample_spec, use_folder
from typer.testing import CliRunner

from planner.cli import app
from surrogate.held_out import evaluation
from surrogate.held_out.evaluation import evaluate_purchases, refit_because
from surrogate.model_file import load_model, save_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The sample model, its data file, one with another clean rule, and one that only adds a lift test."""
    folder = tmp_path_factory.mktemp("kept")
    save_model(sample_model(), folder / "model")
    spec = sample_spec().model_dump(mode="json", exclude_defaults=True) | {"kind": "transactions"}
    product = next(iter(spec["products"]))
    lesson = {"mechanic": "price_discount", "depth": 0.2, "product": product, "lift": 0.3, "standard_error": 0.1}
    for name, more in (
        ("same", {}),
        ("cleaned", {"clean": {"max_quantity": 9}}),
        ("lesson", {"experiments": [lesson]}),
    ):
        (folder / f"{name}.yaml").write_text(json.dumps(spec | more))
    return folder


@pytest.fixture(autouse=True)
def no_fit(monkeypatch):
    """Nothing here may fit; the sample lies in its folder."""
    use_folder(monkeypatch, sample_folder())

    def fitted(*_args, **_settings):
        raise AssertionError("a model was fitted anew")

    monkeypatch.setattr(evaluation, "first_fit", fitted)


def test_the_kept_test_answers_without_a_fit(folder):
    """Same data file, same data: the figures of the training's own test; the report says that nothing was fitted."""
    found = evaluate_purchases(load_model(folder / "model"), folder / "same.yaml", params=PARAMS.ensemble)
    assert "nothing was fitted anew" in found.tested
    assert found.rows[0].wape_promoted == pytest.approx(float(sample_model().accuracy["wape_promoted"]), abs=1e-6)
    assert found.first_day.isoformat() == "2017-10-02"
    assert any("LightGBM was not run: training leaves it out" in one and "--refit" in one for one in found.verdict)
    with pytest.raises(AssertionError, match="fitted anew"):
        evaluate_purchases(sample_model(), folder / "same.yaml", params=PARAMS.ensemble, refit=True)


def test_a_refit_says_why(folder):
    """Another rule of cleaning, other data, a model of an older version are named; a new lift test is no reason."""

    def why(name, model=None):
        return refit_because(model or sample_model(), folder / f"{name}.yaml", params=PARAMS.ensemble)

    assert why("same") == "" and why("lesson") == ""
    assert "cleaned.yaml says something else than when the model was trained" in why("cleaned")
    assert "other data" in why("same", replace(sample_model(), data_hash="0"))
    assert "keeps no test" in why("same", replace(sample_model(), sections={}))


def test_the_command_says_that_it_fits_anew_before_it_does(folder, monkeypatch):
    """Why, and how long it may take, stands on standard error before the fit begins."""
    save_model(replace(sample_model(), sections={}), folder / "older")
    done = CliRunner().invoke(app, ["evaluate", str(folder / "older"), str(folder / "same.yaml")])
    assert "keeps no test of its own" in done.stderr and "three quarters of the time of a training" in done.stderr
    assert isinstance(done.exception, AssertionError)
