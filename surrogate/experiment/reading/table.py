"""Reading an experiment: its columns, checked, as arrays. Customer ids end here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float, Int
from scenarios.problems import InvalidInput, Problem, shown
from surrogate.experiment.reading.columns import Texts, column_problem, read_columns, typed_columns
from surrogate.experiment.reading.numbers import NumberColumns
from surrogate.experiment.reading.overlap import check_chance, check_waves
from surrogate.experiment.reading.row_order import renumbered, row_order
from surrogate.experiment.reading.spec import ExperimentSpec

MIN_ARM = 100
"""An arm of fewer customers tells next to nothing, and most of it could be told about single customers."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ExperimentTable:
    """Rows of an experiment. N rows (customer and wave), A offers; no id is kept, nor the order of the file."""

    source: str
    arm: Int
    """[N] 0: nothing, a: the a-th offer of the spec."""
    wave: Int
    """[N] number of the wave."""
    unit: Int
    """[N] number of the customer: rows of one customer are not independent."""
    numeric: dict[str, Float]
    """[N] each, NaN where unknown."""
    categorical: dict[str, Texts]
    """[N] each, empty where unknown."""
    text: dict[str, Texts]
    """[N] each."""
    outcomes: dict[str, Float]
    """[N] each: 0 or 1, or an amount."""
    redeemed: Float | None
    """[N] 1 where the offer was used; units bought with it, where the file counts them."""
    chance: Float | None
    """[N, A + 1] probability of each arm, where the file gives it."""
    cleaning: tuple[str, ...]

    @property
    def count(self) -> int:
        """Rows."""
        return int(self.arm.size)

    def take(self, rows: NDArray[Any]) -> ExperimentTable:
        """Return some of the rows (their numbers, or a mask); waves and customers that are left are numbered anew."""

        def some(parts: dict[str, Any]) -> dict[str, Any]:
            return {name: values[rows] for name, values in parts.items()}

        return replace(
            self, arm=self.arm[rows], wave=renumbered(self.wave[rows]), unit=renumbered(self.unit[rows]),
            numeric=some(self.numeric),
            categorical=some(self.categorical), text=some(self.text), outcomes=some(self.outcomes),
            redeemed=None if self.redeemed is None else self.redeemed[rows],
            chance=None if self.chance is None else self.chance[rows],
        )  # fmt: skip


def read_experiment(spec: ExperimentSpec, base: Path | None = None) -> ExperimentTable:
    """Read the file of an experiment.

    Raises
    ------
    InvalidInput
        With one problem for each column that cannot be used as it is said to be.
    """
    path = (base or Path()) / spec.file
    columns = read_columns(path, _wanted(spec), delimiter=spec.delimiter)
    keep, lines = _kept_rows(columns, spec, path.name)
    columns = {name: values[keep] for name, values in columns.items()}
    reader = NumberColumns(
        columns=columns, file=path.name, rows=np.flatnonzero(keep) + 2,
        commas=spec.decimal_mark == ",", typed=typed_columns(path, _wanted(spec)),
    )  # fmt: skip
    arm = np.asarray(pd.Series(columns[spec.offer]).map(spec.arms), dtype=np.int64)
    _check_arms(reader, spec, arm, columns[spec.customer] if spec.customer else None)
    if spec.wave and not spec.chances and not reader.problems:
        check_waves(reader, spec.wave, columns[spec.wave], arm, ("none", *spec.offers))
    redeemed = reader.redeemed(spec.redeemed, counts=spec.redeemed_is == "units") if spec.redeemed else None
    table = ExperimentTable(
        source=path.name,
        arm=arm,
        wave=renumbered(columns[spec.wave]) if spec.wave else np.zeros(arm.size, dtype=np.int64),
        unit=renumbered(columns[spec.customer]) if spec.customer else np.arange(arm.size),
        numeric={name: reader.numbers(name, blank=True) for name in spec.features.numeric},
        categorical={name: columns[name] for name in spec.features.categorical},
        text={name: columns[name] for name in spec.features.text},
        outcomes={name: reader.outcome(one.column, one.kind) for name, one in spec.outcomes.items()},
        redeemed=redeemed,
        chance=_chance(reader, spec, arm),
        cleaning=(*lines, *_used_by_nobody(redeemed, arm)),
    )
    for feature, time in spec.measured.items():
        reader.before(time, spec.assigned or "", feature)
    if reader.problems:
        raise InvalidInput(reader.problems)
    told = {name: values for name, values in columns.items() if name != spec.customer}
    return table.take(row_order(told, table.unit))


def _used_by_nobody(redeemed: Float | None, arm: Int) -> tuple[str, ...]:
    """Say how many redeemed what they were not offered: a column turned round, or codes that were shared."""
    count = 0 if redeemed is None else int((redeemed[arm == 0] > 0).sum())
    said = f"suspicious: {count:,} of {int((arm == 0).sum()):,} rows without offer are marked as redeemed; not counted"
    return (said,) if count else ()


