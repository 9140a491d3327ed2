"""The only place that prints: consoles, JSON documents, notes and problems."""

from __future__ import annotations

import os
import sys
from typing import IO, TYPE_CHECKING, Any

from planner.commands.terminal.ending import settle

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from scenarios.problems import Problem

PIPE_WIDTH = 120
"""Columns of plain output, where no terminal and no COLUMNS say how wide it may be."""

MOST_PROBLEMS = 60
"""Lines of problems that people are shown: a table with the wrong columns may have thousands."""


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
    from planner.commands.terminal.output import Sheet, write_out
    from planner.commands.terminal.unsteered import Unsteered

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
    from planner.commands.terminal.output import write_out
    from scenarios.answer.json_records import dump, to_data

    text = dump(to_data(document))
    settle()
    write_out(text, errors="backslashreplace")


def note(text: str) -> None:
    """Print a sentence on standard error."""
    from planner.commands.terminal.output import Sheet, write_error
    from planner.commands.terminal.unsteered import unsteered

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
