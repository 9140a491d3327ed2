"""One plan of a folder by its rank."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.answer.plan import PlanSet, RankedPlan
    from scenarios.answer.plan_files import PlanDirectory


def ranked_plan(plan_set: PlanSet, rank: int, where: Path, what: str = "--plan") -> RankedPlan:
    """Return the plan of a rank.

    Parameters
    ----------
    what
        What the rank was given by, for the message.

    Raises
    ------
    InvalidInput
        Where the folder holds fewer plans.
    """
    from scenarios.problems import InvalidInput, Problem

    if not (1 <= rank <= len(plan_set.plans)):
        expected = f"a plan from 1 to {len(plan_set.plans)}" if plan_set.plans else "a folder that holds a plan"
        raise InvalidInput([Problem(where=str(where), what=what, expected=expected, got=str(rank))])
    return plan_set.plans[rank - 1]


def counted_plan(directory: PlanDirectory, rank: int) -> RankedPlan:
    """Return the plan of a rank as it can be reckoned with, with the pieces that were counted for its lines.

    Raises
    ------
    InvalidInput
        Where the folder holds fewer plans, a line of it is none of its question, or a figure is beyond any amount.
    """
    from planner.flight.counted import as_counted
    from scenarios.answer.plan_files import plan_place
    from scenarios.answer.planned import planned, refuse_beyond_amounts
    from scenarios.grid import build_grid

    where = plan_place(directory.folder, rank)
    ranked, frozen = ranked_plan(directory.plan_set, rank, directory.folder), directory.problem()
    planned(build_grid(frozen.scenario, frozen.custom), ranked.plan_lines, where=where)
    refuse_beyond_amounts(ranked, where=where)
    return replace(ranked, lines=as_counted(frozen, ranked.lines))
