"""validate and plan say how large a question is and roughly what planning it takes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import run
from few_futures import few_futures
from little_work import little_work

from planner.problem import build_problem
from planner.run.effort import Effort, work_of
from planner.run.question_size import (
    THOROUGH_SECONDS,
    TOOK_GIB,
    TOOK_SECONDS,
    question_size,
    read_off,
    seconds_of,
    slot_passes,
)

_few_futures = few_futures

RUNS = (
    (0.60e6, 21.6, 756, 0.522),  # a family (benchmarks/families.py) of 126 slots, quick
    (0.68e6, 26.4, 1_050, 0.546),  # template-basic, quick
    (1.21e6, 31.8, 756, 0.515),  # the family of 126 slots, normal
    (1.36e6, 39.8, 1_050, 0.542),  # template-basic, normal
    (2.96e6, 38.1, 10_584, 0.891),  # a family of 1,764 slots, quick
    (4.31e6, 37.1, 14_014, 0.718),  # phone-flash-sale, quick
    (5.00e6, 53.8, 20_664, 1.220),  # a family of 3,444 slots, quick
    (8.61e6, 33.8, 14_014, 0.712),  # phone-flash-sale, normal
    (8.87e6, 33.2, 25_872, 0.724),  # a family of 924 slots with 27 offers, quick
    (24.7e6, 106.8, 103_320, 1.702),  # a family of 3,690 slots with 27 offers, quick
    (47.3e6, 167.0, 208_936, 1.895),  # singles-day, quick
)
"""Runs with nothing compiled before, on cores with other work: passes times choices, processor time, choices, GiB."""
THOROUGH_RUNS = (
    (1.21e7, 76.3, 240, 0.491),  # a family of 60 slots
    (2.80e7, 154.5, 750, 0.578),  # template-basic over ten days
    (3.01e7, 156.7, 756, 0.557),  # a family of 126 slots
    (3.40e7, 192.9, 1_050, 0.576),  # template-basic
    (6.63e7, 201.4, 3_024, 0.639),  # a family of 504 slots
    (5.37e8, 260.2, 38_976, 1.339),  # grocery-journey, learned before
)
"""The same at thorough effort."""


def test_validate_says_how_large_it_is(tmp_path: Path) -> None:
    """Slots and choices as the search has them, and what each effort takes; fewer days are a smaller question."""
    problem = build_problem("template-basic", (), lambda _: None)
    size = question_size(problem.grid, coupled=problem.coupled)
    done = run("validate", "template-basic")
    said = " ".join(done.stdout.split())
    assert f"{problem.grid.slots:,} slots with up to {size.most_choices} choices each" in said
    for effort in ("quick", "normal", "thorough"):
        assert f"at {effort}" in said
    assert "on two quiet cores about 30 s at quick, 40 s at normal, 3 min at thorough" in said
    assert "half and double are usual" in said
    told = json.loads(run("validate", "template-basic", "--json").stdout)["size"]
    assert (told["slots"], told["lines"], told["seconds"]) == (size.slots, size.lines, size.seconds)
    short = ("--set", "horizon.periods=10")
    fewer = json.loads(run("validate", "template-basic", *short, "--json").stdout)["size"]
    assert (fewer["slots"], fewer["lines"]) == (size.slots * 10 // 14, size.lines * 10 // 14)
    assert fewer["seconds"]["thorough"] < told["seconds"]["thorough"]


def test_more_choices_take_as_long_as_more_slots() -> None:
    """A singles-day of fewer slots takes less; efforts stand in their order."""
    small, large = (
        question_size(problem.grid, coupled=problem.coupled)
        for problem in (build_problem(name, (), lambda _: None) for name in ("phone-flash-sale", "singles-day"))
    )
    assert list(small.seconds.values()) == sorted(small.seconds.values())
    assert large.gib > small.gib
    assert all(large.seconds[effort] > small.seconds[effort] for effort in large.seconds)


@pytest.mark.parametrize("coupled", [False, True])
def test_a_question_that_shrinks_is_never_said_to_take_longer(coupled: bool) -> None:
    """Small questions that rules join get so many more passes that work falls between 500 and 1,000 slots."""
    for effort in Effort:
        passes = [slot_passes(effort, slots, coupled=coupled) for slots in range(1, 3_000)]
        assert passes == sorted(passes)
        assert all(each >= slots * work_of(effort, slots, coupled=coupled) for slots, each in enumerate(passes, 1))
    assert 500 * work_of(Effort.QUICK, 500, coupled=True) > 900 * work_of(Effort.QUICK, 900, coupled=True)


def test_nothing_that_was_measured_took_more_than_is_said() -> None:
    """Both tables rise, and go on beyond the last; runs took no more than is said, and at least half of the time."""
    for took in (TOOK_SECONDS, THOROUGH_SECONDS, TOOK_GIB):
        assert list(took) == sorted(took) and [each for _, each in took] == sorted(each for _, each in took)
        assert all(read_off(took, size) == pytest.approx(each) for size, each in took)
        sizes = np.geomspace(1, 10 * took[-1][0], 200)
        said = [read_off(took, float(size)) for size in sizes]
        assert said == sorted(said) and said[-1] > took[-1][1]
    for effort, runs in ((Effort.QUICK, RUNS), (Effort.THOROUGH, THOROUGH_RUNS)):
        for passes, seconds, choices, gib in runs:
            assert seconds <= seconds_of(effort, passes) <= 2 * seconds
            assert read_off(TOOK_GIB, choices) >= gib


@pytest.mark.parametrize("coupled", [False, True])
def test_no_effort_is_said_to_take_longer_than_a_larger_one(coupled: bool) -> None:
    """Whatever the size: thorough runs have a table of their own, which goes on as large questions do."""
    for slots, choices in ((8, 2), (60, 4), (210, 5), (504, 6), (1_856, 21), (14_924, 14), (100_000, 13)):
        said = [seconds_of(each, choices * slot_passes(each, slots, coupled=coupled)) for each in Effort]
        assert said == sorted(said)


def test_what_is_still_to_be_learned_has_no_size_yet() -> None:
    """Segments that come from data are not known before they are learned."""
    done = run("validate", "grocery-journey", "--json")
    assert json.loads(done.stdout)["size"] is None


def test_plan_says_it_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the search: whoever need not wait sees it at once; with --seconds the time is known."""
    little_work(monkeypatch)
    done = run("plan", "template-basic", "--effort", "quick")
    first = next(line for line in done.stderr.splitlines() if "slots" in line)
    assert "210 slots" in first
    assert "on two quiet cores about 20 s at quick, and 0.6 GiB" in first  # after as little work as the test does
    assert done.stderr.index("210 slots") < done.stderr.index("first plan")
