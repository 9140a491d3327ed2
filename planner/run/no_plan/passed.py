"""What planning an eased question answers with, and what it knows without a search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from planner.problem import Problem
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Plan


@dataclass(frozen=True, kw_only=True, eq=False)
class Passed:
    """A plan, and what the ledger says of its limits."""

    plan: Plan
    limits: Sequence[LimitResult]
    mended: bool = False
    """Whether it took no more than to mend the plan that was given."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Nearest:
    """The plan that breaks least, with the ledger's verdicts."""

    plan: Plan
    limits: Sequence[LimitResult]


PlanAgain = Callable[[Problem, Plan | None], Passed | None]
"""Make a first plan of a problem, from a given one where there is one; None where none is found."""


@dataclass(frozen=True, kw_only=True)
class Shortcuts:
    """What answers without a search from nothing, where it can."""

    at_hand: Callable[[Problem], Passed | None] = lambda eased: None
    """A plan of an eased problem that is known already; None where none is."""
    relieve: Callable[[str, Plan | None], Passed | None] = lambda name, start: None
    """Relieve one limit as far as all others allow, from a plan where one is known; None where none is found."""
    aimed: Callable[[str, Plan], bool] = lambda name, plan: False
    """Whether a search from nothing that was aimed at a limit came to a plan."""
    judge: Callable[[Problem, Plan], Sequence[LimitResult]] | None = None
    """What the ledger of an eased problem says of a plan."""
