"""Stress: what each shock costs and breaks, by hand on one product; the command answers without a solver."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from frozen_by_hand import frozen_by_hand
from plan_folders import basic_problem, good_lines, line, write_folder
from rich.console import Console
from typer.testing import CliRunner

from constraints.shocks.stress import StressReport, stress
from planner.cli import app
from planner.report.stress import overrun, show_stress
from scenarios.answer.archive import Frozen
from scenarios.answer.plan_files import read_plans
from scenarios.answer.shocks import shocks
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Scenario
from scenarios.problems import InvalidInput

DAY = dt.date(2026, 11, 1)
NEXT = dt.date(2026, 11, 2)


def _frozen(*, arrivals: bool = True, budget: int = 220, stock: int = 160, **more: object) -> Frozen:
    """One product at 10 that costs 6, a base of 100 units on each of two days, no interaction of any kind."""
    goods = {"stock": stock, "arrivals": {NEXT: 270 - stock}} if arrivals else {}
    scenario = Scenario.model_validate(
        {
            "scenario": "one-product",
            "currency": "CNY",
            "horizon": {"start": DAY, "periods": 2},
            "segments": [{"id": "all", "customers": 1000}],
            "products": [{"id": "cup", "category": "cups", "price": "10", "unit_cost": "6", **goods}],
            "offers": [
                {
                    "id": "off",
                    "mechanic": "price_discount",
                    "depth": "20%",
                    "funding": {"vendor": "maker", "share": "50%"},
                },
                {"id": "coupon", "mechanic": "coupon", "value": "2", "layer": "targeted"},
            ],
            "limits": [{"id": "budget", "measure": "spend", "max": budget}],
            "effects": {"table": "effects.csv"},
            "response": {"fatigue": 0, "pull_forward": {"share": 0, "periods": 1}, "cannibalisation": 0, "halo": 0},
            **more,
        }
    )
    return frozen_by_hand(scenario, np.array([[0.5, 0.1]] * 2), np.array([[1.0, 0.2]] * 2))


def _plan() -> SimpleNamespace:
    """20% off on the first day, the coupon on the second."""
    lines = (
        PlanLine(date=DAY, product="cup", offer="off"),
        PlanLine(date=NEXT, product="cup", segment="all", offer="coupon"),
    )
    return SimpleNamespace(plan_lines=lines, lines=lines)


def _stressed(frozen: Frozen) -> StressReport:
    return stress(frozen, _plan(), where="plans")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def report() -> StressReport:
    """The plan under every shock."""
    return _stressed(_frozen())


def _after(report: StressReport, shock: str):
    return next(each.after for each in report.shocks if each.shock.id == shock)


def test_as_planned_the_account_is_the_hand_made_one(report):
    """150 units at 4 less 300 discount, half of it funded, and 110 at 4 less 30 coupons of 2: 830 against 800."""
    assert report.planned.profit == Decimal("830.00")
    assert report.planned.gained == Decimal("30.00")
    assert report.planned.spend == Decimal("210.00")
    assert report.planned.kept


def test_twice_the_redemption_costs_the_coupons(report):
    """20 more base buyers redeem 2 each: 40 less, and the budget of 220 is broken by 30."""
    after = _after(report, "redemption-doubles")
    assert report.planned.gained - after.gained == Decimal("40.00")
    assert [limit.id for limit in after.broken_limits] == ["budget"]
    assert overrun(after.broken_limits[0]) == Decimal("30.00")


def test_a_lower_baseline_costs_its_share(report):
    """At 80 % of the baseline everything is 80 %: 6 of the gain, 166 of all profit, and no limit breaks."""
    after = _after(report, "baseline-falls")
    assert (after.gained, after.profit) == (Decimal("24.00"), Decimal("664.00"))
    assert after.kept


def test_a_lower_baseline_takes_orders_too(tmp_path):
    """A fifth fewer orders of every size, of what an order holds as much as before."""
    problem = basic_problem()
    write_folder(problem, tmp_path / "plans", good_lines(problem))
    frozen = read_plans(tmp_path / "plans").problem()
    fallen = next(shock.changed for shock in shocks(frozen, frozenset()) if shock.id == "baseline-falls")
    for segment, bins in frozen.baskets.bins.items():
        left = fallen.baskets.bins[segment]
        assert [row.orders for row in left] == pytest.approx([0.8 * row.orders for row in bins])
        assert [(row.value, row.units) for row in left] == [(row.value, row.units) for row in bins]


def test_a_vendor_who_withdraws_leaves_the_bill(report):
    """The lines run unfunded: 150 less, and spend is 360 against a budget of 220."""
    after = _after(report, "vendor-withdraws:maker")
    assert after.gained == Decimal("-120.00")
    assert overrun(after.broken_limits[0]) == Decimal("140.00")


TIRING = {"fatigue": 0.3, "fatigue_half_life": 2, "pull_forward": {"share": 0, "periods": 1}, "cannibalisation": 0}


def test_a_vendor_who_withdraws_costs_the_funding_though_fatigue_is_left():
    """What an average line earns falls without the funding; what fatigue left over was planned to cost does not.

    A loss of 150 once read as a smaller one, or as a gain where little was funded.
    """
    report = _stressed(_frozen(response=TIRING))
    planned, after = report.planned, _after(report, "vendor-withdraws:maker")
    assert report.charges_fatigue
    assert planned.gained < Decimal("30.00"), "nothing is charged, so nothing is tested"
    assert planned.gained - after.gained == after.spend - planned.spend == Decimal("150.00")


def test_the_price_of_fatigue_after_the_horizon_falls_only_where_demand_does():
    """With 80 % of all demand the charge is 80 %; twice the redemption and late stock leave it as planned."""
    free, charged = (_stressed(_frozen(response={**TIRING, "carry_over": how})) for how in ("ignore", "charge"))
    assert not free.charges_fatigue
    planned = free.planned.gained - charged.planned.gained
    assert planned > 0
    for shock, left in (("redemption-doubles", 1), ("stock-late", 1), ("baseline-falls", Decimal("0.8"))):
        found = _after(free, shock).gained - _after(charged, shock).gained
        assert abs(found - left * planned) <= Decimal("0.01")


def test_late_stock_loses_what_is_sold_out(report):
    """With 160 units, 150 go on the first day; 10 of the 66 that want the coupon are served on the second.

    The baseline without promotion is cut at stock too: 100 and 60 units earn 640.
    """
    after = _after(report, "stock-late")
    assert after.profit == Decimal("484.55")  # 450 + (66 x 4 - 18 coupons x 2) x 10 / 66
    assert after.gained == Decimal("-155.45")
    assert [(limit.id, overrun(limit)) for limit in after.broken_limits] == [("stock:cup", Decimal("56.000"))]


def test_what_a_shock_does_not_touch_stays_to_the_last_unit():
    """Without promotion 210 pieces are enough, late or not: both columns of what late stock costs are the same.

    In yen each day's sales of 934.58 are booked as 935; reckoned in one piece the two days would come to 1,869.
    """
    report = _stressed(_frozen(stock=210, currency="JPY", money={"tax_rate": "7%"}))
    planned, after = report.planned, _after(report, "stock-late")
    assert not after.kept
    assert planned.profit - planned.gained == after.profit - after.gained == 2 * (935 - 600)


def test_a_competitors_cut_works_through_the_cross_elasticity(report):
    """0.85 ^ 0.26 of everything is left: 30 becomes 28.76, and 28.77 as the ledger books it, cell by cell."""
    assert _after(report, "competitor-cuts").gained == Decimal("28.77")


def test_a_shock_that_changes_nothing_says_so():
    """Without arrivals none is late, and a plan without funded lines loses no vendor."""
    frozen = _frozen(arrivals=False, budget=300)
    plan = _plan()
    only = SimpleNamespace(plan_lines=plan.lines[1:], lines=plan.lines[1:])
    found = {each.shock.id: each for each in stress(frozen, only, where="plans").shocks}  # type: ignore[arg-type]
    for shock in ("stock-late", "vendor-withdraws"):
        assert found[shock].shock.changed is None
        assert "nothing changes" in found[shock].shock.assumed
        assert found[shock].after.gained == Decimal("-20.00")


def _with_limit(limit: dict[str, object]) -> Frozen:
    """The shop's plan under one limit and no other."""
    frozen = _frozen()
    data = {**frozen.scenario.model_dump(mode="json", by_alias=True), "limits": (limit,)}
    return Frozen(**{**vars(frozen), "scenario": Scenario.model_validate(data)})


