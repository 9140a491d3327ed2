"""Ctrl-C and SIGTERM where no handler runs, as while a program is compiled: told at once, and a second one ends it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from planner.commands.terminal.ending import Press
from planner.evolution.interrupt import Interrupt

PROGRAM = """
import contextlib, os, signal, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from planner.commands.terminal.ending import run_to_end
from planner.evolution.interrupt import listening
def command():
    with {within} as interrupt:
        # As inside a library: the signal reaches another thread, and this one takes no step until it has slept.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])
        for moment in {moments}:
            threading.Timer(moment, os.kill, (os.getpid(), {number})).start()
        time.sleep({seconds})
        interrupt.check()
run_to_end(command)
"""
SAID = "stopping when this step is done\n"


def _pressed(number: int, moments: tuple[float, ...], seconds: float, within: str) -> tuple[int, str, float]:
    begun = time.monotonic()
    body = PROGRAM.format(number=int(number), moments=moments, seconds=seconds, within=within)
    done = subprocess.run([sys.executable, "-c", body], capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stderr, time.monotonic() - begun


@pytest.mark.parametrize("within", ["listening()", "contextlib.nullcontext()"])
def test_a_long_step_does_not_hide_that_ctrl_c_was_heard(within: str) -> None:
    """In a search and in any other command: it is said during the step, and the command ends when the step is done."""
    assert _pressed(signal.SIGINT, (0.1,), 1.5, within)[:2] == (130, f"{SAID}interrupted\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_who_presses_again_does_not_wait_for_the_step(number: int, code: int) -> None:
    """Once it was said that the first one was heard; the exit code is that of the signal."""
    ended, said, took = _pressed(number, (0.1, 1.0), 45.0, "listening()")
    assert (ended, said) == (code, f"{SAID}interrupted\n") and took < 30


def test_nothing_is_said_where_an_answer_is_being_finished() -> None:
    """Nor where the command has begun to end: of a search that was told, and of a command that has shown something."""
    interrupt, press = Interrupt(), Press()
    interrupt.press(signal.SIGINT, None)
    assert not interrupt.answered and not press.answered
    with pytest.raises(KeyboardInterrupt):
        interrupt.check()
    shielded = Interrupt()
    shielded.shield()
    press.settled = True
    assert interrupt.answered and shielded.answered and press.answered
