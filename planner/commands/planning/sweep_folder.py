"""The folder that a sweep writes: its table, which changes with every point, beside the plans of the points."""

from __future__ import annotations

from pathlib import Path

from planner.export.table_out import write_table
from planner.overwriting import columns_of, overwritten, says
from planner.report.sweep_data import sweep_columns, sweep_json
from planner.sweep.older import clear_older, clear_unshared
from planner.sweep.planned import point_folder
from planner.sweep.record import Sweep
from scenarios.answer.frozen_place import refuse_inside_problem
from scenarios.answer.json_records import dump, to_data
from scenarios.answer.plan_files import refuse_foreign, refuse_unwritable
from scenarios.problems import Gathered, InvalidInput, Problem
from scenarios.whole import write_whole

SWEEP_JSON, SWEEP_CSV = "sweep.json", "sweep.csv"
FORMAT = "campaign-sweep/1"
LAST_COLUMNS = ("shadow_price", "folder")
"""The last columns of ``sweep.csv``; what was varied heads the others."""


class SweepFolder:
    """Keeps the table of what is done; killed at any moment it tells of no plan that is not there.

    Parameters
    ----------
    folder
        Of the sweep.
    scenario
        Its id, for the table.
    """

    def __init__(self, folder: Path, scenario: str) -> None:
        self._folder, self._scenario, self._begun = folder, scenario, False

    def table(self, so_far: Sweep) -> None:
        """Write the table of what is done; before the first plan comes, those of an older sweep go."""
        document = dump(to_data(sweep_json(so_far, self._scenario)))
        write_whole(self._folder / SWEEP_JSON, document.encode())
        write_table(self._folder / SWEEP_CSV, sweep_columns(so_far))
        if not self._begun:
            clear_unshared(self._folder)
            self._begun = True

    def end(self, result: Sweep) -> tuple[str, ...]:
        """Write the last table; returns the point folders of an older sweep in which only other files are left."""
        self.table(result)
        return clear_older(self._folder, {point.folder for point in result.points if point.folder is not None})


def refuse_other(folder: Path, points: int) -> None:
    """Refuse a folder that holds anything but an older sweep.

    Parameters
    ----------
    points
        Plan folders that are written.

    Raises
    ------
    InvalidInput
        For a file, for a folder with other things and no ``sweep.json`` of a sweep, where other files or folders
        have the names of what is written, and where nothing can be written.
    """
    refuse_inside_problem(folder, option="--out")
    if not folder.exists():
        refuse_unwritable(folder)
        return
    entries = [path.name for path in folder.iterdir()] if folder.is_dir() else ["a file"]
    names = {name for name in entries if not name.startswith(".")}  # drafts of a run that was killed
    ours = SWEEP_JSON in names and says(folder / SWEEP_JSON, FORMAT)
    if names and not ours and not all(name.startswith("point-") for name in names):
        remedy = "name a new folder"
        expected = "a new or empty folder, or one with an older sweep"
        raise InvalidInput(
            [Problem(where=f"--out {folder}", what="folder", expected=expected, got="something else", remedy=remedy)]
        )
    refuse_unwritable(folder / point_folder(0))
    gathered = Gathered()
    gathered.problems += overwritten(
        folder / SWEEP_CSV,
        option="--out",
        older="the table of an older sweep",
        is_older=lambda path: columns_of(path)[-2:] == LAST_COLUMNS,
    )
    for number in range(points):
        with gathered.step():
            refuse_foreign(folder / point_folder(number))
    gathered.refuse()
