"""Whom the lines of a campaign's rollouts are for, read from their folders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.flight.rollout.folder import listed_file, read_manifest, refused_rollout
from scenarios.answer.in_flight import InFlight
from scenarios.flight.messages.audiences import AudienceLine, Audiences, LineKey
from scenarios.grid import Grid
from scenarios.language.text.csv_files import CsvTable, read_csv
from scenarios.plain_dates import day_of
from scenarios.problems import InvalidInput

if TYPE_CHECKING:
    import pyarrow as pa

_CALENDAR = "calendar.csv"
_CALENDAR_NEEDS = ("first_day", "offer", "layer", "product", "segment", "channel", "coverage", "audience")
_AUDIENCE = ("customer", "segment", "product")
_TARGETED = "targeted"


def rollout_audiences(
    rollouts: Sequence[Path], grid: Grid, *, plans_sha256: str = "", rank: int = 1, flight: InFlight | None = None
) -> Audiences:
    """Read whom the targeted lines of a campaign's rollouts are for, as far as customers were given for them.

    As of lots (`planner.flight.rollout.lots`), beside the rollout of the plan that runs others count for locked
    periods only, and the one that is named first counts.

    Parameters
    ----------
    plans_sha256, rank
        Which plan of which plans.json runs.
    flight
        What a folder that was planned again keeps.

    Raises
    ------
    InvalidInput
        Where a folder is no rollout of the campaign and plan, or lacks a file that it lists.
    """
    read = []
    for rollout in rollouts:
        manifest = read_manifest(rollout, scenario=grid.scenario.scenario, plans_sha256=plans_sha256, rank=rank)
        read.append((rollout, manifest, bool(plans_sha256) and manifest.get("plans_sha256") == plans_sha256))
    last = grid.shape[2]
    if flight is not None and any(own for _, _, own in read):
        last = grid.scenario.horizon.period_of(flight.locked_until)
    lines: dict[LineKey, AudienceLine] = {}
    customers: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for rollout, manifest, own in sorted(read, key=lambda each: not each[2]):
        for key, line in _lines(rollout, manifest, grid, numbers).items():
            if own or grid.scenario.horizon.period_of(key[0]) <= last:
                lines.setdefault(key, line)
        customers = _sizes(manifest) | customers
    return Audiences(lines=lines, customers=customers)


def _lines(rollout: Path, manifest: dict[str, Any], grid: Grid, numbers: dict[str, int]) -> dict[LineKey, AudienceLine]:
    if listed_file(rollout, manifest, _CALENDAR) is None:
        return {}
    calendar = _table(rollout / _CALENDAR, _CALENDAR_NEEDS)
    columns = {name: calendar.texts(name) for name in _CALENDAR_NEEDS}
    files: dict[str, dict[tuple[str, str], NDArray[np.int64]]] = {}
    found: dict[LineKey, AudienceLine] = {}
    for row in range(len(calendar)):
        told = {name: texts[row] for name, texts in columns.items()}
        if told["layer"] != _TARGETED or not told["audience"]:
            continue
        try:
            day, coverage = day_of(told["first_day"]), float(told["coverage"].removesuffix("%")) / 100
            known = 0 <= grid.scenario.horizon.period_of(day) < grid.shape[2]
        except ValueError:
            known = False
        if not known:
            calendar.problem(
                row, "row", "a period of the plan and a coverage", f"{told['first_day']}, {told['coverage']}"
            )
            continue
        name = told["audience"]
        if name not in files and listed_file(rollout, manifest, name) is not None:
            files[name] = _members(rollout / name, numbers)
        members = files.get(name, {}).get((told["segment"], told["product"]), np.zeros(0, dtype=np.int64))
        for each in _days(grid, day, told["offer"]):
            key = each, told["product"], told["segment"], told["offer"]
            found[key] = AudienceLine(coverage=coverage, channel=told["channel"], members=members)
    if calendar.problems:
        raise InvalidInput(calendar.problems)
    return found


def _days(grid: Grid, first: dt.date, name: str) -> Iterator[dt.date]:
    """Yield the first days of the periods that a row is about: of an offer that is sent once, all of its validity."""
    horizon, sent = grid.scenario.horizon, grid.scenario.horizon.period_of(first)
    yield first
    valid = grid.offer(name).valid if name in grid.offer_index else None
    for period in range(sent + 1, grid.shape[2]) if valid is not None else ():
        if valid is not None and valid.sending_of(horizon, period) == sent:
            yield horizon.date_of(period)


def _members(path: Path, numbers: dict[str, int]) -> dict[tuple[str, str], NDArray[np.int64]]:
    """Customers of an audience file by segment and product; ``numbers`` gives each the same in every file.

    Read as columns and by different names: audiences may hold millions of rows.
    """
    import pyarrow as pa
    from pyarrow import csv

    texts = csv.ConvertOptions(column_types={name: pa.string() for name in _AUDIENCE}, include_columns=list(_AUDIENCE))
    try:
        table = csv.read_csv(path, convert_options=texts)
    except (pa.ArrowException, OSError):
        expected = f"{path.name} with the columns {', '.join(_AUDIENCE)}"
        raise refused_rollout(path.parent.parent, expected, "another file", "export the rollout again") from None
    codes, names = zip(*(_coded(table.column(name).combine_chunks()) for name in _AUDIENCE), strict=True)
    own = np.array([numbers.setdefault(name, len(numbers)) for name in names[0]], dtype=np.int64)
    found = {}
    for s, segment in enumerate(names[1]):
        for k, product in enumerate(names[2]):
            inside = (codes[1] == s) & (codes[2] == k)
            if inside.any():
                found[segment, product] = own[codes[0][inside]]
    return found


def _coded(column: pa.StringArray) -> tuple[NDArray[np.int64], list[str]]:
    """Numbers of a column's texts, and the different texts."""
    coded = column.dictionary_encode()
    return coded.indices.to_numpy(zero_copy_only=False).astype(np.int64), coded.dictionary.to_pylist()


def _table(path: Path, needed: tuple[str, ...]) -> CsvTable:
    table = read_csv(path.read_bytes(), str(path))
    if table.problems or not table.require(needed, needed, others=True):
        raise InvalidInput(table.problems)
    return table


def _sizes(manifest: dict[str, Any]) -> dict[str, int]:
    """Customers of each segment, as far as the manifest tells."""
    told, found = manifest.get("holdouts"), {}
    for one in told if isinstance(told, list) else []:
        try:
            found[str(one["segment"])] = int(one["customers"])
        except (KeyError, TypeError, ValueError):
            continue
    return found
