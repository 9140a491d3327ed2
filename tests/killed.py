"""Commands that are killed at every moment at which they touch the disk: a program of its own, run by test_killed.

Each moment is a real process that ends by SIGKILL: the program loads everything once and forks for every moment. What
stands on disk afterwards is handed to a judge. Nothing here loads JAX, whose threads a fork would lose.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

TOUCHING = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "shutil.rmtree", "shutil.copytree"}
"""Audit events before which a run is killed, beside files that are opened for writing."""


def files(folder: Path) -> dict[str, bytes]:
    """Bytes of every file below a folder that is not hidden, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def kill_everywhere(work: Callable[[], object], where: Path, judge: Callable[[], None]) -> int:
    """Run some work again and again, killed one touch of the disk later each time; returns the number of moments."""
    moment = 0
    while True:
        moment += 1
        child = os.fork()
        if child == 0:
            _watch(where, moment)
            work()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        judge()
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status) != 0:
                raise AssertionError(f"the work itself fails with {status}")
            return moment - 1


def _watch(where: Path, moment: int) -> None:
    """Kill this process at its n-th touch of a folder."""
    inside, left = str(where.resolve()), [moment]

    def touched(event: str, arguments: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if not (writes or event in TOUCHING) or inside not in str(arguments[0]):
            return
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(touched)
