"""Last changes of a careful search: its best plan climbs along the slope of its own worth over the futures.

Under the tilt of a plan's own futures exact gains are the slope of its true worth, and overstate it: a changed plan has
other bad futures. So they say which changes are tried, and the futures of the changed plan whether one is made.
"""

from __future__ import annotations

from collections.abc import Callable

from constraints.ledger import Ledger
from planner.evolution.careful import Careful
from planner.evolution.shown.topped import ASKED, WORTH, climbed
from planner.evolution.workspace import Workspace
from scenarios.arrays import Plan


def topped_over_futures(
    space: Workspace,
    careful: Careful,
    ledger: Ledger,
    work: float = float("inf"),
    over: Callable[[], bool] = lambda: False,
) -> None:
    """Better the plan of the highest true worth by single changes and moves of several lines.

    Parameters
    ----------
    careful
        Holds that plan, and what it becomes; tilted by the plan's own futures afterwards.
    work
        Work to do at most, in passes over all columns: moves of several lines are many, and drawn in any order.
    over
        Whether the time is over: no other change is tried then.
    """
    if not careful.elites.members or over():
        return
    best = careful.elites.members[0]
    careful.lean(best.plan)
    worth, until = best.objective, space.work + work

    def done() -> bool:
        return over() or space.work >= until

    def passes(plan: Plan) -> bool:
        nonlocal worth
        if careful.worth(plan) <= worth + WORTH or (ledger.judges_futures and not ledger.verdict(plan).ok):
            return False
        worth = careful.worth(plan)
        return True

    with space.without_end():
        careful.keep(climbed(space, space.score(best.plan), passes, ASKED, done, moves=True))
