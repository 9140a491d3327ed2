"""A vendor pays for each unit: the worked examples of docs/money.md from files, the market, shocks and rules."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import run
from little_work import little_work
from market_case import line as market_line
from market_case import play, small_market
from scan_phone import HEADER, phone, told
from scenario_factory import rng_of, tiny_scenario
from shop import write_shop

from constraints.rules.registry import check_rules
from planner.problem import Problem, build_problem
from planner.reasons.by_itself.break_even import break_even
from scenarios.answer.archive import freeze
from scenarios.answer.shocks import shocks
from scenarios.grid import build_grid
from scenarios.language.schemas.funding import Funding
from scenarios.language.words import Layer
from scenarios.response.coefficients import build_coefficients
from scenarios.response.measures import objective_functional
from scenarios.response.totals import evaluate, sold_by


@pytest.mark.parametrize(
    ("offers", "amounts"),
    [
        # 150 units are sold and 144 stay: 14,400.00. Of profit, 6,125.40 - 11,600.00 + 200.00 + 14,400.00.
        (("scan",), {"vendor_funding": "14400.00", "spend": "14400.00", "profit_change": "9125.40"}),
        # 40 % of 28,800.00 + 200.00, and 25.00 for each of 144.
        (("both",), {"vendor_funding": "15200.00", "spend": "13800.00", "profit_change": "9725.40"}),
        # Every one of the 120 units sold while it stands counts, 115.2 stay: 2,304.00 are more than it costs.
        (("display",), {"vendor_funding": "2304.00", "spend": "-1804.00", "profit_change": "11132.80"}),
        # 110 units in 55 pairs, each piece counts: 110 x 0.96 x 100.
        (("pair",), {"uses": "55.000", "vendor_funding": "10560.00"}),
        # Both pay for the 45 units under both: 14,400.00, and 45 x 0.96 x 50.
        (("scan", "coupon"), {"vendor_funding": "16560.00"}),
        # Worth less than the price cut, the coupon is used by nobody, and nobody pays for it.
        (("scan", "apart"), {"vendor_funding": "14400.00"}),
    ],
    ids=["amount", "share and amount", "display", "bundle", "stacked", "not used"],
)  # fmt: skip
def test_what_a_vendor_pays_by_the_unit(tmp_path: Path, offers: tuple[str, ...], amounts: dict[str, str]) -> None:
    """The worked examples of docs/money.md, to the cent, from files through the command line."""
    outcome = told(tmp_path, *offers)["outcome"]
    assert {
        name: str(Decimal(str(outcome[name])).quantize(Decimal(amount))) for name, amount in amounts.items()
    } == amounts


def test_what_is_owed_and_the_return_are_before_and_after_funding(tmp_path: Path) -> None:
    """`gross_spend` and what ROI divides by know no vendor; the profit that it divides does."""
    outcome = told(tmp_path, "scan")["outcome"]
    assert Decimal(str(outcome["gross_spend"])) == Decimal("28800.00")
    assert Decimal(str(outcome["roi"])) == Decimal("0.316854")  # 9,125.40 / 28,800.00, down
    unfunded = told(tmp_path, "coupon")["outcome"]["max_liability"]
    assert Decimal(str(unfunded)) == Decimal("96000.00")  # 1,000 coupons of 96.00


def test_a_plan_that_lives_on_it_is_made_checked_and_stressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """plan, check, explain and stress on files: the fund is kept, totals add up, and without the vendor all is lost."""
    little_work(monkeypatch)
    path, out = phone(tmp_path), tmp_path / "plans"
    planned = run("plan", path, "--effort", "quick", "--plans", "1", "--set", "rules=[]", "--out", out)
    assert planned.exit_code == 0
    assert "vendors pay back" in planned.stdout
    best = json.loads((out / "plans.json").read_text("utf-8"))["plans"][0]
    fund = next(limit for limit in best["limits"] if limit["id"] == "fund:nova")
    assert 0 < Decimal(str(fund["used"])) <= 20000
    assert run("check", out).exit_code == 0
    stressed = json.loads(run("stress", out, "--json").stdout)
    assert any("nova" in str(shock) for shock in stressed["shocks"])


def test_a_vendor_who_withdraws_pays_nothing_for_units_either(tmp_path: Path) -> None:
    """The shock takes the amount as well as the share, and a display's units are still counted."""
    problem = build_problem(str(phone(tmp_path)))
    lines = frozenset({("scan", "phone"), ("display", "phone")})
    found = {shock.id: shock for shock in shocks(freeze(problem.loaded, seed=1), lines)}
    gone = found["vendor-withdraws:nova"].changed
    assert gone is not None
    offers = {offer.id: offer for offer in gone.scenario.offers}
    scan, both = offers["scan"].terms_on(None), offers["both"].terms_on(None)
    assert scan.per_unit == both.per_unit == both.share == 0
    assert offers["display"].terms_on(None).per_unit == 20


