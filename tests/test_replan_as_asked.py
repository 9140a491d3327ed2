"""Before a bound gives way, a plan that keeps it is looked for in earnest; what gave way is told first of all."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from flight_case import Running, running
from little_work import little_work
from plan_directory import plans_of
from printed import printed
from replan_case import happened, sold
from test_replan_floors import BUDGET, Shop

from constraints.checking.check import check
from planner.progress import Progress
from planner.replan.asked_now import asked_now, kept_question
from planner.replan.replan import ReplanParams, replan
from planner.replan.replanned import Replanned
from planner.replan.rest.as_asked import AsAsked, as_asked, most_of
from planner.replan.rest.spent import without_spent
from planner.report.check import show_check
from planner.report.flight.replan import show_replanned
from planner.report.flight.replan_json import replan_json
from planner.run.effort import Effort
from planner.run.no_plan.eased_problem import with_scenario
from scenarios.answer.in_flight import GaveWay
from scenarios.answer.plan_files import write_plans
from scenarios.loading.load import load_scenario

FREE = "2026-11-06"
"""First day that can still change: four days are known, one is the notice."""
REST = f"periods: [{FREE}..2026-11-07]"
PRO = (
    "rules:\n"
    f"  - {{id: shown, rule: fairness, min: 1, where: {{products: [phone-pro], offers: [cut-15, front], {REST}}}}}\n"
    f"  - {{id: still, rule: blackout, where: {{products: [phone, case], {REST}}}}}\n"
)
"""Something must be on offer on one phone in the rest: a line that goes must be replaced in the same step."""


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What gives way is tested here, not how good the plan under it is."""
    little_work(monkeypatch)


def _asked(
    case: Running, folder: Path, *, text: tuple[str, str] | None = None, sets: tuple[str, ...] = ()
) -> Replanned:
    """Plan the rest again where a file says something else, or a value is set."""
    plan_set, accounts = plans_of(case.frozen, [case.plan])
    write_plans(folder / "plans", plan_set, accounts, case.frozen)
    if text is None:
        own = kept_question(folder / "plans", case.frozen, sets)
    else:
        now = (folder / "shop.yaml").read_text("utf-8")
        assert now.count(text[0]) == 1
        folder.joinpath("now.yaml").write_text(now.replace(*text), "utf-8")
        own = load_scenario(folder / "now.yaml")
    actuals, params = happened(case, sold(case)), ReplanParams(notice=1, change_cost=Decimal(0))
    asked = asked_now(folder / "plans", case.frozen, own)
    return replan(case.frozen, plan_set, plan_set.plans[0], actuals, b"date,product\n", params, asked=asked)


def _told(found: Replanned) -> list[str]:
    return [row for part in show_replanned(found, title="plans") for row in printed(part, 400)]


def test_a_fund_that_is_withdrawn_is_asked_like_a_rule_against_its_offers(tmp_path: Path) -> None:
    """Both questions bar the same lines; a floor on lines asks for another offer in their place: the plans are one."""
    case = running(tmp_path, shop={"rules:\n": PRO})
    fund = _asked(case, tmp_path, sets=("vendors.nova.fund=0",))
    barred = f"rules:\n  - {{id: out, rule: blackout, where: {{offers: [cut-15], {REST}}}}}\n"
    rule = _asked(case, tmp_path, text=("rules:\n", barred))
    assert fund.plan_set is not None and rule.plan_set is not None
    lines = fund.plan_set.plans[0].plan_lines
    assert lines == rule.plan_set.plans[0].plan_lines
    assert {(line.product, line.offer) for line in lines if str(line.date) >= FREE} >= {("phone-pro", "front")}
    assert [each.by for each in fund.flight.ceilings] == [GaveWay.PAST]
    assert rule.gave_way == ()


def test_of_an_offer_on_many_vendors_products_only_those_go_whose_vendor_withdraws(tmp_path: Path) -> None:
    """A fund of 0 and a blackout of the vendor bar the cut on that vendor's phone; on the other's phone it goes on."""
    own = {
        "funding: {vendor: nova, share: 60%}": "funding: {vendor: of_product, share: 60%}",
        "100}, vendor: nova": "100}, vendor: acme",
        "{id: nova, fund: 100000}": "{id: nova, fund: 100000}, {id: acme}",
        "max: 80000": "max: 200000",  # what nova no longer pays of the notice is spend, which a blackout leaves to it
        "rules:\n": "rules:\n"
        f"  - {{id: some, rule: fairness, min: 1, where: {{products: [phone], offers: [cut-15], {REST}}}}}\n",
    }
    case = running(tmp_path, shop=own)
    fund = _asked(case, tmp_path, sets=("vendors.nova.fund=0",))
    barred = f"rules:\n  - {{id: out, rule: blackout, where: {{vendor: nova, {REST}}}}}\n"
    rule = _asked(case, tmp_path, text=("rules:\n", barred))
    assert fund.plan_set is not None and rule.plan_set is not None
    lines = fund.plan_set.plans[0].plan_lines
    assert lines == rule.plan_set.plans[0].plan_lines
    assert {line.product for line in lines if line.offer == "cut-15" and str(line.date) >= FREE} == {"phone"}
    assert {line.product for line in lines if line.offer == "cut-15" and str(line.date) < FREE} == {
        "phone",
        "phone-pro",
    }


