"""Limits on contacts go by the messages that were sent and by the audiences of the rollout, not by coverages."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command_line import run
from flight_case import LINES, Running, line, running
from little_watch import LIGHT
from little_work import little_work
from plan_directory import plans_of
from plan_folders import write_folder
from realised_past import realised_of
from replan_case import happened, sold

from planner.flight.evaluate import EvaluateParams, evaluate_campaign
from planner.flight.outcomes_so_far import CASH
from planner.flight.rollout.audiences import rollout_audiences
from planner.flight.watch.monitor import monitor
from planner.flight.watch.readings import LimitReading
from planner.page.outcome_page import outcome_page
from planner.replan.replan import ReplanParams, replan
from scenarios.flight.actuals import Actuals
from scenarios.flight.messages.audiences import AudienceLine, Audiences
from scenarios.flight.messages.contacts import NOBODY, Written
from scenarios.language.scope import Scope
from scenarios.language.words import Measure

FLOOR = """max: 80000}
  - {id: reach, measure: contacts, min: 11900, where: {mechanics: [coupon]}}
  - {id: most, measure: contacts, max: 20000}"""
YOUNG, CASE, PEOPLE = 0, 2, 4000
COUPON_DAYS = (2, 4, 6)
"""Days of November on which all the young get the coupon: 12,000 contacts."""
COUPONS = Scope(mechanics=("coupon",))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop with a least number of contacts that its plan keeps."""
    return running(tmp_path_factory.mktemp("shop"), shop={"max: 80000}": FLOOR})


def told(case: Running, *rows: tuple[int, int, float], last: int = 3) -> Actuals:
    """Actuals whose rows of the young (product, day) tell so many messages."""
    actuals = happened(case, sold(case), last)
    contacts = np.full_like(actuals.tables["units"], np.nan)
    for product, day, sent in rows:
        contacts[0, YOUNG, product, day - 1] = sent
    return replace(actuals, tables={**actuals.tables, "contacts": contacts})


def audiences(*lines: tuple[str, int, str, np.ndarray], coverage: float = 1.0) -> Audiences:
    """Audiences of the young, of lines by product, day and offer."""
    found = {}
    for product, day, offer, members in lines:
        key = (line(day, product, offer).date, product, "young", offer)
        found[key] = AudienceLine(coverage=coverage, channel="push", members=members)
    return Audiences(lines=found, customers={"young": PEOPLE})


def watched(case: Running, actuals: Actuals, drawn: Audiences = NOBODY) -> dict[str, LimitReading]:
    """The monitor's readings of limits."""
    found = monitor(case.frozen, case.plan, actuals, folder="plans", rank=1, audiences=drawn, params=LIGHT)
    return {each.id: each for each in found.limits}


def noted(case: Running, actuals: Actuals, drawn: Audiences = NOBODY) -> tuple[str, ...]:
    """The monitor's notes."""
    return monitor(case.frozen, case.plan, actuals, folder="plans", rank=1, audiences=drawn, params=LIGHT).notes


def test_messages_that_were_told_decide_what_is_used_and_foreseen(case: Running) -> None:
    """Of 4,000 and 4,000 messages 3,600 and 3,600 were sent: the floor of 11,900 cannot be reached any more."""
    readings = watched(case, told(case, (CASE, 2, 3600), (CASE, 4, 3600)))
    reach = readings["reach"]
    assert (reach.used, reach.told, reach.planned) == (pytest.approx(7200), True, pytest.approx(8000))
    assert (reach.end.p05, reach.end.p95) == (pytest.approx(10800), pytest.approx(11200))
    assert reach.probability == 1.0
    assert readings["most"].told


def test_audiences_say_how_many_are_still_written_to(case: Running) -> None:
    """3,000 of the young have consented: so many were written to, and so many will be on the last day."""
    consented = np.arange(3000)
    drawn = audiences(*(("case", day, "coupon-20", consented) for day in COUPON_DAYS))
    for actuals in (told(case, (CASE, 2, 3000), (CASE, 4, 3000)), happened(case, sold(case))):
        reach = watched(case, actuals, drawn)["reach"]
        assert (reach.used, reach.end.p05, reach.end.p95) == (pytest.approx(6000), 9000, 9000)
        assert reach.told == actuals.has("contacts")


