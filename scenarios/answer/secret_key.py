"""Key files: 32 secret bytes in hexadecimal, readable by their owner only (mode 600), never in what is passed on."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from pathlib import Path

from scenarios.answer.frozen_place import PLANS, PROBLEM, frozen_around
from scenarios.drafts import clear_left_over, new_draft, unfinished
from scenarios.problems import InvalidInput, Problem
from scenarios.whole import OWNER_ONLY

KEY_BYTES = 32
_ARTEFACTS = ("model.json", "plans.json", "weights.npz")
"""Files that mark a folder as an artefact, where no key may lie."""


def key_in(where: Path, *, what: str, make: bool, remedy: str = "name another file") -> bytes:
    """Return the key of a key file.

    Parameters
    ----------
    where
        The key file.
    what
        The key in the words of a message: ``customer key``.
    make
        Whether a file that does not exist is made, readable by its owner only.
    remedy
        What to do where the file can neither be read nor made.

    Raises
    ------
    InvalidInput
        When other users may read the file, when it holds no key, lies in an artefact, or cannot be read or made.
    """
    _refuse_inside(where, what)
    try:
        if make and not where.exists():
            _make(where)
        return _read(where, what)
    except OSError as error:
        expected = "a key file that can be read or made" if make else "a key file that can be read"
        raise _refused(where, what, expected, (error.strerror or "unreadable").lower(), remedy) from None


def refuse_unmade(where: Path, *, what: str) -> None:
    """Find out before there is anything to sign whether a key file could be made; leaves nothing behind.

    Raises
    ------
    InvalidInput
        When its place lies in an artefact, or cannot be written.
    """
    _refuse_inside(where, what)
    around = next(parent for parent in where.absolute().parents if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=around):
            pass
    except OSError as error:
        got = (error.strerror or "unreadable").lower()
        raise _refused(where, what, "a key file that can be read or made", got, "name another file") from None


def _refuse_inside(where: Path, what: str) -> None:
    inside = [name for name in _ARTEFACTS if (where.parent / name).exists()]
    if frozen_around(where) is not None:
        inside.append(f"{PLANS} above {PROBLEM}/")
    if inside:
        remedy = "move it out of the folder: models and plans are passed on, keys are not"
        raise _refused(where, what, "a key file outside of models and plans", f"a folder with {inside[0]}", remedy)


def _make(where: Path) -> None:
    """Write a new key whole; where another process was faster, its key stays."""
    where.parent.mkdir(parents=True, exist_ok=True)
    clear_left_over(where)
    draft = new_draft(where)
    with unfinished(draft):
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, where)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            draft.replace(where)


def _read(where: Path, what: str) -> bytes:
    status = where.stat()
    if not stat.S_ISREG(status.st_mode):
        raise _refused(where, what, "a key file", "no regular file")
    if os.name == "posix" and status.st_mode & 0o077:
        mode = f"mode {stat.S_IMODE(status.st_mode):o}"
        raise _refused(where, what, "a key file that only its owner may read (mode 600)", mode, f"chmod 600 {where}")
    expected, remedy = (
        f"{2 * KEY_BYTES} or more hexadecimal digits",
        "restore it from your backup, or name another file",
    )
    try:
        key = bytes.fromhex(where.read_text(encoding="ascii").strip())
    except ValueError:
        raise _refused(where, what, expected, "other text", remedy) from None
    if not (len(key) >= KEY_BYTES):
        raise _refused(where, what, expected, f"{2 * len(key)} digits", remedy)
    return key


def _refused(where: Path, what: str, expected: str, got: str, remedy: str = "") -> InvalidInput:
    return InvalidInput([Problem(where=str(where), what=what, expected=expected, got=got, remedy=remedy)])
