"""Problems that a model or data tells of a scenario, put on the lines of its file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from scenarios.language.data_paths import value_at
from scenarios.loading.load import LoadedScenario
from scenarios.problems import InvalidInput, Path, Problem

_LISTS = ("segments", "products", "offers")


@contextmanager
def in_the_file(loaded: LoadedScenario) -> Iterator[None]:
    """Give the problems that are told inside the file and line of what they speak of.

    Who learns and scores sees records and no file: it names the scenario and ``offers.off-15``.

    Raises
    ------
    InvalidInput
        With the problems, each in its line.
    """
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(_placed(problem, loaded) for problem in error.problems) from error


def _placed(problem: Problem, loaded: LoadedScenario) -> Problem:
    if problem.where not in (loaded.scenario.scenario, "model"):
        return problem
    path = _path(problem.what, loaded)
    return problem if path is None else replace(problem, where=loaded.positions.at(path))


def _path(what: str, loaded: LoadedScenario) -> Path | None:
    """Return the path of a place in a planner's words; ids may hold points themselves."""
    section, _, rest = what.partition(".")
    rows = loaded.data.get(section)
    if section in _LISTS and isinstance(rows, list):
        for index, row in enumerate(rows):
            name = str(row.get("id")) if isinstance(row, dict) else ""
            if rest == name or rest.startswith(f"{name}."):
                return (section, index)
        return None
    path = tuple(what.split("."))
    return path if isinstance(value_at(loaded.data, path[:1]), dict | str) else None
