"""Proofs that limits cannot be kept beside rules: 72 lines are asked for, and rules leave room for 56.

Every limit's optimistic bound is split by slots (`constraints.infeasible.slot_costs`), so that CP-SAT can be asked for
a plan that keeps all rules, and every limit by these sums. Where there is none, no plan keeps them: truly, each limit
takes at least as much. Limits, rules and locked lines are left out one by one as long as that stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from constraints.cp_sat import solver
from constraints.enforce.complete import choice_literals
from constraints.infeasible.flow_reach import reach_of
from constraints.infeasible.optimistic import pair_values, row_tables
from constraints.infeasible.proof import PROOF
from constraints.infeasible.rule_conflict import LockedLine, locked_lines, locks, needed_closings, needed_lines
from constraints.infeasible.shortfall import Row
from constraints.infeasible.slot_costs import SlotCosts, slot_costs
from constraints.rulebook import RuleBook
from constraints.rules.forms import CompiledRule
from constraints.solver.polish import ROW_SUM
from scenarios.response.coefficients import Coefficients

CHOICES = 50_000
"""Possible lines up to which rules are asked: with more, CP-SAT takes minutes to read them."""
_SECONDS = 2.0
"""Work of one question, in CP-SAT's deterministic seconds."""
_DUST = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class RuledOut:
    """Limits that no plan keeps which keeps some rules and holds some locked lines."""

    rows: list[Row]
    rules: list[str]
    """Rules, and those of which only the time that they keep empty matters."""
    lines: list[LockedLine]
    least: float | None
    """Of one row alone: what ``sign * use`` is at the least; None where that is not known."""


def ruled_out(
    model: Coefficients,
    rulebook: RuleBook,
    rows: Sequence[Row],
    tests: int,
    stopped: Callable[[], bool] = lambda: False,
) -> RuledOut | None:
    """Look for a proof that no plan keeps some rows and all rules; None where there is none.

    Parameters
    ----------
    rows
        Those that are least likely needed last.
    tests
        Rows and rules that are left out one by one at most.
    """
    if int(rulebook.base[:, 1:].sum()) > CHOICES:
        return None
    asked = _Asked(model, rulebook, stopped)
    rules, left, kept = list(rulebook.rules), tests, list(rows)
    if not asked.impossible(kept, rules):
        return None
    for row in reversed(rows):
        rest = [other for other in kept if other is not row]
        if rest and left > 0 and asked.impossible(rest, rules):
            kept = rest
        left -= 1
    for rule in rulebook.rules:
        others = [other for other in rules if other is not rule]
        if left > 0 and asked.impossible(kept, others):
            rules = others
        left -= 1

    def still(some: Sequence[CompiledRule]) -> bool:
        return asked.impossible(kept, some)

    locked = locked_lines(model.grid)
    closed = needed_closings(still, rules, locked)
    lines = needed_lines(still, rules, locked, closed)
    names = [rule.id for rule in (*(rule for rule in rules if not locks(rule)), *closed)]
    least = asked.least(kept[0], rules) if len(kept) == 1 else None
    return RuledOut(rows=kept, rules=names, lines=lines, least=least)


class _Asked:
    """What CP-SAT is asked, with the costs of rows under the masks and locks of some rules."""

    def __init__(self, model: Coefficients, rulebook: RuleBook, stopped: Callable[[], bool]) -> None:
        self._model, self._whole, self._stopped = model, rulebook, stopped
        self._costs: dict[tuple[int, bytes], SlotCosts] = {}

    def impossible(self, rows: Sequence[Row], rules: Sequence[CompiledRule]) -> bool:
        """Whether it is proven that no plan keeps some rows and rules; once nobody waits, that is left open."""
        book = None if self._stopped() else self._book(rules)
        if book is None:
            return False
        model, literals = self._ruled(book)
        for row in rows:
            costs = self._cost(row, book)
            room = row.sign * row.bound + PROOF * row.scale - costs.rest
            columns, weights, fixed, scale = _scaled(costs, literals, book, abs(room))
            model.add(cp_model.LinearExpr.weighted_sum(columns, weights) <= int(np.ceil(room * scale)) - fixed)
        return bool(solver(0, _SECONDS).solve(model) == cp_model.INFEASIBLE)

    def least(self, row: Row, rules: Sequence[CompiledRule]) -> float | None:
        """What ``sign * use`` of a row is at the least under some rules; None where too little is known."""
        book = None if self._stopped() else self._book(rules)
        if book is None:
            return None
        model, literals = self._ruled(book)
        costs = self._cost(row, book)
        columns, weights, fixed, scale = _scaled(costs, literals, book, 0.0)
        model.minimize(cp_model.LinearExpr.weighted_sum(columns, weights))
        search = solver(0, _SECONDS)
        status = search.solve(model)
        if status == cp_model.OPTIMAL:
            plan = book.locked_lines()
            for slot, own in literals.items():
                plan[slot] = next(choice for choice, column in own.items() if search.boolean_value(column))
            return float(costs.cost[np.arange(len(plan)), plan].sum()) + costs.rest
        return (
            float((search.best_objective_bound + fixed) / scale + costs.rest) if status == cp_model.FEASIBLE else None
        )

    def _book(self, rules: Sequence[CompiledRule]) -> RuleBook | None:
        book = RuleBook(self._whole.grid, tuple(rules), ~self._whole.open)
        plan = book.locked_lines()
        return None if book.clashes or not book.possible[np.arange(len(plan)), plan].all() else book

    def _ruled(self, book: RuleBook) -> tuple[Any, dict[int, dict[int, Any]]]:
        model = cp_model.CpModel()
        literals = choice_literals(model, book, np.flatnonzero(book.base.sum(axis=1) > 1))
        book.add_to_model(model, book.locked_lines(), literals)
        return model, literals

    def _cost(self, row: Row, book: RuleBook) -> SlotCosts:
        key = (id(row), np.packbits(book.base).tobytes())
        if key not in self._costs:
            reach = reach_of(self._model, book.base)
            values = pair_values(row_tables(self._model, row.functional, row.sign, reach), reach)
            self._costs[key] = slot_costs(self._model.grid, values, reach)
        return self._costs[key]


def _scaled(
    costs: SlotCosts, literals: dict[int, dict[int, Any]], book: RuleBook, room: float
) -> tuple[list[Any], list[int], int, float]:
    """Columns with whole weights, never above their costs, those of slots that are decided already, and the scale."""
    largest = np.where(book.base, np.abs(costs.cost), 0.0).max(axis=1)
    scale = ROW_SUM / max(float(largest.sum()) + room, 1e-9)
    weights = np.floor(costs.cost * scale + _DUST).astype(np.int64)
    places = [(slot, choice, column) for slot, own in literals.items() for choice, column in own.items()]
    decided = np.ones(len(book.base), dtype=bool)
    decided[list(literals)] = False
    plan = book.locked_lines()
    fixed = int(weights[np.flatnonzero(decided), plan[decided]].sum())
    return [each[2] for each in places], [int(weights[slot, choice]) for slot, choice, _ in places], fixed, scale
