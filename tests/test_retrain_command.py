"""campaign simulate --learn and --past at the command line: what is asked, and what is refused in one message."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import command_line
import pytest
from flight_case import running
from market_shops import RATIONED, write_both
from shop import write_shop

from planner.problem import Problem
from planner.simulate import retrain
from planner.simulate.life import lived_past
from planner.simulate.loop import LoopParams
from planner.simulate.retrain import RetrainParams
from scenarios.market.likeness import likeness
from scenarios.market.play import Market
from surrogate.train import TrainParams


def refused(*arguments: object) -> str:
    """Return the message of a run that is refused."""
    result = command_line.run("simulate", *arguments)
    assert result.exit_code == 2 and "Traceback" not in result.output, result.output
    return " ".join(result.output.split())


@pytest.mark.parametrize("option", [("--learn", "retrain"), ("--past", "30")])
def test_scenarios_in_weeks_have_no_past(tmp_path: Path, option: tuple[str, str]) -> None:
    """Weeks, pieces and caps are told at once, with the option that asked for a past."""
    said = refused(write_both(tmp_path), *option)
    where = "--learn retrain" if option[0] == "--learn" else "--past"
    assert f"{where}: horizon.unit: expected a scenario in days" in said
    assert f"{where}: offers.cut-15: expected offers that everybody gets" in said
    assert "quantity or per_customer (cut-15, flash-12," in said


def test_offers_that_not_everybody_gets_are_refused(tmp_path: Path) -> None:
    """In days pieces and caps alone stand in the way."""
    edits = {("shop.yaml" if stem == "shop" else f"{stem}.csv"): pairs for stem, pairs in RATIONED.items()}
    said = refused(write_shop(tmp_path, edits), "--learn", "retrain")
    assert "horizon.unit" not in said and "offers.cut-15: expected offers that everybody gets" in said


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--learn", "retrain", "--past", "19"), "--past: weeks: expected 20 to 104 weeks to train on, got 19"),
        (("--learn", "retrain", "--past", "0"), "--past: weeks: expected 20 to 104 weeks to train on, got 0"),
        (("--past", "105"), "--past: weeks: expected 20 to 104 weeks, or 0 for none, got 105"),
    ],
)
def test_a_past_has_a_least_and_a_greatest_length(tmp_path: Path, arguments: tuple[str, ...], expected: str) -> None:
    """Too short a past teaches nothing that could be tested; it is refused before anything is read."""
    assert expected in refused(tmp_path / "nowhere.yaml", *arguments)


def test_another_way_of_learning_is_no_choice(tmp_path: Path) -> None:
    """The choices are named."""
    said = refused(write_shop(tmp_path), "--learn", "forget")
    assert "update" in said and "retrain" in said


@pytest.mark.parametrize(
    ("arguments", "learn", "weeks", "each"),
    [
        ((), "update", 0, 1500),
        (("--past", "30"), "update", 30, 4000),
        (("--learn", "retrain"), "retrain", 44, 4000),
        (("--learn", "retrain", "--past", "52"), "retrain", 52, 4000),
    ],
)
def test_what_is_asked_is_what_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], learn: str, weeks: int, each: int
) -> None:
    """Retraining has a past of 44 weeks unless told otherwise, and a past as many customers as there are, up to 24,000.

    The shop's smaller segment has 4,000 customers.
    """
    asked = []

    def loop(problem: Problem, market: Market, policies: object, params: LoopParams, progress: object) -> tuple[()]:
        asked.append((market, params))
        return ()

    monkeypatch.setattr("planner.simulate.loop.simulate", loop)
    result = command_line.run("simulate", write_shop(tmp_path), *arguments, "--json")
    assert result.exit_code == 0, result.output
    ((market, params),) = asked
    assert (params.learn.value, params.past_weeks) == (learn, weeks)
    assert params.retrain == RetrainParams() and params.retrain.train == TrainParams()
    assert market.people.segment.size == 2 * each
    said = json.loads(result.stdout)
    assert (said["learn"], said["past_weeks"], said["trainings"]) == (learn, weeks, [])


def test_a_training_that_is_interrupted_leaves_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the midst of a training: the written purchases are gone."""
    case = running(tmp_path)
    life = lived_past(likeness(case.grid, case.frozen.effects, 1, per_segment=60), 20, 1)
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    seen = []

    def interrupted(*_: object, base: Path, **__: object) -> None:
        seen.extend(path.name for path in base.iterdir())
        raise KeyboardInterrupt

    monkeypatch.setattr(retrain, "train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        retrain.trained(case.problem, life.market, life.records, RetrainParams(), 1, 1)
    assert "transactions.parquet" in seen and not list(room.iterdir())
