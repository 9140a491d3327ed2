"""Budgets, ratios and other limits of a running campaign: used so far, and whether they will break before the end."""

from __future__ import annotations

from functools import cached_property, partial

import numpy as np

from constraints.limits.entries import LimitEntry, LimitRow
from planner.flight.estimate_error import EstimateError
from planner.flight.watch.drawn_paths import Paths, scope_of_whole
from planner.flight.watch.ratio_reading import end_at_risk, read_ratio
from planner.flight.watch.readings import SAME, LimitReading, day_of, interval
from planner.flight.watch.row_sums import RowSum, periods_of, row_sum
from scenarios.answer.cells import Account
from scenarios.answer.outcome import account
from scenarios.answer.past_use import PastUse
from scenarios.answer.sums import digits_of, measured
from scenarios.currency import minor_digits
from scenarios.flight.realised import Realised, Use
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from surrogate.flight.watch.foresee import breaks

SEEN = 0.005
"""Probability of a break below which all are alike: of some hundred futures none or one or two break."""
_HALF = 0.5
"""Customers below which a bound is not missed: audiences hold whole ones."""


def watch_limits(
    paths: Paths, as_it_ran: Paths, realised: Realised, errors: EstimateError, *, warned_at: float
) -> tuple[LimitReading, ...]:
    """Read every limit; of one with windows or months, the row that is most likely to break.

    Where none is likely to, that is the fullest one by what is foreseen (of a floor, the emptiest) of those that are
    not over yet.

    Where that row is broken already, nothing can be done about it: the row that is likeliest to break next is read
    beside it, if its probability is at least ``warned_at``.

    Parameters
    ----------
    paths
        Of the plan that was to run.
    errors
        How far uses that the file does not tell may be off.
    as_it_ran
        Of the plan as it ran: what was used is compared with these, and moves what is foreseen of the rest.
    """
    read, actuals, found = LimitReader(paths, as_it_ran, realised, errors), realised.actuals, []
    for number, entry in enumerate(paths.entries):
        rows = []
        for row, reading in zip(entry.rows, read.rows(number, entry), strict=True):
            to_come = periods_of(actuals.grid, row.where)[actuals.last + 1 :]
            rows.append((_urgency(reading, bool(to_come.any())), reading))
        _, worst = max(rows, key=lambda pair: pair[0])
        found.append(worst)
        next_ones = [pair for pair in rows if not pair[1].broken and pair[1].probability >= warned_at]
        if worst.broken and next_ones:
            found.append(max(next_ones, key=lambda pair: pair[0])[1])
    return tuple(found)


def _urgency(row: LimitReading, is_open: bool) -> tuple[bool, float, bool, float]:
    """What a row is chosen by: how likely it breaks, where that can be seen at all; else how full it will be."""
    full = row.end.p50 / max(abs(row.bound), 1e-9)
    likely = row.probability if row.probability >= SEEN else 0.0
    return row.broken, likely, is_open, -full if row.sense == "min" else full


