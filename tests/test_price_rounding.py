"""Cut prices that a till can take: rounded to a coin or to endings, in the account, claims, rules and words alike."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from billed_shop import SHOP, TABLES
from command_line import run
from pydantic import ValidationError
from rule_shop import accepted

from scenarios.language.offer_words import offer_words
from scenarios.language.price_rounding import PriceRounding
from scenarios.language.schema import Offer, Product
from scenarios.response.economics import saving_per_unit


def _offer(**keys: Any) -> Offer:
    return Offer.model_validate({"id": "cut", "mechanic": "price_discount"} | keys)


@pytest.mark.parametrize(
    ("how", "exact", "asked"),
    [
        ({"to": "0.005"}, "7.876", "7.875"),
        ({"to": "0.005"}, "3.174", "3.175"),
        ({"to": "0.05"}, "3.175", "3.20"),
        ({"to": "0.05", "how": "down"}, "3.199", "3.15"),
        ({"to": "0.05", "how": "up"}, "3.151", "3.20"),
        ({"to": "0.05", "how": "up"}, "3.15", "3.15"),
        ({"endings": ["0.95"]}, "7.40", "6.95"),
        ({"endings": ["0.95"]}, "7.46", "7.95"),
        ({"endings": ["0.95", "0.49"], "how": "up"}, "7.10", "7.49"),
        ({"endings": ["0.95"], "how": "down"}, "0.90", "-0.05"),
        ({"endings": ["98"]}, "341", "298"),
        ({"endings": ["4.95", "9.95"], "how": "down"}, "21.00", "19.95"),
        ({"endings": ["0.95", "4.50"], "how": "down"}, "8.20", "7.95"),
        ({"endings": ["9", "98"]}, "341", "339"),
        ({"endings": ["0", "0.50"]}, "7.40", "7.50"),
    ],
)
def test_a_price_goes_to_the_one_that_a_tag_can_show(how: dict[str, Any], exact: str, asked: str) -> None:
    """The nearest, from the middle up; down or up where it is said; endings of a unit, of ten, of a hundred."""
    assert PriceRounding.model_validate(how).price(Decimal(exact)) == Decimal(asked)


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"to": "0.05", "endings": ["0.95"]},
        {"to": 0},
        {"endings": []},
        {"to": "-1"},
        {"endings": ["0.95", "0.950"]},
        {"endings": [0]},
        {"endings": [0, 5]},
        {"endings": ["00"]},
        {"endings": ["08"]},
    ],
)
def test_a_rounding_says_one_thing(how: dict[str, Any]) -> None:
    """Multiples or endings, and something of either."""
    with pytest.raises(ValidationError):
        _offer(depth="10%", round=how)


@pytest.mark.parametrize("keys", [{"price": "5"}, {"mechanic": "coupon", "depth": "10%"}, {"mechanic": "feature"}])
def test_only_cuts_of_the_shelf_price_are_rounded(keys: dict[str, Any]) -> None:
    """A price is written as it is meant; a coupon changes no tag."""
    with pytest.raises(ValidationError, match="round beside the depth or value"):
        _offer(round=0.05, **keys)


def test_what_a_unit_saves_is_what_the_tag_says() -> None:
    """12 % off 8.950 is 7.876, and 7.875 at the till; an amount off and a most are rounded as well."""
    rice = Product.model_validate({"id": "rice", "category": "c", "price": "8.950", "unit_cost": "1"})
    assert saving_per_unit(_offer(depth="12%", round=0.005), rice, 8.95) == pytest.approx(1.075)
    assert saving_per_unit(_offer(value="1.111", round=0.005), rice, 8.95) == pytest.approx(1.11)
    assert saving_per_unit(_offer(depth="50%", at_most="1.111", round=0.005), rice, 8.95) == pytest.approx(1.11)


def test_a_price_is_never_rounded_to_nothing() -> None:
    """Of what another cut has left, or of a price that data tells, no ending below would make a gift."""
    gum = Product.model_validate({"id": "gum", "category": "c", "price": "1.00", "unit_cost": "0.1"})
    off = _offer(depth="20%", round={"endings": [0.95], "how": "down"})
    assert saving_per_unit(off, gum, 0.80) == pytest.approx(0.16)
    assert saving_per_unit(_offer(depth="20%", round=5), gum, 1.00) == pytest.approx(0.20)


def test_it_is_told_with_the_offer_and_written_only_where_it_is_given() -> None:
    """People read what tags will show; other offers keep their bytes."""
    assert offer_words(_offer(depth="12%", round=0.005), "KWD") == "12% off, rounded to 0.005"
    endings = _offer(depth="12%", round={"endings": [0.95], "how": "down"})
    assert offer_words(endings, "USD") == "12% off, rounded down to prices that end in 0.95"
    assert Offer.model_validate(endings.model_dump()) == endings
    assert "round" not in _offer(depth="12%").model_dump()


@pytest.mark.parametrize(
    ("terms", "got"),
    [
        ("depth: 12%, round: 0.005", "0.005"),
        ("depth: 12%, round: {endings: [0.95, 0.955]}", "0.955"),
        ("depth: 12%, round: {to: 0.125, how: down}", "0.125"),
    ],
)
def test_a_till_takes_no_part_of_the_smallest_coin(tmp_path: Path, terms: str, got: str) -> None:
    """Half a cent is no price, as it is none in ``price`` itself."""
    shown = run("validate", _shop(tmp_path, terms))
    assert shown.exit_code == 2
    told = (
        f"offers.own.round: expected prices with at most 2 decimals, as SEK has, got {got}; round to what can be paid"
    )
    assert told in " ".join(shown.stderr.split())


def _shop(folder: Path, terms: str) -> Path:
    """The billed shop; its cut of milk, which nothing is lifted by, has other terms, and the dairy pays 40 % of it."""
    folder.mkdir(exist_ok=True)
    text = SHOP.replace("depth: 5%, applies_to", f"{terms}, funding: {{vendor: dairy, share: 40%}}, applies_to")
    assert terms in text
    for name, table in TABLES.items():
        (folder / f"{name}.csv").write_text(table, "utf-8")
    (folder / "shop.yaml").write_text(text, "utf-8")
    return folder / "shop.yaml"


def _scored(folder: Path, terms: str) -> dict[str, Any]:
    scenario = _shop(folder, terms)
    lines = folder / "lines.csv"
    lines.write_text("date,product,segment,offer\n2026-11-02,milk,*,own\n", "utf-8")
    shown = run("score", scenario, lines, "--json")
    assert shown.exit_code in (0, 1), shown.output
    found: dict[str, Any] = json.loads(shown.stdout)
    return found


def _measure(found: dict[str, Any], name: str) -> Decimal:
    return Decimal(str(found["plan"]["outcome"][name]))


def test_the_account_by_hand(tmp_path: Path) -> None:
    """Milk at 22.40 less 12 % is 19.712, at the till 19.70: a unit saves 2.70.

    Net of 12 % tax the 300 units of one segment save 723.21 and the 200 of the other 482.14, together 1,205.35, of
    which the dairy pays 40 %. By the depth alone a unit saves 2.688, and 500 of them 1,200.00 net.
    """
    found, exact = _scored(tmp_path / "a", "depth: 12%, round: 0.05"), _scored(tmp_path / "b", "depth: 12%")
    assert _measure(found, "discount") == Decimal("1205.35")
    assert _measure(found, "vendor_funding") == Decimal("482.14")
    assert _measure(exact, "discount") == Decimal("1200.00")


def test_it_is_the_price_that_is_written_out(tmp_path: Path) -> None:
    """The same offer with ``price: 19.70`` has the same account, but for its words."""
    rounded, written = _scored(tmp_path / "a", "depth: 12%, round: 0.05"), _scored(tmp_path / "b", "price: 19.70")
    for name in ("discount", "vendor_funding", "revenue", "profit", "margin", "spend"):
        assert _measure(rounded, name) == _measure(written, name)


def test_rules_judge_the_rounded_price() -> None:
    """A tenth off 20 is 18; at 17.95 it is more than a tenth, and at 18.95 less."""
    offers = [{"id": "cut", "mechanic": "price_discount", "depth": "10%"}]
    deepest = {"rule": "max_depth", "max": "10%"}
    ends = {"endings": [0.95]}
    assert accepted(deepest, (3, "case", "cut"), offers=offers)
    assert not accepted(deepest, (3, "case", "cut"), offers=[offers[0] | {"round": ends}])
    assert accepted(deepest, (3, "case", "cut"), offers=[offers[0] | {"round": ends | {"how": "up"}}])
    ladder = {"rule": "price_ladder", "endings": ["95"]}
    assert not accepted(ladder, (3, "case", "cut"), offers=offers)
    assert accepted(ladder, (3, "case", "cut"), offers=[offers[0] | {"round": ends}])


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ("depth: 1%, round: {to: 0.5, how: up}", "22.5 in place of 22.176 for milk, which costs 22.4;"),
        ("depth: 99%, round: 0.5", "0.0 in place of 0.224 for milk, which costs 22.4;"),
        ("depth: 97%, round: {endings: [0.95], how: down}", "-0.05 in place of 0.672 for milk, which costs 22.4;"),
    ],
)
def test_what_is_no_cut_or_no_price_is_refused(tmp_path: Path, terms: str, told: str) -> None:
    """Above the regular price, and nothing at all."""
    shown = run("validate", _shop(tmp_path, terms))
    text = " ".join(shown.output.split())
    assert shown.exit_code == 2 and "offers.own.round" in text
    assert told in text and "expected rounded prices above 0 and below that of every product it applies to" in text
