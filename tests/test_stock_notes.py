"""What stock keeps out of the best plan, or in it, is told beside it with figures that the ledger confirms."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from cake_shop import BASE, cakes, ledger_of, plan_on
from little_work import little_work

from constraints.limits.verdicts import tightest_moment
from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Workspace
from planner.problem import Problem
from planner.run.effort import Effort
from planner.run.notes.short_of_stock import short_of_stock
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.answer.plan import PlanSet

ON_SALE = BASE.replace(",cake,,0", ",cake,,60")
FROM_THE_START = "products.cake.stock=400"


def missed(problem: Problem, *days: str) -> tuple[str, ...]:
    """What is told of the plan with the display on some days."""
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    return short_of_stock(space, space.score(plan_on(problem, *days)), ledger_of(problem))


def planned(problem: Problem) -> PlanSet:
    """The best plan of six weeks with one display each, which a short search finds."""
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        found = plan_campaign(problem, SearchParams(seed=1, effort=Effort.QUICK, plans=1)).plan_set
    assert found is not None
    return found


def figure(pattern: str, text: str) -> float:
    """A figure of a sentence."""
    found = re.search(pattern, text)
    assert found is not None, text
    return float(found[1].replace(",", ""))


def test_the_line_that_lacks_a_little_stock_is_told_with_what_it_brings_and_lacks(tmp_path: Path) -> None:
    """Moving the display to the week of the feast brings seven times as much, and lacks 740 of 30,000 cakes.

    With as many more by the week that is told, the plan passes, and gains what was told.
    """
    (said,) = missed(cakes(tmp_path), "2026-12-28")
    assert said.startswith(
        "display on cake for everybody on 2027-01-04 in place of display on cake for everybody on 2026-12-28 would "
    )
    assert said.endswith(
        "lacks 740 units of stock (30,740 of 30,000 up to 2027-01-04): more of cake by 2027-01-04 makes room for it"
    )
    eased = cakes(tmp_path, "products.cake.arrivals={2026-12-28: 7000, 2027-01-04: 23740}")
    ledger, plan = ledger_of(eased), plan_on(eased, "2027-01-04")
    assert ledger.verdict(plan).ok
    gain = float(ledger.objective(plan) - ledger.objective(plan_on(eased, "2026-12-28")))
    assert abs(gain - figure(r"bring about ([\d,.]+) more", said)) < 1.0


def test_a_line_that_lacks_much_stock_or_brings_little_is_not_told(tmp_path: Path) -> None:
    """With a tenth of the cakes nothing is nearly there; and a plan that holds the line has nothing to miss."""
    few = "products.cake.arrivals={2026-12-28: 5800, 2027-01-04: 20000}"
    assert missed(cakes(tmp_path, few), "2026-12-28") == ()
    many = "products.cake.arrivals={2026-12-28: 7000, 2027-01-04: 90000}"
    assert missed(cakes(tmp_path, many), "2026-12-28", "2027-01-04") == ()


def test_smaller_levels_are_named_where_an_offer_can_have_them(tmp_path: Path) -> None:
    """A price cut may be for so many pieces only, which a display cannot."""
    cut = "offers=[{id: display, mechanic: price_discount, depth: 2%}]"
    (said,) = missed(cakes(tmp_path, cut), "2026-12-28")
    assert said.endswith("more of cake by 2027-01-04, or a smaller quantity of display, makes room for it")


def test_lines_that_only_tire_customers_for_the_stocks_sake_are_told_with_what_they_cost(tmp_path: Path) -> None:
    """Displays of the weeks before cost more than they bring, and without them the feast's does not fit the stock."""
    problem = cakes(tmp_path, FROM_THE_START, base=ON_SALE)
    found = planned(problem)
    (said,) = (note for note in found.note_texts if "only so that fewer want it later" in note)
    plan, ledger = problem.grid.plan_of(found.plans[0].plan_lines), ledger_of(problem)
    losing = [line for line in found.plans[0].lines if line.contribution is not None and line.contribution < 0]
    assert said.startswith(f"{len(losing)} lines on cake cost ")
    without = plan.copy()
    for line in losing:
        without[problem.grid.slot_number(problem.grid.locate(line.line)[0])] = 0
    costs = float(ledger.objective(without) - ledger.objective(plan))
    assert abs(costs - figure(r"cost ([\d,.]+) and", said)) < 1.0
    assert [limit.id for limit in ledger.verdict(without).limits if not limit.ok] == ["stock:cake"]
    apart, beside = (figure(rf"{word} ([\d,.]+) (?:in profit|with)", said) for word in ("gain", "against"))
    assert apart > beside > 0


def test_the_row_told_of_a_stock_is_the_one_that_restricts(tmp_path: Path) -> None:
    """Nothing of nothing binds no plan; of 7,000 a fifth is left and of 30,000 less than a tenth: that is the tightest.

    Where units lack, the row that lacks most is told, as it is what more stock has to come to.
    """
    problem = cakes(tmp_path)
    ledger = ledger_of(problem)
    (stock,) = (each for each in ledger.verdict(plan_on(problem, "2026-12-28")).limits if each.id == "stock:cake")
    assert (float(stock.limit), stock.at, stock.binding) == (30_000, "up to 2027-01-04", False)
    (broken,) = (each for each in ledger.verdict(plan_on(problem, "2027-01-04")).limits if not each.ok)
    assert (broken.at, round(float(broken.headroom))) == ("up to 2027-01-04", -740)


@pytest.mark.parametrize(
    ("there", "used", "tightest"),
    [([0, 0, 50, 90], [0, 0, 40, 60], 2), ([20, 300], [15, 294], 1), ([20, 300], [21, 305], 1), ([0, 0], [0, 0], 0)],
    ids=["goods come late", "by shares", "most lacks", "never any"],
)
def test_the_tightest_moment_of_a_stock(there: list[int], used: list[int], tightest: int) -> None:
    """By shares where nothing lacks, by units where some does, and never before the first goods."""
    assert tightest_moment(np.array(there), np.array(used)) == tightest


def test_nothing_is_told_where_stock_lasts(tmp_path: Path) -> None:
    """With cakes enough no line stands for the stock's sake, and none is missed."""
    many = "products.cake.arrivals={2026-12-28: 7000, 2027-01-04: 90000}"
    notes = planned(cakes(tmp_path, many, base=BASE)).note_texts
    assert not any("units of stock" in note or "want it later" in note for note in notes)
