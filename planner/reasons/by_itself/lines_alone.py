"""Every line of an offer as the only line of a plan, in the parts that funding and the lift act on differently.

What a bump takes from rivals and from later periods, what is sold along with it, and what customers who are still tired
of the offer after the horizon no longer buy are counted as the account counts them, with the response model's own
shares and caps; so is what lines before the horizon left.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.reasons.by_itself.line_parts import LineParts
from scenarios.arrays import Flag, Float
from scenarios.choices import Choice
from scenarios.grid import Grid
from scenarios.language.schema import Offer
from scenarios.language.where import valid_periods
from scenarios.language.words import Layer
from scenarios.response.cell_tables import rival_units, surroundings
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.entries import cell_entries
from scenarios.response.for_sale import for_sale
from scenarios.response.funding import funding_tables
from scenarios.response.model import all_and_rising, where_supplied
from scenarios.response.net_factors import kept_shares
from scenarios.response.reachable import EVERYBODY, by_channel
from scenarios.response.two_layers import Pair, under_line


def alone(model: Coefficients, effects: Effects, number: int, lifts: Float | None = None) -> LineParts:
    """Take apart the lines of an offer, at its largest level, one for each slot that may hold it.

    Parameters
    ----------
    number
        Of the offer.
    lifts
        As `expected_lifts` has them, which they are without.
    """
    made = _basket_line if model.grid.scenario.offers[number].is_basket else _line
    return made(model, effects, number, expected_lifts(model, effects, number) if lifts is None else lifts)


def expected_lifts(model: Coefficients, effects: Effects, number: int) -> Float:
    """[S, K, T] expected lifts of an offer on products, [S, T] on baskets, after its cap per customer."""
    lift, kept = effects.lift.mean(axis=0)[..., number], model.kept[..., None, number]
    basket = model.grid.scenario.offers[number].is_basket
    return np.asarray(lift[:, -1] * kept[:, -1] if basket else lift[:, :-1] * kept[:, :-1])


def place(grid: Grid, number: int) -> tuple[int, int, Choice]:
    """Block, column and choice of the level at which an offer serves most."""
    offer: Offer = grid.scenario.offers[number]
    block = (0 if offer.layer is Layer.PUBLIC else 1) + (2 if offer.is_basket else 0)
    numbered = enumerate(grid.choices[block], start=1)
    _, _, column = max((c.served, c.told, column) for column, c in numbered if c.offer == number)
    return block, column, grid.choices[block][column - 1]


def _a_period(grid: Grid, offer: Offer) -> float:
    """Share of what a line costs once that each period bears: all of it, unless the offer is sent for several."""
    if offer.valid is None:
        return 1.0
    periods = np.flatnonzero(valid_periods(offer, grid.scenario.horizon) & np.array(grid.scenario.horizon.opened()))
    return sum(offer.told_in(grid.scenario.horizon, int(t)) for t in periods) / max(len(periods), 1)


def _here(grid: Grid, block: int, column: int) -> Flag:
    """Slots of a block in which a choice may stand; of what is sent once, the days on which it is valid, too."""
    choices, table = grid.choices[block], grid.allowed[block]
    own = choices[column - 1]
    alike = [n for n, each in enumerate(choices, start=1) if replace(each, told=own.told) == own]
    return np.asarray(table[..., alike].any(axis=-1))


def _reach(grid: Grid, offer: Offer) -> Float:
    """[S] share of each segment that an offer's channel can reach, or [1] of all."""
    return by_channel(grid).get(offer.channel or "", EVERYBODY)


def _message_cost(grid: Grid, offer: Offer, coverage: float) -> Float:
    """[S] cost of the messages of one line."""
    price = next((float(c.cost_per_contact) for c in grid.scenario.channels if c.id == offer.channel), 0.0)
    each = np.array([segment.customers * coverage * price for segment in grid.segments])
    return np.asarray(_reach(grid, offer) * each)


def _alone(lift: Float) -> Pair:
    """What a line does in cells that hold nothing else; only its lift matters to what it takes from others."""
    none = np.zeros_like(lift)
    return Pair(lift, none, none, none, none, none, none)


def _gain(model: Coefficients, lift: Float) -> tuple[Float, Float]:
    """[S, K, T] units of the bump that are kept, and their profit at the regular price after what they take.

    Rivals, later periods and halo are valued at the margins that they have there. Lines before the horizon have tired
    some customers of the bump, and have sold some of the baseline already.
    """
    margin, units = model.economics.unit_margin, model.base_units
    periods = units.shape[-1]
    left, fresh = units * model.past.dip, model.past.fatigue[..., :periods]
    around = surroundings(units, model.rivals, model.strengths, model.sold, 0)
    entries = cell_entries(_alone(lift), np.zeros_like(lift), around, model.strengths, np)
    bump = units * fresh * entries.lift
    gain = bump * margin[:, None] - entries.theft * fresh * rival_units(left * margin[:, None], model.rivals)
    borrowed = entries.beyond
    for lag, dip in enumerate(entries.dips, start=1):
        later = np.zeros_like(left)
        later[..., : max(periods - lag, 0)] = left[..., lag:]
        borrowed = borrowed + dip * later
    along = entries.spill * units * fresh * (model.halo @ where_supplied(margin[:, None], model.supplied))
    return bump, gain - borrowed * margin[:, None] + along


