"""The key that plan folders are signed with: read from its file, or made there once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from planner.commands.terminal.printing import note
from scenarios.answer.secret_key import key_in, refuse_unmade
from scenarios.problems import InvalidInput, Problem

WHAT = "signing key"


def signing_key(path: Path, *, make: bool) -> bytes:
    """Return the key of a key file; where it may be made, says so when it was.

    Raises
    ------
    InvalidInput
        Where the file holds no key, or others may read it.
    """
    existed = path.exists()
    key = key_in(path, what=WHAT, make=make)
    if not existed:
        note(f"made the key file {path} (mode 600): keep it secret, and keep a copy, which alone verifies signatures")
    return key


def key_to_sign(path: Path) -> Callable[[], bytes]:
    """Return what gives the key of a key file, and makes the file once there is something to sign.

    Raises
    ------
    InvalidInput
        At once where the file holds no key, others may read it, or it could not be made.
    """
    if path.exists():
        key = signing_key(path, make=False)
        return lambda: key
    refuse_unmade(path, what=WHAT)
    return lambda: signing_key(path, make=True)


def refuse_unsigned_answer() -> None:
    """Refuse a key where nothing is written that it could sign.

    Raises
    ------
    InvalidInput
        Always.
    """
    remedy = "add --out DIR"
    raise InvalidInput([Problem(where="--key", what=WHAT, expected="--out DIR beside it", got="none", remedy=remedy)])


def refuse_without_key(option: str) -> None:
    """Refuse an option that needs a key and was given none.

    Raises
    ------
    InvalidInput
        Always.
    """
    expected, remedy = "--key FILE beside it", "name a key file; one that does not exist is made"
    raise InvalidInput([Problem(where=option, what=WHAT, expected=expected, got="no key", remedy=remedy)])
