"""Strict YAML: one plain document, no surprises, a line number for every key, every mistake at once.

YAML 1.1 as PyYAML reads it lets a later duplicate key win, reads the key ``on`` as true, ``12:30`` as 750 and ``1e3``
as text. Here scalars are resolved from PyYAML's parse events by our own short list of forms, and all else that looks
like a number, a time or a boolean is refused instead of guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml

from scenarios.bounded_read import TooLarge, read_bounded
from scenarios.currency import digits_of
from scenarios.language.data_paths import named
from scenarios.language.slips.comma_numbers import BEFORE, BEHIND, further_groups, without_comma
from scenarios.language.slips.odd_signs import odd_in_key, sign_remedy
from scenarios.language.text.yaml_scalars import resolve_scalar
from scenarios.language.text.yaml_syntax import syntax, told_tabs
from scenarios.language.text.yaml_text import MAX_BYTES, decode, too_large
from scenarios.look_alikes import named_character
from scenarios.problems import InvalidInput, Path, Places, Problem, shown

MAX_DEPTH = 24
"""Deepest nesting that is read; the scenario language needs six."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(source: FilePath | str | bytes, name: str | None = None) -> tuple[Any, Places]:
    """Read one strict YAML document.

    Parameters
    ----------
    source
        A path, or the bytes of a file.
    name
        The file's name for messages; the path as given by default.

    Returns
    -------
    tuple
        The data (dict, list, str, int, float, bool, datetime.date, None) and the line of every key path.

    Raises
    ------
    InvalidInput
        With every problem that could be found.
    """
    document, places, misread = read_on(source, name)
    if misread:
        raise InvalidInput(misread)
    return document, places


def read_on(source: FilePath | str | bytes, name: str | None = None) -> tuple[Any, Places, tuple[Problem, ...]]:
    """Read as `read_yaml` does, also where single values are misread: what is wrong elsewhere is told beside them.

    Returns
    -------
    tuple
        Data and lines, where such a value is its text and such a key is left out; and the problems of them, whose
        `what` is the place.

    Raises
    ------
    InvalidInput
        For a text that is no YAML, is too large, or repeats a key: all problems at once.
    """
    if isinstance(source, bytes):
        raw, name = source, name or "input"
    else:
        name = name or str(source)
        try:
            raw = read_bounded(FilePath(source), MAX_BYTES)
        except TooLarge as error:
            raise InvalidInput([too_large(name, error)]) from None
        except OSError as error:
            reason = (error.strerror or "unreadable").lower()
            raise InvalidInput([Problem(where=name, what="file", expected="a readable file", got=reason)]) from None
    problems: list[Problem] = []
    text = decode(raw, name)
    tabs = "\t" in text
    if tabs:
        problems.append(told_tabs(name, text))
        text = text.replace("\t", " ")
    builder = _Builder(name=name, places=Places(name))
    try:
        builder.run(text)
    except yaml.YAMLError as error:
        # A tab that was replaced above may itself have caused this: one mistake, one message.
        found = syntax(error, name, text)
        told = any((each.where, each.expected) == (found.where, found.expected) for each in builder.problems)
        if not tabs and not told:
            builder.problems.append(found)
    except _StopReading:
        pass
    problems += builder.problems
    if problems:
        raise InvalidInput(sorted([*problems, *builder.misread], key=_line))
    return builder.document, builder.places, tuple(builder.misread)


def _line(problem: Problem) -> int:
    number = problem.where.rpartition(":")[2]
    return int(number) if number.isdigit() else 0


class _StopReading(Exception):  # noqa: N818 - a signal, no error
    """Nothing useful can be read beyond this point."""


_NO_KEY = object()
_MISREAD = object()
"""A key that was told, and is left out with all below it."""


@dataclass
class _Level:
    """One open mapping or list while the events stream by."""

    value: dict[Any, Any] | list[Any]
    path: Path
    key: Any = _NO_KEY
    key_line: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    ignored: bool = False
    """Below a key that could not be used: read for its own mistakes only."""
    last: tuple[str, str] | None = None
    """The key of the last value that was a number, and how that is written; nothing of a number that was told."""


