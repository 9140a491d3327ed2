"""Features X of customers: numbers on a robust scale, words as columns.

The network's linear first layer W makes the user profile W.X of them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import numpy as np

from scenarios.arrays import Flag, Float, Int
from surrogate.experiment.reading.columns import Texts
from surrogate.experiment.reading.spec import FeatureColumns
from surrogate.experiment.reading.table import ExperimentTable
from surrogate.people.profiles import Scale
from surrogate.stored_sizes import Holds

HASHED = 16
"""Columns that the words of one text column are hashed into."""
MOST_LEVELS = 40
"""Levels of a categorical column that get a column of their own; the rarest others share one."""
_FEW = 8
"""A number with at most so many different values is scaled by its mean, not by its quartiles."""
SOURCES = ("number", "missing", "level", "words")
"""Kinds of columns of X."""
OTHER, UNKNOWN = "other", "unknown"


@dataclass(frozen=True, kw_only=True)
class Source:
    """One column of X: where it comes from.

    Raises
    ------
    ValueError
        For a kind that is none of `SOURCES`.
    """

    column: str
    kind: str
    """number, missing, level or words."""
    level: str = ""
    """The level of a categorical column; the number of a hashed column."""

    def __post_init__(self) -> None:
        if self.kind not in SOURCES:
            raise ValueError(f"sources: one of {', '.join(SOURCES)} is needed, got {self.kind}")

    @property
    def name(self) -> str:
        """The feature in people's words."""
        return {
            "number": self.column, "missing": f"{self.column} unknown", "level": f"{self.column} = {self.level}",
            "words": f"words of {self.column} #{self.level}",
        }[self.kind]  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Encoder:
    """Turns customers into X. F features."""

    sources: Annotated[tuple[Source, ...], Holds(axes="F")]
    """[F]"""
    logged: Annotated[Flag, Holds(axes="F")]
    """[F] amounts, which are compared by their logarithm."""
    centre: Annotated[Float, Holds(axes="F")]
    """[F] what is taken off a feature."""
    spread: Annotated[Float, Holds(axes="F")]
    """[F] what it is divided by."""

    @property
    def names(self) -> tuple[str, ...]:
        """Feature names [F]."""
        return tuple(source.name for source in self.sources)

    def raw(self, table: ExperimentTable) -> Float:
        """Return features [N, F] in people's units; NaN where a number is unknown."""
        levels = {column: self._levels(column, values) for column, values in table.categorical.items()}
        words = {column: hash_words(values) for column, values in table.text.items()}
        columns = []
        for source in self.sources:
            if source.kind == "number":
                columns.append(table.numeric[source.column])
            elif source.kind == "missing":
                columns.append(np.isnan(table.numeric[source.column]).astype(float))
            elif source.kind == "level":
                columns.append((levels[source.column] == source.level).astype(float))
            else:
                columns.append(words[source.column][:, int(source.level)])
        return np.column_stack(columns)

    @property
    def scale(self) -> Scale:
        """The normalisation of the features."""
        return Scale(names=self.names, logged=self.logged, centre=self.centre, spread=self.spread)

    def scaled(self, raw: Float) -> Float:
        """Return X [N, F]: 0 for the usual customer and for what is unknown, cut at +-3."""
        return self.scale(raw)

    def _levels(self, column: str, values: Texts) -> Texts:
        known = [source.level for source in self.sources if source.kind == "level" and source.column == column]
        named = np.where(values == "", UNKNOWN, values)
        return np.where(np.isin(named, known), named, OTHER)

    def level_of(self, column: str, value: str) -> str:
        """Return the level under which a value of a categorical column is known."""
        return str(self._levels(column, np.array([value]))[0])