def _shown(limit: dict[str, object]) -> str:
    """What is printed of the plan under one limit."""
    out = Console(width=200, force_terminal=False)
    with out.capture() as captured:
        for part in show_stress(_stressed(_with_limit(limit)), title="plans"):
            out.print(part)
    return captured.get()


def test_a_limit_that_must_be_reached_is_broken_from_below():
    """Minimum limits count what is missing: with 80 % of the units, 208 are sold of 250 that must be."""
    changed = _with_limit({"id": "volume", "measure": "units", "min": 250})
    broken = _after(_stressed(changed), "baseline-falls").broken_limits
    assert [(limit.id, overrun(limit)) for limit in broken] == [("volume", Decimal("42.000"))]


def test_a_share_that_breaks_is_told_in_percentage_points():
    """A share of another measure says what it is a share of, and by how many points it is over."""
    text = _shown({"id": "depth", "measure": "spend", "max": "1%", "share_of": {"measure": "revenue"}})
    assert "spend / revenue max" in text and " pp" in text and "pp: percentage points" in text


def test_an_overrun_of_many_times_the_bound_is_no_percentage():
    """A budget of next to nothing is overrun by what it is overrun by, not by 900,000 %."""
    text = _shown({"id": "tight", "measure": "spend", "max": "0.01"})
    rows = [row for row in text.splitlines() if "tight" in row]
    assert rows and all("over 1,000%" in row and row.count("%") <= 2 for row in rows)


