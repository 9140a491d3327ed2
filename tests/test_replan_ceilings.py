"""Ceilings in a re-planning: what is left of a span that has begun is still bounded, and shares are judged in all."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from flight_case import LINES, Running, running
from little_watch import LIGHT
from little_work import little_work
from replan_case import LAST, again, happened, sold

from constraints.ledger import Ledger
from planner.flight.watch.monitor import monitor
from planner.replan.replanned import Replanned
from planner.replan.rest.eased import eased
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.date_ranges import DateRange

FREE = dt.date(2026, 11, 1 + LAST + 2)
"""First day that may change, after a notice of one."""
BUDGET = "  - {id: total-budget, measure: spend, max: 80000}\n"


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left of a limit is tested here, not how good the plan under it is."""
    little_work(monkeypatch)


def _with_limit(folder: Path, limit: str) -> Running:
    return running(folder, shop={BUDGET: BUDGET + f"  - {limit}\n"})


def _after(found: Replanned) -> set[tuple[str, str]]:
    """Product and offer of the lines that run from the first free day on."""
    assert found.plan_set is not None
    return {(line.product, line.offer) for line in found.plan_set.plans[0].lines if line.period >= FREE}


@pytest.mark.parametrize("spans", ["window: 6 days", "each: week"])
def test_the_rest_adds_nothing_to_a_span_that_is_exceeded(tmp_path: Path, spans: str) -> None:
    """Discounts have passed their ceiling in a window, or a week, that goes on: no line of it grants one more."""
    case = _with_limit(tmp_path, f"{{id: any-days, measure: discount, max: 2000, {spans}}}")
    assert any(line.date >= FREE for line in LINES), "the running plan would go on"
    found = again(case, happened(case, sold(case)), change_cost=Decimal(0))
    assert not {offer for _, offer in _after(found)} & {"cut-15", "flash-12", "coupon-20", "save-200"}
    assert all(limit.ok for limit in found.plan_set.plans[0].limits)
    own = [limit for limit in found.frozen.scenario.limits if limit.id.startswith("any-days.")]
    assert own
    assert all(limit.where.periods[-1].last >= FREE for limit in own)
    assert any("the rest may add nothing" in sentence for sentence in found.flight.moved)


def test_a_ceiling_whose_days_are_over_is_no_ceiling_of_the_rest(tmp_path: Path) -> None:
    """A limit on each of the first days says nothing of later ones, and is gone."""
    days = "where: {periods: [2026-11-01..2026-11-04]}"
    case = _with_limit(tmp_path, f"{{id: first, measure: discount, max: 2000, each: period, {days}}}")
    found = again(case, happened(case, sold(case)), change_cost=Decimal(10**6))
    assert ("phone-pro", "cut-15") in _after(found)
    assert "first" not in {limit.id for limit in found.frozen.scenario.limits}
    assert any(sentence.endswith("nothing of it is left") for sentence in found.flight.moved)


def test_a_share_is_judged_over_the_whole_campaign(tmp_path: Path) -> None:
    """Of what is locked the first days are too large a share; with the rest of the running plan they are not."""
    days = "where: {periods: [2026-11-01..2026-11-04]}"
    share = f"{{id: opening, measure: gross_spend, max: 60%, {days}, share_of: {{measure: gross_spend}}}}"
    case = _with_limit(tmp_path, share)
    found = again(case, happened(case, sold(case)))
    (opening,) = (limit for limit in found.frozen.scenario.limits if limit.id == "opening")
    assert opening == next(limit for limit in case.grid.scenario.limits if limit.id == "opening")
    assert not any("opening" in sentence for sentence in found.flight.moved)
    assert all(limit.ok for limit in found.plan_set.plans[0].limits)


def test_a_share_that_cannot_be_kept_is_raised_to_what_can_be(tmp_path: Path) -> None:
    """Where the running plan breaks it as well, the share may come to the lesser of both, and the sentence says so."""
    days = "where: {periods: [2026-11-01..2026-11-04]}"
    share = f"{{id: opening, measure: gross_spend, max: 5%, {days}, share_of: {{measure: gross_spend}}}}"
    case = _with_limit(tmp_path, share)
    found = again(case, happened(case, sold(case)))
    (opening,) = (limit for limit in found.frozen.scenario.limits if limit.id == "opening")
    assert Decimal("0.05") < opening.max < 1
    assert opening.where == next(limit for limit in case.grid.scenario.limits if limit.id == "opening").where
    assert any(sentence.startswith("limit opening: 5.0000% is passed") for sentence in found.flight.moved)


