"""The command line: help, what ``init`` writes, the schema, effects, and what ``check`` says."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from command_line import run
from plan_folders import two_plans

folder = two_plans


def test_help_names_every_command_and_the_exit_codes() -> None:
    """``campaign --help`` is where people start."""
    result = run("--help")
    assert result.exit_code == 0
    for word in ("init", "validate", "effects", "plan", "score", "explain", "compare", "check", "export", "train"):
        assert word in result.stdout
    assert "exit code 0 yes" in " ".join(result.stdout.split())


def test_init_writes_a_scenario_that_validates(tmp_path: Path) -> None:
    """What ``init`` writes is usable as it stands, and is not overwritten."""
    target = tmp_path / "spring.yaml"
    first = run("init", target)
    assert first.exit_code == 0
    assert str(target) in first.stdout
    assert run("validate", target).exit_code == 0
    again = run("init", target)
    assert again.exit_code == 2
    assert "--force" in again.stderr
    assert run("init", target, "--force").exit_code == 0


def test_no_force_replaces_a_pipe(tmp_path: Path) -> None:
    """``init --force`` replaces files: a pipe or device would be lost for everybody who uses it."""
    pipe = tmp_path / "campaign.yaml"
    os.mkfifo(pipe)
    result = run("init", pipe, "--force")
    assert result.exit_code == 2 and "got a pipe or device; choose another PATH" in result.stderr, result.output
    assert pipe.is_fifo() and not [path for path in tmp_path.iterdir() if path != pipe]


@pytest.mark.parametrize("command", ["plan", "sweep", "simulate", "train"])
def test_a_seed_that_nobody_could_read_back_is_refused(command: str) -> None:
    """A search of an hour would write a folder that no command opens."""
    refused = run(command, "template-basic", "--seed", 10**48)
    assert refused.exit_code == 2
    assert f"--seed: expected a number of at most {2**63 - 1}" in refused.stderr, refused.stderr


def test_init_names_a_file_where_a_folder_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``campaign init .`` is what people type elsewhere: what to type here is said, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    for place, file in ((".", "campaign.yaml"), (tmp_path, tmp_path / "campaign.yaml")):
        refused = run("init", place, "--force")
        assert refused.exit_code == 2
        assert f"got a folder; name a file in it: {file}" in refused.stderr
    assert not list(tmp_path.iterdir())


def test_schema_is_json_that_names_the_keys() -> None:
    """Editors get a JSON Schema."""
    result = run("schema")
    assert result.exit_code == 0
    assert "horizon" in json.loads(result.stdout)["properties"]


def test_effects_prints_scores_break_even_and_evidence() -> None:
    """``effects`` answers what offers do and what they need, also as JSON."""
    result = run("effects", "template-basic")
    assert result.exit_code == 0
    for words in ("Attractiveness", "What each offer needs to pay for itself", "Evidence: table"):
        assert words in result.stdout
    document = json.loads(run("effects", "template-basic", "--json").stdout)
    assert {"scores", "break_even", "evidence", "accuracy"} <= document.keys()
    score = next(entry for entry in document["scores"] if entry["offer"] == "coffee-15")
    low, high = score["lift_interval"]
    assert low < score["lift"] < high


def test_check_says_yes_and_names_what_was_tampered_with(folder: Path, tmp_path: Path) -> None:
    """An untouched folder passes; one changed cent does not, and its place is named."""
    fine = run("check", folder)
    assert fine.exit_code == 0, fine.stdout
    assert "every limit and rule is kept" in fine.stdout
    spoiled = tmp_path / "plans"
    shutil.copytree(folder, spoiled)
    plans = (spoiled / "plans.json").read_text("utf-8")
    place = plans.index('"profit_change": ') + len('"profit_change": ')
    digit = plans[place]
    (spoiled / "plans.json").write_text(plans[:place] + str((int(digit) + 1) % 10) + plans[place + 1 :], "utf-8")
    broken = run("check", spoiled)
    assert broken.exit_code == 1
    assert "profit_change" in broken.stdout
    document = json.loads(run("check", spoiled, "--json").stdout)
    assert document["ok"] is False
    assert any("profit_change" in entry["place"] for entry in document["differences"])


def test_version_is_printed() -> None:
    """``--version`` names the distribution."""
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("campaign-planner ")


def test_check_says_its_verdict_first_and_keeps_quiet_plans_short(folder: Path) -> None:
    """One line answers; plan 2 keeps everything and is one sentence, unless all are asked for."""
    short, long = run("check", str(folder)), run("check", str(folder), "--all")
    assert short.stdout.splitlines()[0] == "All figures are as recomputed, every limit and rule is kept."
    assert "Plan 2 keeps every limit and rule too (--all shows each)." in short.stdout
    assert "Plan 2, limit by limit" not in short.stdout and "Plan 2, limit by limit" in long.stdout
