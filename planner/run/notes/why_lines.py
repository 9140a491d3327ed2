"""Why each line of a plan stands, a sentence each: locked, worth it, or needed by something else."""

from __future__ import annotations

import numpy as np

from planner.evolution.workspace import Workspace
from planner.figures import count
from planner.reasons.standing.explain import counted_in, worth_words
from planner.reasons.standing.runs import kept_runs
from scenarios.arrays import Float, Plan
from scenarios.currency import minor_digits
from scenarios.language.aim import Objective, caution_of, senses_of


def why_lines(space: Workspace, plan: Plan, lost: Float) -> list[str]:
    """Return one sentence for each line of a plan [N].

    Parameters
    ----------
    lost
        [lines] what the plan loses without each, all others left as they are.
    """
    slots, objective = np.flatnonzero(plan), space.grid.scenario.objective
    runs = _worth_of_runs(space, plan, slots[lost < 0].tolist())
    return [
        why_it_stands(objective, loss, locked=bool(space.rules.fixed[slot]), run=runs.get(slot))
        for slot, loss in zip(slots.tolist(), lost.tolist(), strict=True)
    ]


def why_it_stands(objective: Objective, loss: float, *, locked: bool = False, run: str | None = None) -> str:
    """Say why a line stands.

    Parameters
    ----------
    objective
        Of the scenario: what counts as gaining.
    loss
        What the plan loses without the line.
    locked
        Whether the scenario says that it stands.
    run
        What the run that it is part of is worth, where the line loses by itself and is part of one.
    """
    if locked:
        return "locked by the scenario"
    gains, loses = worth_words(objective)
    if loss > 0:
        return gains
    beside = f"{loses if loss < 0 else 'brings nothing'} beside the others"
    if run is not None:
        return f"{beside}; {run}"
    several, careful = senses_of(objective) is not None, caution_of(objective) is not None
    return (
        f"{beside}: {'another measure, ' * several}{'other futures, ' * careful}other lines, a limit or a rule need it"
    )


def _worth_of_runs(space: Workspace, plan: Plan, losing: list[int]) -> dict[int, str]:
    """What the runs of losing lines are worth as a whole, by slot."""
    scenario = space.grid.scenario
    digits = minor_digits(scenario.currency) if counted_in(scenario.objective).money else 2
    found = kept_runs(space.evaluator, plan, losing)
    return {
        slot: f"its {run.words} is worth {count(run.worth, digits=digits, signed=True)} together"
        for slot, run in found.items()
    }
