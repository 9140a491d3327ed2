"""Scores by the scenario's own model: customers' features in, what each offer would add and use for each of them out.

A customer's effects are the segment's, moved by how the model tells the customer from the segment's mean
(`surrogate.scoring.single`). What an offer then does is the response model's arithmetic for one customer who gets it
and nothing else (`scenarios.response.one_offer`), with the scenario's own weights: what ``plan`` earns and spends by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from constraints.assign.counted import COUNTED
from constraints.assign.terms import Terms
from planner.assign.customer_file import SEGMENT, ColumnProblems, CustomerFile, column_of, note_segments, texts_of
from planner.assign.model_features import features_of, unknown_features
from planner.assign.scores import Scores
from planner.assign.strangers import Strangers
from planner.figures import plural
from scenarios.arrays import Float
from scenarios.grid import Grid, build_grid
from scenarios.language.aim import weights_of
from scenarios.language.date_ranges import DateRange
from scenarios.language.scope import Scope
from scenarios.language.where import holds
from scenarios.loading.load import LoadedScenario
from scenarios.problems import InvalidInput, Problem
from scenarios.response.baskets import Baskets
from scenarios.response.coefficients import halo_table, still_sold
from scenarios.response.effects import Effects
from scenarios.response.functional import Functional, combine
from scenarios.response.interactions import strengths
from scenarios.response.measures import measure_functional
from scenarios.response.one_offer import OneOffer, Surround, on_baskets, on_products, weighed
from scenarios.response.priced_choices import build_economics
from scenarios.response.served import kept_uses
from scenarios.supply import as_if_sold, on_sale
from surrogate.people.profiles import AMOUNT_REMEDY, AMOUNTS, SHARE_REMEDY, SHARES, below_none, outside_shares

if TYPE_CHECKING:
    from surrogate.scoring.single import Single, SingleScorer

ROWS = 2048
"""Customers that are scored at a time: their arrays stay in the processor's cache."""


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
    around: Surround
    base: Float
    """[S, K] units of a segment's mean customer in the time that the offers hold."""
    per_unit: Float
    """[S, K] orders that a unit stands for."""
    lift: Float
    """[S, K + 1, C] of the segments."""
    take_up: Float
    """[S, K + 1, C]"""
    choices: tuple[int, ...]
    """[C] number of each offer's choice in its block."""
    objective: Functional
    measures: tuple[Functional | None, ...]
    """[M]"""
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

    def score(self, batch: pa.RecordBatch, first: int, problems: ColumnProblems) -> Scores:
        """Score the customers of a batch that begins at row ``first``."""
        numbers = {name: problems.numbers(batch, column, first) for name, column in self.numbers.items()}
        self._check_bounds(numbers, first, problems)
        words = {name: texts_of(column_of(batch, column)) for name, column in self.words.items()}
        self.strangers.note(batch.num_rows, words, numbers)
        segment = self._segments(batch, first, problems) if self.reads_segment else None
        value = np.empty((len(self.choices), batch.num_rows))
        uses = [None if one is None else np.empty_like(value) for one in self.measures]
        placed = np.zeros(batch.num_rows, dtype=np.int64)
        for start in range(0, batch.num_rows, ROWS):
            here = slice(start, start + ROWS)
            single = self.scorer.compare(
                {name: values[here] for name, values in numbers.items()},
                {name: values[here] for name, values in words.items()},
                None if segment is None else segment[here],
            )
            placed[here] = single.segment
            for offer in range(len(self.choices)):
                sold, basket = self._sold(single, offer)
                value[offer, here] = weighed(self.objective, sold, self.choices[offer], basket=basket)
                for functional, use in zip(self.measures, uses, strict=True):
                    if functional is not None and use is not None:
                        found = weighed(functional, sold, self.choices[offer], basket=basket)
                        use[offer, here] = np.maximum(found, 0.0)
        told = placed.astype(np.int16) if self.terms.needs_segments else np.zeros(batch.num_rows, dtype=np.int16)
        return Scores(value=value, use=tuple(uses), segment=told)

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

    def _sold(self, single: Single, offer: int) -> tuple[OneOffer, bool]:
        mine = single.segment
        base = self.base[mine] * single.rate
        lift = np.expm1(np.log1p(self.lift[mine, :, offer]) + single.lift[:, :, offer])
        lift = np.where(self.lift[mine, :, offer] != 0, lift, 0.0)
        take = np.clip(self.take_up[mine, :, offer] * single.take_up[:, :, offer], 0.0, 1.0)
        per_unit = self.per_unit[mine]
        if self.terms.offers[offer].is_basket:
            return on_baskets(self.around, base, lift[:, -1], take[:, -1], per_unit), True
        return on_products(self.around, base, lift[:, :-1], take[:, :-1], per_unit), False

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
    effects = asked.effects
    if effects is None:
        raise ValueError("scoring needs a resolved scenario: its effects must be known")
    numbers, words = features_of(file, scorer)
    if scorer.listed and SEGMENT not in file.columns:
        remedy = "campaign profiles MODEL --place data.yaml --ids --out FILE writes it beside the features"
        expected = f"the column {SEGMENT}, because only the retailer's own list ({scorer.listed}) says who is in which"
        raise InvalidInput([Problem(where=str(file.path), what="header", expected=expected, got="none", remedy=remedy)])
    grid = build_grid(asked.scenario, asked.custom)
    units = effects.base_units.mean(axis=0)
    economics, strength = build_economics(grid, units), strengths(grid.scenario.response, grid.scenario.effects)
    inside, ahead = _inside(grid, span), strength.pull_forward_periods
    sold = still_sold(on_sale(grid.products, grid.scenario.horizon, ahead), ahead)
    customers = np.array([segment.customers for segment in grid.segments], dtype=np.float64)
    lift, take_up = _in_span(grid, effects, terms, asked.baskets, inside)
    whole = Scope()
    weights = weights_of(grid.scenario.objective)
    return ModelScores(
        terms=terms,
        scorer=scorer,
        source=f"the scenario's model ({effects.source})",
        numbers=numbers,
        words=words,
        segments=tuple(segment.id for segment in grid.segments),
        reads_segment=SEGMENT in file.columns,
        around=Surround(
            grid=grid,
            economics=economics,
            strengths=strength,
            halo=halo_table(grid, economics, units),
            still_sold=sold[:, np.flatnonzero(inside).max(initial=0)],
        ),
        base=units[:, :, inside].sum(axis=2) / customers[:, None],
        per_unit=_orders_per_unit(grid, economics.price, units, asked.baskets),
        lift=lift,
        take_up=take_up,
        choices=tuple(_choice(grid, offer.id) for offer in terms.offers),
        objective=combine([(share, measure_functional(grid, economics, one, whole)) for one, share in weights.items()]),
        measures=tuple(
            None if measure in COUNTED else measure_functional(grid, economics, measure, whole)
            for measure in terms.measures
        ),
        strangers=Strangers(scorer=scorer, columns={**numbers, **words}),
        granted=(*unknown_features(scorer, {**numbers, **words}), *how_long(grid, span)),
    )


