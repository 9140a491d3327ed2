"""What stands in a plan folder, as bytes and text; what cannot be read is refused with what mends it."""

from __future__ import annotations

import stat
from pathlib import Path

from scenarios.answer.remedies import RESTORE_FILE, RESTORE_FOLDER
from scenarios.problems import InvalidInput, Problem

PLANS = "plans.json"


def is_folder(path: Path) -> bool:
    """Whether a folder is there.

    Raises
    ------
    OSError
        For a link that leads back to itself, which `Path.is_dir` takes for nothing.
    """
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False


def bytes_of(folder: Path, name: str) -> bytes:
    """Read a file of a plan folder.

    Raises
    ------
    InvalidInput
        Where there is none, or none that can be read.
    """
    path = folder / name
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise missing(folder, name, "a pipe or device")
    try:
        return path.read_bytes()
    except OSError as error:
        raise missing(folder, name, (error.strerror or "an unreadable one").lower()) from None


def missing(folder: Path, name: str, got: str) -> InvalidInput:
    """Return the refusal of a folder in which a file cannot be read."""
    remedy = RESTORE_FOLDER
    inside = sorted(path.parent for path in folder.glob(f"*/{PLANS}"))
    if name == PLANS and inside:  # such as those of a sweep
        remedy = f"there are plan folders in it: name one of them, such as {inside[0]}"
    return InvalidInput([Problem(where=str(folder), what=name, expected="a readable file", got=got, remedy=remedy)])


def text_of(raw: bytes, where: str) -> str:
    """Decode a file's bytes.

    Raises
    ------
    InvalidInput
        Where they are no text in UTF-8.
    """
    try:
        return raw.decode()
    except UnicodeDecodeError:
        remedy = RESTORE_FILE
        problem = Problem(where=where, what="file", expected="UTF-8 text", got="other bytes", remedy=remedy)
        raise InvalidInput([problem]) from None
