"""Plans of an older sweep that a newer one has nothing to put in the place of: they would pass for its points."""

from __future__ import annotations

import re
import shutil
from collections.abc import Container
from pathlib import Path

from scenarios.answer.plan_files import CELLS, PLANS, PROBLEM
from scenarios.answer.signature import SIGNATURE

_POINT = re.compile(r"point-\d{3}")


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
    for point in sorted(folder.iterdir()):
        if (
            not _POINT.fullmatch(point.name)
            or point.name in kept
            or point.is_symlink()
            or not (point / PLANS).is_file()
        ):
            continue
        for name in (PLANS, CELLS, SIGNATURE):  # the plans first: without them nothing is taken for a plan folder
            (point / name).unlink(missing_ok=True)
        shutil.rmtree(point / PROBLEM, ignore_errors=True)
        if any(point.iterdir()):
            left.append(point.name)
        else:
            point.rmdir()
    return tuple(left)
