"""``report --rollout``: the lots of this campaign's own rollout are read, and no other folder passes for one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import run
from plan_folders import basic_problem, good_lines, write_folder


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """Return a folder with two plans, the rollout of the first, and actuals of its first day."""
    problem = basic_problem()
    write_folder(problem, tmp_path / "plans", good_lines(problem), good_lines(problem)[:2])
    assert run("export", tmp_path / "plans", "--rollout", tmp_path / "rollout").exit_code == 0
    (tmp_path / "actuals.csv").write_text("date,product,units,revenue\n2027-03-01,espresso-1kg,200,3980\n")
    return tmp_path


def _report(campaign: Path, *options: object) -> Any:
    rollout = campaign / "rollout"
    return run("report", campaign / "plans", campaign / "actuals.csv", "--rollout", rollout, *options)


def _with(key: str, value: object) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda manifest: {**manifest, key: value}


def test_the_campaigns_own_rollout_is_read(campaign: Path) -> None:
    """Also that of an older plans.json, which a re-planned campaign was rolled out from."""
    assert _report(campaign).exit_code == 0
    manifest = campaign / "rollout" / "manifest.json"
    older = _with("plans_sha256", "0" * 64)(_with("plan", 2)(json.loads(manifest.read_text())))
    manifest.write_text(json.dumps(older))
    assert _report(campaign).exit_code == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_with("format", "another/1"), "got another manifest.json"),
        (_with("scenario", "autumn"), "expected a rollout of template-basic, got one of autumn"),
        (
            _with("files", {"switchback.csv": {}}),
            "expected the file switchback.csv, which its manifest lists, got none",
        ),
        (_with("plan", 2), "expected a rollout of plan 1, got one of plan 2; write --plan 2"),
        (lambda _: "\udcff", "got another manifest.json"),
    ],
)
def test_other_folders_are_refused(campaign: Path, change: Callable[[dict[str, Any]], Any], said: str) -> None:
    """Their lots are others, or none: the report would compare days that nobody switched off."""
    manifest = campaign / "rollout" / "manifest.json"
    changed = change(json.loads(manifest.read_text()))
    text = changed if isinstance(changed, str) else json.dumps(changed)
    manifest.write_bytes(text.encode(errors="surrogateescape"))
    refused = _report(campaign)
    assert refused.exit_code == 2
    assert said in refused.stderr, refused.stderr
    assert len(refused.stderr.splitlines()) == 1
