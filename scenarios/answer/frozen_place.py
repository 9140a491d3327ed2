"""Places inside ``problem/`` of a plan directory: what was planned is frozen there, and nothing else may be written."""

from __future__ import annotations

from pathlib import Path

from scenarios.problems import InvalidInput, Problem

PLANS, PROBLEM = "plans.json", "problem"
"""What stands at the top of a plan directory."""


def frozen_around(path: Path) -> Path | None:
    """Return the ``problem/`` of plans that a place lies in; None where it lies in none."""
    place = path.resolve()
    folders = (place, *place.parents)
    return next((each for each in folders if each.name == PROBLEM and (each.parent / PLANS).is_file()), None)


def inside_problem(path: Path, *, option: str) -> list[Problem]:
    """Say why nothing may be written to a place inside the frozen question of plans; at most one problem.

    `check` takes every file there for a part of the question: an export among them would look like tampering.

    Parameters
    ----------
    path
        A file or folder that would be written.
    option
        What names it, as a remedy says it: ``--out``.
    """
    folder = frozen_around(path)
    if folder is None:
        return []
    expected = "a place outside of what plans keep of their question"
    got, remedy = f"one in {folder}, where check takes any other file for tampering", f"choose another {option}"
    return [Problem(where=option, what=str(path), expected=expected, got=got, remedy=remedy)]


def refuse_inside_problem(path: Path, *, option: str) -> None:
    """Refuse to write inside the frozen question of plans; see `inside_problem`.

    Raises
    ------
    InvalidInput
        Where the place lies in there.
    """
    problems = inside_problem(path, option=option)
    if problems:
        raise InvalidInput(problems)
