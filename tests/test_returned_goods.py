"""Goods that come back are taken out of what was bought before, all their units, and never more than that."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import run
from grocery_sample import sample_model
from hypothesis import given, settings
from hypothesis import strategies as st
from purchase_files import Shop, load
from shop import load_shop

from surrogate.data.adding_up.returns import NETTED, UNMATCHED, settle, settled_note, settled_section
from surrogate.data.clean_params import CleanParams
from surrogate.model_file import save_model
from surrogate.parts import Section
from surrogate.scoring.returned_twice import returned_twice


def test_returns_are_set_against_their_purchase(tmp_path):
    """A returned row takes its units out of the customer's purchase before it; one without purchase is counted."""
    shop = Shop()
    first = shop.sales.iloc[100]
    back = pd.DataFrame([first.to_dict() | {"at": "2026-07-01", "receipt": 900_001, "qty": -1, "paid": -first["paid"]}])
    only = back.assign(cust="nobody", receipt=900_002)
    bought = load(shop, tmp_path)
    shop.sales = pd.concat([shop.sales, back, only])
    net = load(shop, tmp_path)
    assert net.sales["quantity"].sum() == bought.sales["quantity"].sum() - 1
    words = " ".join(net.cleaning.lines())
    assert "1 left out: returned goods, set against their purchase" in words
    assert "1 left out: returned goods whose purchase is not in the data" in words
    assert net.cleaning.read == net.cleaning.kept + sum(net.cleaning.left_out.values())
    (said,) = settled_note(net.cleaning.left_out, net=True)
    assert said.startswith(
        "Units are net of 2 rows of returned goods: a scenario's return_rate is for what comes back beyond them"
    )
    assert settled_note(bought.cleaning.left_out, net=True) == ()
    shop.data["returns"] = "gross"
    gross = load(shop, tmp_path)
    assert gross.sales["quantity"].sum() == bought.sales["quantity"].sum()
    assert settled_note(gross.cleaning.left_out, net=False) == ()


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(-2, 3)), max_size=30))
@settings(max_examples=30)
def test_returns_never_leave_less_than_nothing(rows):
    """After settling, quantities are positive, none has grown, and no more is gone than was returned."""
    frame = pd.DataFrame(rows, columns=["product", "day", "quantity"]).assign(customer=1)
    for name in ("regular", "shelf_discount", "coupon_discount"):
        frame[name] = frame["quantity"].abs() * 1.0
    frame["returned"] = frame["quantity"] < 0
    frame["quantity"] = frame["quantity"].astype(float)
    sold, _ = settle(frame, CleanParams(), net=True)
    assert (sold["quantity"] >= 0).all()
    assert (sold["quantity"] <= frame.loc[sold.index, "quantity"]).all()
    bought, back = frame["quantity"].clip(lower=0).sum(), frame["quantity"].clip(upper=0).abs().sum()
    assert bought - back - 1e-9 <= sold["quantity"].sum() <= bought
    assert np.allclose(sold["regular"], sold["quantity"])
    # by hand: a stack of single units for each product, day by day, purchases before returns
    kept = 0
    for product in range(3):
        held = 0
        mine = sorted((day, quantity < 0, quantity) for one, day, quantity in rows if one == product)
        for _, _, quantity in mine:
            held = max(held + quantity, 0)
        kept += held
    assert sold["quantity"].sum() == pytest.approx(kept)


def test_several_scans_are_returned_at_once(tmp_path):
    """Two of three single scans that come back in one row leave one; only the last of them was taken out."""
    shop = Shop()
    shop.data["clean"] = {"duplicates": "keep"}
    first = shop.sales.iloc[[100]].assign(at="2026-07-02", receipt=900_001)
    back = first.assign(at="2026-07-03", receipt=900_002, qty=-2, paid=-2 * first["paid"])
    plain = load(shop, tmp_path)
    shop.sales = pd.concat([shop.sales, first, first, first, back])
    net = load(shop, tmp_path)
    assert net.sales["quantity"].sum() == plain.sales["quantity"].sum() + 1
    assert net.daily["regular"].sum() == pytest.approx(
        plain.daily["regular"].sum() + float((first["paid"] + first["disc"]).iloc[0]), abs=1e-4
    )
    assert "2 left out: bought and returned" in net.cleaning.lines()


ASKED = """
scenario: returned
currency: USD
horizon: {start: 2017-10-30, periods: 2, unit: week}
money: {return_rate: RATE}
segments: {learn: {count: 3, min_size: 20}}
products:
  - {id: cheese, category: dairy, unit_cost: 65%}
  - {id: milk, category: dairy, unit_cost: 65%}
offers:
  - {id: cut-20, mechanic: price_discount, depth: 20%}
effects: {model: model}
"""


def odd_rows(shop):
    """A sale of three units, with a void in its receipt, a return a week later, and a refund of two for it."""
    first = shop.sales.iloc[[100]].assign(at="2026-07-01", receipt=900_001, qty=3)
    paid = float(first["paid"].iloc[0])
    void = first.assign(qty=-1, paid=-paid)
    later = first.assign(at="2026-07-08", receipt=900_002, qty=-1, paid=-paid)
    refund = first.assign(at="2026-07-09", receipt=900_003, qty=1, paid=-0.5)
    return pd.concat([first.assign(paid=3 * paid, disc=3 * first["disc"]), void, later, refund])


