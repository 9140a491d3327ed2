"""The best mix of alternatives: CP-SAT chooses for each part of a plan what it holds, under limits and business rules.

A part is a set of slots that are decided together, all lines of a product for example. Each alternative is another way
to fill its part, with the exact effect that it has alone on the objective and on every limit. Several at once interact,
so what is chosen is a proposal: the planner evaluates it truly. The answer repeats, and limits are scaled to integers,
as in `constraints.solver.polish`. This is optimal crossover (Aggarwal, Orlin and Tai, 1997, doi:10.1287/opre.45.2.226)
of many parents at once, by parts in place of single genes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from constraints.cp_sat import solver
from constraints.enforce.protocol import Rules
from constraints.solver.polish import ROW_SUM, PolishParams
from scenarios.arrays import Float, Int, Plan

STEPS = 1000
"""Steps in which the excess of a row that is mended is counted ..."""
GAINS = 1.0 / 1024
"""... and what all gains together weigh beside it: less than one of these steps of all rows."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Alternatives:
    """M other ways to fill parts of a plan, each with what it changes alone.

    Raises
    ------
    ValueError
        For arrays whose shapes do not fit.
    """

    part: Int
    """[M] the part that each fills."""
    plans: Plan
    """[M, N] the plan with each alternative in its part."""
    gain: Float
    """[M] change of the objective."""
    use: Float
    """[M, R] change of what each row of the limits uses, the direction that is bounded above."""
    headroom: Float
    """[R] how much each row may still rise; below zero where the plan breaks it, which no mix makes worse then."""

    def __post_init__(self) -> None:
        count, rows = len(self.part), len(self.headroom)
        if len(self.plans) != count or self.gain.shape != (count,) or self.use.shape != (count, rows):
            raise ValueError(
                f"expected plans [{count}, N], gain [{count}] and use [{count}, {rows}], got "
                f"{self.plans.shape}, {self.gain.shape} and {self.use.shape}"
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class Mix:
    """What is chosen; the plan itself where nothing better is found."""

    plan: Plan
    """[N]"""
    taken: Int
    """Numbers of the alternatives in it."""
    seconds: float
    """Work done, in CP-SAT's deterministic seconds."""


def best_mix(
    rules: Rules, plan: Plan, each: Alternatives, params: PolishParams, excess_unit: Float | None = None
) -> Mix:
    """Choose for each part the plan's own way or an alternative, so that the changes add up to the most.

    Parameters
    ----------
    excess_unit : [R], optional
        What an excess of 100 % means in each row. With it, rows that the plan breaks are mended first: as little as may
        be is left of all of them together, and of the ways to that the one that gains most is chosen.
    """
    nothing = Mix(plan=plan, taken=np.zeros(0, dtype=np.int64), seconds=0.0)
    broken = np.flatnonzero(each.headroom < 0) if excess_unit is not None else nothing.taken
    if not len(each.part) or not ((each.gain > 0).any() or len(broken)):
        return nothing
    model = cp_model.CpModel()
    columns = [model.new_bool_var("") for _ in each.part]
    stays = {part: model.new_bool_var("") for part in np.unique(each.part).tolist()}
    for part, own in stays.items():
        model.add_exactly_one([own, *(columns[at] for at in np.flatnonzero(each.part == part))])
        model.add_hint(own, True)
    _add_limits(model, each, columns, broken)
    left = _add_broken(model, each, columns, broken)
    rules.add_to_model(model, plan, _literals(model, plan, each, columns, stays))
    largest = max(float(_largest(np.abs(each.gain), each.part).sum()), 1e-12)
    scale = (ROW_SUM * GAINS if len(broken) else ROW_SUM) / largest
    worth = cp_model.LinearExpr.weighted_sum(columns, _integers(np.round(each.gain * scale)))
    if excess_unit is not None and len(broken):
        share = -each.headroom[broken] / excess_unit[broken]
        cost = np.ceil(share / share.sum() * ROW_SUM / STEPS)
        worth -= cp_model.LinearExpr.weighted_sum(left, _integers(cost))
    model.maximize(worth)
    search = solver(params.seed, params.deterministic_seconds)
    status = search.solve(model)
    seconds = float(search.response_proto.deterministic_time)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Mix(plan=plan, taken=nothing.taken, seconds=seconds)
    taken = np.flatnonzero([search.boolean_value(column) for column in columns])
    mixed = plan.copy()
    for at in taken:
        changed = each.plans[at] != plan
        mixed[changed] = each.plans[at][changed]
    return Mix(plan=mixed, taken=taken, seconds=seconds)


def _literals(
    model: Any, plan: Plan, each: Alternatives, columns: list[Any], stays: dict[int, Any]
) -> dict[int, dict[int, Any]]:
    """One Boolean for each choice of each slot that alternatives change: that of a column, or of any of several."""
    brings: dict[int, dict[int, list[Any]]] = {}
    for part, own in stays.items():
        inside = np.flatnonzero(each.part == part)
        slots = np.flatnonzero((each.plans[inside] != plan).any(axis=0))
        for slot in slots.tolist():
            choices = brings.setdefault(slot, {int(plan[slot]): [own]})
            for at in inside.tolist():
                choices.setdefault(int(each.plans[at, slot]), []).append(columns[at])
    return {
        slot: {choice: _any_of(model, some) for choice, some in sorted(choices.items())}
        for slot, choices in sorted(brings.items())
    }


def _any_of(model: Any, columns: list[Any]) -> Any:
    """A Boolean that holds where one of some columns does, of which at most one holds."""
    if len(columns) == 1:
        return columns[0]
    literal = model.new_bool_var("")
    model.add(cp_model.LinearExpr.sum(columns) == literal)
    return literal


def _add_broken(model: Any, each: Alternatives, columns: list[Any], broken: Int) -> list[Any]:
    """Add rows that are to be mended; how much of its excess each keeps, in steps of a share of it."""
    left = [model.new_int_var(0, STEPS, "") for _ in broken]
    for row, excess in zip(broken.tolist(), left, strict=True):
        use, over = each.use[:, row], -each.headroom[row]
        scale = ROW_SUM / (float(_largest(np.abs(use), each.part).sum()) + over)
        weights = _integers(np.ceil(use * scale - 1e-6))
        step = int(np.ceil(over * scale / STEPS))
        changed = cp_model.LinearExpr.weighted_sum(columns, weights)
        model.add(changed - step * excess <= int(np.floor(-over * scale)))
        model.add_hint(excess, STEPS)
    return left


def _add_limits(model: Any, each: Alternatives, columns: list[Any], mended: Int) -> None:
    """Add each row that the alternatives can break; what breaks already and is not mended may not get worse."""
    room = np.maximum(each.headroom, 0.0)
    most = np.stack([_largest(np.maximum(row, 0.0), each.part).sum() for row in each.use.T]) if len(room) else room
    for row in np.setdiff1d(np.flatnonzero(most > room), mended):
        use = each.use[:, row]
        scale = ROW_SUM / (float(_largest(np.abs(use), each.part).sum()) + room[row])
        weights = _integers(np.ceil(use * scale - 1e-6))
        model.add(cp_model.LinearExpr.weighted_sum(columns, weights) <= int(np.floor(room[row] * scale)))


def _largest(values: Float, part: Int) -> Float:
    """The largest of some values >= 0 in each part."""
    largest = np.zeros(int(part.max()) + 1)
    np.maximum.at(largest, part, values)
    return largest


def _integers(values: Float) -> list[int]:
    return [int(value) for value in values]
