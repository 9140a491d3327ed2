"""The account of a re-planned folder holds the messages of the past as they were sent, not as coverages name them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import Running, running
from little_work import little_work
from plan_directory import plans_of
from test_contacts import CASE, COUPON_DAYS, audiences, told

from constraints.checking.check import check
from constraints.limits.book import build_limits
from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Workspace
from planner.replan.question import judged_in_flight, locked_in
from planner.replan.replan import ReplanParams, replan
from planner.replan.replanned import Replanned
from planner.replan.until_now.sent_so_far import sent_so_far
from scenarios.answer.as_it_was import with_locks
from scenarios.answer.plan_files import read_plans, write_plans
from scenarios.flight.messages.audiences import Audiences
from scenarios.flight.messages.contacts import NOBODY, Written
from scenarios.grid import build_grid
from scenarios.language.schemas.rule import Locked
from scenarios.language.scope import Scope
from scenarios.loading.load import load_scenario
from scenarios.problems import InvalidInput

LIMITS = """max: 80000}
  - {id: most, measure: contacts, max: 20000}
  - {id: often, measure: contacts, max: 20000, each: period}
  - {id: costs, measure: cash_cost, max: 90000, where: {segments: [young]}}
  - {id: surely, measure: spend, max: 900000, at_risk: 90%}"""
PRICE = 0.02
"""Of a message by push."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop, whose young are to get a coupon on three days: 4,000 each time."""
    return running(tmp_path_factory.mktemp("sent"), shop={"max: 80000}": LIMITS})


def _again(case: Running, *rows: tuple[int, int, float], drawn: Audiences = NOBODY) -> Replanned:
    plan_set, _ = plans_of(case.frozen, [case.plan])
    params = ReplanParams(notice=1)
    actuals = told(case, *rows)
    return replan(case.frozen, plan_set, plan_set.plans[0], actuals, b"date,product\n", params, audiences=drawn)


@pytest.fixture(scope="module")
def sent(case: Running) -> Replanned:
    """The rest, after 3,600 and 3,000 of 4,000 young customers were written to."""
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        return _again(case, (CASE, 2, 3600), (CASE, 4, 3000))


