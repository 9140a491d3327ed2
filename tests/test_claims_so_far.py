"""What vendors pay for the days that ran: by hand on the small billed shop, and beside the bridge of the report."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from billed_shop import billed, day
from command_line import run

UNITS = {"milk": "550", "shampoo": "84", "cups": "12"}
"""Of the first day, both segments together, as expected."""
PAID = {"milk": 21.0, "shampoo": 45.0, "cups": 112.0}
"""What a unit brings at the till; funding does not go by it."""


def _reported(
    folder: Path, later: dict[str, str] | None = None, edits: dict[str, str] | None = None, **sold: str
) -> tuple[dict[tuple[str, str], list[Decimal]], Decimal, str]:
    """Claims by offer and day, vendor funding of the bridge, and the screen; of a second day where `later` tells it."""
    _, plans = billed(folder, edits=edits or {})
    told = [(1, *each) for each in (UNITS | sold).items()] + [(2, *each) for each in (later or {}).items()]
    rows = [f"{day(at).isoformat()},{product},{units},{int(units) * PAID[product]:.2f}" for at, product, units in told]
    (folder / "actuals.csv").write_text("\n".join(("date,product,units,revenue", *rows)) + "\n", "utf-8")
    command = ("report", plans, folder / "actuals.csv")
    data = json.loads(run(*command, "--json").stdout, parse_float=Decimal)
    found = {(each["offer"], each["date"]): [each["expected"], each["actual"]] for each in data["claims"]}
    bridge = next(Decimal(each["actual"]) for each in data["bridge"] if each["name"] == "vendor funding")
    return found, bridge, run(*command).stdout


def test_sales_as_expected_are_claimed_as_planned(tmp_path: Path) -> None:
    """The first of four days: the statement's claims of it, and nothing of the days to come."""
    found, bridge, _ = _reported(tmp_path)
    wanted = {"scan": "825.00", "off-20": "386.00", "display": "64.00"}
    assert found == {(offer, day(1).isoformat()): [Decimal(amount)] * 2 for offer, amount in wanted.items()}
    assert bridge == sum(actual for _, actual in found.values())


def test_offers_on_baskets_are_claimed_too(tmp_path: Path) -> None:
    """On the second day about as much is sold as expected, and about as much is claimed of the savings on orders."""
    found, _, _ = _reported(tmp_path, later={"milk": "525", "shampoo": "59", "cups": "10"})
    expected, actual = found[("save", day(2).isoformat())]
    assert expected == Decimal("197.70") and float(actual) == pytest.approx(197.70, rel=0.02)


def test_real_sales_are_claimed_at_the_terms(tmp_path: Path) -> None:
    """600 cartons for 550 are 900.00, 21 bottles for 84 half of 168.00 and of the fixed 100.00; funds follow."""
    found, bridge, screen = _reported(tmp_path, milk="600", shampoo="21")
    first = day(1).isoformat()
    assert found[("scan", first)] == [Decimal("825.00"), Decimal("900.00")]
    assert found[("off-20", first)] == [Decimal("386.00"), Decimal("134.00")]
    assert float(bridge) == pytest.approx(float(sum(actual for _, actual in found.values())), abs=0.05)
    assert "To be claimed from vendors so far" in screen
    rows = [line.split() for line in screen.splitlines() if line.split()[:1] in (["brand"], ["dairy"])]
    assert [row[0] for row in rows[:2]] == ["brand", "dairy"]
    assert rows[1][1:3] == ["825.00", "900.00"]


def _returned(folder: Path, **back: int) -> tuple[dict[str, list[object]], str]:
    """Claims of the first day by offer, as reckoned and by told returns, and the screen."""
    _, plans = billed(folder)
    rows = [f"{day(1)},{name},{sold},{int(sold) * PAID[name]:.2f},{back.get(name, '')}" for name, sold in UNITS.items()]
    (folder / "actuals.csv").write_text("\n".join(("date,product,units,revenue,returns", *rows)) + "\n", "utf-8")
    command = ("report", plans, folder / "actuals.csv")
    data = json.loads(run(*command, "--json").stdout, parse_float=Decimal)
    return {each["offer"]: [each["actual"], each["by_returns"]] for each in data["claims"]}, run(*command).stdout


