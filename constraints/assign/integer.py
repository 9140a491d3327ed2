"""An integer programme of groups of customers, by CP-SAT: how many of each get what, within limits in whole uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from constraints.assign.question import AssignQuestion
from constraints.assign.rows import Rows, limit_uses
from constraints.cp_sat import solver
from scenarios.arrays import Flag, Float, Int

_VALUE_SUM = 2.0**52
"""Largest sum of values in CP-SAT's whole numbers."""


@dataclass(frozen=True, kw_only=True, eq=False)
class IntegerChoice:
    """What CP-SAT found. K groups, C offers."""

    wanted: Int
    """[K, C + 1] customers of each group by choice; rows sum to the groups' sizes."""
    bound: float
    """No choices among these options are worth more."""


def integer_choice(
    heads: Rows,
    size: Int,
    question: AssignQuestion,
    options: Flag,
    now: Int,
    deterministic_seconds: float,
) -> IntegerChoice | None:
    """Choose the best among some options; None where no choices were found.

    Parameters
    ----------
    heads
        One customer of each group [K].
    size
        [K] customers of each group.
    options
        [C + 1, K] what may be chosen, nothing first; what is chosen now is among it.
    now
        [K, C + 1] choices that keep every limit, to begin with.
    deterministic_seconds
        Most work, in CP-SAT's own units.
    """
    option, group = np.nonzero(options)
    value = np.concatenate([np.zeros((1, heads.count)), heads.value])[option, group]
    scale = _scale(value, group, size)
    whole = np.rint(value * scale).astype(np.int64)
    model = cp_model.CpModel()
    columns = columns_of(model, option, group, size, now)
    add_limits(model, heads, question, option, group, columns)
    model.maximize(cp_model.LinearExpr.weighted_sum(columns, whole.tolist()))
    search = solver(0, deterministic_seconds)
    # prices decide most here, and the lower levels leave the limits out of the linear relaxation
    search.parameters.linearization_level = 2
    status = search.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    wanted = np.zeros(now.shape, dtype=np.int64)
    wanted[group, option] = [search.value(column) for column in columns]
    # a customer's value lost at most this much where it was rounded
    lost = np.zeros(size.size)
    np.maximum.at(lost, group, np.abs(value * scale - whole))
    return IntegerChoice(wanted=wanted, bound=(float(search.best_objective_bound) + float(lost @ size)) / scale)


def _scale(value: Float, group: Int, size: Int) -> float:
    """Return what values are multiplied with: a power of ten, so that decimal numbers stay what they are."""
    largest = np.zeros(size.size)
    np.maximum.at(largest, group, np.abs(value))
    return float(10.0 ** np.floor(np.log10(_VALUE_SUM / max(float(largest @ size), 1e-200))))


def columns_of(model: Any, option: Int, group: Int, size: Int, now: Int) -> list[Any]:
    """How many of each group get each option, all of the group together; the choices as they are for a hint."""
    columns: list[Any] = []
    members: list[list[Any]] = [[] for _ in range(size.size)]
    for o, k in zip(option.tolist(), group.tolist(), strict=True):
        most = int(size[k])
        column = model.new_bool_var("") if most == 1 else model.new_int_var(0, most, "")
        model.add_hint(column, int(now[k, o]))
        columns.append(column)
        members[k].append(column)
    for those, most in zip(members, size.tolist(), strict=True):
        if most == 1:
            model.add_exactly_one(those)
        else:
            model.add(cp_model.LinearExpr.sum(those) == most)
    return columns


def add_limits(model: Any, heads: Rows, question: AssignQuestion, option: Int, group: Int, columns: list[Any]) -> None:
    """Add each limit with its uses, in the largest unit in which all of them are whole."""
    offered = option > 0
    use = np.zeros((len(question.limits), option.size), dtype=np.int64)
    use[:, offered] = np.rint(limit_uses(heads, question)[:, option[offered] - 1, group[offered]])
    for limit, each in zip(question.limits, use, strict=True):
        some = np.flatnonzero(each)
        unit = max(int(np.gcd.reduce(each[some])), 1)
        weights = (each[some] // unit).tolist()
        model.add(cp_model.LinearExpr.weighted_sum([columns[place] for place in some], weights) <= limit.bound // unit)
