"""Problems: what is wrong with an input, said so that a planner can mend it, all at once."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from scenarios.first_few import first_few
from scenarios.look_alikes import look_alike, odd_characters

Path = tuple[str | int, ...]
"""Keys and list indexes from the top of a file down to a value."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One mistake, rendered as one line: ``file:line: what: expected ..., got ...; remedy``."""

    where: str
    """File and line, or the ``--set`` option."""
    what: str
    """The place in the planner's words: ``offers.off-15.depth``."""
    expected: str
    got: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        got = f", got {self.got}" if self.got else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.where}: {self.what}: expected {self.expected}{got}{remedy}"


class InvalidInput(Exception):  # noqa: N818 - names the answer, as the exit code 2 does
    """An input that cannot be used; carries every problem found (exit code 2)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Gathered:
    """Problems of steps that do not hang on each other, to be told at once.

    Examples
    --------
    >>> gathered = Gathered()
    >>> with gathered.step():
    ...     raise InvalidInput([Problem(where="--out", what="file", expected="a new file")])
    >>> len(gathered.problems)
    1
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    @contextmanager
    def step(self) -> Iterator[None]:
        """Keep the problems of what is done inside; the step then ends there."""
        try:
            yield
        except InvalidInput as error:
            self.problems += [each for each in error.problems if each not in self.problems]

    def refuse(self) -> None:
        """Raise everything that was gathered.

        Raises
        ------
        InvalidInput
            Where there is any problem.
        """
        if self.problems:
            raise InvalidInput(self.problems)


def in_file_order(problems: Iterable[Problem], first: str) -> list[Problem]:
    """Sort problems by line within each file; the file ``first`` leads, the others follow as they were met."""
    problems = list(problems)
    places = [problem.where.rpartition(":") for problem in problems]
    ranks = {file: rank for rank, file in enumerate(dict.fromkeys([first, *(file for file, _, _ in places)]))}
    keys = [(ranks[file], int(line) if line.isascii() and line.isdigit() else 0) for file, _, line in places]
    return [problems[index] for index in sorted(range(len(problems)), key=keys.__getitem__)]


@dataclass(frozen=True, kw_only=True)
class Meant:
    """The known word that an unknown one probably stands for."""

    word: str
    why: str = ""
    """What tells the two apart, where people cannot see it."""

    @property
    def remedy(self) -> str:
        """The question whether it was meant."""
        return f"did you mean {self.word}?{self.why and ' '}{self.why}"


def meant_by(word: str, known: Iterable[str]) -> Meant | None:
    """Return the known word that is closest to an unknown one; None where none is close.

    A word that is a part of only one of them, such as ``tax`` of ``tax_rate``, is close to it.
    """
    options = sorted({str(option) for option in known})
    if not word.isascii() or not all(map(str.isascii, options)):
        alike = look_alike(word, options)
        if alike is not None:
            return Meant(word=alike, why=f"It looks the same, but here stands {odd_characters(word, alike)}")
    by_lower = {option.lower(): option for option in options}
    close = difflib.get_close_matches(word.lower(), list(by_lower), n=1, cutoff=0.6)
    if not close and word:
        close = [option for option in by_lower if word.lower() in re.split(r"[_.-]", option)]
    return Meant(word=by_lower[close[0]]) if len(close) == 1 else None


def did_you_mean(word: str, known: Iterable[str], *, kind: str = "", most: int = 12) -> str:
    """Return the remedy for an unknown word: the closest known one, or the list of what is known.

    Parameters
    ----------
    kind
        What the words name, for where there are none.
    most
        How many known words are listed before the others are counted.
    """
    options = sorted({str(option) for option in known})
    meant = meant_by(word, options)
    if meant is not None:
        return meant.remedy
    if not options:
        return f"no {kind} is declared" if kind else ""
    return f"known: {first_few(options, most)}"


def or_else(meant: Meant | None, remedy: str) -> str:
    """Return what was probably meant as a remedy, or another remedy where nobody knows."""
    return remedy if meant is None else meant.remedy


def a_kind(kind: str) -> str:
    """Return a noun with its article: ``a product``, ``an offer``."""
    return f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"


def shown(value: Any) -> str:
    """Return a short text of an input value for ``got ...``."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}..."'
    if isinstance(value, dict):
        keys = ", ".join(str(key) for key in list(value)[:6])
        return f"keys {keys}" if keys else "no keys"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, dt.date):
        return f"the date {value}"
    return str(value)


class Places:
    """Where every value of an input was written: file and line by path."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._places: dict[Path, str] = {}
        self._empty: dict[Path, None] = {}

    def put(self, path: Path, line: int, *, name: str | None = None) -> None:
        """Note the line (1-based) of a path; ``name`` is the file where it is not the scenario itself."""
        self._places[path] = f"{name or self.name}:{line}"

    def put_text(self, path: Path, where: str) -> None:
        """Note a place that is no line of a file, such as a ``--set`` option."""
        self._places[path] = where
        self._empty.pop(path, None)

    def put_empty(self, path: Path) -> None:
        """Note a path at which a value is missing: a key with nothing behind the colon."""
        self._empty[path] = None

    def empty(self) -> tuple[Path, ...]:
        """Return the paths at which a value is missing, in the order of the file."""
        return tuple(self._empty)

    def drop(self, path: Path) -> None:
        """Forget a path and everything below it, because its value was replaced."""
        for known in [known for known in self._places if known[: len(path)] == path]:
            del self._places[known]
        self._empty = {known: None for known in self._empty if known[: len(path)] != path}

    def at(self, path: Path) -> str:
        """Return ``file:line`` of a path, or of the closest enclosing value that is known."""
        for length in range(len(path), -1, -1):
            place = self._places.get(path[:length])
            if place is not None:
                return place
        return f"{self.name}:1"
