"""A wide gap is the search's or the proof's: nobody can tell, so what may find a better plan is told."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from planner.run.effort import Effort
from planner.run.notes.run_notes import run_notes
from planner.run.search_params import SearchParams


def told(objective: str, bound: float | None, *, careful: bool = False, **asked: Any) -> list[str]:
    """Notes on gaps of a run that found one plan."""
    found: Any = SimpleNamespace(
        front=None,
        checked=((SimpleNamespace(plan=None), SimpleNamespace(objective=Decimal(objective))),),
        bound=None if bound is None else SimpleNamespace(value=bound),
        ledger=SimpleNamespace(careful=careful),
        asked=SearchParams(plans=1, **asked),
        allowed=None,
        halves=None,
        baselines=None,
        interrupted=False,
    )
    return [note for note in run_notes(found) if "gap" in note]


@pytest.mark.parametrize(("objective", "bound"), [("70.00", 100.0), ("-700.00", 50.0), ("-2.00", -1.0)])
def test_a_wide_gap_says_what_may_find_a_better_plan(objective: str, bound: float) -> None:
    """With much effort already, other starts are what is left."""
    (note,) = told(objective, bound)
    assert "--effort thorough, another --seed" in note
    (note,) = told(objective, bound, effort=Effort.THOROUGH, gap=0.01)
    assert "thorough" not in note and "another --seed" in note
    (note,) = told(objective, bound, effort=Effort.THOROUGH, seconds=60.0)
    assert "thorough" not in note and "more --seconds, another --seed" in note


def test_a_narrow_gap_and_none_say_nothing() -> None:
    """Nor does the bound of expected profit, where the objective is over the futures."""
    assert told("76.00", 100.0) == told("76.00", None) == told("10.00", 100.0, careful=True) == []
