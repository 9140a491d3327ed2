"""Whole packages move where rules tie lines: a plan near another differs by all days of an operation at once."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from plan_folders import line
from scenario_factory import rng_of

from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.joining.composed import composed, worth_composing_runs, worth_mending
from planner.evolution.joining.packages import Packages
from planner.evolution.joining.parts import groups_of, runs_apart
from planner.evolution.risk import heeding
from planner.evolution.workspace import Workspace
from planner.problem import Problem, build_problem
from planner.progress import ignore
from planner.run.effort import Effort
from planner.run.opening import first_state
from planner.run.search_params import SearchParams
from planner.run.warm_start import warm_start
from planner.run.watch import Watch
from scenarios.futures.draws import draw
from scenarios.streams import stream

DAYS = "periods: [2027-03-03..2027-03-04]"
COFFEE = f"where: {{layer: public, {DAYS}}}"
OPERATION = f"{{id: two-days, rule: all_or_nothing, across: [period], per: [product, offer], {COFFEE}}}"
NO_TIES = "{id: once, rule: max_concurrent, max: 2}"
RUN = "{id: run, rule: min_run, periods: 2, per: [product], where: {layer: public}}"
ONE = f"{{id: one, measure: lines, max: 1, each: period, where: {{offers: [coffee-15], {DAYS}}}}}"
FILTER = f"{{id: filter, measure: lines, min: 2, where: {{products: [filter-1kg], offers: [coffee-15], {DAYS}}}}}"


def case(*limits: str, rule: str = OPERATION) -> tuple[Problem, Workspace, NDArray[np.int8]]:
    """A question with tied days, and a plan with espresso on both of them."""
    problem = build_problem("template-basic", (f"limits=[{', '.join(limits)}]", f"rules=[{rule}]"))
    lines = tuple(line(problem, day, "espresso-1kg", "coffee-15") for day in (2, 3))
    return problem, Workspace(Evaluator(problem.model, problem.limits), problem.rulebook), problem.grid.plan_of(lines)


@pytest.mark.parametrize("rule", [OPERATION, RUN])
def test_the_days_of_an_operation_are_a_package(rule: str) -> None:
    """All days that a rule ties, of each product; of runs of a least length, windows as long as those that stand."""
    _, space, plan = case(ONE, FILTER, rule=rule)
    (slots,) = [at for at in groups_of(space) if plan[at].any()]
    held = {tuple(slots[at].tolist()) for at in Packages(space, slots).of(plan[slots])}
    assert tuple(np.flatnonzero(plan).tolist()) in held
    assert all(len(each) == 2 and each[1] == each[0] + 1 for each in held) and len(held) > 1


@pytest.mark.parametrize("rule", [OPERATION, RUN])
def test_a_nearly_feasible_start_is_mended_by_exchanging_packages(rule: str) -> None:
    """Filter beans must be promoted where only espresso is, in its place: no single line leads there."""
    problem, space, plan = case(ONE, FILTER, rule=rule)
    finish, ledger = Finish(space), Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
    assert not space.score(plan).feasible and worth_mending(space)
    made = composed(space, finish, [plan], space.no_prices(), rng_of(1), rounds=1)
    assert made.feasible and not space.rules.violations(made.plan)
    warm = warm_start(space, finish, ledger, plan, stream(0, "warm"), enough=lambda candidate: True)
    assert warm.best.feasible and ledger.verdict(warm.best.plan).ok


def test_tied_lines_are_parts_of_their_own() -> None:
    """Every slot is in one part, and the two days of each product are one; without tied lines, groups stay whole."""
    _, space, _ = case(ONE, FILTER)
    parts, groups = runs_apart(space), groups_of(space)
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(space.grid.slots))
    tied = [at for each in groups for at in Packages(space, each).tied]
    assert tied and all(not 0 < np.isin(slots, part).sum() < len(slots) for slots in tied for part in parts)
    assert {len(part) for part in parts if part.min() < space.grid.offsets[1]} >= {2} and len(parts) > len(groups)
    assert worth_composing_runs(space)
    _, loose, _ = case(ONE, FILTER, rule=NO_TIES)
    assert [each.tolist() for each in runs_apart(loose)] == [each.tolist() for each in groups_of(loose)]
    assert not worth_composing_runs(loose)


def test_a_search_begins_with_whole_runs_where_floors_ask_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The floor's run comes in the other's place before any guided step; barred slots do not count as slots."""
    problem, space, _ = case(ONE, FILTER)
    finish, ledger = Finish(space), Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
    monkeypatch.setattr("planner.run.opening.first_plans", None)
    monkeypatch.setattr("planner.evolution.joining.composed.COMPOSED_SLOTS", space.grid.slots - 1)
    params = SearchParams(effort=Effort.QUICK, plans=1)
    told = Watch(params, ignore)
    state = first_state(space, finish, ledger, params, told, enough=lambda candidate: candidate.feasible)
    assert state is not None and ledger.verdict(state.best.plan).ok


def test_shares_at_risk_are_kept_by_plans_own_futures() -> None:
    """A share that expected uses keep and futures do not: what is composed keeps it in them."""
    share = (
        "{id: share, measure: units, max: 45%, at_risk: 90%, where: {offers: [coffee-15]}, "
        "share_of: {measure: units, where: {categories: [coffee]}}}"
    )
    floor = "{id: floor, measure: lines, min: 2, where: {offers: [coffee-15]}}"
    problem, space, plan = case(share, floor)
    lines = [
        line(problem, day, product, "coffee-15") for product in ("espresso-1kg", "filter-1kg") for day in range(2, 9)
    ]
    plan = problem.grid.plan_of(tuple(lines))
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
    assert not ledger.verdict(plan).ok
    made = composed(space, Finish(space), [plan], space.no_prices(), rng_of(1), heed=heeding(space, ledger), rounds=1)
    assert made.feasible and ledger.verdict(made.plan).ok
