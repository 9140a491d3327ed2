"""Floors in a re-planning: what reality has put out of reach comes down as little as needed, and is asked for anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from few_futures import few_futures
from flight_case import Running, running
from little_work import little_work
from replan_case import again, happened, sold

from constraints.checking.check import check
from constraints.ledger import Ledger, LedgerReport
from planner.replan.question import locked_in
from planner.replan.rest.floors import Lowered, asked_again, furthest, missed_for_good, within_reach
from planner.run.no_plan.eased_problem import with_scenario
from planner.run.no_plan.passed import Passed
from scenarios.answer.plan_files import write_plans
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Scenario
from scenarios.response.coefficients import build_coefficients
from scenarios.response.totals import sold_by

_few_futures = few_futures

BUDGET = "  - {id: total-budget, measure: spend, max: 80000}\n"
REST = DateRange(first=dt.date(2026, 11, 6), last=dt.date(2026, 11, 7))


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left of a limit is tested here, not how good the plan under it is."""
    little_work(monkeypatch)


class Shop:
    """The shop in flight, its past locked, where the rest is so small that every plan of it can be judged."""

    def __init__(self, folder: Path, limits: Iterable[str]) -> None:
        text = BUDGET + "".join(f"  - {limit}\n" for limit in limits)
        self.case = running(folder, shop={BUDGET: text})
        scenario = locked_in(self.case.grid.scenario, tuple(self.case.grid.lines(self.case.plan)), dt.date(2026, 11, 5))
        self.problem = with_scenario(self.case.problem, scenario)
        self.draws = draw(self.problem.grid, self.problem.effects, 1)

    def ledger(self, scenario: Scenario) -> Ledger:
        """A ledger under other limits."""
        problem = with_scenario(self.problem, scenario)
        return Ledger(problem.model, problem.effects, self.draws)

    def audit(self, scenario: Scenario) -> LedgerReport:
        """The running plan under other limits."""
        return self.ledger(scenario).audit(self.case.plan)

    def plans(self) -> list[np.ndarray]:
        """The running plan with something else, or nothing, on one phone on the last days."""
        grid, found = self.case.grid, []
        for choices in product(range(grid.widths.public), repeat=2):
            plan = self.case.plan.copy()
            grid.split(plan).public[grid.product_index["phone-pro"], 5:] = choices
            found.append(plan)
        return [plan for plan in found if not self.problem.rulebook.violations(plan)]

    def plan_again(self, scenario: Scenario, start: np.ndarray, but: str | None) -> Passed | None:
        """The best of all plans."""
        ledger = self.ledger(scenario)
        return furthest([(plan, ledger.verdict(plan)) for plan in self.plans()], but)

    def most(self, name: str, scenario: Scenario) -> Decimal:
        """The most of a floor over all plans that keep everything else."""
        passed = self.plan_again(scenario, self.case.plan, name)
        assert passed is not None
        return next(each.decides for each in passed.limits if each.id == name)

    def lowered(self) -> Lowered | None:
        """Floors of the rest lowered."""
        return within_reach(self.problem, self.case.plan, self.audit, REST, self.plan_again)

    def missed(self) -> Lowered:
        """Floors of days that are over lowered."""
        scenario = self.problem.grid.scenario
        return missed_for_good(scenario, self.problem, self.ledger(scenario), self.audit(scenario), REST)


@pytest.mark.parametrize(
    "floor",
    ["measure: units, min: 5000", "measure: margin_rate, min: 60%", "measure: margin, min: 2000000, at_risk: 90%"],
)
def test_a_floor_out_of_reach_comes_down_to_the_most_that_any_plan_reaches(tmp_path: Path, floor: str) -> None:
    """Of all plans that keep everything else none reaches more; the sentence tells old, new and running."""
    shop = Shop(tmp_path, [f"{{id: much, {floor}}}"])
    lowered = shop.lowered()
    assert lowered is not None and lowered.plan is not None
    (given,) = lowered.floors
    assert given.now == shop.most("much", shop.problem.grid.scenario) < given.asked
    assert (" in 90% of the futures " in given.said) == ("at_risk" in floor)
    assert next(limit.min for limit in lowered.scenario.limits if limit.id == "much") == given.now
    report = shop.ledger(lowered.scenario).audit(lowered.plan)
    assert report.ok
    assert given.said.startswith("limit much: no plan for the rest was found that comes to ")
    assert "the plan that runs would come to" in given.said and given.said.endswith(" is asked now")


