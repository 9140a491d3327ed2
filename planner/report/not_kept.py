"""Why no plan keeps so many lines of a given one, as far as that is seen without a search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.figures import given, plural
from planner.problem import Problem
from planner.report.one_plan.limits import figure
from planner.report.one_plan.outcome import broken_sentences
from planner.run.notes.kept_lines import TooMany, too_many
from planner.run.scored import score_plan
from scenarios.first_few import NAMED, first_few


def why_not_kept(problem: Problem, start: NDArray[np.int8], share: float, name: str, seed: int) -> tuple[str, ...]:
    """Say which limits so many lines break by themselves, or else what the plan breaks as it stands.

    Parameters
    ----------
    start
        The flat plan [N] whose lines were to be kept.
    name
        What it is called.
    seed
        Of the futures in which limits at risk are judged.
    """
    currency = problem.loaded.scenario.currency
    found = too_many(problem, start, share)
    if found:
        return tuple(_said(each, currency) for each in found[:NAMED])
    scored = score_plan(problem, start, seed=seed)
    broken = broken_sentences(scored.plan.limits, scored.plan.rules, scored.refused, currency)
    if not broken:
        return ()
    return (f"{name} as it stands breaks {first_few(broken, joint='; ')}",)


def _said(found: TooMany, currency: str) -> str:
    """What the lines that use least of a limit come to, and how many of them it has room for."""
    if found.least == 1:
        which = "the line" if found.total == 1 else f"the 1 of {plural(found.total, 'line')}"
        use, themselves = f"{which} that uses least of it comes to", "by itself"
    else:
        use = f"the {found.least:,} of {plural(found.total, 'line')} that use least of it come to"
        themselves = "by themselves"
    fits = "fits" if found.fit == 1 else "fit"
    room = f"{found.fit:,} {fits} (--keep {given(found.share)})" if found.fit else "not one fits"
    used, most = (figure(found.limit, amount, currency) for amount in (found.limit.used, found.limit.limit))
    return f"limit {found.limit.id}: {use} {used} {themselves}, at most {most} allowed; {room}"
