"""Totals: the exact value of a measure at a plan, over NumPy or JAX. What the planner searches with; not the ledger.

`sold` turns flows into what every line sells, `value` weighs it by a `Functional`. Both are sums and products of what
the chosen pairs look like (`Shares`, `response.Chosen`), so they differentiate like the response itself. The ledger
sums the integer cells of the account instead (`scenarios.answer.outcome`); tests hold the two equal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol

import numpy as np

from scenarios.arrays import Float
from scenarios.grid import Blocks
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional, Mixed
from scenarios.response.issued import redeemers
from scenarios.response.model import (
    Flows,
    ResponseTerms,
    Setting,
    all_and_rising,
    basket_rise,
    choose,
    flows,
    pair_indices,
    pick,
    setting,
)
from scenarios.response.told import messages, reached

Array = Any


class SalesTerms(ResponseTerms, Protocol):
    """What `sold` needs of a model; `Coefficients` is one."""

    @property
    def orders_per_unit(self) -> Array: ...  # noqa: D102

    @property
    def unit_margin(self) -> Array: ...  # noqa: D102

    @property
    def ahead_margin(self) -> Array: ...  # noqa: D102

    @property
    def carry_value(self) -> Array: ...  # noqa: D102


class LineShares(NamedTuple):
    """What the lines of a product's chosen pair get of its flows."""

    base_public: Array
    base_targeted: Array
    base_both: Array
    bump_public: Array
    bump_targeted: Array
    bump_both: Array


class Shares(NamedTuple):
    """What a chosen pair gets of its flows: [..., S, K, T] for cells, [..., S, T] for baskets."""

    lift: Array
    lines: LineShares
    """[..., S, K, T]; with `Places`, [..., M] of these alone."""
    beyond: Array
    """Units charged beyond the horizon."""
    basket_lift: Array
    basket_base_public: Array
    basket_base_targeted: Array
    basket_bump_public: Array
    basket_bump_targeted: Array


class Places(Protocol):
    """Cells that hold a line: few of all, so that what only they have need not be computed everywhere."""

    def here(self, values: Array) -> Array:
        """Take these cells, [..., M] of [..., S, K, T]."""

    def everywhere(self, values: Array, count: int) -> Array:
        """Put [..., M] back among all cells, 0 elsewhere, for ``count`` plans or draws."""


class Sold(NamedTuple):
    """What is sold in every cell, [..., S, K, T], and ordered in every segment and period, [..., S, T]."""

    units: Array
    public: Array
    """Units under the public line."""
    targeted: Array
    both: Array
    """Units under both lines at once; they count in `public` and in `targeted`."""
    public_base: Array
    """Base units under the public line."""
    targeted_base: Array
    charges: Array
    """Money charged beyond the horizon: units borrowed, fatigue left over (last period), baskets bought ahead."""
    orders: Array
    basket_public: Array
    """Orders under the public basket line."""
    basket_targeted: Array
    basket_public_base: Array
    basket_targeted_base: Array
    choices: Blocks[Array]
    """The plan's four blocks of choices, which pick the weights."""


def look_up(model: Coefficients, cell: Array, basket: Array, xp: Any) -> Shares:
    """Shares of chosen pairs; ``cell`` and ``basket`` as `response.pair_indices` gives them."""
    tables, orders = model.cells, model.basket
    return Shares(
        lift=pick(tables.lift, cell, xp),
        lines=LineShares(*(pick(getattr(tables, name), cell, xp) for name in LineShares._fields)),
        beyond=pick(tables.beyond, cell, xp),
        basket_lift=pick(orders.lift, basket, xp),
        basket_base_public=pick(orders.base_public, basket, xp),
        basket_base_targeted=pick(orders.base_targeted, basket, xp),
        basket_bump_public=pick(orders.bump_public, basket, xp),
        basket_bump_targeted=pick(orders.bump_targeted, basket, xp),
    )


