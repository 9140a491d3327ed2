"""The only place that prints: consoles, JSON documents, problems, and the exit code of every command."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ParamSpec

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from scenarios.problems import Problem

P = ParamSpec("P")

PIPE_WIDTH = 120
"""Columns of plain output, where no terminal and no COLUMNS say how wide it may be."""


class ExitCode(IntEnum):
    """What a command answers to the shell."""

    YES = 0
    NO = 1
    """Infeasible, violated, or worse than asked."""
    UNUSABLE = 2
    """The input cannot be used."""
    INTERRUPTED = 130


def console(*, stderr: bool = False) -> Console:
    """Return a console: colour and live display only on a terminal, plain text in pipes, NO_COLOR honoured."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")
    made = Console(stderr=stderr, highlight=False, emoji=False, markup=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = PIPE_WIDTH
    return made


def show(*parts: RenderableType) -> None:
    """Print renderables on standard output, one blank line between them."""
    out = console()
    with out.capture() as captured:
        for number, part in enumerate(parts):
            if number:
                out.print()
            out.print(part)
    text = captured.get()
    if not out.is_terminal:
        text = "".join(line.rstrip() + "\n" for line in text.splitlines())
    sys.stdout.write(text)


def show_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    from scenarios.answer.json_records import dump, to_data

    text = dump(to_data(document))
    stream = sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    stream.write(text)


def note(text: str) -> None:
    """Print a sentence on standard error."""
    console(stderr=True).print(text, soft_wrap=True)


def show_problems(problems: tuple[Problem, ...], *, as_json: bool) -> None:
    """Print what is wrong with an input, one line a problem (standard error), or as one JSON document."""
    if as_json:
        rows = [
            {"where": p.where, "what": p.what, "expected": p.expected, "got": p.got, "remedy": p.remedy}
            for p in problems
        ]
        show_json({"format": "campaign-problems/1", "problems": rows})
        return
    for problem in problems:
        note(str(problem))
    if len(problems) > 1:
        note(f"{len(problems)} problems")


def answering(command: Callable[P, ExitCode]) -> Callable[P, None]:
    """Turn a command that returns its answer into one that exits with it; unusable input never shows a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from scenarios.problems import InvalidInput
        from scenarios.problems import Problem as Mistake

        as_json = bool(kwargs.get("json_"))
        try:
            code = command(*args, **kwargs)
            sys.stdout.flush()
        except InvalidInput as error:
            show_problems(error.problems, as_json=as_json)
            code = ExitCode.UNUSABLE
        except BrokenPipeError:
            # The reader (head, less) has gone: nobody is left to tell, and Python must not complain at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = ExitCode.YES
        except OSError as error:
            where = str(error.filename) if error.filename is not None else "file"
            got = (error.strerror or str(error)).lower()
            mistake = Mistake(where=where, what="file", expected="a file or folder that can be used", got=got)
            show_problems((mistake,), as_json=as_json)
            code = ExitCode.UNUSABLE
        except KeyboardInterrupt:
            note("interrupted")
            code = ExitCode.INTERRUPTED
        raise typer.Exit(int(code))

    return run
