"""Models that tests of several files need are trained once a session, whichever process asks first."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from surrogate.model import Model
from surrogate.model_file import load_model, save_model

_SHARED = Path(os.environ["CAMPAIGN_CACHE"])  # before any test moves it


def trained_once(name: str, make: Callable[[], Model]) -> Model:
    """Return a model as it was saved; the first process to ask trains and saves it, and the others wait for it."""
    place = _SHARED / name
    _SHARED.mkdir(parents=True, exist_ok=True)
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            save_model(make(), place)
        return load_model(place)
