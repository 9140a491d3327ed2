"""What was first promised goes through every re-planning, exactly, and a report tells it beside the last promise."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from flight_case import DAYS, Running, running_shop
from forgery import edit_json
from little_work import little_work
from plan_directory import plans_of
from printed import printed
from replan_case import happened, sold

from constraints.checking.check import check
from planner.flight.evaluate import EvaluateParams, OutcomeReport, evaluate_campaign
from planner.page.outcome_page import outcome_page
from planner.replan.replan import ReplanParams, replan
from planner.replan.replanned import Replanned
from planner.report.flight.outcome_report import outcome_json, show_outcome
from scenarios.answer.archive import Frozen
from scenarios.answer.in_flight import FLIGHT, flight_files, read_flight
from scenarios.answer.plan import Outcome, PlanSet
from scenarios.answer.plan_files import write_plans
from scenarios.answer.promise import total
from scenarios.grid import build_grid
from scenarios.problems import InvalidInput

case = running_shop
NAMES = {"profit": "profit", "gained": "profit_change", "revenue": "revenue", "units": "units", "spend": "spend"}
"""Amounts of a promise, and the totals of a plan's outcome that they add up to."""


def _amounts(outcome: Outcome) -> dict[str, Decimal]:
    return {name: getattr(outcome, total_) for name, total_ in NAMES.items()}


@pytest.fixture(scope="module")
def signed(case: Running) -> PlanSet:
    """The answer of before the campaign."""
    return plans_of(case.frozen, [case.plan])[0]


@pytest.fixture(scope="module")
def chain(case: Running, signed: PlanSet) -> list[Replanned]:
    """Three re-plannings, each of the one before: the public cut brings a third of what was forecast."""
    units, found = sold(case, lift={"cut-15": 0.3}), list[Replanned]()
    frozen, answer = case.frozen, signed
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        for last in (1, 2, 3):
            actuals = replace(happened(case, units, last), grid=build_grid(frozen.scenario))
            params = ReplanParams(notice=1, change_cost=Decimal(0))
            found.append(replan(frozen, answer, answer.plans[0], actuals, b"date,product\n", params))
            assert found[-1].plan_set is not None
            frozen, answer = found[-1].frozen, found[-1].plan_set
    return found


def _reported(case: Running, frozen: Frozen, answer: PlanSet, last: int = DAYS - 1) -> OutcomeReport:
    units, plan = sold(case, lift={"cut-15": 0.3}), case.grid.plan_of(answer.plans[0].plan_lines)
    actuals = happened(case, units, last)
    return evaluate_campaign(frozen, plan, actuals, folder="new", rank=1, params=EvaluateParams(futures=50))


@pytest.fixture(scope="module")
def report(case: Running, chain: list[Replanned]) -> OutcomeReport:
    """The whole campaign beside its third re-planning."""
    assert chain[-1].plan_set is not None
    return _reported(case, chain[-1].frozen, chain[-1].plan_set)


def test_the_first_promise_is_what_was_signed_through_three_replannings(
    chain: list[Replanned], signed: PlanSet
) -> None:
    """Its periods add up to the totals of the plan of before the campaign, to the cent, in every later folder."""
    for number, found in enumerate(chain, start=1):
        flight = found.frozen.flight
        assert flight is not None and flight.first is not None and flight == found.flight
        assert vars(total(flight.first.periods)) == _amounts(signed.plans[0].outcome)
        assert flight.first == chain[0].flight.first and flight.first.rank == 1
        assert [each.as_of.day for each in flight.replannings] == [2, 3, 4][:number]
        assert found.after is not None
        assert flight.replannings[-1].carried_on == found.before.profit
        assert flight.replannings[-1].planned_again == found.after.profit
        assert flight.replannings[-1].plan_sha256 == flight.plan_sha256
    assert len({each.plan_sha256 for each in chain[-1].flight.replannings}) == 3


def test_promises_and_what_moved_them_add_up(report: OutcomeReport, chain: list[Replanned], signed: PlanSet) -> None:
    """First and last promise are the two plans' own totals, and the steps between their profits lead to the cent."""
    told = report.promised
    assert told is not None and told.first is not None and chain[-1].plan_set is not None
    assert vars(told.first.whole) == vars(told.first.so_far) == _amounts(signed.plans[0].outcome)
    assert vars(told.last.whole) == _amounts(chain[-1].plan_set.plans[0].outcome)
    moved = sum((step.amount for step in told.steps), Decimal(0))
    assert told.first.whole.profit + moved == told.last.whole.profit != told.first.whole.profit
    assert told.forecast == sum(each.after.profit - each.before.profit for each in chain if each.after is not None)


