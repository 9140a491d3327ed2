"""The restricted master programme: shares of columns, one in all of each part, under limits and rows of rules.

A column is a way to fill a part of a plan, with what it changes alone. The linear programme says which columns pay for
what they use, and by its duals what every other column lacks to pay, too: the column generation of Dantzig and Wolfe
(1960, doi:10.1287/opre.8.1.101). Rows may be exceeded at a cost above all gains, so it always has an answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from constraints.rules.rows import LiteralRows
from scenarios.arrays import Float, Int, Plan

EXCESS_COST = 50.0
"""What it costs to exceed a row by the largest use of a column, in multiples of the largest gain."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Columns:
    """M columns of some parts, each part's own way among them."""

    part: Int
    """[M]"""
    gain: Float
    """[M] change of the objective."""
    use: Float
    """[M, R] change of what each row uses, the direction that is bounded above."""
    headroom: Float
    """[R]"""
    counted: Float
    """[M, Q] change of what each row of the rules counts."""
    left: Float
    """[Q] what the plan leaves of it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Shares:
    """The optimum of the linear programme."""

    share: Float
    """[M] from 0 to 1, each part's adding up to 1."""
    lacks: Float
    """[M] >= 0, what each column lacks to pay for what it uses."""
    gain: float
    """Change of the objective."""
    excess: float
    """Rows that are exceeded, in their largest uses."""


def best_shares(columns: Columns) -> Shares | None:
    """Solve the programme; None where numbers are out of the solver's range."""
    count, parts = len(columns.part), int(columns.part.max()) + 1
    use = columns.use
    held = np.flatnonzero(_most(use, columns.part) > columns.headroom)
    told = np.flatnonzero((columns.counted != 0).any(axis=0))
    unit = max(float(np.abs(columns.gain).max()), 1e-12)
    scale = np.maximum(np.abs(use[:, held]).max(axis=0, initial=0.0), 1e-12)
    rows = np.concatenate([(use[:, held] / scale).T, columns.counted[:, told].T])
    right = np.concatenate([columns.headroom[held] / scale, columns.left[told]])
    one = np.zeros((parts, count + len(right)))
    one[columns.part, np.arange(count)] = 1.0
    cost = np.concatenate([-columns.gain / unit, np.full(len(right), EXCESS_COST)])
    found = linprog(
        cost,
        A_ub=np.concatenate([rows, -np.eye(len(right))], axis=1) if len(right) else None,
        b_ub=right if len(right) else None,
        A_eq=one,
        b_eq=np.ones(parts),
        method="highs-ds",
    )
    if found.x is None or found.status != 0:
        return None
    dual = -(rows.T @ found.ineqlin.marginals) if len(right) else np.zeros(count)
    lacks = (cost[:count] + dual - found.eqlin.marginals[columns.part]) * unit
    share: Float = found.x[:count]
    return Shares(
        share=share,
        lacks=np.maximum(lacks, 0.0),
        gain=float(columns.gain @ share),
        excess=float(found.x[count:].sum()),
    )


def counted_by(rows: LiteralRows, plan: Plan, slots: Int, contents: Plan) -> Float:
    """[P, Q] change of what each row of the rules counts, were some slots of a plan filled otherwise.

    Parameters
    ----------
    contents : int8 [P, slots]
        What the slots would hold.
    """
    position = np.full(len(plan), -1)
    position[slots] = np.arange(len(slots))
    inside = np.flatnonzero(position[rows.slot] >= 0)
    at, weight = position[rows.slot[inside]], rows.weight[inside]
    choices, literal = rows.choices[inside], np.arange(len(inside))
    now = choices[literal, plan[slots[at]]].astype(np.int64)
    change = (choices[literal, contents[:, at]].astype(np.int64) - now) * weight
    count = np.zeros((len(rows.cap), len(contents)))
    np.add.at(count, rows.row[inside], change.T)
    return np.ascontiguousarray(count.T)


def left_by(rows: LiteralRows, plan: Plan) -> Float:
    """[Q] what a plan leaves of each row of the rules."""
    true = rows.choices[np.arange(len(rows.slot)), plan[rows.slot]]
    return np.asarray(rows.cap - np.bincount(rows.row, rows.weight * true, minlength=len(rows.cap)), dtype=float)


def _most(use: Float, part: Int) -> Float:
    """[R] the most that columns, one of each part, could use of each row."""
    largest = np.zeros((int(part.max()) + 1, use.shape[1]))
    np.maximum.at(largest, part, use)
    return np.asarray(largest.sum(axis=0))
