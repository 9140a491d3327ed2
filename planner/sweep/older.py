"""Plans of an older sweep, which would pass for points of a newer one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Container
from pathlib import Path

from scenarios.answer.plan_files import CELLS, PLANS, PROBLEM
from scenarios.answer.signature import SIGNATURE

_POINT = re.compile(r"point-\d{3}")
_OURS = (PLANS, CELLS, SIGNATURE, PROBLEM)


def clear_unshared(folder: Path) -> None:
    """Remove the point folders that hold plans and nothing else: before the first new plan comes."""
    for point in _points(folder):
        if all(entry.name in _OURS for entry in point.iterdir()):
            _clear(point)
            point.rmdir()


def clear_older(folder: Path, kept: Container[str]) -> tuple[str, ...]:
    """Remove plans of points that this sweep did not write; files that people put beside them stay.

    Parameters
    ----------
    folder
        Of the sweep.
    kept
        Names of the point folders that this sweep wrote.

    Returns
    -------
    tuple of str
        Names of the folders in which such files are left.
    """
    left = []
    for point in _points(folder):
        if point.name in kept:
            continue
        _clear(point)
        if any(point.iterdir()):
            left.append(point.name)
        else:
            point.rmdir()
    return tuple(left)


def _points(folder: Path) -> list[Path]:
    """Plan folders of a sweep."""
    return [
        point
        for point in sorted(folder.iterdir())
        if _POINT.fullmatch(point.name) and not point.is_symlink() and (point / PLANS).is_file()
    ]


def _clear(point: Path) -> None:
    for name in (PLANS, CELLS, SIGNATURE):  # the plans first: without them nothing is taken for a plan folder
        (point / name).unlink(missing_ok=True)
    shutil.rmtree(point / PROBLEM, ignore_errors=True)
