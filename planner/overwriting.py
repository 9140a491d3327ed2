"""What a command may write over: its own older output, or an empty file; never what it reads, nor anything else."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from scenarios.answer.frozen_place import inside_problem
from scenarios.problems import InvalidInput, Problem

LONGEST_HEADER = 1 << 20
"""Characters of a first line that are looked at: binary files have no lines."""


def overwritten(
    path: Path,
    *,
    option: str,
    older: str,
    is_older: Callable[[Path], bool],
    inputs: Iterable[tuple[str, Path]] = (),
) -> list[Problem]:
    """Say why a file must not be written; at most one problem. Nothing is written into a plan's frozen question.

    Parameters
    ----------
    path
        What would be written.
    option
        The option that names it, as a remedy says it: ``--out``.
    older
        What may be replaced, in words.
    is_older
        Whether the file that stands there is such an output.
    inputs
        What this run reads, each with its name in words.
    """
    if frozen := inside_problem(path, option=option):
        return frozen
    if not path.exists():
        return []
    remedy = f"choose another {option}"
    for name, one in inputs:
        if one.exists() and one.samefile(path):
            expected = f"another file than {name}"
            return [
                Problem(where=option, what=str(path), expected=expected, got=f"{one}, which is read", remedy=remedy)
            ]
    if path.is_file() and (path.stat().st_size == 0 or is_older(path)):
        return []
    got = "another file" if path.is_file() else "a folder" if path.is_dir() else "a pipe or device"
    return [Problem(where=option, what=str(path), expected=f"no file, or {older}", got=got, remedy=remedy)]


def refuse_overwriting(
    path: Path,
    *,
    option: str,
    older: str,
    is_older: Callable[[Path], bool],
    inputs: Iterable[tuple[str, Path]] = (),
) -> None:
    """Refuse to write over anything but an older output; see `overwritten`.

    Raises
    ------
    InvalidInput
        Where another file, or one that this run reads, stands there.
    """
    problems = overwritten(path, option=option, older=older, is_older=is_older, inputs=inputs)
    if problems:
        raise InvalidInput(problems)


def refuse_other_endings(path: Path, *endings: str, option: str) -> None:
    """Refuse a name without one of some endings, such as ``.csv``, before anything is computed.

    Raises
    ------
    InvalidInput
        For other endings, and for folders.
    """
    if path.suffix.lower() not in endings or path.is_dir():
        expected = f"a file that ends in {' or '.join(endings)}"
        raise InvalidInput([Problem(where=option, what="file", expected=expected, got=str(path))])


def columns_of(path: Path) -> tuple[str, ...]:
    """Return the header of a table, CSV or Parquet by its ending; nothing where there is none to read."""
    if path.suffix.lower() == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return tuple(pq.read_schema(path).names)
        except (OSError, pa.ArrowException):
            return ()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return tuple(next(csv.reader([file.readline(LONGEST_HEADER)]), []))
    except (OSError, UnicodeDecodeError, csv.Error):
        return ()


def says(path: Path, word: str) -> bool:
    """Whether a document of ours begins with a word, such as the name of its format."""
    try:
        with path.open("rb") as file:
            return word.encode() in file.read(200)
    except OSError:
        return False


def refuse_one_place(outputs: Mapping[str, Path | None]) -> None:
    """Refuse two outputs of one run in one place, or one below another, which is a file: nothing is written then.

    Parameters
    ----------
    outputs
        By option; None where it is not asked for.

    Raises
    ------
    InvalidInput
        Naming the later option of the first such pair.
    """
    places = [(option, path.resolve()) for option, path in outputs.items() if path is not None]
    for number, (option, place) in enumerate(places):
        for other, taken in places[:number]:
            if place == taken or (taken in place.parents and other in ("--xlsx", "--html")):
                expected, remedy = f"another place than {other}", f"choose another {option}"
                raise InvalidInput(
                    [Problem(where=option, what=str(place), expected=expected, got=str(taken), remedy=remedy)]
                )
