"""What a training has done so far, kept until it ends: one that is cut off goes on from there the next time.

Purchases that were read and cleaned, and networks that were fitted, stand in a folder of the cache that only its owner
may read, under a hash of all that they follow from. A training that ends takes its folder away, and folders that
nobody came back to for a week go with it.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from scenarios.whole import replacing

T = TypeVar("T")
STALE_SECONDS = 7 * 86_400.0
"""Age from which on nobody is taken to come back."""
_SEAL = "seal"
_OWNER = 0o700


class Unfinished:
    """Parts of one training, each a folder that is there whole or not at all.

    Parameters
    ----------
    folder
        Where they are; None keeps nothing.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @property
    def begun(self) -> bool:
        """Whether anything is kept."""
        return self._folder is not None and self._folder.is_dir() and any(self._folder.iterdir())

    def part(
        self, name: str, make: Callable[[], T], *, write: Callable[[T, Path], None], read: Callable[[Path], T]
    ) -> T:
        """Return a part: read where it is kept and whole, else made, and kept where the system lets us.

        Parameters
        ----------
        name
            Of the part's folder.
        make
            Makes the part.
        write, read
            To and from an empty folder; what ``read`` cannot make sense of is a `ValueError`, and made anew.
        """
        if self._folder is None:
            return make()
        place = self._folder / name
        if place.is_dir():
            with suppress(OSError, ValueError):
                if (place / _SEAL).read_text() == _seal(place):
                    return read(place)
        made = make()
        with suppress(OSError):  # on a full disk a training goes on without
            self._folder.mkdir(parents=True, exist_ok=True)
            self._folder.chmod(_OWNER)
            with replacing(place.resolve()) as draft:
                draft.chmod(_OWNER)
                write(made, draft)
                (draft / _SEAL).write_text(_seal(draft))
        return made

    def finish(self) -> None:
        """Take away what was kept, and what nobody came back to."""
        if self._folder is None:
            return
        shutil.rmtree(self._folder, ignore_errors=True)
        with suppress(OSError):
            for other in self._folder.parent.iterdir():
                if time.time() - other.stat().st_mtime > STALE_SECONDS:
                    shutil.rmtree(other, ignore_errors=True)


NOTHING_KEPT = Unfinished()
"""For trainings that end soon, and tests."""


def _seal(folder: Path) -> str:
    """Return a hash of a folder's files."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.name != _SEAL:
            with path.open("rb") as file:
                digest.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
