"""Keyed pseudonyms: customer ids become numbers when they are read, and nothing behind the reader knows an id.

The number is HMAC-SHA256 of the id under a key that only its owner's file holds: without the key nobody can tell whose
number it is, not even by trying all ids. The order of the numbers depends on the key, so nothing may be sorted by them.
"""

from __future__ import annotations

import hmac
import os
import secrets
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import platformdirs
from numpy.typing import NDArray

from scenarios.problems import InvalidInput, Problem
from surrogate.data.id_text import id_text

KEY_FILE = "customers.key"
KEY_BYTES = 32
MISSING = -1
"""Number of a customer whose id is missing or blank; no pseudonym is negative."""
_ARTEFACTS = ("model.json", "plans.json", "weights.npz")
"""Files that mark a folder as an artefact, where no key may lie."""
_LOW_63_BITS = (1 << 63) - 1


class Pseudonyms:
    """Customer ids as numbers.

    Parameters
    ----------
    key
        At least 32 secret bytes (`key_for`).
    """

    def __init__(self, key: bytes) -> None:
        if not (len(key) >= KEY_BYTES):
            raise ValueError(f"the key must have at least {KEY_BYTES} bytes")
        self._key = key

    def __repr__(self) -> str:
        """Return no key, because representations end up in logs."""
        return "Pseudonyms(key=...)"

    def number(self, customer: object) -> int:
        """Return the pseudonym of one id, 0 to 2^63 - 1, or `MISSING`."""
        text = id_text(customer)
        if not text:
            return MISSING
        digest = hmac.digest(self._key, text.encode(errors="surrogatepass"), "sha256")
        return int.from_bytes(digest[:8], "big") & _LOW_63_BITS

    def numbers(self, ids: Iterable[Any]) -> NDArray[np.int64]:
        """Return the pseudonyms [N] of ids [N]; every different id is hashed once.

        Integers, whole floats (how tables with gaps hold integers) and their text are the same id; spaces around
        an id do not count; missing and blank ids are `MISSING`. Parquet dictionary columns come as pandas categories.

        Raises
        ------
        ValueError
            When two ids have the same number (expected once in 10^5 files of ten million customers).
        """
        codes, unique = pd.factorize(ids if isinstance(ids, pd.Series | np.ndarray) else pd.Series(list(ids)))
        texts, merged = np.unique(np.array([id_text(one) for one in unique], dtype=object), return_inverse=True)
        hashed = np.array([self.number(text) for text in texts], dtype=np.int64)
        if np.unique(hashed).size != hashed.size:
            raise ValueError("two customer ids have the same pseudonym: use another key file")
        # the last entry answers code -1, which pandas gives to missing values
        return np.append(hashed[merged] if hashed.size else hashed, MISSING)[codes]


def default_key_path() -> Path:
    """Return where the key lies: ``$CAMPAIGN_CACHE/customers.key``, or the user's configuration folder."""
    root = os.environ.get("CAMPAIGN_CACHE")
    return Path(root or platformdirs.user_config_path("campaign-planner")) / KEY_FILE


def key_for(path: Path | str | None = None) -> bytes:
    """Return the key of a key file; one that does not exist is made, readable by its owner only (mode 600).

    Parameters
    ----------
    path
        The key file; `default_key_path` where none is given.

    Raises
    ------
    InvalidInput
        When other users may read the file, when it holds no key, lies in an artefact, or cannot be read or made.
    """
    where = Path(path) if path is not None else default_key_path()
    inside = [name for name in _ARTEFACTS if (where.parent / name).exists()]
    if inside:
        remedy = "move it out of the folder: models and plans are passed on, keys are not"
        raise _refused(where, "a key file outside of models and plans", f"a folder with {inside[0]}", remedy)
    try:
        if not where.exists():
            _make(where)
        return _read(where)
    except OSError as error:
        raise _refused(where, "a key file that can be read or made", error.strerror or "unreadable") from None


def _make(where: Path) -> None:
    """Write a new key whole; where another process was faster, its key stays."""
    where.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=f".{where.name}-", dir=where.parent)  # made with mode 600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, where)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            Path(draft).replace(where)
    finally:
        Path(draft).unlink(missing_ok=True)


def _read(where: Path) -> bytes:
    status = where.stat()
    if not stat.S_ISREG(status.st_mode):
        raise _refused(where, "a key file", "no regular file")
    if os.name == "posix" and status.st_mode & 0o077:
        mode = f"mode {stat.S_IMODE(status.st_mode):o}"
        raise _refused(where, "a key file that only its owner may read (mode 600)", mode, f"chmod 600 {where}")
    expected, remedy = (
        f"{2 * KEY_BYTES} or more hexadecimal digits",
        "restore it from your backup, or name another file",
    )
    try:
        key = bytes.fromhex(where.read_text(encoding="ascii").strip())
    except ValueError:
        raise _refused(where, expected, "other text", remedy) from None
    if not (len(key) >= KEY_BYTES):
        raise _refused(where, expected, f"{2 * len(key)} digits", remedy)
    return key


def _refused(where: Path, expected: str, got: str, remedy: str = "") -> InvalidInput:
    return InvalidInput([Problem(where=str(where), what="customer key", expected=expected, got=got, remedy=remedy)])