def fit_encoder(table: ExperimentTable, columns: FeatureColumns, *, smallest: int) -> tuple[Encoder, tuple[str, ...]]:
    """Fit the features; returns beside them what was done in words.

    Parameters
    ----------
    table
        Customers.
    columns
        What the columns are.
    smallest
        Customers that a level or a gap must have to get a feature of its own: rarer ones would name people.
    """
    sources: list[Source] = []
    lines: list[str] = []
    for column in columns.numeric:
        missing = np.isnan(table.numeric[column])
        unknown, known = (int(np.unique(table.unit[rows]).size) for rows in (missing, ~missing))
        if unknown and known:
            lines.append(f"{column}: unknown for {unknown:,} customers, taken as usual")
        sources.append(Source(column=column, kind="number"))
        if min(unknown, known) >= smallest:
            sources.append(Source(column=column, kind="missing"))
    for column in columns.categorical:
        more, said = _level_sources(column, table.categorical[column], table.unit, smallest)
        sources += more
        lines += said
    sources += [
        Source(column=column, kind="words", level=str(number)) for column in columns.text for number in range(HASHED)
    ]
    return _scaled(sources, table, lines)


def _level_sources(column: str, values: Texts, unit: Int, smallest: int) -> tuple[list[Source], list[str]]:
    levels, place_of = np.unique(np.where(values == "", UNKNOWN, values), return_inverse=True)
    people = np.unique(np.stack([place_of, unit]), axis=1)  # a customer of several waves is one customer of a level
    counts = np.bincount(people[0], minlength=levels.size)
    order = np.lexsort((levels, -counts))
    kept = [int(place) for place in order if counts[place] >= smallest][:MOST_LEVELS]
    names = sorted(str(levels[place]) for place in kept)
    rare, pooled = len(levels) - len(kept), int(np.unique(people[1][~np.isin(people[0], kept)]).size)
    if not rare:
        return [Source(column=column, kind="level", level=name) for name in names], []
    said = [f"{column}: {rare:,} rare values ({pooled:,} customers) are pooled as {OTHER}"]
    names += [OTHER] if OTHER not in names else []
    return [Source(column=column, kind="level", level=name) for name in names], said


def _scaled(sources: list[Source], table: ExperimentTable, lines: list[str]) -> tuple[Encoder, tuple[str, ...]]:
    size = len(sources)
    plain = Encoder(
        sources=tuple(sources), logged=np.zeros(size, dtype=bool), centre=np.zeros(size), spread=np.ones(size)
    )
    raw = plain.raw(table)
    keep, logged, centre, spread = [], [], [], []
    for number, source in enumerate(sources):
        known = raw[np.isfinite(raw[:, number]), number]
        if known.size == 0 or np.ptp(known) == 0:
            if source.kind == "number":
                got = f"{known[0]:g} for everybody" if known.size else "unknown for everybody"
                lines.append(f"{source.name}: {got}; not used")
            continue
        log = source.kind == "number" and _skewed(known)
        middle, width = _scale(np.log1p(known) if log else known)
        keep.append(source)
        logged.append(log)
        centre.append(middle)
        spread.append(width)
    encoder = Encoder(
        sources=tuple(keep), logged=np.array(logged, dtype=bool), centre=np.array(centre), spread=np.array(spread)
    )
    return encoder, tuple(lines)


def _skewed(known: Float) -> bool:
    """Amounts with a long tail are taken as logarithms."""
    if known.min() < 0 or np.unique(known[:1000]).size <= _FEW:
        return False
    deviation = known - known.mean()
    return bool((deviation**3).mean() > 2.0 * (deviation**2).mean() ** 1.5)


def _scale(values: Float) -> tuple[float, float]:
    low, middle, high = np.percentile(values, [25, 50, 75])
    if np.unique(values).size > _FEW and high > low:
        return float(middle), float((high - low) / 1.35)
    return float(values.mean()), float(values.std())


def hash_words(texts: Texts) -> Float:
    """Return signed sums [N, HASHED] of the words of each text, over the root of their number."""
    unique, place = np.unique(texts, return_inverse=True)
    rows = np.zeros((unique.size, HASHED))
    for row, text in enumerate(unique):
        words = re.findall(r"\w+", str(text).lower())
        for word in words:
            column, sign = _hashed(word)
            rows[row, column] += sign
        rows[row] /= max(len(words), 1) ** 0.5
    return np.asarray(rows[place])


@lru_cache(maxsize=100_000)
def _hashed(word: str) -> tuple[int, float]:
    digest = hashlib.blake2b(word.encode(), digest_size=4).digest()
    return digest[0] % HASHED, 1.0 if digest[1] % 2 else -1.0
