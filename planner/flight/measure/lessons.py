"""The lessons of a campaign: its measured lifts as rows that the next training reads.

A lesson is what a lift teaches (`surrogate.flight.measure.taught`), which is the lift itself where many were kept out.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence

from planner.flight.measure.lesson_parts import lesson_of
from planner.flight.measure.measured import Effect
from scenarios.grid import Grid
from surrogate.data.lift_test_file import JOINED_BY

SHOWN_COLUMNS = ("offer", "product", "segment", "lift", "standard_error")
LESSON_COLUMNS = (
    "name",
    *SHOWN_COLUMNS,
    "first_day",
    "last_day",
    "products",
    "segments",
    "product_weights",
    "segment_weights",
)
EARLIER_COLUMNS = (LESSON_COLUMNS[:-2], LESSON_COLUMNS[:-4], ("name", *SHOWN_COLUMNS))
"""Of files that were written before lessons told what is pooled in them weighs, what that is, and their days."""


def lessons(
    parts: Sequence[Effect],
    grid: Grid,
    last_day: dt.date | None = None,
    measured: Callable[[Effect], tuple[dt.date, dt.date] | None] = lambda _: None,
) -> tuple[tuple[str, ...], ...]:
    """Rows of the measured lifts that a data file can read: one offer each, on products, with a finite error.

    Parameters
    ----------
    parts
        What is a lesson (`planner.flight.measure.lesson_parts`).
    last_day
        Of the sales that were measured; that of the campaign by default. By these days a training tells whether it
        has measured the same purchases itself.
    measured
        First and last day of an effect, where it was not measured by all sales up to the last.
    """
    horizon = grid.scenario.horizon
    whole_campaign = horizon.start, last_day or horizon.last_day
    rows = []
    for each in parts:
        found = lesson_of(each)
        if each.offer is None or found is None or grid.offer(each.offer).is_basket:
            continue
        name = f"{grid.scenario.scenario}: {each.measured.method}"
        product, products, product_weights = _one_or_several(each.product, each.products, each.product_weights)
        segment, segments, segment_weights = _one_or_several(each.segment, each.segments, each.segment_weights)
        rows.append(
            (
                name,
                each.offer,
                product,
                segment,
                f"{100 * found.lift:.2f}%",
                f"{max(100 * found.standard_error, 0.01):.2f}%",
                *(str(day) for day in measured(each) or whole_campaign),
                products,
                segments,
                product_weights,
                segment_weights,
            )
        )
    return tuple(rows)


def _one_or_several(one: str | None, several: Sequence[str], weights: Sequence[float]) -> tuple[str, str, str]:
    """What a lesson is about as its columns tell it: one by itself, several joined, with weights; blank for all."""
    if one is None and len(several) == 1:
        one = several[0]
    if one is not None:
        return one, "", ""
    shares = [f"{max(100 * weight, 0.01):.2f}%" for weight in weights]
    return "", JOINED_BY.join(several), JOINED_BY.join(shares)


def lessons_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """The lessons as the bytes of a CSV file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(LESSON_COLUMNS)
    writer.writerows(rows)
    return out.getvalue().encode()
