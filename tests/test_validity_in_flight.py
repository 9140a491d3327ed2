"""A validity in what people run: one row and audience a sending, one message told, and days that follow the sending."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from command_line import run
from sent_once import CONTACT, CUSTOMERS, DOCUMENT, FIXED, START, coupon, effects
from test_valid_assigned import shop
from tiny_problem import problem

from planner.evaluation.evaluator import Evaluator
from planner.export.rollout_customers import Customers
from planner.export.rollout_tables import CALENDAR_COLUMNS, audiences, calendar_rows, line_key, reached
from planner.flight.rollout.of_plan import _belongs
from planner.problem import Problem
from planner.reasons.by_itself.lines_alone import alone
from planner.reasons.standing.promotions import promotions
from planner.reasons.standing.runs import kept_runs
from planner.replan.until_now.coupons_out import said_of_validities
from scenarios.answer.outcome import account
from scenarios.answer.summary import line_results
from scenarios.answer.sums import measured
from scenarios.flight.actuals import Actuals
from scenarios.flight.as_it_ran import as_it_ran
from scenarios.flight.experience import Part, experiences
from scenarios.flight.messages.contacts import Written
from scenarios.flight.reading.actuals_file import read_actuals
from scenarios.flight.sent import sent_shares
from scenarios.language.offer_words import offer_meaning
from scenarios.language.schema import Horizon, Scenario
from scenarios.language.scope import Scope
from scenarios.language.text.csv_files import read_csv
from scenarios.language.words import Measure
from scenarios.tables.validity_units import while_valid


@pytest.fixture(scope="module")
def asked() -> Problem:
    """The tiny shop, ready to be planned; nothing tires."""
    return problem(Scenario.model_validate(DOCUMENT), effects(), None)


def happened(asked: Problem, contacts: str, *, named: bool = True) -> Actuals:
    """Four days of sales, with the coupon and its contacts on Monday's row and, where ``named``, on later ones."""
    rows = ["date,product,segment,offer,units,revenue,contacts"]
    for day in range(4):
        date, offer = START + dt.timedelta(days=day), "week" if day == 0 or (named and day < 3) else ""
        rows.append(f"{date},tea,all,{offer},30,280,{contacts if day == 0 else ''}")
    return read_actuals(read_csv("\n".join(rows).encode(), "actuals.csv"), asked.grid)


def test_a_sending_is_one_row_and_one_audience(asked: Problem) -> None:
    """Who sends reads one line with the days on which it is valid; everybody in it holds it on all of them."""
    lines = line_results(account(asked.model, asked.grid.plan_of(coupon(0, 1, 2, coverage=0.5))))
    (row,) = calendar_rows(asked.grid, lines, frozenset(), audiences=True)
    told = dict(zip(CALENDAR_COLUMNS, row, strict=True))
    assert (told["first_day"], told["last_day"]) == ("2026-11-02", "2026-11-04")
    assert told["what"] == "2.00 off, sent on 2026-11-02, valid until 2026-11-04"
    assert told["audience"] == "audiences/2026-11-02_week.csv"
    names = tuple(str(10**18 + number) for number in range(CUSTOMERS))
    people = Customers(
        names=names, pseudonyms=names, segment=np.zeros(CUSTOMERS, dtype=np.int64), before=None, left_out=0, unknown={}
    )
    held = np.arange(CUSTOMERS) < 10
    members = reached(asked.grid, lines, people, held, seed=1)
    first, *later = [members[line_key(line)].tolist() for line in lines]
    assert len(first) == 50 and min(first) >= 10 and later == [first, first]
    (audience,) = audiences(asked.grid, lines, people, members)
    assert audience.file == told["audience"] and len(audience.rows) == 50
    assert audience.columns[-2:] == ("sent", "valid_until")
    assert {row[1:] for row in audience.rows} == {("all", "tea", "2026-11-02", "2026-11-04")}
    calendar = frozenset({("2026-11-02", "tea", "all", "week", "2026-11-04")})
    assert _belongs(calendar, coupon(0, 1, 2), None) and not _belongs(calendar, coupon(3, 4, 5), None)


def test_what_is_named_on_the_day_of_its_sending_runs_on_all_its_days(asked: Problem) -> None:
    """Mailing tools tell when a coupon goes out; nobody takes it back from customers on Tuesday."""
    plan = asked.grid.plan_of(coupon(0, 1, 2))
    for named in (True, False):
        ran = as_it_ran(happened(asked, "100", named=named), plan)
        assert (ran == plan).all()
    assert as_it_ran(happened(asked, "100", named=False), asked.grid.empty()).tolist() == plan.tolist()


def test_a_sending_that_half_went_out_is_half_of_all_its_days(asked: Problem) -> None:
    """Forty of a hundred messages: two fifths of the coupons are there on Wednesday, and forty contacts are counted."""
    plan, actuals = asked.grid.plan_of(coupon(0, 1, 2)), happened(asked, "40")
    assert sent_shares(actuals, plan)[0, 0, :, 0].tolist() == pytest.approx([0.4, 0.4, 0.4, 1.0, 1.0, 1.0])
    found = Written(actuals, plan).of(Scope())
    assert found is not None and found.amounts.tolist() == pytest.approx([40.0, 0, 0, 0, 0, 0])


