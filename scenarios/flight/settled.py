"""The past settled: effects under which the periods that are over sell in the account what was really sold.

Baselines of the past are moved until the response model gives the units of the actuals, so that stock, budgets and
everything else that follows from units are used up as they really were. How the units divide into baseline and bump
there is the recalibrated belief; their sum is a fact, and no future errs there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float, Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import sold_in_all, under_lines, with_basket_row
from scenarios.flight.pieces import Pieces, counts_pieces
from scenarios.flight.real_units import real_units
from scenarios.flight.told_uses import told_units
from scenarios.flight.under_lines import Lines
from scenarios.futures.expected_future import as_expected
from scenarios.futures.outcomes import sales
from scenarios.grid import Grid
from scenarios.response.baskets import Baskets
from scenarios.response.coefficients import Coefficients, build_coefficients, unlimited
from scenarios.response.effects import Effects
from scenarios.response.interactions import can_sell_more
from scenarios.response.totals import Sold, sold_by
from scenarios.supply import without_stock

ROUNDS = 120
"""Most corrections; each leaves of the errors what other periods, products and rivals make of it."""
SPARE = 0.05
"""Share of what is left of a product, where its baseline alone would sell it all, that is kept for what other lines
bring it: orders that offers on baskets make larger, and halo."""
CUT = 1e-3
"""Share of a baseline that stock takes, from which on it is cut."""
CLOSE = 1e-7
"""Largest relative error of a cell's units at the end."""
NOTHING = 1e-8
"""Units of a cell that corrections make ever fewer of, below which it sells none: baselines next to zero, of cells that
sold nothing, would be divided by where rivals and later days are weighed."""
TOLD_UNITS, TOLD_SHARE = 0.05, 1e-3
"""Error of a cell, in units and as a share of them, from which on it is told that corrections did not end at them."""


class Settled(NamedTuple):
    """Effects whose past is settled, and how far it is not."""

    effects: Effects
    missed: Float
    """[S, K, T] units of the account less those of the actuals, where corrections did not end at them; else 0."""
    missed_uses: Float
    """[S, K + 1, T] the same of units, of baskets orders, under lines, where uses are told or pieces are counted."""


def settled(
    model: Coefficients,
    effects: Effects,
    plan: Plan,
    actuals: Actuals,
    baskets: Baskets | None = None,
    counted: Sold | None = None,
    pieces: Pieces | None = None,
) -> Settled:
    """Return effects whose past gives the actuals' units, and uses where they are told, under a plan.

    Parameters
    ----------
    model
        Tables of the problem that was planned.
    effects
        Recalibrated; their means over the ensemble are what the account is kept on.
    plan
        The flat plan [N] that ran.
    actuals
        Where units are not split by segment, see `real_units`. Cells that were not observed stay as expected.
    baskets
        Order values, where the scenario has them.
    counted
        What the plan sells by the account that it was planned with: no more pieces of an offer with ``quantity`` than
        there were are used.
    pieces
        What is known of lines that count pieces.
    """
    past = np.arange(model.grid.shape[2]) <= actuals.last
    tables = replace(unlimited(model), supplied=None)
    base = np.repeat(effects.base_units.mean(axis=0, keepdims=True), len(effects.base_units), axis=0)
    base = np.where(past, base, effects.base_units)
    before, step = np.zeros(model.grid.shape), np.ones(model.grid.shape)
    lines, own = Lines(model, plan, actuals, counted, pieces), False
    for number in range(ROUNDS + 1):
        what = _sold(tables, replace(effects, base_units=base), plan, baskets)
        now = what.units
        wanted = np.where(actuals.observed, np.nan_to_num(real_units(actuals, now)), now)
        off = np.where(past, wanted - now, 0.0)
        moved = lines.moved(effects, what)
        done = moved is effects and not (np.abs(off) > CLOSE * (1.0 + wanted)).any()
        if number == ROUNDS or (done and own):
            break
        own = done
        if done:
            # Halo and what history left behind are tables of the baselines and lifts that the account will be made of.
            tables = tables_of(model.grid, replace(effects, base_units=base), baskets)
            continue
        effects = moved
        # A cell that goes to and fro, because rivals answer it, takes shorter steps.
        step = np.where((off * before < 0) & (np.abs(off) > 0.5 * np.abs(before)), 0.5 * step, step)
        before = off
        # With its base a cell's lifted sales grow alike; what rivals take of it does not.
        grows = np.maximum(np.divide(now, base[0], out=np.ones_like(now), where=base[0] > 0), 1.0)
        fewer = np.maximum(base + step * off / grows, 0.0)
        base = np.where(past, np.where(fewer * grows < NOTHING, 0.0, fewer), base)
    first = actuals.last + 1
    return Settled(
        replace(
            effects,
            base_units=base,
            lift=_of_one_mind(effects.lift, first),
            lift_sd=_quiet(effects.lift_sd, first),
            take_up_cv=_quiet(effects.take_up_cv, first),
            known_periods=first,
        ),
        missed=_worth_telling(-off, wanted),
        missed_uses=_worth_telling(lines.missing(what), with_basket_row(wanted, what.orders)),
    )


