# ruff: noqa: E501 - messages stand as people read them
"""Offers that count pieces or cap a customer's uses, and what is owed when all that is issued is redeemed, by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest
from one_phone import line, phone_shop, told
from scenario_factory import rng_of, tiny_scenario
from shop import load_shop

from constraints.ledger import Ledger
from planner.commands.given.lines_file import read_plan
from planner.evaluation.evaluator import Evaluator
from planner.export.plan_files import LINE_COLUMNS, line_rows
from planner.problem import build_problem
from scenarios.answer.outcome import account
from scenarios.answer.summary import line_results
from scenarios.futures.draws import draw
from scenarios.futures.outcomes import outcomes
from scenarios.grid import LineError, build_grid
from scenarios.language.payers import payers
from scenarios.language.plan_lines import PlanLine
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.baskets import Baskets
from scenarios.response.coefficients import build_coefficients
from scenarios.response.issued import holds_one
from scenarios.response.measures import measure_functional
from scenarios.response.served import kept_orders
from scenarios.response.totals import evaluate

FLASH = {
    "id": "flash",
    "mechanic": "flash_sale",
    "depth": "10%",
    "fixed_cost": "200",
    "funding": {"vendor": "nova", "share": "40%"},
    "quantity": ["25%", "50%", "100%"],
}
BUDS = {
    "id": "buds",
    "mechanic": "gift",
    "gift": "earbuds",
    "layer": "targeted",
    "channel": "push",
    "coverage": "50%",
    "funding": {"vendor": "nova", "share": "20%"},
    "per_customer": 1,
}
COUPON = {
    "id": "coupon",
    "mechanic": "coupon",
    "value": "113",
    "layer": "targeted",
    "channel": "push",
    "coverage": "50%",
    "per_customer": 2,
}


def test_half_of_the_pieces_serve_half_of_the_demand():
    """Every figure of the flash sale of 75 pieces in docs/money.md."""
    model, _ = phone_shop(FLASH, lifts=(0.5,), take_ups=(1.0,))
    total, (flash,) = told(model, line("flash", quantity=0.5))
    assert (flash.quantity, flash.pieces, flash.uses) == (0.5, 75, Decimal("75.000"))
    assert total.units == Decimal("125.000")
    assert total.discount == Decimal("14400.00")
    assert total.discount_on_base == Decimal("9600.00")
    assert total.revenue == Decimal("225600.00")
    assert total.vendor_funding == Decimal("5840.00")
    assert total.margin == Decimal("49846.70")
    assert total.profit_change == Decimal("3002.70")
    assert total.issued == Decimal("75.000")
    assert total.max_liability == Decimal("14400.00")


def test_all_pieces_are_the_offer_without_quantity():
    """At 100 % everything is as without pieces, apart from what is owed: the pieces."""
    counted, _ = phone_shop(FLASH, lifts=(0.5,), take_ups=(1.0,))
    free, _ = phone_shop(
        {key: value for key, value in FLASH.items() if key != "quantity"}, lifts=(0.5,), take_ups=(1.0,)
    )
    with_pieces, (one,) = told(counted, line("flash", quantity=1.0))
    without, (other,) = told(free, line("flash"))
    assert with_pieces.profit == without.profit == Decimal("52769.40")
    assert (one.pieces, other.pieces) == (150, None)
    assert (with_pieces.max_liability, without.max_liability) == (Decimal("28800.00"), Decimal("0.00"))


def test_a_cap_per_customer_cuts_uses_and_bump():
    """Every figure of the capped gift in docs/money.md: 30 of 50 units stay under a cap of one."""
    model, _ = phone_shop(BUDS, lifts=(0.2,), take_ups=(0.3,))
    assert model.kept[0, 0, 0] == pytest.approx(0.6)
    total, (buds,) = told(model, line("buds", segment="everyone", coverage=0.5))
    assert total.units == Decimal("106.000")
    assert total.gifts == buds.uses == Decimal("15.000")
    assert total.contacts == total.issued == Decimal("500.000")
    assert total.gifts_cost == Decimal("750.00")
    assert total.profit_change == Decimal("2173.64")
    assert total.max_liability == Decimal("25000.00")


@pytest.mark.parametrize(("gifts", "owed"), [(300, 15_000), (500, 25_000), (3_000, 25_000), (0, 0)])
def test_no_more_of_a_gift_is_owed_than_there_is(gifts, owed):
    """500 customers hold a coupon for earbuds, of which there may be fewer; ledger and optimiser count the same."""
    model, _ = phone_shop(BUDS, lifts=(0.2,), take_ups=(0.3,), gifts=gifts)
    buds = line("buds", segment="everyone", coverage=0.5)
    total, (told_line,) = told(model, buds)
    assert (total.issued, told_line.issued) == (Decimal("500.000"), Decimal("500.000"))
    assert (total.max_liability, told_line.liability) == (Decimal(owed), Decimal(owed))
    functional = measure_functional(model.grid, model.economics, Measure.MAX_LIABILITY, Scope())
    assert float(evaluate(functional, model, model.grid.plan_of((buds,)), np)) == pytest.approx(owed)


CUPS = "gifts.cup.stock=900"
ON_TWO_DAYS = ("2027-03-02", "2027-03-05")


@pytest.mark.parametrize(("most", "kept"), [("3960", True), ("3959.99", False)])
def test_lines_that_share_a_stock_of_gifts_count_it_once_each(most, kept):
    """900 cups at 2.20 are owed twice at most by two lines to 18,000 customers each; one cent less breaks the limit."""
    problem = build_problem("template-basic", (CUPS, f"limits=[{{id: owed, measure: max_liability, max: {most}}}]"))
    plan = problem.grid.plan_of(
        tuple(
            PlanLine(date=day, product="grinder", segment="regulars", offer="cup-gift", coverage=1.0)
            for day in ON_TWO_DAYS
        )
    )
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 1, count=100))
    (owed,) = (each for each in ledger.audit(plan).limits if each.id == "owed")
    assert (owed.used, owed.ok) == (Decimal("3960.00"), kept)
    evaluator = Evaluator(problem.model, problem.limits)
    value = evaluator.value(plan[None])
    assert evaluator.excess(value.uses[0], value.stock[0], problem.limits.bound, problem.limits.available).kept is kept


def test_a_coupon_owes_its_saving_to_everybody_who_holds_one():
    """500 customers hold two coupons of 113.00: 1,000 x 96.00 net, whatever is expected to be used."""
    model, _ = phone_shop(COUPON, lifts=(0.2,), take_ups=(0.1,))
    total, (coupon,) = told(model, line("coupon", segment="everyone", coverage=0.5))
    assert total.issued == Decimal("1000.000")
    assert total.max_liability == Decimal("96000.00")
    assert coupon.uses < 20


def test_one_coupon_a_customer_where_the_offer_does_not_say():
    """Without per_customer one coupon a line is counted, and the offer is named for the assumptions."""
    bare = {key: value for key, value in COUPON.items() if key != "per_customer"}
    model, _ = phone_shop(bare, lifts=(0.2,), take_ups=(0.1,))
    total, _ = told(model, line("coupon", segment="everyone", coverage=0.5))
    assert total.max_liability == Decimal("48000.00")
    assert holds_one(model.grid) == ("coupon",)


def test_who_comes_too_late_for_a_shelf_price_takes_the_coupon():
    """50 units find a piece at the shelf price; of the other 50, a tenth of half of the segment use the worse coupon."""
    model, _ = phone_shop(FLASH, COUPON, lifts=(0.5, 0.2), take_ups=(1.0, 0.1))
    total, (flash, coupon) = told(model, line("flash", quantity=0.5), line("coupon", segment="everyone", coverage=0.5))
    kept = (20 + 10 * 2) / 50
    assert flash.units == Decimal("75.000")
    assert float(coupon.units) == pytest.approx(100 * 0.5 * 0.5 * (0.1 + 0.2) * kept)
    assert float(total.units) == pytest.approx(125 + 100 * 0.5 * 0.5 * 0.2 * kept)


def test_the_pieces_stay_in_every_future():
    """However many want one, no future uses more than the pieces; where fewer want one, all of them are served."""
    model, effects = phone_shop(FLASH, lifts=(0.5,), take_ups=(1.0,), spread=0.5)
    uses = measure_functional(model.grid, model.economics, Measure.USES, Scope())
    draws = draw(model.grid, effects, 7, count=500)
    found = {}
    for level in (0.5, 1.0):
        plan = model.grid.plan_of((line("flash", quantity=level),))
        found[level] = outcomes(model, effects, plan, draws, [uses]).values[:, 0]
        assert found[level].max() <= 150 * level + 1e-9
    free, same = phone_shop(
        {key: value for key, value in FLASH.items() if key != "quantity"}, lifts=(0.5,), take_ups=(1.0,), spread=0.5
    )
    wanted = outcomes(free, same, free.grid.plan_of((line("flash"),)), draws, [uses]).values[:, 0]
    assert found[1.0] == pytest.approx(np.minimum(wanted, 150.0))
    assert found[0.5] == pytest.approx(np.minimum(wanted, 75.0))
    assert wanted.max() > 200


@pytest.mark.parametrize("seed", [4, 8, 22, 23, 50])
def test_lines_that_act_on_each_other_keep_near_their_pieces(seed):
    """With all interactions, 95 % of the futures use at most 5 % more than the pieces of any line."""
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng, limits=False, rules=False, stock=False)
    model = build_coefficients(build_grid(scenario), effects, baskets)
    scores = np.where(model.grid.allowed_flat, rng.random(model.grid.allowed_flat.shape), -1.0)
    plan = np.where(rng.random(model.grid.slots) < 0.6, scores.argmax(axis=1), 0).astype(np.int8)
    counted = [each for each in line_results(account(model, plan)) if each.pieces is not None and each.uses >= 1]
    scopes = [
        Scope.model_validate(
            {"offers": [each.offer], "products": [each.product], "periods": [each.period.isoformat()]}
            | ({} if each.segment == "*" else {"segments": [each.segment]})
        )
        for each in counted
    ]
    wanted = [measure_functional(model.grid, model.economics, Measure.USES, scope) for scope in scopes]
    uses = outcomes(model, effects, plan, draw(model.grid, effects, seed, count=200), wanted).values
    assert counted and (np.quantile(uses, 0.95, axis=0) <= [1.05 * float(each.uses) for each in counted]).all()


@pytest.mark.parametrize(("demand", "uses"), [(2.0, 75), (1.0, 75), (0.5, 75), (0.25, 37.5)])
def test_the_pieces_stay_when_a_shock_changes_demand(demand, uses):
    """The account of another demand serves the 75 pieces that the plan counted, or all who want one."""
    model, effects = phone_shop(FLASH, lifts=(0.5,), take_ups=(1.0,))
    other = replace(effects, base_units=demand * effects.base_units)
    shocked = build_coefficients(model.grid, other, Baskets(bins={}), model.demand)
    plan = model.grid.plan_of((line("flash", quantity=0.5),))
    (flash,) = line_results(account(shocked, plan))
    assert float(flash.uses) == uses
    free = draw(model.grid, other, 3, count=200)
    used = measure_functional(model.grid, model.economics, Measure.USES, Scope())
    assert outcomes(shocked, other, plan, free, [used]).values.max() <= 75 + 1e-9


def test_a_limit_on_what_is_owed_counts_its_scope_alone():
    """The functional that the search prices is what the ledger adds up, scope by scope."""
    model, _ = phone_shop(FLASH, BUDS, COUPON, lifts=(0.5, 0.2, 0.2), take_ups=(1.0, 0.3, 0.1))
    plan = model.grid.plan_of((line("flash", quantity=0.25), line("coupon", segment="everyone", coverage=0.5)))
    for scope, owed in ((Scope(), 7200 + 96000), (Scope(offers=("flash",)), 7200), (Scope(offers=("coupon",)), 96000)):
        functional = measure_functional(model.grid, model.economics, Measure.MAX_LIABILITY, scope)
        assert float(evaluate(functional, model, plan, np)) == pytest.approx(owed)


@pytest.mark.parametrize(("mean", "cap"), [(0.01, 1), (0.5, 1), (1.2, 1), (1.2, 2), (4.0, 3)])
def test_orders_at_random_are_cut_at_the_cap(mean, cap):
    """The kept share is the mean of a Poisson number cut at the cap, over its mean."""
    chance = [math.exp(-mean) * mean**n / math.factorial(n) for n in range(80)]
    assert kept_orders(mean, cap) == pytest.approx(sum(p * min(n, cap) for n, p in enumerate(chance)) / mean)


@pytest.mark.parametrize("mean", [1e-3, 1e-8, 1e-12, 1e-17, 1e-300])
def test_a_cap_takes_nothing_where_hardly_anybody_orders(mean: float) -> None:
    """Next to nobody orders twice: what a cap of one leaves is 1 - mean / 2, to the last digits, and never nothing."""
    assert kept_orders(mean, 1) == pytest.approx(1.0 - mean / 2.0, abs=mean**2 + 1e-15)


def test_a_line_must_name_a_level():
    """A line without a quantity means 100 %, which the offer must have."""
    model, _ = phone_shop({**FLASH, "quantity": ["25%", "50%"]}, lifts=(0.5,), take_ups=(1.0,))
    with pytest.raises(LineError, match="no quantity level 100%, only 25%, 50%"):
        model.grid.plan_of((line("flash"),))


def test_exported_lines_are_read_back_with_their_level(tmp_path):
    """lines.csv holds the level and the pieces that it comes to; reading it again gives the same plan."""
    model, _ = phone_shop(FLASH, COUPON, lifts=(0.5, 0.2), take_ups=(1.0, 0.1))
    plan = model.grid.plan_of((line("flash", quantity=0.25), line("coupon", segment="everyone", coverage=0.5)))
    lines = line_results(account(model, plan))
    rows = [LINE_COLUMNS, *line_rows(SimpleNamespace(lines=lines), payers(model.grid.scenario))]
    assert rows[1:] == [
        ("2026-11-01", "phone", "*", "flash", "1.0", "0.25", "38", "nova"),
        ("2026-11-01", "phone", "everyone", "coupon", "0.5", "", "", ""),
    ]
    path = tmp_path / "lines.csv"
    path.write_text("".join(",".join(row) + "\n" for row in rows), "utf-8")
    assert (read_plan(path, model.grid) == plan).all()


def test_a_history_may_be_an_exported_file(tmp_path):
    """Lines of the past carry a level too, and their pieces are passed over."""
    history = "history:\n  - {date: 2026-10-30, product: case, segment: old, offer: coupon-20, coverage: 50%}\n"
    shop = {
        history: "history: {table: past.csv}\n",
        "max_run: 2, applies": "max_run: 2, quantity: [30%, 100%], applies",
    }
    past = "date,product,segment,offer,coverage,quantity,pieces\n2026-10-30,phone,,flash-12,,30%,12\n"
    tmp_path.joinpath("past.csv").write_text(past, "utf-8")
    loaded = load_shop(tmp_path, shop=shop)
    assert loaded.scenario.history[0].quantity == 0.3
    model = build_coefficients(build_grid(loaded.scenario), loaded.effects, loaded.baskets)
    assert model.past.fatigue[0, 0, 0] == pytest.approx(1 - 0.3 * 0.25 * 0.5 ** (2 / 3))
