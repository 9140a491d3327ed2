"""The limits of a scenario, written and implied, row by row.

A limit that holds in windows, weeks or months by themselves has a row for each; all others have one. A *ratio*
(margin_rate, roi, share_of) bounds one sum by a share of another: its rows are ``part - bound * whole``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np

from constraints.limits.implied import written_and_implied
from constraints.limits.spans import Span, spans_of
from scenarios.answer.past_use import counts_history
from scenarios.grid import Grid
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Horizon, Limit, Scenario
from scenarios.language.scope import Scope
from scenarios.language.where import holds
from scenarios.language.words import Measure

_RATIOS: dict[Measure, tuple[Measure, Measure]] = {
    Measure.MARGIN_RATE: (Measure.MARGIN, Measure.REVENUE),
    Measure.ROI: (Measure.PROFIT, Measure.GROSS_SPEND),
}
"""What each ratio divides by what; of ROI the first counts from the empty plan."""


@dataclass(frozen=True, kw_only=True)
class LimitRow:
    """One sum that a limit bounds."""

    at: str | None
    """Which window, period, week or month, in words; None where the limit has one row."""
    where: Scope
    """The limit's scope within it."""
    whole: Scope | None
    """Of a ratio, the scope of what it is a share of."""
    past: tuple[int, ...]
    """Periods before the horizon that count with it, negative."""


@dataclass(frozen=True, kw_only=True)
class LimitEntry:
    """A limit with the id it is reported under."""

    id: str
    limit: Limit
    origin: str
    """``limit`` (written in the scenario), ``fund`` (a vendor's) or ``gift`` (its stock)."""
    rows: tuple[LimitRow, ...]

    @property
    def measure(self) -> Measure | str:
        """What it bounds; a text names a custom measure."""
        return Measure.read(self.limit.measure)

    @property
    def sense(self) -> str:
        """``max`` or ``min``."""
        return "max" if self.limit.max is not None else "min"

    @property
    def bound(self) -> Decimal:
        """The bound as written."""
        return self.limit.max if self.limit.max is not None else self.limit.min or Decimal(0)

    @property
    def part(self) -> Measure | str:
        """What is summed up: the measure itself, or what a ratio divides."""
        measure = self.measure
        return _RATIOS[measure][0] if isinstance(measure, Measure) and measure in _RATIOS else measure

    @property
    def whole(self) -> Measure | str | None:
        """What a ratio divides by; None for a plain sum."""
        measure = self.measure
        if self.limit.share_of is not None:
            return Measure.read(self.limit.share_of.measure)
        return _RATIOS[measure][1] if isinstance(measure, Measure) and measure in _RATIOS else None

    @property
    def counts_change(self) -> bool:
        """Whether the part counts from the empty plan: what promotions gained, as ROI asks."""
        return self.measure is Measure.ROI


def limit_entries(grid: Grid) -> tuple[LimitEntry, ...]:
    """All limits of a scenario, written and implied, with their rows.

    Raises
    ------
    ValueError
        For a limit on a word that is no measure.
    """
    scenario = grid.scenario
    oldest = _oldest(grid)
    entries = tuple(
        LimitEntry(id=name, limit=limit, origin=origin, rows=_rows(limit, scenario, oldest))
        for name, limit, origin in written_and_implied(scenario)
    )
    for entry in entries:
        for word in (entry.part, entry.whole):
            if word is not None and not isinstance(word, Measure) and word not in grid.custom:
                raise ValueError(f"limit {entry.id}: {word} is no measure of the scenario")
    return entries


def _oldest(grid: Grid) -> int:
    """Period of the oldest line before the horizon, negative; 0 without any."""
    history = grid.scenario.history
    lines = history if isinstance(history, tuple) else ()
    return min((grid.scenario.horizon.period_of(line.date) for line in lines), default=0)


def _rows(limit: Limit, scenario: Scenario, oldest: int) -> tuple[LimitRow, ...]:
    """Cut a limit's scope to each of its spans; spans that it does not meet are left out."""
    horizon = scenario.horizon
    whole = None if limit.share_of is None else limit.share_of.where
    if Measure.read(limit.measure) in _RATIOS:
        whole = limit.where
    if limit.window is None and limit.each is None:
        return (LimitRow(at=None, where=limit.where, whole=whole, past=()),)
    backwards = oldest if whole is None and counts_history(Measure.read(limit.measure), limit.where) else 0
    # Spend falls below 0 where a vendor pays more for units or lines than their offer costs.
    falls = limit.measure == Measure.SPEND and any(offer.may_earn for offer in scenario.offers)
    spans = spans_of(limit, horizon, min(backwards, 0), falls=falls and whole is None)
    met = [span for span in spans if _periods(limit.where, horizon, span)] or [spans[0]]
    return tuple(
        LimitRow(
            at=span.name,
            where=_within(limit.where, horizon, span),
            whole=None if whole is None else _within(whole, horizon, span),
            past=tuple(range(span.first, 0)),
        )
        for span in met
    )


def _periods(where: Scope, horizon: Horizon, span: Span) -> list[int]:
    """Periods of the horizon that lie in a span and in a scope."""
    inside = range(max(span.first, 0), span.last + 1)
    return [period for period in inside if holds(where.periods, horizon.date_of(period), horizon.period_days)]


def _within(where: Scope, horizon: Horizon, span: Span) -> Scope:
    """Cut a scope to a span: its periods become stretches of whole periods."""
    periods = _periods(where, horizon, span)
    breaks = [number for number, (one, other) in enumerate(pairwise(periods), start=1) if other != one + 1]
    runs = [run for run in np.split(np.array(periods, dtype=np.int64), breaks) if len(run)]
    dates = tuple(DateRange(first=horizon.date_of(int(run[0])), last=horizon.last_day_of(int(run[-1]))) for run in runs)
    return where.model_copy(update={"periods": dates})
