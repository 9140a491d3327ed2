"""Funds under shocks, by hand on one product, and what is told of funds that run out in futures."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest
from frozen_by_hand import frozen_by_hand
from plan_sets import plan_set
from rich.console import Console

from constraints.ledger import Ledger
from constraints.shocks.earned import earned
from constraints.shocks.stress import StressReport, stress
from planner.reasons.used_up import funds_used_up
from planner.report.one_plan.outcome import show_outcome
from planner.report.one_plan.risk import show_risk
from planner.report.stress import overrun, show_stress, stress_json
from scenarios.answer.json_records import from_data, to_data
from scenarios.answer.plan import Outcome
from scenarios.futures.draws import draw
from scenarios.futures.funds import Funds
from scenarios.futures.outcomes import outcomes
from scenarios.grid import build_grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Scenario
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.loading.load import load_scenario
from scenarios.response.coefficients import build_coefficients

DAY, NEXT = dt.date(2026, 11, 1), dt.date(2026, 11, 2)
LINES = ((2, "nova-12", "*", "nova-cut-12", 1.0), (3, "nova-12", "students", "nova-coupon-200", 0.3))


def _stressed(fund: object, budget: int = 100, **more: object) -> StressReport:
    """A coupon of 2 that its vendor pays wholly, on both days: 20 who would have bought anyway use it, and 10 new ones.

    30 uses a day and 60 a day where redemption doubles: 50, that is, as new ones stay as many.
    """
    vendor = {"id": "maker"} if fund is None else {"id": "maker", "fund": str(fund)}
    scenario = Scenario.model_validate(
        {
            "scenario": "one-product",
            "currency": "CNY",
            "horizon": {"start": DAY, "periods": 2},
            "segments": [{"id": "all", "customers": 1000}],
            "products": [{"id": "cup", "category": "cups", "price": "10", "unit_cost": "6", **more}],
            "offers": [
                {
                    "id": "coupon",
                    "mechanic": "coupon",
                    "value": "2",
                    "layer": "targeted",
                    "funding": {"vendor": "maker", "share": "100%"},
                }
            ],
            "vendors": [vendor],
            "limits": [
                {"id": "budget", "measure": "spend", "max": budget},
                {"id": "second-day", "measure": "spend", "max": 15, "where": {"periods": [f"{NEXT}..{NEXT}"]}},
            ],
            "effects": {"table": "effects.csv"},
            "response": {"fatigue": 0, "pull_forward": {"share": 0, "periods": 1}, "cannibalisation": 0, "halo": 0},
        }
    )
    lines = tuple(PlanLine(date=day, product="cup", segment="all", offer="coupon") for day in (DAY, NEXT))
    plan = SimpleNamespace(plan_lines=lines, lines=lines)
    frozen = frozen_by_hand(scenario, np.array([[0.1]] * 2), np.array([[0.2]] * 2))
    return stress(frozen, plan, where="plans")  # type: ignore[arg-type]


def _doubled(report: StressReport):
    return next(each.after for each in report.shocks if each.shock.id == "redemption-doubles")


def test_beyond_a_fund_a_shock_costs_the_retailer():
    """120 are asked for as planned, 200 under the shock: of a fund of 180 the last 20 lack, all on the second day."""
    report = _stressed(180)
    planned, after = report.planned, _doubled(report)
    assert planned.kept and planned.spend == 0 and not planned.beyond_funds
    assert after.beyond_funds == {"maker": Decimal("20.00")}
    assert planned.gained - after.gained == planned.profit - after.profit == after.spend == Decimal("20.00")
    broken = {limit.id: overrun(limit) for limit in after.broken_limits}
    assert broken == {"fund:maker": Decimal("20.00"), "second-day": Decimal("5.00")}


@pytest.mark.parametrize(("fund", "borne"), [(None, 0), (200, 0), (199, 1), (150, 50), (120, 80)])
def test_what_the_retailer_bears_is_what_the_fund_lacks(fund, borne):
    """A fund of 200 or none is all that is asked for; each less is borne, in profit and in spend alike."""
    report = _stressed(fund, budget=40)
    planned, after = report.planned, _doubled(report)
    assert after.spend == planned.gained - after.gained == borne
    assert ("budget" in {limit.id for limit in after.broken_limits}) == (borne > 40)
    assert ("fund:maker" in {limit.id for limit in after.broken_limits}) == (borne > 0)


def test_a_fund_and_a_stock_may_run_out_together():
    """With 160 cups 110 go on the first day and 50 of 110 on the second: of 100 asked for there, 45.45 are.

    A fund of 125.90 pays all of the first 100, and of the second day what is left: 19.55 lack.
    """
    report = _stressed("125.90", stock=160, budget=1000)
    after = _doubled(report)
    assert "stock:cup" in {limit.id for limit in after.broken_limits}
    assert after.beyond_funds == {"maker": Decimal("19.55")}
    assert after.spend == Decimal("19.55")


def test_stress_tells_what_is_beyond_funds():
    """Which shock, which vendor and how much; nothing where all funds last, in words and as data."""
    for fund, told in ((180, True), (200, False)):
        report = _stressed(fund)
        out = Console(width=100, force_terminal=False)
        with out.capture() as captured:
            for part in show_stress(report, title="plans"):
                out.print(part)
        assert ("redemption doubles: maker 20.00" in captured.get()) == told
        assert ("Beyond vendors' funds: counted as yours" in captured.get()) == told
        rows = {each["id"]: each for each in stress_json(report, folder="plans", rank=1)["shocks"]}
        assert rows["redemption-doubles"].get("beyond_funds") == ({"maker": Decimal("20.00")} if told else None)


@pytest.fixture(scope="module")
def made():
    """A stored plan of the shipped scenario."""
    return plan_set(load_scenario("phone-flash-sale").scenario, LINES)


def _funds(made, *vendors: str):
    """Limits of some vendors' funds, of 320,000 each."""
    some = replace(made.plans[0].limits[0], measure="vendor_funding", limit=Decimal(320000))
    return tuple(replace(some, id=f"fund:{vendor}") for vendor in vendors)


