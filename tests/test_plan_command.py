"""``campaign plan`` from end to end on the small template: answers, files, repeatability, interruption."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import run
from few_futures import few_futures
from little_work import little_search, little_work, no_composing, short_bound
from plan_folders import basic_problem, good_lines
from rich.console import Console
from typer.testing import Result

from planner.commands.terminal.live import live_on, watching
from planner.progress import Progress

_few_futures = few_futures

ASKED = ("--effort", "quick", "--plans", "2")


@pytest.fixture(autouse=True, scope="module")
def _short_run() -> Iterator[None]:
    """How low the bound comes and how good plans are is tested elsewhere; here they are found, shown and checked."""
    with pytest.MonkeyPatch.context() as patch:
        little_search(patch, work=1.0)
        short_bound(patch)
        yield


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Return the folder and the output of one quick run."""
    folder = tmp_path_factory.mktemp("planned") / "plans"
    return folder, run("plan", "template-basic", *ASKED, "--out", folder)


def test_plan_shows_everything_a_planner_asks_for(planned: tuple[Path, Result]) -> None:
    """Ranking, baselines, calendar, who gets what, limits, bridge, assumptions and the next command are printed."""
    _, result = planned
    assert result.exit_code == 0, result.stderr
    for words in (
        "profit gained",
        "no promotion at all",
        "Calendar of plan 1",
        "everybody (shelf and shop)",
        "total-budget",
        "From extra sales to profit",
        "Assumed",
    ):
        assert words in result.stdout
    assert "next: campaign explain" in result.stderr


def test_what_plan_writes_passes_check(planned: tuple[Path, Result]) -> None:
    """Every plan of the folder is recomputed and kept."""
    folder, _ = planned
    result = run("check", folder, "--scenario", "template-basic")
    assert result.exit_code == 0, result.stdout


def test_the_same_seed_writes_the_same_bytes(planned: tuple[Path, Result], tmp_path: Path) -> None:
    """Two runs agree byte for byte, also where one prints JSON; the JSON is plans.json."""
    folder, _ = planned
    again = run("plan", "template-basic", *ASKED, "--out", tmp_path / "again", "--json")
    assert again.exit_code == 0
    assert again.stderr == ""
    written = (tmp_path / "again" / "plans.json").read_text("utf-8")
    assert again.stdout == written == (folder / "plans.json").read_text("utf-8")


def test_a_persons_plan_is_improved_and_a_gap_too_large_is_a_no(
    planned: tuple[Path, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--start`` never ends below the plan it starts from; ``--gap`` turns a larger gap into exit code 1."""
    folder, _ = planned
    little_work(monkeypatch)
    exported = run("export", folder, "--csv", "--out", tmp_path / "csv")
    assert exported.exit_code == 0
    start = tmp_path / "csv" / "lines.csv"
    result = run(
        "plan", "template-basic", "--effort", "quick", "--seed", "1", "--start", start, "--gap", "0%", "--json"
    )
    best = json.loads(result.stdout)["plans"][0]
    assert best["objective"] >= json.loads((folder / "plans.json").read_text("utf-8"))["plans"][0]["objective"]
    assert result.exit_code == (0 if best["gap"] == 0 else 1)
    assert ("more than the 0% asked for" in result.stderr) == (result.exit_code == 1)


def test_a_run_that_time_ended_says_that_another_may_differ(planned: tuple[Path, Result], tmp_path: Path) -> None:
    """Seconds do not end twice alike: the notes say so, and those of a run that work ended do not."""
    # The bound's work decides its shapes: what is compiled for the other run serves.
    options = ("--seconds", "1", "--effort", "quick", "--plans", "1", "--out", tmp_path / "plans", "--json")
    result = run("plan", "template-basic", *options)
    said = [
        any("another run may find other plans" in note["text"] for note in json.loads(text)["notes"])
        for text in (result.stdout, (planned[0] / "plans.json").read_text("utf-8"))
    ]
    assert said == [True, False]


def test_a_foreign_folder_is_refused_before_the_search(tmp_path: Path) -> None:
    """``--out`` never overwrites anything but plans, and says so at once."""
    (tmp_path / "thesis.txt").write_text("precious", "utf-8")
    result = run("plan", "template-basic", "--out", tmp_path)
    assert result.exit_code == 2
    assert "choose another --out" in result.stderr
    assert (tmp_path / "thesis.txt").read_text("utf-8") == "precious"


def test_exported_lines_open_as_a_table(planned: tuple[Path, Result], tmp_path: Path) -> None:
    """lines.csv has one row a line of the plan."""
    folder, _ = planned
    run("export", folder, "--out", tmp_path)
    with (tmp_path / "lines.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    plans = json.loads((folder / "plans.json").read_text("utf-8"))
    assert len(rows) == len(plans["plans"][0]["lines"])


def test_progress_is_live_on_terminals_and_plain_elsewhere(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal sees a panel that updates; a pipe sees one line a stage; ``--json`` sees nothing."""
    monkeypatch.setenv("TERM", "xterm")  # whoever runs the tests may sit at one that redraws nothing
    screen = io.StringIO()
    with live_on(Console(file=screen, force_terminal=True, width=80)) as watcher:
        watcher(Progress(stage="evolving plans", generation=3, best=12.0, share_done=0.5, seconds=4))
    assert "evolving plans" in screen.getvalue()
    assert "\x1b[" in screen.getvalue()
    with watching() as watcher:
        for share in (0.1, 0.2):
            watcher(Progress(stage="evolving plans", share_done=share))
    assert capsys.readouterr().err == "evolving plans ...\n"
    with watching(quiet=True) as watcher:
        watcher(Progress(stage="evolving plans"))
    assert capsys.readouterr().err == ""


def test_plan_says_why_it_keeps_too_few_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """'Lower --keep' alone does not say to what."""
    no_composing(monkeypatch)
    little_work(monkeypatch)
    problem = basic_problem()
    rows = (
        f"{each.date},{each.product},{each.segment},{each.offer},{each.coverage:.0%}" for each in good_lines(problem)
    )
    mine = tmp_path / "mine.csv"
    mine.write_text("date,product,segment,offer,coverage\n" + "\n".join(rows) + "\n", "utf-8")
    options = ("--start", mine, "--keep", "60%", "--set", "limits.total-budget.max=500", "--effort", "quick")
    result = run("plan", "template-basic", *options)
    assert result.exit_code == 1
    assert "3 fit (--keep 50%)" in result.stderr
