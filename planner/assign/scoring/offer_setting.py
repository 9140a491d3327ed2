"""What a targeted offer does for customers who get it and nothing else, in a scenario's figures: value, spend and uses.

The response model's arithmetic (`scenarios.response.one_offer`) with the scenario's own weights: what ``plan`` earns
and spends by. Single customers and whole segments are both scored by it; JAX has no part in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constraints.assign.counted import COUNTED
from constraints.assign.terms import Terms
from scenarios.arrays import Float
from scenarios.grid import Grid, build_grid
from scenarios.language.aim import weights_of
from scenarios.language.date_ranges import DateRange
from scenarios.language.scope import Scope
from scenarios.language.where import holds
from scenarios.language.words import Measure
from scenarios.loading.load import LoadedScenario
from scenarios.response.baskets import Baskets
from scenarios.response.coefficients import halo_table, still_sold
from scenarios.response.effects import Effects
from scenarios.response.functional import Functional, combine
from scenarios.response.interactions import Strengths, strengths
from scenarios.response.measures import measure_functional
from scenarios.response.one_offer import Surround, on_baskets, on_products, weighed
from scenarios.response.priced_choices import build_economics
from scenarios.response.served import kept_uses
from scenarios.supply import as_if_sold, on_sale


@dataclass(frozen=True, kw_only=True, eq=False)
class Weighed:
    """What an offer does for n customers."""

    value: Float
    """[n] added to the objective."""
    spend: Float
    """[n]"""
    use: tuple[Float | None, ...]
    """[M] of [n], as `Terms.measures`; at least 0. None for what every offer uses 1 of."""


@dataclass(frozen=True, kw_only=True, eq=False)
class OfferSetting:
    """A scenario's terms for single offers. S segments, K products, C offers, M measures, E members."""

    grid: Grid
    effects: Effects
    terms: Terms
    around: Surround
    inside: NDArray[np.bool_]
    """[T] periods in which the offers hold."""
    customers: Float
    """[S]"""
    base: Float
    """[S, K] units of a segment's mean customer in the time that the offers hold."""
    per_unit: Float
    """[S, K] orders that a unit stands for."""
    member_lift: Float
    """[E, S, K + 1, C] of the segments, over the time that the offers hold."""
    take_up: Float
    """[S, K + 1, C]"""
    kept: Float
    """[S, K + 1, C] share of the uses that a cap per customer leaves; in lift and take-up already."""
    choices: tuple[int, ...]
    """[C] number of each offer's choice in its block."""
    objective: Functional
    spend: Functional
    measures: tuple[Functional | None, ...]
    """[M]"""

    @property
    def lift(self) -> Float:
        """Mean of the members [S, K + 1, C]."""
        return np.asarray(self.member_lift.mean(axis=0))

    @property
    def profit_weight(self) -> float:
        """How much of the objective one unit of profit is."""
        return weights_of(self.grid.scenario.objective).get(Measure.PROFIT, 0.0)

    def weigh(
        self,
        offer: int,
        base: Float,
        lift: Float,
        take_up: Float,
        per_unit: Float,
        strengths: Strengths | None = None,
    ) -> Weighed:
        """Weigh one offer.

        Parameters
        ----------
        base, per_unit
            [n, K] units of each customer without it, and orders that a unit stands for.
        lift, take_up
            [n, K + 1]
        strengths
            Of each customer's future; those that are expected where none are given.
        """
        around = self.around if strengths is None else replace(self.around, strengths=strengths)
        basket, choice = self.terms.offers[offer].is_basket, self.choices[offer]
        if basket:
            sold = on_baskets(around, base, lift[:, -1], take_up[:, -1], per_unit)
        else:
            sold = on_products(around, base, lift[:, :-1], take_up[:, :-1], per_unit)

        def of(functional: Functional) -> Float:
            return weighed(functional, sold, choice, basket=basket)

        return Weighed(
            value=of(self.objective),
            spend=of(self.spend),
            use=tuple(None if one is None else np.maximum(of(one), 0.0) for one in self.measures),
        )

    def in_span(self, values: Float) -> Float:
        """Return the mean over the periods in which offers hold, weighted by base units: [..., C] of [..., T, O].

        Parameters
        ----------
        values
            [..., S, K + 1, T, O]
        """
        index = [self.grid.offer_index[offer.id] for offer in self.terms.offers]
        weight = _weight(self.effects, self.inside)
        return np.asarray(np.einsum("skt,...skto->...sko", weight, values[..., self.inside, :][..., index]))


def offer_setting(asked: LoadedScenario, terms: Terms, span: DateRange | None) -> OfferSetting:
    """Read a resolved scenario.

    Parameters
    ----------
    span
        Dates on which the offers hold; all of the horizon where none is given.

    Raises
    ------
    ValueError
        For a scenario whose effects are not known yet.
    """
    effects = asked.effects
    if effects is None:
        raise ValueError("scoring needs a resolved scenario: its effects must be known")
    grid = build_grid(asked.scenario, asked.custom)
    units = effects.base_units.mean(axis=0)
    strength = strengths(grid.scenario.response, grid.scenario.effects, grid.products)
    economics = build_economics(grid, units)
    inside, ahead = _inside(grid, span), strength.pull_forward_periods
    sold = still_sold(on_sale(grid.products, grid.scenario.horizon, ahead), ahead)
    customers = np.array([segment.customers for segment in grid.segments], dtype=np.float64)
    whole, index = Scope(), [grid.offer_index[offer.id] for offer in terms.offers]
    kept, weight = kept_uses(grid, asked.baskets)[:, :, index], _weight(effects, inside)

    def mean(values: Float) -> Float:
        return np.asarray(np.einsum("skt,skto->sko", weight, values[:, :, inside][..., index]) * kept)

    aims = weights_of(grid.scenario.objective)
    return OfferSetting(
        grid=grid,
        effects=effects,
        terms=terms,
        around=Surround(
            grid=grid,
            economics=economics,
            strengths=strength,
            halo=halo_table(grid, economics, units),
            still_sold=sold[:, np.flatnonzero(inside).max(initial=0)],
        ),
        inside=inside,
        customers=customers,
        base=units[:, :, inside].sum(axis=2) / customers[:, None],
        per_unit=_orders_per_unit(grid, economics.price, units, asked.baskets),
        member_lift=np.stack([mean(lift) for lift in effects.lift]),
        take_up=mean(effects.take_up),
        kept=kept,
        choices=tuple(_choice(grid, offer.id) for offer in terms.offers),
        objective=combine([(share, measure_functional(grid, economics, one, whole)) for one, share in aims.items()]),
        spend=measure_functional(grid, economics, Measure.SPEND, whole),
        measures=tuple(
            None if measure in COUNTED else measure_functional(grid, economics, measure, whole)
            for measure in terms.measures
        ),
    )


def _weight(effects: Effects, inside: NDArray[np.bool_]) -> Float:
    """Shares of the periods inside a span in a segment's base units of a product, and of all products [S, K + 1, T]."""
    units = effects.base_units.mean(axis=0)[:, :, inside]
    weight = np.concatenate([units, units.sum(axis=1, keepdims=True)], axis=1)
    return np.asarray(weight / np.maximum(weight.sum(axis=2, keepdims=True), 1e-12))


def _inside(grid: Grid, span: DateRange | None) -> NDArray[np.bool_]:
    horizon = grid.scenario.horizon
    return np.array([span is None or holds((span,), day, horizon.period_days) for day in horizon.dates])


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
