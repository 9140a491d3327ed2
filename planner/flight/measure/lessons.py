"""The lessons of a campaign: its measured lifts as rows that the next training reads.

A lesson is what a lift teaches (`surrogate.flight.measure.taught`), which is the lift itself where many were kept out.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections.abc import Callable, Sequence

from planner.flight.measure.measured import Effect
from scenarios.grid import Grid
from scenarios.tables.effect_rows import HIGHEST_LIFT
from surrogate.data.lift_test_file import JOINED_BY
from surrogate.data.lift_tests import LOWEST_MEASURED
from surrogate.flight.measure.effects_measured import LEAST_LIFT
from surrogate.flight.measure.taught import Taught, taught

SHOWN_COLUMNS = ("offer", "product", "segment", "lift", "standard_error")
LESSON_COLUMNS = ("name", *SHOWN_COLUMNS, "first_day", "last_day", "products", "segments")
EARLIER_COLUMNS = (LESSON_COLUMNS[:-2], ("name", *SHOWN_COLUMNS))
"""Of files that were written before lessons told what is pooled in them, and before they told their days."""


def lesson_of(effect: Effect) -> Taught | None:
    """What a measured lift teaches, where a data file reads it; None where it teaches nothing.

    Nobody buys less than nothing: a lift that chance made less than the loss of everything is written as that.
    """
    found = taught(effect.measured, effect.planned)
    if found is None or not (LOWEST_MEASURED <= found.lift <= HIGHEST_LIFT):
        return None
    found = found._replace(lift=max(found.lift, LEAST_LIFT))
    return found if math.isfinite(found.standard_error) and 0 < found.standard_error < HIGHEST_LIFT else None


def pooled_lessons(
    effects: Sequence[Effect], together: Sequence[Effect], whole: Callable[[Effect], bool]
) -> dict[str, Effect]:
    """Offers whose lesson is what all their products and segments tell together, with that effect.

    That is so where some of them teach nothing by themselves, neither by rows nor by customers who are told one by one:
    the rest would be a lesson of a part, and both would count the same customers twice. Offers of which customers told
    one by one teach all parts, or all products of a segment together, keep these lessons.
    """
    found: dict[str, Effect] = {}
    for each in together:
        own = [effect for effect in effects if effect.offer == each.offer]
        thin = not own or any(not _taught(effect, own) for effect in own)
        if each.offer is not None and each.product is None and thin and whole(each):
            found |= {each.offer: each} if lesson_of(each) is not None else {}
    return found


def _taught(part: Effect, own: Sequence[Effect]) -> bool:
    """Whether any effect of an offer teaches what a part is of: by itself, or all products of its segment together."""
    return any(
        lesson_of(each) is not None
        for each in own
        if each.segment == part.segment and each.product in (part.product, None)
    )


def lessons(
    effects: Sequence[Effect],
    grid: Grid,
    whole: Callable[[Effect], bool] = lambda _: True,
    last_day: dt.date | None = None,
    together: Sequence[Effect] = (),
    measured: Callable[[Effect], tuple[dt.date, dt.date] | None] = lambda _: None,
) -> tuple[tuple[str, ...], ...]:
    """Rows of the measured lifts that a data file can read: one offer each, on products, with a finite error.

    Of several measurements of one offer, product and segment the first is the lesson: the same customers, told one by
    one and as sums of a holdout, are one experiment, which training must not count twice.

    Parameters
    ----------
    whole
        Whether everybody who wanted the offer found a piece: what pieces leave of a lift is not the lift.
    last_day
        Of the sales that were measured; that of the campaign by default. By these days a training tells whether it
        has measured the same purchases itself.
    together
        What offers tell on all their products and segments together.
    measured
        First and last day of an effect, where it was not measured by all sales up to the last.
    """
    horizon = grid.scenario.horizon
    whole_campaign = horizon.start, last_day or horizon.last_day
    rows, known = [], set()
    pooled = pooled_lessons(effects, together, whole)
    for each in (*pooled.values(), *(each for each in effects if each.offer not in pooled)):
        found = lesson_of(each)
        if each.offer is None or found is None:
            continue
        if grid.offer(each.offer).is_basket:
            continue
        if (each.offer, each.product, each.segment) in known or not whole(each):
            continue
        known.add((each.offer, each.product, each.segment))
        name = f"{grid.scenario.scenario}: {each.measured.method}"
        (product, products), (segment, segments) = (
            _one_or_several(*told) for told in ((each.product, each.products), (each.segment, each.segments))
        )
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
            )
        )
    return tuple(rows)


def _one_or_several(one: str | None, several: Sequence[str]) -> tuple[str, str]:
    """What a lesson is about as its columns tell it: one by itself, several joined; blank for all."""
    if one is None and len(several) == 1:
        one = several[0]
    return (one, "") if one is not None else ("", JOINED_BY.join(several))


def lessons_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """The lessons as the bytes of a CSV file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(LESSON_COLUMNS)
    writer.writerows(rows)
    return out.getvalue().encode()
