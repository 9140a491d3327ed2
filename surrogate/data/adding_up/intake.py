"""Taking in purchase rows: stored for adding up, with the few statistics that adding up needs first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.arrays import Float
from scenarios.problems import InvalidInput, Problem
from surrogate.data.adding_up.aggregate import Aggregates, Setting, aggregate, joined
from surrogate.data.adding_up.price_medians import PriceMedians
from surrogate.data.adding_up.repeated_receipts import Repeats, repeats_of, together
from surrogate.data.canonical import on_grid, sorted_rows
from surrogate.data.clean import COPIES, CleaningReport, require_mostly_possible
from surrogate.data.data_spec import DataSpec
from surrogate.data.row_store import RowStore

_FEW = 100
QUIET = 0.2
"""A week with fewer rows than this share of the median week is no week of trade."""


@dataclass(kw_only=True, eq=False)
class Intake:
    """What has been seen of the rows while they were stored; grows with `take`."""

    store: RowStore
    prices: PriceMedians
    source: str
    rows: int = 0
    returned: int = 0

    def __post_init__(self) -> None:
        self.named: set[int] = set()  # places among past offers of those that any row names
        self.weeks: Counter[int] = Counter()
        self.first_day: dict[int, int] = {}
        self.paid_range = (np.inf, -np.inf)
        self.store_sales: Float = np.zeros(0)

    def take(self, rows: NDArray[np.void]) -> None:
        """Take rows of type `surrogate.data.row_store.ROW`."""
        if not len(rows):
            return
        self.store.add(rows)
        self.rows += len(rows)
        self.returned += int(((rows["returned"] > 0) | (rows["quantity"] < 0)).sum())
        self.named.update(np.unique(rows["offer"][rows["offer"] >= 0]).tolist())
        week = (rows["day"] - 1) // 7
        numbers, place, counts = np.unique(week, return_inverse=True, return_counts=True)
        first = np.full(numbers.size, np.iinfo(np.int64).max)
        np.minimum.at(first, place, rows["day"].astype(np.int64))
        for number, count, day in zip(numbers.tolist(), counts.tolist(), first.tolist(), strict=True):
            self.weeks[number] += count
            self.first_day[number] = min(day, self.first_day.get(number, day))
        self.paid_range = (
            min(self.paid_range[0], float(np.nanmin(rows["paid"], initial=np.inf))),
            max(self.paid_range[1], float(np.nanmax(rows["paid"], initial=-np.inf))),
        )
        regular = rows["paid"] + np.abs(rows["shelf_discount"]) + np.abs(rows["coupon_discount"])
        sold = (rows["returned"] == 0) & (rows["quantity"] > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            self.prices.add(rows["product"][sold], regular[sold] / rows["quantity"][sold])
        value = on_grid(np.where(np.isfinite(regular), np.maximum(regular, 0.0), 0.0))
        sums = np.asarray(np.bincount(rows["store"] + 1, value, self.store_sales.size), dtype=np.float64)
        sums[: self.store_sales.size] += self.store_sales
        self.store_sales = sums

    def first_whole_week(self) -> int:
        """Return the first day (ordinal) of the first week of trade that the data holds whole.

        Single rows long before the trade begins are mistyped years; a first week that starts in its middle would look
        like a slump.
        """
        usual = float(np.median(list(self.weeks.values())))
        first = min(week for week, count in self.weeks.items() if count >= QUIET * usual)
        late = self.first_day[first] > first * 7 + 1
        return (first + 1 if late else first) * 7 + 1

    def add_up(self, setting: Setting, spec: DataSpec, report: CleaningReport) -> tuple[Aggregates, CleaningReport]:
        """Clean and add up everything.

        Raises
        ------
        InvalidInput
            When too many rows are impossible.
        """
        self._require_sales()
        repeats = []
        if spec.clean.duplicates == "keep":  # else copies go with all that stands twice, wherever it does
            repeats = [_repeats(sorted_rows(rows), setting) for rows in self.store.parts(kept=True)]
        overlapping, parts = together(repeats).overlapping(), []
        for some in self.store.parts():
            if len(some):
                rows = sorted_rows(some)
                if spec.clean.duplicates == "drop":
                    repeats.append(_repeats(rows, setting))
                sums, counts = aggregate(rows, setting, overlapping)
                parts.append(dict(vars(sums)))
                report = report.plus(counts)
        told = together(repeats).told(report.dropped.get(COPIES, 0))
        report = replace(report, taken_for=report.taken_for | told)
        require_mostly_possible(report, spec.clean, self.source)
        return joined(parts), report

    def _require_sales(self) -> None:
        if self.rows > _FEW and self.paid_range[0] == self.paid_range[1] and self.prices.seen() > 1:
            raise InvalidInput(
                [
                    Problem(
                        where=self.source,
                        what="paid",
                        expected="amounts that differ between products",
                        got=f"{self.paid_range[0]:g} in all {self.rows:,} rows",
                        remedy="check which column is mapped to paid",
                    )
                ]
            )
        if not (2 * self.returned <= self.rows):
            raise InvalidInput(
                [
                    Problem(
                        where=self.source,
                        what="purchases",
                        expected="mostly sales, with positive quantities and amounts",
                        got=f"{self.returned / self.rows:.0%} of the rows negative or marked as returned",
                        remedy="check the signs of quantity and paid, and which column marks returns",
                    )
                ]
            )


def _repeats(rows: pd.DataFrame, setting: Setting) -> Repeats:
    return repeats_of(rows[(rows["day"] >= setting.first_day).to_numpy()])