def _tired(model: Coefficients, served: Float) -> Float:
    """[S, K, T] what is charged for customers who are still tired of a line after the horizon.

    Parameters
    ----------
    served
        Share of each segment that the line serves, against [S, K, T].
    """
    strength, shape = model.strengths, model.base_units.shape
    if not strength.charges_carry_over:
        return np.zeros(shape)
    periods = shape[-1]
    after = model.past.fatigue[..., periods:]  # what lines before the horizon leave of these periods
    lags = periods + np.arange(after.shape[-1]) - np.arange(periods)[:, None]
    missed = after @ (strength.fatigue * strength.fatigue_decay**lags).T
    return np.asarray(model.carry_value[..., None] * served * missed)


def _selling(here: Flag, sold: Flag) -> Flag:
    """Slots with something to sell, on which plans put lines; all of them where none has."""
    return here & sold if (here & sold).any() else here


def _line(model: Coefficients, effects: Effects, number: int, lifts: Float) -> LineParts:
    grid, economics = model.grid, model.economics
    offer = grid.scenario.offers[number]
    layer, column, choice = place(grid, number)
    take_up = effects.take_up[:, :-1, :, number] * model.kept[:, :-1, None, number]
    saving = economics.saving[layer][:, column, 0] if layer == 0 else economics.saving[layer][:, 0, column]
    gift = economics.gift_cost[layer][:, column, 0] if layer == 0 else economics.gift_cost[layer][:, 0, column]
    given = saving * economics.net + gift
    paid = given - economics.fee_rate * saving
    served = (choice.served * _reach(grid, offer))[:, None, None]
    base, under = model.base_units * served, model.base_units * model.past.dip * served * take_up
    bump, gain = _gain(model, lifts * served)
    added = under_line(bump, take_up, np)
    once = _a_period(grid, offer)
    fixed = once * float(offer.fixed_cost)
    share = np.array([segment.customers for segment in grid.segments], dtype=float)
    split = share / share.sum() if layer == 0 else np.ones(len(share))
    per_line, for_line = fixed * split, once * economics.line_funding[layer][:, column] * split[:, None]
    messages = once * _message_cost(grid, offer, choice.coverage) if layer else np.zeros(len(share))
    not_returned = kept_shares(grid.products, grid.scenario.money)[:, None]
    wide = np.ones_like(base)
    parts = (
        base,
        base * effects.lift.mean(axis=0)[:, :-1, :, number],
        base * lifts,
        gain,
        (under + added) * paid[:, None],
        under * paid[:, None],
        (under + added) * given[:, None] + per_line[:, None, None] * wide,
        under * given[:, None] + per_line[:, None, None] * wide,
        ((per_line + messages)[:, None] - for_line)[..., None] * wide + once * _tired(model, served),
        (under + added) * not_returned,
        under * not_returned,
    )
    sold = for_sale(model, effects)
    here = _here(grid, layer, column)
    here = _selling(here, np.asarray(sold.any(axis=0)) if layer == 0 else sold)
    product = np.nonzero(here)[-2]
    payable = np.array([offer.terms_on(each.vendor).payer is not None for each in grid.products])[product]
    per_unit = funding_tables([offer], [each.vendor for each in grid.products]).per_unit[:, 1]
    return LineParts(
        economics.funded[layer][product, column],
        per_unit[product],
        np.where(payable.any(), payable, True).astype(float),
        *((part.sum(axis=0) if layer == 0 else part)[here] for part in parts),
    )


def _basket_line(model: Coefficients, effects: Effects, number: int, lifts: Float) -> LineParts:
    grid, economics = model.grid, model.economics
    offer = grid.scenario.offers[number]
    block, column, choice = place(grid, number)
    reach = (choice.served * _reach(grid, offer))[:, None]
    take_up = effects.take_up[:, -1, :, number] * model.kept[:, -1, None, number]
    left, fresh = model.base_units * model.past.dip, model.past.basket_fatigue
    orders, rising = all_and_rising(model.orders_per_unit * left, model.supplied)
    _, full = all_and_rising(economics.unit_margin[:, None] * left, model.supplied)
    _, ahead = all_and_rising(model.ahead_margin * left, model.supplied)
    margin = full - np.where(lifts > 0, ahead, 0.0)
    saving = float(economics.basket_saving[block - 2][column])
    given = saving * economics.basket_net + float(economics.basket_gift[block - 2][column])
    paid = given - economics.fee_rate * saving
    once = _a_period(grid, offer)
    fixed = once * float(offer.fixed_cost)
    share = np.array([segment.customers for segment in grid.segments], dtype=float)
    split = share / share.sum() if block == 2 else np.ones(len(share))
    per_line, for_line = fixed * split, float(economics.basket_line_funding[block - 2][column]) * split
    messages = once * _message_cost(grid, offer, choice.coverage) if block == 3 else np.zeros(len(share))
    units, rising_units = all_and_rising(model.base_units, model.supplied)
    wide = np.ones_like(orders)
    under, added = orders * reach * take_up, under_line(rising * reach * lifts, take_up, np) * fresh
    parts = (
        units * reach,
        units * reach * effects.lift.mean(axis=0)[:, -1, :, number],
        rising_units * reach * lifts,
        reach * lifts * fresh * margin,
        (under + added) * paid,
        under * paid,
        (under + added) * given + per_line[:, None] * wide,
        under * given + per_line[:, None] * wide,
        (per_line - for_line + messages)[:, None] * wide,
        np.zeros_like(orders),  # orders are no units that a vendor pays for
        np.zeros_like(orders),
    )
    sold: Flag = np.asarray(for_sale(model, effects).any(axis=1))
    here = _here(grid, block, column)
    here = _selling(here, np.asarray(sold.any(axis=0)) if block == 2 else sold)
    one = np.ones(int(here.sum()))
    return LineParts(
        float(economics.basket_funded[block - 2][column]) * one,
        0.0 * one,
        one,
        *((part.sum(axis=0) if block == 2 else part)[here] for part in parts),
    )
