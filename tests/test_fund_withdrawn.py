"""A vendor withdraws, or has paid all he has, while lines run on: claims so far stand, and no account holds more."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from command_line import run
from flight_case import Running, running
from little_work import little_work
from plan_directory import plans_of
from printed import printed
from replan_case import LAST, happened, sold

from constraints.checking.check import check
from constraints.limits.book import build_limits
from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Workspace
from planner.replan.asked_now import asked_now, kept_question
from planner.replan.changes.together import Together
from planner.replan.question import judged_in_flight
from planner.replan.reconciled import reconciled
from planner.replan.replan import ReplanParams, replan
from planner.replan.replanned import Replanned
from planner.replan.standing import standing
from planner.report.flight.replan import show_replanned
from planner.report.flight.replan_json import replan_json
from scenarios.answer.cells import Account
from scenarios.answer.plan_files import read_plans, write_plans
from scenarios.flight.realised import Realised
from scenarios.language.scope import Scope
from scenarios.language.words import Measure

MONEY = "max: 80000}"
SUMS = """max: 200000}
  - {id: late-spend, measure: spend, max: 900000, where: {periods: [2026-11-05..2026-11-07]}}
  - {id: young-spend, measure: spend, max: 900000, where: {segments: [young]}}
  - {id: paid, measure: vendor_funding, max: 900000, where: {offers: [cut-15]}}
  - {id: daily, measure: spend, max: 900000, each: period}
  - {id: roi, measure: roi, min: -1}
  - {id: own-part, measure: spend, share_of: {measure: gross_spend}, max: 100%}
"""
"""Limits that hold vendors' money with every sign, over parts of the campaign, as sums and as shares."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> tuple[Running, Path]:
    """The shop, whose cuts nova pays a share of on 3, 4, 5 and 6 November, and the folder of its plan."""
    room = tmp_path_factory.mktemp("withdrawn")
    shop = running(room, shop={MONEY: SUMS.rstrip("\n")})
    plan_set, accounts = plans_of(shop.frozen, [shop.plan])
    write_plans(room / "plans", plan_set, accounts, shop.frozen)
    return shop, room / "plans"


@pytest.fixture(scope="module")
def again(case: tuple[Running, Path]) -> Iterator[Callable[..., Replanned]]:
    """Plan the rest of a folder again after some days, with values set; what several tests ask is planned once."""
    shop, _ = case

    @cache
    def planned(folder: Path, *sets: str, last: int = LAST) -> Replanned:
        directory = read_plans(folder)
        frozen = directory.problem()
        actuals = happened(shop, sold(shop), last)
        asked = asked_now(folder, frozen, kept_question(folder, frozen, sets)) if sets else None
        params = ReplanParams(notice=1, change_cost=Decimal(0))
        plan_set = directory.plan_set
        return replan(frozen, plan_set, plan_set.plans[0], actuals, b"date,product\n", params, asked=asked)

    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        yield planned


def _funding(book: Account, first: int, last: int) -> Decimal:
    rows = book.rows
    here = (rows.period >= first) & (rows.period <= last)
    return Decimal(int(rows.funding[here].sum())).scaleb(-book.digits)


def _written(found: Replanned, folder: Path) -> Path:
    assert found.plan_set is not None
    write_plans(folder, found.plan_set, found.accounts, found.frozen)
    return folder


