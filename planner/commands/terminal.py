"""The only place that prints: consoles, JSON documents, problems, and the exit code of every command."""

from __future__ import annotations

import errno
import functools
import os
import sys
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, ParamSpec

import typer

from planner.commands.ending import INTERRUPTED as ENDED
from planner.commands.ending import settle

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from scenarios.problems import Problem

P = ParamSpec("P")

PIPE_WIDTH = 120
"""Columns of plain output, where no terminal and no COLUMNS say how wide it may be."""

MOST_PROBLEMS = 60
"""Lines of problems that people are shown: a table with the wrong columns may have thousands."""

_ROOM = "make room, or write to another place"
_RIGHTS = "ask for the right to use it, or name another place"
_REMEDIES = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: "raise the limit on the size of files (ulimit -f), or write to another place",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: "name a place that can be written",
    errno.ENOENT: "check the path",
    errno.ENOTDIR: "check the path: a part of it is a file",
    errno.EISDIR: "name a file, not a folder",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ELOOP: "a link there leads back to itself: delete it, or name another place",
    errno.EEXIST: "something else stands there, such as a link to nothing: delete it, or name another place",
    errno.EMFILE: "raise the limit on open files (ulimit -n)",
}
"""What mends what a system refuses."""


class ExitCode(IntEnum):
    """What a command answers to the shell."""

    YES = 0
    NO = 1
    """Infeasible, violated, or worse than asked."""
    UNUSABLE = 2
    """The input cannot be used."""
    INTERRUPTED = ENDED


def console(*, stderr: bool = False, sheet: IO[str] | None = None) -> Console:
    """Return a console: colour and live display only on a terminal, plain text in pipes, NO_COLOR honoured.

    Parameters
    ----------
    stderr
        On standard error instead of standard output.
    sheet
        What it prints on in their place.
    """
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")
    made = Console(stderr=stderr, file=sheet, highlight=False, emoji=False, markup=False)
    if made.width < 1 or not (made.is_terminal or "COLUMNS" in os.environ):  # some programs say COLUMNS=0: not known
        made.width = PIPE_WIDTH
    return made


def show(*parts: RenderableType) -> None:
    """Print renderables on standard output, one blank line between them."""
    from planner.commands.output import Sheet, write_out
    from planner.commands.unsteered import Unsteered

    sheet = Sheet(sys.stdout)
    out = console(sheet=sheet)
    for number, part in enumerate(parts):
        if number:
            out.print()
        out.print(Unsteered(part))
    text = sheet.getvalue()
    if not out.is_terminal:
        text = "".join(line.rstrip() + "\n" for line in text.splitlines())
    settle()
    write_out(text, errors="replace")


def show_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    from planner.commands.output import write_out
    from scenarios.answer.json_records import dump, to_data

    text = dump(to_data(document))
    settle()
    write_out(text, errors="backslashreplace")


def note(text: str) -> None:
    """Print a sentence on standard error."""
    from planner.commands.output import Sheet, write_error
    from planner.commands.unsteered import unsteered

    sheet = Sheet(sys.stderr)
    console(stderr=True, sheet=sheet).print(unsteered(text), soft_wrap=True)
    write_error(sheet.getvalue())


def show_problems(problems: tuple[Problem, ...], *, as_json: bool) -> None:
    """Print what is wrong with an input, one line a problem (standard error), or as one JSON document."""
    if as_json:
        rows = [
            {"where": p.where, "what": p.what, "expected": p.expected, "got": p.got, "remedy": p.remedy}
            for p in problems
        ]
        show_json({"format": "campaign-problems/1", "problems": rows})
        return
    for problem in problems[:MOST_PROBLEMS]:
        note(str(problem))
    if len(problems) > MOST_PROBLEMS:
        note(f"{len(problems):,} problems, of which the first {MOST_PROBLEMS} are shown; --json lists all")
    elif len(problems) > 1:
        note(f"{len(problems)} problems")


def answering(command: Callable[P, ExitCode]) -> Callable[P, None]:
    """Turn a command that returns its answer into one that exits with it; unusable input never shows a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from planner.commands.output import OutputError, write_out
        from scenarios.problems import InvalidInput

        as_json = bool(kwargs.get("json_"))
        try:
            try:
                code = command(*args, **kwargs)
                settle()
                _tell_of_cache()
                write_out("", errors="replace")
            except OutputError:
                raise
            except InvalidInput as error:
                show_problems(error.problems, as_json=as_json)
                code = ExitCode.UNUSABLE
            except OSError as error:
                show_problems((_unusable(error),), as_json=as_json)
                code = ExitCode.UNUSABLE
            except RuntimeError as error:
                loop = error.__context__  # pathlib's own words around the system's, where a link leads to itself
                if not (isinstance(loop, OSError) and loop.errno == errno.ELOOP):
                    raise
                show_problems((_unusable(loop),), as_json=as_json)
                code = ExitCode.UNUSABLE
            except MemoryError:
                show_problems((_no_memory(),), as_json=as_json)
                code = ExitCode.UNUSABLE
        except OutputError as error:
            show_problems(error.problems, as_json=False)
            code = ExitCode.UNUSABLE
        except KeyboardInterrupt:
            settle()
            note("interrupted")
            code = ExitCode.INTERRUPTED
        raise typer.Exit(int(code))

    return run


def _tell_of_cache() -> None:
    """Say where compiled programs could not be kept, if there were any."""
    if "planner.compiled" in sys.modules:
        from planner.compiled import not_kept

        told = not_kept()
        if told is not None:
            note(told)


def _no_memory() -> Problem:
    """Say that there was not enough memory; what was taken is given back by the time this is said."""
    from scenarios.problems import Problem as Mistake

    expected, got = "enough for the files and the question", "none left"
    remedy = "check that the files are those that are meant, close other programs, or raise the limit (ulimit -v)"
    return Mistake(where="this machine", what="memory", expected=expected, got=got, remedy=remedy)


def _unusable(error: OSError) -> Problem:
    """Say what the system refused, of which file."""
    from scenarios.problems import Problem as Mistake

    where = "a file" if error.filename is None else str(error.filename)
    got = (error.strerror or str(error)).lower()
    if error.errno and "[errno" in got:  # Arrow's own words around the system's
        got = os.strerror(error.errno).lower()
    expected, remedy = "a file or folder that can be used", _REMEDIES.get(_reason(error), "")
    cache = os.environ.get("CAMPAIGN_CACHE")
    if cache and remedy != _ROOM and Path(where).is_relative_to(cache):
        remedy = "let CAMPAIGN_CACHE name a folder that can be written"
    return Mistake(where=where, what="file", expected=expected, got=got, remedy=remedy)


def _reason(error: OSError) -> int:
    """Return the system's number of an error; of a folder that cannot be made where a link stands, that of the link.

    From Python 3.13 on `pathlib` takes a link that leads back to itself for nothing, so what is told first is that
    something stands there.
    """
    if error.errno == errno.EEXIST and error.filename is not None:
        try:
            Path(error.filename).stat()
        except OSError as inner:
            if inner.errno == errno.ELOOP:
                return errno.ELOOP
    return error.errno or 0
