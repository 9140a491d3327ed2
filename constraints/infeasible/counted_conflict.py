"""Why a small question has no plan, from a census of all its plans: smallest conflicts and cheapest remedies, exactly.

Every plan breaks a set of members. A set of members cannot be kept exactly when every plan breaks one of them: when it
hits every plan's set. So the smallest conflict is a smallest hitting set, which CP-SAT finds; dropping any one of its
members leaves a plan that keeps the rest. Conflicts that share no member with an earlier one are found by leaving the
earlier members out. A remedy lets go of all that one plan breaks: the cheapest is read off the plans.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from constraints.cp_sat import solver
from constraints.infeasible.census import Auditor, Census, ExhaustedError
from constraints.infeasible.members import Kind, Member, in_order
from constraints.infeasible.remedies import (
    Known,
    Remedy,
    cheapest_first,
    dropped,
    more_units,
    relaxed,
    units_missing,
)
from constraints.infeasible.undivided import undivided
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Flag

_WORK = 20.0
"""CP-SAT's deterministic seconds for one hitting set."""
_STOCK_ROUNDS = 8
"""Rounds in which stock is added until a plan passes: more stock sells more where the baseline was cut at it."""
_TRIED = 12
"""Plans short of stock whose remedy is worked out for one way: each takes the ledger of another problem per round."""
_PLENTY = 10**7
"""Units of stock that nothing is cut at."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Counted:
    """What a census says."""

    feasible: NDArray[np.int8] | None
    """The plan of the highest objective that keeps everything; None where no plan does."""
    conflicts: tuple[tuple[Member, ...], ...]
    """Smallest conflicts without a common member; empty where something is feasible."""
    remedies: tuple[Remedy, ...]
    """Each alone lets a plan pass, the cheapest first."""


def judge_census(census: Census, audit: Auditor, firm: Collection[str] = ()) -> Counted:
    """Answer from a census.

    Parameters
    ----------
    firm
        Ids of members that remedies leave as they are, but for those of conflicts that have no others.

    Raises
    ------
    ExhaustedError
        Where more plans would have to be audited than the effort allows.
    """
    everything = np.ones(len(census.members), dtype=bool)
    feasible = census.keeping(everything)
    if feasible is not None:
        return Counted(feasible=census.plans[feasible], conflicts=(), remedies=())
    conflicts = []
    usable = everything.copy()
    while (found := _smallest(census, usable)) is not None:
        conflicts.append(found)
        usable &= ~found
    conflicting = np.any(conflicts, axis=0)
    stays = np.array([member.id in firm for member in census.members], dtype=bool)
    for found in conflicts:
        if stays[found].all():
            stays &= ~found
    return Counted(
        feasible=None,
        conflicts=tuple(in_order(census.members, found) for found in conflicts),
        remedies=_Remedies(census, audit).all_of(conflicting & ~stays, ~stays),
    )


def _smallest(census: Census, usable: Flag) -> Flag | None:
    """[M] a smallest set of usable members that no plan keeps, minimal by the ledger; None where there is none."""
    while True:
        found = hitting_set(census.broken & usable)
        if found is None:
            return None
        if all(_dispensable(census, found, int(number)) for number in np.flatnonzero(found)):
            return found


def _dispensable(census: Census, conflict: Flag, number: int) -> bool:
    """Whether some plan keeps all of a conflict but one member; settles by the ledger what was open of such plans."""
    rest = conflict.copy()
    rest[number] = False
    return census.keeping(rest) is not None


def hitting_set(sets: Flag) -> Flag | None:
    """[M] a smallest set of columns that meets every row [P, M], earlier columns first; None for an empty row.

    Raises
    ------
    RuntimeError
        Where the solver finds none, although the set of all columns is one.
    """
    minimal = minimal_rows(sets)
    if not minimal.any(axis=1).all():
        return None
    alone = minimal.sum(axis=1) == 1
    if len(minimal) == 1 or alone.all():
        forced = np.zeros(sets.shape[1], dtype=bool)
        forced[[int(row.argmax()) for row in minimal]] = True
        return forced
    model = cp_model.CpModel()
    columns = [model.new_bool_var("") for _ in range(sets.shape[1])]
    for row in minimal:
        model.add_bool_or([columns[number] for number in np.flatnonzero(row)])
    size = len(columns)
    model.minimize(sum((size * size + number) * column for number, column in enumerate(columns)))
    search = solver(0, _WORK)
    if search.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise RuntimeError("a hitting set always exists; the solver found none")
    return np.array([search.boolean_value(column) for column in columns], dtype=bool)


def minimal_rows(sets: Flag) -> Flag:
    """Rows [P, M] that contain no other row, each once."""
    rows = np.unique(sets, axis=0)
    rows = rows[np.argsort(rows.sum(axis=1), kind="stable")]
    kept = np.zeros((0, rows.shape[1]), dtype=bool)
    for row in rows:
        if not (kept <= row).all(axis=1).any():
            kept = np.concatenate([kept, row[None]])
    return kept


class _Remedies:
    """The cheapest ways out that a census holds."""

    def __init__(self, census: Census, audit: Auditor) -> None:
        self._census, self._audit = census, audit
        self._worked_out: dict[int, Remedy | None] = {}
        dropping = np.array([member.kind is not Kind.LIMIT for member in census.members], dtype=float)
        self._cost = np.where(census.broken, census.excess + dropping, 0.0).sum(axis=1)

    def all_of(self, conflicting: Flag, movable: Flag) -> tuple[Remedy, ...]:
        """One remedy for each way: each limit of the conflicts alone, limits, locked lines, rules; else a mixture.

        Only members that are ``movable`` [M] change.
        """
        limits, lines = self._census.of_kind(Kind.LIMIT), self._census.of_kind(Kind.LINE)
        rules = self._census.of_kind(Kind.RULE)
        ways = [limits & movable, lines & movable, rules & movable]
        for number in np.flatnonzero(conflicting & limits):
            alone = np.zeros_like(limits)
            alone[number] = True
            ways.insert(0, alone)
        found = [remedy for remedy in map(self._cheapest, ways) if remedy is not None]
        mixed = self._cheapest(movable)
        return cheapest_first([*found, *([] if mixed is None else [mixed])])

    def _cheapest(self, way: Flag) -> Remedy | None:
        """The cheapest remedy that changes members of a way only, as far as audits reach; None where none does."""
        best: Remedy | None = None
        ids = {member.id for member in in_order(self._census.members, way)}
        short = 0
        try:
            for plan, least in self._by_cost(way):
                if best is not None and (least >= best.cost or short >= _TRIED):
                    break
                remedy = self._remedy(plan)
                if remedy is None:
                    short += 1
                    continue
                short += any(change.kind == "stock" for change in remedy.changes)
                if {change.id for change in remedy.changes} <= ids and (best is None or remedy.cost < best.cost):
                    best = remedy
        except ExhaustedError:
            return best
        return best

    def _by_cost(self, way: Flag) -> Iterator[tuple[int, float]]:
        """Plans that break members of a way only, by the least that mending may cost; of equal ones the best first."""
        census = self._census
        beyond = (census.beyond & census.broken).any(axis=1)
        candidates = np.flatnonzero(~census.broken[:, ~way].any(axis=1) & ~beyond)
        queue = [(float(self._cost[plan]), -float(census.objective[plan]), int(plan)) for plan in candidates]
        heapq.heapify(queue)
        while queue:
            cost, _, plan = heapq.heappop(queue)
            census.results(plan)
            if not (census.broken[plan, ~way].any() or (census.beyond[plan] & census.broken[plan]).any()):
                yield plan, cost

    def _remedy(self, plan: int) -> Remedy | None:
        """Let go of all that a plan breaks, worked out once."""
        if plan not in self._worked_out:
            self._worked_out[plan] = self._work_out(plan)
        return self._worked_out[plan]

    def _work_out(self, plan: int) -> Remedy | None:
        """Let go of all that a plan breaks, by the ledger's numbers; None where no stock or bound is found enough.

        Where the baseline was cut at stock, more of it sells more, which may take still more stock, or a budget.
        """
        census = self._census
        results, added, first = census.results(plan), dict[int, int](), dict[int, LimitResult]()
        for number in range(_STOCK_ROUNDS):
            short = {int(m.product): m for m in census.members if m.product is not None and not results[m.id].ok}
            if not short:
                break
            for product, member in short.items():
                first.setdefault(product, results[member.id])
                added[product] = added.get(product, 0) + units_missing(results[member.id])
            if number == 1:  # the baseline takes all that is added: have what it asks for uncut
                results = self._audited(plan, added | dict.fromkeys(short, _PLENTY))
                for product, member in short.items():
                    added[product] = max(added[product], _PLENTY - int(results[member.id].headroom))
            results = self._audited(plan, added)
        else:
            return None
        changes = []
        for member, broken in zip(census.members, census.broken[plan], strict=True):
            if member.product is not None:
                if member.product in added:
                    changes.append(more_units(first[member.product], added[member.product]))
            elif member.kind is not Kind.LIMIT:
                changes += [dropped(member)] if broken else []
            elif undivided(results[member.id]):
                return None  # a ratio that has nothing to divide by is beyond every bound
            elif not results[member.id].ok:
                changes.append(relaxed(census.limits, member, results[member.id]))
        return Remedy(changes=tuple(changes), known=Known.COUNTED, least=True)

    def _audited(self, plan: int, added: dict[int, int]) -> dict[str, LimitResult]:
        return {result.id: result for result in self._audit(self._census.plans[plan], added)}