def test_the_price_floor_counts_the_amount(tmp_path: Path) -> None:
    """2,034.00 with tax leave 1,800.00 and 100.00 from the vendor: 1,900.00 for goods that cost 1,500.00."""
    path = phone(tmp_path)
    for margin, kept in (("26%", True), ("27%", False)):
        problem = build_problem(str(path), (f"rules.floor.margin={margin}",))
        scan = 1 + [choice.offer for choice in problem.grid.choices.public].index(0)
        plan = problem.grid.empty()
        plan[0] = scan
        verdicts = check_rules(problem.grid, problem.grid.lines(plan))
        assert [rule.satisfied for rule in verdicts] == [kept]
        assert bool(problem.rulebook.violations(plan)) is not kept


@pytest.mark.parametrize("name", ["scan", "both", "display", "pair", "coupon"])
def test_at_the_amount_that_it_needs_an_offer_earns_nothing(tmp_path: Path, name: str) -> None:
    """What `effects` says an offer needs for each unit brings its profit to 0, beside the share that there is."""
    path = phone(tmp_path)
    need = _need(build_problem(str(path)), name)
    if need.break_even_unit_funding < 0:  # it pays for itself without any
        assert need.profit > 0
        return
    exact = f"{need.break_even_unit_funding:.9f}"
    scaled = _need(build_problem(str(path), (f"offers.{name}.funding.per_unit={exact}",)), name)
    assert scaled.profit == pytest.approx(0, abs=1e-5)


def _need(problem: Problem, name: str) -> Any:
    number = problem.grid.offer_index[name]
    return next(need for need in break_even(problem.model, problem.effects) if need.offer == number)


@pytest.mark.parametrize("product_returns", [None, "25%"])
def test_returned_units_are_paid_by_their_own_rate(tmp_path: Path, product_returns: str | None) -> None:
    """100 for each of 150 units of which a quarter comes back."""
    path = phone(tmp_path)
    if product_returns is not None:
        own = path.read_text("utf-8").replace("unit_cost: 1500", f"unit_cost: 1500, return_rate: {product_returns}")
        path.write_text(own, "utf-8")
    (tmp_path / "lines.csv").write_text(f"{HEADER}2026-11-01,phone,*,scan\n", "utf-8")
    outcome = json.loads(run("score", path, tmp_path / "lines.csv", "--json").stdout)["plan"]["outcome"]
    paid = "14400.00" if product_returns is None else "11250.00"
    assert Decimal(str(outcome["vendor_funding"])) == Decimal(paid)


@pytest.mark.parametrize(
    ("offer", "product", "segment"),
    [("huaxing-cut-10", "hx-tablet", "*"), ("banner", "hx-tablet", "*"), ("baijia-3-for-2", "jg-nuts", "*")],
    ids=["price cut", "display", "bundle"],
)
def test_the_market_pays_for_each_unit_that_stays(offer: str, product: str, segment: str) -> None:
    """A cut and a display for all units sold, a bundle for its whole pieces; nothing else changes."""
    market = small_market()
    paid = Funding(vendor="yunrong", per_unit=Decimal("3"))
    offers = tuple(
        each.model_copy(update={"funding": paid}) if each.id == offer else each for each in market.scenario.offers
    )
    vendors = tuple(vendor.model_copy(update={"fund": None}) for vendor in market.scenario.vendors)
    funded = replace(market, scenario=market.scenario.model_copy(update={"offers": offers, "vendors": vendors}))
    lines = [market_line(product, offer, segment, day=day) for day in market.scenario.horizon.dates]
    before, after = play(market, lines), play(funded, lines)
    k = [each.id for each in market.products].index(product)
    sold = after.tally.units[:, k].sum()
    units = after.tally.uses[:, k].sum() * 3 if offer == "baijia-3-for-2" else sold
    stays = 1 - market.scenario.money.returns_of(market.products[k])
    assert after.tally.funding[:, k].sum() == pytest.approx(3 * units * stays) and 0 < units <= sold
    np.testing.assert_allclose(after.tally.units, before.tally.units)
    np.testing.assert_allclose(after.tally.discount, before.tally.discount)


