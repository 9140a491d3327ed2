"""The key under which a rollout's pseudonyms were made, read where names as they stand find nobody."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.assign.customers.held_out import Key
    from surrogate.data.files.pseudonyms import Pseudonyms


def key_reader(path: Path | None) -> Key:
    """Return what reads the key of pseudonyms; none is made, because nobody's pseudonyms are under a new one."""
    from scenarios.answer.secret_key import key_in
    from surrogate.data.files.pseudonyms import Pseudonyms, default_key_path

    def read() -> Pseudonyms | None:
        place = default_key_path() if path is None else path
        return (
            None if path is None and not place.exists() else Pseudonyms(key_in(place, what="customer key", make=False))
        )

    return read
