"""Contributions: what the objective loses without each line of a plan. Exact, in one pass over all lines.

Lines gain and lose by one another, so contributions do not add up to the objective; the rest is the interaction.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.cells import Account
from scenarios.coefficients import Coefficients
from scenarios.grid import Blocks
from scenarios.measures import Functional, objective_functional
from scenarios.response import Chosen, choose, pair_indices, setting
from scenarios.rounding import scaled, to_decimal
from scenarios.slopes import Slopes, Worth, leave_one_out, slopes
from scenarios.totals import Shares, customers, look_up

Float = NDArray[np.float64]


def contribution_amounts(model: Coefficients, book: Account, objective: Decimal) -> tuple[tuple[Decimal, ...], Decimal]:
    """Return the rounded contribution of each line of an account, and the interaction that is left of the objective."""
    amounts = scaled(contributions(model, book.plan), book.digits)
    rounded = tuple(to_decimal(amount, book.digits) for amount in amounts)
    return rounded, objective - sum(rounded, start=Decimal(0))


def contributions(model: Coefficients, plan: NDArray[np.int8]) -> Float:
    """Objective of a flat plan [N] less its objective without each line, in the plan's order of lines."""
    grid, functional = model.grid, objective_functional(model)
    blocks = grid.split(plan)
    here = _Pairs(model, functional, blocks)
    found = slopes(model, here.chosen, here.shares, here.worth, functional.charges, setting(model))
    dropped = np.zeros(grid.slots)
    parts = grid.split(dropped)  # type: ignore[arg-type]
    k = np.arange(len(grid.products))[:, None]
    people = customers(model)
    silent_q, silent_u = _messages(functional, blocks, people)
    missed_q, missed_u = _reached(functional, blocks, people)
    nothing = blocks._replace(public=np.zeros_like(blocks.public))
    without = _cells(found, here, _Pairs(model, functional, nothing))
    parts.public[...] = without.sum(axis=0) - functional.public_line[k, blocks.public]
    nothing = blocks._replace(targeted=np.zeros_like(blocks.targeted))
    without = _cells(found, here, _Pairs(model, functional, nothing))
    parts.targeted[...] = without - functional.targeted_line[k, blocks.targeted] - silent_q - missed_q
    nothing = blocks._replace(basket_public=np.zeros_like(blocks.basket_public))
    without = _baskets(found, here, _Pairs(model, functional, nothing))
    parts.basket_public[...] = without.sum(axis=0) - functional.basket_public_line[blocks.basket_public]
    nothing = blocks._replace(basket_targeted=np.zeros_like(blocks.basket_targeted))
    without = _baskets(found, here, _Pairs(model, functional, nothing))
    paid = functional.basket_targeted_line[blocks.basket_targeted]
    parts.basket_targeted[...] = without - paid - silent_u - missed_u
    return np.asarray(-dropped[np.flatnonzero(plan)])


class _Pairs:
    """Coefficients and worth of the pairs that some blocks of choices form."""

    def __init__(self, model: Coefficients, functional: Functional, blocks: Blocks[Any]) -> None:
        cell, basket = pair_indices(blocks, model.grid.widths, np)
        self.chosen: Chosen = choose(model, cell, basket, np)
        self.shares: Shares = look_up(model, cell, basket, np)
        self.worth = _worth(functional, self.shares, blocks)


def _worth(functional: Functional, shares: Shares, blocks: Blocks[Any]) -> Worth:
    """Add up what a functional pays for base units, bumps and orders of the chosen pairs."""
    w = functional
    k = np.arange(len(w.cell))[:, None]
    public, targeted = blocks.public[None], blocks.targeted
    under_p, under_q, both = w.public[k, public], w.targeted[k, public, targeted], w.both[k, public, targeted]
    everybody, chosen = blocks.basket_public[None], blocks.basket_targeted
    order_p, order_q = w.basket_public[everybody], w.basket_targeted[chosen]
    return Worth(
        base=w.cell[:, None]
        + shares.base_public * (under_p + w.public_base[k, public])
        + shares.base_targeted * (under_q + w.targeted_base[k, public, targeted])
        + shares.base_both * both,
        bump=w.cell[:, None] * shares.lift
        + shares.bump_public * under_p
        + shares.bump_targeted * under_q
        + shares.bump_both * both,
        order_base=w.order
        + shares.basket_base_public * (order_p + np.asarray(w.basket_public_base)[everybody])
        + shares.basket_base_targeted * (order_q + np.asarray(w.basket_targeted_base)[chosen]),
        order_bump=w.order * shares.basket_lift
        + shares.basket_bump_public * order_p
        + shares.basket_bump_targeted * order_q,
    )


def _cells(found: Slopes, now: _Pairs, other: _Pairs) -> Float:
    """Change of the objective where one cell's pair changes, [S, K, T]."""
    change = (
        found.theft * (other.chosen.theft - now.chosen.theft)
        + found.spill * (other.chosen.spill - now.chosen.spill)
        + found.reach * (other.chosen.reach - now.chosen.reach)
        + found.lift * (other.shares.lift - now.shares.lift)
        + found.beyond * (other.shares.beyond - now.shares.beyond)
        + found.base_worth * (other.worth.base - now.worth.base)
        + found.bump_worth * (other.worth.bump - now.worth.bump)
    )
    for slope, one, two in zip(found.dips, other.chosen.dips, now.chosen.dips, strict=True):
        change = change + slope * (one - two)
    return np.asarray(change)


def _baskets(found: Slopes, now: _Pairs, other: _Pairs) -> Float:
    """Change of the objective where one segment's basket pair changes in one period, [S, T]."""
    return np.asarray(
        found.basket_lift * (other.chosen.basket_lift - now.chosen.basket_lift)
        + found.basket_reach * (other.chosen.basket_reach - now.chosen.basket_reach)
        + found.order_base * (other.worth.order_base - now.worth.order_base)
        + found.order_bump * (other.worth.order_bump - now.worth.order_bump)
    )


def _messages(functional: Functional, blocks: Blocks[Any], people: Float) -> tuple[Float, Float]:
    """Worth of the messages that each targeted line alone causes, [S, K, T] and [S, T]."""
    k = np.arange(blocks.targeted.shape[1])[:, None]
    silent = 1.0 - functional.contact_targeted[:, k, blocks.targeted]
    silent_u = 1.0 - functional.contact_basket[:, blocks.basket_targeted]
    others = leave_one_out(np.concatenate([silent, silent_u[:, :, None]], axis=2), axis=2)
    weight = functional.message[:, None, None] * people[:, None]
    return (
        np.asarray((weight[:, :, None] * others[:, :, :-1] * (1.0 - silent)).sum(axis=0)),
        np.asarray((weight * others[:, :, -1] * (1.0 - silent_u)).sum(axis=0)),
    )


def _reached(functional: Functional, blocks: Blocks[Any], people: Float) -> tuple[Float, Float]:
    """Worth of the customers that each targeted line alone reaches, [S, K, T] and [S, T]."""
    s, k, t = blocks.targeted.shape
    hit = functional.reached_targeted[np.arange(k)[:, None], blocks.targeted]
    hit_u = functional.reached_basket[blocks.basket_targeted]
    factors = 1.0 - np.concatenate([hit.reshape(s, k * t), hit_u], axis=1)
    alone = functional.reached * people[:, None] * leave_one_out(factors, axis=1) * (1.0 - factors)
    return alone[:, : k * t].reshape(s, k, t), alone[:, k * t :]
