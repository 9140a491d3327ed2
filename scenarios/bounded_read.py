"""Reading a file whole, also from a pipe, but never without end: a device or a pipe may have none."""

from __future__ import annotations

import errno
import os
import select
import stat
import time
from pathlib import Path

PATIENCE_SECONDS = 10.0
"""How long a pipe may have nobody at its other end."""
_PIECE = 1 << 20


class TooLarge(OSError):  # noqa: N818 - a reason why a file cannot be read, as the other OSErrors are
    """A file holds more than may be read; ``strerror`` says how much that is.

    Parameters
    ----------
    size
        Bytes that it holds; None where its end was not seen.
    """

    def __init__(self, path: Path, most: int, size: int | None = None) -> None:
        super().__init__(errno.EFBIG, f"more than {most / 2**20:g} MiB", str(path))
        self.got = "a pipe or device that gives more" if size is None else f"{size / 2**20:,.1f} MiB"


def read_bounded(path: Path, most: int) -> bytes:
    """Return what a file holds.

    Parameters
    ----------
    path
        A file, pipe or device.
    most
        Bytes that it may hold.

    Raises
    ------
    TooLarge
        Where it holds more; of a device without end no more than that is read.
    OSError
        Where it cannot be read, and for a pipe that nobody writes to.
    """
    kind = path.stat()
    if stat.S_ISDIR(kind.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if stat.S_ISREG(kind.st_mode) and kind.st_size > most:
        raise TooLarge(path, most, kind.st_size)
    # Opening a pipe waits for a writer, however long; without waiting, we can look how long we have waited.
    number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(number, "rb", buffering=0) as file:
        pieces = [_first(file.fileno(), path)] if stat.S_ISFIFO(kind.st_mode) else []
        if hasattr(os, "set_blocking"):
            os.set_blocking(file.fileno(), True)
        left = most + 1 - sum(map(len, pieces))
        while left > 0 and (piece := file.read(min(left, _PIECE))):
            pieces.append(piece)
            left -= len(piece)
    if left <= 0:
        raise TooLarge(path, most)
    return b"".join(pieces)


def _first(number: int, path: Path) -> bytes:
    """Wait until somebody has opened the other end of a pipe; what came of it so far."""
    watched = select.poll()
    watched.register(number, select.POLLIN | select.POLLHUP)
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        ended = bool(watched.poll(0))
        try:
            first = os.read(number, _PIECE)
        except BlockingIOError:  # somebody is there and has written nothing yet
            return b""
        if first or ended:
            return first
        if time.monotonic() > end:
            raise OSError(errno.EPIPE, "a pipe that nobody writes to", str(path))
        time.sleep(0.02)