def test_a_customer_in_two_lines_gets_one_message(case: Running) -> None:
    """The audiences tell how many are in both; without them the lots do, and it is said that the file does not."""
    plan = case.grid.plan_of([line(2, "case", "coupon-20", "young", 0.5), line(2, "phone", "buds", "young", 1.0)])
    half = np.arange(2000)
    actuals = told(replace(case, plan=plan), (CASE, 2, 2000), (0, 2, 2000))
    same = audiences(("case", 2, "coupon-20", half), ("phone", 2, "buds", half))
    unlike = Audiences(
        lines={key: replace(each, coverage=0.5 if key[3] == "coupon-20" else 1.0) for key, each in same.lines.items()},
        customers=same.customers,
    )
    counted = Written(actuals, plan, unlike).of(Scope())
    assert counted is not None
    assert (counted.amounts[1], counted.told, counted.by_lot) == (2000, True, False)
    reckoned = Written(actuals, plan).of(Scope())
    assert reckoned is not None
    assert reckoned.by_lot
    assert 2000 <= reckoned.amounts[1] <= 4000
    held = replace(case, plan=plan)
    assert any("--rollout counts them in the audiences" in note for note in noted(held, actuals))
    assert not any("--rollout counts them" in note for note in noted(held, actuals, unlike))


@pytest.mark.parametrize("rows", [[(CASE, 2, 1500.0), (0, 2, 0.0)], [(CASE, 2, 750.0), (0, 2, 750.0)]])
def test_a_message_may_be_told_on_one_row_or_in_parts(case: Running, rows: list[tuple[int, int, float]]) -> None:
    """Of a message to 1,500 with two coupons and a gift, either says that 1,500 were written to."""
    plan = case.grid.plan_of([line(2, "case", "coupon-20", "young"), line(2, "phone", "buds", "young")])
    half = np.arange(1500)
    drawn = audiences(("case", 2, "coupon-20", half), ("phone", 2, "buds", half))
    found = Written(told(case, *rows), plan, drawn).of(Scope())
    assert found is not None
    assert found.amounts[1] == pytest.approx(1500)


def test_what_no_row_tells_and_no_rollout_is_the_plan(case: Running) -> None:
    """Nothing is known then beyond the account, and the reading is marked so."""
    reach = watched(case, happened(case, sold(case)))["reach"]
    assert (reach.used, reach.end.p50, reach.told) == (pytest.approx(8000), pytest.approx(12000), False)


def test_money_follows_the_messages_that_were_sent(case: Running) -> None:
    """800 messages fewer spare 0.02 each: in spend, profit and the bridge, whose parts still add up."""
    planned = realised_of(case, told(case, (CASE, 2, 4000), (CASE, 4, 4000)))
    fewer = realised_of(case, told(case, (CASE, 2, 3600), (CASE, 4, 3600)))
    for measure, sign in ((Measure.SPEND, 1), (Measure.PROFIT, -1), (Measure.MARGIN, 0)):
        spared = planned.use(measure, Scope()).amounts[:4].sum() - fewer.use(measure, Scope()).amounts[:4].sum()
        assert spared == pytest.approx(sign * 800 * 0.02, abs=1e-6)
    params = EvaluateParams(futures=50)
    actuals = told(case, (CASE, 2, 3600), (CASE, 4, 3600))
    report = evaluate_campaign(case.frozen, case.plan, actuals, folder="plans", rank=1, params=params)
    (cash,) = (step for step in report.bridge if step.name == CASH)
    assert float(cash.change) == pytest.approx(800 * 0.02)
    assert report.bridge[-1].actual == sum(step.actual for step in report.bridge[:-1])


def test_the_report_says_which_limits_were_kept(case: Running) -> None:
    """Once the campaign is over; before, days to come decide. The page says the same."""
    rows = [(CASE, day, 3600.0) for day in COUPON_DAYS]
    params = EvaluateParams(futures=50)
    for last, kept in ((6, False), (3, None)):
        actuals = told(case, *(row for row in rows if row[1] <= last + 1), last=last)
        report = evaluate_campaign(case.frozen, case.plan, actuals, folder="plans", rank=1, params=params)
        found = {each.id: each for each in report.limits}
        assert found["reach"].kept is kept
        assert found["total-budget"].kept is (True if last == 6 else None)
        assert found["margin"].ratio
        page = outcome_page(report, title="Shop", plans=b"").decode()
        assert "Limits, and whether they are kept" in page
        assert (">broken<" in page) is (last == 6)


