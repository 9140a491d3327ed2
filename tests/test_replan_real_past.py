"""The past of a re-planned campaign is what really ran, whatever was planned, and whatever rules that breaks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import LINES, Running, line, running, running_shop
from little_work import little_work
from realised_past import realised_of
from really_ran import lived_otherwise
from replan_case import LAST, again
from shop import problems_of

from constraints.checking.check import check
from constraints.rules.registry import all_rules, check_rules
from planner.flight.past.account import in_account, pieces_of, settled_as
from planner.flight.past.learning import learn
from planner.replan import real_past
from planner.replan.replan import ReplanParams, replan
from planner.replan.replanned import Replanned
from scenarios.answer.plan_files import write_plans
from scenarios.answer.sums import measured
from scenarios.flight.actuals import Actuals
from scenarios.flight.as_it_ran import as_it_ran
from scenarios.flight.realised import Realised
from scenarios.grid import build_grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schemas.rule import Locked
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from surrogate.flight.recalibration.recalibrate import RecalibrateParams

OFF = tuple(each for each in LINES if each.date.day != 4 or each.product == "case")
"""The cuts of 4 November did not run, one of which a rule had locked."""
FLASH = (*LINES[:4], *LINES[5:], *(line(day, "phone", "flash-12") for day in (1, 2, 3)))
"""A flash sale ran for three days that nobody had planned: longer than it may."""

case = running_shop


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is locked is tested here, not how good the plan is."""
    little_work(monkeypatch)


def _past(lines: tuple[PlanLine, ...]) -> set[tuple[dt.date, str, str, str]]:
    return {(each.date, each.product, each.segment, each.offer) for each in lines if each.date.day <= LAST + 1}


def _locked(found: Replanned) -> Locked:
    return next(rule for rule in found.frozen.scenario.rules if isinstance(rule, Locked) and rule.id == "in-flight")


@pytest.mark.parametrize(
    ("lines", "excused", "said"),
    [
        (OFF, {"agreed": "2026-11-05"}, "2 lines that did not run are taken out"),
        (
            FLASH,
            {"agreed": "2026-11-05", "max_run:flash-12": "2026-11-02"},
            "1 line that did not run is taken out; 3 lines that ran unplanned are in it",
        ),
    ],
    ids=["off", "flash"],
)
def test_the_past_of_the_new_plan_is_what_ran(
    case: Running, tmp_path: Path, lines: tuple[PlanLine, ...], excused: dict[str, str], said: str
) -> None:
    """Lines, budgets and rules start from the truth, one sentence says so, the folder passes, and so does the next."""
    actuals = lived_otherwise(case, lines)
    found = again(case, actuals)
    assert found.plan_set is not None
    assert _past(found.plan_set.plans[0].plan_lines) == _past(lines)
    assert {name: str(day) for name, day in _locked(found).excuses.items()} == excused
    (sentence,) = [each for each in found.flight.moved if each.startswith("the past of the plan up to 2026-11-04")]
    assert said in sentence
    told = ", ".join(f"{name} from {day} on" for name, day in excused.items())
    assert f"what really ran breaks rules, which count later for it: {told}" in found.flight.moved
    spend = realised_of(case, actuals).use(Measure.SPEND, Scope()).amounts[: LAST + 1].sum()
    booked = measured(found.accounts[0].up_to(LAST + 1), Measure.SPEND, Scope()) / 100
    assert booked == pytest.approx(spend, rel=0.02)
    write_plans(tmp_path / "new", found.plan_set, found.accounts, found.frozen)
    checked = check(tmp_path / "new")
    assert checked.ok and sentence in checked.unproven
    later = replan(
        found.frozen, found.plan_set, found.plan_set.plans[0], actuals, b"date,product\n", ReplanParams(notice=2)
    )
    assert later.plan_set is not None, "what was excused once stays so"
    assert {name: str(day) for name, day in _locked(later).excuses.items()} == excused
    assert sentence in later.flight.moved and sum("what really ran breaks" in each for each in later.flight.moved) == 1
    assert _past(later.plan_set.plans[0].plan_lines) == _past(lines)


def test_where_all_ran_as_planned_nothing_is_said(case: Running) -> None:
    """The column offer changes nothing then."""
    told, untold = (again(case, one) for one in _both(lived_otherwise(case, LINES)))
    assert told.plan_set is not None and untold.plan_set is not None
    assert not told.otherwise and not _locked(told).excuses
    assert told.plan_set.plans[0].plan_lines == untold.plan_set.plans[0].plan_lines
    assert told.flight.moved == untold.flight.moved


