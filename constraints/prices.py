"""Prices of limits from the linear programme over single changes (MathOpt: GLOP, PDLP when large).

A price is the objective gained per extra unit of a limit. Any prices >= 0 give a valid bound, so rounding in the solver
does no harm. A slack variable for each row keeps the programme solvable where the plan breaks limits; its cost is
above every price that a line could pay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from constraints.linear import Bools, Float, LinearModel

PDLP_COLUMNS = 50_000
"""Programmes with more columns go to PDLP, which scales better and answers to about three digits."""
_SLACK_COST = 10.0
"""Cost of slack, in multiples of the highest gain per unit of use in the row."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LpPrices:
    """Prices >= 0 and the optimum of the linear programme (change against the plan)."""

    scalar: Float
    """[L] objective per unit of ``sign * use``."""
    stock: Float
    """[R] objective per unit of each stock row."""
    value: float


class PriceError(RuntimeError):
    """The solver gave no prices: numbers out of range, or a limit of work."""


def lp_prices(linear: LinearModel, plan: NDArray[np.int8], base: Bools) -> LpPrices:
    """Price all limits at a plan.

    Parameters
    ----------
    linear
        Gains and uses of single changes of the plan.
    plan : int8 [N]
    base : bool [N, width]
        Choices that masks and locks allow (`RuleBook.base`); other rules are left out.

    Raises
    ------
    PriceError
        Where the solver fails.
    """
    options = linear.options(plan, base)
    at, choice = np.nonzero(options)
    column = np.full(options.shape, -1)
    column[at, choice] = np.arange(len(at))
    row, of_slot, of_choice, value, headroom = linear.rows(options)
    gain = linear.gain[at, choice]
    rows, columns = len(headroom), len(at)
    if columns == 0 or rows == 0:
        return LpPrices(
            scalar=np.zeros(len(linear.headroom)),
            stock=np.zeros(len(linear.stock.headroom)),
            value=float(_best(linear, options).sum()),
        )
    entry = column[of_slot, of_choice]
    scale = np.ones(rows)
    np.maximum.at(scale, row, np.abs(value))
    scale[scale <= 0] = 1.0
    unit = max(float(np.abs(gain).max()), 1e-12)
    ratio = np.zeros(rows)
    pays = (value > 0) & (gain[entry] > 0)
    np.maximum.at(ratio, row[pays], (gain[entry] / unit)[pays] / (value / scale[row])[pays])
    result = _solve(
        gain=gain / unit,
        slot=at,
        slots=len(linear.slots),
        row=row,
        entry=entry,
        value=value / scale[row],
        headroom=headroom / scale,
        slack_cost=_SLACK_COST * np.maximum(ratio, 1.0),
    )
    prices = np.maximum(result[0], 0.0) * unit / scale
    count = len(linear.headroom)
    return LpPrices(scalar=prices[:count], stock=prices[count:], value=result[1] * unit)


def _best(linear: LinearModel, options: Bools) -> Float:
    return np.asarray(np.where(options, linear.gain, 0.0).max(axis=1, initial=0.0))


def _solve(
    *,
    gain: Float,
    slot: NDArray[np.int64],
    slots: int,
    row: NDArray[np.int64],
    entry: NDArray[np.int64],
    value: Float,
    headroom: Float,
    slack_cost: Float,
) -> tuple[Float, float]:
    """Maximise gain less slack cost, one choice a slot, limits with slack; duals of the limits and the optimum.

    The model is written as a proto in a few vectors: building 10^5 columns one by one takes longer than solving them.
    """
    columns, rows = len(gain), len(headroom)
    proto = model_pb2.ModelProto()
    variables = proto.variables
    variables.ids.extend(range(columns + rows))
    variables.lower_bounds.extend([0.0] * (columns + rows))
    variables.upper_bounds.extend([float("inf")] * (columns + rows))
    variables.integers.extend([False] * (columns + rows))
    proto.objective.maximize = True
    objective = np.concatenate([gain, -slack_cost])
    kept = np.flatnonzero(objective)
    proto.objective.linear_coefficients.ids.extend(kept.tolist())
    proto.objective.linear_coefficients.values.extend(objective[kept].tolist())
    proto.linear_constraints.ids.extend(range(rows + slots))
    proto.linear_constraints.lower_bounds.extend([float("-inf")] * (rows + slots))
    proto.linear_constraints.upper_bounds.extend([*headroom.tolist(), *[1.0] * slots])
    row_ids = np.concatenate([row, np.arange(rows), rows + slot])
    column_ids = np.concatenate([entry, columns + np.arange(rows), np.arange(columns)])
    values = np.concatenate([value, -np.ones(rows), np.ones(columns)])
    order = np.lexsort((column_ids, row_ids))
    matrix = proto.linear_constraint_matrix
    matrix.row_ids.extend(row_ids[order].tolist())
    matrix.column_ids.extend(column_ids[order].tolist())
    matrix.coefficients.extend(values[order].tolist())
    solver = mathopt.SolverType.PDLP if columns > PDLP_COLUMNS else mathopt.SolverType.GLOP
    model = mathopt.Model.from_model_proto(proto)
    result = mathopt.solve(model, solver, params=mathopt.SolveParameters(threads=1))
    if not result.has_dual_feasible_solution():
        raise PriceError(f"the linear programme of {columns} columns ended as {result.termination.reason.name}")
    duals = result.dual_values()
    prices = np.array([duals[model.get_linear_constraint(number)] for number in range(rows)])
    return prices, float(result.objective_value())
