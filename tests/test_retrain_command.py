"""campaign simulate --learn and --past at the command line: what is asked, and what is refused in one message."""

from __future__ import annotations

from pathlib import Path

import command_line
import pytest
from market_shops import RATIONED, write_both
from shop import write_shop


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