def sold(
    model: SalesTerms,
    shares: Shares,
    flow: Flows,
    where: Setting,
    choices: Blocks[Array],
    xp: Any,
    places: Places | None = None,
    *,
    by_line: bool = True,
) -> Sold:
    """Share flows out to lines, and add up what is charged beyond the horizon.

    Parameters
    ----------
    places
        The cells that hold a line, where ``shares.lines`` is known of them alone.
    by_line
        Whether what lines sell is wanted; it is 0 otherwise.
    """
    plain = flow.plain_base + flow.plain_bump * shares.lift
    orders, rising = all_and_rising(model.orders_per_unit * plain, where.supplied)
    tired = flow.basket_fatigue
    return Sold(
        units=flow.base + flow.bump * shares.lift,
        **(_under_lines(shares.lines, flow, places) if by_line else dict.fromkeys(_UNDER, np.zeros((1, 1, 1)))),
        charges=sum(charges(model, shares, flow, where, plain, xp)),
        orders=orders + rising * shares.basket_lift * tired,
        basket_public=orders * shares.basket_base_public + rising * shares.basket_bump_public * tired,
        basket_targeted=orders * shares.basket_base_targeted + rising * shares.basket_bump_targeted * tired,
        basket_public_base=orders * shares.basket_base_public,
        basket_targeted_base=orders * shares.basket_base_targeted,
        choices=choices,
    )


_UNDER = ("public", "targeted", "both", "public_base", "targeted_base")


def _under_lines(shares: LineShares, flow: Flows, places: Places | None) -> dict[str, Array]:
    """Units that lines sell, by field of `Sold`."""
    if places is None:
        return under_lines(shares, flow.base, flow.bump)
    under = under_lines(shares, places.here(flow.base), places.here(flow.bump))
    return {name: places.everywhere(units, len(flow.base)) for name, units in under.items()}


def under_lines(shares: LineShares, base: Array, bump: Array) -> dict[str, Array]:
    """Units that lines sell, by field of `Sold`, wherever shares and flows are given."""
    public, targeted = base * shares.base_public, base * shares.base_targeted
    return {
        "public": public + bump * shares.bump_public,
        "targeted": targeted + bump * shares.bump_targeted,
        "both": base * shares.base_both + bump * shares.bump_both,
        "public_base": public,
        "targeted_base": targeted,
    }


def charges(
    model: SalesTerms, shares: Shares, flow: Flows, where: Setting, plain: Array, xp: Any
) -> tuple[Array, Array, Array]:
    """Money charged beyond the horizon, [..., S, K, T] each: borrowed units, left-over fatigue, baskets bought ahead.

    ``plain`` is units without the basket factor. Left-over fatigue of a series is charged in its last period. A basket
    lift below 0 borrows nothing, as a lift of products does.
    """
    margin = model.unit_margin[:, None]
    borrowed = margin * shares.beyond
    rise = basket_rise(xp.maximum(shares.basket_lift, 0.0) * flow.basket_fatigue, where.supplied, xp)
    ahead = rise * model.ahead_margin * plain
    if xp is np and not model.strengths.charges_carry_over:
        return borrowed, np.zeros_like(borrowed[..., :1, :1]), ahead
    periods = plain.shape[-1]
    past = where.past_fatigue[..., periods:]
    tired = model.carry_value * (past - flow.tail_fatigue).sum(axis=-1) * model.strengths.charges_carry_over
    last = np.zeros(periods)
    last[-1] = 1.0
    return borrowed, tired[..., None] * last, ahead


def customers(model: Coefficients) -> Float:
    """[S] customers of each segment."""
    return np.array([segment.customers for segment in model.grid.segments], dtype=float)


def _arrays(functional: Any, xp: Any) -> SimpleNamespace:
    """Make the weights arrays of ``xp``, so that traced choices may index them."""
    return SimpleNamespace(**{each.name: xp.asarray(getattr(functional, each.name)) for each in fields(Functional)})


