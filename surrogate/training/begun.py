"""Where a training of a data file keeps what it has done, in case that it is cut off."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import platformdirs

from surrogate.data.data_spec import DataSpec
from surrogate.data.files.pseudonyms import Pseudonyms, key_to_learn
from surrogate.data.first_look import require_headers
from surrogate.fingerprint import code_hash, data_hash
from surrogate.unfinished import Unfinished

CACHE_VARIABLE = "CAMPAIGN_CACHE"


def cache_root() -> Path:
    """Return the folder of everything that is kept between runs: ``$CAMPAIGN_CACHE``, or the user's cache folder."""
    return Path(os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_path("campaign-planner"))


def unfinished_training(spec: DataSpec, base: Path | None, seed: int) -> Unfinished:
    """Return the place of a training: of these files, this data file, code and key of pseudonyms, and the seed.

    Headers are looked at before the files are hashed, which takes seconds where they are large.

    Raises
    ------
    InvalidInput
        When a named file cannot be read, or lacks a column.
    """
    if spec.files is not None:
        require_headers(base or Path(), spec.files)
    key = Pseudonyms(key_to_learn()).fingerprint
    said = spec.model_dump_json(exclude={"experiments"})
    inputs = (data_hash(spec, base), said, str(seed), code_hash(), key)
    name = hashlib.sha256("\n".join(inputs).encode()).hexdigest()[:32]
    return Unfinished(cache_root() / "unfinished" / name)
