"""What other lines of a plan, and lines before it, take of the limits of customers who are assigned to its offers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from assign_files import own_template
from plan_folders import line, write_folder

from constraints.limits.entries import limit_entries
from planner.assign.quotas import plan_quotas
from planner.problem import Problem, build_problem
from scenarios.answer.outcome import account
from scenarios.answer.past_use import PastUse
from scenarios.answer.sums import measured
from scenarios.language.date_ranges import DateRange
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import Measure
from scenarios.rounding import to_decimal

LIMITS = """limits:
  - {id: reach, measure: customers_reached, max: 60000}
  - {id: reach-a-week, measure: customers_reached, max: 60000, window: 7 days}
  - {id: reach-regulars, measure: customers_reached, max: 60000, where: {segments: [regulars]}}
  - {id: week, measure: spend, max: 9000, window: 7 days}
  - {id: month, measure: spend, max: 90000, each: month}
  - {id: coupon-messages, measure: contacts, max: 90000, where: {offers: [kettle-coupon]}}
  - {id: coupon-spend, measure: spend, max: 90000, where: {offers: [kettle-coupon]}}
  - {id: all-messages, measure: contacts, max: 90000}
"""
RAN = "history: [{date: 2027-02-27, product: kettle, segment: regulars, offer: kettle-coupon, coverage: 50%}]\n"


def problem_of(folder: Path, history: str = "") -> Problem:
    """The template with limits on reach and on any week, and with what ran before."""
    path = own_template(folder)
    text = path.read_text("utf-8").replace("limits:\n", LIMITS).replace("coverage: [50%,", "coverage: [33.334%, 50%,")
    path.write_text(text + history, "utf-8")
    return build_problem(str(path))


def taken(problem: Problem, folder: Path, day: int, *lines: PlanLine) -> dict[str, Decimal]:
    """What is taken off each limit where the offers of a day of March are assigned."""
    write_folder(problem, folder / "plans", lines)
    date = dt.date(2027, 3, day)
    found = plan_quotas(problem.loaded, folder / "plans", lambda each: each.plans[0], DateRange(first=date, last=date))
    return found.quotas.taken


def test_customers_whom_several_lines_reach_count_once(tmp_path: Path) -> None:
    """As the ledger counts them: customers x (1 - product of (1 - coverage)), and a begun customer is a whole one."""
    problem = problem_of(tmp_path)
    lines = (
        line(problem, 2, "kettle", "kettle-coupon", "regulars", 0.5),
        line(problem, 9, "basket", "save-10", "regulars", 0.33334),
        line(problem, 10, "basket", "save-10", "occasional", 0.5),
        line(problem, 11, "espresso-1kg", "coffee-15"),
        line(problem, 4, "kettle", "kettle-coupon", "regulars"),
    )
    found = taken(problem, tmp_path, 5, *lines)
    # 18,000 x (1 - 0.5 x 0.66666) = 12,000.06 of regulars, 26,000 of occasional customers
    assert found["reach-regulars"] == 12_001
    assert found["reach"] == 38_001
    # on 5 March either of 3 and 10 March is in a week with it, never both; of those from 5 to 11 March two are
    assert found["reach-a-week"] == 26_000 + 6_001


def test_what_ran_before_is_taken_off_the_windows_that_reach_back_to_it(tmp_path: Path) -> None:
    """A coupon of 27 February lies in one window of seven days with 5 March, and in none with 6 March."""
    problem = problem_of(tmp_path, RAN)
    entry = next(each for each in limit_entries(problem.grid) if each.id == "week")
    before = to_decimal(PastUse(problem.model).used(Measure.SPEND, entry.limit.where, (-2,)), 2)
    last = line(problem, 13, "kettle", "kettle-coupon", "regulars")
    found = {day: taken(problem, tmp_path, day, last) for day in (2, 5, 6, 12)}
    own = found[2]["month"]
    assert before > 0 and own > 0
    assert {day: each["week"] for day, each in found.items()} == {2: before, 5: before, 6: 0, 12: own}
    assert {each["month"] for each in found.values()} == {own}, "February is another month"


def test_a_limit_on_one_offer_counts_whole_messages_that_others_ride_on(tmp_path: Path) -> None:
    """As the ledger does: a coupon and a threshold in one e-mail, of which a limit on coupons counts every message."""
    problem = problem_of(tmp_path)
    lines = (
        line(problem, 1, "kettle", "kettle-coupon", "regulars"),
        line(problem, 1, "basket", "save-10", "regulars"),
        line(problem, 4, "kettle", "kettle-coupon", "regulars"),
    )
    found = taken(problem, tmp_path, 5, *lines)
    book = account(problem.model, problem.grid.plan_of(lines[:2]))
    where = next(each.limit.where for each in limit_entries(problem.grid) if each.id == "coupon-messages")
    assert found["coupon-messages"] == to_decimal(measured(book, Measure.CONTACTS, where), 3) == 18_000
    assert found["coupon-spend"] == to_decimal(measured(book, Measure.SPEND, where), 2)
    assert found["all-messages"] == 18_000
