"""Data files of any kind, checked without learning anything from them (and without JAX)."""

from __future__ import annotations

from pathlib import Path

from surrogate.data.data_spec import read_data_spec
from surrogate.experiment.spec import is_experiment, read_experiment_spec


def check_data_file(path: Path) -> None:
    """See that a data file says what its kind needs.

    Raises
    ------
    InvalidInput
        With every problem found.
    """
    if is_experiment(path):
        read_experiment_spec(path)
    else:
        read_data_spec(path)