def value(functional: Functional | Mixed, model: Coefficients, what: Sold, xp: Any) -> Array:
    """Weigh what is sold, sent and reached: [...], one number a plan."""
    if isinstance(functional, Mixed):
        return sum(weight * value(part, model, what, xp) for weight, part in functional.parts)
    weights, blocks, people = _arrays(functional, xp), what.choices, customers(model)
    total = by_period(functional, model, what, xp).sum(axis=-1)
    return total + reached(weights, people, blocks.targeted, blocks.basket_targeted)


def by_period(functional: Functional, model: Coefficients, what: Sold, xp: Any) -> Array:
    """The same period by period, [..., T]; customers reached, whom several periods may share, are left out."""
    weights, blocks = _arrays(functional, xp), what.choices
    people = customers(model)
    k = np.arange(len(model.grid.products))[:, None]
    public, targeted = xp.expand_dims(blocks.public, -3), blocks.targeted
    share, every = people / people.sum(), np.arange(len(people))[:, None, None]
    who_can = [xp.asarray(redeemers(model.grid, block)) for block in (1, 3)]
    cells = _weighed(
        (
            (weights.cell, lambda w: what.units * w[:, None]),
            (weights.public, lambda w: what.public * w[k, public]),
            (weights.targeted, lambda w: what.targeted * w[k, public, targeted]),
            (weights.both, lambda w: what.both * w[k, public, targeted]),
            (weights.public_base, lambda w: what.public_base * w[k, public]),
            (weights.targeted_base, lambda w: what.targeted_base * w[k, public, targeted]),
            (weights.charges, lambda w: what.charges * w[:, None]),
            (weights.public_line, lambda w: w[k, public] * share[:, None, None]),
            (weights.targeted_line, lambda w: w[k, targeted]),
            (weights.targeted_issued, lambda w: w[k, targeted] * who_can[0][every, targeted]),
        ),
        what.units,
        xp,
    ).sum(axis=-2)
    everybody, chosen = xp.expand_dims(blocks.basket_public, -2), blocks.basket_targeted
    orders = _weighed(
        (
            (weights.order, lambda w: what.orders * w),
            (weights.basket_public, lambda w: what.basket_public * w[everybody]),
            (weights.basket_targeted, lambda w: what.basket_targeted * w[chosen]),
            (weights.basket_public_base, lambda w: what.basket_public_base * w[everybody]),
            (weights.basket_targeted_base, lambda w: what.basket_targeted_base * w[chosen]),
            (weights.basket_public_line, lambda w: w[everybody] * share[:, None]),
            (weights.basket_targeted_line, lambda w: w[chosen]),
            (weights.basket_issued, lambda w: w[chosen] * who_can[1][every[..., 0], chosen]),
        ),
        what.orders,
        xp,
    )
    sent = messages(weights, people, targeted, chosen)
    return ((cells + orders + sent) * weights.segments[:, None] * weights.periods).sum(axis=-2)


def _weighed(terms: Sequence[tuple[Array, Callable[[Array], Array]]], like: Array, xp: Any) -> Array:
    """Add up terms, each made from its weights; NumPy leaves out those that weigh nothing."""
    total = None
    for weight, term in terms:
        if xp is np and not weight.any():
            continue
        total = term(weight) if total is None else total + term(weight)
    if xp is not np:
        return total
    return np.broadcast_to(0.0 if total is None else total, like.shape)


def sold_by(model: Coefficients, plan: Array, xp: Any) -> Sold:
    """Sell one flat plan [N] under the constants of the expected account; ``vmap`` it for several."""
    here = setting(model)
    blocks = model.grid.split(plan)
    cell, basket = pair_indices(blocks, model.grid.widths, xp)
    flow = flows(choose(model, cell, basket, xp), here, model, xp)
    return sold(model, look_up(model, cell, basket, xp), flow, here, blocks, xp)


def evaluate(functional: Functional | Mixed, model: Coefficients, plan: Array, xp: Any) -> Array:
    """Exact value of a functional at one flat plan [N], in float64 where ``xp`` has it."""
    return value(functional, model, sold_by(model, plan, xp), xp)
