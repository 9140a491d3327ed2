"""Ctrl-C and SIGTERM are answered within a second also where no handler runs: inside a library, for seconds.

Python runs handlers in the main thread, between two steps of its own. A program that is being compiled is one step of 5
to 20 s. The system's own handler writes each signal into a socket all the same; a thread beside the command reads it,
says that it was heard, and ends the process where somebody presses again and the main thread is still inside that step.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time

from planner.commands.terminal.left_drafts import clear_drafts

SOON_SECONDS = 0.5
"""How long the main thread has for an answer of its own before somebody is told."""
STOPPING = "stopping when this step is done\n"


def hear_at_once() -> None:
    """Listen beside the main thread from now on; only the main thread may ask for it.

    Raises
    ------
    ValueError
        Outside of the main thread, which no signal reaches.
    """
    inside, outside = socket.socketpair()
    outside.setblocking(False)
    signal.set_wakeup_fd(outside.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(inside, outside), name="heard", daemon=True).start()


def _listen(inside: socket.socket, outside: socket.socket) -> None:
    """Answer signals that the main thread leaves without an answer; ``outside`` only has to stay open."""
    told = False
    while outside.fileno() >= 0:
        heard = [number for number in inside.recv(64) if number in (signal.SIGINT, signal.SIGTERM)]
        if not heard:
            continue
        time.sleep(SOON_SECONDS)
        if _answered():
            continue
        if told:
            _end(heard[-1])
        _write(STOPPING)
        told = True


def _answered() -> bool:
    """Whether nothing is to be said: the process ends already or finishes its answer, or somebody else hears signals.

    A search hears them by a method of its own; it and whoever hears them elsewhere says whether they are ``answered``.
    """
    handler = signal.getsignal(signal.SIGINT)
    return bool(getattr(getattr(handler, "__self__", handler), "answered", True))


def _end(number: int) -> None:
    """End the process as the signal would; files are written whole or not at all, whenever it ends."""
    clear_drafts()
    _write(("\x1b[?25h" if sys.stderr.isatty() else "") + "interrupted\n")  # a live display hides the cursor
    os._exit(128 + number)


def _write(text: str) -> None:
    from planner.commands.terminal.output import write_error

    write_error(text)
