"""Member prices: a targeted price at the shelf is in the price list, sent to nobody, and no audience withholds it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from flight_case import Running, line, running
from plan_folders import write_folder
from typer.testing import CliRunner

from planner.cli import app

MEMBER = "mechanic: price_discount, depth: 20%, layer: targeted"
COUPON = "mechanic: coupon, value: 20, layer: targeted, channel: push, coverage: [50%, 100%]"
LINES = (
    line(4, "phone", "cut-15"),
    line(4, "case", "coupon-20", "young"),
    line(5, "case", "coupon-20", "young"),
    line(5, "case", "coupon-20", "old"),
)
"""`coupon-20` made a member price; two days of the young, one of the old."""


@pytest.fixture
def case(tmp_path: Path) -> Running:
    """The small shop, whose coupon on cases is a member price in place of a coupon."""
    history = "  - {date: 2026-10-30, product: case, segment: old, offer: coupon-20, coverage: 50%}\n"
    return running(tmp_path, shop={COUPON: MEMBER, f"history:\n{history}": ""})


def rolled_out(case: Running, folder: Path, *options: str, lines=LINES) -> tuple[list[dict[str, str]], str, list[dict]]:
    """Price rows, what the command says, and the holdouts of the manifest."""
    write_folder(case.problem, folder / "plan", lines)
    found = CliRunner().invoke(app, ["export", str(folder / "plan"), "--rollout", str(folder / "out"), *options])
    assert found.exit_code == 0, found.output
    with (folder / "out" / "prices.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    manifest = json.loads((folder / "out" / "manifest.json").read_text())
    return rows, " ".join(found.output.split()), manifest["holdouts"]


def test_the_price_list_holds_what_members_pay(case: Running, tmp_path: Path) -> None:
    """Behind the row of everybody come the segments that pay less: 79.00 less 20 % is 63.20."""
    rows, _, _ = rolled_out(case, tmp_path)
    cases = [(row["first_day"], row["segment"], row["price"], row["offer"]) for row in rows if row["product"] == "case"]
    assert [each for each in cases if each[1] != "*"] == [
        ("2026-11-04", "young", "63.20", "coupon-20"),
        ("2026-11-05", "young", "63.20", "coupon-20"),
        ("2026-11-05", "old", "63.20", "coupon-20"),
    ]
    assert next(each for each in cases if each[0] == "2026-11-05") == ("2026-11-05", "*", "79.00", "")
    assert sum(row["segment"] == "*" for row in rows) == 3 * 7


@pytest.mark.parametrize(
    ("cut", "stacks", "expected"),
    [
        ("depth: 12%", "false", [("63.20", "coupon-20")]),
        ("depth: 30%", "false", []),
        ("depth: 30%", "true", [("44.24", "flash-12+coupon-20")]),
    ],
)
def test_a_member_price_meets_a_public_one(cut, stacks, expected, tmp_path: Path) -> None:
    """Members pay the lower of both; a row where that is theirs; where they stack, theirs on the reduced price."""
    history = "  - {date: 2026-10-30, product: case, segment: old, offer: coupon-20, coverage: 50%}\n"
    edits = {
        COUPON: f"{MEMBER}, stacks: {stacks}",
        f"history:\n{history}": "",
        "depth: 12%, max_run: 2, applies_to: {products: [phone]}": f"{cut}, applies_to: {{products: [case]}}",
    }
    case = running(tmp_path, shop=edits)
    lines = (line(4, "phone", "cut-15"), line(5, "case", "flash-12"), line(5, "case", "coupon-20", "young"))
    rows, _, _ = rolled_out(case, tmp_path, lines=lines)
    assert [(row["price"], row["offer"]) for row in rows if row["segment"] == "young"] == expected


def test_nobody_is_kept_out_of_what_no_audience_decides(case: Running, tmp_path: Path) -> None:
    """All that a segment gets stands at the shelf: by default nobody is kept out, and the words say why."""
    _, said, holdouts = rolled_out(case, tmp_path)
    assert [(each["segment"], each["held"], each["at_shelf"]) for each in holdouts] == [
        ("young", 0, ["coupon-20"]),
        ("old", 0, ["coupon-20"]),
    ]
    assert (
        "young: nobody is kept out, so that the effect of its targeted offers cannot be measured: coupon-20 stands at"
        in said
    )
    assert said.count("only a till that looks customers up in the audience files keeps anybody from it") == 1
    assert "for such tills --holdout sets a share" in said and "kept out of every audience" not in said


def test_a_share_that_is_asked_for_is_kept_out(case: Running, tmp_path: Path) -> None:
    """Tills that know their customers can; where they do not, the words say what the holdout shows less."""
    _, said, holdouts = rolled_out(case, tmp_path, "--holdout", "5%")
    assert [each["held"] for each in holdouts] == [200, 300]
    assert "where those held out pay the same as everybody, the holdout shows less than is expected here" in said


def test_what_is_sent_beside_a_member_price_is_held_out(case: Running, tmp_path: Path) -> None:
    """A segment that gets messages too has a holdout as ever."""
    _, said, holdouts = rolled_out(case, tmp_path, lines=(*LINES, line(6, "basket", "save-200", "old")))
    assert holdouts[0]["held"] == 0 < holdouts[1]["held"]
    assert "old: " in said and "kept out of every audience" in said and "shows less than is expected here" in said
