"""Each product's own vendor pays: the worked example of docs/money.md, claims, funds, scopes, shocks and the market."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from command_line import run
from hypothesis import given, settings
from hypothesis import strategies as st
from market_case import line as market_line
from market_case import play, small_market
from plan_folders import write_folder
from scenario_factory import rng_of, tiny_scenario
from three_vendors import PRODUCTS, shop, told

from planner.problem import build_problem
from planner.reasons.by_itself.break_even import break_even
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.grid import build_grid
from scenarios.language.payers import payers_of
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schemas.funding import OF_PRODUCT, Funding
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import build_coefficients

DAY = "2026-11-01"


def _amounts(outcome: dict[str, object], *names: str) -> list[str]:
    return [str(Decimal(str(outcome[name])).quantize(Decimal("0.01"))) for name in names]


def test_each_products_own_vendor_pays_his_part(tmp_path: Path) -> None:
    """40 % of 29,000.00 by nova, 40 % of 3,080.00 by acme, nothing of 1,640.00 on the cable, which has no vendor."""
    plan = told(tmp_path, "all-10")["plan"]
    found = _amounts(plan["outcome"], "vendor_funding", "gross_spend", "spend", "profit_change")
    assert found == ["12832.00", "33720.00", "20888.00", "10246.21"]
    used = {each["id"]: Decimal(str(each["used"])) for each in plan["limits"]}
    assert used["fund:nova"] == Decimal("11600.00") and used["fund:acme"] == Decimal("1232.00")
    assert used["of-acme"] == Decimal("1848.00") and used["acme-lines"] == 1
    terms = ("gross_bump", "discount_on_base", "discount_on_bump", "fixed_costs", "vendor_funding")
    bump, on_base, on_bump, fixed, funding = (Decimal(str(plan["outcome"]["bridge"][each])) for each in terms)
    assert (bump, on_base + on_bump) == (Decimal("30900.30"), Decimal("233.91") - Decimal("33120.00"))
    assert (fixed, funding) == (Decimal("-600.00"), Decimal("12832.00"))
    paid = {line["product"]: Decimal(str(line["vendor_funding"])) for line in plan["lines"]}
    assert paid == {"phone": Decimal("11600.00"), "case": Decimal("1232.00"), "cable": 0}


@pytest.mark.parametrize(("product", "change"), [("phone", "6125.40"), ("case", "2904.54"), ("cable", "1216.27")])
def test_what_each_product_gains(tmp_path: Path, product: str, change: str) -> None:
    """The columns of the example, one product at a time."""
    assert _amounts(told(tmp_path, "all-10", (product,))["plan"]["outcome"], "profit_change") == [change]


def test_the_document_says_the_same() -> None:
    """The figures of these tests stand in docs/money.md."""
    text = (Path(__file__).parents[1] / "docs" / "money.md").read_text("utf-8")
    figures = "30,900.30 33,120.00 233.91 12,832.00 10,246.21 2,904.54 1,216.27 33,720.00 20,888.00 1,848.00 1,212.00"
    assert [figure for figure in (*figures.split(), "345.60", "800.00") if figure not in text] == []


@pytest.mark.parametrize(
    ("offer", "nova", "acme"),
    [
        # 30 % of 3,080.00, and 2.00 for each of 144 cases that stay.
        ("terms", "11600.00", "1212.00"),
        ("front", "800.00", "800.00"),
        # 120 are sold while it is shown, 115.2 stay.
        ("scan", "345.60", "345.60"),
    ],
)
def test_terms_by_vendor_by_the_line_and_by_the_unit(tmp_path: Path, offer: str, nova: str, acme: str) -> None:
    """A list gives a vendor terms of his own and all others theirs; amounts, too, are paid on own products only."""
    plan = told(tmp_path, offer)["plan"]
    used = {each["id"]: str(Decimal(str(each["used"])).quantize(Decimal("0.01"))) for each in plan["limits"]}
    assert (used["fund:nova"], used["fund:acme"]) == (nova, acme)
    total = Decimal(nova) + Decimal(acme)
    assert _amounts(plan["outcome"], "vendor_funding") == [str(total)]


def test_a_list_leaves_products_of_others_unpaid(tmp_path: Path) -> None:
    """Without of_product whoever is not named pays nothing."""
    plan = told(tmp_path, "all-10", edits={"{vendor: of_product, share: 40%}": "[{vendor: acme, share: 40%}]"})["plan"]
    assert _amounts(plan["outcome"], "vendor_funding") == ["1232.00"]


def test_a_fund_and_a_floor_see_the_products_own_vendor(tmp_path: Path) -> None:
    """Acme's fund is asked for what acme pays, and a price floor counts money only where there is some."""
    found = told(tmp_path, "all-10", edits={"fund: 2000}": "fund: 1000}"})
    assert not found["kept"] and "fund:acme" in str(found["broken"]) and "fund:nova" not in str(found["broken"])
    # The case costs 100.00 and sells for 180.00 net, 8.00 of which acme pays; the cable for 90.00 at a cost of 40.00.
    floor = "limits:\n", "rules: [{id: floor, rule: min_price, margin: 85%, counts_funding: true}]\nlimits:\n"
    assert told(tmp_path, "all-10", ("case", "cable"), edits=dict([floor]))["kept"]
    bare = {**dict([floor]), "share: 40%}}\n  - {id: terms": "share: 0%}}\n  - {id: terms"}
    found = told(tmp_path, "all-10", ("case", "cable"), edits=bare)
    assert "case" in str(found["broken"]) and "cable" not in str(found["broken"])


