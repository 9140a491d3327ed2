"""What an offer needs to pay for itself: the lift at its terms, or the vendor's funding at its expected lift.

Each line is looked at alone: no fatigue, no second offer. What a bump takes from rivals and from later periods, and
what is sold along with it, are counted at their margins, with the response model's own shares and caps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from planner.reasons.line_parts import LineParts
from scenarios.grid import Choice, Grid
from scenarios.language.schema import Offer
from scenarios.language.words import Layer
from scenarios.response.cell_tables import rival_units, surroundings
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.entries import cell_entries
from scenarios.response.funding import funding_tables
from scenarios.response.model import all_and_rising, where_supplied
from scenarios.response.net_factors import kept_shares
from scenarios.response.pairs import Pair, under_line
from scenarios.response.reachable import EVERYBODY, by_channel

Float = NDArray[np.float64]

ROUNDS = 20
"""Corrections of a break-even lift for caps on what a bump takes from others; without caps the first is exact."""


@dataclass(frozen=True, kw_only=True)
class BreakEven:
    """One offer over all the places where it applies, at its largest coverage and quantity."""

    offer: int
    lift: float
    """Expected lift, weighted by baseline units; nan, as what is needed, where nothing is sold that it could lift."""
    table_lift: float
    """The same before caps per customer, and with baskets of products that are sold out: as the effects have it."""
    break_even_lift: float
    """Lift at which the bump's margin pays discount, gifts, messages and fixed cost; inf where no lift does."""
    funding: float
    """Share that a vendor pays now; where vendors pay different shares, the mean by what they pay on."""
    break_even_funding: float
    """Share at which the offer pays at its expected lift: below 0 it needs none, above 1 no funding is enough.

    The same of every vendor who pays; where nobody pays, on all products. What is paid by the unit stays as it is.
    """
    profit: float
    """Profit of an average line alone, in major units."""
    slots: int
    paying_slots: int
    """Slots in which the line alone earns more than it costs."""
    unit_funding: float = 0.0
    """What a vendor pays now for each unit sold, in major units; of different amounts the mean."""
    break_even_unit_funding: float = float("nan")
    """Amount for each unit at which the offer pays at its expected lift, beside the present share; nan where nothing is
    sold under it."""
    line_funding: float = 0.0
    """What a vendor pays now for each line, in major units; of different amounts the mean."""

    @property
    def pays(self) -> bool:
        """Whether the offer earns money in some slot by itself."""
        return self.paying_slots > 0


def break_even(model: Coefficients, effects: Effects) -> tuple[BreakEven, ...]:
    """Work out every offer's break-even lift and funding; offers that no slot may hold are left out."""
    found = []
    for number, offer in enumerate(model.grid.scenario.offers):
        line_of = partial(_basket_line if offer.is_basket else _line, model, effects, number)
        line = line_of(_lifts(model, effects, number))
        if len(line.base):
            needed = _needed_lift(model, effects, number, line, line_of)
            found.append(replace(_weigh(line, number, needed), line_funding=_line_funding(model.grid, number)))
    return tuple(found)


def _line_funding(grid: Grid, number: int) -> float:
    """What vendors pay for a line of an offer where it may run, the mean of those who pay."""
    offer = grid.scenario.offers[number]
    if offer.is_basket:
        return float(offer.terms_on(None).per_line)
    layer, column, _ = _place(grid, number)
    here = grid.allowed.public[..., column] if layer == 0 else grid.allowed.targeted[..., column]
    terms = [offer.terms_on(grid.products[place].vendor) for place in np.nonzero(here)[-2]]
    paid = np.array([float(each.per_line) for each in terms])
    return _mean(paid, np.array([float(each.payer is not None) for each in terms]))


def _lifts(model: Coefficients, effects: Effects, number: int) -> Float:
    """[S, K, T] expected lifts of an offer on products, [S, T] on baskets, after its cap per customer."""
    lift, kept = effects.lift.mean(axis=0)[..., number], model.kept[..., None, number]
    basket = model.grid.scenario.offers[number].is_basket
    return np.asarray(lift[:, -1] * kept[:, -1] if basket else lift[:, :-1] * kept[:, :-1])


