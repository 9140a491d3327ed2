"""Receipts that stand in the data several times as a whole: exports that overlap, told from second scans at the till.

Two pieces of the same good, each scanned, are two rows that say the same; so are the rows of a receipt that two
exports hold. One receipt cannot tell which it is, but its day can: where exports overlap, nearly every receipt of a day
and store stands there twice with all its lines, and where goods are scanned one by one few of those with several goods
do. So on days of a store on which at least `OVERLAP` of the receipts with two goods or more stand there several times,
each receipt that does is taken for copies.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.arrays import Flag, Int
from surrogate.data.canonical import marks_of
from surrogate.data.clean import COPIES, receipt_known

OVERLAP = 0.9
"""Share of a day's and store's receipts with several goods that stand there several times as a whole."""
LEAST = 5
"""Such receipts below which it may be chance."""
_PLACE = ["day", "store"]
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, kw_only=True, eq=False)
class Repeats:
    """What repeats in some purchase rows, by day and store: added up, it tells where exports overlap."""

    places: pd.DataFrame
    """day, store; of receipts with several goods: several (how many), whole (those that stand there several times with
    all their lines), times (how often at least); of all receipts: receipts (that do), copies (their rows but for one
    each)."""

    def overlapping(self) -> pd.DataFrame:
        """Return the places at which exports overlap."""
        here = self.places
        return here[((here["whole"] >= OVERLAP * here["several"]) & (here["whole"] >= LEAST)).to_numpy()]

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
    rows = pd.concat([_places(0), *(part.places for part in parts)], ignore_index=True)
    sums = rows.groupby(_PLACE, sort=True)[["several", "whole", "receipts", "copies"]].sum()
    return Repeats(places=sums.assign(times=rows.groupby(_PLACE)["times"].min()).reset_index())


def repeats_of(rows: pd.DataFrame) -> Repeats:
    """Count what repeats in rows that `surrogate.data.canonical.sorted_rows` sorted."""
    lines = _lines(rows, receipt_known(rows))
    first = np.flatnonzero(lines.begins)
    goods = np.diff(np.append(first, lines.row.size))
    spot = rows[_PLACE].to_numpy(dtype=np.int64)[lines.row[first]]
    places, place = np.unique(spot, axis=0, return_inverse=True) if first.size else (spot, first)
    place = place.ravel()
    out = _places(len(places)).assign(day=places[:, 0], store=places[:, 1])
    whole, several = lines.shared[first] >= 2, goods >= 2
    for name, mine in (("several", several), ("whole", several & whole), ("receipts", whole)):
        out[name] = np.bincount(place[mine], minlength=len(places))
    copies = np.add.reduceat(lines.count - 1, first) if first.size else first
    out["copies"] = np.bincount(place[whole], copies[whole], len(places)).astype(np.int64)
    times = out["times"].to_numpy().copy()
    np.minimum.at(times, place[several & whole], lines.shared[first][several & whole])
    return Repeats(places=out.assign(times=times))


def without_copies(rows: pd.DataFrame, overlapping: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Take copies of whole receipts out where exports overlap, and leave second scans; also return how many rows.

    Parameters
    ----------
    rows
        As of `repeats_of`.
    overlapping
        As `Repeats.overlapping` of all customers' rows says.
    """
    if not len(overlapping):
        return rows, 0
    lines = _lines(rows, receipt_known(rows))
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
    """Different lines of the receipts that are known. L lines, receipt by receipt."""

    row: Int
    """[L] its first row."""
    count: Int
    """[L] how often it stands there."""
    shared: Int
    """[L] how often its whole receipt does: the greatest common divisor of its lines' counts."""
    begins: Flag
    """[L] whether it is the first of its receipt."""


def _lines(rows: pd.DataFrame, known: Flag) -> _Lines:
    first = ~_again(rows)
    row, count = np.flatnonzero(first), np.bincount(np.cumsum(first) - 1, minlength=int(first.sum()))
    row, count = row[known[row]], count[known[row]]
    receipt = marks_of((rows[name].to_numpy()[row] for name in ("customer", "basket", *_PLACE)), row.size)
    order = np.argsort(receipt, kind="stable")
    row, count, receipt = row[order], count[order], receipt[order]
    begins = np.append(True, receipt[1:] != receipt[:-1])[: row.size]
    starts = np.flatnonzero(begins)
    shared = np.gcd.reduceat(count, starts) if starts.size else count
    return _Lines(row=row, count=count, shared=np.repeat(shared, np.diff(np.append(starts, row.size))), begins=begins)


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


def _places(count: int) -> pd.DataFrame:
    """Return so many places of which nothing is known yet."""
    names = ("day", "store", "several", "whole", "receipts", "copies")
    return pd.DataFrame({name: np.zeros(count, dtype=np.int64) for name in names} | {"times": np.full(count, _NEVER)})
