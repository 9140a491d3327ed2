"""Planning again from a plan that is there: how it is read, what is kept, when the search stops, what changed."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bound_questions import DESCENT, scenario_with_rules
from few_futures import few_futures
from front_case import front_problem
from little_work import first_bound, little_work
from plan_folders import answer_of, basic_problem, good_lines, line, write_folder
from rich.console import Console
from tiny_problem import problem
from typer.testing import CliRunner

from planner.bound.lowering.beside import BoundBeside
from planner.bound.lowering.tight import tight_bound
from planner.cli import app
from planner.commands.given.start import read_start
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.workspace import Workspace
from planner.problem import Problem, build_problem
from planner.progress import ignore
from planner.report.side_by_side.since import show_since, since_json
from planner.report.side_by_side.what_changed import Before, what_changed
from planner.run.closing import closing
from planner.run.cross_fit import CrossFit
from planner.run.effort import BOUND, Effort
from planner.run.opening import first_params, late_by
from planner.run.scored import score_plan
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from planner.run.watch import Watch
from scenarios.grid import Grid, build_grid
from scenarios.problems import InvalidInput

_few_futures = few_futures


@pytest.fixture(scope="module")
def asked() -> Problem:
    """The problem of the shipped template."""
    return basic_problem()


@pytest.fixture(scope="module")
def folder(asked: Problem, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two plans."""
    path = tmp_path_factory.mktemp("again") / "plans"
    write_folder(asked, path, good_lines(asked), good_lines(asked)[:2])
    return path


def test_a_folder_its_file_and_one_of_its_plans_can_be_started_from(asked: Problem, folder: Path) -> None:
    """DIR and its plans.json mean the first plan, DIR:2 the second."""
    first, second = (asked.grid.plan_of(good_lines(asked)[:count]) for count in (6, 2))
    assert np.array_equal(read_start(str(folder), asked.grid), first)
    assert np.array_equal(read_start(str(folder / "plans.json"), asked.grid), first)
    assert np.array_equal(read_start(f"{folder}:2", asked.grid), second)
    with pytest.raises(InvalidInput, match="a plan from 1 to 2"):
        read_start(f"{folder}:3", asked.grid)


def _moved(asked: Problem, days: int) -> Grid:
    """The grid of the same question some days later."""
    scenario = asked.loaded.scenario
    horizon = scenario.horizon.model_copy(update={"start": scenario.horizon.start + dt.timedelta(days=days)})
    return build_grid(scenario.model_copy(update={"horizon": horizon}))


