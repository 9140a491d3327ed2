"""Whom `--why` asks about: ids as they are typed, and ids that stand in a file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from constraints.assign.rows import BLOCK_ROWS
from planner.assign.customers.customer_file import column_of, open_customers, texts_of
from scenarios.problems import InvalidInput, Problem, shown
from surrogate.data.files.customer_file import CUSTOMER, PSEUDONYM

ENDINGS = (".csv", ".parquet", ".txt")
"""Of files of ids."""
_BETWEEN = re.compile(r"[,;\t|]")


def asked_ids(given: Iterable[str]) -> tuple[str, ...]:
    """Return ids in the order in which they were asked about, each once.

    A value with a slash or one of the `ENDINGS` may name a file, which is read: a Parquet or CSV file with a column
    customer (or pseudonym), or one id a line. Any other is an id, whatever files lie in the folder.

    Raises
    ------
    InvalidInput
        For files without ids, for files of several columns of which none is customer, and where no file is that an
        ending tells of.
    """
    found: dict[str, None] = {}
    for one in given:
        text = one.strip()
        found |= dict.fromkeys(_of_file(Path(text)) if _names_file(text) else [text])
    return tuple(found)


def file_beside(text: str) -> str:
    """What to write for the file that has the name of an id; empty where no file has it."""
    bare = not (_has_folder(text) or text.lower().endswith(ENDINGS))
    return f"write ./{text} for the file of this name" if bare and _is_file(text) else ""


def _names_file(text: str) -> bool:
    if _has_folder(text) and _is_file(text):
        return True
    if not text.lower().endswith(ENDINGS):
        return False
    if not _is_file(text):
        raise InvalidInput([_problem(Path(text), "a file of ids, as its ending tells", "no such file")])
    return True


def _has_folder(text: str) -> bool:
    return "/" in text or os.sep in text


def _is_file(text: str) -> bool:
    try:
        return bool(text) and Path(text).is_file()
    except (OSError, ValueError):  # too long, or with a character that no path has
        return False


def _of_file(path: Path) -> Sequence[str]:
    ids = [each for each in _read(path) if each]
    if not ids:
        raise InvalidInput([_problem(path, "at least one id of a customer", "none")])
    return ids


def _read(path: Path) -> Iterator[str]:
    if path.suffix.lower() == ".parquet":
        yield from _column(path)
        return
    lines = _lines(path)
    names = _cells(next((line for line in lines if line.strip()), ""))
    if CUSTOMER in names or PSEUDONYM in names:
        yield from _column(path)
    elif len(names) > 1:
        expected = f"one id a line, or a column {CUSTOMER}"
        raise InvalidInput([_problem(path, expected, f"columns {', '.join(map(shown, names))}")])
    else:
        yield from (line.strip().strip('"') for line in lines)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_bytes().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InvalidInput([_problem(path, "UTF-8 text, one id a line", "another encoding")]) from None


def _cells(line: str) -> list[str]:
    return [each.strip().strip('"') for each in _BETWEEN.split(line)]


def _column(path: Path) -> Iterator[str]:
    for batch in open_customers(path).batches((CUSTOMER,), BLOCK_ROWS):
        yield from (str(text) for text in texts_of(column_of(batch, CUSTOMER)))


def _problem(path: Path, expected: str, got: str) -> Problem:
    return Problem(where=str(path), what="--why", expected=expected, got=got)
