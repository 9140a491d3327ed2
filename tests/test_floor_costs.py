"""Lines that fairness asks for cost what they cost: valid beside any limit, and proof where they break it."""

from __future__ import annotations

import numpy as np
import pytest
from command_line import run
from little_work import little_work, no_composing
from scenario_factory import rng_of, tiny_scenario

from constraints.infeasible.conflict import why_infeasible
from constraints.infeasible.floor_costs import floors_of
from constraints.infeasible.flow_reach import reach_of
from constraints.infeasible.optimistic import least, row_tables
from constraints.rulebook import build_rulebook
from planner.problem import build_problem
from planner.run.effort import Effort
from planner.run.no_plan.none_found import EFFORTS
from scenarios.grid import build_grid
from scenarios.language.schemas.rule import Fairness
from scenarios.language.scope import Scope
from scenarios.language.words import RATIOS, Measure
from scenarios.response.coefficients import build_coefficients
from scenarios.response.measures import measure_functional
from scenarios.response.priced_choices import build_economics
from scenarios.response.totals import evaluate

SUMS = [measure for measure in Measure if measure not in RATIOS]
CUPS = "gifts=[{id: cup, unit_cost: 2.20}]"
"""Cups for all who hold a coupon: of a stock no line owes more than there is."""
FAIR = "rules=[{id: fair, rule: fairness, min: 2, where: {layer: targeted}}]"
BARRED = (
    "horizon.periods=8",
    CUPS,
    FAIR,
    "limits=[{id: roi, measure: roi, min: 9}, {id: owed, measure: max_liability, max: 50000}]",
)
"""Two limits bar what the floor asks for; eight days as in `left_out_case`, so that one program serves both."""


@pytest.mark.parametrize("where", [{}, {"layer": "targeted"}])
def test_no_plan_that_keeps_a_floor_goes_below_the_bound(where: dict[str, str]) -> None:
    """Over random scenarios, measures and signs: plans that keep the floor, of one layer or both, lie above it."""
    seen = tighter = 0
    for seed in range(40):
        rng = rng_of(seed)
        scenario, effects, baskets = tiny_scenario(rng, limits=False, rules=False)
        fair = Fairness.model_validate(
            {"id": "fair", "rule": "fairness", "min": int(rng.integers(1, 4)), "where": where}
        )
        grid = build_grid(scenario.model_copy(update={"rules": (fair,)}))
        model = build_coefficients(grid, effects, baskets)
        book = build_rulebook(grid, build_economics(grid))
        floors = floors_of(grid, book.rules)
        reach, without = reach_of(model, book.base, floors), reach_of(model, book.base)
        plans = []
        for busy in (0.1, 0.2, 0.4, 0.7):
            picked = np.where(book.base, rng.random(book.base.shape), -1.0).argmax(axis=1)
            plan = (picked * (rng.random(len(picked)) < busy)).astype(np.int8)
            plans += [] if book.violations(plan) else [plan]
        seen += len(plans)
        for number in rng.choice(len(SUMS), size=5, replace=False):
            functional = measure_functional(grid, model.economics, SUMS[number], Scope())
            for sign in (-1.0, 1.0):
                row = row_tables(model, functional, sign, reach)
                bound, free = least(row, reach).value, least(row, without).value
                assert bound >= free
                tighter += bound > free + 1e-9
                for plan in plans:
                    value = sign * float(evaluate(functional, model, plan, np))
                    assert value >= bound - 1e-9 * (1 + abs(bound))
    assert seen > 20 and tighter > 5


def test_a_floor_that_a_limit_leaves_no_room_for_is_proven_and_named() -> None:
    """Two coupons for everybody owe more than the limit allows: both are named, and nothing else."""
    limit = "limits=[{id: budget, measure: spend, max: 9000}, {id: owed, measure: max_liability, max: 50000}]"
    problem = build_problem("template-basic", (CUPS, FAIR, limit))
    found = why_infeasible(problem.model, problem.limits, problem.rulebook)
    assert found.proven
    assert [clash.members for clash in found.clashes] == [("owed", "fair")]
    assert found.clashes[0].reason == "every plan exceeds owed, given fair; none comes to less than 308,000"
    eased = build_problem("template-basic", (CUPS, FAIR, limit.replace("50000", "308001")))
    assert not why_infeasible(eased.model, eased.limits, eased.rulebook).proven, "as the next run will be asked"


@pytest.mark.parametrize(("most", "proven"), [("7919", True), ("7921", False)])
def test_a_floor_of_gifts_owes_no_more_than_there_are(most: str, proven: bool) -> None:
    """Two lines a segment owe 900 cups at 2.20 each, 7,920 in all, not a cup for each of 70,000 customers."""
    problem = build_problem("template-basic", (FAIR, f"limits=[{{id: owed, measure: max_liability, max: {most}}}]"))
    assert why_infeasible(problem.model, problem.limits, problem.rulebook).proven is proven


def test_messages_that_carry_the_floor_are_counted() -> None:
    """Two lines may share one message, which half of each segment gets at the least: 35,000 of 70,000 customers."""
    limit = "limits=[{id: messages, measure: contacts, max: %s}]"
    problem = build_problem("template-basic", (FAIR, limit % 50))
    found = why_infeasible(problem.model, problem.limits, problem.rulebook)
    assert found.proven
    assert [clash.members for clash in found.clashes] == [("messages", "fair")]
    assert found.clashes[0].reason == "every plan exceeds messages, given fair; none comes to less than 35,000"
    enough = build_problem("template-basic", (FAIR, limit % 35_000))
    assert not why_infeasible(enough.model, enough.limits, enough.rulebook).proven


def test_a_limit_with_room_for_the_floor_is_not_refuted() -> None:
    """What two lines a segment owe at the least is the least bound that stands."""
    problem = build_problem("template-basic", (FAIR, "limits=[{id: owed, measure: max_liability, max: 1}]"))
    floors = floors_of(problem.grid, problem.rulebook.rules)
    reach = reach_of(problem.model, problem.rulebook.base, floors)
    row = row_tables(problem.model, problem.limits.functionals[0], 1.0, reach)
    owed = least(row, reach).value
    enough = build_problem(
        "template-basic", (FAIR, f"limits=[{{id: owed, measure: max_liability, max: {owed + 1:.2f}}}]")
    )
    assert not why_infeasible(enough.model, enough.limits, enough.rulebook).proven


def test_doing_without_the_rule_is_a_way_out_where_no_bound_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where other limits bar what the floor asks for, too, no bound mends it: the answer says that dropping it does."""
    usual = EFFORTS[Effort.QUICK]
    little_work(monkeypatch)
    no_composing(monkeypatch)
    monkeypatch.setitem(EFFORTS, Effort.QUICK, usual)  # as far as a quick run looks
    changes = (each for change in BARRED for each in ("--set", change))
    result = run("plan", "template-basic", "--effort", "quick", *changes)
    assert result.exit_code == 1, result.stdout
    assert "every plan exceeds owed, given fair" in result.stdout
    assert "drop rule fair" in result.stdout
    assert "at least 2 needed" in result.stdout.split("The nearest plan")[1]