def test_lines_without_a_place_are_left_out_and_said(
    asked: Problem, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A horizon that begins later keeps the lines that it holds, and a note says how many it does not."""
    assert int((read_start(str(folder), _moved(asked, 4)) > 0).sum()) == 4
    assert "2 of 6 lines" in capsys.readouterr().err


def test_a_plan_of_another_time_is_refused(asked: Problem, folder: Path) -> None:
    """Where no line has a place, the start is no start."""
    with pytest.raises(InvalidInput, match="none of them"):
        read_start(str(folder), _moved(asked, 1000))


def test_what_is_no_plan_is_refused(asked: Problem, tmp_path: Path) -> None:
    """A missing file and a JSON file of something else are named."""
    (tmp_path / "other.json").write_text('{"format": 1}', "utf-8")
    for name in ("none.json", "other.json"):
        with pytest.raises(InvalidInput, match=name):
            read_start(str(tmp_path / name), asked.grid)


def test_keeping_needs_a_start() -> None:
    """``--keep`` alone is unusable input that says what is missing."""
    result = CliRunner().invoke(app, ["plan", "template-basic", "--keep", "80%"])
    assert result.exit_code == 2
    assert "name it by --start" in result.stderr


def test_what_changed_is_shown(asked: Problem) -> None:
    """The share of kept lines, totals before and after, and every slot that differs."""
    start = asked.grid.plan_of(good_lines(asked))
    other = asked.grid.plan_of((*good_lines(asked)[:5], line(asked, 8, "kettle", "home-page")))
    parts = show_since(asked, start, score_plan(asked, other).plan, "plans/", 0)
    plain = Console(width=100, no_color=True)
    with plain.capture() as captured:
        plain.print(*parts)
    assert "keeps 5 of the 6 lines of plans/ (83%)" in captured.get()
    assert "2 slots filled differently" in captured.get()
    told = since_json(asked, start, score_plan(asked, other).plan, "plans/", 0)
    assert (told["lines"], told["lines_kept"], told["broken"]) == (6, 5, ())
    sides = [(change["before"] is None, change["after"] is None) for change in told["changes"]]
    assert sorted(sides) == [(False, True), (True, False)]


def test_the_end_of_a_timed_run_by_hand() -> None:
    """Checking takes at most 40 % of the time, or one plan's; yardsticks are made where they are cheap enough."""
    ample = closing(100.0, 5, 0.5, 4.0, 80.0)
    assert (ample.plans, ample.seconds, ample.yardsticks) == (5, 0.5 * (5 * 3.5 + 30), 4.0)
    assert closing(100.0, 5, 0.5, 4.0, 19.0).yardsticks == 0.0, "what first plans have left is the search's"
    short = closing(20.0, 5, 0.5, 12.0, 8.0)
    assert (short.plans, short.yardsticks) == (2, 0.0)
    assert short.reserve <= 8.0
    assert closing(1.0, 5, 5.0, 1.0, 0.0).plans == 1


def test_a_timed_run_begins_with_more_starts_and_knows_what_one_took(monkeypatch: pytest.MonkeyPatch) -> None:
    """Much time begins with more first plans; yardsticks are timed by the first of them, not by all."""
    assert first_params(Effort.NORMAL, None).starts < first_params(Effort.NORMAL, 60.0).starts
    assert first_params(Effort.THOROUGH, None).starts == first_params(Effort.NORMAL, 60.0).starts
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    watch = Watch(SearchParams(seconds=60.0), ignore)
    assert watch.first == 0.0
    shares = []
    for now[0] in (9.0, 18.0, 27.0):
        shares.append(watch.started())
    assert (shares, watch.first) == ([0.15, 0.3, 0.45], 9.0)


@pytest.fixture(scope="module")
def tiny() -> Problem:
    """A tiny problem with every interaction and a limit."""
    return front_problem(4, "profit")


def test_a_share_of_the_lines_is_kept(tiny: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan made from a poor one keeps as many of its lines as asked, and is no worse than it."""
    little_work(monkeypatch)
    space = Workspace(Evaluator(tiny.model, tiny.limits), tiny.rulebook)
    gain = np.where(tiny.rulebook.base, space.gains_everywhere(space.rules.locked_plan(), space.no_prices()), -np.inf)
    start = Finish(space).trim(space.rules.repair(gain.argmax(axis=1).astype(np.int8))).plan
    assert (start > 0).any()
    params = SearchParams(effort=Effort.QUICK, plans=1, cross_fit=False, start=start, keep=0.75)
    again = plan_campaign(tiny, params)
    assert again.plan_set is not None
    count = int((start > 0).sum())
    assert int(((again.plans[0] == start) & (start > 0)).sum()) >= 0.75 * count
    assert again.plan_set.plans[0].objective >= score_plan(tiny, start).plan.objective


def test_lines_that_rules_exclude_cannot_be_kept(asked: Problem) -> None:
    """Of two banners on one day, which a rule forbids, one can stay: all cannot, and the answer is no."""
    start = asked.grid.plan_of((line(asked, 8, "kettle", "home-page"), line(asked, 8, "grinder", "home-page")))
    result = plan_campaign(asked, SearchParams(effort=Effort.QUICK, plans=1, start=start, keep=1.0))
    assert result.plan_set is None and result.conflict is None


def test_a_gap_that_is_reached_stops_the_search(tiny: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gap that any plan has ends the run, which says how it was limited."""
    first_bound(monkeypatch)
    monkeypatch.setattr("planner.run.search.bound_of", lambda *_: BOUND[Effort.QUICK])
    plan_set = plan_campaign(tiny, SearchParams(plans=1, gap=1.0, cross_fit=False)).plan_set
    assert plan_set is not None
    assert plan_set.effort == "normal, or a gap of 100%"
    assert plan_set.plans[0].gap is not None


def test_a_half_of_the_futures_without_a_plan_is_told(tiny: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    """No figure stands where cross-fitting found none, and the notes say why; where it was not asked for, nothing."""
    little_work(monkeypatch)
    params = SearchParams(effort=Effort.QUICK, plans=1)
    monkeypatch.setattr("planner.run.deepening.cross_fit", lambda *_: CrossFit(halves=(), plans=()))
    told = [plan_campaign(tiny, replace(params, cross_fit=wanted)).plan_set for wanted in (True, False)]
    said = [[note for note in found.note_texts if "cross-fitting" in note] for found in told if found is not None]
    assert said[0] == [
        "no optimism by cross-fitting: a short search on half of the futures found no plan that keeps every limit"
    ]
    assert said[1] == [] and all(found is not None and found.cross_fit is None for found in told)


@pytest.fixture(scope="module")
def ruled() -> Problem:
    """A tiny problem with rules, in the shapes of the bound's own tests: what is compiled for them serves."""
    return problem(*scenario_with_rules(0))


def test_a_bound_that_nobody_waits_for_is_given_up(ruled: Problem) -> None:
    """Where a bound is not there in time there is none, and leaving does not wait for it."""
    with BoundBeside(ruled, replace(DESCENT, iterations=100_000)) as beside:
        beside.go_on(0.0)
        assert beside.stop_within(0.0) is None


def test_a_bound_begun_early_is_the_same(ruled: Problem) -> None:
    """Beginning before there is a plan changes nothing; a bound that is begun and left has no value."""
    params = replace(DESCENT, iterations=5, naive_iterations=2)
    rules = ruled.rulebook
    asked = tight_bound(ruled.model, ruled.limits, rules.base, rules.locked_lines(), params=params, rules=rules.rules)
    with BoundBeside(ruled, params) as beside:
        beside.begin()
        assert beside.now is None
        beside.go_on(-1e12)
        found = beside.wait()
        assert found.value == asked.value
        beside.go_on(0.0)  # a second start ends when the bound goes on already
        assert beside.wait() is found
    with BoundBeside(ruled, params) as left:
        left.begin()
    assert left.stop() is None


@pytest.mark.parametrize(("keep", "gap"), [(0.5, None), (None, -0.1)])
def test_settings_are_validated(keep: float | None, gap: float | None) -> None:
    """A share to keep needs a start; a gap is not negative."""
    with pytest.raises(ValueError, match="expected"):
        SearchParams(keep=keep, gap=gap)


def test_nothing_is_begun_that_would_end_too_late() -> None:
    """Another part is taken to last as long as the longest one so far; what was before the first does not count."""
    moments = iter([0.25, 0.3, 0.47, 0.48])
    late = late_by(lambda: next(moments))
    assert [late(), late(), late(), late()] == [False, False, True, True]
    assert not late_by(lambda: 0.59)() and late_by(lambda: 0.61)()


def test_what_a_changed_question_allows_is_told_apart_from_what_searches_differ_by(asked: Problem) -> None:
    """Of a gain that the old question allows, too, it is told how many lines break that; the same one says nothing."""
    lines = good_lines(asked)
    plan_set, _, frozen = answer_of(asked, lines[:2])
    before = plan_set.plans[0]
    old = Before(question=frozen, plan=before)
    changed = build_problem("template-basic", ("limits.total-budget.max=15000",))
    scenario = changed.loaded.scenario
    after = score_plan(changed, changed.grid.plan_of(lines[:3]), seed=frozen.seed).plan
    assert after.objective > before.objective
    assert what_changed(old, after, "plans/", asked.loaded.scenario) == ()
    (told,) = what_changed(old, after, "plans/", scenario)
    assert told.startswith("none of plan 1's lines breaks the question of plans/: it is worth ")
    assert told.endswith(" is within what searches differ by, and not what the changed question allows")
    assert what_changed(replace(old, plan=after), before, "plans/", scenario) == (), "nothing is gained"

    ruled = "{id: no-flash, rule: blackout, where: {offers: [coffee-flash]}}"
    strict = build_problem("template-basic", (f"rules=[{ruled}]",))
    days = range(0, 14, 3)
    coffee = [line(strict, day, product, "coffee-15") for day in days for product in ("espresso-1kg", "filter-1kg")]
    many = (*coffee, line(strict, 4, "kettle", "kettle-coupon", "regulars", 0.5))
    poor = line(strict, 9, "basket", "save-10", "occasional", 0.5)
    plan_set, _, question = answer_of(strict, (*many, poor, line(strict, 8, "kettle", "home-page")))
    after = score_plan(asked, asked.grid.plan_of((*many, line(asked, 7, "filter-1kg", "coffee-flash")))).plan
    (told,) = what_changed(Before(question=question, plan=plan_set.plans[0]), after, "plans/", asked.loaded.scenario)
    assert told.startswith(
        "1 of plan 1's 12 lines breaks the question of plans/: without it the plan keeps that question"
    )
