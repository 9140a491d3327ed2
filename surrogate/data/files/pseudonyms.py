"""Keyed pseudonyms: customer ids become numbers when they are read, and nothing behind the reader knows an id.

The number is HMAC-SHA256 of the id under a key that only its owner's file holds: without the key nobody can tell whose
number it is, not even by trying all ids. The order of the numbers depends on the key, so nothing may be sorted by them.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import platformdirs

from scenarios.answer.secret_key import KEY_BYTES, key_in
from scenarios.arrays import Int
from scenarios.problems import InvalidInput
from surrogate.data.files.id_text import id_text

KEY_FILE = "customers.key"
MISSING = -1
"""Number of a customer whose id is missing or blank; no pseudonym is negative."""
_LOW_63_BITS = (1 << 63) - 1
PSEUDONYMS = "pseudonyms, whole numbers as campaign profiles writes them"
NO_PSEUDONYM = "write them with all their digits; ids of another kind belong in a column customer"
"""What a column of pseudonyms must hold, and what to do where it does not."""


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

    @property
    def fingerprint(self) -> str:
        """Sixteen digits by which two keys are told apart; they tell neither the key nor anybody's number."""
        return hmac.digest(self._key, b"fingerprint of the key", "sha512").hex()[:16]  # ids are hashed by SHA-256

    def number(self, customer: object) -> int:
        """Return the pseudonym of one id, 0 to 2^63 - 1, or `MISSING`."""
        text = id_text(customer)
        if not text:
            return MISSING
        digest = hmac.digest(self._key, text.encode(errors="surrogatepass"), "sha256")
        return int.from_bytes(digest[:8], "big") & _LOW_63_BITS

    def numbers(self, ids: Iterable[Any]) -> Int:
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


def pseudonym_in(text: str) -> int | None:
    """Return the pseudonym that a text writes; None where it writes none."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LOW_63_BITS)) and int(text) <= _LOW_63_BITS):
        return None
    return int(text)


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
    remedy = "let CAMPAIGN_CACHE name a folder that can be written" if path is None else "name another file"
    return key_in(where, what="customer key", make=True, remedy=remedy)


def key_to_learn() -> bytes:
    """Return the key of this machine; one of the moment where none can be made.

    What is learned is the same under any key, so a machine on which nothing can be kept learns all the same.

    Raises
    ------
    InvalidInput
        When there is a key file and it cannot be used; see `key_for`.
    """
    try:
        return key_for()
    except InvalidInput:
        if default_key_path().exists():
            raise
        return secrets.token_bytes(KEY_BYTES)
