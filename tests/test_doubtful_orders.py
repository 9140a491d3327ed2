"""Orders and baselines that cannot be one shop's, and amounts whose point separates thousands, are noted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from shop import load_shop

from scenarios.loading.doubtful.notes import doubtful


def said(folder: Path, about: str, **edits: dict[str, str]) -> list[str]:
    """What is noted on something."""
    return [note for note in doubtful(load_shop(folder, **edits)) if about in note]


def scaled(factor: float) -> dict[str, str]:
    """The shop's orders so many times."""
    rows = {"79,60": (79, 60), "2700,30": (2700, 30), "4000,10": (4000, 10), "79,50": (79, 50), "3200,50": (3200, 50)}
    return {old: f"{value},{orders * factor:g}" for old, (value, orders) in rows.items()}


def test_orders_of_a_day_in_weeks_are_noted(tmp_path: Path) -> None:
    """Where periods are weeks and orders are left as they were in days, an offer on orders is told to look too good."""
    weeks = {"unit: day": "unit: week"}
    sales = {f",{n}\n": f",{7 * n}\n" for n in (30, 12, 70, 25, 20, 50)}
    (note,) = said(tmp_path, "baskets.csv", shop=weeks, baseline=sales)
    assert "orders of a week hold 2" in note and "CNY, and the baseline sells 2," in note
    assert "so it looks better than it is; write the orders of a week, as periods are weeks" in note
    assert not said(tmp_path, "baskets.csv", shop=weeks, baseline=sales, baskets=scaled(7))


def test_orders_of_a_week_in_days_are_noted(tmp_path: Path) -> None:
    """The other way round an offer on orders pays for goods that nobody plans."""
    days = {f",{n}\n": f",{n / 6:g}\n" for n in (30, 12, 70, 25, 20, 50)}
    orders = {"30,1\n": "30,.2\n", "10,2\n": "10,.2\n", "60,1\n": "60,.2\n", "50,1\n": "50,.2\n", "50,1.5": "50,.2"}
    (note,) = said(tmp_path, "baskets.csv", baseline=days, baskets=orders)
    assert "so it looks worse than it is; write the orders of a day, as periods are days" in note


@pytest.mark.parametrize("factor", [0.6, 1.0, 1.7])
def test_orders_that_go_with_the_baseline_are_not(tmp_path: Path, factor: float) -> None:
    """What differs by less than a factor of two may be meant."""
    assert not said(tmp_path, "baskets.csv", baskets=scaled(factor))


def test_half_of_the_orders_ask_for_the_others(tmp_path: Path) -> None:
    """Where it is no week in place of a day, orders are missing."""
    (note,) = said(tmp_path, "baskets.csv", baskets=scaled(0.3))
    assert note.endswith("check that all orders of the segments are there")


@pytest.mark.parametrize(
    ("written", "number"),
    [("unit_cost: 20.000", "20000"), ("unit_cost: '12.500'", "12500"), ("unit_cost: 1.250", "1250")],
)
def test_a_point_before_three_digits_is_noted(tmp_path: Path, written: str, number: str) -> None:
    """25.000 is twenty-five to YAML and twenty-five thousand to half of Europe; costs may have three decimals."""
    (note,) = said(tmp_path, "with a decimal point", shop={"unit_cost: 20}": f"{written}}}"})
    assert note.endswith(f"write {number} where the point separates thousands")
    assert "shop.yaml:" in note and ": unit_cost: " in note


@pytest.mark.parametrize(
    "edit", [{"max: 80000": "max: 80000.00"}, {"objective: profit": "objective: profit  # max: 80.000"}]
)
def test_other_amounts_are_not(tmp_path: Path, edit: dict[str, str]) -> None:
    """Two decimals are cents, and a comment is no amount."""
    assert not said(tmp_path, "with a decimal point", shop=edit)


def test_where_the_currency_has_three_decimals_nothing_is_noted(tmp_path: Path) -> None:
    """80.000 Kuwaiti dinars are eighty."""
    assert not said(tmp_path, "with a decimal point", shop={"max: 80000": "max: 80.000", "CNY": "KWD"})


@pytest.mark.parametrize(
    ("factor", "remedy"),
    [(0.3, "train the model again (campaign train)"), (3.0, "is not planned: plan those goods, too")],
)
def test_learned_orders_are_told_as_such(tmp_path: Path, factor: float, remedy: str) -> None:
    """Nobody wrote them: too few are an older model's, too many hold goods that are not planned."""
    loaded = load_shop(tmp_path, baskets=scaled(factor))
    learned = replace(loaded, scenario=loaded.scenario.model_copy(update={"baskets": None}))
    (note,) = [note for note in doubtful(learned) if "orders of a" in note]
    assert note.startswith("learned orders: orders of a day hold") and remedy in note
