"""The console script ``campaign``: the process around a command line, ready for Ctrl-C before anything is loaded."""

from __future__ import annotations

from typing import Any, NoReturn

from planner.commands.terminal.ending import run_to_end


def main() -> NoReturn:
    """Run the command line; the console script ``campaign``."""
    run_to_end(_command_line)


def _command_line() -> None:
    from planner.commands.terminal.output import open_streams
    from planner.runtime import collect_rarely, fix_threads

    open_streams()
    fix_threads()
    collect_rarely()
    from planner.commands.line import app

    app()


def __getattr__(name: str) -> Any:
    """``app``: the commands, loaded when they are asked for."""
    if name == "app":
        from planner.commands.line import app

        return app
    raise AttributeError(name)
