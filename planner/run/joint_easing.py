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
from constraints.infeasible.remedies import Remedy, bound_change
from planner.problem import Problem
from planner.run.least_easing import Passed, Tries, with_scenario


def joint_easing(
    problem: Problem, clashes: Sequence[Clash], tries: Tries, tries_of: Callable[[Problem], Tries]
) -> tuple[Remedy, Passed] | None:
    """A way out that moves a limit of each conflict, and a plan that then passes; None where none is found.

    Parameters
    ----------
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
    scenario, changes = problem.grid.scenario, []
    for name in names[:-1]:
        record = problem.limits.records[problem.limits.ids.index(name)]
        asked = Decimal(repr(record.bound))
        change = bound_change(record, asked, tries.out_of_reach(name, asked))
        if change.after is None:
            return None
        changes.append(change)
        scenario = with_bound(scenario, name, change.after)
    found = tries_of(with_scenario(problem, scenario)).least(names[-1])
    if found is None:
        return None
    last, passed = found
    return replace(last, changes=(*changes, *last.changes)), passed