def test_who_pays_is_named_in_every_export(tmp_path: Path) -> None:
    """Claims by vendor with his own terms, lines with the vendor of each, and a shock for each who pays."""
    problem = build_problem(shop(tmp_path))
    lines = tuple(PlanLine(date=DAY, product=product, offer="terms") for product in PRODUCTS)
    write_folder(problem, tmp_path / "plans", lines)
    assert run("export", tmp_path / "plans", "--csv", "--out", tmp_path / "out").exit_code == 0
    with (tmp_path / "out" / "claims.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = ("vendor", "product", "share", "per_unit", "units_claimed", "amount", "left")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("nova", "phone", "0.4", "", "", "11600.00", "8400.00"),
        ("acme", "case", "0.3", "2", "144.000", "1212.00", "788.00"),
    ]
    with (tmp_path / "out" / "lines.csv").open(encoding="utf-8", newline="") as file:
        assert {row["product"]: row["vendor"] for row in csv.DictReader(file)} == {
            "phone": "nova",
            "case": "acme",
            "cable": "",
        }
    assert run("check", tmp_path / "plans").exit_code == 0
    report = json.loads(run("stress", tmp_path / "plans", "--json").stdout)
    left = {each["id"]: each["profit"] for each in report["shocks"] if each["id"].startswith("vendor-withdraws")}
    lost = {id_: round(report["planned"]["profit"] - profit, 2) for id_, profit in left.items()}
    assert lost == {"vendor-withdraws:nova": 11600.00, "vendor-withdraws:acme": 1212.00}


def test_at_its_break_even_share_an_offer_earns_nothing(tmp_path: Path) -> None:
    """The share is what the vendors who pay must pay; on the cable nobody does, whatever the share."""
    path = shop(tmp_path, {"price: 2260, unit_cost: 1500": "price: 2260, unit_cost: 1750"})
    problem = build_problem(path)
    need = break_even(problem.model, problem.effects)[0]
    assert need.funding == 0.4 and 0.4 < need.break_even_funding < 1
    scaled = build_problem(path, (f"offers.all-10.funding.share={need.break_even_funding:.15f}",))
    assert break_even(scaled.model, scaled.effects)[0].profit == pytest.approx(0, abs=1e-6)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.integers(0, 10**6))
