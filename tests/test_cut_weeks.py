"""Dates inside a week of a scenario in weeks: a note says that the week counts whole, and names none that is whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from shop import load_shop

from scenarios.language.doubtful import doubtful

MEANS = "a week is one period"
WEEKS = {"periods: 7, unit: day": "periods: 4, unit: week", "2026-11-01..2026-11-02": "2026-11-01..2026-11-14"}
"""The shop for four weeks from Sunday, 1 November."""


def notes(folder: Path, edits: dict[str, str]) -> list[str]:
    """What is said of cut weeks."""
    loaded = load_shop(folder, shop={**WEEKS, **edits})
    return [note for note in doubtful(loaded) if MEANS in note]


def test_whole_weeks_are_not_noted(tmp_path: Path) -> None:
    """Neither by all of their days, nor by their first days, nor where the horizon alone cuts a range off."""
    assert notes(tmp_path, {}) == []
    for dates in ("2026-11-01..2026-11-07, 2026-11-15..2026-11-21", "2026-11-08, 2026-11-22", "2026-11-08..2026-11-15"):
        assert notes(tmp_path, {"applies_to: {products: [phone]}": f"applies_to: {{periods: [{dates}]}}"}) == []
    assert notes(tmp_path, {"2026-11-01..2026-11-14": "2026-10-28..2026-12-31"}) == []


def test_an_offer_for_some_days_of_a_week_is_noted(tmp_path: Path) -> None:
    """Both weeks that a long weekend cuts are named, and offers of the same dates go together."""
    five = "periods: [2026-11-13..2026-11-17]"
    edits = {
        "{products: [phone]}": f"{{products: [phone], {five}}}",
        "{products: [case]}": f"{{products: [case], {five}}}",
    }
    assert notes(tmp_path, edits) == [
        "offers flash-12, coupon-20: 2026-11-13..2026-11-17 cuts the weeks from 2026-11-08, 2026-11-15, and a week "
        "is one period: a line in such a week runs for all of it; write whole weeks, or plan in days where that is "
        "too much"
    ]


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        (
            {"2026-11-01..2026-11-14": "2026-11-01..2026-11-09"},
            "rule launch: 2026-11-01..2026-11-09 cuts the week from 2026-11-08, and a week is one period: nothing of "
            "its where runs in such weeks",
        ),
        (
            {"measure: spend, max: 80000": "measure: spend, max: 80000, where: {periods: [2026-11-11]}"},
            "limit total-budget: 2026-11-11 cuts the week from 2026-11-08, and a week is one period: such weeks "
            "count whole",
        ),
        (
            {"periods: 3, where: {mechanics": "periods: 3, where: {periods: [2026-11-02..2026-11-28], mechanics"},
            "rule calm: 2026-11-02..2026-11-28 cuts the week from 2026-11-01, and a week is one period: such weeks "
            "count whole",
        ),
        (
            {"rule: min_gap, periods: 3": "rule: eligible, only: {periods: [2026-11-01, 2026-11-08..2026-11-14]}"},
            "rule calm: 2026-11-01, 2026-11-08..2026-11-14 cuts the week from 2026-11-01, and a week is one period: "
            "only lets no week in of which it does not name every day",
        ),
    ],
    ids=["blackout", "limit", "where", "only"],
)
def test_limits_and_rules_say_what_becomes_of_the_week(tmp_path: Path, edits: dict[str, str], said: str) -> None:
    """A blackout closes it, a limit counts it whole, and only does not let it in, not even by its first day."""
    (note,) = notes(tmp_path, edits)
    assert note.startswith(said)


def test_in_days_nothing_is_cut(tmp_path: Path) -> None:
    """Each day is a period of its own."""
    assert not [note for note in doubtful(load_shop(tmp_path)) if MEANS in note]
