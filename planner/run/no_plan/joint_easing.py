"""Several conflicts that share no member: no single change mends them, so one limit of each gives way, all at once.

Each conflict but one gives way by as little as its proof leaves; of the last one, the least that it takes then is
looked for as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from constraints.infeasible.clash import Clash
from constraints.infeasible.easing import with_bound
from constraints.infeasible.remedies import Change, Remedy, bound_change
from planner.problem import Problem
from planner.run.no_plan.eased_problem import with_scenario
from planner.run.no_plan.least_easing import Tries
from planner.run.no_plan.passed import Nearest, Passed

FURTHER = (Decimal(0), Decimal("0.1"), Decimal("0.5"), Decimal(1))
"""How far bounds give way, from where their proofs end (0) to what the nearest plan uses (1), until a plan is found."""


def joint_easing(
    problem: Problem, nearest: Nearest, clashes: Sequence[Clash], tries: Tries, tries_of: Callable[[Problem], Tries]
) -> tuple[Remedy, Passed] | None:
    """A way out that moves a limit of each conflict, and a plan that then passes; None where none is found.

    Parameters
    ----------
    nearest
        The plan that breaks least: what it uses is how far bounds give way at most.
    clashes
        Conflicts without a common member.
    tries
        Tries of the problem itself.
    tries_of
        Makes tries of an eased problem, which share the run's time.
    """
    chosen = [next((name for name in clash.members if name in problem.limits.ids), None) for clash in clashes]
    # What is left of the search goes where most else pulls: into the conflict with the most members.
    order = sorted(range(len(clashes)), key=lambda place: len(clashes[place].members))
    names = [name for place in order if (name := chosen[place]) is not None]
    if len(names) < len(clashes) or len(set(names)) < len(names):
        return None
    for share in FURTHER:
        changes = tuple(_change(problem, nearest, name, tries, share) for name in names[:-1])
        scenario = problem.grid.scenario
        for change in changes:
            if change.after is not None:
                scenario = with_bound(scenario, change.id, change.after)
        eased = tries_of(with_scenario(problem, scenario))
        if share and not eased.more:
            break
        found = eased.least(names[-1])
        if found is not None:
            last, passed = found
            return replace(last, changes=(*changes, *last.changes)), passed
    return None


def _change(problem: Problem, nearest: Nearest, name: str, tries: Tries, share: Decimal) -> Change:
    """Move a bound to where its proof ends, and by a share of the way from there to what the nearest plan uses."""
    record = problem.limits.records[problem.limits.ids.index(name)]
    asked = Decimal(repr(record.bound))
    proven, used = tries.out_of_reach(name, asked), _used(nearest, name)
    return bound_change(record, asked, proven + share * (used - proven))


def _used(nearest: Nearest, name: str) -> Decimal:
    return next(result for result in nearest.limits if result.id == name).decides
