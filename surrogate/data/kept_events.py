"""Events as files of a folder: each table as Arrow has it, so that what comes back is the same to the last bit."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from surrogate.data.clean import CleaningReport
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events
from surrogate.parts import put_together, take_apart

_TEXTS, _CUSTOMERS = "events.json", "customers.npy"


def write_events(events: Events, folder: Path) -> None:
    """Write events to an empty folder; past offers are the data file's and not written."""
    for name, table in _tables(events).items():
        whole = pa.Table.from_pandas(table)
        place, packed = str(folder / f"{name}.arrow"), pa.ipc.IpcWriteOptions(compression="zstd", use_threads=False)
        with pa.OSFile(place, "wb") as file, pa.ipc.new_file(file, whole.schema, options=packed) as writer:
            writer.write_table(whole)
    np.save(folder / _CUSTOMERS, events.customers, allow_pickle=False)
    texts = {
        "until": events.until.isoformat(),
        "source": events.source,
        "signal_names": events.signal_names,
        "cleaning": take_apart(events.cleaning)[0],
    }
    (folder / _TEXTS).write_text(json.dumps(texts))


def read_events(folder: Path, spec: DataSpec) -> Events:
    """Return the events of a folder.

    Raises
    ------
    OSError, ValueError
        Where they cannot be read.
    """
    tables = {}
    for path in folder.glob("*.arrow"):
        with pa.OSFile(str(path), "rb") as file:
            whole = pa.ipc.open_file(file, options=pa.ipc.IpcReadOptions(use_threads=False)).read_all()
            tables[path.stem] = whole.to_pandas(use_threads=False)
    texts = json.loads((folder / _TEXTS).read_text())
    return Events(
        until=dt.date.fromisoformat(texts["until"]),
        source=texts["source"],
        signal_names=tuple(texts["signal_names"]),
        cleaning=put_together(CleaningReport, texts["cleaning"], {}),
        customers=np.load(folder / _CUSTOMERS, allow_pickle=False),
        past_offers=spec.past_offers,
        **tables,
    )


def _tables(events: Events) -> dict[str, pd.DataFrame]:
    found = {each.name: getattr(events, each.name) for each in fields(Events)}
    return {name: value for name, value in found.items() if isinstance(value, pd.DataFrame)}
