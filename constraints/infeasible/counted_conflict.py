"""Why a small question has no plan, from a census of all its plans: smallest conflicts and cheapest remedies, exactly.

Every plan breaks a set of members. A set of members cannot be kept exactly when every plan breaks one of them: when it
hits every plan's set. So the smallest conflict is a smallest hitting set, which CP-SAT finds; dropping any one of its
members leaves a plan that keeps the rest. Conflicts that share no member with an earlier one are found by leaving the
earlier members out. Remedies are read off the plans (`constraints.infeasible.counted_ways`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from constraints.cp_sat import solver
from constraints.infeasible.census import Auditor, Census
from constraints.infeasible.counted_ways import Broken, CountedWays
from constraints.infeasible.members import Member, in_order
from constraints.infeasible.remedies import Remedy
from scenarios.arrays import Flag

_WORK = 20.0
"""CP-SAT's deterministic seconds for one hitting set."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Counted:
    """What a census says."""

    feasible: NDArray[np.int8] | None
    """The plan of the highest objective that keeps everything; None where no plan does."""
    conflicts: tuple[tuple[Member, ...], ...]
    """Smallest conflicts without a common member; empty where something is feasible."""
    remedies: tuple[Remedy, ...]
    """Each alone lets a plan pass, the cheapest first."""
    nearest: Broken | None = None
    """The plan behind the cheapest of them; without any the plan that breaks least, as far as that can be said."""


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
    ways = CountedWays(census, audit)
    remedies = ways.all_of(conflicting & ~stays, ~stays)
    return Counted(
        feasible=None,
        conflicts=tuple(in_order(census.members, found) for found in conflicts),
        remedies=remedies,
        nearest=ways.behind(remedies[0]) if remedies else ways.least_broken(),
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
