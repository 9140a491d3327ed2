"""What an offer needs to pay for itself: the lift at its terms, or the vendor's share at its expected lift.

Each line is looked at alone: no fatigue, no second offer. What a bump takes from rivals and from later periods is
counted at their margins, as the response model does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.grid import Choice, Grid
from scenarios.language.schema import Offer
from scenarios.language.words import Layer
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects

Float = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class BreakEven:
    """One offer over all the places where it applies, at its largest coverage and quantity."""

    offer: int
    lift: float
    """Expected lift, weighted by baseline units."""
    break_even_lift: float
    """Lift at which the bump's margin pays discount, gifts, messages and fixed cost; inf where no lift does."""
    funding: float
    """Share that the vendor pays now."""
    break_even_funding: float
    """Share at which the offer pays at its expected lift: below 0 it needs none, above 1 no funding is enough."""
    profit: float
    """Profit of an average line alone, in major units."""
    slots: int
    paying_slots: int
    """Slots in which the line alone earns more than it costs."""

    @property
    def pays(self) -> bool:
        """Whether the offer earns money in some slot by itself."""
        return self.paying_slots > 0


class _Line(NamedTuple):
    """Parts of the profit of lines, one entry a slot of the offer: ``bump * gain - fixed parts``."""

    base: Float
    """Baseline units that the lift multiplies."""
    bump: Float
    """Expected extra units (or extra baskets' units)."""
    gain: Float
    """Profit that these extra units bring before the line's own costs."""
    paid: Float
    """Discount and gift net of spared fees on everything sold under the line, before funding."""
    paid_on_base: Float
    fundable: Float
    """Discount, gift and fixed cost, of which the vendor pays a share."""
    fundable_on_base: Float
    cost: Float
    """Messages and fixed cost."""
    per_lift: Float
    """Profit of one unit of lift before funding: `gain - paid` on the bump, at a lift of 1."""
    fundable_per_lift: Float


def break_even(model: Coefficients, effects: Effects) -> tuple[BreakEven, ...]:
    """Work out every offer's break-even lift and funding; offers that no slot may hold are left out."""
    found = []
    for number, offer in enumerate(model.grid.scenario.offers):
        line = _basket_line(model, effects, number) if offer.mechanic.is_basket else _line(model, effects, number)
        if len(line.base):
            found.append(_weigh(line, number, 0.0 if offer.funding is None else offer.funding.share))
    return tuple(found)


def _weigh(line: _Line, number: int, funding: float) -> BreakEven:
    base, bump, gain = line.base.sum(), line.bump.sum(), line.gain.sum()
    profit = line.gain - line.paid + funding * line.fundable - line.cost
    # With the lift scaled by x, what is sold to base buyers stays and everything on the bump grows with x.
    on_base = line.paid_on_base.sum() - funding * line.fundable_on_base.sum() + line.cost.sum()
    lift = float(bump / base) if base > 0 else 0.0
    if lift > 0:
        on_bump = gain - (line.paid - line.paid_on_base).sum()
        on_bump += funding * (line.fundable - line.fundable_on_base).sum()
        needed = lift * float(on_base / on_bump) if on_bump > 0 else np.inf
    else:
        on_bump = line.per_lift.sum() + funding * line.fundable_per_lift.sum()
        needed = float(on_base / on_bump) if on_bump > 0 else np.inf
    fundable = line.fundable.sum()
    missing = float((line.paid + line.cost - line.gain).sum())
    share = missing / float(fundable) if fundable > 0 else (-np.inf if missing <= 0 else np.inf)
    return BreakEven(
        offer=number,
        lift=lift,
        break_even_lift=max(needed, 0.0),
        funding=funding,
        break_even_funding=share,
        profit=float(profit.mean()),
        slots=len(profit),
        paying_slots=int((profit > 0).sum()),
    )


def _place(grid: Grid, number: int) -> tuple[int, int, Choice]:
    """Block, column and choice of the level at which an offer serves most."""
    offer: Offer = grid.scenario.offers[number]
    block = (0 if offer.layer is Layer.PUBLIC else 1) + (2 if offer.mechanic.is_basket else 0)
    options = [(c.served, column) for column, c in enumerate(grid.choices[block], start=1) if c.offer == number]
    _, column = max(options)
    return block, column, grid.choices[block][column - 1]


def _message_cost(grid: Grid, offer: Offer, coverage: float) -> Float:
    """[S] cost of the messages of one line."""
    price = next((float(c.cost_per_contact) for c in grid.scenario.channels if c.id == offer.channel), 0.0)
    return np.array([segment.customers * coverage * price for segment in grid.segments])


