"""Loading: a data file's events, judged fit to learn from, with what a person should look at."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from surrogate.data import own_files, packaged
from surrogate.data.canonical import canonical
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events
from surrogate.data.findings import findings
from surrogate.data.fitness import require_fit
from surrogate.data.leakage import require_no_leakage


def load_events(spec: DataSpec, *, until: dt.date, base: Path | None = None) -> Events:
    """Read the events of a data file up to and including a day.

    Parameters
    ----------
    spec
        What to read.
    until
        Last day that is read; rows after it never enter a table.
    base
        Folder that file names are relative to; the working folder by default.

    Raises
    ------
    InvalidInput
        When files, columns or categories are missing, and when the data is unfit to learn from.
    """
    events = packaged.load(spec, until) if spec.packaged else own_files.load(spec, until, base or Path())
    events = canonical(events)
    require_fit(events, spec)
    doubts = require_no_leakage(events, spec)
    return replace(events, cleaning=events.cleaning.noting(*findings(events), *doubts))
