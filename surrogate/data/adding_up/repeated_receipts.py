"""Receipts that stand in the data several times as a whole: exports that overlap, told from second scans at the till.

Two pieces of the same good, each scanned, are two rows that say the same; so are the rows of a receipt that two
exports hold. One receipt cannot tell which it is, but its day can: where exports overlap, nearly every receipt of a day
and store stands there twice with all its lines, and where goods are scanned one by one only some rows do. So rows count
as copies on days of a store on which at least `OVERLAP` of the rows repeat another one, in receipts of which every line
stands there several times.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.arrays import Flag, Int
from surrogate.data.canonical import marks_of
from surrogate.data.clean import COPIES, receipt_known

OVERLAP = 0.4
"""Share of the rows of a day and store that repeat another one: half of them where all receipts stand there twice."""
LEAST = 5
"""Receipts of a day and store that stand there as a whole, below which it may be chance."""
_PLACE = ["day", "store"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Repeats:
    """What repeats in some purchase rows, by day and store: added up, it tells where exports overlap."""

    places: pd.DataFrame
    """day, store, rows, twice (rows that repeat another one), receipts (that stand there several times as a whole),
    copies (their rows but for one each), times (how often these receipts stand there at least)."""

    def overlapping(self) -> pd.DataFrame:
        """Return the places at which exports overlap."""
        here = self.places
        return here[((here["twice"] >= OVERLAP * here["rows"]) & (here["receipts"] >= LEAST)).to_numpy()]

    def told(self, dropped: int) -> dict[str, int]:
        """Say what was taken for copies of receipts, and how many rows that are: ``dropped``, or all that repeat."""
        found = self.overlapping()
        if found.empty:
            return {}
        days = found["day"].unique()
        first, last = (dt.date.fromordinal(int(day)) for day in (days.min(), days.max()))
        when = f"on {first}" if days.size == 1 else f"on {days.size:,} days from {first} to {last}"
        receipts = int(found["receipts"].sum())
        what = (
            f"{COPIES} ({receipts:,} of them, {when}, with the same number, time and lines): exports that overlap; "
            "each receipt counts once"
        )
        return {what: dropped or int(found["copies"].sum())}


def together(parts: list[Repeats]) -> Repeats:
    """Add up what parts of the customers say."""
    if not parts:
        return Repeats(places=_places(*([np.zeros(0, dtype=np.int64)] * 7)))
    rows = pd.concat([part.places for part in parts], ignore_index=True)
    sums = rows.groupby(_PLACE, sort=True)[["rows", "twice", "receipts", "copies"]].sum()
    return Repeats(places=sums.assign(times=rows.groupby(_PLACE)["times"].min()).reset_index())


def repeats_of(rows: pd.DataFrame) -> Repeats:
    """Count what repeats in rows that `surrogate.data.canonical.sorted_rows` sorted."""
    known, again = receipt_known(rows), _again(rows)
    day, store = (rows[name].to_numpy(dtype=np.int64) for name in _PLACE)
    spot, place = np.unique(np.stack([day[known], store[known]]), axis=1, return_inverse=True)
    place = place.ravel()
    size = spot.shape[1]
    receipts, copies = np.zeros((2, size), dtype=np.int64)
    times = np.full(size, np.iinfo(np.int64).max)
    where = np.full(len(rows), -1)
    where[known] = place
    lines = _lines(rows, again & known, known)
    whole = lines.shared >= 2
    first = lines.row[whole & lines.begins]
    np.add.at(receipts, where[first], 1)
    np.add.at(copies, where[lines.row[whole]], lines.count[whole] - 1)
    np.minimum.at(times, where[first], lines.shared[whole & lines.begins])
    total, twice = np.bincount(place, minlength=size), np.bincount(where[again & known], minlength=size)
    return Repeats(places=_places(spot[0], spot[1], total, twice, receipts, copies, times))


def without_copies(rows: pd.DataFrame, overlapping: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Take copies of whole receipts out where exports overlap, and leave second scans; also return how many rows.

    Parameters
    ----------
    rows
        As of `repeats_of`.
    overlapping
        As `Repeats.overlapping` of all customers' rows says.
    """
    known, again = receipt_known(rows), _again(rows) if len(overlapping) else np.zeros(len(rows), dtype=bool)
    if not (again & known).any():
        return rows, 0
    lines = _lines(rows, again & known, known)
    here = rows.iloc[lines.row][_PLACE].merge(overlapping[[*_PLACE, "times"]], on=_PLACE, how="left")["times"]
    times = here.fillna(0).to_numpy(dtype=np.int64)
    whole = (times >= 2) & (lines.shared % np.maximum(times, 1) == 0)
    surplus = lines.count - lines.count // np.maximum(times, 1)
    gone = np.zeros(len(rows), dtype=bool)
    for row, count in zip(lines.row[whole].tolist(), surplus[whole].tolist(), strict=True):
        gone[row + 1 : row + 1 + count] = True  # equal rows stand one after another
    return rows[~gone], int(gone.sum())


@dataclass(frozen=True, kw_only=True, eq=False)
class _Lines:
    """Different lines of the receipts in which any line repeats. L lines, receipt by receipt."""

    row: Int
    """[L] its first row."""
    count: Int
    """[L] how often it stands there."""
    shared: Int
    """[L] how often its whole receipt does: the greatest common divisor of its lines' counts."""
    begins: Flag
    """[L] whether it is the first of its receipt."""


def _lines(rows: pd.DataFrame, again: Flag, known: Flag) -> _Lines:
    receipt = marks_of((rows[name].to_numpy() for name in ("customer", "basket", *_PLACE)), len(rows))
    mine = np.flatnonzero(np.isin(receipt, np.unique(receipt[again])) & known)
    first = ~again[mine]
    row, count = mine[first], np.bincount(np.cumsum(first) - 1)
    order = np.argsort(receipt[row], kind="stable")
    row, count = row[order], count[order]
    begins = np.append(True, np.diff(receipt[row]) != 0)[: row.size]
    starts = np.flatnonzero(begins)
    shared = np.gcd.reduceat(count, starts) if starts.size else np.zeros(0, dtype=np.int64)
    return _Lines(row=row, count=count, shared=shared[np.cumsum(begins) - 1] if row.size else shared, begins=begins)


def _again(rows: pd.DataFrame) -> Flag:
    """Return which rows [N] say the same as the one before them: sorted, equal rows stand one after another."""
    out = np.zeros(len(rows), dtype=bool)
    at = np.arange(1, len(rows))
    for name in rows.columns:  # of most rows the first columns tell that they differ
        values = rows[name].to_numpy()
        here, before = values[at], values[at - 1]
        at = at[(here == before) | ((here != here) & (before != before))]  # two unknown numbers say the same
    out[at] = True
    return out


def _places(day: Int, store: Int, rows: Int, twice: Int, receipts: Int, copies: Int, times: Int) -> pd.DataFrame:
    names = ("day", "store", "rows", "twice", "receipts", "copies", "times")
    columns = (day, store, rows, twice, receipts, copies, times)
    return pd.DataFrame({name: column.astype(np.int64) for name, column in zip(names, columns, strict=True)})
