"""How ``campaign plan`` ends where it finds no plan, is interrupted, or cannot write: what is known is shown."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import run
from few_futures import few_futures
from little_work import little_work

import planner.run.deepening
import planner.run.no_plan.none_found
import planner.run.opening
import planner.run.search
from planner.evolution.finish import Finish

_few_futures = few_futures


def cache_once(search: Callable[..., Any]) -> Callable[..., Any]:
    """Search the first time, and give the same result afterwards."""
    found: list[Any] = []

    def once(*arguments: Any, **keywords: Any) -> Any:
        found[:] = found or [search(*arguments, **keywords)]
        return found[0]

    return once


def test_ctrl_c_leaves_the_best_checked_plan_so_far(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An interrupted evolution answers with what it has, says so, and writes a folder that passes the check."""
    little_work(monkeypatch)
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
    little_work(monkeypatch)
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

    One search is answered twice, in words and in JSON. To find out why may take minutes: every step is a stage of its
    own, in words; once proven, no plan is looked for any more.
    """
    little_work(monkeypatch)
    monkeypatch.setattr(planner.run.search, "plan_campaign", cache_once(planner.run.search.plan_campaign))
    result = run("plan", "template-basic", *OVER_BUDGET, "--out", tmp_path / "plans")
    assert result.exit_code == 1
    steps_are_told(result.stderr)
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


def steps_are_told(progress: str) -> None:
    """Assert that finding out why there is no plan says what is tried."""
    lines = progress.splitlines()
    (proof,) = (line for line in lines if line.startswith("no plan keeps every limit and rule: "))
    before, after = lines[: lines.index(proof)], lines[lines.index(proof) + 1 :]
    told = [line for line in before if line.startswith("no plan found so far; ")]
    assert told == ["no plan found so far; looking for limits and rules that exclude each other ..."]
    assert not any("no plan found so far" in line for line in after)
    stages = [line for line in after if line.startswith("looking for a way out")]
    assert stages[0] == "looking for a way out ..."
    assert len(stages) == len(set(stages)) > 2
    assert any("trying to keep total-budget without espresso-1kg" in stage or "agreed" in stage for stage in stages)
    descents = "looking for a way out; looking for plans that break little ..."
    assert stages.count(descents) == 1
    assert all(" of at most 2) ..." in stage for stage in stages[1:] if stage != descents)
    assert "interrupted" not in progress


@pytest.mark.parametrize(
    "moment", ["no plan found so far; looking for limits and rules", "looking for a way out; trying"]
)
def test_ctrl_c_while_finding_out_why_there_is_no_plan_says_what_is_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, moment: str
) -> None:
    """What the nearest plan breaks is known in any case: it is said, with a note that the run was interrupted."""
    little_work(monkeypatch)
    say, begun = planner.run.search.Watch.say, []

    def pressed(watch: Any, stage: str, *told: Any) -> None:
        say(watch, stage, *told)
        begun.append(stage)
        if stage.startswith(moment):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(planner.run.search.Watch, "say", pressed)
    monkeypatch.setattr(planner.run.search, "plan_campaign", cache_once(planner.run.search.plan_campaign))
    result = run("plan", "template-basic", *OVER_BUDGET, "--out", tmp_path / "plans")
    assert result.exit_code == 1, result.stderr
    assert begun[-1].startswith(moment)
    assert "total-budget: spend" in result.stdout
    assert "raise total-budget from 10 to" in result.stdout
    assert "interrupted: this is what was known by then" in result.stderr
    assert "still to be tried" in result.stderr
    assert not (tmp_path / "plans").exists()
    document = json.loads(run("plan", "template-basic", *OVER_BUDGET, "--json").stdout)
    assert document["interrupted"] is True


@pytest.mark.parametrize("trims", [True, False])
def test_a_plan_that_turns_up_while_looking_for_remedies_is_the_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trims: bool
) -> None:
    """Where the search finds nothing, but mending or planning under an eased limit does, that plan is the answer."""
    little_work(monkeypatch, work=0.5)
    monkeypatch.setattr("planner.run.begun.first_state", lambda *_, **__: None)
    monkeypatch.setattr(planner.run.no_plan.none_found, "count_plans", lambda *_: None)
    if not trims:
        monkeypatch.setattr(Finish, "trim", lambda self, plan: self._space.score(plan))
    # One limit in the template's place of the budget: what is compiled for the template serves.
    floor = (
        "limits=[{id: floor, measure: spend, min: 50}, {id: message-budget, measure: spend, max: 3000, at_risk: 95%, "
    )
    floor += "where: {mechanics: [coupon, threshold, gift]}}, {id: margin, measure: margin_rate, min: 20%}]"
    result = run(
        "plan", "template-basic", "--effort", "quick", "--plans", 1, "--set", floor, "--out", tmp_path / "plans"
    )
    assert result.exit_code == 0, result.stdout
    assert run("check", tmp_path / "plans").exit_code == 0


def test_where_nothing_pays_the_answer_is_no_promotion_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offers without funding and with small lifts: the best plan is empty, and the break-even table says why."""
    little_work(monkeypatch, work=0.5)
    options: list[str] = []
    for offer in ("coffee-15", "coffee-flash", "equipment-20", "kettle-coupon", "cup-gift", "save-10"):
        options += ["--set", f"offers.{offer}.fixed_cost=5000"]
    options += ["--set", "offers.home-page.fixed_cost=5000"]
    result = run("plan", "template-basic", "--effort", "quick", "--plans", 1, *options)
    assert result.exit_code == 0, result.stderr
    assert "Why is no promotion best?" in result.stdout
    assert "What each offer needs to pay for itself" in result.stdout


def test_plans_that_cannot_be_written_any_more_are_shown_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A disk that fills up during a long search costs the folder, not what was found; programs get the problem.

    One search is answered twice, in words and in JSON.
    """
    little_work(monkeypatch, work=0.5)
    monkeypatch.setattr(planner.run.search, "plan_campaign", cache_once(planner.run.search.plan_campaign))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scenarios.answer.plan_files._write", full)
    command = ("plan", "template-basic", "--effort", "quick", "--plans", 1, "--out", tmp_path / "plans")
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
