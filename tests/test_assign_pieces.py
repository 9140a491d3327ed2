"""campaign assign --quotas: the pieces of a plan's lines are a limit on expected uses."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from assign_files import own_template
from command_line import run
from customer_scores import frame, write
from plan_folders import line, write_folder

from constraints.assign.counted import counted_limits
from planner.problem import build_problem
from scenarios.loading.load import load_scenario

PIECES = "pieces:regulars/kettle-coupon"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template whose kettle coupon counts pieces, and a plan that sends it with half of them, on two days."""
    place = tmp_path_factory.mktemp("pieces")
    path = own_template(place)
    text = path.read_text("utf-8").replace("{id: kettle-coupon,", "{id: kettle-coupon, quantity: [50%, 100%],")
    path.write_text(text, "utf-8")
    problem = build_problem(str(path))
    lines = tuple(
        line(problem, day, "kettle", "kettle-coupon", "regulars").model_copy(update={"quantity": 0.5}) for day in (4, 5)
    )
    write_folder(problem, place / "plans", lines)
    return place


def used(folder: Path, out: Path, dates: str) -> tuple[dict, float, int]:
    """The record's limits by id, what the assigned coupons use, and the pieces that the plan has for these dates."""
    rows = frame()
    rows["spend_kettle-coupon"] *= 0.01
    options = ("--out", out, "--quotas", folder / "plans", "--date", dates)
    done = run("assign", folder / "basic.yaml", write(out.with_name("c.csv"), rows), *options, "--json")
    assert done.exit_code == 0, done.stderr
    table = pd.read_parquet(out)
    first, last = dates.split("..") if ".." in dates else (dates, dates)
    plan = json.loads((folder / "plans" / "plans.json").read_text("utf-8"))["plans"][0]
    pieces = sum(each["pieces"] for each in plan["lines"] if first <= each["period"] <= last)
    limits = {one["id"]: one for one in json.loads(done.stdout)["limits"]}
    return limits, float(table["uses_millionths"].sum()) / 1_000_000, pieces


@pytest.mark.parametrize("dates", ["2027-03-05", "2027-03-05..2027-03-06"])
def test_no_more_uses_are_expected_than_there_are_pieces(folder: Path, tmp_path: Path, dates: str) -> None:
    """The pieces of all lines on the dates are kept exactly, and have a price where customers would use more."""
    limits, uses, pieces = used(folder, tmp_path / "a.parquet", dates)
    assert limits[PIECES]["measure"] == "uses" and limits[PIECES]["limit"] == pieces
    assert 0.9 * pieces < uses <= pieces
    assert limits[PIECES]["price"] > 0


def test_new_customers_are_decided_at_the_price_of_a_piece(folder: Path, tmp_path: Path) -> None:
    """Decide reads the pieces from the record, and says what they cost a customer; an edited number is refused."""
    out = tmp_path / "a.parquet"
    used(folder, out, "2027-03-05")
    new = write(tmp_path / "new.csv", frame().head(20))
    done = run("decide", folder / "basic.yaml", new, "--at", out, "--json")
    assert done.exit_code == 0, done.stderr
    paid = [
        each["limit"]
        for one in json.loads(done.stdout)["customers"]
        for option in one["options"]
        for each in option["paid"]
    ]
    assert PIECES in paid
    record = json.loads(out.with_suffix(".json").read_text("utf-8"))
    for limit in record["limits"]:
        limit["limit"] = -1 if limit["id"] == PIECES else limit["limit"]
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(record), "utf-8")
    refused = run("decide", folder / "basic.yaml", new, "--at", edited)
    assert refused.exit_code == 2 and 'a number of pieces, got "-1"' in " ".join(refused.stderr.split())


def test_expected_uses_are_asked_for_where_pieces_are_counted(folder: Path, tmp_path: Path) -> None:
    """A file that does not tell them is refused, with the limit that needs them."""
    customers = write(tmp_path / "c.csv", frame().drop(columns="uses_kettle-coupon"))
    options = ("--out", tmp_path / "a.csv", "--quotas", folder / "plans", "--date", "2027-03-05")
    done = run("assign", folder / "basic.yaml", customers, *options)
    assert done.exit_code == 2
    said = " ".join(done.stderr.split())
    assert "expected the column uses_kettle-coupon, got none" in said and PIECES in said


def test_without_a_plan_pieces_are_not_looked_at(folder: Path, tmp_path: Path) -> None:
    """Their number is a share of what a plan expects, so that a line under "Not looked at" asks for the plan."""
    customers = write(tmp_path / "c.csv", frame())
    done = run("assign", folder / "basic.yaml", customers, "--out", tmp_path / "a.csv", "--json")
    assert done.exit_code == 0, done.stderr
    told = {one["id"]: one["reason"] for one in json.loads(done.stdout)["not_looked_at"]}
    assert told["kettle-coupon"].startswith("its pieces are a share of the uses that a plan expects")


def test_a_share_says_what_it_is_of(folder: Path) -> None:
    """Spend as a share of spend is none of what customers buy."""
    bounds = ("limits.total-budget.share_of={measure: spend}", "limits.total-budget.max=45%")
    scoped = "limits.total-budget.where={mechanics: [coupon]}"
    scenario = load_scenario(str(folder / "basic.yaml"), (*bounds, scoped)).scenario
    offers = tuple(offer for offer in scenario.offers if offer.id == "kettle-coupon")
    _, unchecked = counted_limits(scenario, offers, ("*",), None, None, [(0,)])
    told = {one.id: one.reason for one in unchecked}
    assert told["total-budget"] == (
        "spend as a share of spend, which also comes from customers and offers that are not assigned here"
    )
