"""The hash of what an experiment's model is learned from."""

from __future__ import annotations

import hashlib
from pathlib import Path

from scenarios.problems import InvalidInput
from surrogate.experiment.reading.columns import column_problem
from surrogate.experiment.reading.spec import ExperimentSpec


def experiment_hash(spec: ExperimentSpec, base: Path | None = None) -> str:
    """Return the hash of the experiment's data.

    Raises
    ------
    InvalidInput
        When the file cannot be read.
    """
    path = (base or Path()) / spec.file
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        got = error.strerror or "unreadable"
        remedy = "file names count from the folder of the data file"
        raise InvalidInput([column_problem(str(path), "file", "a readable file", got, remedy)]) from None
