"""SIGTERM, as batch systems and containers send it: a search answers with its best plan, everything else ends whole."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from command_line import run
from flight_case import running_shop
from little_work import little_work
from plan_directory import plans_of
from replan_case import happened, sold

import planner.run.search
from constraints.checking.check import check
from planner.commands.terminal.ending import Ended, Press
from planner.evolution.interrupt import listening
from planner.progress import Progress
from planner.replan.replan import ReplanParams, replan

case = running_shop


@pytest.fixture
def _command_line() -> Iterator[None]:
    """The process hears SIGTERM as a command line does."""
    before = signal.signal(signal.SIGTERM, Press())
    yield
    signal.signal(signal.SIGTERM, before)


def _ended_at(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Send the signal when the search says that it is at something."""
    say = planner.run.search.Watch.say

    def told(watch: Any, stage: str, *more: Any) -> None:
        say(watch, stage, *more)
        if stage.startswith(moment):
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(planner.run.search.Watch, "say", told)


@pytest.mark.usefixtures("_command_line")
def test_a_search_that_has_a_plan_answers_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The plans are written whole and pass the check; the exit code is that of the answer, and a note says why."""
    little_work(monkeypatch)
    _ended_at(monkeypatch, "evolving plans")
    done = run("plan", "template-basic", "--out", tmp_path / "plans")
    assert done.exit_code == 0, done.stderr
    assert "interrupted: " in done.stderr
    assert check(tmp_path / "plans").ok
    assert [path.name for path in tmp_path.iterdir()] == ["plans"]


@pytest.mark.usefixtures("_command_line")
def test_before_there_is_a_plan_the_process_ends_by_the_signal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is written, and nobody takes it for an answer."""
    little_work(monkeypatch)
    _ended_at(monkeypatch, "first plan")
    with pytest.raises(Ended):
        run("plan", "template-basic", "--out", tmp_path / "plans")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("_command_line")
def test_a_replanning_keeps_what_it_has_found(case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The best checked plan so far is the answer."""
    little_work(monkeypatch)

    def told(progress: Progress) -> None:
        if progress.stage == "planning the rest":
            signal.raise_signal(signal.SIGTERM)

    plan_set, _ = plans_of(case.frozen, [case.plan])
    actuals, params = happened(case, sold(case)), ReplanParams(change_cost=Decimal(0))
    found = replan(case.frozen, plan_set, plan_set.plans[0], actuals, b"date,product\n", params, told)
    assert found.interrupted and found.plan_set is not None


@pytest.mark.usefixtures("_command_line")
def test_the_second_signal_does_not_wait() -> None:
    """Whoever sends it twice wants the process gone."""
    with pytest.raises(Ended), listening() as interrupt:
        signal.raise_signal(signal.SIGTERM)
        assert interrupt.pressed
        signal.raise_signal(signal.SIGTERM)


def test_a_program_that_leaves_the_signal_to_the_system_is_left_alone() -> None:
    """Who plans from Python is ended by the signal as ever."""
    before = signal.getsignal(signal.SIGTERM)
    with listening():
        assert signal.getsignal(signal.SIGTERM) == before