def test_floors_that_can_be_kept_are_kept_beside_one_that_cannot(tmp_path: Path) -> None:
    """A second floor that some plans for the first would miss stays as it is asked."""
    alone = Shop(tmp_path, ["{id: much, measure: units, min: 5000}"])
    most = alone.most("much", alone.problem.grid.scenario)
    rate = next(each.used for each in alone.audit(alone.problem.grid.scenario).limits if each.id == "margin")
    both = Shop(tmp_path, ["{id: much, measure: units, min: 5000}", f"{{id: kept, measure: margin_rate, min: {rate}}}"])
    lowered = both.lowered()
    assert lowered is not None
    assert [floor.id for floor in lowered.floors] == ["much"]
    assert lowered.floors[0].now < most
    assert lowered.floors[0].now == both.most("much", both.problem.grid.scenario)


def test_spans_that_fail_together_at_risk_are_asked_for_one_by_one(tmp_path: Path) -> None:
    """Every day keeps a floor in 90 % of the futures, all days together do not: each is asked for by itself."""
    day = "{id: daily, measure: units, min: %s, each: period, at_risk: 90%%}"
    shop = Shop(tmp_path, [day % 1])
    (daily,) = (each for each in shop.audit(shop.problem.grid.scenario).limits if each.id == "daily")
    assert daily.used_at_risk is not None
    shop = Shop(tmp_path, [day % (daily.used_at_risk + 1)])
    assert not shop.audit(shop.problem.grid.scenario).ok
    lowered = shop.lowered()
    assert lowered is not None and lowered.plan is not None
    assert shop.ledger(lowered.scenario).audit(lowered.plan).ok
    names = [limit.id for limit in lowered.scenario.limits if limit.id.startswith("daily")]
    assert len(names) == 7 and "daily" not in names
    assert "limit daily: it is asked of each of its spans by itself now, at risk one by one" in lowered.floors[0].said


def test_a_ceiling_in_the_way_of_a_floor_is_named(tmp_path: Path) -> None:
    """The running plan keeps a floor, but not a budget: the floor gives way, and what would break is said."""
    free = Shop(tmp_path, ["{id: much, measure: vendor_funding, min: 1}"])
    uses = {each.id: each.used for each in free.audit(free.problem.grid.scenario).limits}
    much, tight = f"min: {uses['much']}}}", f"max: {uses['total-budget'] - 1}}}"
    shop = Shop(tmp_path, ["{id: much, measure: vendor_funding, " + much, "{id: tight, measure: spend, " + tight])
    lowered = shop.lowered()
    assert lowered is not None
    (given,) = lowered.floors
    assert given.now == shop.most("much", shop.problem.grid.scenario) < given.asked
    assert f"would come to {uses['much']:,f} and break tight)" in given.said


def test_days_that_are_over_decide_by_themselves(tmp_path: Path) -> None:
    """A floor of the first days comes down to what they came to; of one a day, only the days that missed it."""
    limits = [
        "{id: first, measure: units, min: 900, where: {periods: [2026-11-01..2026-11-02]}}",
        "{id: daily, measure: units, min: 215, each: period}",
    ]
    shop = Shop(tmp_path, limits)
    lowered = shop.missed()
    shop_says = {each.id: each for each in shop.ledger(lowered.scenario).audit(shop.case.plan).limits}
    first, *days = lowered.floors
    assert first.asked == 900 and first.now == shop_says["first"].used
    assert "its days come to" in first.said and "cannot be changed any more" in first.said
    assert [day.id for day in days] == ["daily.2026-11-01"]
    assert days[0].asked == 215 and days[0].now == shop_says["daily.2026-11-01"].used < 215
    (daily,) = (limit for limit in lowered.scenario.limits if limit.id == "daily")
    assert daily.min == 215 and (daily.where.periods or ())[0].first == dt.date(2026, 11, 2)
    assert "days that cannot be changed any more come to" in days[0].said