def test_one_offer_is_worth_what_an_offer_for_each_vendor_was(seed: int) -> None:
    """Money of every vendor, and of all of them, is that of the offers one had to write: one for each vendor."""
    scenario, effects, baskets = tiny_scenario(
        rng_of(seed), own_vendors=True, rules=False, limits=False, history=False, products=3
    )
    apart, of_part, column = [], {}, []
    for number, offer in enumerate(scenario.offers):
        kinds = dict.fromkeys((*payers_of(scenario, offer), None)) if not offer.is_basket else [None]
        for kind in kinds:
            inside = [
                product.id
                for product in scenario.products
                if offer.terms_on(product.vendor).payer == kind
                and (offer.applies_to.products is None or product.id in offer.applies_to.products)
            ]
            if not offer.is_basket and not inside:
                continue
            name, update = f"{offer.id}-{kind}", {}
            if not offer.is_basket:
                terms = next((offer.terms_on(p.vendor) for p in scenario.products if p.id == inside[0]), None)
                paid = None
                if kind is not None and terms is not None:
                    paid = Funding(vendor=kind, share=terms.share, per_unit=terms.per_unit, per_line=terms.per_line)
                where = offer.applies_to.model_copy(update={"products": tuple(inside), "categories": None})
                update = {"funding": paid, "applies_to": where}
            apart.append(offer.model_copy(update={"id": name, **update}))
            column.append(number)
            of_part |= {(offer.id, good): name for good in (["basket"] if offer.is_basket else inside)}
    many = scenario.model_copy(update={"offers": tuple(apart)})
    names = ("lift", "lift_sd", "take_up", "take_up_cv")
    split = replace(
        effects,
        **{name: getattr(effects, name)[..., column] for name in names},
        evidence=tuple(effects.evidence[number] for number in column),
    )
    one, other = (
        build_coefficients(build_grid(scenario), effects, baskets),
        build_coefficients(build_grid(many), split, baskets),
    )
    rng = rng_of(seed + 1)
    scores = np.where(one.grid.allowed_flat, rng.random(one.grid.allowed_flat.shape), -1.0)
    plan = np.where(rng.random(one.grid.slots) < 0.7, scores.argmax(axis=1), 0).astype(np.int8)
    lines = one.grid.lines(plan)
    renamed = tuple(each.model_copy(update={"offer": of_part[each.offer, each.product]}) for each in lines)
    books = account(one, plan), account(other, other.grid.plan_of(renamed))
    for measure in (Measure.VENDOR_FUNDING, Measure.SPEND, Measure.PROFIT, Measure.LINES, Measure.UNITS):
        for scope in (Scope(), Scope(vendor="v0"), Scope(vendor="v1")):
            sums = [measured(book, measure, scope) for book in books]
            assert sums[0] == sums[1], (measure, scope)


def test_the_market_lets_the_products_own_vendor_pay() -> None:
    """A cut on everything: on a phone of huaxing huaxing pays its half, on nobody's lamp nobody pays."""
    market = small_market()
    paid = Funding(vendor=OF_PRODUCT, share=0.5)
    offers = tuple(
        each.model_copy(update={"funding": paid, "applies_to": type(each.applies_to)()})
        if each.id == "huaxing-cut-10"
        else each
        for each in market.scenario.offers
    )
    vendors = tuple(vendor.model_copy(update={"fund": None}) for vendor in market.scenario.vendors)
    funded = replace(market, scenario=market.scenario.model_copy(update={"offers": offers, "vendors": vendors}))
    products = ("hx-tablet", "yr-serum", "own-lamp")
    days = market.scenario.horizon.dates
    after = play(funded, [market_line(product, "huaxing-cut-10", day=day) for product in products for day in days])
    row = {each.id: k for k, each in enumerate(market.products)}
    totals = {product: after.tally.funding[:, row[product]].sum() for product in products}
    assert totals["hx-tablet"] > 0 and totals["yr-serum"] > 0 and totals["own-lamp"] == 0
