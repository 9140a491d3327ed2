"""Scores by the scenario's own model: customers' features in, what each offer would add and use for each of them out.

A customer's effects are the segment's, moved by how the model tells the customer from the segment's mean
(`surrogate.scoring.single`). What an offer then does for a customer who gets it and nothing else is weighed as the
scenario says (`planner.assign.scoring.offer_setting`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from constraints.assign.sendings import Sending
from constraints.assign.terms import Terms
from planner.assign.customers.column_problems import ColumnProblems, note_segments
from planner.assign.customers.customer_file import (
    SEGMENT,
    CustomerFile,
    column_of,
    texts_of,
)
from planner.assign.customers.strangers import Strangers
from planner.assign.scoring.model_features import features_of, unknown_features
from planner.assign.scoring.offer_setting import OfferSetting, Weighed, offer_setting
from planner.assign.scoring.scores import ByMember, Scores, together
from planner.figures import plural
from scenarios.arrays import Float
from scenarios.grid import Grid
from scenarios.language.date_ranges import DateRange
from scenarios.loading.load import LoadedScenario
from scenarios.problems import InvalidInput, Problem
from surrogate.people.profiles import AMOUNT_REMEDY, AMOUNTS, SHARE_REMEDY, SHARES, below_none, outside_shares
from surrogate.scoring.single import Single

if TYPE_CHECKING:
    from surrogate.scoring.single import SingleScorer

ROWS, CELLS = 2048, 4_000_000
"""Customers that are scored at a time, and numbers in one array of theirs, at most: of many products it takes few."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelScores:
    """Scores customers by features."""

    terms: Terms
    scorer: SingleScorer
    source: str
    numbers: dict[str, str]
    """Column of the file by feature that is a number; features without a column are unknown for everybody."""
    words: dict[str, str]
    segments: tuple[str, ...]
    """[S] of the scenario."""
    reads_segment: bool
    """Whether the file says in which segment a customer is."""
    setting: OfferSetting
    granted: tuple[str, ...]
    """What is taken for granted whoever the customers are, one sentence each."""
    strangers: Strangers
    """Customers scored so far whom the model does not know."""

    @property
    def assumed(self) -> tuple[str, ...]:
        """What is taken for granted of the customers who were scored, one sentence each."""
        return (*self.granted, *self.strangers.sentences())

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are read."""
        own = [SEGMENT] if self.reads_segment else []
        return tuple(dict.fromkeys([*own, *self.numbers.values(), *self.words.values()]))

    def score(
        self, batch: pa.RecordBatch, first: int, problems: ColumnProblems, sampled: NDArray[np.bool_] | None = None
    ) -> Scores:
        """Score the customers of a batch that begins at row ``first``; those ``sampled`` [n] by each member, too."""
        numbers = {name: problems.numbers(batch, column, first) for name, column in self.numbers.items()}
        self._check_bounds(numbers, first, problems)
        words = {name: texts_of(column_of(batch, column)) for name, column in self.words.items()}
        self.strangers.note(batch.num_rows, words, numbers)
        segment = self._segments(batch, first, problems) if self.reads_segment else None
        value = np.empty((len(self.terms.offers), batch.num_rows))
        uses = [None if one is None else np.empty_like(value) for one in self.setting.measures]
        placed = np.zeros(batch.num_rows, dtype=np.int64)
        members: list[ByMember] = []
        rows = max(1, min(ROWS, CELLS // self.setting.member_lift[:, 0].size))
        for start in range(0, batch.num_rows, rows):
            here = slice(start, start + rows)
            single = self.scorer.compare(
                {name: values[here] for name, values in numbers.items()},
                {name: values[here] for name, values in words.items()},
                None if segment is None else segment[here],
            )
            placed[here] = single.segment
            for offer in range(len(self.terms.offers)):
                found = self._weighed(single, offer, self.setting.lift, single.lift, single.take_up)
                value[offer, here] = found.value
                for mine, use in zip(found.use, uses, strict=True):
                    if mine is not None and use is not None:
                        use[offer, here] = mine
            if sampled is not None:
                members.append(self._by_member(_some(single, np.flatnonzero(sampled[here]))))
        told = placed.astype(np.int16) if self.terms.needs_segments else np.zeros(batch.num_rows, dtype=np.int16)
        return Scores(
            value=value,
            use=tuple(uses),
            segment=told,
            members=together(members) if members else None,
            placed=placed.astype(np.int16),
        )

    def _by_member(self, single: Single) -> ByMember:
        """Score some customers by each member of the ensemble, by its own effects of segments and of customers."""
        each = [
            [
                self._weighed(single, offer, lift, single.member_lift[number], single.member_take_up[number])
                for offer in range(len(self.terms.offers))
            ]
            for number, lift in enumerate(self.setting.member_lift)
        ]
        return ByMember(
            segment=single.segment,
            value=np.array([[one.value for one in offers] for offers in each]),
            spend=np.array([[one.spend for one in offers] for offers in each]),
            use=tuple(
                None if measure is None else np.array([[one.use[number] for one in offers] for offers in each])
                for number, measure in enumerate(self.setting.measures)
            ),
        )

    def _check_bounds(self, numbers: Mapping[str, Float], first: int, problems: ColumnProblems) -> None:
        """Note shares beyond 0 and 1, and amounts below 0."""
        for names, wrong, expected, remedy in (
            (self.scorer.shares, outside_shares, SHARES, SHARE_REMEDY),
            (self.scorer.amounts, below_none, AMOUNTS, AMOUNT_REMEDY),
        ):
            for name in names:
                if name in numbers:
                    column, given = self.numbers[name], numbers[name]
                    problems.note(
                        column, expected, wrong(given), first, lambda row, given=given: f"{given[row]:g}", remedy
                    )

    def _weighed(self, single: Single, offer: int, lift: Float, own: Float, taken: Float) -> Weighed:
        """Weigh one offer by lifts of segments [S, K + 1, C] and by the customers' own differences [n, K + 1, C]."""
        mine, setting = single.segment, self.setting
        theirs = lift[mine, :, offer]
        moved = np.where(theirs != 0, np.expm1(np.log1p(theirs) + own[:, :, offer]), 0.0)
        take = np.clip(setting.take_up[mine, :, offer] * taken[:, :, offer], 0.0, 1.0)
        base = setting.base[setting.stretch[offer], mine]
        return setting.weigh(offer, base * single.rate, moved, take, setting.per_unit[mine])

    def _segments(self, batch: pa.RecordBatch, first: int, problems: ColumnProblems) -> NDArray[np.int64]:
        words = texts_of(column_of(batch, SEGMENT))
        known = {name: number for number, name in enumerate(self.segments)}
        segment = np.array([known.get(str(word), -1) for word in words], dtype=np.int64)
        note_segments(words, segment < 0, self.segments, first, problems)
        return np.maximum(segment, 0)


