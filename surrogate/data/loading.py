"""Loading: a data file's events, judged fit to learn from, with what a person should look at."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from surrogate.data import own_files, packaged
from surrogate.data.canonical import canonical
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events
from surrogate.data.judged.findings import findings
from surrogate.data.judged.fitness import require_fit
from surrogate.data.judged.leakage import require_no_leakage
from surrogate.data.kept_events import read_events, write_events
from surrogate.progress import ProgressCallback, part_of, silent
from surrogate.unfinished import NOTHING_KEPT, Unfinished


def load_events(
    spec: DataSpec,
    *,
    until: dt.date,
    base: Path | None = None,
    progress: ProgressCallback = silent,
    unfinished: Unfinished = NOTHING_KEPT,
) -> Events:
    """Read the events of a data file up to and including a day.

    Parameters
    ----------
    spec
        What to read.
    until
        Last day that is read; rows after it never enter a table.
    base
        Folder that file names are relative to; the working folder by default.
    progress
        Hears what is being done and the share of it that is done.
    unfinished
        Where an earlier training of the same files may have left what it read; its folder is of this day.

    Raises
    ------
    InvalidInput
        When files, columns or categories are missing, and when the data is unfit to learn from.
    """
    if unfinished.begun:
        progress("reading what an unfinished training has read", 0.0)

    def read() -> Events:
        return _read(spec, until, base, progress)

    return unfinished.part("events", read, write=write_events, read=lambda folder: read_events(folder, spec))


def _read(spec: DataSpec, until: dt.date, base: Path | None, progress: ProgressCallback) -> Events:
    if spec.packaged:
        progress("reading purchases", 0.0)
        events = packaged.load(spec, until)
    else:
        events = own_files.load(spec, until, base or Path(), progress=part_of(progress, 0.9))
    progress("checking what was read", 0.9)
    events = canonical(events)
    require_fit(events, spec)
    doubts = require_no_leakage(events, spec)
    return replace(events, cleaning=events.cleaning.noting(*findings(events), *doubts))