def _mean_lift(line: LineParts) -> float:
    return float(line.bump.sum() / line.base.sum()) if line.base.sum() > 0 else np.nan


def _needed_lift(
    model: Coefficients, effects: Effects, number: int, line: LineParts, line_of: Callable[[Float], LineParts]
) -> float:
    """Mean lift at which the bump pays for the line: the expected lifts, all scaled alike; inf where none does.

    What is sold to base buyers stays, everything on the bump grows with the scale; only caps on theft and dips bend
    it, hence the corrections.
    """
    lifts, expected = _lifts(model, effects, number), _mean_lift(line)
    if np.isnan(expected):
        return np.nan
    if expected <= 0:
        lifts, expected = np.ones_like(lifts), 1.0
        line = line_of(lifts)
    scale, costs = 1.0, line.on_base()
    if costs <= 0:
        return 0.0
    for _ in range(ROUNDS):
        pays = line.on_bump()
        if pays <= 0:
            return np.inf
        before, scale = scale, scale * costs / pays
        line = line_of(lifts * scale)
        if abs(scale - before) <= 1e-12 * scale:
            break
    return expected * scale


def _weigh(line: LineParts, number: int, needed: float) -> BreakEven:
    of_costs, for_units = line.share * line.fundable, line.per_unit * line.kept
    profit = line.gain - line.paid + of_costs + for_units - line.cost
    missing = float((line.paid + line.cost - line.gain).sum())
    share = _enough(missing - float(for_units.sum()), float((line.fundable * line.payable).sum()))
    amount = _enough(missing - float(of_costs.sum()), float((line.kept * line.payable).sum()))
    lift = _mean_lift(line)
    return BreakEven(
        offer=number,
        lift=lift,
        table_lift=np.nan if np.isnan(lift) else float(line.told.sum() / line.base.sum()),
        break_even_lift=needed,
        funding=_mean(line.share, line.fundable * line.payable),
        break_even_funding=np.nan if np.isnan(lift) else share,
        profit=float(profit.mean()),
        slots=len(profit),
        paying_slots=int((profit > 0).sum()),
        unit_funding=_mean(line.per_unit, line.kept * line.payable),
        break_even_unit_funding=np.nan if np.isnan(lift) else amount,
    )


def _mean(terms: Float, weight: Float) -> float:
    """Mean of what vendors pay where they pay, to 1/10,000; of terms that are all the same these, to the last digit."""
    there = np.unique(terms[weight > 0]) if (weight > 0).any() else np.unique(terms)
    return float(there[0]) if len(there) == 1 else round(float((terms * weight).sum() / weight.sum()), 4)


def _enough(missing: float, paid_on: float) -> float:
    """How much of what is paid on brings in what is missing: nothing (-inf) or no funding (inf) where that is 0."""
    return missing / paid_on if paid_on > 0 else (-np.inf if missing <= 0 else np.inf)


