"""How the process of a command ends: Ctrl-C, the exit code, and no time for taking libraries down."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130
"""Exit code of a process that Ctrl-C ended, as shells count it."""


class Press:
    """Ctrl-C on a command line: ends the command until its answer is given, and nothing from then on."""

    def __init__(self) -> None:
        self.settled = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Raise `KeyboardInterrupt` while there is something to interrupt."""
        if not self.settled:
            raise KeyboardInterrupt


def settle() -> None:
    """From now on the answer is given whatever is pressed; leaves handlers that are not a `Press` alone."""
    press = signal.getsignal(signal.SIGINT)
    if isinstance(press, Press):
        press.settled = True


def run_to_end(command: Callable[[], object]) -> NoReturn:
    """Run a command line and end the process with its exit code, at once.

    Interpreter and libraries are not taken down: XLA's and OR-Tools' threads need a second for it, in which Ctrl-C
    crashes them. Everything that was written is complete by then, and what is printed is flushed.

    Parameters
    ----------
    command
        Ends by returning or by ``sys.exit``.
    """
    press = Press()
    in_charge = threading.current_thread() is threading.main_thread()
    if in_charge and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, press)
    try:
        command()
        code: object = 0
    except SystemExit as end:
        code = end.code
    except KeyboardInterrupt:
        press.settled = True
        from planner.commands.output import write_error

        write_error("interrupted\n")
        code = INTERRUPTED
    except BaseException as error:
        press.settled = True
        sys.excepthook(type(error), error, error.__traceback__)
        code = 1
    press.settled = True
    os._exit(_flushed(code))


def _flushed(code: object) -> int:
    """Empty both streams; the exit code, which says so where standard output cannot be written."""
    from planner.commands.output import OutputError, write_error, write_out

    number = 0 if code is None else code if isinstance(code, int) else 1
    if isinstance(code, str):
        write_error(f"{code}\n")
    try:
        write_out("", errors="replace")
    except OutputError as error:
        write_error(f"{error}\n")
        number = 2
    write_error("")
    return number