class LimitReader:
    """Reads the rows of limits, of one campaign.

    Parameters
    ----------
    paths, as_it_ran, realised, errors
        As for `watch_limits`.
    """

    def __init__(self, paths: Paths, as_it_ran: Paths, realised: Realised, errors: EstimateError) -> None:
        self._paths, self._as_it_ran, self._realised, self._errors = paths, as_it_ran, realised, errors
        self._past = PastUse(realised.model)

    def rows(self, number: int, entry: LimitEntry) -> list[LimitReading]:
        """Readings of all rows of the entry of a number, in their order."""
        ran = self._as_it_ran
        use = self._use(entry, entry.part, entry.limit.where)
        of_part = partial(row_sum, self._realised, entry.part, entry.limit.where, use, asked=entry.origin == "fund")
        drawn = self._paths.use[:, number], ran.use[:, number]
        if entry.whole is None:
            hidden = 0.0 if use is not None and use.told else self._paths.hidden[number]
            return [self._reading(entry, row, of_part(row.where, drawn), hidden) for row in entry.rows]
        scope, nobody = scope_of_whole(entry), np.zeros_like(drawn[0])
        of_whole = partial(row_sum, self._realised, entry.whole, scope, self._use(entry, entry.whole, scope))
        drawn_whole = self._paths.whole.get(entry.id, nobody), ran.whole.get(entry.id, nobody)
        without = ran.without.get(entry.id)
        found = []
        for row in entry.rows:
            inside = periods_of(self._realised.model.grid, row.where)
            found.append(
                read_ratio(
                    entry,
                    row,
                    of_part(row.where, drawn),
                    of_whole(row.whole or scope, drawn_whole),
                    ran.beside,
                    None if without is None else np.where(inside, without, 0.0),
                    planned_without=0.0 if without is None else self._planned_without(entry.part, row.where),
                    over=not inside[self._count :].any(),
                )
            )
        return found

    @property
    def _count(self) -> int:
        return self._realised.actuals.last + 1

    def _use(self, entry: LimitEntry, measure: Measure | str, scope: Scope) -> Use | None:
        """What was really used over a scope; None of customers reached."""
        if measure is Measure.CUSTOMERS_REACHED:
            return None
        return (self._realised.use if entry.origin == "fund" else self._realised.paid)(measure, scope)

    def _planned_without(self, measure: Measure | str, where: Scope) -> float:
        """A sum without any promotion by the account, so far."""
        digits = digits_of(measure, self._no_promotion.digits)
        return float(measured(self._no_promotion, measure, where) / 10**digits)

    @cached_property
    def _no_promotion(self) -> Account:
        return account(self._realised.model, np.zeros_like(self._realised.plan)).up_to(self._count)

    def _reading(self, entry: LimitEntry, row: LimitRow, part: RowSum, hidden: float) -> LimitReading:
        """Read one row of a plain sum.

        What rounding may have ``hidden`` of a use that nobody told counts as the same.
        """
        before = 0.0
        if row.past:
            scale = 10 ** digits_of(entry.part, minor_digits(self._realised.model.grid.scenario.currency))
            before = self._past.used(entry.part, entry.limit.where, row.past) / scale
        count, actuals = self._count, self._realised.actuals
        inside = periods_of(actuals.grid, row.where)
        foreseen = part.foreseen(self._as_it_ran.beside)
        least, asked = entry.sense == "min", float(entry.bound)
        # A bound that was raised to what is used is that use in whole minor units.
        slack = SAME * abs(asked) + (_HALF if entry.part is Measure.CUSTOMERS_REACHED else hidden)
        slack *= -1.0 if least else 1.0
        broke = breaks(foreseen, np.full(len(inside), asked + slack - before), at_end=least, below=least)
        used = before + part.used
        # A floor is missed for good once the days that count are over.
        over = (used < asked + slack and not inside[count:].any()) if least else used > asked + slack
        believed = not part.told and entry.part is not Measure.CUSTOMERS_REACHED
        return LimitReading(
            id=entry.id,
            measure=str(entry.measure),
            words=f"{entry.measure} {entry.sense}" + ("" if row.at is None else f", {row.at}"),
            span=row.at,
            sense=entry.sense,
            bound=asked,
            planned_bound=asked,
            used=used,
            told=part.told,
            planned=before + part.planned,
            forecast=interval(before + part.expected.sum(axis=1)),
            end=interval(before + foreseen.total),
            at_risk=entry.limit.at_risk,
            end_at_risk=end_at_risk(entry, before + foreseen.total),
            probability=1.0 if over else broke.probability,
            on=day_of(actuals.grid, broke.period),
            earliest=day_of(actuals.grid, broke.earliest),
            broken=over,
            error=self._errors.of(entry.part, row.where, used) if believed else 0.0,
        )