def _place(grid: Grid, number: int) -> tuple[int, int, Choice]:
    """Block, column and choice of the level at which an offer serves most."""
    offer: Offer = grid.scenario.offers[number]
    block = (0 if offer.layer is Layer.PUBLIC else 1) + (2 if offer.is_basket else 0)
    options = [(c.served, column) for column, c in enumerate(grid.choices[block], start=1) if c.offer == number]
    _, column = max(options)
    return block, column, grid.choices[block][column - 1]


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

    Rivals, later periods and halo are valued at the margins that they have there.
    """
    margin, units = model.economics.unit_margin, model.base_units
    value = units * margin[:, None]
    around = surroundings(units, model.rivals, model.strengths, model.sold, 0)
    entries = cell_entries(_alone(lift), np.zeros_like(lift), around, model.strengths, np)
    bump = units * entries.lift
    gain = bump * margin[:, None] - entries.theft * rival_units(value, model.rivals)
    borrowed = entries.beyond
    for dip, later in zip(entries.dips, around.later_units, strict=True):
        borrowed = borrowed + dip * later
    along = entries.spill * units * (model.halo @ where_supplied(margin[:, None], model.supplied))
    return bump, gain - borrowed * margin[:, None] + along


def _line(model: Coefficients, effects: Effects, number: int, lifts: Float) -> LineParts:
    grid, economics = model.grid, model.economics
    offer = grid.scenario.offers[number]
    layer, column, choice = _place(grid, number)
    take_up = effects.take_up[:, :-1, :, number] * model.kept[:, :-1, None, number]
    saving = economics.saving[layer][:, column, 0] if layer == 0 else economics.saving[layer][:, 0, column]
    gift = economics.gift_cost[layer][:, column, 0] if layer == 0 else economics.gift_cost[layer][:, 0, column]
    given = saving * economics.net + gift
    paid = given - economics.fee_rate * saving
    served = (choice.served * _reach(grid, offer))[:, None, None]
    base, under = model.base_units * served, model.base_units * served * take_up
    bump, gain = _gain(model, lifts * served)
    added = under_line(bump, take_up, np)
    fixed = float(offer.fixed_cost)
    share = np.array([segment.customers for segment in grid.segments], dtype=float)
    split = share / share.sum() if layer == 0 else np.ones(len(share))
    per_line, for_line = fixed * split, economics.line_funding[layer][:, column] * split[:, None]
    messages = _message_cost(grid, offer, choice.coverage) if layer else np.zeros(len(share))
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
        ((per_line + messages)[:, None] - for_line)[..., None] * wide,
        (under + added) * not_returned,
        under * not_returned,
    )
    here = grid.allowed.public[..., column] if layer == 0 else grid.allowed.targeted[..., column]
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
    block, column, choice = _place(grid, number)
    reach = (choice.served * _reach(grid, offer))[:, None]
    take_up = effects.take_up[:, -1, :, number] * model.kept[:, -1, None, number]
    orders, rising = all_and_rising(model.orders_per_unit * model.base_units, model.supplied)
    kept = economics.unit_margin[:, None] - model.strengths.pull_forward * model.ahead_margin
    _, margin = all_and_rising(kept * model.base_units, model.supplied)
    saving = float(economics.basket_saving[block - 2][column])
    given = saving * economics.basket_net + float(economics.basket_gift[block - 2][column])
    paid = given - economics.fee_rate * saving
    fixed = float(offer.fixed_cost)
    share = np.array([segment.customers for segment in grid.segments], dtype=float)
    split = share / share.sum() if block == 2 else np.ones(len(share))
    per_line, for_line = fixed * split, float(economics.basket_line_funding[block - 2][column]) * split
    messages = _message_cost(grid, offer, choice.coverage) if block == 3 else np.zeros(len(share))
    units, rising_units = all_and_rising(model.base_units, model.supplied)
    wide = np.ones_like(orders)
    under, added = orders * reach * take_up, under_line(rising * reach * lifts, take_up, np)
    parts = (
        units * reach,
        units * reach * effects.lift.mean(axis=0)[:, -1, :, number],
        rising_units * reach * lifts,
        reach * lifts * margin,
        (under + added) * paid,
        under * paid,
        (under + added) * given + per_line[:, None] * wide,
        under * given + per_line[:, None] * wide,
        (per_line - for_line + messages)[:, None] * wide,
        np.zeros_like(orders),  # orders are no units that a vendor pays for
        np.zeros_like(orders),
    )
    here = grid.allowed.basket_public[..., column] if block == 2 else grid.allowed.basket_targeted[..., column]
    one = np.ones(int(here.sum()))
    return LineParts(
        float(economics.basket_funded[block - 2][column]) * one,
        0.0 * one,
        one,
        *((part.sum(axis=0) if block == 2 else part)[here] for part in parts),
    )
