"""The peers: CP-SAT and HiGHS on the re-linearised problem: exact gains around a plan, solve, step, repeat.

Both begin at the empty plan and see the whole plan: CP-SAT rules and limits, HiGHS (through MathOpt) limits, with rules
mended after it. A step is kept where it is truly better. Default: any number of slots may change in a step, which is
mended by dropping lines. Tuned: a trust region of so many slots, halved after a step that failed and half as wide again
after one that did not; the product's own minimum-loss repair mends a step; the solver gets less of the time for each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

from constraints.solver.linear import LinearModel
from constraints.solver.polish import add_limits
from peers.plans import Clock, Found, Plan, Plans
from planner.evolution.finish import Finish
from planner.evolution.linearise import linearise
from planner.evolution.workspace import Candidate, Workspace

SHARE, TUNED_SHARE = 0.5, 0.15
"""Share of the time that one step of the solver may take at most."""
WORKERS = 2
Solver = Callable[[Workspace, LinearModel, Plan, np.ndarray, int | None, float, int], Plan]


def by_cp_sat(space: Workspace, clock: Clock, seed: int, *, tuned: bool) -> Found:
    """Steps by CP-SAT with two workers."""
    return _run(_cp_sat, Plans(space, clock), seed, tuned=tuned)


def by_highs(space: Workspace, clock: Clock, seed: int, *, tuned: bool) -> Found:
    """Steps by HiGHS."""
    return _run(_highs, Plans(space, clock), seed, tuned=tuned)


def _run(solve: Solver, plans: Plans, seed: int, *, tuned: bool) -> Found:
    space, clock = plans.space, plans.clock
    current: Candidate = space.score(plans.start)
    radius = space.grid.slots if not tuned else max(space.grid.slots // 8, 1)
    finish, unpriced = Finish(space), space.no_prices()
    step = 0
    while not clock.over and radius >= 1:
        linear = linearise(space, current, space.whole)
        options = linear.options(current.plan, space.rules.base)
        seconds = max(min((TUNED_SHARE if tuned else SHARE) * clock.seconds, clock.seconds - clock.used), 0.01)
        limit = clock.wall(seconds)
        proposed = solve(space, linear, current.plan, options, radius if tuned else None, limit, seed + step)
        step += 1
        candidate = plans.remembered(finish(proposed, unpriced)) if tuned else plans.dropped(proposed)
        better = candidate.feasible and candidate.objective > current.objective + 1e-9 * abs(current.objective)
        if better:
            current = candidate
            radius = min(radius + radius // 2 + 1, space.grid.slots)
        elif tuned:
            radius //= 2
        else:
            # The same step would fail again: go on from what it led to, as plain successive linearisation does.
            if np.array_equal(candidate.plan, current.plan):
                break
            current = candidate
    return plans.found


def _cp_sat(
    space: Workspace,
    linear: LinearModel,
    plan: Plan,
    options: np.ndarray,
    radius: int | None,
    seconds: float,
    seed: int,
) -> Plan:
    model = cp_model.CpModel()
    literals = []
    for at, slot in enumerate(linear.slots):
        now = int(plan[slot])
        choices = {int(choice): model.new_bool_var("") for choice in sorted({now, *np.flatnonzero(options[at])})}
        model.add_exactly_one(choices.values())
        literals.append(choices)
    for at, slot in enumerate(linear.slots):
        for choice, literal in literals[at].items():
            model.add_hint(literal, int(choice == plan[slot]))
    add_limits(model, linear, options, literals)
    slots = [int(slot) for slot in linear.slots]
    space.rules.add_to_model(model, plan, {slot: literals[at] for at, slot in enumerate(slots)})
    at, choice = np.nonzero(options)
    columns = [literals[a][c] for a, c in zip(at.tolist(), choice.tolist(), strict=True)]
    if radius is not None:
        model.add(sum(columns) <= radius)
    gain = linear.gain[at, choice]
    scale = 2**30 / max(float(np.abs(gain).sum()), 1e-12)
    model.maximize(cp_model.LinearExpr.weighted_sum(columns, np.round(gain * scale).astype(np.int64).tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = WORKERS, seed
    solver.parameters.max_time_in_seconds = seconds
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return plan
    proposed = plan.copy()
    picked = np.array([solver.boolean_value(column) for column in columns], dtype=bool)
    proposed[linear.slots[at[picked]]] = choice[picked].astype(np.int8)
    return space.rules.repair(proposed)


def _highs(
    space: Workspace,
    linear: LinearModel,
    plan: Plan,
    options: np.ndarray,
    radius: int | None,
    seconds: float,
    seed: int,
) -> Plan:
    at, choice = np.nonzero(options)
    column = np.full(options.shape, -1)
    column[at, choice] = np.arange(len(at))
    model = mathopt.Model()
    columns = [model.add_binary_variable() for _ in range(len(at))]
    by_slot: dict[int, list[mathopt.Variable]] = {}
    for number, slot in enumerate(at.tolist()):
        by_slot.setdefault(slot, []).append(columns[number])
    for several in by_slot.values():
        model.add_linear_constraint(mathopt.fast_sum(several) <= 1)
    row, slot, taken, value, headroom = linear.rows(options)
    scale = np.ones(len(headroom))
    np.maximum.at(scale, row, np.abs(value))
    rows = [model.add_linear_constraint(ub=room) for room in (headroom / scale).tolist()]
    for number, entry, each in zip(row.tolist(), column[slot, taken].tolist(), value.tolist(), strict=True):
        rows[number].set_coefficient(columns[entry], each / float(scale[number]))
    if radius is not None:
        model.add_linear_constraint(mathopt.fast_sum(columns) <= radius)
    gain = linear.gain[at, choice]
    unit = max(float(np.abs(gain).max(initial=0.0)), 1e-12)
    terms = (each * variable for each, variable in zip((gain / unit).tolist(), columns, strict=True))
    model.maximize(mathopt.fast_sum(terms))
    params = mathopt.SolveParameters(time_limit=dt.timedelta(seconds=seconds), random_seed=seed)
    hint = mathopt.SolutionHint(variable_values=dict.fromkeys(columns, 0.0))
    known = mathopt.ModelSolveParameters(solution_hints=[hint])
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=params, model_params=known)
    if not result.has_primal_feasible_solution():
        return plan
    picked = np.array(result.variable_values(columns)) > 0.5
    proposed = plan.copy()
    proposed[linear.slots[at[picked]]] = choice[picked].astype(np.int8)
    loss = np.full((len(plan), space.grid.width), 1e18)
    held = np.zeros(len(plan))
    held[linear.slots[at[picked]]] = gain[picked]
    loss[linear.slots] = np.where(np.isfinite(linear.gain), held[linear.slots][:, None] - linear.gain, 1e18)
    return space.rules.repair(proposed, loss)
