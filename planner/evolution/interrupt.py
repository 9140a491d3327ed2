"""Ctrl-C and SIGTERM, heard at safe moments only: between evaluations, never inside a library or a half-written answer.

Batch systems and containers send SIGTERM, and wait some seconds: a search answers it as a Ctrl-C, with the best plan so
far. Where there is nothing to answer with, and from the second one on, whoever handled the signal before hears it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

Handler = Callable[[int, FrameType | None], object]


class Interrupt:
    """Whether Ctrl-C was pressed, or SIGTERM came, and whether anybody may act on it now.

    Parameters
    ----------
    end
        Who handled SIGTERM before; None where nobody did.
    """

    def __init__(self, end: Handler | None = None) -> None:
        self._pressed = 0
        self._shielded = False
        self._acted = False
        self._end = end
        self.told_to_end = False
        """Whether SIGTERM came."""

    @property
    def pressed(self) -> bool:
        """Whether Ctrl-C was pressed and the run may stop here."""
        found = self._pressed > 0 and not self._shielded
        self._acted = self._acted or found
        return found

    @property
    def answered(self) -> bool:
        """Whether nothing is left to say of a Ctrl-C: somebody has acted on it, or an answer is being finished."""
        return self._acted or self._shielded

    @property
    def ever_pressed(self) -> bool:
        """Whether Ctrl-C was pressed, in time to end anything early or not."""
        return self._pressed > 0

    def check(self) -> None:
        """Raise `KeyboardInterrupt` if Ctrl-C was pressed and the run may stop here.

        Raises
        ------
        KeyboardInterrupt
            For a Ctrl-C that was noted before.
        """
        if self.pressed:
            raise KeyboardInterrupt

    def shield(self) -> None:
        """From now on finish what was begun, whatever is pressed."""
        self._shielded = True

    def hear(self) -> None:
        """From now on a Ctrl-C ends the run again, also one that was pressed while nobody heard it."""
        self._shielded = False

    def press(self, number: int, frame: FrameType | None) -> None:
        """Note a Ctrl-C, or a SIGTERM; the third Ctrl-C and the second SIGTERM end the process at once.

        Raises
        ------
        KeyboardInterrupt
            For the press that ends the process at once.
        """
        if number == signal.SIGTERM and self.told_to_end and self._end is not None:
            signal.signal(signal.SIGTERM, self._end)  # who ends the process may give the signal back to the system
            self._end(number, frame)
            return
        self.told_to_end = self.told_to_end or number == signal.SIGTERM
        self._pressed += 1
        if self._pressed >= 3:
            raise KeyboardInterrupt


@contextmanager
def listening() -> Iterator[Interrupt]:
    """Take Ctrl-C over while a run goes on, and SIGTERM where Python handles it; not outside of the main thread.

    A program that leaves SIGTERM to the system is ended by it as ever.

    Raises
    ------
    KeyboardInterrupt
        Where the run has nothing to answer with.
    """
    if threading.current_thread() is not threading.main_thread():
        yield Interrupt()
        return
    found = signal.getsignal(signal.SIGTERM)
    end = found if callable(found) else None
    interrupt = Interrupt(end)
    before = signal.signal(signal.SIGINT, interrupt.press)
    if end is not None:
        signal.signal(signal.SIGTERM, interrupt.press)
    try:
        yield interrupt
    except KeyboardInterrupt:
        if end is not None and interrupt.told_to_end:  # nothing is there to answer with: end as SIGTERM ends
            signal.signal(signal.SIGTERM, end)
            signal.raise_signal(signal.SIGTERM)
        raise
    finally:
        signal.signal(signal.SIGINT, before)
        if end is not None and signal.getsignal(signal.SIGTERM) == interrupt.press:  # else the process is being ended
            signal.signal(signal.SIGTERM, end)