def test_random_scenarios_pay_by_the_unit() -> None:
    """The properties of bound, search, slopes, proofs and ledger run on such offers, displays and over-funding too."""
    found = [tiny_scenario(rng_of(seed))[0].offers for seed in range(60)]
    paid = [offer for offers in found for offer in offers if offer.paid_by_unit]
    assert 15 <= sum(any(offer.paid_by_unit for offer in offers) for offers in found) <= 40
    terms = [each for offer in paid for each in offer.funders]
    assert any(offer.mechanic == "feature" for offer in paid) and any(each.share > 0 for each in terms)
    assert any(each.per_unit > 3 for each in terms)


@pytest.mark.parametrize("seed", range(6))
def test_a_plan_gains_exactly_what_a_vendor_pays_more(seed: int) -> None:
    """The response: with the amount, profit is that without it and the units that stay under each line times it."""
    scenario, effects, baskets = tiny_scenario(rng_of(seed), per_unit=True, limits=False, rules=False, baskets=False)
    free = tuple(
        offer.model_copy(update={"funding": tuple(_without(each) for each in offer.funders)})
        if isinstance(offer.funding, tuple)
        else offer.model_copy(update={"funding": _without(offer.funding)})
        if offer.funding
        else offer
        for offer in scenario.offers
    )
    settings = {"response": scenario.response.model_copy(update={"carry_over": "ignore"})}
    models = [
        build_coefficients(build_grid(scenario.model_copy(update={"offers": offers, **settings})), effects, baskets)
        for offers in (scenario.offers, free)
    ]
    rng = rng_of(seed + 1000)
    scores = np.where(models[0].grid.allowed_flat, rng.random(models[0].grid.allowed_flat.shape), -1.0)
    plan = np.where(rng.random(models[0].grid.slots) < 0.6, scores.argmax(axis=1), 0).astype(np.int8)
    paid, unpaid = (float(evaluate(objective_functional(model), model, plan, np)) for model in models)
    assert paid - unpaid == pytest.approx(_for_units(models[0], plan), rel=1e-9, abs=1e-9)


def _without(funding: Funding) -> Funding:
    return funding.model_copy(update={"per_unit": Decimal(0)})


def _for_units(model: Any, plan: Any) -> float:
    """Units of every line by the account's own rows, in float, times what is paid for one that stays."""
    grid, what = model.grid, sold_by(model, plan, np)
    stay = np.array([1 - grid.scenario.money.returns_of(product) for product in grid.products])[:, None]
    total = 0.0
    for block, units in ((0, what.public), (1, what.targeted)):
        offers = [grid.scenario.offers[choice.offer] for choice in grid.choices[block]]
        for k, product in enumerate(grid.products):
            amounts = np.array([0.0] + [float(offer.terms_on(product.vendor).per_unit) for offer in offers])
            total += float((units[:, k] * amounts[what.choices[block][..., k, :]] * stay[k]).sum())
    return total


def test_the_shop_is_planned_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole shop with baskets, stock and rules, of which a plan made from files passes the check."""
    little_work(monkeypatch)
    paid = {"share: 60%": "share: 30%, per_unit: 80", "fixed_cost: 100": "funding: {vendor: nova, per_unit: 1.5}"}
    path = write_shop(tmp_path, {"shop.yaml": paid})
    done = run("plan", path, "--effort", "quick", "--plans", "1", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert run("check", tmp_path / "out").exit_code == 0


def test_a_targeted_display_is_paid_for_what_those_buy_who_notice_it() -> None:
    """Of one segment, and of its customers those alone who read the message."""
    market = small_market()
    paid = {"funding": Funding(vendor="yunrong", per_unit=Decimal("3")), "layer": Layer.TARGETED, "channel": "push"}
    offers = tuple(each.model_copy(update=paid) if each.id == "banner" else each for each in market.scenario.offers)
    vendors = tuple(vendor.model_copy(update={"fund": None}) for vendor in market.scenario.vendors)
    funded = replace(market, scenario=market.scenario.model_copy(update={"offers": offers, "vendors": vendors}))
    days = market.scenario.horizon.dates
    sold = play(funded, [market_line("jg-nuts", "banner", "campus", day=day) for day in days]).tally
    k = [each.id for each in market.products].index("jg-nuts")
    campus = [segment.id for segment in market.segments].index("campus")
    stays = 1 - market.scenario.money.returns_of(market.products[k])
    assert 0 < sold.funding[campus, k].sum() < 3 * stays * sold.units[campus, k].sum()
    assert sold.funding.sum() == sold.funding[campus, k].sum() and sold.uses.sum() == 0
