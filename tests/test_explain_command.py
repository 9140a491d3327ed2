"""``campaign explain``: the promotions of a plan, what it leaves out, and answers to narrow questions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import run
from plan_folders import template_plans as planned

__all__ = ["planned"]


def test_a_narrow_question_is_answered_by_itself(planned: Path) -> None:
    """Of one product and day only what could stand there is told, as a document, too; promotions are left out."""
    told = run("explain", planned, "--product", "kettle", "--period", "2027-03-05")
    assert told.exit_code == 0
    assert "Why not there" in told.stdout and "promotion by promotion" not in told.stdout
    assert "equipment-20 on kettle: " in told.stdout and "coffee-15" not in told.stdout
    document = json.loads(run("explain", planned, "--product", "kettle", "--period", "2027-03-05", "--json").stdout)
    assert document["format"] == "campaign-left-out/1" and "lines" not in document
    assert {each["product"] for each in document["left_out"]} == {"kettle"}
    assert {each["best"]["line"]["period"] for each in document["left_out"]} == {"2027-03-05"}
    assert document["left_out_more"] == 0


def test_all_tells_of_every_offer_on_every_product(planned: Path) -> None:
    """The short answer counts what it does not tell; with --all nothing is left to count."""
    short = json.loads(run("explain", planned, "--json").stdout)
    whole = json.loads(run("explain", planned, "--all", "--json").stdout)
    assert short["format"] == whole["format"] == "campaign-explanation/1"
    assert len(short["left_out"]) + short["left_out_more"] == len(whole["left_out"]) and whole["left_out_more"] == 0
    assert short["lines"] == whole["lines"]
    assert {(each["offer"], each["product"]) for each in short["left_out"]} <= {
        (each["offer"], each["product"]) for each in whole["left_out"]
    }


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--product", "ketle"), "expected a product of the plan's scenario, got ketle; did you mean kettle?"),
        (("--period", "5 March"), "expected a date such as 2026-11-05, got 5 March"),
    ],
)
def test_slips_are_told(planned: Path, options: tuple[str, str], said: str) -> None:
    """A product that the scenario does not know and what is no date end with exit code 2."""
    told = run("explain", planned, *options)
    assert told.exit_code == 2 and said in " ".join(told.stderr.split())
