"""What a campaign has gained against no promotion by its sales: real profit less that of the sales without its lifts.

Nobody has seen the campaign without its offers. What its sales say of it is what `replan` learns from them: how much of
what was sold under an offer is its lift, weighed against what was believed. The rest would have been sold anyway. What
is left open of all lifts together is drawn (`surrogate.flight.recalibration.lift_draws`): a factor that may be lower in
one offer and higher in another moves their sum by less than both ends at once. Beside it stands the chance of who would
have bought anyway: of so many units sold, each was brought by the offer with a probability, and nobody knows which
were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from planner.flight.gained import BoughtAhead, Gained
from planner.flight.measure.measured import Switch
from planner.flight.outcomes_so_far import BridgeStep
from planner.flight.past.account import settled_as
from planner.flight.past.learning import Learned
from planner.replan.until_now.strengths_left_open import StrengthsLeftOpen, strengths_left_open
from scenarios.answer.archive import Frozen
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.arrays import Float, Plan
from scenarios.currency import minor_digits
from scenarios.flight.settled import tables_of
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects
from scenarios.response.measures import measure_functional
from scenarios.response.totals import by_period, sold_by
from scenarios.rounding import scaled, to_decimal
from scenarios.streams import stream
from surrogate.flight.evidence import Forecast

DRAWS = 400
"""Of what is left open."""
LEAST_LEFT = 0.05
"""Least share of a cell's sales that would have come without any offer, when shares of offers are told."""


def gained_so_far(frozen: Frozen, learned: Learned, profit: BridgeStep, switches: Sequence[Switch] = ()) -> Gained:
    """Take off both profits what no promotion would have made.

    Parameters
    ----------
    learned
        What all days so far teach (`planner.flight.past.learning.learn_whole`).
    profit
        Of the observed periods, expected and real: the last step of the report's bridge.
    """
    actuals, running = learned.actuals, learned.running
    planned = learned.seen.planned
    settled, _ = settled_as(frozen, planned, learned, learned.effects, learned.ran.plan, learned.pieces)
    without = _without(frozen, settled, learned)
    tables = tables_of(actuals.grid, settled, frozen.baskets)
    strengths = strengths_left_open(learned, settled, tables, seed=frozen.seed, count=DRAWS)
    found = float(profit.actual) - without.profit - _more_without(frozen, learned, without)
    nothing = account(planned, np.zeros_like(running)).up_to(actuals.last + 1)
    # The figure is reckoned by the strengths of the plan's account: what differs from planned comes of sales alone.
    told = np.array([found.mean(), *np.quantile(found - strengths.more, (0.05, 0.95))])
    by_sales, low, high = scaled(told, nothing.digits).tolist()

    def money(minor: int) -> Decimal:
        return to_decimal(minor, nothing.digits)

    ran = learned.recalibration.offers
    held_out = {actuals.grid.scenario.offers[number].id for number in learned.measured}
    lots = {each.offer for each in switches if each.offer in ran}
    return Gained(
        planned=profit.forecast - money(measured(nothing, Measure.PROFIT, Scope())),
        by_sales=money(by_sales),
        low=money(low),
        high=money(high),
        by_holdout=tuple(name for name in ran if name in held_out),
        by_lot=tuple(name for name in ran if name in lots - held_out),
        by_model=tuple(name for name in ran if name not in held_out | lots),
        ahead=_ahead(learned, tables, strengths, money),
    )


