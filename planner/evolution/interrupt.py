"""Ctrl-C, heard at safe moments only: between evaluations, never inside a library or a half-written answer."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupt:
    """Whether Ctrl-C was pressed, and whether anybody may act on it now."""

    def __init__(self) -> None:
        self._pressed = 0
        self._shielded = False

    @property
    def pressed(self) -> bool:
        """Whether Ctrl-C was pressed and the run may stop here."""
        return self._pressed > 0 and not self._shielded

    @property
    def ever_pressed(self) -> bool:
        """Whether Ctrl-C was pressed, in time to end anything early or not."""
        return self._pressed > 0

    def check(self) -> None:
        """Raise `KeyboardInterrupt` if Ctrl-C was pressed and the run may stop here."""
        if self.pressed:
            raise KeyboardInterrupt

    def shield(self) -> None:
        """From now on finish what was begun, whatever is pressed."""
        self._shielded = True

    def hear(self) -> None:
        """From now on a Ctrl-C ends the run again, also one that was pressed while nobody heard it."""
        self._shielded = False

    def press(self, number: int, frame: FrameType | None) -> None:
        """Note a Ctrl-C; the third one ends the process at once."""
        self._pressed += 1
        if self._pressed >= 3:
            raise KeyboardInterrupt


@contextmanager
def listening() -> Iterator[Interrupt]:
    """Take Ctrl-C over while a run goes on; elsewhere than in the main thread, leave it alone."""
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return
    before = signal.signal(signal.SIGINT, interrupt.press)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
