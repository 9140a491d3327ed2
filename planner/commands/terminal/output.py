"""Standard output and standard error as they come: open, closed, full, or with nobody who reads any more."""

from __future__ import annotations

import io
import os
import sys
from typing import IO

from scenarios.problems import InvalidInput, Problem


class OutputError(InvalidInput):
    """Standard output takes no more: said on standard error, because an answer has no place to stand."""


def open_streams() -> None:
    """Put the null device where a stream was closed (``>&-``), before any file takes the stream's number."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123


def write_out(text: str, *, errors: str) -> None:
    """Write on standard output and hand it over; where nobody reads any more, let it drop.

    Parameters
    ----------
    errors
        What stands for characters that the output's encoding lacks: ``replace``, ``backslashreplace``.

    Raises
    ------
    OutputError
        Where the output cannot be written, on a full disk for example.
    """
    stream = sys.stdout
    try:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)  # hands over what the stream holds by now
        if text:  # even an empty text is an error where the output is full
            stream.write(text)
        stream.flush()
    except BrokenPipeError:
        # The reader (head, less) has gone: nobody is left to tell, and Python must not complain at exit.
        _drop(stream)
    except OSError as error:
        raise OutputError([full(error)]) from error


def write_error(text: str) -> None:
    """Write on standard error; where that cannot be, go on without: the answer does not hang on it."""
    stream = sys.stderr
    try:
        if text:
            stream.write(text)
        stream.flush()
    except OSError:
        _drop(stream)


def full(error: OSError) -> Problem:
    """Say that standard output takes no more; what it still holds is dropped, so that it is said once."""
    _drop(sys.stdout)
    got, remedy = (error.strerror or str(error)).lower(), "make room, or send the output elsewhere"
    return Problem(where="standard output", what="output", expected="room to write", got=got, remedy=remedy)


class Sheet(io.StringIO):
    """Paper that looks like a stream to whoever lays something out for it."""

    def __init__(self, stream: IO[str]) -> None:
        super().__init__()
        self._stream = stream

    def isatty(self) -> bool:
        """As the stream."""
        return self._stream.isatty()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """As the stream's."""
        return getattr(self._stream, "encoding", None) or "utf-8"


def _drop(stream: IO[str]) -> None:
    """Send a stream to the null device, what it still holds included."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, number)
    os.close(null)
