"""Keeping a share of a plan's lines: a rule of the run that every way of changing plans obeys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from one_budget import one_budget
from ortools.sat.python import cp_model
from scenario_factory import rng_of, tiny_scenario

from constraints.ledger import Ledger
from constraints.rulebook import RuleBook, build_rulebook
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.joining.joined import joined
from planner.evolution.kept import Kept, kept_rules, least_kept
from planner.evolution.risk import tighten
from planner.evolution.shown.baselines import Baselines, baselines
from planner.evolution.shown.choice import checked_plans, kept_baselines
from planner.evolution.state import begin
from planner.evolution.workspace import Workspace
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.response.coefficients import build_coefficients


def _book(seed: int) -> RuleBook:
    scenario, effects, baskets = tiny_scenario(rng_of(seed), segments=2, products=2, periods=4, limits=False)
    grid = build_grid(scenario)
    return build_rulebook(grid, build_coefficients(grid, effects, baskets).economics)


def _plan(book: RuleBook, rng: np.random.Generator) -> np.ndarray:
    return book.repair(np.array([rng.choice(np.flatnonzero(row)) for row in book.base], dtype=np.int8))


@settings(derandomize=True, deadline=None, max_examples=12)
@given(st.integers(0, 30), st.sampled_from([0.3, 0.8, 1.0]))
def test_every_change_keeps_enough(seed, share):
    """Changes that are allowed, alone or together, and mended plans keep the rules below and enough lines."""
    book, rng = _book(seed), rng_of(seed + 100)
    start = _plan(book, rng)
    rules = Kept(book, start, least_kept(start, share))
    plan = rules.locked_plan()
    assert rules.violations(plan) == 0
    for _ in range(4):
        table = rules.allowed(plan)
        slots, choices = np.nonzero(table)
        for slot, choice in zip(slots[:40], choices[:40], strict=True):
            changed = plan.copy()
            changed[slot] = choice
            assert rules.violations(changed) == 0
        priority = rng.random(len(slots))
        chosen = rules.compatible(plan, slots, choices, priority)
        plan = plan.copy()
        plan[slots[chosen]] = choices[chosen]
        assert rules.violations(plan) == 0
    other = rules.repair(_plan(book, rng))
    assert book.violations(other) == 0


def test_without_rules_every_plan_can_be_mended():
    """Where nothing stands against it, lines come back until enough are there, those that lose least first."""
    scenario, effects, baskets = tiny_scenario(rng_of(3), segments=1, products=2, periods=3, limits=False, rules=False)
    grid = build_grid(scenario)
    book = build_rulebook(grid, build_coefficients(grid, effects, baskets).economics)
    start = book.repair(np.where(book.base[:, 1], 1, 0).astype(np.int8))
    lines = np.flatnonzero(start)
    rules = Kept(book, start, len(lines) - 1)
    loss = np.zeros((len(start), book.base.shape[1]))
    loss[lines[0], start[lines[0]]] = 5.0
    mended = rules.repair(np.zeros_like(start), loss)
    assert rules.violations(mended) == 0
    assert mended[lines[0]] == 0


def test_solvers_keep_enough():
    """CP-SAT, asked to drop all it can, leaves as many lines as have to stay."""
    scenario, effects, baskets = tiny_scenario(rng_of(3), segments=1, products=2, periods=3, limits=False, rules=False)
    grid = build_grid(scenario)
    book = build_rulebook(grid, build_coefficients(grid, effects, baskets).economics)
    start = np.where(book.base[:, 1], 1, 0).astype(np.int8)
    lines = np.flatnonzero(start)
    rules = Kept(book, start, len(lines) - 2)
    model = cp_model.CpModel()
    literals = {int(s): {c: model.new_bool_var(f"{s}-{c}") for c in (0, 1)} for s in lines[:4]}
    for each in literals.values():
        model.add_exactly_one(each.values())
    rules.add_to_model(model, start, literals)
    model.maximize(sum(each[0] for each in literals.values()))
    solver = cp_model.CpSolver()
    assert solver.solve(model) == cp_model.OPTIMAL
    assert solver.objective_value == 2


def test_shares_round_up():
    """80 % of seven lines are six; nobody is asked for more than all."""
    plan = np.array([1, 0, 2, 1, 1, 1, 1, 1], dtype=np.int8)
    assert [least_kept(plan, share) for share in (0.0, 0.8, 1.0)] == [0, 6, 7]
    with pytest.raises(ValueError, match="0 to 7"):
        Kept(_book(1), plan, 8)


def test_habits_do_not_know_of_kept_lines():
    """What people do without a planner is the same plan, worth the same, whatever lines a run has to keep."""
    asked = one_budget(1800.0)
    judge = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 0))

    def habits(share: float | None) -> Baselines:
        space = Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)
        if share is not None:
            worst = np.where(asked.rulebook.base[:, -1], asked.rulebook.base.shape[1] - 1, 0).astype(np.int8)
            kept = kept_rules(asked.rulebook, worst, share)
            assert kept is not None and (kept.locked_plan() > 0).any()
            space.keep(kept)
        finish, rules = Finish(space), space.rules
        found = kept_baselines(space, finish, judge, baselines(space, finish))
        assert space.rules is rules, "the search goes on under its own rules"
        return found

    free, beside = habits(None), habits(1.0)
    assert free.greedy is not None and free.uniform is not None
    for name in ("greedy", "uniform"):
        assert np.array_equal(getattr(free, name).plan, getattr(beside, name).plan), name


def test_plans_that_were_made_without_kept_lines_come_in_only_with_them():
    """What is richer but keeps too little is no plan of the run: not as it is, nor after risk, joined or shown."""
    asked = one_budget(1800.0)
    judge = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 0))
    space = Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)
    finish = Finish(space)
    rich = baselines(space, finish).greedy
    assert rich is not None and rich.feasible
    poor = np.where(rich.plan == 0, np.where(asked.rulebook.base[:, 1], 1, 0), 0).astype(np.int8)
    poor[np.flatnonzero(poor)[1:]] = 0
    kept = kept_rules(asked.rulebook, poor, 1.0)
    assert kept is not None and not kept.enough(rich.plan)
    space.keep(kept)
    start = space.score(poor)
    assert start.feasible and not space.score(rich.plan).feasible
    assert not tighten(space, finish, judge, rich).feasible or kept.enough(tighten(space, finish, judge, rich).plan)
    state = joined(space, finish, begin(start, space.no_prices()), (rich.plan,), rng_of(0))
    assert all(kept.enough(each.plan) for each in state.elites.members if each.feasible)
    assert state.best.objective > start.objective, "what else the richer plan holds is taken over"
    shown = checked_plans(space, finish, judge, (rich, state.best))
    assert shown and all(kept.enough(each.plan) for each, _ in shown)