def test_claims_so_far_stand_and_the_notice_is_not_paid(case, again, tmp_path) -> None:
    """The new account holds what was claimed by then and no more; what it costs is said first, and in the last line."""
    shop, folder = case
    stays, found = again(folder), again(folder, "vendors.nova.fund=0")
    claimed, notice = (_funding(stays.accounts[0], *days) for days in ((0, LAST), (LAST + 1, LAST + 1)))
    assert claimed > 0 and notice > 0
    (short,) = found.beyond_funds
    assert (short.vendor, short.claimed, short.paid, short.beyond) == ("nova", claimed, claimed, notice)
    assert _funding(found.accounts[0], 0, LAST) == claimed
    assert found.plan_set is not None and found.plan_set.plans[0].outcome.vendor_funding == claimed
    running_on = judged_in_flight(stays.frozen)[1].audit(shop.plan).account
    # Carried on, nobody pays for the rest either.
    assert stays.before.profit - found.before.profit == _funding(running_on, LAST + 1, 6)
    assert found.attention[0].startswith("nova has a fund of 0: what runs until 2026-11-05 asks it for ")
    assert f"the other {notice:,f} is yours" in found.attention[0]
    told = [row for part in show_replanned(found, title="plans") for row in printed(part, 500)]
    assert f"nova's fund leaves {round(notice):,} CNY of what cannot be changed to you." in told[-1]
    assert replan_json(found, folder="plans", plan=1)["beyond_funds"][0]["beyond"] == notice
    report = check(_written(found, tmp_path / "rest"))
    assert report.ok, (report.differences, report.violations)
    assert found.attention[0] in found.plan_set.note_texts


def test_a_line_that_nobody_pays_gains_by_going(case, again) -> None:
    """What a fund no longer holds is in the gain of its change; gains and what joins them add up to the difference.

    That lines had to make room for others is said of rows that earn less than their changes cost, not of their lines.
    """
    shop, folder = case
    found = again(folder, "vendors.nova.fund=0")
    (gone,) = [each for each in found.changes if each.before is not None and each.before.offer == "cut-15"]
    plan = found.accounts[0].plan.copy()
    slot = int(shop.grid.plan_of([gone.before]).nonzero()[0][0])
    plan[slot] = shop.plan[slot]
    back = standing(ledger := judged_in_flight(found.frozen)[1], ledger.audit(plan))
    assert float(gone.gain) == pytest.approx(float(found.after.profit - back.profit), abs=0.05)
    unpaid = back.spend - found.after.spend
    assert gone.reason.startswith("cut-15 would ask ") and "beyond fund:nova" in gone.reason and unpaid > 0
    rows = replan_json(found, folder="plans", plan=1)["rows"]
    assert sorted(place for row in rows for place in row["changes"]) == list(range(len(found.changes)))
    assert all(row["sendings"] == [] for row in rows), "nothing here is sent once"
    steps = reconciled(found)
    assert steps is not None and steps.each_alone == sum(row["gain"] for row in rows)
    assert steps.difference == found.after.gained - found.before.gained
    assert steps.each_alone + steps.sold_out_anyway + steps.together == steps.difference
    told = " ".join(row for part in show_replanned(found, title="plans") for row in printed(part, 200))
    for amount in (steps.each_alone, steps.together, steps.difference):
        assert amount == 0 or f"{amount:+,.2f}" in told
    single = tuple(replace(each, gain=Decimal(-1)) for each in found.changes)
    whole = replace(found, changes=single, rows=(Together(changes=single, gain=Decimal(10**6), beside=False),))
    said = " ".join(row for part in show_replanned(whole, title="plans") for row in printed(part, 200))
    assert "make room" not in said, "each day of a row may lose, where all of them pay"


