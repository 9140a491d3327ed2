"""``campaign plan`` from end to end on the small template: answers, files, repeatability, interruption."""

from __future__ import annotations

import csv
import io
import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import run
from little_work import little_work
from rich.console import Console
from typer.testing import Result

import planner.run.deepening
import planner.run.none_found
import planner.run.opening
import planner.run.search
from planner.commands.live import live_on, watching
from planner.evolution.finish import Finish
from planner.progress import Progress


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Return the folder and the output of one quick run."""
    folder = tmp_path_factory.mktemp("planned") / "plans"
    return folder, run("plan", "template-basic", "--effort", "quick", "--out", folder)


def cache_once(search: Callable[..., Any]) -> Callable[..., Any]:
    """Search the first time, and give the same result afterwards."""
    found: list[Any] = []

    def once(*arguments: Any, **keywords: Any) -> Any:
        found[:] = found or [search(*arguments, **keywords)]
        return found[0]

    return once


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
    again = run("plan", "template-basic", "--effort", "quick", "--out", tmp_path / "again", "--json")
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
    assert ("more than the 0.00% asked for" in result.stderr) == (result.exit_code == 1)


def test_ctrl_c_leaves_the_best_checked_plan_so_far(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An interrupted evolution answers with what it has, says so, and writes a folder that passes the check."""
    original = planner.run.deepening.evolve

    def interrupted(*arguments: Any, **keywords: Any) -> Iterator[Any]:
        for number, state in enumerate(original(*arguments, **keywords)):
            yield state
            if number == 1:
                raise KeyboardInterrupt

    monkeypatch.setattr(planner.run.deepening, "evolve", interrupted)
    folder = tmp_path / "plans"
    result = run("plan", "template-basic", "--effort", "quick", "--out", folder)
    assert result.exit_code == 0
    assert "interrupted" in result.stderr
    assert run("check", folder).exit_code == 0


def test_ctrl_c_after_the_first_start_leaves_what_that_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where one start has ended in a plan, it is shown at once, and is the answer if nobody waits for the others."""
    original, found, seen = planner.run.opening.first_plans, [], []

    def interrupted(*arguments: Any, **keywords: Any) -> Any:
        *given, ended, _ = arguments

        def first(candidate: Any, prices: Any) -> bool:
            ended(candidate, prices)
            found.append(candidate)
            raise KeyboardInterrupt

        return original(*given, first, **keywords)

    monkeypatch.setattr(planner.run.opening, "first_plans", interrupted)
    say = planner.run.search.Watch.say
    monkeypatch.setattr(
        planner.run.search.Watch, "say", lambda watch, *told: (seen.append(told), say(watch, *told))[-1]
    )
    folder = tmp_path / "plans"
    result = run("plan", "template-basic", "--effort", "quick", "--out", folder)
    assert result.exit_code == 0, result.stderr
    assert "interrupted" in result.stderr
    assert run("check", folder).exit_code == 0
    assert [told[2].best.objective for told in seen if told[0] == "other first plans"] == [found[0].objective]
    best = json.loads((folder / "plans.json").read_text("utf-8"))["plans"][0]
    assert best["objective"] == pytest.approx(found[0].objective, rel=0.1)


def test_ctrl_c_before_any_plan_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is nothing to keep yet, the shell hears that the run was interrupted."""

    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(planner.run.opening, "first_plans", interrupted)
    result = run("plan", "template-basic", "--effort", "quick")
    assert result.exit_code == 130
    assert "interrupted" in result.stderr


def test_an_infeasible_scenario_is_answered_with_what_conflicts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Locked lines over the budget: exit code 1, the limit and the lines in words, no traceback, nothing written.

    One search is answered twice, in words and in JSON.
    """
    little_work(monkeypatch)
    monkeypatch.setattr(planner.run.search, "plan_campaign", cache_once(planner.run.search.plan_campaign))
    result = run("plan", "template-basic", *OVER_BUDGET, "--out", tmp_path / "plans")
    assert result.exit_code == 1
    assert "Infeasible" in result.stdout
    assert "total-budget" in result.stdout
    assert not (tmp_path / "plans").exists()
    document = json.loads(run("plan", "template-basic", *OVER_BUDGET, "--json").stdout)
    assert document["proven"] is True
    assert "total-budget" in document["members"]


OVER_BUDGET = (
    *("--set", "limits.total-budget.max=10", "--set"),
    "rules=[{id: agreed, rule: locked, lines: [{date: 2027-03-02, product: espresso-1kg, offer: coffee-15}]}]",
)


def test_finding_out_why_there_is_no_plan_says_what_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may take minutes: every step of it is a stage of its own, in words, and no time is promised."""
    little_work(monkeypatch)
    result = run("plan", "template-basic", *OVER_BUDGET)
    assert result.exit_code == 1
    stages = [line for line in result.stderr.splitlines() if line.startswith("no plan found so far; ")]
    assert stages[0] == "no plan found so far; looking for limits and rules that exclude each other ..."
    assert len(stages) == len(set(stages)) > 2
    assert any("trying to keep total-budget without espresso-1kg" in stage or "agreed" in stage for stage in stages)
    assert all(" of at most 2) ..." in stage for stage in stages[1:])
    assert "interrupted" not in result.stderr


