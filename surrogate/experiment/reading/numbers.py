"""Columns of text as numbers, with what is wrong with them gathered: one problem a column."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from scenarios.arrays import Flag, Float, Int
from scenarios.first_few import and_more
from scenarios.language.slips.column_points import doubt_in
from scenarios.language.slips.comma_numbers import comma_remedy
from scenarios.language.slips.decimal_comma import EXPECTED
from scenarios.problems import Problem, shown
from surrogate.data.files.columns import EUROPEAN
from surrogate.experiment.reading.columns import Texts, column_problem

_BLANK = ("", "nan", "na", "n/a", "null", "none", "<na>", "-", "#n/a")
_NAMED = 8
"""Strange words of a column that a message names."""
_YES_NO = {"true": "1", "false": "0", "yes": "1", "no": "0"}


class NumberColumns:
    """Reads columns of one file.

    Parameters
    ----------
    columns
        Texts by column.
    file
        Name for messages.
    rows
        [N] row of the file by row of the columns, the header being row 1.
    commas
        Whether decimals are marked by commas, thousands perhaps by points.
    typed
        Columns that the file holds as numbers already.
    """

    def __init__(
        self,
        *,
        columns: dict[str, Texts],
        file: str,
        rows: Int,
        commas: bool = False,
        typed: frozenset[str] = frozenset(),
    ) -> None:
        self.columns, self.file, self.rows = columns, file, rows
        self.commas, self.typed = commas, typed
        self.problems: list[Problem] = []

    def refuse(self, column: str, expected: str, got: str, remedy: str = "") -> None:
        """Note a problem of a column."""
        self.problems.append(column_problem(self.file, column, expected, got, remedy))

    def row(self, bad: Flag) -> int:
        """Return the file's row of the first bad one."""
        return int(self.rows[np.argmax(bad)])

    def numbers(self, column: str, *, blank: bool = False) -> Float:
        """Return a column's numbers [N]; NaN where blank, which is refused unless ``blank``."""
        raw = pd.Series(self.columns[column])
        lower = raw.str.lower()
        commas = self.commas and column not in self.typed
        written = _with_points(lower) if commas else lower
        values = pd.to_numeric(written.replace(_YES_NO), errors="coerce").to_numpy(dtype=np.float64)
        empty = lower.isin(_BLANK).to_numpy()
        bad = ~np.isfinite(values) & ~empty
        if bad.any():
            first = raw.iloc[int(np.argmax(bad))]
            got = f"{shown(first)} in row {self.row(bad)}{_more(bad)}"
            remedy = f"write plain digits with a decimal {'comma, as decimal_mark says' if commas else 'point'}"
            if not commas and first.count(",") > 1:
                remedy = comma_remedy(first) or remedy
            elif not commas and re.fullmatch(EUROPEAN, first):
                remedy = "write decimal_mark: ',' where the comma marks decimals, else plain digits"
            self.refuse(column, "numbers", got, remedy + (", or list the column as categorical" if blank else ""))
        elif empty.any() and not blank:
            got = f"{int(empty.sum()):,} blank, first in row {self.row(empty)}"
            self.refuse(column, "a number in every row", got, "write 0 where nothing happened")
        elif column not in self.typed:
            self._refuse_doubt(column)
        return np.where(empty | bad, np.nan, values)

    def _refuse_doubt(self, column: str) -> None:
        """Note a column whose points may separate thousands or mark decimals."""
        doubt = doubt_in(column, self.columns[column].tolist(), commas=self.commas)
        if doubt is not None and not any(problem.what == column for problem in self.problems):
            self.refuse(column, EXPECTED, f"{doubt.got}, first in row {int(self.rows[doubt.row])}", doubt.remedy)

    def outcome(self, column: str, kind: str) -> Float:
        """Return an outcome [N]: 0 or 1 (binary), or an amount of at least 0."""
        before = len(self.problems)
        values = self.numbers(column)
        if len(self.problems) > before:
            return values
        bad = ~np.isin(values, (0.0, 1.0)) if kind == "binary" else values < 0
        if bad.any():
            got = f"{values[int(np.argmax(bad))]:.15g} in row {self.row(bad)}{_more(bad)}"
            expected = "0 or 1" if kind == "binary" else "amounts of at least 0"
            remedy = "write kind: amount" if kind == "binary" else "take returns off earlier purchases, down to 0"
            self.refuse(column, expected, got, remedy)
        elif np.ptp(values) == 0:
            got = f"{values[0]:.15g} in every row"
            self.refuse(column, "an outcome that differs between customers", got, "name the column that holds it")
        return values

    def redeemed(self, column: str, *, counts: bool) -> Float:
        """Return redemptions [N]: 1 where the offer was used, else 0; with ``counts`` the units bought with it."""
        texts = pd.Series(self.columns[column]).str.lower()
        plain = pd.to_numeric(texts.replace(_YES_NO), errors="coerce").to_numpy(dtype=np.float64)
        strange = ~np.isfinite(plain) & ~texts.isin(_BLANK).to_numpy()
        if counts or not (strange.any() or (~np.isin(plain, (0.0, 1.0)) & np.isfinite(plain)).any()):
            return self.outcome(column, "amount" if counts else "binary")
        strange |= np.isfinite(plain) & ~np.isin(plain, (0.0, 1.0))
        remedy = "write 1 where the offer was used and 0 elsewhere"
        if np.isfinite(plain[strange]).all():
            remedy += ", or redeemed_is: units where the column counts the units that were bought with it"
        self.refuse(column, "0 or 1 (or no and yes, false and true)", self._words(column, strange), remedy)
        return plain

    def _words(self, column: str, these: Flag) -> str:
        """Name the different words of some rows, the commonest first, each with its rows and the first of them."""
        words = pd.Series(self.columns[column], dtype=object)[these]
        found = {str(word): (len(rows), int(self.rows[rows.index[0]])) for word, rows in words.groupby(words)}
        ranked = sorted(found.items(), key=lambda each: (-each[1][0], each[1][1]))
        said = "; ".join(
            f"{shown(word)} in {'1 row' if count == 1 else f'{count:,} rows'}, first in row {row}"
            for word, (count, row) in ranked[:_NAMED]
        )
        return said + and_more(len(ranked), _NAMED)

    def chance(self, column: str) -> Float:
        """Return probabilities [N]."""
        before = len(self.problems)
        values = self.numbers(column)
        bad = ~((values >= 0) & (values <= 1))
        if len(self.problems) == before and bad.any():
            got = f"{values[int(np.argmax(bad))]:.15g} in row {self.row(bad)}{_more(bad)}"
            self.refuse(column, "probabilities from 0 to 1", got, "write shares, 0.5 for 50 %")
        return values

    def before(self, early: str, late: str, feature: str) -> None:
        """See that a feature was measured before the arm was drawn."""
        first, second = self._times(early), self._times(late)
        if first is None or second is None:
            return
        bad = (first >= second).to_numpy()
        if bad.any():
            got = f"{self.columns[early][int(np.argmax(bad))]} in row {self.row(bad)}{_more(bad)}"
            remedy = f"take {feature} as it was before, or delete it under features"
            self.refuse(early, f"a time before {late}: {feature} must be older than the offer", got, remedy)

    def _times(self, column: str) -> pd.Series | None:
        times = pd.to_datetime(pd.Series(self.columns[column]), errors="coerce", format="ISO8601", utc=True)
        bad = times.isna().to_numpy()
        if not bad.any():
            return times
        got = f"{shown(self.columns[column][int(np.argmax(bad))])} in row {self.row(bad)}{_more(bad)}"
        if not any(problem.what == column for problem in self.problems):
            self.refuse(column, "a time such as 2026-11-01 18:30 in every row", got)
        return None


def _with_points(texts: pd.Series) -> pd.Series:
    """Write numbers such as 1.234,5 with a decimal point; what is written otherwise is no number then."""
    fits = texts.str.fullmatch(EUROPEAN) | texts.isin(tuple(_YES_NO))
    plain = texts.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    return plain.where(fits, "no number")


def _more(bad: Flag) -> str:
    count = int(bad.sum()) - 1
    return f" and in {count:,} more" if count else ""