def _both(actuals: Actuals) -> tuple[Actuals, Actuals]:
    return actuals, replace(actuals, ran=None)


def test_where_no_plan_can_go_on_from_what_ran_the_money_that_is_wrong_is_told(
    case: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account keeps the planned lines then, and says by about how much its spend and funding are off."""
    monkeypatch.setattr(real_past, "build_rulebook", lambda *_: _Refuses())
    actuals = lived_otherwise(case, OFF)
    found = again(case, actuals)
    assert found.plan_set is not None and not found.otherwise
    assert _past(found.plan_set.plans[0].plan_lines) == _past(LINES)
    (sentence,) = [each for each in found.flight.moved if "keeps the planned lines" in each]
    planned, real = _books(case, actuals)
    assert f"spend about {planned - real:,.2f} too high" in sentence


def _books(case: Running, actuals: Actuals) -> list[float]:
    """What the planned lines and those that ran come to, in the account of what the campaign's own rows teach."""
    learned = learn(case.frozen, case.model, case.plan, actuals, RecalibrateParams(), ())
    spent = []
    for plan in (case.plan, as_it_ran(learned.actuals, case.plan)):
        _, pieces = pieces_of(learned, case.plan, plan)
        effects, _ = settled_as(case.frozen, case.model, learned, learned.effects, plan, pieces)
        past = in_account(case.frozen, learned, effects, plan).tables
        book = Realised(case.model, past, plan, replace(actuals, ran=None))
        spent.append(book.so_far(Measure.SPEND, Scope(), asked=True)[0])
    return spent


class _Refuses:
    def locked_plan(self) -> np.ndarray:
        return np.zeros(1)

    def violations(self, _: np.ndarray) -> int:
        return 1


def test_a_price_law_that_what_ran_broke_counts_from_the_next_days_on(tmp_path: Path) -> None:
    """The past is what ran, and no plan for the rest cuts a price that was cut further within the days before."""
    law = "  - {id: law, rule: reference_price, days: 2, where: {products: [phone]}}\nhistory:"
    case = running(tmp_path, shop={"history:": law})
    ran = (*LINES, line(1, "phone", "cut-15"), line(2, "phone", "flash-12"))
    found = again(case, lived_otherwise(case, ran))
    assert found.plan_set is not None and found.otherwise
    assert _past(found.plan_set.plans[0].plan_lines) == _past(ran)
    assert {name: str(day) for name, day in _locked(found).excuses.items()} == {"law": "2026-11-05"}
    assert "what really ran breaks rules, which count later for it: law from 2026-11-05 on" in found.flight.moved
    write_plans(tmp_path / "new", found.plan_set, found.accounts, found.frozen)
    assert check(tmp_path / "new").ok


def test_an_excused_rule_counts_from_its_day_on(tmp_path: Path) -> None:
    """A gap, an offer's longest run and a channel's messages forget what ran before, and hold for what comes."""
    ran = ", ".join(f"{{date: 2026-11-0{day}, product: phone, offer: flash-12}}" for day in (1, 3))
    excuses = "excuses: {calm: 2026-11-04, 'max_run:flash-12': 2026-11-04, 'contacts:push': 2026-11-04}"
    rule = f"  - {{id: ran, rule: locked, lines: [{ran}], until: 2026-11-03, {excuses}}}\n"
    agreed = "  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}\n"
    case = running(tmp_path, shop={agreed: rule})
    scenario = case.frozen.scenario
    spans = {each.id: each.periods if each.id == "contacts:push" else each.where.periods  # type: ignore[union-attr]
             for each in all_rules(scenario) if each.id in ("calm", "max_run:flash-12", "contacts:push")}  # fmt: skip
    assert {str(span[0].first) for span in spans.values()} == {"2026-11-04"}

    def broken(*days: int) -> set[str]:
        lines = [line(day, "phone", "flash-12") for day in (1, 3, *days)]
        return {each.id for each in check_rules(build_grid(scenario), lines) if not each.satisfied}

    assert broken() == set()
    assert broken(4, 5) == set(), "runs begin anew"
    assert broken(4, 5, 6) == {"max_run:flash-12"}
    assert broken(4, 6) == {"calm"}


def test_what_a_lock_excuses_is_a_rule(tmp_path: Path) -> None:
    """A misspelt rule would go on counting without a word."""
    rule = "  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]"
    text = problems_of(tmp_path, shop={rule + "}": rule + ", excuses: {clam: 2026-11-05}}"})
    assert len(text) == 1 and "calm" in text[0] and "clam" in text[0]