def test_only_a_ceiling_that_is_used_up_bars_lines(tmp_path: Path) -> None:
    """Of a fund that the locked lines use up no line is left in the rest; of one with room every line stays."""
    shop = Shop(tmp_path, [])
    assert without_spent(shop.problem) is shop.problem
    scenario = shop.problem.grid.scenario
    locked = {each.id: each for each in shop.ledger(scenario).verdict(shop.problem.rulebook.locked_lines()).limits}
    vendors = tuple(each.model_copy(update={"fund": locked["fund:nova"].used}) for each in scenario.vendors)
    spent = without_spent(with_scenario(shop.problem, scenario.model_copy(update={"vendors": vendors})))
    before, after = shop.problem.rulebook, spent.rulebook
    cut = shop.case.grid.offer_index["cut-15"]
    barred = {
        shop.case.grid.choices[shop.case.grid.slot(int(slot)).block][int(choice) - 1].offer
        for slot, choice in np.argwhere(before.base & ~after.base)
    }
    assert barred == {cut}
    free = ~after.fixed
    assert all(
        shop.case.grid.choices[shop.case.grid.slot(int(slot)).block][int(choice) - 1].offer != cut
        for slot, choice in np.argwhere(after.base & free[:, None])
        if choice
    )


def _looked(shop: Shop) -> AsAsked:
    ledger, seen = shop.ledger(shop.problem.grid.scenario), list[Progress]()
    return as_asked(shop.problem, ledger, shop.case.plan, effort=Effort.QUICK, seed=1, progress=seen.append)


def test_a_floor_that_some_plan_reaches_is_found_and_one_that_none_does_is_proven(tmp_path: Path) -> None:
    """Between what the running plan comes to and the most of any plan there is one; far beyond, a proof says none."""
    alone = Shop(tmp_path, ["{id: much, measure: units, min: 5000}"])
    found = _looked(alone)
    assert found.plan is None and found.conflict is not None and found.conflict.proven
    most = alone.most("much", alone.problem.grid.scenario)
    within = Shop(tmp_path, [f"{{id: much, measure: units, min: {most}}}"])
    ledger = within.ledger(within.problem.grid.scenario)
    kept = _looked(within)
    assert kept.plan is not None and ledger.audit(kept.plan).ok
    running = alone.case.plan
    given = alone.problem, alone.ledger(alone.problem.grid.scenario), running, running
    furthest = most_of(*given, "much", effort=Effort.QUICK, seed=1)
    assert furthest is not None
    (much,) = (each for each in ledger.verdict(furthest).limits if each.id == "much")
    assert much.used >= most


def test_a_floor_that_gave_way_is_told_first_and_in_the_verdict_of_check(tmp_path: Path) -> None:
    """Report, record and the verdict of the check name the floor: what was asked, what is asked, how sure that is."""
    case = running(tmp_path, shop={BUDGET: BUDGET + "  - {id: rate, measure: margin_rate, min: 8%}\n"})
    found = _asked(case, tmp_path, sets=("limits.rate.min=90%",))
    assert found.plan_set is not None
    (floor,) = found.flight.floors
    assert floor.by in (GaveWay.PROVEN, GaveWay.SEARCHED)
    how = {"proven": "proven unreachable beside what else is asked", "searched": "not proven unreachable"}[floor.by]
    said = f"rate asked 90%, now {floor.now.scaleb(2):,f}%: {how}"
    assert found.gave_way == (said,)
    rows = _told(found)
    assert rows[1] == "Limits that the new plan keeps as they were changed, not as they were asked"
    assert rows[2].strip() == said
    assert rows[-1].endswith(f"Limits that it keeps as they were changed: {said}.")
    assert replan_json(found, folder="p", plan=1)["gave_way"] == [said]
    write_plans(tmp_path / "rest", found.plan_set, found.accounts, found.frozen)
    report = check(tmp_path / "rest")
    assert report.ok and report.changed == (said,)
    first = printed(show_check(report)[0], 400)[0]
    assert first == (
        "All figures are as recomputed, every limit and rule of the question as a re-planning changed it is kept: "
        f"{said}."
    )


def test_where_no_plan_is_found_the_conflict_is_told_as_plan_tells_it(tmp_path: Path) -> None:
    """The fund is gone and a rule asks for an offer that it pays: what cannot be kept together is named."""
    rule = PRO.replace("[cut-15, front]", "[cut-15]")
    case = running(tmp_path, shop={"rules:\n": rule})
    found = _asked(case, tmp_path, sets=("vendors.nova.fund=0",))
    assert found.plan_set is None and found.conflict is not None
    assert found.conflict.proven and "shown" in found.conflict.members
    rows = _told(found)
    assert "Infeasible: no plan keeps every limit and rule." in rows
    assert replan_json(found, folder="p", plan=1)["conflict"]["members"] == list(found.conflict.members)
