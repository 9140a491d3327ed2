"""Prices of limits from the linear programme over single changes (MathOpt: GLOP, PDLP when large).

A price is the objective gained per extra unit of a limit. Any prices >= 0 give a valid bound, so rounding in the solver
does no harm. A slack variable for each row keeps the programme solvable where the plan breaks limits; its cost is
above every price that a line could pay.

Models and answers are exchanged as MathOpt's messages: its Python objects make one object a column, and reading the
basis of an answer with them takes several times longer than solving.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from ortools.math_opt import (
    callback_pb2,
    model_parameters_pb2,
    model_pb2,
    model_update_pb2,
    parameters_pb2,
    result_pb2,
    solution_pb2,
    sparse_containers_pb2,
)
from ortools.math_opt.core.python import solver
from pybind11_abseil.status import StatusNotOk

from constraints.rules.rows import LiteralRows
from constraints.solver.linear import LinearModel
from scenarios.arrays import Flag, Float, Int, Plan

PDLP_COLUMNS = 50_000
"""Programmes with more columns go to PDLP, which scales better and answers to about three digits."""
_SLACK_COST = 10.0
"""Cost of slack, in multiples of the highest gain per unit of use in the row."""
_AT_SLACK = 1.0 - 1e-6
"""Share of the cost of slack from which on a price is no other number."""


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


class PriceProgramme:
    """The linear programme at one plan, kept open so that limits can give way and be priced again.

    Pricing again starts from the vertex of the answer before and takes a few steps of the dual simplex method. Use it
    as a context; it frees the solver when left.

    Parameters
    ----------
    linear
        Gains and uses of single changes of the plan.
    plan : int8 [N]
    base : bool [N, width]
        Choices that masks and locks allow (`RuleBook.base`).
    rules
        What else rules say (`RuleBook.rows`); the plan is taken to keep it.

    Raises
    ------
    PriceError
        Where the solver fails.
    """

    def __init__(self, linear: LinearModel, plan: Plan, base: Flag, rules: LiteralRows | None = None) -> None:
        options = linear.options(plan, base)
        at, choice = np.nonzero(options)
        column = np.full(options.shape, -1)
        column[at, choice] = np.arange(len(at))
        row, of_slot, of_choice, value, headroom = linear.rows(options)
        gain = linear.gain[at, choice]
        rows, columns = len(headroom), len(at)
        self._limits, self._headroom = len(linear.headroom), headroom
        self._slack_price = np.full(rows, np.inf)
        self._solver: Any = None
        if columns == 0 or rows == 0:
            self._first = self._read(np.zeros(rows), float(_best(linear, options).sum()))
            return
        entry = column[of_slot, of_choice]
        self._scale = np.ones(rows)
        np.maximum.at(self._scale, row, np.abs(value))
        self._scale[self._scale <= 0] = 1.0
        self._unit = max(float(np.abs(gain).max()), 1e-12)
        ratio = np.zeros(rows)
        pays = (value > 0) & (gain[entry] > 0)
        np.maximum.at(ratio, row[pays], (gain[entry] / self._unit)[pays] / (value / self._scale[row])[pays])
        slack_cost = _SLACK_COST * np.maximum(ratio, 1.0)
        self._slack_price = slack_cost * self._unit / self._scale
        proto = _model(
            gain=gain / self._unit,
            slot=at,
            slots=len(linear.slots),
            row=row,
            entry=entry,
            value=value / self._scale[row],
            headroom=headroom / self._scale,
            slack_cost=slack_cost,
            ruled=_Ruled.none() if rules is None else _ruled(rules, linear, plan, column),
        )
        exact = columns <= PDLP_COLUMNS
        self._proto = proto
        self._kind = parameters_pb2.SOLVER_TYPE_GLOP if exact else parameters_pb2.SOLVER_TYPE_PDLP
        self._wanted = _only_duals_of(rows)
        self._again = parameters_pb2.SolveParametersProto(threads=1)
        self._solver = self._opened()
        self._first = self._solve(self._again)
        if exact:
            # Presolve would give every programme another form, in which the vertex before means nothing.
            self._again.presolve = parameters_pb2.EMPHASIS_OFF
            self._again.lp_algorithm = parameters_pb2.LP_ALGORITHM_DUAL_SIMPLEX

    def __enter__(self) -> PriceProgramme:
        return self

    def __exit__(self, *_: object) -> None:
        self._solver = None

    @property
    def prices(self) -> LpPrices:
        """Prices of all limits at the plan."""
        return self._first

    def priced_by_slack(self, found: LpPrices) -> tuple[Flag, Flag]:
        """[L] and [R] rows whose price is the cost of their slack, which no line sets: it says nothing of their worth.

        So it is where the plan breaks a row, and may be where it just uses one up: then every price from what lines
        would pay up to the cost of slack is an optimum of the dual programme.
        """
        prices = np.concatenate([found.scalar, found.stock])
        at_slack = prices >= _AT_SLACK * self._slack_price
        return at_slack[: self._limits], at_slack[self._limits :]

    def eased(self, scalar: Float, stock: Float) -> LpPrices:
        """Price all limits after they give way, [L] and [R] units of use each; negative where they tighten.

        Raises
        ------
        PriceError
            Where the solver fails.
        """
        if self._solver is None:
            return self._first
        bounds = (self._headroom + np.concatenate([scalar, stock])) / self._scale
        known = np.array(self._proto.linear_constraints.upper_bounds[: len(bounds)])
        moved = np.flatnonzero(bounds != known)
        for row, bound in zip(moved.tolist(), bounds[moved].tolist(), strict=True):
            self._proto.linear_constraints.upper_bounds[row] = bound
        vector = sparse_containers_pb2.SparseDoubleVectorProto(ids=moved.tolist(), values=bounds[moved].tolist())
        update = model_update_pb2.ModelUpdateProto(
            linear_constraint_updates=model_update_pb2.LinearConstraintUpdatesProto(upper_bounds=vector)
        )
        with _priced_or_told():
            updated = not len(moved) or self._solver.update(update)
        if not updated:
            self._solver = self._opened()
        return self._solve(self._again)

    def _opened(self) -> Any:
        """A solver that holds the programme."""
        with _priced_or_told():
            return solver.new(self._kind, self._proto, parameters_pb2.SolverInitializerProto())

    def _solve(self, params: parameters_pb2.SolveParametersProto) -> LpPrices:
        if self._solver is None:
            raise PriceError("there is nothing to solve")
        nothing = callback_pb2.CallbackRegistrationProto()
        with _priced_or_told():
            result = self._solver.solve(params, self._wanted, None, nothing, None, None)
        found = result.solutions[0] if result.solutions else solution_pb2.SolutionProto()
        if found.dual_solution.feasibility_status != solution_pb2.SOLUTION_STATUS_FEASIBLE:
            reason = result_pb2.TerminationReasonProto.Name(result.termination.reason).removeprefix(
                "TERMINATION_REASON_"
            )
            raise PriceError(f"the linear programme of {len(self._headroom)} limits ended as {reason}")
        duals = np.zeros(len(self._headroom))
        duals[list(found.dual_solution.dual_values.ids)] = found.dual_solution.dual_values.values
        prices = np.maximum(duals, 0.0) * self._unit / self._scale
        return self._read(prices, found.primal_solution.objective_value * self._unit)

    def _read(self, prices: Float, value: float) -> LpPrices:
        return LpPrices(scalar=prices[: self._limits], stock=prices[self._limits :], value=value)


@contextmanager
def _priced_or_told() -> Iterator[None]:
    """Turn what the solver refuses, numbers that it cannot work with above all, into `PriceError`."""
    try:
        yield
    except StatusNotOk as error:
        raise PriceError(f"the solver refuses the linear programme: {error}") from error


def _only_duals_of(rows: int) -> model_parameters_pb2.ModelSolveParametersProto:
    """Ask for the duals of the first rows and nothing else."""
    nothing = sparse_containers_pb2.SparseVectorFilterProto(filter_by_ids=True)
    some = sparse_containers_pb2.SparseVectorFilterProto(filter_by_ids=True, filtered_ids=range(rows))
    return model_parameters_pb2.ModelSolveParametersProto(
        variable_values_filter=nothing, reduced_costs_filter=nothing, dual_values_filter=some
    )


def _best(linear: LinearModel, options: Flag) -> Float:
    return np.asarray(np.where(options, linear.gain, 0.0).max(axis=1, initial=0.0))


class _Ruled(NamedTuple):
    """Rows of rules over the columns of a programme: what the plan leaves of each, and Z entries."""

    left: Float
    """[R]"""
    row: Int
    """[Z]"""
    entry: Int
    """[Z] column."""
    value: Float
    """[Z]"""

    @classmethod
    def none(cls) -> _Ruled:
        """No rules."""
        none = np.zeros(0, dtype=np.int64)
        return cls(np.zeros(0), none, none, np.zeros(0))


def _ruled(rules: LiteralRows, linear: LinearModel, plan: Plan, column: Int) -> _Ruled:
    """Rows of rules that some change of ``column`` [F, width] counts in; -1 is no change."""
    position = np.full(len(plan), -1)
    position[linear.slots] = np.arange(len(linear.slots))
    true = rules.choices[np.arange(len(rules.slot)), plan[rules.slot]]
    used = np.bincount(rules.row, rules.weight * true, minlength=len(rules.cap))
    # A large question has millions of literals, a programme some thousand slots.
    inside = np.flatnonzero(position[rules.slot] >= 0)
    at = position[rules.slot[inside]]
    changes = (rules.choices[inside].astype(np.int64) - true[inside, None]) * rules.weight[inside, None]
    literal, choice = np.nonzero(changes * (column[at] >= 0))
    kept, row = np.unique(rules.row[inside[literal]], return_inverse=True)
    # A row may hold several literals of a slot, of other choices each: a change may end one and begin another.
    wide = column.max(initial=0) + 1
    place, number = np.unique(row * wide + column[at[literal], choice], return_inverse=True)
    value = np.bincount(number, changes[literal, choice], minlength=len(place))
    row, entry = np.divmod(place[value != 0], wide)
    return _Ruled(left=np.maximum(rules.cap - used, 0.0)[kept], row=row, entry=entry, value=value[value != 0])


def _model(
    *,
    gain: Float,
    slot: Int,
    slots: int,
    row: Int,
    entry: Int,
    value: Float,
    headroom: Float,
    slack_cost: Float,
    ruled: _Ruled,
) -> model_pb2.ModelProto:
    """Maximise gain less slack cost, one choice a slot, limits with slack, rules without."""
    columns, rows, told = len(gain), len(headroom), len(ruled.left)
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
    proto.linear_constraints.ids.extend(range(rows + slots + told))
    proto.linear_constraints.lower_bounds.extend([float("-inf")] * (rows + slots + told))
    proto.linear_constraints.upper_bounds.extend([*headroom.tolist(), *[1.0] * slots, *ruled.left.tolist()])
    row_ids = np.concatenate([row, np.arange(rows), rows + slot, rows + slots + ruled.row])
    column_ids = np.concatenate([entry, columns + np.arange(rows), np.arange(columns), ruled.entry])
    values = np.concatenate([value, -np.ones(rows), np.ones(columns), ruled.value])
    order = np.lexsort((column_ids, row_ids))
    matrix = proto.linear_constraint_matrix
    matrix.row_ids.extend(row_ids[order].tolist())
    matrix.column_ids.extend(column_ids[order].tolist())
    matrix.coefficients.extend(values[order].tolist())
    return proto
