"""Products with tax and returns of their own: the example of docs/money.md, and everything that makes money net."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from own_rates_shop import DAY, grocer, grocer_document, grocer_effects
from scenario_factory import rng_of, tiny_scenario
from shop import load_shop, problems_of, write_shop

from constraints.rulebook import build_rulebook
from constraints.rules.registry import check_rules
from planner.problem import build_problem
from planner.reasons.assumed.assumptions import assumptions
from planner.reasons.by_itself.break_even import break_even
from planner.report.question import question_rows
from scenarios.answer.bridge import bridge
from scenarios.answer.outcome import account
from scenarios.answer.summary import outcome
from scenarios.grid import build_grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Scenario
from scenarios.loading.load import load_scenario

CUT = PlanLine(date=DAY, product="shampoo", offer="off-20")
COUPON = PlanLine(date=DAY, product="milk", segment="everyone", offer="coupon-560", coverage=0.5)
ORDERS = PlanLine(date=DAY, product="basket", offer="save-14")
FIGURES = """39.92 44.55 672.00 386.00 112.40 375.00 226.40 0.874286 12.24 795.60 198.90 394.20"""


def told(model, *lines):
    """Totals and bridge of a plan."""
    book, empty = account(model, model.grid.plan_of(lines)), account(model, model.grid.empty())
    return outcome(model, book, empty, {}), bridge(model, book, empty)


def test_each_product_is_booked_with_its_own_tax():
    """500 x 20.00 and 56 x 40.00 net; at one rate for all the shampoo would count 44.64."""
    own, one = told(grocer(tax_rate="25%"))[0], told(grocer())[0]
    assert own.revenue == Decimal("12240.00")
    assert one.revenue == Decimal("12500.00")
    assert own.profit == Decimal("12240.00") - 500 * 14 - 56 * 22 - 112 - 28


def test_a_funded_cut_of_the_product_with_the_higher_tax():
    """84 bottles: 8.00 net a bottle, of which the vendor pays half, and half of the fixed cost."""
    found, steps = told(grocer(tax_rate="25%"), CUT)
    assert found.discount == Decimal("672.00") and found.discount_on_base == Decimal("448.00")
    assert found.vendor_funding == Decimal("386.00")
    assert found.gross_spend == Decimal("772.00") and found.spend == Decimal("386.00")
    assert found.revenue_change == Decimal("448.00")
    assert found.profit_change == steps.net == Decimal("112.40")
    assert steps.gross_bump == 28 * (Decimal(40) - 22) - Decimal("14.00")
    assert steps.discount_on_base == Decimal("-448.00") + Decimal("5.60")
    assert steps.discount_on_bump == Decimal("-224.00") + Decimal("2.80")


def test_a_coupon_on_the_product_with_the_usual_tax():
    """75 uses of 5.60 are 5.00 net each; what shampoo is taxed with has no say."""
    for model in (grocer(tax_rate="25%"), grocer()):
        found, steps = told(model, COUPON)
        assert found.discount == Decimal("375.00")
        assert found.max_liability == Decimal("2500.00")
        assert found.profit_change == steps.net == Decimal("-226.40")


def test_a_saving_on_whole_orders_counts_at_the_mean_of_what_is_in_them():
    """Orders hold both: 12,240 of 14,000 paid is left, so 14.00 is 12.24 net; a quarter of it the vendor pays."""
    model = grocer(tax_rate="25%")
    assert model.economics.basket_net == pytest.approx(12_240 / 14_000)
    found, steps = told(model, ORDERS)
    assert found.uses == Decimal("65.000")
    assert found.discount == Decimal("795.60")
    assert found.vendor_funding == Decimal("198.90")
    assert found.profit_change == steps.net == Decimal("-394.20")
    assert steps.discount_on_base == Decimal("-734.40") + Decimal("8.40")
    assert steps.discount_on_bump == Decimal("-61.20") + Decimal("0.70")


def test_the_break_even_lift_is_where_the_account_earns_nothing():
    """`effects` and the account say the same of a cut and of a saving on orders."""
    model = grocer(tax_rate="25%")
    found = {each.offer: each for each in break_even(model, grocer_effects())}
    alone = told(model, CUT)[0], told(model, ORDERS)[0]
    milk = told(model, PlanLine(date=DAY, product="milk", offer="off-20"))[0]
    assert 2 * found[0].profit == pytest.approx(float(alone[0].profit_change + milk.profit_change), abs=0.01)
    assert found[2].profit == pytest.approx(float(alone[1].profit_change), abs=0.01)


def test_returns_of_its_own_take_units_and_costs_back():
    """Of 56 bottles a quarter comes back: 30.00 of 40.00 net and 16.50 of 22.00 are left, the fee whole."""
    found = told(grocer(tax_rate="25%", return_rate="25%"))[0]
    assert found.revenue == Decimal("10000.00") + 56 * 30
    assert found.profit == Decimal("2888.00") + 56 * (30 - Decimal("16.50")) - 28


def test_the_document_says_the_same():
    """The figures of this test stand in docs/money.md."""
    text = (Path(__file__).parents[1] / "docs" / "money.md").read_text("utf-8")
    assert [figure for figure in FIGURES.split() if figure not in text] == []


@pytest.mark.parametrize("key", ["tax_rate", "return_rate"])
def test_the_usual_rate_written_out_changes_nothing(key):
    """A product that says what `money` says is booked to the last bit as if it said nothing."""
    usual = {"tax_rate": "12%", "return_rate": "0%"}[key]
    for lines in ((CUT, COUPON), (ORDERS,)):
        one, other = (told(model, *lines) for model in (grocer(), grocer(**{key: usual})))
        assert one == other
    assert grocer().economics.basket_net == grocer(**{key: usual}).economics.basket_net == grocer().economics.net[0]


def test_a_scenario_without_own_rates_is_written_as_before():
    """No key of it reaches a plan's folder, and so no hash changes; a rate that is given is kept."""
    plain, own = (Scenario.model_validate(grocer_document(**keys)) for keys in ({}, {"tax_rate": "25%"}))
    assert not any({"tax_rate", "return_rate"} & product.keys() for product in plain.model_dump()["products"])
    dumped = own.model_dump(mode="json", by_alias=True)
    assert [product.get("tax_rate") for product in dumped["products"]] == [None, 0.25]
    assert Scenario.model_validate(dumped) == own