def test_what_came_back_is_not_claimed_on(tmp_path: Path) -> None:
    """By hand: 495 cartons of 550 at 1.50; half of 63 savings of 8 and of 100; 9 cups of 12 at 5 and half of 20."""
    found, screen = _returned(tmp_path, milk=55, shampoo=21, cups=3)
    assert found["scan"] == [Decimal("825.00"), Decimal("742.50")]
    assert found["off-20"] == [Decimal("386.00"), Decimal("302.00")]
    assert found["display"] == [Decimal("64.00"), Decimal("55.00")], "10 % are assumed, 25 % came back"
    assert "by returns" in screen and "pay for no unit that came back" in " ".join(screen.split())


def test_where_no_returns_are_told_claims_are_the_account(tmp_path: Path) -> None:
    """Of one product they are: the others keep the assumed rate; of none, there is no such column."""
    found, _ = _returned(tmp_path, milk=55)
    assert [found[offer] for offer in ("off-20", "display")] == [[Decimal("386.00")] * 2, [Decimal("64.00")] * 2]
    (tmp_path / "none").mkdir()
    none, screen = _returned(tmp_path / "none")
    assert {by for _, by in none.values()} == {None} and "by returns" not in screen


def test_rows_that_tell_no_returns_keep_the_assumed_share(tmp_path: Path) -> None:
    """20 % are assumed, and 66 of 330 came back near: what far sold without a word takes the assumed share, too."""
    _, plans = billed(tmp_path, edits={"unit_cost: 14}": "unit_cost: 14, return_rate: 20%}"})
    sold = (("milk", 330, 220), ("shampoo", 42, 42), ("cups", 7, 5))
    rows = [
        f"{day(1)},{name},{who},{units},{units * PAID[name]:.2f},{66 if (name, who) == ('milk', 'near') else ''}"
        for name, near, far in sold
        for who, units in (("near", near), ("far", far))
    ]
    header = "date,product,segment,units,revenue,returns"
    (tmp_path / "actuals.csv").write_text("\n".join((header, *rows)) + "\n", "utf-8")
    data = json.loads(run("report", plans, tmp_path / "actuals.csv", "--json").stdout, parse_float=Decimal)
    (scan,) = (each for each in data["claims"] if each["offer"] == "scan")
    assert scan["by_returns"] == scan["actual"]


def test_more_returns_than_sales_are_no_share(tmp_path: Path) -> None:
    """Thirteen cups of twelve: said, and nothing is reckoned by them."""
    found, screen = _returned(tmp_path, milk=55, cups=13)
    assert found["display"] == [Decimal("64.00")] * 2 and found["scan"][1] == Decimal("742.50")
    words = " ".join(screen.split())
    assert "more came back than was sold of cups (13 of 12): left out of what is said of returns" in words
    assert "display needs a look" not in words


def test_claims_stop_at_the_fund(tmp_path: Path) -> None:
    """Asked for 850.00 and 64.00, a vendor with 500.00 pays the same share of both, as the bridge has it."""
    found, bridge, screen = _reported(tmp_path, edits={"fund: 2000": "fund: 500"}, shampoo="200")
    first = day(1).isoformat()
    assert found[("off-20", first)][1] == Decimal("464.99")
    assert found[("display", first)][1] == Decimal("35.01")
    assert bridge == pytest.approx(Decimal("500.00") + found[("scan", first)][1], abs=Decimal("0.02"))
    assert "brand's fund is used up: what offers ask for beyond it, 414.00, is yours" in " ".join(screen.split())
