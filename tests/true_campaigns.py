"""Campaigns whose truth is known: what each offer really brings, and what the campaign gained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from flight_case import Running
from lived import served

from scenarios.flight.basket_row import offers_chosen
from scenarios.futures.drawn_model import drawn_strengths
from scenarios.futures.draws import base_factors, draw, factor
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients, available_units, build_coefficients, unlimited
from scenarios.response.measures import measure_functional
from scenarios.response.totals import by_period, sold_by
from scenarios.streams import stream
from surrogate.flight.chance import ChanceParams, days

FAILS = 1.0 / 3.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Lived:
    """A campaign whose truth is known."""

    units: np.ndarray
    factors: dict[str, float]
    """By offer that ran: what it brings over what was forecast, over its cells."""
    gain: float
    """Expected profit beyond that of no promotion, in the weather that was."""


def live(
    case: Running,
    seed: int,
    last: int,
    *,
    wide: float = 1.0,
    fails: Sequence[str] = (),
    chance: ChanceParams | None = None,
    ahead: bool = False,
) -> Lived:
    """Draw a truth from the effects' own uncertainty, and a campaign by it.

    Parameters
    ----------
    wide
        Times the stated standard deviation of lifts.
    fails
        Offers that bring a third of what is drawn.
    ahead
        Whether what is bought ahead is drawn, too; else it is what is expected.
    """
    chance = ChanceParams() if chance is None else chance
    grid, effects = case.grid, case.frozen.effects
    truth = replace(effects, lift_sd=effects.lift_sd * wide)
    drawn = draw(grid, truth, seed, name="truth", count=1)
    moved = factor(drawn.lift[0][:, :, None], truth.lift_sd)
    for name in fails:
        moved[..., grid.offer_index[name]] *= FAILS
    mean = effects.lift.mean(axis=0)
    better = days((1, *grid.shape), chance, stream(seed, "weather"))[0]
    base = effects.base_units.mean(axis=0) * base_factors(truth, drawn)[0]
    real = replace(
        effects,
        lift=np.maximum(mean * moved, -0.5)[None],
        base_units=(base * better)[None],
        lift_sd=np.zeros_like(effects.lift_sd),
        base_cv=np.zeros_like(effects.base_cv),
    )
    strength, ranges = case.model.strengths, case.model.ranges
    if ahead and ranges is not None:
        shares = drawn_strengths(strength, ranges, case.model.rivals, drawn).pull_forward[0, 0]
        strength = replace(strength, pull_forward=shares)
    tables = build_coefficients(grid, real, case.frozen.baskets, strength=strength)
    expected = sold_by(unlimited(tables), case.plan, np).units
    counts = stream(seed, "count").poisson(np.maximum(expected, 0.0)).astype(float)
    units = served(counts[None], available_units(grid))[0]
    weight = np.concatenate([effects.base_units.mean(axis=0), np.ones((grid.shape[0], 1, grid.shape[2]))], axis=1)
    factors = {}
    for layer in offers_chosen(grid, grid.split(case.plan)):
        for number in np.unique(layer[..., : last + 1]).tolist():
            if number < len(grid.scenario.offers):
                here = (layer == number) & (np.arange(grid.shape[2]) <= last)
                bump = (weight * mean[..., number])[here]
                factors[grid.scenario.offers[number].id] = float(bump @ moved[..., number][here] / bump.sum())
    empty = np.zeros_like(case.plan)
    return Lived(units=units, factors=factors, gain=profit(tables, case.plan, last) - profit(tables, empty, last))


def profit(model: Coefficients, plan: np.ndarray, last: int) -> float:
    """Profit of a plan up to a period."""
    functional = measure_functional(model.grid, model.economics, Measure.PROFIT, Scope())
    amounts = np.broadcast_to(by_period(functional, model, sold_by(model, plan, np), np), (model.grid.shape[2],))
    return float(amounts[: last + 1].sum())