def test_random_scenarios_have_products_of_their_own_rates():
    """The properties that hold ledger and response equal run on both kinds of scenarios."""
    products = [tiny_scenario(rng_of(seed))[0].products for seed in range(30)]
    with_own = [any(p.tax_rate is not None or p.return_rate is not None for p in each) for each in products]
    assert 5 <= sum(with_own) <= 25


# Reading it


def test_mistakes_are_told_as_for_the_rate_of_all(tmp_path):
    """A percent sign that is missing, a rate below 0 or above 100 %, another name for it."""
    for wrong, text in (
        ("25", "expected a share between 0% and 100%, got 25; write 25% if that is meant"),
        ("-5%", 'expected a share between 0% and 100%, got "-5%"; write 5%'),
        ("120%", 'expected a share between 0% and 100%, got "120%"'),
    ):
        of_all = problems_of(tmp_path, shop={"tax_rate: 13%": f"tax_rate: {wrong}"})
        own = problems_of(tmp_path, shop={"unit_cost: 20}": f"unit_cost: 20, tax_rate: {wrong}}}"})
        assert of_all == [f"shop.yaml:6: money.tax_rate: {text}"]
        assert own == [f"shop.yaml:13: products.case.tax_rate: {text}"]
    (named,) = problems_of(tmp_path, shop={"unit_cost: 20}": "unit_cost: 20, vat: 25%}"})
    assert named == "shop.yaml:13: products.case: expected a known key, got vat; did you mean tax_rate?"


def test_a_cost_that_is_a_share_is_one_of_the_price_without_its_own_tax(tmp_path):
    """Half of 79 / 1.25, not of 79 / 1.13."""
    loaded = load_shop(tmp_path, shop={"unit_cost: 20}": "unit_cost: 50%, tax_rate: 25%}"})
    assert loaded.scenario.products[2].unit_cost == Decimal("31.60")


def test_a_table_of_products_has_the_columns(tmp_path):
    """Blank cells leave a product at the rates of `money`."""
    path = write_shop(tmp_path)
    rows = ["id,category,price,unit_cost,tax_rate,return_rate", "phone,phones,2699,1890,,2%"]
    rows += ["phone-pro,phones,3999,2760,,", "case,extras,79,20,25%,"]
    (tmp_path / "products.csv").write_text("\n".join(rows) + "\n", "utf-8")
    text = path.read_text("utf-8")
    start, end = text.index("products:"), text.index("offers:")
    path.write_text(f"{text[:start]}products: {{table: products.csv}}\n{text[end:]}", "utf-8")
    for override in ((), ("products.phone.tax_rate=6%",)):
        products = load_scenario(path, override).scenario.products
        assert [product.tax_rate for product in products] == [0.06 if override else None, None, 0.25]
        assert [product.return_rate for product in products] == [0.02, None, None]


def test_a_what_if_sets_the_rate_and_it_is_said(tmp_path):
    """`--set products.case.tax_rate=25%`: net money, `validate` and what is assumed follow."""
    problem = build_problem(str(write_shop(tmp_path)), ("products.case.tax_rate=25%",))
    assert problem.model.economics.sales[2] == pytest.approx(79 * 0.96 / 1.25)
    assert problem.model.economics.sales[0] == pytest.approx(2699 * 0.96 / 1.13)
    money = dict(question_rows(problem.loaded.scenario))["money"]
    assert money.endswith("tax 13.0%, returns 4.0%, fees 0.6%; tax 25.0% on case")
    text = "\n".join(assumptions(problem))
    assert "tax 25.0% on case" in text
    left = problem.model.economics.basket_net
    assert f"of savings on whole orders {left:.1%} is left after tax and returns" in text
    assert "whole orders" not in "\n".join(assumptions(build_problem(str(write_shop(tmp_path)))))


def test_the_least_price_is_net_of_the_products_own_tax():
    """20 % off shampoo leaves 32.00 without 25 % tax, not 35.71 without 12 %: too little for 22.00 and half again."""
    for own, kept in (("25%", False), ("12%", True)):
        document = grocer_document(tax_rate=own)
        document["rules"] = [{"id": "floor", "rule": "min_price", "margin": "50%"}]
        grid = build_grid(Scenario.model_validate(document))
        (result,) = check_rules(grid, (CUT,))
        assert result.satisfied is kept
        book = build_rulebook(grid, grocer(tax_rate=own).economics)
        assert (book.violations_by_rule(grid.plan_of((CUT,))) == {}) is kept
        assert kept or "leaves 32.00 net of tax" in result.violations[0].message
