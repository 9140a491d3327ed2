"""Least amounts that a plan keeps and its holdout takes away are said, exactly where audiences are drawn."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from flight_case import LINES, Running, line, running
from plan_folders import write_folder
from typer.testing import CliRunner

from planner.cli import app

FLOORS = """max: 80000}
  - {id: reach, measure: customers_reached, min: 9500}
  - {id: young-reach, measure: customers_reached, min: 3000, where: {segments: [young]}}
  - {id: messages, measure: contacts, min: 11900, each: month, where: {segments: [young]}}
  - {id: sold, measure: units, min: SOLD, where: {offers: [coupon-20]}}"""


def shop(folder: Path, sold: str) -> Running:
    """The shop with least amounts that its plan keeps."""
    return running(folder, shop={"max: 80000}": FLOORS.replace("SOLD", sold)})


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """A floor of units that the plan keeps just so."""
    free = shop(tmp_path_factory.mktemp("free"), "1")
    told = write_folder(free.problem, tmp_path_factory.mktemp("told") / "plan", LINES)
    sold = next(limit for limit in told.plans[0].limits if limit.id == "sold")
    return shop(tmp_path_factory.mktemp("shop"), str(sold.used))


@pytest.fixture
def folder(case: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the plan, and a file of as many customers as it counts on."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "cache"))
    write_folder(case.problem, tmp_path / "plan", LINES)
    people(tmp_path, 4000)
    return tmp_path


def people(folder: Path, young: int) -> None:
    """Write the customers' file."""
    rows = [f"c{number},{'young' if number < young else 'old'}" for number in range(young + 6000)]
    (folder / "customers.csv").write_text("\n".join(["customer,segment", *rows]) + "\n")


def warnings(folder: Path, *options: str) -> dict[str, str]:
    """Export, and return what is warned of limits, by their ids."""
    arguments = ["export", str(folder / "plan"), "--rollout", str(folder / "out"), *options, "--json"]
    found = CliRunner().invoke(app, arguments)
    assert found.exit_code == 0, found.output
    said = [each for each in json.loads(found.stdout)["says"] if each.startswith("warning: limit ")]
    assert said == [each for each in json.loads((folder / "out" / "manifest.json").read_text())["says"] if each in said]
    return {each.split()[2]: each for each in said}


def test_what_the_holdout_takes_away_is_said_with_the_figures_of_the_audiences(folder: Path) -> None:
    """Different customers in the audiences are counted; who stays above the floor gives no warning."""
    found = warnings(folder, "--customers", str(folder / "customers.csv"), "--holdout", "10%")
    named = set[str]()
    for path in (folder / "out" / "audiences").iterdir():
        with path.open(newline="") as file:
            named |= {row["customer"] for row in csv.DictReader(file)}
    assert len(named) == 9000
    remedy = "give --holdout 0% or a smaller share, or plan with a higher bound"
    assert found["reach"] == (
        "warning: limit reach asks for at least 9,500 customers reached: after the holdout the audiences come to "
        f"9,000, 10,000 without it; {remedy} (a bound of about 10,556)"
    )
    assert found["messages"] == (
        "warning: limit messages asks for at least 11,900 contacts in 2026-11: after the holdout the audiences come to "
        f"10,800, 12,000 without it; {remedy} (a bound of about 13,223)"
    )
    assert "after the holdout about" in found["sold"]
    assert "young-reach" not in found


def test_without_a_holdout_nothing_is_missed(folder: Path) -> None:
    """--holdout 0% is a remedy: the audiences and the account are then those of the plan."""
    assert warnings(folder, "--customers", str(folder / "customers.csv"), "--holdout", "0%") == {}
    assert warnings(folder, "--holdout", "0%") == {}


def test_before_customers_are_given_it_is_an_expectation(folder: Path) -> None:
    """What would be left is worded as such."""
    said = warnings(folder, "--holdout", "10%")["reach"]
    assert "after the holdout the audiences would come to about 9,000, 10,000 without it" in said


def test_a_file_of_fewer_customers_is_no_fault_of_the_holdout(folder: Path) -> None:
    """Where the floor is missed with everybody, too, no smaller share is recommended."""
    people(folder, 3000)
    options = ("--customers", str(folder / "customers.csv"), "--holdout")
    kept = warnings(folder, *options, "10%")["reach"]
    assert "come to 8,100, and without it to 9,000, with these customers and lots; plan with a higher bound" in kept
    assert "--holdout" not in kept
    none = warnings(folder, *options, "0%")["reach"]
    assert "the audiences come to 9,000, with these customers and lots; plan with a higher bound" in none


def test_others_in_place_of_those_kept_out_keep_the_floor(case: Running, folder: Path) -> None:
    """Of half a segment as many are reached after the holdout: contacts stay, and nothing is warned of them."""
    half = [line(day, "case", "coupon-20", "young", 0.5) for day in (2, 4, 6)]
    write_folder(case.problem, folder / "half", (*LINES[:5], *half, LINES[-1]))
    arguments = ["export", str(folder / "half"), "--rollout", str(folder / "two"), "--holdout", "10%", "--json"]
    found = CliRunner().invoke(app, [*arguments, "--customers", str(folder / "customers.csv")])
    assert found.exit_code == 0, found.output
    assert "contacts" not in "".join(json.loads(found.stdout)["says"])
