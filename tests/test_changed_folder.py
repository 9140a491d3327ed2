"""A plan folder that was changed by hand: commands say which line is none, and write nothing of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import run
from plan_folders import basic_problem, good_lines, write_folder


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one plan."""
    folder = tmp_path_factory.mktemp("changed") / "plans"
    problem = basic_problem()
    write_folder(problem, folder, good_lines(problem))
    return folder


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "a public line names a segment": (lambda plan: plan["lines"][0].update(segment="regulars"), "lines[0]"),
    "an unknown offer": (lambda plan: plan["lines"][1].update(offer="nope"), "lines[1]"),
    "a day outside": (lambda plan: plan["lines"][2].update(period="2031-01-01"), "lines[2]"),
    "a line twice": (lambda plan: plan["lines"].append(dict(plan["lines"][0])), "lines[6]"),
    "an amount that is none": (lambda plan: plan.update(objective=1e308), "objective"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("command", ["explain", "csv", "xlsx", "html", "rollout"])
def test_a_changed_folder_is_refused_by_name_and_nothing_is_written(
    written: Path, tmp_path: Path, change: str, command: str
) -> None:
    """Finance files of lines that the question does not hold would be booked; a traceback helps nobody."""
    folder, out = tmp_path / "plans", tmp_path / "out"
    shutil.copytree(written, folder)
    edit, place = CHANGES[change]
    data = json.loads((folder / "plans.json").read_text())
    edit(data["plans"][0])
    (folder / "plans.json").write_text(json.dumps(data))
    options = {
        "explain": [],
        "csv": ["--csv", "--out", str(out)],
        "xlsx": ["--xlsx", str(out.with_suffix(".xlsx"))],
        "html": ["--html", str(out.with_suffix(".html"))],
        "rollout": ["--rollout", str(out)],
    }[command]
    result = run("explain" if command == "explain" else "export", str(folder), *options)
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert "plans.json: plans[0]: " + place in said and "campaign check names every difference" in said
    assert not [path for path in tmp_path.iterdir() if path != folder]