def _wanted(spec: ExperimentSpec) -> tuple[str, ...]:
    single = (spec.offer, spec.customer, spec.wave, spec.redeemed, spec.assigned)
    several = (*spec.features.every, *(one.column for one in spec.outcomes.values()), *spec.measured.values())
    return tuple(dict.fromkeys(name for name in (*single, *several, *spec.chances.values()) if name is not None))


def _kept_rows(columns: dict[str, Texts], spec: ExperimentSpec, file: str) -> tuple[Flag, tuple[str, ...]]:
    """Return which rows are kept: known arms, each customer once a wave; and in words what was left out."""
    arm = columns[spec.offer]
    ignored = np.isin(arm, spec.ignored)
    problems = [*_unknown_arms(arm, ~ignored & ~np.isin(arm, list(spec.arms)), spec, file)]
    keep = ~ignored
    lines = [f"{int(ignored.sum()):,} rows of ignored arms were left out"] if ignored.any() else []
    if spec.customer is not None:
        again = np.asarray(pd.DataFrame(columns).duplicated()) & keep
        if again.any():
            keep &= ~again
            lines.append(f"{int(again.sum()):,} rows were exact copies of another row and were left out")
        problems += _customers(columns, spec, file, keep)
    if problems:
        raise InvalidInput(problems)
    return keep, (f"{keep.size:,} rows read, {int(keep.sum()):,} used", *lines)


def _unknown_arms(arm: Texts, unknown: Flag, spec: ExperimentSpec, file: str) -> Iterator[Problem]:
    if unknown.any():
        names = sorted(set(arm[unknown].tolist()))
        listed = ", ".join(shown(name) for name in names[:4]) + (", ..." if len(names) > 4 else "")
        got = f"{listed} in {int(unknown.sum()):,} rows, first in row {int(np.argmax(unknown)) + 2}"
        remedy = "add the offer under offers, or the value under ignored"
        yield column_problem(file, spec.offer, "only values of none, offers and ignored", got, remedy)


def _customers(columns: dict[str, Texts], spec: ExperimentSpec, file: str, keep: Flag) -> Iterator[Problem]:
    """See that each customer is there once a wave; messages name rows, never ids."""
    assert spec.customer is not None
    customer = columns[spec.customer]
    blank = keep & (customer == "")
    if blank.any():
        got = f"{int(blank.sum()):,} blank, first in row {int(np.argmax(blank)) + 2}"
        yield column_problem(file, spec.customer, "an id in every row", got, "delete rows that nobody stands behind")
    frame = pd.DataFrame({"customer": customer, "wave": columns[spec.wave] if spec.wave else ""})[keep & ~blank]
    twice = frame.duplicated(keep=False).to_numpy()
    if twice.any():
        row = int(frame.index[twice][0]) + 2
        got = f"{int(twice.sum()):,} rows that share a customer{' and wave' if spec.wave else ''}, first in row {row}"
        remedy = "keep one row of each customer" + (" and wave" if spec.wave else ", or name the wave column")
        yield column_problem(file, spec.customer, "each customer once in a wave", got, remedy)


def _check_arms(reader: NumberColumns, spec: ExperimentSpec, arm: Int, customer: Texts | None) -> None:
    for number, name in enumerate(("none", *spec.offers)):
        found = int((arm == number).sum())
        people = found if customer is None else len(set(customer[arm == number].tolist()))
        if found < MIN_ARM:
            remedy = "write its value as the file has it" if found == 0 else "leave the arm out with ignored"
            reader.refuse(spec.offer, f"at least {MIN_ARM} rows with {name}", f"{found:,}", remedy)
        elif people < MIN_ARM:
            got = f"{people:,} in {found:,} rows"
            reader.refuse(
                spec.offer, f"at least {MIN_ARM} customers with {name}", got, "leave the arm out with ignored"
            )


def _chance(reader: NumberColumns, spec: ExperimentSpec, arm: Int) -> Float | None:
    """Return the probability of each arm [N, A + 1] that the file gives."""
    if not spec.chances:
        return None
    before = len(reader.problems)
    offers = [reader.chance(spec.chances[name]) for name in spec.offers]
    if len(reader.problems) > before:
        return None
    chance = np.stack([1.0 - np.sum(offers, axis=0), *offers], axis=1)
    columns = ", ".join(dict.fromkeys(spec.chances.values()))
    if (chance[:, 0] < -1e-9).any():
        row = reader.row(chance[:, 0] < -1e-9)
        reader.refuse(columns, "probabilities of the offers that sum to at most 1", f"more, first in row {row}")
        return None
    own = chance[np.arange(arm.size), arm]
    if not (own > 0).all():
        got = f"0 in {int((own <= 0).sum()):,} rows, first in row {reader.row(own <= 0)}"
        reader.refuse(
            columns, "a probability above 0 of what the customer did get", got, "give each offer's own column"
        )
        return None
    check_chance(reader, columns, chance, arm, ("none", *spec.offers))
    return np.asarray(chance)
