"""How the process of a command ends: Ctrl-C, SIGTERM, the exit code, and no time for taking libraries down."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from planner.commands.terminal.heard import hear_at_once
from planner.commands.terminal.left_drafts import clear_drafts

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

INTERRUPTED = 130
"""Exit code of a process that Ctrl-C ended, as shells count it."""
SOON_SECONDS = 0.02
"""How long a Ctrl-C waits for a library that is being loaded, before it looks again."""
MOST_LOOKS = 250
"""So often it looks: five seconds, which is longer than any library takes."""


class Ended(BaseException):
    """SIGTERM: temporary folders and drafts go, and the process ends; nobody may take it for a Ctrl-C or an exit."""


class Press:
    """Ctrl-C on a command line: ends the command until its answer is given, and nothing from then on.

    SIGTERM ends it at any time. A library that is being loaded is loaded first: compiled ones answer an exception in
    their midst with an error of their own, or end the whole process. Who presses twice does not wait.
    """

    def __init__(self) -> None:
        self.settled = False
        self.raised = False
        self.ending = False
        """Whether SIGTERM has begun to end the process: nothing else may end it in another way."""
        self._told_to_end = False
        self._looks = 0

    @property
    def answered(self) -> bool:
        """Whether nothing is left to say of a Ctrl-C: the command ends already, or gives its answer."""
        return self.settled or self.raised or self.ending

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Raise `KeyboardInterrupt` while there is something to interrupt; after SIGTERM raise `Ended`."""
        if self.ending and number == signal.SIGINT:
            return
        twice = self._looks > 0 and number in (signal.SIGINT, signal.SIGTERM)
        self._told_to_end = self._told_to_end or number == signal.SIGTERM
        given = self.settled and not self._told_to_end
        if given or (_loading(frame) and not twice and self.again_soon()):
            return
        if self._looks > 0:
            signal.setitimer(signal.ITIMER_REAL, 0)  # nothing is raised a second time while folders are cleared away
        if self._told_to_end:
            self.ending = True
            _hear_no_more()
            raise Ended
        self.raised = True
        raise KeyboardInterrupt

    def again_soon(self) -> bool:
        """Press again in a moment; whether this system can do that, and it has not been done for too long."""
        if not hasattr(signal, "setitimer") or signal.getsignal(signal.SIGALRM) not in (signal.SIG_DFL, self):
            return False
        self._looks += 1
        if self._looks > MOST_LOOKS:
            return False
        signal.signal(signal.SIGALRM, self)
        signal.setitimer(signal.ITIMER_REAL, SOON_SECONDS)
        return True


def _loading(frame: FrameType | None) -> bool:
    """Whether a module is being imported where the process stands."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


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
    try:
        for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL)):
            if signal.getsignal(number) == usual:
                signal.signal(number, press)
        hear_at_once()
    except ValueError:  # only the main thread hears signals
        pass
    _raise_again_what_nobody_heard(press)
    try:
        code = _code_of(command, press)
        _hear_no_more()
    except Ended:  # as whoever sent it expects: ended by the signal
        clear_drafts()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
        os._exit(128 + signal.SIGTERM)
    press.settled = True
    clear_drafts()
    os._exit(_flushed(code))


def _raise_again_what_nobody_heard(press: Press) -> None:
    """Press again where an exception of this file was raised in a finalizer or a callback that nobody can leave."""
    usual = sys.unraisablehook

    def hook(lost: sys.UnraisableHookArgs) -> None:
        pressed = issubclass(lost.exc_type, KeyboardInterrupt) and press.raised and not press.settled
        if not ((pressed or issubclass(lost.exc_type, Ended)) and press.again_soon()):
            usual(lost)

    sys.unraisablehook = hook


def _code_of(command: Callable[[], object], press: Press) -> object:
    """Run a command line; what it ends with.

    Raises
    ------
    Ended
        After SIGTERM, whatever the libraries in whose midst it was raised have made of that.
    """
    try:
        found = _answer_of(command, press)
    except Ended:
        raise
    except BaseException as error:
        if press.ending:
            raise Ended from None
        press.settled = True
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    if press.ending:
        raise Ended
    return found


def _answer_of(command: Callable[[], object], press: Press) -> object:
    """Run a command line; the exit code that it means, or the exception that it could not answer."""
    try:
        command()
    except SystemExit as end:
        if end.code == INTERRUPTED and press.raised and not press.settled:  # typer leaves without a word
            _say_interrupted(press)
        return end.code
    except KeyboardInterrupt:
        _say_interrupted(press)
        return INTERRUPTED
    return 0


def _hear_no_more() -> None:
    """Let the next SIGTERM end the process at once."""
    if isinstance(signal.getsignal(signal.SIGTERM), Press):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _say_interrupted(press: Press) -> None:
    press.settled = True
    from planner.commands.terminal.output import write_error

    write_error("interrupted\n")


def _flushed(code: object) -> int:
    """Empty both streams; the exit code, which says so where standard output cannot be written."""
    from planner.commands.terminal.output import OutputError, write_error, write_out

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