@dataclass
class _Builder:
    """Builds data from parse events with an explicit stack, so nesting cannot exhaust Python's own."""

    name: str
    places: Places
    problems: list[Problem] = field(default_factory=list)
    misread: list[Problem] = field(default_factory=list)
    """Values and keys that YAML would read as something that people do not mean: the rest can be read."""
    stack: list[_Level] = field(default_factory=list)
    document: Any = None
    documents: int = 0

    def run(self, text: str) -> None:
        lines = text.split("\n")
        for event in yaml.parse(text, Loader=_LOADER):
            line = (event.start_mark.line if event.start_mark else 0) + 1
            if isinstance(event, yaml.DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    self.problem(line, "document", "one document", "a second one after ---", "split the file")
                    raise _StopReading
            elif isinstance(event, yaml.AliasEvent):
                self.problem(line, "alias", "values written out", f"*{event.anchor}", "write the value out instead")
                self.add(None, line)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self.stack.pop()
            elif isinstance(event, yaml.NodeEvent) and not self.rest_of_number(event, lines, line):
                self.node(event, line)
        if self.documents == 0 or (self.document is None and not self.problems and not self.misread):
            self.problem(1, "file", "keys and their values", "an empty file", "campaign init writes one to start from")

    def problem(self, line: int, what: str, expected: str, got: str, remedy: str) -> None:
        self.problems.append(self.told(line, what, expected, got, remedy))

    def told(self, line: int, what: str, expected: str, got: str, remedy: str) -> Problem:
        return Problem(where=f"{self.name}:{line}", what=what, expected=expected, got=got, remedy=remedy)

    def node(self, event: Any, line: int) -> None:
        if event.anchor is not None:
            self.problem(line, "anchor", "values written out", f"&{event.anchor}", "delete the anchor")
        if event.tag is not None:
            self.problem(line, "tag", "plain values", event.tag, "delete the tag")
        if isinstance(event, yaml.ScalarEvent):
            path, ignored = self.add(self.scalar(event, line), line)
            if path and not ignored and event.implicit[0] and event.value == "":
                self.places.put_empty(path)
            return
        if len(self.stack) >= MAX_DEPTH:
            self.problem(line, "nesting", f"at most {MAX_DEPTH} levels", "deeper nesting", "check the brackets")
            raise _StopReading
        value: dict[Any, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path, ignored = self.add(value, line)
        self.stack.append(_Level(value=value, path=path, ignored=ignored))

    def rest_of_number(self, event: Any, lines: list[str], line: int) -> bool:
        """Whether a key is what follows the comma of a number, as in ``{max: 12,000}``; then it is told.

        Such a key stands behind a number, and no colon stands behind it.
        """
        level = self.stack[-1] if self.stack else None
        if level is None or isinstance(level.value, list):
            return False
        plain = isinstance(event, yaml.ScalarEvent) and event.implicit[0]
        if level.key is not _NO_KEY:
            if level.key is not None:
                level.last = (str(level.key), event.value) if plain and BEFORE.fullmatch(event.value) else None
            return False
        if level.last is None or not (plain and BEHIND.fullmatch(event.value)):
            return False
        rest = lines[event.end_mark.line][event.end_mark.column :].lstrip()
        if rest.startswith(":"):
            return False
        key, written = level.last
        if written:  # of 1,200,000 the first comma is told
            parts = f"{written},{event.value}{further_groups(rest)}"
            expected = "digits with a decimal point only, such as 12000 or 19.90"
            remedy = without_comma(written, event.value, rest, digits=self.digits())
            if "%" in parts:
                expected, remedy = "one number, or a list in brackets", f"write [{written}, {event.value}]"
                if "%" not in written:
                    remedy += f", or {without_comma(written, event.value, rest).removeprefix('write ')}% for one share"
            what, remedy = dotted((*level.path, key)), f"a comma begins the next key here: {remedy}"
            self.misread.append(self.told(line, what, expected, parts, remedy))
            if isinstance(level.value, dict) and key in level.value:  # no number: nothing is checked against its half
                level.value[key] = parts
        level.last, level.key = (key, ""), None
        return True

    def digits(self) -> int | None:
        """Return the digits of the currency that was read so far: what a comma in an amount can mean."""
        return digits_of(self.document.get("currency")) if isinstance(self.document, dict) else None

    def scalar(self, event: Any, line: int) -> Any:
        if not event.implicit[0]:
            return event.value
        try:
            return resolve_scalar(event.value)
        except ValueError as error:
            expected, remedy = error.args
            self.misread.append(self.told(line, self.here(), expected, shown(event.value).strip('"'), remedy))
            level = self.stack[-1] if self.stack else None
            as_key = level is not None and isinstance(level.value, dict) and level.key is _NO_KEY
            return _MISREAD if as_key else event.value

    def here(self) -> str:
        level = self.stack[-1] if self.stack else None
        if level is None:
            return "document"
        if isinstance(level.value, list):
            return dotted(level.path) or "list"
        if level.key is _NO_KEY:
            return named(level.path, self.document) if level.path else "key"
        return dotted((*level.path, str(level.key)))

    def add(self, value: Any, line: int) -> tuple[Path, bool]:
        """Put a value where the stream stands; return its path and whether its place is unusable."""
        if not self.stack:
            self.document = value
            self.places.put((), line)
            return (), False
        level = self.stack[-1]
        if isinstance(level.value, list):
            path: Path = (*level.path, len(level.value))
            level.value.append(value)
            if not level.ignored:
                self.places.put(path, line)
            return path, level.ignored
        if level.key is _NO_KEY:
            self.take_key(level, value, line)
            return level.path, True
        key, level.key = level.key, _NO_KEY
        path = (*level.path, str(key))
        if key is None or level.ignored:
            return path, True
        level.value[key] = value
        self.places.put(path, level.key_line)
        return path, False

    def take_key(self, level: _Level, key: Any, line: int) -> None:
        level.key_line, level.key = line, None
        if key is _MISREAD:
            return
        if isinstance(key, dict | list) or key is None or key == "<<":
            got = "<<" if key == "<<" else shown(key)
            self.problem(line, "key", "a word before the colon", got, "put quotes around texts with braces or brackets")
            return
        text = str(key)
        sign = odd_in_key(text)
        if sign is not None:
            got = f"{named_character(sign)} in {shown(text)}"
            self.problem(line, "key", "plain signs and spaces", got, sign_remedy(sign))
            return
        if text in level.seen:
            what = dotted((*level.path, text))
            got = f"it again (first on line {level.seen[text]})"
            self.problem(line, what, "each key once", got, "delete one of them")
            return
        level.seen[text] = line
        level.key = key


def dotted(path: Path) -> str:
    """Return a path as people write it, list members counted from 1: ``limits.1.max``."""
    return ".".join(str(part + 1 if isinstance(part, int) else part) for part in path)