def test_the_report_says_what_negative_rows_were_taken_for(tmp_path):
    """Negative quantities, negative amounts and voids in the purchase's own receipt are counted apart, with the key."""
    shop = Shop()
    shop.sales = pd.concat([shop.sales, odd_rows(shop)])
    lines = "\n".join(load(shop, tmp_path).cleaning.lines())
    assert "2 taken for returned goods: a negative quantity that no mark explains (clean.negative_quantity" in lines
    assert "1 taken for returned goods: a negative amount for a quantity that is not negative" in lines
    assert "1 taken for returned goods though the same receipt has bought the product" in lines
    read = load(shop, tmp_path).cleaning
    assert read.read == read.kept + sum(read.left_out.values())


def test_web_returns_under_the_order_s_number_are_no_cancelled_lines(tmp_path):
    """Sent back nine days later under the number of the order: a return, and nobody is asked whether it is a void."""
    shop = Shop()
    first = shop.sales.iloc[[100]].assign(at="2026-06-20", receipt=900_001, qty=2)
    later = first.assign(at="2026-06-29", qty=-1)
    shop.sales = pd.concat([shop.sales, first, later])
    lines = "\n".join(load(shop, tmp_path).cleaning.lines())
    assert "1 taken for returned goods: a negative quantity that no mark explains" in lines
    assert "cancelled at the till" not in lines


@pytest.mark.parametrize(
    ("returns", "clean", "units"),
    [
        ("net", {}, 0),
        ("gross", {}, 3),
        ("gross", {"negative_quantity": "cancelled"}, 1),
        ("net", {"negative_amount": "ignored"}, 1),
        ("gross", {"negative_quantity": "cancelled", "negative_amount": "cancelled"}, 0),
        ("net", {"negative_quantity": "ignored", "negative_amount": "ignored"}, 3),
    ],
)
def test_the_data_file_says_what_negative_rows_are(tmp_path, returns, clean, units):
    """Cancelled lines take back units whatever ``returns`` says; ignored rows take back nothing; both are counted."""
    shop = Shop()
    before = load(shop, tmp_path).sales["quantity"].sum()
    shop.sales = pd.concat([shop.sales, odd_rows(shop)])
    shop.data |= {"returns": returns, "clean": clean}
    events = load(shop, tmp_path)
    assert events.sales["quantity"].sum() == before + units
    words = " ".join(events.cleaning.lines())
    for key, what in clean.items():
        assert (f"(clean.{key}: ignored)" in words) == (what == "ignored")
    assert ("left out: cancelled lines" in words) == ("cancelled" in clean.values())
    assert events.cleaning.read == events.cleaning.kept + sum(events.cleaning.left_out.values())


def test_marked_rows_are_returns_whatever_is_said_of_others(tmp_path):
    """A column that marks returns settles it: keys about negative rows are about unmarked ones alone."""
    shop = Shop()
    back = odd_rows(shop).assign(back=["", "y", "y", "y"])
    shop.sales = pd.concat([shop.sales.assign(back=""), back])
    shop.columns["returned"] = "back"
    shop.data |= {"clean": {"negative_quantity": "ignored", "negative_amount": "ignored"}}
    lines = load(shop, tmp_path).cleaning.lines()
    assert not any("taken for" in one or "ignored" in one for one in lines)
    assert any(one.startswith("3 left out: returned goods, set against") for one in lines)


def test_a_rate_beside_settled_returns_is_told_with_what_it_takes(tmp_path: Path) -> None:
    """Only where the scenario's own rate is above 0, and data of gross returns says nothing: it is no word for all."""
    scenario = load_shop(tmp_path).scenario
    products = tuple(scenario.products)
    prices, units = np.array([100.0] * len(products)), np.array([10.0] * len(products))
    net = settled_section({NETTED: 7, UNMATCHED: 2}, net=True)

    def said(rate: float, sections: dict[str, Section] = net) -> tuple[str, ...]:
        money = scenario.money.model_copy(update={"return_rate": rate, "tax_rate": 0.25})
        bare = tuple(each.model_copy(update={"return_rate": None, "tax_rate": None}) for each in products)
        asked = scenario.model_copy(update={"money": money})
        return returned_twice(sections, asked, bare, prices, units)

    (told,) = said(0.015)
    amount = 0.015 * 1000 * len(products) / 1.25
    assert told.startswith("Returns are taken off twice: the data's units are net of 9 rows of returned goods")
    assert f"return_rate 1.5% takes {amount:.0f}.00 CNY (net of tax)" in told
    assert said(0.0) == ()
    assert said(0.015, settled_section({NETTED: 7}, net=False)) == ()
    assert said(0.015, settled_section({}, net=True)) == ()


def test_validate_tells_returns_that_are_taken_off_twice(tmp_path: Path) -> None:
    """As training and planning do, in their words, of a model whose data is net; at a rate of 0 there is none."""
    model = sample_model()
    net = settled_section({NETTED: 7, UNMATCHED: 2}, net=True)
    save_model(replace(model, sections={**model.sections, **net}), tmp_path / "model")
    path = tmp_path / "shop.yaml"
    for rate, told in (("1.5%", True), ("0%", False)):
        path.write_text(ASKED.replace("RATE", rate), encoding="utf-8")
        answer = run("validate", path, "--json")
        assert answer.exit_code == 0, answer.stderr
        found = [one for one in json.loads(answer.stdout)["notes"] if one.startswith("Returns are taken off twice: ")]
        assert bool(found) == told