@pytest.mark.parametrize("moment", ["looking for limits and rules", "trying"])
def test_ctrl_c_while_finding_out_why_there_is_no_plan_says_what_is_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, moment: str
) -> None:
    """What the nearest plan breaks is known in any case: it is said, with a note that the run was interrupted."""
    little_work(monkeypatch)
    say, begun = planner.run.search.Watch.say, []

    def pressed(watch: Any, stage: str, *told: Any) -> None:
        say(watch, stage, *told)
        begun.append(stage)
        if stage.startswith(f"no plan found so far; {moment}"):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(planner.run.search.Watch, "say", pressed)
    monkeypatch.setattr(planner.run.search, "plan_campaign", cache_once(planner.run.search.plan_campaign))
    result = run("plan", "template-basic", *OVER_BUDGET, "--out", tmp_path / "plans")
    assert result.exit_code == 1, result.stderr
    assert begun[-1].startswith(f"no plan found so far; {moment}")
    assert "total-budget: spend" in result.stdout
    assert "raise total-budget from 10 to" in result.stdout
    assert "interrupted: this is what was known by then" in result.stderr
    assert not (tmp_path / "plans").exists()
    document = json.loads(run("plan", "template-basic", *OVER_BUDGET, "--json").stdout)
    assert document["interrupted"] is True


@pytest.mark.parametrize("trims", [True, False])
def test_a_plan_that_turns_up_while_looking_for_remedies_is_the_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trims: bool
) -> None:
    """Where the search finds nothing, but mending or planning under an eased limit does, that plan is the answer."""
    little_work(monkeypatch)
    monkeypatch.setattr(planner.run.search, "first_state", lambda *_, **__: None)
    monkeypatch.setattr(planner.run.none_found, "count_plans", lambda *_: None)
    if not trims:
        monkeypatch.setattr(Finish, "trim", lambda self, plan: self._space.score(plan))
    # One limit in the template's place of the budget: what is compiled for the template serves.
    floor = (
        "limits=[{id: floor, measure: spend, min: 50}, {id: message-budget, measure: spend, max: 3000, at_risk: 95%, "
    )
    floor += "where: {mechanics: [coupon, threshold, gift]}}, {id: margin, measure: margin_rate, min: 20%}]"
    result = run("plan", "template-basic", "--effort", "quick", "--set", floor, "--out", tmp_path / "plans")
    assert result.exit_code == 0, result.stdout
    assert run("check", tmp_path / "plans").exit_code == 0


def test_a_run_that_time_ended_says_that_another_may_differ(planned: tuple[Path, Result], tmp_path: Path) -> None:
    """Seconds do not end twice alike: the notes say so, and those of a run that work ended do not."""
    # The effort decides the shapes of the bound: what is compiled for the other run serves.
    options = ("--seconds", "1", "--effort", "quick", "--plans", "1", "--out", tmp_path / "plans", "--json")
    result = run("plan", "template-basic", *options)
    said = [
        any("another run may find other plans" in note for note in json.loads(text)["notes"])
        for text in (result.stdout, (planned[0] / "plans.json").read_text("utf-8"))
    ]
    assert said == [True, False]


def test_where_nothing_pays_the_answer_is_no_promotion_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offers without funding and with small lifts: the best plan is empty, and the break-even table says why."""
    little_work(monkeypatch)
    options: list[str] = []
    for offer in ("coffee-15", "coffee-flash", "equipment-20", "kettle-coupon", "cup-gift", "save-10"):
        options += ["--set", f"offers.{offer}.fixed_cost=5000"]
    options += ["--set", "offers.home-page.fixed_cost=5000"]
    result = run("plan", "template-basic", "--effort", "quick", *options)
    assert result.exit_code == 0, result.stderr
    assert "Why is no promotion best?" in result.stdout
    assert "What each offer needs to pay for itself" in result.stdout


def test_a_foreign_folder_is_refused_before_the_search(tmp_path: Path) -> None:
    """``--out`` never overwrites anything but plans, and says so at once."""
    (tmp_path / "thesis.txt").write_text("precious", "utf-8")
    result = run("plan", "template-basic", "--out", tmp_path)
    assert result.exit_code == 2
    assert "choose another --out" in result.stderr
    assert (tmp_path / "thesis.txt").read_text("utf-8") == "precious"


def test_plans_that_cannot_be_written_any_more_are_shown_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A disk that fills up during a long search costs the folder, not what was found; programs get the problem.

    One search is answered twice, in words and in JSON.
    """
    little_work(monkeypatch)
    monkeypatch.setattr(planner.run.search, "plan_campaign", cache_once(planner.run.search.plan_campaign))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scenarios.answer.plan_files._write", full)
    command = ("plan", "template-basic", "--effort", "quick", "--out", tmp_path / "plans")
    result = run(*command)
    assert result.exit_code == 2
    assert "Calendar of plan 1" in result.stdout
    assert "got no space left on device; make room, or choose another --out" in result.stderr
    assert "keeps the plans" in result.stderr and "wrote" not in result.stderr
    assert not list(tmp_path.iterdir())
    result = run(*command, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["problems"][0]["got"] == "no space left on device"
    assert not list(tmp_path.iterdir())


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