def test_a_report_tells_first_and_last_promise_and_what_came(report: OutcomeReport, signed: PlanSet) -> None:
    """Terminal, page and JSON hold both promises, the real profit, and what each re-planning was forecast to bring."""
    screen = "\n".join(row for part in show_outcome(report) for row in printed(part, 160))
    page = outcome_page(report, title="Shop", plans=b"").decode()
    profit = signed.plans[0].outcome.profit
    for text in (screen, page):
        assert f"{round(profit):,}" in text
        for words in ("first promised", "last promised", "came otherwise since", "What re-planning has changed"):
            assert words in text
        assert "together the 3 re-plannings were forecast to bring" in text
        assert "nobody has seen these days without the changes" in text
    data = outcome_json(report)["promised"]
    assert data["first"]["whole"]["profit"] == profit
    assert data["last_as_of"] == "2026-11-04"
    assert [each["as_of"] for each in data["replannings"]] == ["2026-11-02", "2026-11-03", "2026-11-04"]
    assert data["forecast_change"] == sum(each["change"] for each in data["replannings"])


def test_of_a_running_campaign_promises_are_told_so_far_and_in_all(case: Running, chain: list[Replanned]) -> None:
    """What came stands beside the days that were observed; beside the whole campaign there is none yet."""
    assert chain[-1].plan_set is not None
    report = _reported(case, chain[-1].frozen, chain[-1].plan_set, last=4)
    assert report.promised is not None and report.promised.first is not None
    first, flight = report.promised.first, chain[-1].flight
    assert flight.first is not None
    assert first.so_far.units == sum(each.units for each in flight.first.periods[:5]) < first.whole.units
    rows = [row for part in show_outcome(report)[1:2] for row in printed(part, 160)]
    (so_far,) = [row.split() for row in rows if row.startswith(("units, so far", " units, so far"))]
    (in_all,) = [row.split() for row in rows if row.startswith(("units, in all", " units, in all"))]
    assert so_far[-1] != "-" and in_all[-1] == "-"
    assert f"{round(first.so_far.units):,}" in so_far and f"{round(first.whole.units):,}" in in_all


def test_a_folder_of_before_says_that_it_does_not_know(case: Running, chain: list[Replanned]) -> None:
    """A record of an older version, without the promise, is read, reported and said; what came later is not made up."""
    flight = chain[-1].flight
    record = json.loads(flight_files(flight, b"", b"")[FLIGHT])
    del record["first"], record["replannings"]
    files = {**flight_files(flight, b"", b""), FLIGHT: json.dumps(record).encode()}
    older, _, _ = read_flight(files, where="new/problem", scenario=case.grid.scenario)
    assert older is not None and older.first is None and older.replannings == ()
    flown, answer = chain[-1].frozen.flown, chain[-1].plan_set
    assert flown is not None and answer is not None
    report = _reported(case, replace(chain[-1].frozen, flown=replace(flown, record=older)), answer)
    text = " ".join(row.strip() for part in show_outcome(report) for row in printed(part, 160))
    assert "what was first promised is not known" in text
    data = outcome_json(report)["promised"]
    assert (data["first"], data["first_plan"], data["forecast_change"], data["steps"]) == (None, None, None, [])
    plain = _reported(case, case.frozen, plans_of(case.frozen, [case.plan])[0], last=0)
    assert outcome_json(plain)["promised"] is None


def test_a_promise_that_was_written_anew_is_noticed(chain: list[Replanned], tmp_path: Path) -> None:
    """One figure of it changed is found by check; days that are not the campaign's are refused."""
    found = chain[-1]
    assert found.plan_set is not None
    write_plans(tmp_path / "new", found.plan_set, found.accounts, found.frozen)
    assert check(tmp_path / "new").ok

    def more(data: dict) -> None:
        data["first"]["periods"][0]["profit"] += 1000

    edit_json(tmp_path / "new", f"problem/{FLIGHT}", more)
    assert [each.file for each in check(tmp_path / "new").differences] == [f"problem/{FLIGHT}"]
    edit_json(tmp_path / "new", f"problem/{FLIGHT}", lambda data: data["first"]["periods"].pop())
    with pytest.raises(InvalidInput) as refused:
        check(tmp_path / "new")
    assert "a first promise of 6 periods" in refused.value.problems[0].got
