"""Rows of limits in numbers: the sum that each bounds, its bound, and what an excess of 100 % means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from constraints.limits.booked import Rounding, rounding_of
from constraints.limits.entries import LimitEntry, LimitRow
from scenarios.answer.as_it_was import AsItWas
from scenarios.answer.past_use import PastUse
from scenarios.answer.sums import digits_of
from scenarios.currency import minor_digits
from scenarios.language.scope import Scope
from scenarios.language.where import admitted
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional, Mixed, mix
from scenarios.response.measures import measure_functional
from scenarios.response.totals import Sold, sold_by, value

RATE_SCALE = 0.01
"""A margin rate that misses its floor by this share of revenue counts as broken by 100 %."""
_LEAST_RATIO = 0.05
"""Bounds of ratios below it, such as an ROI of 0, are scaled like it."""
_SOME = 0.1
"""Share of what lines everywhere would amount to that a plan without any is scaled by."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RowNumbers:
    """One row in numbers; see `constraints.limits.book.Limits` for what they are."""

    functional: Functional | Mixed
    bound: float
    past: float
    scale: float
    parts: tuple[Functional, Functional] | None
    rounding: Rounding


class Numbering:
    """Puts the rows of the limits of one model into numbers."""

    def __init__(self, model: Coefficients) -> None:
        self._model = model
        self._empty = sold_by(model, model.grid.empty(), np)
        self._past = PastUse(model)
        self._as_it_was = AsItWas(model)

    @cached_property
    def _full(self) -> Sold:
        """What a plan with a line in every slot sells; a probe for natural sizes only."""
        allowed = self._model.grid.allowed_flat.copy()
        allowed[:, 0] = False
        return sold_by(self._model, allowed.argmax(axis=1).astype(np.int8), np)

    def rows(self, entry: LimitEntry) -> list[RowNumbers]:
        """All rows of a limit."""
        part = self._functional(entry.part, entry.limit.where)
        whole = None
        if entry.whole is not None:
            share = entry.limit.share_of
            whole = self._functional(entry.whole, entry.limit.where if share is None else share.where)
        return [self._row(entry, row, part, whole) for row in entry.rows]

    def _row(self, entry: LimitEntry, row: LimitRow, part: Functional, whole: Functional | None) -> RowNumbers:
        written, part = float(entry.bound), self._within(part, row.where)
        digits = minor_digits(self._model.grid.scenario.currency)
        own = (1.0, digits_of(entry.part, digits), part)
        if whole is None or row.whole is None:
            past = self._used_before(entry, row) + self._beyond(entry, row.where)
            scale = abs(written) if written else 1.0
            return RowNumbers(
                functional=part, bound=written - past, past=past, scale=scale, parts=None, rounding=rounding_of(own)
            )
        whole = self._within(whole, row.whole)
        return RowNumbers(
            functional=mix([(1.0, part), (-written, whole)]),
            bound=(self._at(part, self._empty) if entry.counts_change else 0.0) - self._ratio_otherwise(entry, row),
            past=0.0,
            scale=self._ratio_scale(entry, whole),
            parts=(part, whole),
            rounding=rounding_of(own, (written, digits_of(entry.whole or "", digits), whole)),
        )

    def _functional(self, measure: Measure | str, where: Scope) -> Functional:
        return measure_functional(self._model.grid, self._model.economics, measure, where)

    def _within(self, functional: Functional, where: Scope) -> Functional:
        """Cut a functional to the periods of a row."""
        grid = self._model.grid
        periods = admitted(where, grid.segments, grid.products, grid.scenario.horizon).periods.astype(float)
        return functional if np.array_equal(periods, functional.periods) else replace(functional, periods=periods)

    def _at(self, functional: Functional, what: Sold) -> float:
        return float(value(functional, self._model, what, np))

    def _used_before(self, entry: LimitEntry, row: LimitRow) -> float:
        """What lines before the horizon used of a row, in its own units."""
        if not row.past:
            return 0.0
        used = self._past.used(entry.part, entry.limit.where, row.past)
        digits = minor_digits(self._model.grid.scenario.currency)
        return float(used / 10 ** digits_of(entry.part, digits))

    def _beyond(self, entry: LimitEntry, where: Scope) -> float:
        """How much more the account of what is locked comes to.

        Of customers reached it is the most: the rest reaches some of them again. So a ceiling is not raised by those
        who were missed; the ledger counts exactly.
        """
        more = self._as_it_was.beyond(entry.part, where)
        return max(more, 0.0) if entry.part is Measure.CUSTOMERS_REACHED and entry.sense == "max" else more

    def _ratio_otherwise(self, entry: LimitEntry, row: LimitRow) -> float:
        """How much more a ratio's row comes to in the account of what is locked."""
        more = self._as_it_was.beyond(entry.part, row.where)
        if entry.whole is None or row.whole is None:
            return more
        return more - float(entry.bound) * self._as_it_was.beyond(entry.whole, row.whole)

    def _ratio_scale(self, entry: LimitEntry, whole: Functional) -> float:
        """What an excess of 100 % means: a margin rate that misses by `RATE_SCALE`, a share that is twice its bound."""
        size = abs(self._at(whole, self._empty))
        if entry.measure is Measure.MARGIN_RATE:
            return max(RATE_SCALE * size, 1e-6)
        size = max(size, _SOME * abs(self._at(whole, self._full)))
        return max(max(abs(float(entry.bound)), _LEAST_RATIO) * size, 1e-6)
