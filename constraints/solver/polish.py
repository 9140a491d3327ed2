"""Exact polish of a small neighbourhood: CP-SAT on the linear model, with limits and business rules.

The answer repeats: one worker, a seed, a limit in work. Limits are scaled to integers, uses rounded up and headroom
down, so that what CP-SAT accepts keeps the limits of the linear model; row sums stay below 2^31 (OR-Tools issue 5293).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from constraints.cp_sat import solver
from constraints.enforce.protocol import Rules
from constraints.solver.linear import LinearModel
from scenarios.arrays import Flag, Float, Plan

ROW_SUM = 2**30
"""Largest sum of absolute coefficients of a row after scaling; half of what CP-SAT handles safely."""


@dataclass(frozen=True, kw_only=True)
class PolishParams:
    """Settings of one polish.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    seed: int = 0
    deterministic_seconds: float = 0.3
    """Work, in CP-SAT's own units; about a second of one core each."""

    def __post_init__(self) -> None:
        if not (0 <= self.seed < 2**31):
            raise ValueError(f"expected a seed from 0 to 2^31 - 1, got {self.seed}")
        if not (self.deterministic_seconds > 0):
            raise ValueError(f"expected deterministic_seconds above 0, got {self.deterministic_seconds}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Polished:
    """What a polish proposes; the planner evaluates it truly before it counts."""

    plan: Plan
    gain: float
    """Change of the objective in the linear model; 0 where the plan stayed as it was."""
    seconds: float
    """Work done, in CP-SAT's deterministic seconds."""


def polish(
    linear: LinearModel,
    rulebook: Rules,
    plan: Plan,
    params: PolishParams,
    choices: Flag | None = None,
) -> Polished:
    """Choose the free slots best under limits and rules; keep the plan where nothing better is found.

    Parameters
    ----------
    linear
        Gains and uses of single changes of the plan in the free slots.
    plan : int8 [N]
    choices : bool [F, width], optional
        Narrows the choices of each free slot; the current one always stays.
    """
    options = linear.options(plan, rulebook.base)
    if choices is not None:
        options &= choices
    if not options.any():
        return Polished(plan=plan, gain=0.0, seconds=0.0)
    model = cp_model.CpModel()
    literals = _literals(model, linear, options, plan)
    add_limits(model, linear, options, literals)
    slots = [int(slot) for slot in linear.slots]
    rulebook.add_to_model(model, plan, {slot: literals[at] for at, slot in enumerate(slots)})
    at, choice = np.nonzero(options)
    gain = _scaled(linear.gain[at, choice], at)
    columns = [literals[f][c] for f, c in zip(at.tolist(), choice.tolist(), strict=True)]
    model.maximize(cp_model.LinearExpr.weighted_sum(columns, gain))
    search = solver(params.seed, params.deterministic_seconds)
    status = search.solve(model)
    seconds = float(search.response_proto.deterministic_time)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Polished(plan=plan, gain=0.0, seconds=seconds)
    picked = np.array([search.boolean_value(column) for column in columns], dtype=bool)
    total = float(linear.gain[at[picked], choice[picked]].sum())
    now_kept = bool((linear.headroom >= 0).all() and (linear.stock.headroom >= 0).all())
    if now_kept and not (total > 0):
        return Polished(plan=plan, gain=0.0, seconds=seconds)
    better = plan.copy()
    better[linear.slots[at[picked]]] = choice[picked].astype(np.int8)
    if rulebook.violations(better):
        return Polished(plan=plan, gain=0.0, seconds=seconds)
    return Polished(plan=better, gain=total, seconds=seconds)


def _literals(model: Any, linear: LinearModel, options: Flag, plan: Plan) -> list[dict[int, Any]]:
    """One Boolean for each option and the current choice of each free slot; the current choices are the hint."""
    literals: list[dict[int, Any]] = []
    variables: list[int] = []
    hints: list[int] = []
    for at, slot in enumerate(linear.slots):
        now = int(plan[slot])
        choices = {int(choice): model.new_bool_var("") for choice in sorted({now, *np.flatnonzero(options[at])})}
        model.add_exactly_one(choices.values())
        literals.append(choices)
        variables += [literal.index for literal in choices.values()]
        hints += [int(choice == now) for choice in choices]
    model.proto.solution_hint.vars.extend(variables)
    model.proto.solution_hint.values.extend(hints)
    return literals


def add_limits(model: Any, linear: LinearModel, options: Flag, literals: list[dict[int, Any]]) -> None:
    """Add each limit that the options can break."""
    row, at, choice, value, headroom = linear.rows(options)
    order = np.argsort(row, kind="stable")
    row, at, choice, value = row[order], at[order], choice[order], value[order]
    starts = np.searchsorted(row, np.arange(len(headroom) + 1))
    for number, room in enumerate(headroom):
        here = slice(starts[number], starts[number + 1])
        most = np.zeros(len(linear.slots))
        np.maximum.at(most, at[here], value[here])
        if most.sum() <= room:
            continue
        largest = np.zeros(len(linear.slots))
        np.maximum.at(largest, at[here], np.abs(value[here]))
        scale = ROW_SUM / (largest.sum() + abs(room) + 1e-12)
        weights = np.ceil(value[here] * scale - 1e-6).astype(np.int64)
        columns = [literals[f][c] for f, c in zip(at[here].tolist(), choice[here].tolist(), strict=True)]
        model.add(cp_model.LinearExpr.weighted_sum(columns, weights.tolist()) <= int(np.floor(room * scale)))


def _scaled(gain: Float, slot: Any) -> list[int]:
    """Integer gains whose largest sum, one choice a slot, stays below `ROW_SUM`."""
    largest = np.zeros(int(slot.max()) + 1)
    np.maximum.at(largest, slot, np.abs(gain))
    scale = ROW_SUM / max(float(largest.sum()), 1e-12)
    return [int(value) for value in np.round(gain * scale)]
