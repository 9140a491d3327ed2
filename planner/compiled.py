"""Compiled programs, kept between runs: each with its own hash, so that a damaged one is built again and replaced.

JAX's own file cache warns of what it cannot read and leaves it in place. This one stands where JAX would put that.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import os
import tempfile
from pathlib import Path
from typing import Any

VARIABLE = "CAMPAIGN_CACHE"
_HASH = hashlib.sha256
_SEAL = _HASH().digest_size


def cache_root() -> Path:
    """Return the folder of everything that is kept between runs: ``$CAMPAIGN_CACHE``, or the user's cache folder."""
    from platformdirs import user_cache_path

    return Path(os.environ.get(VARIABLE) or user_cache_path("campaign-planner"))


def compiled_folder() -> Path:
    """Return the folder of compiled programs."""
    return cache_root() / "jax"


def usable(folder: Path) -> bool:
    """Whether programs can be kept in a folder, which is made where it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.R_OK | os.W_OK | os.X_OK)


def not_kept() -> str | None:
    """Say in a sentence why compiled programs are not kept; None where they are."""
    folder = compiled_folder()
    if usable(folder):
        return None
    named = f"{VARIABLE} names {cache_root()}" if os.environ.get(VARIABLE) else f"{folder} cannot be written"
    return f"compiled code is not kept and later runs wait for it again: {named}; let {VARIABLE} name a writable folder"


class Programs:
    """Compiled programs as files of a folder; JAX's ``CacheInterface``.

    Parameters
    ----------
    folder
        Exists and can be written.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder

    def get(self, key: str) -> bytes | None:
        """Return a program; None where there is none, or none that is whole."""
        try:
            raw = self._file(key).read_bytes()
        except OSError:
            return None
        program, seal = raw[:-_SEAL], raw[-_SEAL:]
        return program if len(raw) > _SEAL and _HASH(program).digest() == seal else None

    def put(self, key: str, value: bytes) -> None:
        """Keep a program in place of what stands there; on a full disk, go on without."""
        with contextlib.suppress(OSError):
            handle, draft = tempfile.mkstemp(prefix=".draft-", dir=self._path)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(value + _HASH(value).digest())
                Path(draft).replace(self._file(key))
            finally:
                Path(draft).unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self._path / f"{key}-cache"


def keep_programs(jax: Any, folder: Path) -> None:
    """Let JAX keep what it compiles in a folder, and read it from there."""
    jax.config.update("jax_compilation_cache_dir", str(folder))
    # JAX has no public name for where it keeps its cache. A version without this one keeps programs its own way.
    store: Any = importlib.import_module("jax._src.compilation_cache")
    if hasattr(store, "_cache"):
        store._cache = Programs(folder)