def _ahead(
    learned: Learned, tables: Coefficients, found: StrengthsLeftOpen, money: Callable[[int], Decimal]
) -> BoughtAhead | None:
    """What is bought ahead of the goods that offers ran on; None where nothing is taken off for it.

    Offers on orders run on all goods.
    """
    blocks = tables.grid.split(learned.ran.plan)
    on_orders = bool((blocks.basket_public > 0).any() or (blocks.basket_targeted > 0).any())
    ran = np.flatnonzero((blocks.public > 0).any(axis=-1) | (blocks.targeted > 0).any(axis=(0, -1)) | on_orders)
    if not ran.size:
        return None
    share, ranges = tables.strengths.pull_forward[ran], tables.ranges
    low, high = (share, share) if ranges is None else (ranges.ahead_low[ran], ranges.ahead_high[ran])
    told = [found.missed + found.charged, found.charged, *np.quantile(found.taken, (0.05, 0.95)), found.taken.mean()]
    digits = minor_digits(tables.grid.scenario.currency)
    minor = scaled(np.array(told), digits)
    if not minor.any():
        return None
    off, charged, least, most, mean = (money(each) for each in minor.tolist())
    return BoughtAhead(
        share=(float(share.min()), float(share.max())),
        drawn=(float(low.min()), float(high.max())),
        off=off,
        charged=charged,
        low=least,
        high=most,
        mean=mean,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Without:
    """The observed periods without promotion, by the lifts as they were learned."""

    profit: float
    units: Float
    """[S, K, T] that would have been sold."""
    sold: Float
    """[S, K, T] that were."""


def _without(frozen: Frozen, settled: Effects, learned: Learned) -> _Without:
    """No promotion under effects by which what ran sold what was really sold."""
    actuals, ran = learned.actuals, learned.ran.plan
    tables, empty = build_coefficients(actuals.grid, settled, frozen.baskets), np.zeros_like(ran)
    return _Without(
        profit=_profit(tables, empty, actuals.last),
        units=sold_by(tables, empty, np).units,
        sold=sold_by(tables, ran, np).units,
    )


def _more_without(frozen: Frozen, learned: Learned, without: _Without) -> Float:
    """Draw how much more profit than by the learned lifts no promotion would have made [DRAWS]."""
    grid, rng = learned.actuals.grid, stream(frozen.seed, "flight", "gained")
    past = np.arange(grid.shape[2]) <= learned.actuals.last
    margin = np.where(past, learned.model.economics.unit_margin[:, None], 0.0)
    brought = [each for each in learned.recalibration.nudges if each.offer is not None]
    s, k, _ = grid.shape
    forecast = Forecast(learned.model, learned.effects, learned.ran.plan, learned.pieces)
    found = forecast(np.zeros((s, k)), np.zeros((s, k + 1, len(grid.scenario.offers))), tuple(brought))
    rest = np.maximum(found.units - found.slopes.sum(axis=0), LEAST_LEFT * found.units)
    # [U, S, K, T] how much more of what would be sold anyway each offer brings.
    more = np.divide(found.slopes, rest, out=np.zeros_like(found.slopes), where=rest > 0)
    factors = learned.recalibration.left_open.draw(DRAWS, rng, learned.narrowed)
    whole = {number for number, offer in enumerate(grid.scenario.offers) if offer.is_basket}
    at = [np.full(k, k) if each.offer in whole else each.cause for each in brought]
    together, drawn = np.maximum(1.0 + more.sum(axis=0), LEAST_LEFT), np.zeros(DRAWS)
    for number, each in enumerate(factors):
        moved = [each[:, place, nudge.offer] for place, nudge in zip(at, brought, strict=True)]
        share = 1.0 + sum((more[u] * f[..., None] for u, f in enumerate(moved)), start=np.zeros(grid.shape))
        drawn[number] = (margin * without.units * (together / np.maximum(share, LEAST_LEFT) - 1.0)).sum()
    lifted = np.abs(without.sold - without.units)
    whose = np.divide(without.units * lifted, without.sold, out=np.zeros_like(lifted), where=without.sold > 0)
    chance = float(np.sqrt(learned.lot * (margin**2 * whose).sum()))
    return np.asarray(drawn + chance * rng.standard_normal(DRAWS))


def _profit(model: Coefficients, plan: Plan, last: int) -> float:
    """Profit of a plan over the periods up to the last observed one, in major units."""
    functional = measure_functional(model.grid, model.economics, Measure.PROFIT, Scope())
    amounts = np.broadcast_to(by_period(functional, model, sold_by(model, plan, np), np), (model.grid.shape[2],))
    return float(amounts[: last + 1].sum())
