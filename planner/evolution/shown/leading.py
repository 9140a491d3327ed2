"""The last word on the best plan: crossed with the plans that stand beside it, before any of them is shown.

Plans that are made to differ from the best one are a choice for people. They are also what the search has seen least
of: the best one takes over what is better in them, and sometimes one of them, after its last changes, is better itself.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.evolution.finish import Finish
from planner.evolution.joining.crossed import crossed
from planner.evolution.shown.topped import WORTH
from planner.evolution.start.priced import prices_at
from planner.evolution.workspace import Candidate, Workspace

ROUNDS = 3
"""Rounds at most in which the best of the plans is crossed with the others, and makes its last changes."""


def led(
    space: Workspace,
    finish: Finish,
    best: Candidate,
    chosen: tuple[Candidate, ...],
    last: Callable[[Candidate], Candidate],
    rng: np.random.Generator,
    over: Callable[[], bool] = lambda: False,
) -> tuple[Candidate, ...]:
    """Return the plans to choose from, a better one than the best before them if crossing or one of them makes it.

    Parameters
    ----------
    best
        The best plan of the search, after its last changes.
    chosen
        Plans to choose from, at least one.
    last
        Makes the last changes of a plan that leads.
    """
    found = max(chosen, key=lambda each: (each.feasible, each.objective))
    others = tuple(each for each in chosen if each is not found)
    if found.objective > best.objective + WORTH:
        found = last(found)
    for _ in range(ROUNDS if others else 0):
        if over():
            break
        with space.without_end():
            made = crossed(space, finish, found, others, prices_at(space, found), 1, rng, over)
        made = last(made) if made.objective > found.objective + WORTH else found
        if made.objective <= found.objective + WORTH:
            break
        found = made
    return chosen if found.objective <= best.objective + WORTH else (found, *chosen)
