"""The plan that ``plan --start`` begins with: a CSV file of lines, a plan folder, or its plans.json."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.commands.given.lines_file import read_plan
from planner.commands.given.ranked_plan import ranked_plan
from planner.commands.terminal.printing import note
from planner.figures import plural
from planner.report.side_by_side.what_changed import Before
from planner.sweep.planned import carried
from scenarios.answer.plan import PlanSet, RankedPlan
from scenarios.answer.plan_files import read_plans
from scenarios.bounded_read import read_bounded
from scenarios.grid import Grid
from scenarios.language.text.csv_files import MAX_BYTES
from scenarios.plain_digits import is_rank
from scenarios.problems import InvalidInput, Problem


def read_start(text: str, grid: Grid) -> NDArray[np.int8]:
    """Read the flat plan [N] to start from.

    A CSV file is read strictly, as ``score`` reads it. Of a plan that was made for a question that has changed since,
    the lines that this question has no place for are left out, and a note says how many.

    Parameters
    ----------
    text
        ``LINES.csv``, ``DIR``, ``DIR:N`` for its plan N, or ``plans.json``.

    Raises
    ------
    InvalidInput
        Where nothing can be read, or no line fits.
    """
    planned = _planned(text)
    if planned is None:
        return read_plan(Path(text), grid)
    ranked, _ = planned
    plan = carried(grid, ranked.plan_lines)
    carried_over, total = int((plan > 0).sum()), len(ranked.lines)
    if total and not carried_over:
        expected, got = "a plan with lines that this scenario has a place for", f"{plural(total, 'line')}, none of them"
        remedy = "start from a plan of the same products, offers and dates"
        raise InvalidInput([Problem(where=f"--start {text}", what="lines", expected=expected, got=got, remedy=remedy)])
    if carried_over < total:
        left_out = total - carried_over
        note(f"{left_out:,} of {plural(total, 'line')} of {text} have no place in this scenario and are left out")
    return plan


def answered_by(text: str) -> Before | None:
    """Return the plan that a start is, with the question that it answered; None where the question is not with it."""
    planned = _planned(text)
    if planned is None or planned[1] is None:
        return None
    return Before(question=read_plans(planned[1]).problem(), plan=planned[0])


def _planned(text: str) -> tuple[RankedPlan, Path | None] | None:
    """Read a plan that was made before, and the folder it lies in, for a folder; None for a file of lines."""
    path, rank = Path(text), 1
    if not path.exists():
        folder, colon, number = text.rpartition(":")
        if colon and is_rank(number) and Path(folder).is_dir():
            path, rank = Path(folder), int(number)
    if path.is_dir():
        return ranked_plan(read_plans(path).plan_set, rank, path), path
    if path.suffix.lower() != ".json":
        return None
    try:
        document = read_bounded(path, MAX_BYTES).decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "no text"
        expected, remedy = "a plans.json that can be read", "name the folder that campaign plan --out wrote"
        problem = Problem(where=f"--start {text}", what="plan", expected=expected, got=reason.lower(), remedy=remedy)
        raise InvalidInput([problem]) from None
    return ranked_plan(PlanSet.from_json(document, where=str(path)), rank, path), None