def test_each_sending_is_a_promotion_and_its_days_are_judged_together(asked: Problem) -> None:
    """Monday's line bears the message of all three days: alone it loses, and the sending earns."""
    evaluator = Evaluator(asked.model, asked.limits)
    plan = asked.grid.plan_of((*coupon(0, 1, 2), *coupon(3, 4, 5)))
    first, second = promotions(evaluator, plan, [0.0] * 6, np.zeros(6))
    assert (len(first.places), str(first.last), str(second.first)) == (3, "2026-11-04", "2026-11-05")
    slots = np.flatnonzero(plan)
    run = kept_runs(evaluator, plan, [int(slots[0])])[int(slots[0])]
    assert run.words == "run of 3 lines (valid:week, 2026-11-02..2026-11-04)"
    assert run.worth == pytest.approx(first.contribution, abs=0.005)


def test_a_day_alone_bears_its_part_of_what_a_sending_costs() -> None:
    """Where nothing tires, what three lines alone come to is what the whole sending gains."""
    calm = DOCUMENT | {"response": DOCUMENT["response"] | {"fatigue": 0}}
    asked = problem(Scenario.model_validate(calm), effects(), None)
    parts = alone(asked.model, asked.effects, 0)
    found = asked.grid.plan_of(coupon(0, 1, 2))
    book, empty = (account(asked.model, each) for each in (found, asked.grid.empty()))
    gained = (measured(book, Measure.PROFIT, Scope()) - measured(empty, Measure.PROFIT, Scope())) / 100
    assert len(parts.base) == 6 and parts.profit().sum() / 2 == pytest.approx(gained, abs=0.05)
    assert parts.cost.sum() == pytest.approx(2 * (FIXED + CONTACT * CUSTOMERS))


def test_a_redemption_is_of_the_whole_validity() -> None:
    """Its days share it by what they sell; days that the horizon cuts off are taken to sell as the others."""
    horizon = Horizon(start=START, periods=6)
    offer = Scenario.model_validate(DOCUMENT).offers[0]
    units = np.array([10.0, 20.0, 30.0, 5.0, 5.0, 5.0])
    assert while_valid(units, offer, horizon).tolist() == [60.0, 60.0, 60.0, 15.0, 15.0, 15.0]
    short = Horizon(start=START, periods=4)
    assert while_valid(units[:4], offer, short).tolist() == [60.0, 60.0, 60.0, 15.0]


def test_redemptions_of_single_days_are_refused(tmp_path: Path) -> None:
    """Uses of Monday and of Tuesday by themselves would be read as those of all three days, and count a third."""
    path = shop(tmp_path)
    for tuesday, said in (("10%", ""), ("8%", "got 10% on 2026-11-02 and 8% on 2026-11-03 (and so in 1 more)")):
        uses = ("10%", tuesday, "10%") * 2
        rows = [f",{START + dt.timedelta(days=day)},week,0.8,{each},\n" for day, each in enumerate(uses)]
        table = "product,period,offer,lift,redemption,take_up\n" + "".join([*rows, ",,day,0.3,,20%\n"])
        (tmp_path / "e.csv").write_text(table, "utf-8")
        result = run("validate", path)
        assert (result.exit_code == 2) == bool(said) and said in " ".join(result.stderr.split())


def test_an_offer_says_when_it_is_sent(asked: Problem) -> None:
    """`validate` and `effects` tell what was read."""
    words = offer_meaning(asked.grid.scenario.offers[0], "EUR")
    assert words.endswith("by push, sent on 2026-11-02, 2026-11-05, valid for 3 days")


def test_a_plan_of_the_rest_says_what_cannot_be_stopped(asked: Problem) -> None:
    """On Tuesday the coupon of Monday is out: its Wednesday stands, and whoever plans the rest reads why."""
    running = asked.grid.plan_of((*coupon(0, 1, 2), *coupon(3, 4, 5)))
    until = "2026-11-04: its lines are in every plan of the rest"
    assert said_of_validities(asked.grid, running, 1) == (
        f"week on tea was sent on {START} and stays valid until {until}",
    )
    assert said_of_validities(asked.grid, running, 2) == ()


def test_buyers_of_all_days_are_told_of_the_contacts_of_one(asked: Problem) -> None:
    """Ten buyers on Monday, five on Tuesday and five on Wednesday are a fifth of the hundred who got the coupon."""
    rows = ["date,product,segment,offer,units,revenue,contacts,buyers"]
    for day, buyers in enumerate((10, 5, 5, 9)):
        date, offer = START + dt.timedelta(days=day), "week" if day < 3 else ""
        rows.append(f"{date},tea,all,{offer},30,280,{100 if day == 0 else ''},{buyers}")
    actuals = read_actuals(read_csv("\n".join(rows).encode(), "actuals.csv"), asked.grid)
    found = {each.about: each for each in experiences(actuals, asked.grid.plan_of(coupon(0, 1, 2)))}
    assert found["week"].conversion == Part(count=20.0, of=100.0)