def test_a_fund_that_is_often_used_up_is_told(made):
    """The fund, in which share of the futures, and whose the rest is; a rare case is not worth a sentence."""
    limits = _funds(made, "nova")
    plan = replace(made.plans[0], limits=limits)
    often, seldom = (
        replace(plan, outcome=replace(plan.outcome, funds_used_up={"nova": share})) for share in (0.41, 0.045)
    )
    (sentence,) = funds_used_up(often.outcome, often.limits, made.currency)
    assert sentence == "nova's fund of 320,000 is used up in 41% of the futures: what offers cost beyond it is yours"
    assert sentence in show_risk(often, made).notes
    assert sentence in show_outcome(often, made.currency, title="plan").notes
    assert funds_used_up(seldom.outcome, seldom.limits, made.currency) == ()
    assert not any("used up" in note for note in show_risk(seldom, made).notes)


def test_many_funds_are_named_first_and_then_counted(made):
    """The three that are used up most often, then how many more."""
    shares = {"a": 0.1, "b": 0.9, "c": 0.3, "d": 0.5, "e": 0.06, "f": 0.0}
    limits = _funds(made, *shares)
    (sentence,) = funds_used_up(replace(made.plans[0].outcome, funds_used_up=shares), limits, made.currency)
    order = [sentence.index(f"{vendor}'s fund") for vendor in ("b", "d", "c")]
    assert order == sorted(order) and "so are 2 more" in sentence and "a's fund" not in sentence


def test_plans_without_funds_are_written_as_ever(made):
    """The share is a key of its own only where there is one, and is read again."""
    outcome = replace(made.plans[0].outcome, funds_used_up=None)
    assert "funds_used_up" not in to_data(outcome)
    told = replace(outcome, funds_used_up={"nova": 0.25})
    assert to_data(told)["funds_used_up"] == {"nova": 0.25}
    for each in (outcome, told):
        data = {
            name: Decimal(repr(value)) if isinstance(value, float) else value for name, value in to_data(each).items()
        }
        data["funds_used_up"] = None if each.funds_used_up is None else {"nova": Decimal("0.25")}
        assert from_data(Outcome, data, where="plans.json").funds_used_up == each.funds_used_up


def test_the_worked_example_of_a_fund_that_runs_out():
    """The numbers of docs/money.md: expected just to the fund, and in a future with a quarter more demand beyond it."""
    scenario = Scenario.model_validate(
        {
            "scenario": "phones",
            "currency": "CNY",
            "horizon": {"start": DAY, "periods": 2},
            "money": {"tax_rate": "13%", "return_rate": "4%", "fee_rate": "0.6%"},
            "segments": [{"id": "all", "customers": 1000}],
            "products": [{"id": "phone", "category": "phones", "price": "2260", "unit_cost": "1500"}],
            "offers": [
                {
                    "id": "off-10",
                    "mechanic": "price_discount",
                    "depth": "10%",
                    "fixed_cost": 200,
                    "funding": {"vendor": "nova", "share": "40%"},
                }
            ],
            "vendors": [{"id": "nova", "fund": "23200"}],
            "effects": {"table": "effects.csv"},
            "response": {"fatigue": 0, "pull_forward": {"share": 0, "periods": 1}, "cannibalisation": 0, "halo": 0},
        }
    )
    frozen = frozen_by_hand(scenario, np.array([[0.5]] * 2), np.ones((2, 1)))
    grid = build_grid(scenario)
    plan = grid.plan_of(tuple(PlanLine(date=day, product="phone", offer="off-10") for day in (DAY, NEXT)))
    for demand, spend, beyond in ((1.0, "34800.00", {}), (1.25, "49200.00", {"nova": Decimal("5760.00")})):
        effects = replace(frozen.effects, base_units=demand * frozen.effects.base_units)
        model = build_coefficients(grid, effects, None)
        ledger = Ledger(model, effects, draw(grid, effects, 1, count=60))
        report = ledger.audit(plan)
        money = earned(ledger, report)
        assert (money.spend, money.beyond_funds) == (Decimal(spend), beyond)
        assert report.outcome.quantiles["spend"].p95 == Decimal(spend)
        assert report.outcome.funds_used_up == {"nova": float(bool(beyond))}
        assert report.outcome.profit_change - money.gained == sum(beyond.values(), Decimal(0))
        wanted = [Funds(model).measure(Measure.SPEND, Scope())]
        by_day = outcomes(model, effects, plan, ledger.draws, wanted, wanted)
        if beyond:
            assert by_day.periods[0, 0] == pytest.approx([21720.0, 27480.0])
