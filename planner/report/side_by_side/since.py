"""What a search made of the plan that it started from: worth before and after, and every line that changed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import RenderableType
from rich.text import Text

from planner.figures import part, plural
from planner.problem import Problem
from planner.report.notes import show_sentences
from planner.report.one_plan.outcome import broken_sentences
from planner.report.side_by_side.compare import compared_json, show_changes, show_compared
from planner.report.side_by_side.what_changed import Before, what_changed
from planner.run.scored import score_plan
from scenarios.answer.plan import RankedPlan


def show_since(
    problem: Problem, start: NDArray[np.int8], plan: RankedPlan, name: str, seed: int, answered: Before | None = None
) -> list[RenderableType]:
    """Lay the start and a plan that was made from it side by side.

    Parameters
    ----------
    start
        The flat plan [N] that the search started from.
    name
        What the start is called.
    seed
        Of the futures that the start is judged in, as the plan was.
    answered
        The plan of a folder that the start was read from, and its question; None for a file of lines.
    """
    scored = score_plan(problem, start, seed=seed)
    before, currency = scored.plan, problem.loaded.scenario.currency
    same = _same(before, plan)
    parts: list[RenderableType] = [
        Text(
            f"Plan {plan.rank} keeps {same:,} of the {plural(len(before.lines), 'line')} of {name}"
            + (f" ({part(same / len(before.lines))})" if before.lines else "")
        ),
        show_compared(before, plan, (name, f"plan {plan.rank}"), currency),
        show_changes(before, plan, (problem.grid.scenario, problem.grid.scenario)),
    ]
    broken = broken_sentences(before.limits, before.rules, scored.refused, currency)
    if broken:
        parts.insert(1, show_sentences(f"{name} as it stands breaks", broken))
    told = () if answered is None else what_changed(answered, plan, name, problem.loaded.scenario)
    if told:
        parts.insert(-1, show_sentences("What the changed question allows", told))
    return parts


def since_json(
    problem: Problem, start: NDArray[np.int8], plan: RankedPlan, name: str, seed: int, answered: Before | None = None
) -> dict[str, Any]:
    """The same as plain data; parameters as for `show_since`."""
    scored = score_plan(problem, start, seed=seed)
    before, currency = scored.plan, problem.loaded.scenario.currency
    return {
        **compared_json(before, plan, (name, f"plan {plan.rank}")),
        "lines": len(before.lines),
        "lines_kept": _same(before, plan),
        "broken": broken_sentences(before.limits, before.rules, scored.refused, currency),
        "changed_question": () if answered is None else what_changed(answered, plan, name, problem.loaded.scenario),
    }


def _same(before: RankedPlan, after: RankedPlan) -> int:
    """How many lines two plans share."""
    return len({line.line for line in before.lines} & {line.line for line in after.lines})