def test_the_past_counts_who_got_a_message(
    case: Running, sent: Replanned, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """3,600 and 3,000 of 4,000 were written to: contacts, their cost, limits and futures say so, and check agrees."""
    little_work(monkeypatch)
    named = _again(case, (CASE, 2, 4000), (CASE, 4, 4000))
    assert sent.plan_set is not None
    missing = 8000 - 6600
    rows = sent.accounts[0].rows
    assert rows.contacts[rows.period <= 3].sum() == 6600 * 1000
    assert rows.contact_cost[rows.period <= 3].sum() == round(6600 * PRICE * 100)
    before = named.accounts[0].rows
    assert before.contacts[before.period <= 3].sum() == 8000 * 1000
    plan = sent.plan_set.plans[0]
    used = {limit.id: float(limit.used) for limit in plan.limits}
    assert used["most"] == float(plan.outcome.contacts) == rows.contacts.sum() / 1000
    report = judged_in_flight(sent.frozen)[1].audit(sent.accounts[0].plan)
    frozen = replace(sent.frozen, scenario=with_locks(sent.frozen.scenario, {"sent": ()}))
    as_named = judged_in_flight(frozen)[1].audit(sent.accounts[0].plan)
    risky = {each.id: each.used_at_risk for each in report.limits}["surely"]
    named_risky = {each.id: each.used_at_risk for each in as_named.limits}["surely"]
    assert risky is not None and named_risky is not None
    assert float(named_risky - risky) == pytest.approx(missing * PRICE, abs=0.02)
    assert float(as_named.outcome.spend - report.outcome.spend) == pytest.approx(missing * PRICE, abs=0.02)
    assert any("6,600 contacts" in text for text in sent.warnings)
    write_plans(tmp_path / "rest", sent.plan_set, sent.accounts, sent.frozen)
    checked = check(tmp_path / "rest")
    assert checked.ok, (checked.differences, checked.violations)


def test_the_search_and_the_ledger_count_alike(sent: Replanned) -> None:
    """What is left of limits on contacts and on what they cost is one number for both."""
    problem, ledger = judged_in_flight(sent.frozen)
    limits, plan = build_limits(problem.model), sent.accounts[0].plan
    space = Workspace(Evaluator(problem.model, limits), problem.rulebook)
    room = limits.excess(space.score(plan).uses)
    verdicts = {each.id: each for each in ledger.verdict(plan).limits}
    for name in ("most", "costs", "often"):
        rows = limits.rows_of[name]
        assert -max(room[row] for row in rows) == pytest.approx(float(verdicts[name].headroom), abs=0.2)


def test_audiences_tell_whom_messages_reached_and_stay_known(
    case: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """3,200 are in every audience: so many count, and still do where the next re-planning names no rollout."""
    little_work(monkeypatch)
    drawn = audiences(*(("case", day, "coupon-20", np.arange(3200)) for day in COUPON_DAYS))
    first = _again(case, drawn=drawn)
    rows = first.accounts[0].rows
    assert rows.contacts[rows.period <= 3].sum() == 6400 * 1000
    assert first.plan_set is not None
    write_plans(tmp_path / "first", first.plan_set, first.accounts, first.frozen)
    directory = read_plans(tmp_path / "first")
    frozen, ranked = directory.problem(), directory.plan_set.plans[0]
    actuals = told(case, last=4)
    later = replan(frozen, directory.plan_set, ranked, actuals, b"date,product\n", ReplanParams(notice=0))
    rows = later.accounts[0].rows
    assert rows.contacts[rows.period <= 3].sum() == 6400 * 1000


def test_messages_to_all_whom_a_channel_reaches_cost_what_is_planned(tmp_path: Path) -> None:
    """Push reaches half of the young: 2,000 messages are the plan's own, and spare nothing."""
    shop = running(tmp_path, shop={"cost_per_contact: 0.02": "cost_per_contact: 0.02, reach: 50%"})
    written = Written(told(shop, (CASE, 2, 2000), (CASE, 4, 1500)), shop.plan)
    beyond = written.cost_beyond(Scope())
    assert beyond[1] == pytest.approx(0.0)
    assert beyond[3] == pytest.approx(-500 * PRICE)


def test_a_lock_names_what_there_is(tmp_path: Path) -> None:
    """Vendors, segments and channels of what has run are those of the scenario; funds are told up to a day."""
    lock = "lines: [{date: 2026-11-04, product: phone, offer: cut-15}]"
    more = (
        f"{lock}, funds: {{nowa: 10}}, sent: [{{date: 2026-11-02, segment: yung, channel: push, contacts: 5}},"
        " {date: 2026-11-02, segment: young, channel: pish, contacts: 5}]"
    )
    running(tmp_path)
    path = tmp_path / "shop.yaml"
    text = path.read_text("utf-8")
    assert text.count(lock) == 1
    path.write_text(text.replace(lock, more), "utf-8")
    with pytest.raises(InvalidInput) as error:
        load_scenario(path)
    said = " ".join(str(problem) for problem in error.value.problems)
    for word in ("nowa", "yung", "pish", "until"):
        assert word in said


def test_what_only_rounding_tells_apart_is_held_and_not_told(case: Running) -> None:
    """Whole messages of a coverage that is none: the lock counts them as they were sent, and nobody is told so."""
    for sent, said in ((3999.4, False), (3999.0, False), (3998.0, True)):
        actuals = told(case, (CASE, 2, sent), (CASE, 4, 4000))
        lock = locked_in(case.frozen.scenario, case.grid.lines(case.plan), actuals.as_of)
        scenario, sentences = sent_so_far(lock, case.frozen.scenario, case.plan, actuals, NOBODY)
        (own,) = [rule.sent for rule in scenario.rules if isinstance(rule, Locked) and rule.sent]
        assert [each.contacts for each in own] == [sent]
        assert bool(sentences) is said
        if said:
            assert sentences[0].startswith("1 message up to 2026-11-04 counts as it was sent: 3,998 contacts")


def test_the_report_of_the_new_folder_takes_messages_off_once(case: Running, sent: Replanned) -> None:
    """What was not sent is in the folder's account already: beyond it, nothing was spared."""
    assert sent.plan_set is not None
    grid, last = build_grid(sent.frozen.scenario, sent.frozen.custom), 3
    actuals = replace(told(case, (CASE, 2, 3600), (CASE, 4, 3000)), grid=grid)
    plan = grid.plan_of(sent.plan_set.plans[0].plan_lines)
    before = Written(told(case, (CASE, 2, 3600), (CASE, 4, 3000)), case.plan, NOBODY).cost_beyond(Scope())
    after = Written(actuals, plan, NOBODY).cost_beyond(Scope())
    assert before[: last + 1].sum() == pytest.approx(-1400 * PRICE)
    assert after[: last + 1].sum() == pytest.approx(0.0)
