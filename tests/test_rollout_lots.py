"""``report`` and ``monitor --rollout``: lots of this campaign's own rollout are read, and no other folder passes."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import run
from few_futures import few_futures
from flight_case import line, running
from little_watch import little_watch
from plan_folders import basic_problem, good_lines, write_folder
from typer.testing import CliRunner

from planner.cli import app

_few_futures = few_futures


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
        (
            _with("plans_sha256", None),
            "which plans.json it is of (plan, plans_sha256), got one",
        ),
        (
            _with("plans_sha256", "abc"),
            "which plans.json it is of (plan, plans_sha256), got an",
        ),
        (_with("plan", "1"), "which plans.json it is of (plan, plans_sha256), got another one"),
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


def test_the_next_command_hands_the_monitor_a_rollout_with_lots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Days that the lot switched off need no attention where the monitor knows of the rollout; else they are named."""
    little_watch(monkeypatch)
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    problem = running(tmp_path, shop={"periods: 7": "periods: 21"}).problem
    write_folder(problem, tmp_path / "plan", [line(day, "phone-pro", "cut-15") for day in range(3, 15)])
    said = [
        CliRunner().invoke(app, ["export", "plan", "--rollout", "out", *options]).output
        for options in ((), ("--switchback", "50%"))
    ]
    assert "next, once it runs: campaign monitor plan ACTUALS.csv\n" in said[0]
    assert "next, once it runs: campaign monitor plan ACTUALS.csv --rollout out\n" in said[1]
    (tmp_path / "actuals.csv").write_text(
        "\n".join(["date,product,segment,units,revenue,offer", *sold_by_lot(tmp_path)])
    )
    found = {}
    for options in ((), ("--rollout", "out")):
        told = CliRunner().invoke(app, ["monitor", "plan", "actuals.csv", *options])
        found[len(options)] = told.output.replace("\n", " ")
    assert "cut-15 on phone-pro is in the plan and did not run" in found[0]
    assert "and did not run" not in found[2]
    assert "off by the rollout's lot, as it should be: cut-15 on phone-pro" in found[2]


def sold_by_lot(folder: Path) -> list[str]:
    """Rows of actuals of the product in the lot, with the offer named on the days that the lot left it on."""
    rows = (folder / "out" / "switchback.csv").read_text(encoding="utf-8").splitlines()
    on = {row["first_day"]: row["on"] == "yes" for row in csv.DictReader(rows)}
    days = [f"2026-11-{day:02d}" for day in range(1, 15)]
    return [f"{day},phone-pro,,40,40000,{'cut-15' if on.get(day) else ''}" for day in days]
