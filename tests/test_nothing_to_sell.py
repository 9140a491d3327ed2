"""No plan is made with lines where there is nothing to sell, whoever else may hold them."""

from __future__ import annotations

from pathlib import Path

import pytest
from cake_shop import BASE, cakes, ledger_of, plan_on, written
from little_work import little_work
from shop import load_shop
from typer.testing import CliRunner

from constraints.lines_on_nothing import left_out, lines_on_nothing
from planner.cli import app
from planner.problem import Problem, problem_of
from planner.run.effort import Effort
from planner.run.no_plan.count_plans import count_plans
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.response.for_sale import for_sale

SHAM = ("2026-12-07", "2026-12-21")
LOCKED = "rules=[{id: teaser, rule: locked, lines: [{date: 2026-12-07, product: cake, offer: display}]}]"


def open_weeks(problem: Problem) -> list[bool]:
    """Weeks in which a plan may hold the display."""
    return [bool(row[1]) for row in problem.rulebook.base[: problem.grid.shape[2]]]


def told(problem: Problem) -> tuple[str, ...]:
    """What a plan's notes say of weeks that are left out."""
    return left_out(problem.rulebook, for_sale(problem.model, problem.effects))


def test_weeks_before_the_goods_come_hold_no_line_and_are_told(tmp_path: Path) -> None:
    """Features on cakes of which there are none yet would only tire those who are to buy them later."""
    problem = cakes(tmp_path)
    assert open_weeks(problem) == [False] * 4 + [True] * 2
    assert told(problem) == ("cake: nothing to sell before 2026-12-28, so no line is planned on it before",)


def test_a_baseline_does_not_bring_goods_that_have_not_come(tmp_path: Path) -> None:
    """Whatever the table promises, before the first arrival nothing is there; a late day of the week is in the week."""
    base = BASE.replace(",cake,,0", ",cake,,60")
    assert open_weeks(cakes(tmp_path, base=base)) == [False] * 4 + [True] * 2
    early = "products.cake.arrivals={2026-12-20: 7000, 2027-01-04: 23000}"
    assert open_weeks(cakes(tmp_path, early, base=base)) == [False] * 2 + [True] * 4


def test_weeks_between_in_which_nobody_buys_are_told_by_their_days(tmp_path: Path) -> None:
    """With stock from the start the zeros of the baseline alone count, also in the middle of the horizon."""
    base = BASE.replace(",cake,,0\n", ",cake,,60\n,cake,2026-12-07,0\n,cake,2026-12-14,0\n")
    problem = cakes(tmp_path, "products.cake.stock=400", base=base)
    assert open_weeks(problem) == [True, False, False, True, True, True]
    assert told(problem) == ("cake: nothing to sell on 2026-12-07 to 2026-12-14, so no line is planned on it then",)


def test_a_locked_line_stays_where_there_is_nothing_to_sell(tmp_path: Path) -> None:
    """Who wants the display there without goods locks it, and is not told of it."""
    problem = cakes(tmp_path, LOCKED)
    plan = plan_on(problem, "2026-12-07")
    assert problem.rulebook.violations(plan) == 0 and open_weeks(problem)[1]
    assert lines_on_nothing(problem.grid, problem.rulebook.idle, plan) == ()


def test_a_rule_that_asks_for_lines_together_has_them(tmp_path: Path) -> None:
    """All weeks of the display or none: the weeks without goods cannot be left out of it."""
    rule = "rules=[{id: all, rule: all_or_nothing, across: [period], where: {offers: [display]}}]"
    assert open_weeks(cakes(tmp_path, rule)) == [True] * 6


def test_a_persons_plan_with_such_lines_is_legal_and_told(tmp_path: Path) -> None:
    """The ledger passes it: it breaks no rule; `score` says what the lines are, and the rule book never makes them."""
    problem = cakes(tmp_path)
    plan = plan_on(problem, *SHAM, "2027-01-04")
    assert ledger_of(problem).verdict(plan).ok
    assert problem.rulebook.violations(plan) == 2
    (said,) = lines_on_nothing(problem.grid, problem.rulebook.idle, plan)
    assert said.startswith("2 lines stand where there is nothing to sell, display for cake on 2026-12-07, ")
    csv = tmp_path / "mine.csv"
    csv.write_text("date,product,segment,offer\n" + "".join(f"{day},cake,*,display\n" for day in SHAM))
    scored = CliRunner().invoke(app, ["score", str(written(tmp_path)), str(csv)])
    assert scored.exit_code == 0 and "2 lines stand where there is nothing to sell" in scored.stderr


@pytest.mark.parametrize("given", [False, True], ids=["from nothing", "from a plan with such lines"])
def test_search_and_count_agree_that_the_first_week_with_goods_is_best(
    tmp_path: Path, given: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without tired customers the display of the last week does not fit the stock, so that of the week before is best.

    Every plan of the question, counted out, says the same, and the bound lies above.
    """
    little_work(monkeypatch)  # which is enough for 64 plans
    problem = cakes(tmp_path)
    start = plan_on(problem, *SHAM, "2027-01-04") if given else None
    found = plan_campaign(problem, SearchParams(seed=1, effort=Effort.QUICK, plans=1, start=start))
    assert found.plan_set is not None and found.bound is not None
    assert [str(line.line.date) for line in found.plan_set.plans[0].lines] == ["2026-12-28"]
    assert "cake: nothing to sell before 2026-12-28" in " ".join(found.plan_set.note_texts)
    assert found.bound.value >= float(found.plan_set.plans[0].objective)
    counted = count_plans(problem, ledger_of(problem))
    assert counted is not None and counted.feasible is not None
    assert (counted.feasible == found.plans[0]).all()


def test_a_closed_day_is_told_once_and_not_for_every_product(tmp_path: Path) -> None:
    """Nothing at all is sold on one day; a product that is not there on others, too, is told of all its days."""
    none = "\n".join(f"young,{product},2026-11-05,0" for product in ("phone", "phone-pro", "case"))
    rest = "\n".join(f"old,{product},2026-11-05,0" for product in ("phone", "phone-pro", "case"))
    gone = "young,case,2026-11-06,0\nold,case,2026-11-06,0"
    zeros = {"old,case,,50\n": f"old,case,,50\n{none}\n{rest}\n{gone}\n"}
    calm = "  - {id: calm, rule: min_gap, periods: 3, where: {mechanics: [flash_sale]}}\n"
    on_case = "case: nothing to sell on 2026-11-05 to 2026-11-06, so no line is planned on it then"
    assert told(problem_of(load_shop(tmp_path, shop={calm: ""}, baseline=zeros))) == (
        "nothing is sold on 2026-11-05, so no line is planned then",
        on_case,
    )
    assert told(problem_of(load_shop(tmp_path, baseline=zeros))) == (
        "nothing is sold on 2026-11-05, so no line but those that rules ask for is planned then",
        on_case,
    )
