"""Gifts with orders: a gift with `spend` is a basket offer, from the file to the cent."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import run
from little_work import little_search, little_work
from market_case import line as market_line
from market_case import play, small_market

from constraints.limits.book import build_limits
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.plan_order import gains_by_plan
from planner.problem import Problem, build_problem
from planner.reasons.by_itself.break_even import break_even
from planner.simulate.life import require_past
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schemas.offer import Gift, Offer
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.market.deals import GIFT_MARKUP
from scenarios.problems import InvalidInput
from scenarios.response.changes import Changes
from scenarios.response.measures import measure_functional
from scenarios.response.totals import evaluate
from surrogate.data.data_parts import PastOffer
from surrogate.experiment.reading.spec import OfferInData

SHOP = """
scenario: grocer
currency: SEK
horizon: {start: 2026-11-02, periods: 1}
money: {tax_rate: 12%, fee_rate: 1%}
segments: [{id: everyone, customers: 1000}]
products:
  - {id: milk, category: grocery, price: 22.40, unit_cost: 14}
  - {id: shampoo, category: drugstore, price: 50, unit_cost: 22, tax_rate: 25%}
vendors: [{id: brand}]
channels: [{id: mail}]
gifts: [{id: tote-bag, unit_cost: 3.00}]
offers:
  - {id: tote, mechanic: gift, gift: tote-bag, spend: 200, worth: 8, funding: {vendor: brand, share: 25%}}
  - {id: save, mechanic: threshold, spend: 200, save: 5, layer: targeted, channel: mail}
