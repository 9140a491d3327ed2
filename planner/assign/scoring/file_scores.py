"""Scores that the customers' file holds itself: columns ``value_OFFER`` and, where limits count it, ``spend_OFFER``."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from constraints.assign.counted import COUNTED
from constraints.assign.question import MOST_USE
from constraints.assign.terms import Terms
from planner.assign.customers.column_problems import ColumnProblems
from planner.assign.customers.customer_file import CustomerFile, column_of, hashes_of, texts_of
from planner.assign.scoring.redrawn import DRAWINGS, redrawn
from planner.assign.scoring.scores import ByMember, Scores
from scenarios.answer.sums import MONEY
from scenarios.arrays import Float
from scenarios.currency import minor_digits
from scenarios.language.schema import Offer, Scenario
from scenarios.language.slips.column_points import fine_digits
from scenarios.language.words import Layer, Measure
from scenarios.problems import InvalidInput, Problem, did_you_mean, meant_by
from surrogate.data.files.customer_file import CUSTOMER

VALUE, ERROR = "value", "error"
PAID_FOR = "write 0 where a vendor pays more than the offer costs: it makes no room for others"


def holds_scores(file: CustomerFile) -> bool:
    """Whether a file has a column of values."""
    return any(name.startswith(f"{VALUE}_") for name in file.columns)


@dataclass(frozen=True, kw_only=True)
class FileScores:
    """Reads scores from columns."""

    terms: Terms
    use: tuple[tuple[str | None, ...] | None, ...]
    """[M] of [C] columns, None where an offer uses nothing; None instead of columns for what every offer uses 1 of."""
    error: tuple[str | None, ...]
    """[C] columns of the values' standard errors, None where an offer has none."""
    digits: int | None
    """Most decimals that amounts have; None where nobody knows."""

    @property
    def source(self) -> str:
        """Where the scores come from, in words."""
        return "columns of the customers' file"

    @property
    def assumed(self) -> tuple[str, ...]:
        """Nothing: the file says it all."""
        return ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are read."""
        more = (name for names in self.use if names is not None for name in names if name is not None)
        errors = [name for name in self.error if name is not None]
        return tuple(dict.fromkeys([*(f"{VALUE}_{offer.id}" for offer in self.terms.offers), *more, *errors]))

    def score(
        self, batch: pa.RecordBatch, first: int, problems: ColumnProblems, sampled: NDArray[np.bool_] | None = None
    ) -> Scores:
        """Read the scores of a batch that begins at row ``first``; those ``sampled`` are redrawn by their errors."""
        value = np.stack([self._value(batch, f"{VALUE}_{offer.id}", first, problems) for offer in self.terms.offers])
        possible = ~np.isnan(value)
        uses: list[Float | None] = []
        for measure, names in zip(self.terms.measures, self.use, strict=True):
            if names is None:
                uses.append(None)
                continue
            use = np.zeros_like(value)
            most = MOST_USE / self.terms.fine(measure)
            for row, name in enumerate(names):
                if name is None:
                    continue
                given, noted = problems.read(batch, name, first, self.digits if measure in MONEY else None)
                if measure in MONEY:
                    _note_flags(batch, name, given, first, problems)
                bad = possible[row] & ~noted & ~((given >= 0) & (given < most))
                expected = f"numbers from 0 to {int(most):,} wherever the offer has a value"
                remedy = PAID_FOR if measure == Measure.SPEND else ""
                problems.note(name, expected, bad, first, lambda at, given=given: _got(given[at]), remedy)
                use[row] = np.where(possible[row] & ~bad & ~noted, given, 0.0)
            uses.append(use)
        told = np.where(possible, value, -np.inf)
        members = None if sampled is None else self._redrawn(batch, first, problems, told, tuple(uses), sampled)
        return Scores(value=told, use=tuple(uses), members=members)

    def _redrawn(
        self,
        batch: pa.RecordBatch,
        first: int,
        problems: ColumnProblems,
        value: Float,
        uses: tuple[Float | None, ...],
        sampled: NDArray[np.bool_],
    ) -> ByMember | None:
        """Redraw the values of those sampled [n]; None where the file tells no errors."""
        if not any(self.error):
            return None
        error = np.zeros_like(value)
        for row, name in enumerate(self.error):
            if name is not None:
                given, noted = problems.read(batch, name, first, self.digits)
                most = MOST_USE / self.terms.fine(Measure.SPEND)
                bad = ~noted & ~np.isnan(given) & ~((given >= 0) & (given < most))
                expected = f"standard errors of at least 0 and at most {int(most):,}, blank where nobody knows one"
                problems.note(name, expected, bad, first, lambda at, given=given: _got(given[at]))
                error[row] = np.where(bad | noted, 0.0, np.nan_to_num(given))
        rank = hashes_of(texts_of(column_of(batch, CUSTOMER)))
        use = tuple(
            None if one is None else np.broadcast_to(one[:, sampled], (DRAWINGS, len(one), int(sampled.sum())))
            for one in uses
        )
        drawn = redrawn(value[:, sampled], error[:, sampled], rank[sampled])
        spend = use[self.terms.measures.index(Measure.SPEND)] if Measure.SPEND in self.terms.measures else None
        segment = np.zeros(drawn.shape[-1], dtype=np.int64)
        return ByMember(segment=segment, value=drawn, spend=np.zeros_like(drawn) if spend is None else spend, use=use)

    def _value(self, batch: pa.RecordBatch, name: str, first: int, problems: ColumnProblems) -> Float:
        """Values [n] of an offer, as large as amounts of money may be; NaN where it may not go, or is noted."""
        given, _ = problems.read(batch, name, first, self.digits)
        remedy = "write what the offer adds for each customer, and leave it blank for those who may not get it"
        _note_flags(batch, name, given, first, problems, remedy)
        most = MOST_USE / self.terms.fine(Measure.SPEND)
        bad = ~np.isnan(given) & ~(np.abs(given) < most)
        expected = f"numbers from -{int(most):,} to {int(most):,}"
        problems.note(name, expected, bad, first, lambda at: _got(float(given[at])))
        return np.where(bad, np.nan, given)


def _note_flags(
    batch: pa.RecordBatch, name: str, given: Float, first: int, problems: ColumnProblems, remedy: str = ""
) -> None:
    """Refuse flags where amounts are read: they would count as 1.00 and 0.00."""
    if pa.types.is_boolean(column_of(batch, name).type):
        told = ("false", "true")
        problems.note(name, "amounts of money", ~np.isnan(given), first, lambda at: told[int(given[at])], remedy)


def _got(value: float) -> str:
    return "a blank" if np.isnan(value) else f"{value:,.12g}"


def file_scores(file: CustomerFile, scenario: Scenario, terms: Terms) -> FileScores:
    """See which columns hold the scores.

    Raises
    ------
    InvalidInput
        For columns that are missing, and values of offers that no customer can get.
    """
    strangers = list(_strangers(file, scenario))
    meant = {each.meant for each in strangers}
    problems = [*(each.problem for each in strangers), *_without_value(file, terms, meant)]
    uses: list[tuple[str | None, ...] | None] = []
    for number, measure in enumerate(terms.measures):
        if measure in COUNTED:
            uses.append(None)
            continue
        counted = terms.question.cells[terms.question.measure_of == number].any(axis=(0, 1))
        names = []
        for offer, inside in zip(terms.offers, counted, strict=True):
            name = _column(file, measure, offer)
            if name is None and inside and not _uses_none(measure, offer):
                limits = ", ".join(one.id for one in terms.limits if one.measure is measure)
                remedy = f"add it: the expected {measure.value} of each customer, which limits count ({limits})"
                problems.append(_missing(file, " or ".join(_names(measure, offer)), remedy))
            names.append(name)
        uses.append(tuple(names))
    if problems:
        raise InvalidInput(problems)
    errors = (f"{ERROR}_{offer.id}" for offer in terms.offers)
    return FileScores(
        terms=terms,
        use=tuple(uses),
        error=tuple(name if name in file.columns else None for name in errors),
        digits=fine_digits(minor_digits(scenario.currency)),
    )


def _column(file: CustomerFile, measure: Measure, offer: Offer) -> str | None:
    """Return the column of a measure."""
    return next((name for name in _names(measure, offer) if name in file.columns), None)


def _names(measure: Measure, offer: Offer) -> tuple[str, ...]:
    """Return the columns that a measure may stand in, the first that there is counts: gifts are uses, too."""
    own = f"{measure.value}_{offer.id}"
    gifts = measure is Measure.GIFTS and offer.gift is not None
    return (own, f"{Measure.USES.value}_{offer.id}") if gifts else (own,)


def _uses_none(measure: Measure, offer: Offer) -> bool:
    """Whether an offer uses nothing of a measure, whoever gets it."""
    return (measure is Measure.GIFTS and offer.gift is None) or (
        measure is Measure.VENDOR_FUNDING and not offer.funders
    )


def _without_value(file: CustomerFile, terms: Terms, meant: Collection[str | None]) -> Iterator[Problem]:
    """Name values that are missing; not those of offers that were ``meant`` by refused columns, which ask for them."""
    for offer in terms.offers:
        if f"{VALUE}_{offer.id}" not in file.columns and offer.id not in meant:
            remedy = "add it: what the offer adds for each customer, blank for those who may not get it"
            yield _missing(file, f"{VALUE}_{offer.id}", remedy)


class _Stranger(NamedTuple):
    """A value of an offer that is none, or that everybody gets."""

    problem: Problem
    meant: str | None
    """The offer that was probably meant."""


def _strangers(file: CustomerFile, scenario: Scenario) -> Iterator[_Stranger]:
    """Refuse values of offers that are none, and of those that everybody gets; other offers' columns stay unread."""
    targeted = [offer.id for offer in scenario.offers if offer.layer is Layer.TARGETED]
    public = {offer.id for offer in scenario.offers} - set(targeted)
    for name in file.columns:
        offer = name.removeprefix(f"{VALUE}_")
        if not name.startswith(f"{VALUE}_") or offer in targeted:
            continue
        close = None if offer in public else meant_by(offer, targeted)
        remedy = f"{offer} is public: everybody gets it" if offer in public else did_you_mean(offer, targeted)
        expected = "columns of targeted offers of the scenario"
        problem = Problem(where=str(file.path), what="header", expected=expected, got=name, remedy=remedy)
        yield _Stranger(problem, None if close is None else close.word)


def _missing(file: CustomerFile, column: str, remedy: str) -> Problem:
    got = "none" if len(file.columns) > 1 else f"only {file.columns[0]}"
    return Problem(where=str(file.path), what="header", expected=f"the column {column}", got=got, remedy=remedy)
