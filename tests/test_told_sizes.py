"""``monitor`` and ``report``: how many customers each group is told to have, against segment and rollout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import run
from held_rollouts import rolled_out_twice
from little_watch import little_watch
from little_work import little_work

SIZES = {"regulars": 18000, "occasional": 52000}
"""Customers of the template's segments."""


@pytest.fixture(autouse=True)
def _little_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the file tells is tested here, not alarms."""
    little_watch(monkeypatch)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan, and a rollout to a file of 400 customers that keeps a tenth of each segment out."""
    return rolled_out_twice(tmp_path_factory.mktemp("rollouts"))


def sizes(folder: Path) -> dict[str, tuple[int, int]]:
    """Customers and those kept out, by segment, as the rollout tells."""
    told = json.loads((folder / "ids" / "manifest.json").read_text())["holdouts"]
    return {each["segment"]: (each["customers"], each["held"]) for each in told}


def said(folder: Path, tmp_path: Path, people: dict[str, tuple[int, int]], *options: object) -> list[str]:
    """What the report says of sizes where each segment has so many treated and held."""
    rows = ["date,product,segment,group,customers,units,revenue"]
    for segment, groups in people.items():
        rows += [
            f"2027-03-01,espresso-1kg,{segment},{group},{number},100,1990"
            for group, number in zip(("treated", "holdout"), groups, strict=True)
        ]
    (tmp_path / "actuals.csv").write_text("\n".join(rows) + "\n")
    done = run("report", folder / "plans", tmp_path / "actuals.csv", *options, "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    watched = run("monitor", folder / "plans", tmp_path / "actuals.csv", *options, "--json")
    found = [each for each in report["attention"] if "customers" in each]
    assert [each for each in json.loads(watched.stdout)["attention"] if "customers" in each] == found
    return found


def test_more_customers_than_a_segment_has_are_told_first(folder: Path, tmp_path: Path) -> None:
    """A holdout that is told twice over; one that fits is no word worth."""
    fits = {name: (people * 9 // 10, people // 10) for name, people in SIZES.items()}
    assert said(folder, tmp_path, fits) == []
    twice = {**fits, "regulars": (16200, 3600)}
    assert said(folder, tmp_path, twice) == [
        "treated and holdout together are more customers than the segment has: regulars 16,200 + 3,600 on 2027-03-01 "
        "(of 18,000). Until the column customers is right, lifts and forecasts are wrong"
    ]


def test_another_holdout_than_the_rollout_drew_is_told_once_for_all_segments(folder: Path, tmp_path: Path) -> None:
    """The rollout's own number passes; half and twice as many do not."""
    drawn = sizes(folder)
    right = {name: (people - held, held) for name, (people, held) in drawn.items()}
    options = ("--rollout", folder / "ids")
    assert said(folder, tmp_path, right, *options) == []
    wrong = {name: (people - held, 2 * held) for name, (people, held) in drawn.items()}
    (found,) = said(folder, tmp_path, wrong, *options)
    assert found.startswith(f"other sizes of the group holdout are told than {folder / 'ids'} kept out: ")
    for name, (people, held) in drawn.items():
        assert f"{name} {2 * held} on 2027-03-01 ({held} of {people} kept out)" in found
    assert said(folder, tmp_path, wrong) == []


def test_a_card_that_was_cancelled_is_no_mistake(folder: Path, tmp_path: Path) -> None:
    """One of a holdout of thousands."""
    fits = {name: (people * 9 // 10 + 9, people // 10) for name, people in SIZES.items()}
    assert said(folder, tmp_path, fits) == []


def test_a_replanning_says_it_too(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its new plan reckons with the same share of a segment that is kept out."""
    little_work(monkeypatch)
    twice = {name: (people * 9 // 10, people // 5) for name, people in SIZES.items()}
    said(folder, tmp_path, twice)
    done = run("replan", folder / "plans", tmp_path / "actuals.csv", "--effort", "quick", "--json")
    assert done.exit_code == 0, done.output
    (found,) = json.loads(done.stdout)["attention"]
    assert "occasional 46,800 + 10,400 on 2027-03-01 (of 52,000)" in found
