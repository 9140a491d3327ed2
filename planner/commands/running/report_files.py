"""Files of a report: what it reads, and what its lessons and effects may replace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def inputs_of_a_report(actuals: Path, customers: Path | None, rollouts: Sequence[Path]) -> list[tuple[str, Path]]:
    """What a report reads, each file with its name in words."""
    read = [("the actuals' own", actuals)]
    read += [("the customers' own", customers)] if customers is not None else []
    return read + [("the rollout's own", one) for rollout in rollouts for one in rollout.rglob("*.csv")]


def refuse_foreign_effects(effects: Path, read: Sequence[tuple[str, Path]], lessons: Path | None) -> None:
    """Never write effects over anything but older ones that were learned, such as a table that somebody made.

    Raises
    ------
    InvalidInput
        Where something else stands there, and for another ending than .csv.
    """
    from planner.overwriting import refuse_other_endings, refuse_overwriting
    from planner.replan.next_effects import is_older
    from scenarios.problems import InvalidInput, Problem

    refuse_other_endings(effects, ".csv", option="--effects")
    if lessons is not None and lessons.resolve() == effects.resolve():
        expected, got = "another file than --lessons", str(effects)
        raise InvalidInput([Problem(where="--effects", what="file", expected=expected, got=got)])
    refuse_overwriting(effects, option="--effects", older="older learned effects", is_older=is_older, inputs=read)


def refuse_foreign_lessons(lessons: Path, read: Sequence[tuple[str, Path]]) -> None:
    """Never write lessons over anything but older ones.

    Raises
    ------
    InvalidInput
        Where something else stands there, and for another ending than .csv.
    """
    from planner.flight.measure.lessons import EARLIER_COLUMNS, LESSON_COLUMNS
    from planner.overwriting import columns_of, refuse_other_endings, refuse_overwriting

    refuse_other_endings(lessons, ".csv", option="--lessons")
    refuse_overwriting(
        lessons,
        option="--lessons",
        older="older lessons",
        is_older=lambda path: columns_of(path) in (*EARLIER_COLUMNS, LESSON_COLUMNS),
        inputs=read,
    )
