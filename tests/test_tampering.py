"""Tampering is noticed: named kinds and random mutations, some with hashes made to fit; never a traceback or a pass."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from few_futures import few_futures
from forgery import contents, edit_json, rehash
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import mutate
from plan_folders import basic_problem, good_lines, line, write_folder
from tamperings import TAMPERINGS

from constraints.checking.check import check
from planner.problem import build_problem
from scenarios.answer.plan_files import PLANS, read_plans, write_signature
from scenarios.problems import InvalidInput

_few_futures = few_futures

KEY = bytes(range(32))
OWN = "template-basic"
KEY_ONLY = (
    "a lower bound",
    "another reason",
    "members in another order",
    "written by another hand",
    "other versions",
)
"""Kinds of which no recomputation can know once hashes fit."""
SOME = (
    "a cent more profit",
    "a number of 5,000 digits",
    "an exponent of a billion",
    "look-alike letter in a product",
    "a discount moved between lines",
    "another aim in words",
    "other amounts of a line, its coverage a hair off",
    "money as floating point",
    "a column that nobody asked for",
    "a day written as others do",
    "arrays that would fill the memory",
    "a higher budget in both questions",
    "other futures",
    "the whole folder planned anew with a higher budget",
    *KEY_ONLY,
)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """A signed folder with two plans."""
    folder = tmp_path_factory.mktemp("forged") / "plans"
    problem = basic_problem()
    write_folder(problem, folder, good_lines(problem), good_lines(problem)[:3])
    write_signature(read_plans(folder), KEY)
    assert check(folder, OWN, KEY).ok
    return folder


def noticed(folder: Path, scenario: str | None = None, key: bytes | None = None) -> bool:
    """Whether a check refuses a folder or says no; anything else that it raises fails the test."""
    try:
        return not check(folder, scenario, key).ok
    except InvalidInput:
        return True


@pytest.mark.parametrize("name", SOME)
def test_named_kinds_are_noticed(pristine, tmp_path, name):
    """Each is noticed as it is; with all hashes made to fit, by the copy of the question or else by the key."""
    folder = Path(shutil.copytree(pristine, tmp_path / "plans"))
    TAMPERINGS[name](folder)
    if not name.startswith("the whole folder"):
        assert noticed(folder)
    rehash(folder)
    assert noticed(folder, key=KEY)
    assert noticed(folder, OWN) is (name not in KEY_ONLY)


def test_another_day_of_the_same_week_hides_nothing(tmp_path):
    """Any day of a week reads as that week, yet the line is written with the first, and its amounts are compared."""
    problem = build_problem("template-basic", ("horizon.unit=week",))
    folder = tmp_path / "plans"
    write_folder(problem, folder, (line(problem, 2, "espresso-1kg", "coffee-15"),))
    assert not noticed(folder)

    def change(data: Any) -> None:
        first = data["plans"][0]["lines"][0]
        first["period"] = str(dt.date.fromisoformat(first["period"]) + dt.timedelta(days=2))
        first["units"] += 40

    edit_json(folder, PLANS, change)
    rehash(folder)
    told = [entry.place.rpartition(".")[2] for entry in check(folder).differences]
    assert told == ["period", "units"]


def test_sixty_kinds_are_known():
    """The benchmark tries them all (benchmarks/tampering.py)."""
    assert len(TAMPERINGS) >= 60


@settings(derandomize=True, deadline=None, max_examples=20)
@given(st.integers(0, 10**6), st.booleans())
def test_mutations_never_pass_and_never_fail(pristine, tmp_path_factory, seed, fitting):
    """Whatever is changed, a check with both options says no or that the input is unusable."""
    folder = tmp_path_factory.mktemp("mutated") / "plans"
    shutil.copytree(pristine, folder)
    mutate(folder, np.random.Generator(np.random.Philox(seed)))
    if fitting:
        rehash(folder)
    if contents(folder) != contents(pristine):
        assert noticed(folder, OWN, KEY)
    shutil.rmtree(folder.parent)
