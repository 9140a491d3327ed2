"""Fingerprints: what a model was learned from and by which code."""

from __future__ import annotations

import hashlib
import importlib.metadata
from functools import cache
from pathlib import Path

from scenarios.problems import InvalidInput, Problem
from surrogate.data.data_spec import DataSpec
from surrogate.data.files.table_files import paths_of


def data_hash(spec: DataSpec, base: Path | None = None) -> str:
    """Return a hash over everything that training reads: the packaged data set's or the named files' bytes.

    Raises
    ------
    InvalidInput
        When a named file cannot be read.
    """
    if spec.packaged:
        from surrogate.data import packaged

        return packaged.fingerprint()
    digest = hashlib.sha256()
    assert spec.files is not None
    for name, part in spec.files.parts():
        for path in paths_of(base or Path(), part):
            digest.update(f"{name} {path.name} ".encode())
            try:
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
            except OSError as error:
                reason = error.strerror or "unreadable"
                problem = Problem(where=str(path), what=f"files.{name}", expected="a readable file", got=reason)
                raise InvalidInput([problem]) from None
    return digest.hexdigest()


LIBRARIES = ("equinox", "jax", "jaxlib", "numpy", "optax", "pandas", "scikit-learn")
"""Packages whose version may change what is learned."""


def library_versions() -> dict[str, str]:
    """Return the installed versions of the libraries that learn."""
    return {name: importlib.metadata.version(name) for name in LIBRARIES}


@cache
def code_hash() -> str:
    """Return a hash of this room's source and libraries: a model learned by others is not taken from the cache.

    It is reckoned once a process, which goes on with the code that it has loaded.
    """
    digest = hashlib.sha256(repr(library_versions()).encode())
    room = Path(__file__).parent
    for path in sorted(room.rglob("*.py")):
        digest.update(path.relative_to(room).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