def holds(model: Coefficients, plan: Plan, actuals: Actuals) -> bool:
    """Whether an account sells and grants in the past what the actuals tell, as nearly as corrections come.

    Parameters
    ----------
    model
        Tables of the account.
    plan
        The flat plan [N] that ran.
    """
    what = sold_by(model, plan, np)
    past = np.arange(model.grid.shape[2]) <= actuals.last
    real, most = np.nan_to_num(real_units(actuals, what.units)), sold_in_all(what)
    if _worth_telling(np.where(past & actuals.observed, what.units - real, 0.0), real).any():
        return False
    for told, now in zip(told_units(model, plan, what, actuals), under_lines(what), strict=True):
        uses = np.minimum(told, most)
        if _worth_telling(np.nan_to_num(np.where(past, now - uses, 0.0)), np.nan_to_num(uses)).any():
            return False
    return True


class WithinStock(NamedTuple):
    """Settled effects whose baselines ask for no more than what is left."""

    effects: Effects
    kept_back: Float
    """[K, T] units of a product that its quiet sales would sell, kept for what other lines bring it (`SPARE`), in
    periods in which a unit more would lack later; else 0. A line of its own that sells them brings nothing."""


def within_stock(
    model: Coefficients, effects: Effects, locked: NDArray[np.int8], baskets: Baskets | None = None
) -> WithinStock:
    """Return settled effects whose baselines after the known periods ask for no more than what is then left.

    A baseline is cut at stock in time order, but by baselines alone; what the past sold beyond its baseline is gone,
    too, and so is what locked lines will sell.

    Parameters
    ----------
    model
        Tables with the stock as it really is.
    locked
        The flat plan [N] of the lines that cannot be changed any more, and no others.
    baskets
        Order values, where the scenario has them.
    """
    endless = replace(unlimited(model), supplied=None)
    stocked: Flag = np.asarray(np.isfinite(model.available).all(axis=1))
    later: Flag = np.asarray(np.arange(model.grid.shape[2]) >= effects.known_periods)
    base = effects.base_units
    available, kept_back = model.available, np.zeros(model.available.shape)
    if stocked.any():
        asked = _sold(endless, effects, locked, baskets).units.sum(axis=0)
        past = np.where(later, 0.0, asked).sum(axis=1, keepdims=True)
        short = np.any(np.cumsum(asked, axis=1) > model.available, axis=1, keepdims=True)
        left = np.maximum(model.available - past, 0.0)
        available = np.where(short & later & stocked[:, None], past + (1.0 - SPARE) * left, model.available)
        kept_back = np.where(available < model.available, SPARE * left, 0.0)
    for _ in range(ROUNDS if stocked.any() else 0):
        asked = _sold(endless, replace(effects, base_units=base), locked, baskets).units.sum(axis=0)
        share = np.ones_like(asked)
        gone = np.zeros(len(asked))
        for t in range(asked.shape[1]):
            room = np.maximum(available[:, t] - gone, 0.0)
            kept = np.where(stocked & later[t], np.minimum(asked[:, t], room), asked[:, t])
            share[:, t] = np.divide(kept, asked[:, t], out=np.ones_like(kept), where=asked[:, t] > 0)
            gone = gone + kept
        if (share > 1.0 - CLOSE).all():
            break
        base = base * share
    if kept_back.any():
        units = _sold(endless, replace(effects, base_units=base), locked, baskets).units
        # Cuts may end a little below what there is, where dips weigh more on less: a unit more lacks all the same.
        cut = base.sum(axis=(0, 1)) < (1.0 - CUT) * effects.base_units.sum(axis=(0, 1))
        lacks = np.logical_or.accumulate(cut[:, ::-1], axis=1)[:, ::-1] | ~can_sell_more(units, available)
        kept_back = np.where(lacks & later, kept_back.max(axis=1, keepdims=True), 0.0)
    return WithinStock(effects=replace(effects, base_units=base), kept_back=kept_back)


def _sold(model: Coefficients, effects: Effects, plan: Plan, baskets: Baskets | None) -> Sold:
    """What a plan sells in the account that is made of the effects, stock left aside."""
    if counts_pieces(model.grid, plan):
        # In a future pieces stay what they were; the account of other effects counts its own.
        return sold_by(tables_of(model.grid, effects, baskets), plan, np)
    mean, draws = as_expected(model.grid, effects)
    what = next(sales(model, mean, plan, draws))
    return Sold(**{name: getattr(what, name)[0] for name in Sold._fields[:-1]}, choices=what.choices)


def _worth_telling(off: Float, units: Float) -> Float:
    """Errors that are told, 0 elsewhere."""
    return np.where(np.abs(off) > np.maximum(TOLD_UNITS, TOLD_SHARE * units), off, 0.0)


def tables_of(grid: Grid, effects: Effects, baskets: Baskets | None) -> Coefficients:
    """Tables that are made anew, stock left aside: whatever was sold was there."""
    return build_coefficients(replace(grid, products=without_stock(grid.products)), effects, baskets)


def _quiet(spread: Float, first: int) -> Float:
    """No spread before a period."""
    return np.where(np.arange(spread.shape[2])[:, None] < first, 0.0, spread)


def _of_one_mind(lift: Float, first: int) -> Float:
    """All members of the ensemble agree before a period."""
    return np.where(np.arange(lift.shape[3])[:, None] < first, lift.mean(axis=0), lift)