def test_a_line_that_is_none_of_the_scenario_is_unusable_input():
    """A folder whose lines do not fit its problem is refused in one sentence."""
    line_ = PlanLine(date=DAY, product="cup", offer="gone")
    with pytest.raises(InvalidInput, match=r"plans: lines\[0\]: expected a line of the scenario, got no offer"):
        stress(_frozen(), SimpleNamespace(plan_lines=(line_,), lines=(line_,)), where="plans")  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [80, 120])
def test_the_report_fits(report, width):
    """Tables keep every number at 80 and 120 columns, and every shock and every broken limit stands in them."""
    out = Console(width=width, force_terminal=False)
    with out.capture() as captured:
        for part in show_stress(report, title="plans: plan 1 under shocks"):
            out.print(part)
    text = captured.get()
    assert max(len(row) for row in text.splitlines()) <= width
    for word in ("redemption doubles", "baseline -20%", "competitor cuts 15%", "budget", "stock:cup", "56.0", "140.00"):
        assert word in text


def test_the_command_answers_by_its_exit_code(tmp_path: Path):
    """0 where every shock is survived, 1 where one breaks something; --json is one document with every figure."""
    problem = basic_problem()
    calm, wild = tmp_path / "calm", tmp_path / "wild"
    write_folder(problem, calm, good_lines(problem))
    offers = {
        "espresso-1kg": "coffee-15",
        "filter-1kg": "coffee-15",
        "grinder": "equipment-20",
        "kettle": "equipment-20",
    }
    write_folder(problem, wild, tuple(line(problem, day, *pair) for day in range(14) for pair in offers.items()))
    runner = CliRunner()
    assert runner.invoke(app, ["stress", str(calm)]).exit_code == 0
    found = runner.invoke(app, ["stress", str(wild), "--json"])
    assert found.exit_code == 1
    document = json.loads(found.stdout)
    assert document["format"] == "campaign-stress/1"
    assert not document["kept"]
    broken = {limit["id"] for shock in document["shocks"] for limit in shock["broken_limits"]}
    assert broken
    assert runner.invoke(app, ["stress", str(tmp_path / "none")]).exit_code == 2


def test_what_a_plan_earns_as_planned_is_the_ledgers_money(tmp_path):
    """Where nothing runs out, stress shows to the minor unit what plan, check and replan show."""
    problem = basic_problem()
    outcome = write_folder(problem, tmp_path / "plans", good_lines(problem)).plans[0].outcome
    document = json.loads(CliRunner().invoke(app, ["stress", str(tmp_path / "plans"), "--json"]).stdout)
    planned = document["planned"]
    wanted = [float(amount) for amount in (outcome.profit, outcome.profit_change, outcome.spend)]
    assert [planned["profit"], planned["profit_gained"], planned["spend"]] == wanted