def how_long(grid: Grid, span: DateRange | None) -> Iterator[str]:
    """Say for how long the offers hold, where nobody has said it by a ``span`` of dates."""
    if span is None:
        days = grid.scenario.horizon
        long = plural(days.periods, days.unit.value)
        yield f"offers hold from {days.date_of(0)} for {long} (--date says other dates)"


def _inside(grid: Grid, span: DateRange | None) -> NDArray[np.bool_]:
    horizon = grid.scenario.horizon
    return np.array([span is None or holds((span,), day, horizon.period_days) for day in horizon.dates])


def _in_span(
    grid: Grid, effects: Effects, terms: Terms, baskets: Baskets | None, inside: NDArray[np.bool_]
) -> tuple[Float, Float]:
    """Return lift and take-up [S, K + 1, C] of the offers over the span: means weighted by base units."""
    index = [grid.offer_index[offer.id] for offer in terms.offers]
    kept = kept_uses(grid, baskets)[:, :, index]
    units = effects.base_units.mean(axis=0)[:, :, inside]
    weight = np.concatenate([units, units.sum(axis=1, keepdims=True)], axis=1)
    weight = weight / np.maximum(weight.sum(axis=2, keepdims=True), 1e-12)

    def mean(values: Float) -> Float:
        return np.asarray(np.einsum("skt,skto->sko", weight, values[:, :, inside][..., index]) * kept)

    return mean(effects.lift.mean(axis=0)), mean(effects.take_up)


def _orders_per_unit(grid: Grid, price: Float, units: Float, baskets: Baskets | None) -> Float:
    """Return orders that one unit stands for [S, K]: a segment's orders are spread over its sales by value."""
    if baskets is None:
        return np.zeros(units.shape[:2])
    orders = np.array([baskets.orders_per_period(segment.id) for segment in grid.segments])
    value = (as_if_sold(units, grid.products, grid.scenario.horizon) * price[:, None]).sum(axis=1).mean(axis=1)
    ratio = np.divide(orders, value, out=np.zeros_like(value), where=value > 0)
    return np.asarray(ratio[:, None] * price)


def _choice(grid: Grid, offer: str) -> int:
    """Return the number of an offer's choice with the largest coverage; all its choices weigh the same a customer."""
    number = grid.offer_index[offer]
    block = grid.choices[3 if grid.scenario.offers[number].is_basket else 1]
    mine = [(choice.served, place) for place, choice in enumerate(block, start=1) if choice.offer == number]
    return max(mine)[1]