def model_scores(
    file: CustomerFile, asked: LoadedScenario, terms: Terms, scorer: SingleScorer, span: DateRange | None
) -> ModelScores:
    """Prepare scoring by a model.

    Parameters
    ----------
    asked
        The resolved scenario.
    span
        Dates on which the offers hold; all of the horizon where none is given.

    Raises
    ------
    InvalidInput
        Where the file has no feature of the model, or does not say who is in which of the retailer's own segments.
    """
    numbers, words = features_of(file, scorer)
    if scorer.listed and SEGMENT not in file.columns:
        remedy = "campaign profiles MODEL --place data.yaml --ids --out FILE writes it beside the features"
        expected = f"the column {SEGMENT}, because only the retailer's own list ({scorer.listed}) says who is in which"
        raise InvalidInput([Problem(where=str(file.path), what="header", expected=expected, got="none", remedy=remedy)])
    setting = offer_setting(asked, terms, span)
    grid = setting.grid
    return ModelScores(
        terms=terms,
        scorer=scorer,
        source=f"the scenario's model ({setting.effects.source})",
        numbers=numbers,
        words=words,
        segments=tuple(segment.id for segment in grid.segments),
        reads_segment=SEGMENT in file.columns,
        setting=setting,
        strangers=Strangers(scorer=scorer, columns={**numbers, **words}),
        granted=(*unknown_features(scorer, {**numbers, **words}), *how_long(grid, span, terms.sendings)),
    )


def how_long(grid: Grid, span: DateRange | None, sendings: Sequence[Sending | None] = (None,)) -> Iterator[str]:
    """Say for how long offers hold that are not sent once, where nobody has said it by a ``span`` of dates."""
    if span is None and None in sendings:
        days = grid.scenario.horizon
        long = plural(days.periods, days.unit.value)
        which = "offers" if not any(sendings) else "offers without valid"
        yield f"{which} hold from {days.date_of(0)} for {long} (--date says other dates)"


def _some(single: Single, rows: NDArray[np.int64]) -> Single:
    """Return some of the customers."""
    return Single(
        segment=single.segment[rows],
        rate=single.rate[rows],
        lift=single.lift[rows],
        take_up=single.take_up[rows],
        member_lift=single.member_lift[:, rows],
        member_take_up=single.member_take_up[:, rows],
    )