def test_a_share_that_the_rest_can_mend_stays_as_it_is(tmp_path: Path) -> None:
    """The running plan breaks it, and more lines on the free days bring it below its bound again: nothing is raised."""
    days = "where: {periods: [2026-11-01..2026-11-04]}"

    def case_of(name: str, most: str) -> Running:
        (tmp_path / name).mkdir()
        share = f"{{id: opening, measure: gross_spend, max: {most}, {days}, share_of: {{measure: gross_spend}}}}"
        return _with_limit(tmp_path / name, share)

    without = case_of("without", "5%")
    raised = again(without, happened(without, sold(without)))
    (comes,) = (limit.max for limit in raised.frozen.scenario.limits if limit.id == "opening")
    asked = f"{100 * comes - 3:.2f}%"
    case = case_of("with", asked)
    found = again(case, happened(case, sold(case)))
    assert found.plan_set is not None and not any("opening" in sentence for sentence in found.flight.moved)
    (share,) = (limit for limit in found.plan_set.plans[0].limits if limit.id == "opening")
    assert share.ok and share.limit == Decimal(asked.rstrip("%")) / 100


def test_shares_give_way_where_nothing_may_be_spent_any_more(tmp_path: Path) -> None:
    """The running plan would keep the share, but its budget is gone: what is locked decides, and there is a plan."""
    days = "where: {periods: [2026-11-01..2026-11-04]}"
    share = f"  - {{id: opening, measure: gross_spend, max: 60%, {days}, share_of: {{measure: gross_spend}}}}\n"
    case = running(tmp_path, shop={BUDGET: BUDGET.replace("80000", "20000") + share})
    found = again(case, happened(case, sold(case)))
    assert found.plan_set is not None
    assert all(limit.ok for limit in found.plan_set.plans[0].limits)
    assert any(sentence.startswith("limit opening: 60") for sentence in found.flight.moved)


def test_a_ceiling_that_was_raised_is_not_broken(tmp_path: Path) -> None:
    """The monitor of the new folder, by the same actuals, finds the budget used up, not exceeded by part of a cent."""
    case = running(tmp_path, shop={"max: 80000}": "max: 20000}"})
    actuals = happened(case, sold(case))
    found = again(case, actuals, notice=0)
    assert any(sentence.startswith("limit total-budget: ") for sentence in found.flight.moved)
    actuals = replace(actuals, grid=build_grid(found.frozen.scenario))
    plan = case.grid.plan_of(found.plan_set.plans[0].plan_lines)
    watched = monitor(found.frozen, plan, actuals, folder="new", rank=1, params=LIGHT)
    (budget,) = (limit for limit in watched.limits if limit.id == "total-budget")
    assert budget.used == pytest.approx(budget.bound, rel=1e-4)
    assert not budget.broken
    assert budget.probability < 1


def _own(folder: Path, limit: str) -> list[str]:
    """Days of the spans of a limit that stand by themselves once it is eased."""
    case = _with_limit(folder, f"{{id: any-days, measure: discount, max: 500, {limit}}}")
    ledger = Ledger(case.model, case.frozen.effects, draw(case.grid, case.frozen.effects, 1))
    report = ledger.audit(case.plan)
    rest = DateRange(first=FREE, last=dt.date(2026, 11, 7))
    scenario, _ = eased(case.problem, report, report, rest, shares=False)
    names = [limit.id for limit in scenario.limits]
    return [name.removeprefix("any-days.") for name in names if name.startswith("any-days.")]


def test_only_windows_that_go_on_stand_by_themselves(tmp_path: Path) -> None:
    """Of five windows of three days two have begun and go on from the first free day; three are over."""
    assert _own(tmp_path, "window: 3 days") == ["2026-11-04.2026-11-06", "2026-11-05.2026-11-07"]


def test_windows_that_a_scope_cuts_short_get_ids_of_their_own(tmp_path: Path) -> None:
    """Two windows that begin on the first day of a limit's scope stand beside each other, each under its own name."""
    names = _own(tmp_path, "window: 5 days, where: {periods: [2026-11-03..2026-11-07]}")
    assert len(names) == len(set(names))
    assert {"2026-11-03.2026-11-06", "2026-11-03.2026-11-07"} <= set(names)
