"""The answer of a command as an exit code, whatever comes of it: unusable input never shows a traceback."""

from __future__ import annotations

import errno
import functools
import os
import sys
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import typer

from planner.commands.terminal.ending import INTERRUPTED as ENDED
from planner.commands.terminal.ending import settle
from planner.commands.terminal.printing import note, show_problems

if TYPE_CHECKING:
    from scenarios.problems import Problem

P = ParamSpec("P")

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


def answering(command: Callable[P, ExitCode]) -> Callable[P, None]:
    """Turn a command that returns its answer into one that exits with it; unusable input never shows a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from planner.commands.terminal.output import OutputError, write_out
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
    got = got.replace("is a directory", "a directory")
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