def _bump_margin(model: Coefficients) -> Float:
    """[K] profit of one bump unit at the regular price, after what it takes from rivals and from later periods."""
    margin, strength = model.economics.unit_margin, model.strengths
    weight = model.base_units.sum(axis=(0, 2))
    padded_margin, padded_weight = np.append(margin, 0.0), np.append(weight, 0.0)
    lost = np.zeros_like(margin)
    if model.rivals.shape[1]:
        total = padded_weight[model.rivals].sum(axis=1)
        value = (padded_margin * padded_weight)[model.rivals].sum(axis=1)
        lost = np.divide(value, total, out=np.zeros_like(value), where=total > 0)
    return np.asarray(margin * (1 - strength.pull_forward) - strength.cannibalisation * lost)


def _line(model: Coefficients, effects: Effects, number: int) -> _Line:
    grid, economics = model.grid, model.economics
    offer = grid.scenario.offers[number]
    layer, column, choice = _place(grid, number)
    kept = model.kept[:, :-1, None, number]
    lift = effects.lift.mean(axis=0)[:, :-1, :, number] * kept
    take_up = effects.take_up[:, :-1, :, number] * kept
    reach = choice.served
    saving = economics.saving[layer][:, column, 0] if layer == 0 else economics.saving[layer][:, 0, column]
    gift = economics.gift_cost[layer][:, column, 0] if layer == 0 else economics.gift_cost[layer][:, 0, column]
    given = saving * economics.net + gift
    paid = given - economics.fee_rate * saving
    base, bump = model.base_units * reach, model.base_units * reach * lift
    under = model.base_units * reach * take_up
    # A lift below zero takes nothing from rivals or later periods.
    margin = np.where(lift > 0, _bump_margin(model)[:, None], economics.unit_margin[:, None])
    fixed = float(offer.fixed_cost)
    share = np.array([segment.customers for segment in grid.segments], dtype=float)
    per_line = fixed * (share / share.sum()) if layer == 0 else np.full(len(share), fixed)
    messages = _message_cost(grid, offer, choice.coverage) if layer else np.zeros(len(share))
    wide = np.ones_like(base)
    parts = (
        base,
        bump,
        bump * margin,
        (under + bump) * paid[:, None],
        under * paid[:, None],
        (under + bump) * given[:, None] + per_line[:, None, None] * wide,
        under * given[:, None] + per_line[:, None, None] * wide,
        (per_line + messages)[:, None, None] * wide,
        base * (_bump_margin(model) - paid)[:, None],
        base * given[:, None],
    )
    if layer == 0:
        here = grid.allowed.public[..., column]
        return _Line(*(part.sum(axis=0)[here] for part in parts))
    return _Line(*(part[grid.allowed.targeted[..., column]] for part in parts))


def _basket_line(model: Coefficients, effects: Effects, number: int) -> _Line:
    grid, economics = model.grid, model.economics
    offer = grid.scenario.offers[number]
    block, column, choice = _place(grid, number)
    reach, kept = choice.served, model.kept[:, -1, None, number]
    lift = effects.lift.mean(axis=0)[:, -1, :, number] * kept
    take_up = effects.take_up[:, -1, :, number] * kept
    orders = (model.orders_per_unit * model.base_units).sum(axis=1)
    margin = (economics.unit_margin[:, None] * model.base_units).sum(axis=1) * (1 - model.strengths.pull_forward)
    saving = float(economics.basket_saving[block - 2][column])
    given, paid = saving * economics.net, saving * (economics.net - economics.fee_rate)
    fixed = float(offer.fixed_cost)
    share = np.array([segment.customers for segment in grid.segments], dtype=float)
    per_line = fixed * (share / share.sum()) if block == 2 else np.full(len(share), fixed)
    messages = _message_cost(grid, offer, choice.coverage) if block == 3 else np.zeros(len(share))
    units = model.base_units.sum(axis=1)
    wide = np.ones_like(orders)
    under, bump = orders * reach * take_up, orders * reach * lift
    parts = (
        units * reach,
        units * reach * lift,
        reach * lift * margin,
        (under + bump) * paid,
        under * paid,
        (under + bump) * given + per_line[:, None] * wide,
        under * given + per_line[:, None] * wide,
        (per_line + messages)[:, None] * wide,
        reach * (margin - orders * paid),
        reach * orders * given,
    )
    if block == 2:
        here = grid.allowed.basket_public[..., column]
        return _Line(*(part.sum(axis=0)[here] for part in parts))
    return _Line(*(part[grid.allowed.basket_targeted[..., column]] for part in parts))