def test_windows_are_asked_for_one_by_one_where_one_is_missed(tmp_path: Path) -> None:
    """The windows after missed ones keep what is asked of them, each whole: none is cut short by the first free day."""
    shop = Shop(tmp_path, ["{id: any, measure: units, min: 720, window: 3 days}"])
    lowered = shop.missed()
    assert [floor.id for floor in lowered.floors] == ["any.2026-11-01.2026-11-03", "any.2026-11-03.2026-11-05"]
    rest = [limit for limit in lowered.scenario.limits if limit.id.startswith("any.") and limit.min == 720]
    spans = [(limit.where.periods or ())[0] for limit in rest]
    assert all((span.last - span.first).days == 2 for span in spans)
    assert [span.last.day for span in spans] == [6, 7]


def test_a_floor_that_gave_way_is_asked_for_anew(tmp_path: Path) -> None:
    """The next re-planning begins from what was asked when the campaign was planned."""
    shop = Shop(tmp_path, ["{id: much, measure: units, min: 5000}"])
    lowered = shop.lowered()
    assert lowered is not None
    assert asked_again(lowered.scenario, lowered.floors) == shop.problem.grid.scenario


def _idle(folder: Path, limit: str) -> Running:
    """The shop where one offer on one phone is all that may still change."""
    rules = "rules:\n  - {id: idle, rule: blackout, where: {periods: [2026-11-06..2026-11-07], %s}}\n"
    barred = [
        rules % "layer: targeted",
        rules.replace("idle", "idle-2").replace("rules:\n", "") % "products: [phone, case]",
        rules.replace("idle", "idle-3").replace("rules:\n", "") % "offers: [front]",
    ]
    return running(folder, shop={BUDGET: BUDGET + f"  - {limit}\n", "rules:\n": "".join(barred)})


def test_a_replanning_goes_on_below_a_floor_and_the_folder_tells(tmp_path: Path) -> None:
    """Where half is sold, the rest is planned for as many units as can be; check passes, and says what gave way."""
    case = _idle(tmp_path, "{id: volume, measure: units, min: 1300}")
    found = again(case, happened(case, sold(case, base=0.5)), change_cost=Decimal(0))
    assert found.plan_set is not None and found.frozen.flight is not None
    (given,) = found.frozen.flight.floors
    plan = case.grid.plan_of(found.plan_set.plans[0].plan_lines)
    grid = build_grid(found.frozen.scenario)
    model = build_coefficients(grid, found.frozen.effects, found.frozen.baskets)
    pro = grid.product_index["phone-pro"]
    best = 0.0
    for choices in product(range(grid.widths.public), repeat=2):
        other = plan.copy()
        grid.split(other).public[pro, 5:] = choices
        if grid.allowed_flat[np.arange(len(other)), other].all():
            units = sold_by(replace(model, available=np.full_like(model.available, np.inf)), other, np).units
            best = max(best, float(units.sum()))
    assert float(given.now) == pytest.approx(best, abs=0.01)
    assert given.said in found.flight.moved
    write_plans(tmp_path / "rest", found.plan_set, found.accounts, found.frozen)
    report = check(tmp_path / "rest")
    assert report.ok and given.said in report.unproven


def test_a_firm_floor_does_not_come_down(tmp_path: Path) -> None:
    """It is law: no plan is told rather than one that misses it, and beside it another floor gives way."""
    law = "{id: law, measure: units, min: 5000, firm: true}"
    assert Shop(tmp_path, [law]).lowered() is None
    lowered = Shop(tmp_path, [law.replace("5000", "1"), "{id: much, measure: units, min: 5000}"]).lowered()
    assert lowered is not None and [floor.id for floor in lowered.floors] == ["much"]
