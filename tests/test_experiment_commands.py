"""Experiments go through the doors of purchase data: train, effects, privacy; the same data gives the same bytes."""

from __future__ import annotations

import experiment_files as files
import yaml
from command_line import run

import surrogate.cache
from scenarios.language.schema import LearnSpec
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.train import train_experiment
from surrogate.kinds import load_scorable
from surrogate.model_file import save_model


def test_same_data_and_seed_give_the_same_bytes(tmp_path, monkeypatch):
    """Training twice writes the same files, which hold no customer's id; loading and saving again changes nothing."""
    path = files.write(tmp_path, files.rows(customers=2000))
    spec = read_experiment_spec(path)
    for name in ("a", "b"):
        save_model(train_experiment(spec, files.QUICK, learn=LearnSpec(count=2), base=tmp_path), tmp_path / name)
    save_model(load_scorable(tmp_path / "a"), tmp_path / "c")
    for file in ("model.json", "weights.npz"):
        first, second, third = ((tmp_path / name / file).read_bytes() for name in "abc")
        assert first == second == third
        assert b"CUSTOMER" not in first


def test_commands_take_experiments(tmp_path, monkeypatch):
    """Train, effects from data (cached) and from a model, and plan: the doors are those of purchase data."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(surrogate.cache, "ExperimentParams", lambda: files.QUICK)
    monkeypatch.setattr("surrogate.experiment.train.ExperimentParams", lambda: files.QUICK)
    files.write(tmp_path, files.rows(customers=2000))
    (tmp_path / "toys.yaml").write_text(yaml.safe_dump(files.scenario(), sort_keys=False))
    assert run("validate", tmp_path / "toys.yaml").exit_code == 0
    trained = run("train", tmp_path / "exp.yaml", "--out", tmp_path / "model", "--segments", "2")
    assert trained.exit_code == 0 and "bought, thirty: Qini" in trained.stdout
    from_data = run("effects", tmp_path / "toys.yaml")
    assert from_data.exit_code == 0 and "randomised" in from_data.stdout
    assert len(list((tmp_path / "cache" / "models").iterdir())) == 1
    (tmp_path / "model.yaml").write_text(yaml.safe_dump(files.scenario(effects={"model": "model"}), sort_keys=False))
    from_model = run("effects", tmp_path / "model.yaml")
    assert from_model.exit_code == 0 and "c20" in from_model.stdout
    inside = run("privacy", tmp_path / "model")
    assert inside.exit_code == 0, inside.stdout