def test_a_new_plan_for_the_rest_does_not_keep_what_messages_break(
    case: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account keeps the floor; what is sent does not, and that is what carried on and new plan are said to do."""
    little_work(monkeypatch)
    plan_set, _ = plans_of(case.frozen, [case.plan])
    actuals, params = told(case, (CASE, 2, 1000), (CASE, 4, 1000)), ReplanParams(notice=1)
    found = replan(case.frozen, plan_set, plan_set.plans[0], actuals, b"date,product\n", params)
    assert found.after is not None
    assert "reach" in found.before.broken
    assert "reach" in found.after.broken
    (said,) = (text for text in found.attention if "limit reach" in text)
    assert "2,000 contacts so far" in said
    assert "at least 11,900 is asked for" in said


def test_a_new_plan_makes_up_for_messages_that_were_not_sent(case: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 8,000 messages 6,000 were sent: others get the coupon, and the question keeps the bound that was asked."""
    little_work(monkeypatch)
    plan_set, _ = plans_of(case.frozen, [case.plan])
    actuals, params = told(case, (CASE, 2, 3000), (CASE, 4, 3000)), ReplanParams(notice=1)
    found = replan(case.frozen, plan_set, plan_set.plans[0], actuals, b"date,product\n", params)
    assert found.after is not None
    assert found.plan_set is not None
    assert found.before.broken == ("reach",)
    assert found.after.broken == ()
    assert not any("limit reach" in text for text in found.attention)
    (said,) = (text for text in found.warnings if text.startswith("limit reach"))
    assert said.endswith("and at least 11,900 are written to")
    plan = case.grid.plan_of(found.plan_set.plans[0].plan_lines)
    contacts = Written(actuals, plan).of(COUPONS)
    assert contacts is not None
    assert contacts.amounts.sum() >= 11900 - 0.5
    (limit,) = (each for each in found.plan_set.plans[0].limits if each.id == "reach")
    assert limit.limit == 11900


def test_audiences_are_read_from_a_rollout(case: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 100 of the young 20 are kept out: every line of the coupon is for the other 80."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "cache"))
    write_folder(case.problem, tmp_path / "plan", LINES)
    rows = [f"c{number},{'young' if number < 100 else 'old'}" for number in range(200)]
    (tmp_path / "customers.csv").write_text("\n".join(["customer,segment", *rows]) + "\n")
    options = ("--customers", tmp_path / "customers.csv", "--holdout", "20%")
    done = run("export", tmp_path / "plan", "--rollout", tmp_path / "out", *options)
    assert done.exit_code == 0, done.output
    assert f"ACTUALS.csv --rollout {tmp_path / 'out'}" in done.output.replace("\n", "")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    drawn = rollout_audiences([tmp_path / "out"], case.grid, plans_sha256=manifest["plans_sha256"])
    young = [each for key, each in drawn.lines.items() if key[2] == "young"]
    assert [len(each.members) for each in young] == [80] * len(COUPON_DAYS)
    assert drawn.customers["young"] == 100
    assert drawn.reachable("young", "push") == pytest.approx(0.8)


def _tenth_kept_out(case: Running) -> Actuals:
    """Three days in which a tenth of every segment is kept out and nothing is told of messages."""
    actuals = happened(case, sold(case))
    tables = {name: values.copy() for name, values in actuals.tables.items()}
    customers = np.full(tables["units"].shape, np.nan)
    for s, segment in enumerate(case.grid.segments):
        customers[:, s, :, : actuals.last + 1] = np.array([0.9, 0.1])[:, None, None] * segment.customers
    tables["customers"] = customers
    tables["units"][1] = np.where(np.isfinite(tables["units"][0]), 0.1 * tables["units"][0], np.nan)
    return replace(actuals, tables=tables)


def test_a_channel_that_reaches_a_part_is_counted_by_it(tmp_path: Path) -> None:
    """Of 4,000 young 60 % can be reached: 2,400 a day, 2,160 where a tenth is kept out; each message costs 0.02."""
    case = running(tmp_path, shop={"{id: push,": "{id: push, reach: 60%, "})
    full = 0.6 * PEOPLE
    for actuals, expected in (
        (told(case, (CASE, 2, full)), [full, full]),
        (told(case, (CASE, 2, full), (CASE, 4, full), last=5), [full, full]),
        (_tenth_kept_out(case), [0.9 * full, 0.9 * full]),
    ):
        written = Written(actuals, case.plan)
        found = written.of(COUPONS)
        assert found is not None
        assert found.amounts[[1, 3]] == pytest.approx(expected)
        price = float(case.grid.scenario.channels[0].cost_per_contact)
        beyond = written.cost_beyond(COUPONS)[[1, 3]]
        assert beyond == pytest.approx(price * (np.array(expected) - full), abs=1e-9)


def test_audiences_of_a_channel_that_reaches_a_part_tell_of_whom_coverages_are_counted() -> None:
    """300 members of a 50 % line among 1,000, of whom 600 have consented: 60 %, not the 30 % of the audience."""
    drawn = audiences((("case", 2, "coupon-20", np.arange(300))), coverage=0.5)
    known = replace(drawn, customers={"young": 1000})
    assert known.counted("young", "push") == pytest.approx(0.6)
    assert known.counted("old", "push") is None