def test_claims_of_the_new_folder_say_what_is_not_paid(case, again, tmp_path) -> None:
    """claims.csv bills what stands, and tells beside the claims of the notice what they ask for beyond the fund."""
    _, folder = case
    found = again(folder, "vendors.nova.fund=0")
    new = _written(found, tmp_path / "rest")
    assert run("export", new, "--csv", "--out", tmp_path / "csv").exit_code == 0
    with (tmp_path / "csv" / "claims.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    (short,) = found.beyond_funds
    assert sum(Decimal(row["amount"]) for row in rows if row["vendor"] == "nova") == short.claimed
    unpaid = {row["date"]: row for row in rows if row["beyond_fund"]}
    assert list(unpaid) == ["2026-11-05"]
    assert Decimal(unpaid["2026-11-05"]["amount"]) == 0
    assert float(unpaid["2026-11-05"]["beyond_fund"]) == pytest.approx(float(short.beyond), abs=0.05)
    assert {row["left"] for row in rows[-1:]} == {"0.00"}
    for row in rows:
        parts = sum(Decimal(row[name]) for name in ("discount", "gifts", "fixed_cost"))
        units = Decimal(row["per_unit"] or 0) * Decimal(row["units_claimed"] or 0)
        due = Decimal(row["share"] or 0) * parts + units + Decimal(row["rounding"]) - Decimal(row["beyond_fund"] or 0)
        assert due == Decimal(row["amount"])


def test_a_fund_that_is_cut_pays_what_is_left_of_it(case, again, tmp_path) -> None:
    """Of the notice the vendor pays what claims so far have left of the new fund; the fund's own limit is just kept."""
    _, folder = case
    claimed = _funding(again(folder).accounts[0], 0, LAST)
    fund = int(claimed) + 1000
    found = again(folder, f"vendors.nova.fund={fund}")
    assert _funding(found.accounts[0], LAST + 1, LAST + 1) == fund - claimed
    assert found.plan_set is not None
    limit = next(each for each in found.plan_set.plans[0].limits if each.id == "fund:nova")
    assert (limit.used, limit.limit, found.flight.ceilings) == (fund, fund, ())


def test_a_fund_that_more_sales_have_used_up_pays_no_more(case, again, tmp_path) -> None:
    """Nobody cut anything: a vendor who was asked for more than his fund paid it, and the rest was the retailer's."""
    shop, folder = case
    claimed = _funding(again(folder).accounts[0], 0, LAST)
    small = shop.frozen.scenario.vendors[0].model_copy(update={"fund": claimed - 500})
    frozen = read_plans(folder).problem()
    scenario = frozen.scenario.model_copy(update={"vendors": (small,)})
    plan_set = read_plans(folder).plan_set
    params = ReplanParams(notice=1, change_cost=Decimal(0))
    actuals = happened(shop, sold(shop))
    found = replan(replace(frozen, scenario=scenario), plan_set, plan_set.plans[0], actuals, b"date,product\n", params)
    assert found.plan_set is not None and found.plan_set.plans[0].outcome.vendor_funding == claimed - 500
    assert found.beyond_funds[0].claimed == claimed - 500


def test_it_stays_so_in_the_next_replanning_and_in_its_monitor(case, again, tmp_path) -> None:
    """What was not paid is not paid later either: planned again two days on, the account holds the same claims."""
    shop, folder = case
    first = again(folder, "vendors.nova.fund=0")
    claimed = first.beyond_funds[0].claimed
    new = _written(first, tmp_path / "first")
    later = again(new, last=LAST + 1)
    assert later.plan_set is not None and later.plan_set.plans[0].outcome.vendor_funding == claimed
    assert check(_written(later, tmp_path / "later")).ok
    raised = again(new, "vendors.nova.fund=100000", last=LAST + 1)
    assert raised.beyond_funds == ()
    problem, ledger = judged_in_flight(first.frozen)
    plan = ledger.audit(first.accounts[0].plan).account.plan
    real = Realised(problem.model, problem.model, plan, happened(shop, sold(shop)))
    assert real.so_far(Measure.VENDOR_FUNDING, Scope())[0] == float(claimed)


@pytest.mark.parametrize("fund", [0, 30000])
def test_the_search_and_the_ledger_hold_the_same(case, again, fund) -> None:
    """What a limit has left is the same number for the search, which weighs all claims, and for the ledger."""
    _, folder = case
    found = again(folder, f"vendors.nova.fund={fund}")
    problem, ledger = judged_in_flight(found.frozen)
    limits, plan = build_limits(problem.model), found.accounts[0].plan
    space = Workspace(Evaluator(problem.model, limits), problem.rulebook)
    told = {each.id: each for each in ledger.verdict(plan).limits}
    room = limits.excess(space.score(plan).uses)
    for name in ("total-budget", "late-spend", "young-spend", "paid", "fund:nova"):
        (row,) = limits.rows_of[name]
        assert -room[row] == pytest.approx(float(told[name].limit - told[name].used), abs=0.2)
    for name, sign, bound in (("own-part", 1, 1.0), ("margin", -1, 0.08), ("roi", -1, -1.0)):
        (row,) = limits.rows_of[name]
        part, whole = told[name].part, told[name].whole
        assert part is not None and whole is not None
        assert room[row] == pytest.approx(sign * (float(part) - bound * float(whole)), abs=0.5)
