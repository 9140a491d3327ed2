"""Offers that the best plan leaves out are told with why, and floors that are kept in name only with their lines."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from little_work import little_work
from shop import load_shop

from planner.problem import problem_of
from planner.run.effort import Effort
from planner.run.notes import unused_offers as unused
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams

FAIR = {"rules:\n": "rules:\n  - {id: fair, rule: fairness, min: 1, where: {offers: [coupon-20]}}\n"}
IDLE = {"young,,,coupon-20,0.50,0.30,0.80,25%": "young,,,coupon-20,0.001,,,25%"}


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told of a plan is tested here, not how good it is."""
    little_work(monkeypatch)


def notes(folder: Path, **edits: dict[str, str]) -> str:
    """All notes of a quick plan of the shop."""
    params = SearchParams(seed=1, effort=Effort.QUICK, plans=1, cross_fit=False)
    found = plan_campaign(problem_of(load_shop(folder, **edits)), params)
    assert found.plan_set is not None
    return "\n".join(found.plan_set.note_texts)


def test_unused_offers_are_told_with_why(tmp_path: Path) -> None:
    """What pays nowhere with what it needs, what has no room with that; used ones are not named."""
    edits = {
        "rules:\n": "rules:\n  - {id: none, rule: blackout, where: {offers: [buds]}}\n",
        "limits:\n": "limits:\n  - {id: stands, measure: spend, max: 50, where: {offers: [front]}}\n",
    }
    told = next(note for note in notes(tmp_path, shop=edits).splitlines() if note.startswith("not in plan 1: "))
    assert "flash-12 (pays in no slot: needs a lift of +543.4%, has +90.0%)" in told
    assert "save-200 (pays in no slot: needs a lift of +" in told
    assert "buds (no slot may hold it)" in told and "front (none of its lines fits, see there)" in told
    assert "cut-15" not in told  # which is locked
    assert told.endswith("; campaign effects shows what each offer needs to pay")


@pytest.mark.parametrize("units", [8, 60])
def test_a_floor_that_next_to_nobody_meets_is_told(units: int, tmp_path: Path) -> None:
    """Two uses by 4,000 customers keep the rule in name only; fifteen do not."""
    told = notes(tmp_path, shop=FAIR, baseline={"young,case,,70": f"young,case,,{units}"}, effects=IDLE)
    words = "(1 use by 4,000 customers) stands only because fair must be kept, and fewer than one customer in 1,000"
    assert (words in told) == (units == 8)


@pytest.mark.parametrize(("last", "words"), [(1.0, "3 most promising lines adds"), (0.0, "none of its lines adds")])
def test_words_go_no_further_than_what_was_tried(last: float, words: str) -> None:
    """Where all that were valued had promised something, nothing is known of the others; else they promise less."""
    space = SimpleNamespace(score=lambda plan: SimpleNamespace(objective=0.0))
    lines = [unused._Line(slot=slot, choice=1, gain=gain) for slot, gain in enumerate((2.0, 1.5, last))]
    assert words in unused._beside(space, None, np.zeros(3, dtype=np.int8), lines)
