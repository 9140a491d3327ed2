"""The data file behind a scenario's effects, seen to answer what the scenario asks before anything is learned."""

from __future__ import annotations

from pathlib import Path

from scenarios.loading.load import LoadedScenario
from scenarios.loading.placed import in_the_file
from surrogate.data_files import check_data_file


def answering_data(loaded: LoadedScenario) -> Path:
    """Return the data file of a scenario that takes its effects from data.

    Raises
    ------
    InvalidInput
        With every problem of the data file, and of what the scenario asks that it rules out.
    """
    path = Path(str(loaded.files.folder.joinpath(loaded.scenario.effects.data or "")))
    with in_the_file(loaded):
        check_data_file(path, loaded.scenario)
    return path