baskets: {table: baskets.csv}
baseline: {table: baseline.csv}
effects: {table: effects.csv}
response: {fatigue: 0, pull_forward: {share: 0, periods: 1}, cannibalisation: 0, halo: 0}
"""
"""The grocer of docs/money.md."""
TABLES = {
    "baskets": "segment,order_value,orders,units\neveryone,80,40,2\neveryone,250,60,8\n",
    "baseline": "segment,product,units\neveryone,milk,500\neveryone,shampoo,56\n",
    "effects": "product,offer,lift\nbasket,tote,0.05\nbasket,save,0.05\n",
}
OFFER = "{id: tote, mechanic: gift, gift: tote-bag, spend: 200, worth: 8, funding: {vendor: brand, share: 25%}}"
TOTE, SAVE = "2026-11-02,basket,*,tote", "2026-11-02,basket,everyone,save"


def shop(folder: Path, edits: dict[str, str] | None = None) -> Path:
    """Write the grocer's files with texts replaced; returns the scenario's path."""
    text = SHOP
    for old, new in (edits or {}).items():
        assert old in text, old
        text = text.replace(old, new, 1)
    for name, table in TABLES.items():
        folder.joinpath(f"{name}.csv").write_text(table, "utf-8")
    folder.joinpath("grocer.yaml").write_text(text, "utf-8")
    return folder / "grocer.yaml"


def scored(folder: Path, *lines: str, **edits: str) -> dict[str, Any]:
    """What the command line says of a plan."""
    path = shop(folder, edits)
    written = folder / "lines.csv"
    written.write_text("\n".join(("date,product,segment,offer", *lines)) + "\n", "utf-8")
    return json.loads(run("score", path, written, "--json").stdout, parse_float=Decimal)


def refused(folder: Path, edits: dict[str, str]) -> str:
    """What `validate` says of a broken grocer, in one line."""
    result = run("validate", shop(folder, edits))
    assert result.exit_code != 0
    return " ".join((result.stdout + result.stderr).split())


def test_the_worked_example_of_the_document(tmp_path: Path) -> None:
    """60 of 100 orders are large enough and 5 come: 65 bags at 3.00, of which the vendor pays a quarter."""
    found = scored(tmp_path, TOTE)["plan"]["outcome"]
    assert found["gifts"] == found["uses"] == Decimal("65.000")
    assert found["gifts_cost"] == found["cash_cost"] == found["gross_spend"] == Decimal("195.00")
    assert found["vendor_funding"] == Decimal("48.75")
    assert found["spend"] == Decimal("146.25")
    assert found["discount"] == found["discount_on_base"] == found["max_liability"] == Decimal("0.00")
    assert found["profit_change"] == Decimal("47.15")
    text = (Path(__file__).parents[1] / "docs" / "money.md").read_text("utf-8")
    assert all(figure in text for figure in ("195.00", "48.75", "146.25", "47.15"))


def test_search_ledger_and_break_even_say_the_same(tmp_path: Path) -> None:
    """What the search weighs, the account adds up and `effects` tells of one line is one sum."""
    problem = build_problem(str(shop(tmp_path)))
    plan = planned(problem, "tote")
    model = problem.model

    book = account(model, plan)
    for measure in (Measure.GIFTS, Measure.CASH_COST, Measure.SPEND, Measure.VENDOR_FUNDING, Measure.PROFIT):
        functional = measure_functional(model.grid, model.economics, measure, Scope())
        counted = measured(book, measure, Scope()) / (1000 if measure is Measure.GIFTS else 100)
        assert float(evaluate(functional, model, plan, np)) == pytest.approx(counted, abs=0.01)
    assert break_even(model, problem.effects)[0].profit == pytest.approx(47.15, abs=0.01)


def planned(problem: Problem, *offers: str) -> np.ndarray:
    """A plan with a line for each of some offers."""
    who = {"tote": "*", "save": "everyone", "sent": "everyone"}
    day = problem.grid.scenario.horizon.start
    return problem.grid.plan_of(
        tuple(PlanLine(date=day, product="basket", segment=who[offer], offer=offer) for offer in offers)
    )


@pytest.mark.parametrize(("worth", "gifts"), [("8", "65.000"), ("4", "26.000")])
def test_of_two_offers_on_an_order_the_better_one_is_used(tmp_path: Path, worth: str, gifts: str) -> None:
    """A bag worth 8.00 is taken before 5.00 off; one worth 4.00 goes to the four in ten orders that do not save."""
    found = scored(tmp_path, TOTE, SAVE, **{"worth: 8": f"worth: {worth}"})["plan"]["outcome"]
    assert found["gifts"] == Decimal(gifts)


def test_a_gift_that_stacks_comes_on_top_of_a_saving(tmp_path: Path) -> None:
    """Whoever has both gets both: as many bags as alone, and the saving beside them."""
    found = scored(tmp_path, TOTE, SAVE, **{"worth: 8": "worth: 8, stacks: true"})["plan"]["outcome"]
    assert found["gifts"] >= Decimal("65.000") and found["discount"] > 0


@pytest.mark.parametrize(("stock", "kept"), [(64, False), (65, True)])
def test_the_stock_of_the_gift_binds_to_the_piece(tmp_path: Path, stock: int, kept: bool) -> None:
    """65 bags are given: 65 suffice, 64 do not."""
    found = scored(tmp_path, TOTE, **{"unit_cost: 3.00": f"unit_cost: 3.00, stock: {stock}"})
    assert found["kept"] is kept
    assert found["broken"] == ([] if kept else ["limit gift:tote-bag: gifts 65.0, at most 64.0 allowed"])


def sent_shop(folder: Path, edits: dict[str, str]) -> Path:
    """The grocer with the bag sent to customers in place of the saving; 400 bags unless edited."""
    sent = {
        f"  - {OFFER}\n": "",
        "spend: 200, save: 5": "spend: 200",
        "id: save, mechanic: threshold": "id: sent, mechanic: gift, gift: tote-bag",
        "unit_cost: 3.00": "unit_cost: 3.00, stock: 400",
    }
    path = shop(folder, sent | edits)
    table = "product,offer,lift\nbasket,sent,0.10\n"
    folder.joinpath("effects.csv").write_text(table, "utf-8")
    return path


def test_what_is_sent_owes_no_more_gifts_than_there_are(tmp_path: Path) -> None:
    """1,000 customers hold a promise of a bag at 3.00; of 400 bags 1,200.00 can be owed, in ledger and search."""
    for stock, owed in (("", 3000.0), (", stock: 400", 1200.0)):
        problem = build_problem(str(sent_shop(tmp_path, {", stock: 400": stock})))
        model, plan = problem.model, planned(problem, "sent")

        assert measured(account(model, plan), Measure.MAX_LIABILITY, Scope()) == round(100 * owed)
        functional = measure_functional(model.grid, model.economics, Measure.MAX_LIABILITY, Scope())
        assert float(evaluate(functional, model, plan, np)) == pytest.approx(owed)


def test_a_limit_on_what_is_owed_leaves_room_for_as_many_gifts_as_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """400 bags owe 1,200.00 at most: with as much allowed the gift is sent, in evaluator, gains, bound and proofs."""
    limit = "limits: [{id: owed, measure: max_liability, max: 1200}]\nbaskets: {"
    problem = build_problem(str(sent_shop(tmp_path, {", stock: 400": ", stock: 400", "baskets: {": limit})))
    model, plan = problem.model, planned(problem, "sent")
    limits, empty = build_limits(model), model.grid.empty()
    evaluator = Evaluator(model, limits)
    owed = [functional.basket_issued.any() for functional in limits.functionals].index(True)
    assert evaluator.value(plan[None]).uses[0, owed] == pytest.approx(1200)
    none, at_owed = np.zeros(model.grid.shape[1:]), np.eye(len(limits.functionals))[owed]
    gains = gains_by_plan(evaluator.gains(empty, 0.0, at_owed, none), model.grid)
    slot = int(np.flatnonzero(plan)[0])
    assert gains[slot, plan[slot]] == pytest.approx(-1200, rel=1e-4)
    assert Changes(model, limits.functionals[owed], empty).to(3, 1).item() == pytest.approx(1200)
    little_search(monkeypatch)
    found = json.loads(run("plan", tmp_path / "grocer.yaml", "--effort", "quick", "--plans", 1, "--json").stdout)
    (best,) = found["plans"]
    assert [line["offer"] for line in best["lines"]] == ["sent"]
    assert best["gap"] == pytest.approx(0.0, abs=0.01)
    assert not any("breaks owed" in note for note in found["notes"])


def test_who_gets_it_is_read_from_the_orders(tmp_path: Path) -> None:
    """Blank take-up is the share of orders worth `spend`; 0 means every order."""
    edits = {"tote-bag, spend: 200": "tote-bag, spend: 0"}
    found = scored(tmp_path, TOTE, **edits)["plan"]["outcome"]
    assert found["gifts"] == Decimal("105.000")
    said = " ".join(run("validate", shop(tmp_path, edits)).stdout.split())
    assert "tote (gift tote-bag with every order; " in said
    assert "the share of orders of any value by the baskets is taken: 100.0%" in said
    said = " ".join(run("validate", shop(tmp_path)).stdout.split())
    assert "tote (gift tote-bag with orders from 200.00; " in said
    assert "the share of orders that reach 200 by the baskets is taken: 60.0%" in said


def test_a_plan_of_it_is_made_written_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the file to the folder: planned, recomputed from the lines, explained, exported."""
    little_work(monkeypatch)
    edits = {"horizon: {start: 2026-11-02, periods: 1}": "horizon: {start: 2026-11-02, periods: 2}"}
    path, folder = shop(tmp_path, edits), tmp_path / "plans"
    assert run("plan", path, "--out", folder, "--effort", "quick", "--plans", 1).exit_code == 0
    assert run("check", folder).exit_code == 0
    assert "tote on basket" in " ".join(run("explain", folder).stdout.split())
    assert run("export", folder, "--csv", "--out", tmp_path / "csv").exit_code == 0
    with (tmp_path / "csv" / "lines.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["offer"] for row in rows} == {"tote"} and {row["product"] for row in rows} == {"basket"}


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ({"unit_cost: 3.00": "unit_cost: 5%"}, "offers.tote.gift: expected a gift with a unit_cost in money"),
        ({"worth: 8": "worth: 8%"}, "offers.tote: expected an amount of money as the worth of a gift with orders"),
        ({"worth: 8": "worth: 8, save: 2"}, "got spend, save, gift, worth; delete save"),
        ({"worth: 8": "worth: 8, applies_to: {products: [milk]}"}, "no products for a gift with spend, which is about"),
        ({"baskets: {table: baskets.csv}\n": ""}, "baskets for a gift with spend: who already spends enough"),
        (
            {"effects: {table: effects.csv}": "effects: {model: m}"},
            "offers.tote.spend: expected effects: {table: FILE}",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, edits: dict[str, str], words: str) -> None:
    """Points, shares of a price, parameters that do not go together, and effects that no data teaches."""
    assert words in refused(tmp_path, edits)


def test_a_line_of_it_names_the_basket(tmp_path: Path) -> None:
    """A product in its place is refused in lines and in rows of effects."""
    rules = "rules: [{id: now, rule: locked, lines: [{date: 2026-11-02, product: milk, offer: tote}]}]\nbaskets: {"
    assert "expected the product basket for tote, a gift with spend" in refused(tmp_path, {"baskets: {": rules})


def test_data_with_past_gifts_of_orders_is_refused() -> None:
    """Only gifts on products are learned: of purchases and of experiments."""
    with pytest.raises(ValueError, match="no spend for a past gift"):
        PastOffer.model_validate({"mechanic": "gift", "gift_value": 8, "spend": 50})
    with pytest.raises(ValueError, match="no spend for a gift"):
        OfferInData.model_validate({"is": "b", "mechanic": "gift", "gift": "bag", "worth": 8, "spend": 50})


def test_no_past_is_recorded_of_it(tmp_path: Path) -> None:
    """Training in the simulated market says which offer it cannot learn, before anything is simulated."""
    with pytest.raises(InvalidInput, match=r"offers\.tote\.spend: expected gifts on products"):
        require_past(build_problem(str(shop(tmp_path))), "--learn")


def test_the_market_gives_it_with_orders_that_are_large_enough() -> None:
    """Bags go to orders from 100 on, while there are any, and save nobody money; for them customers top up."""
    market = small_market()
    bag = Offer.model_validate({"id": "bag", "mechanic": "gift", "gift": "tote", "spend": 100, "worth": 20})
    scenario = market.scenario
    for stock in (None, 300):
        gifts = (*scenario.gifts, Gift(id="tote", unit_cost="3", stock=stock))
        here = replace(market, scenario=scenario.model_copy(update={"offers": (*scenario.offers, bag), "gifts": gifts}))
        sold, quiet = play(here, [market_line("basket", "bag")]), play(here, [])
        uses, given = float(sold.tally.uses[:, -1].sum()), float(sold.tally.gift_units[:, -1].sum())
        assert 0 < given <= uses
        assert given == pytest.approx(uses if stock is None else stock, rel=1e-6)
        assert float(sold.account.totals()["gift_cost"]) == pytest.approx(3 * given, abs=0.05)
        assert sold.tally.discount[:, -1].sum() == 0
        assert sold.tally.topped_up.sum() > quiet.tally.topped_up.sum() == 0


def test_a_gift_without_a_named_worth_feels_like_more_than_its_cost() -> None:
    """As gifts on products do in the simulated market."""
    market = small_market()
    felt = {}
    for worth in ({}, {"worth": GIFT_MARKUP * 3}):
        bag = Offer.model_validate({"id": "bag", "mechanic": "gift", "gift": "tote", "spend": 100, **worth})
        update = {
            "offers": (*market.scenario.offers, bag),
            "gifts": (*market.scenario.gifts, Gift(id="tote", unit_cost="3")),
        }
        here = replace(market, scenario=market.scenario.model_copy(update=update))
        felt[len(worth)] = play(here, [market_line("basket", "bag")]).totals["gifts"]
    assert felt[0] == felt[1] > 0
