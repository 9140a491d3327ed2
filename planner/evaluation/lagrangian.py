"""The priced objective and the exact gain of every alternative, by one reverse pass (docs/search.md).

The response is multilinear in the slots' choices, so the priced objective is affine in the coefficients of any one
cell. One derivative by the chosen coefficients, multiplied by the coefficients of the alternatives, is therefore the
exact change that each alternative offer in each slot would bring, alone, to the plan. Everything here runs in float32:
gains propose, float64 evaluation decides.

Letters: S segments, K products, T periods, P and Q choices of the product layers, V and U of the basket layers,
M columns (product x period), D classes of (segment, period).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np

from planner.evaluation.alternatives import Slopes, alternatives, by_blocks, unit_weights
from planner.evaluation.columns import (
    Basket,
    Columns,
    along,
    at,
    build_basket,
    build_columns,
    build_setting,
)
from planner.evaluation.products import response_space
from planner.evaluation.stack import Stack, Weights, build_stack
from planner.runtime import start_jax
from scenarios.grid import Blocks
from scenarios.response.coefficients import Coefficients
from scenarios.response.entries import CellTables
from scenarios.response.functional import Functional
from scenarios.response.model import Chosen, Setting, all_and_rising, flows, pair_indices

Array = Any


class Gains(NamedTuple):
    """Change of the priced objective for each single change; 0 for the current choice."""

    public: Array
    """[M, P]"""
    targeted: Array
    """[M, S, Q]"""
    basket_public: Array
    """[T, V]"""
    basket_targeted: Array
    """[S, T, U]"""


class _Parts(NamedTuple):
    """Everything of the chosen pairs that the priced objective depends on; differentiated as a whole."""

    chosen: Chosen
    lift: Array
    base_weight: Array
    bump_weight: Array
    beyond: Array
    contacts: tuple[Array, Array]
    reaches: tuple[Array, Array]
    basket_charge: Array
    """[S, T] basket lift whose share is bought ahead, at least 0."""
    basket_base: Array
    """[S, T] weight per order."""
    basket_bump: Array
    """[S, T] weight per order and unit of basket fatigue."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Lagrangian:
    """Gains of the objective minus priced uses, for one model and its functionals; a pytree of float32 arrays."""

    columns: Columns
    stack: Stack
    setting: Setting
    basket: Basket

    def gains(self, blocks: Blocks[Array], coefficients: Array, per_unit: Array, columns: Array | None) -> Gains:
        """Exact gains of all single changes in some columns, and in all basket slots.

        Parameters
        ----------
        blocks
            The plan's four blocks of choices.
        coefficients : [1 + L]
            Weight of the objective and of every limit's use in the priced objective (prices enter negative).
        per_unit : [K, T]
            Price of one unit sold in each period; subtracted.
        columns : int32 [M]
            Column numbers ``product * T + period``; None for all in order, which saves gathering them.
        """
        jax, jnp, view, layers = start_jax(), start_jax().numpy, self.columns, self.columns.layers
        weights = self.stack.combine(coefficients)
        blocks = Blocks(*(block.astype(jnp.int32) for block in blocks))
        index = view.choices(blocks)
        entries = view.chosen_entries(layers, index, view.every)
        unit = unit_weights(view, self.stack, entries, weights, view.every, index, per_unit)
        slopes = jax.grad(self._priced)(self._parts(entries, unit, weights, blocks), weights, coefficients)

        rows, here, gathered = layers, index, columns
        if columns is None:
            columns = view.every
        else:
            rows, here = jax.tree.map(lambda table: at(table, columns), (layers, index))
        chosen = slopes.chosen
        at_columns = Slopes(
            base=slopes.base_weight,
            bump=slopes.bump_weight,
            theft=chosen.theft,
            spill=chosen.spill,
            reach=chosen.reach,
            lift=slopes.lift,
            beyond=slopes.beyond,
            dips=chosen.dips,
        )
        at_columns = jax.tree.map(lambda slope: view.gather(slope, gathered), at_columns)
        public, targeted = by_blocks(
            partial(alternatives, view, self.stack, weights, per_unit), (columns, rows, here, at_columns), view.shape
        )
        public, targeted = self._with_lines(public, targeted, weights, slopes, columns)
        public = public - along(public, here.public[:, 0])
        targeted = targeted - along(targeted, here.targeted)
        return Gains(public, targeted, *self._basket_gains(slopes, weights, blocks))

    def _with_lines(
        self, public: Array, targeted: Array, weights: Weights, slopes: _Parts, columns: Array
    ) -> tuple[Array, Array]:
        """Add what lines cost by themselves, the messages they send and the customers they reach."""
        jnp, stack = start_jax().numpy, self.stack
        s, k, t = self.columns.shape
        product, period = columns // t, columns % t
        of_class = at(stack.classes.T, (period,))
        lines = jnp.einsum("dkp,dt->ktp", weights.public_line, stack.class_share)
        public = public + at(lines, (product, period))
        targeted = targeted + at(weights.targeted_line, (of_class, product[:, None]))
        targeted = targeted + at(weights.targeted_issued, (of_class, product[:, None])) * (
            stack.customers[:, None] if stack.redeemers is None else stack.redeemers
        )
        reach = slopes.reaches[0] * stack.scopes.reach_periods[:, None, None]
        for slope, table in ((slopes.contacts[0], stack.scopes.contact), (reach, stack.scopes.reached)):
            rows = at(jnp.moveaxis(slope, 1, -1).reshape(-1, k * t, s), (slice(None), columns))
            for row, covered in zip(
                rows, at(table, (slice(None), product)), strict=True
            ):  # few: cheaper than many small products
                targeted = targeted + row[:, :, None] * covered[:, None, :]
        return public, targeted

    def _parts(self, entries: CellTables, unit: tuple[Array, Array], weights: Weights, blocks: Blocks[Array]) -> _Parts:
        """The chosen pairs' coefficients on the response's own axes."""
        spread = self.columns.spread
        _, basket = pair_indices(blocks, self.columns.widths, start_jax().numpy)
        base, bump = self._order_weights(weights)

        def chosen(table: Array) -> Array:
            return along(table, basket[..., None])[..., 0]

        return _Parts(
            chosen=Chosen(
                theft=spread(entries.theft),
                spill=spread(entries.spill),
                reach=spread(entries.reach),
                dips=tuple(spread(dip) for dip in entries.dips),
                basket_lift=chosen(self.basket.lift),
                basket_reach=chosen(self.basket.reach),
            ),
            lift=spread(entries.lift),
            base_weight=spread(unit[0]),
            bump_weight=spread(unit[1]),
            beyond=spread(entries.beyond),
            contacts=self.stack.contacts(blocks),
            reaches=self.stack.reaches(blocks),
            basket_charge=start_jax().numpy.maximum(chosen(self.basket.lift), 0.0),
            basket_base=chosen(base),
            basket_bump=chosen(bump),
        )

    def _order_weights(self, weights: Weights) -> tuple[Array, Array]:
        """[S, T, Y] weight of each basket pair per order, on base orders and on the bump."""
        jnp, basket, classes = start_jax().numpy, self.basket, self.stack.classes
        _, _, v, u = self.columns.widths

        def pairs(public: Array, targeted: Array) -> tuple[Array, Array]:
            shape = (public.shape[0], v, u)
            wide_public = jnp.broadcast_to(public[:, :, None], shape).reshape(-1, v * u)
            wide_targeted = jnp.broadcast_to(targeted[:, None, :], shape).reshape(-1, v * u)
            return at(wide_public, (classes,)), at(wide_targeted, (classes,))

        order = at(weights.order, (classes,))[..., None]
        public, targeted = pairs(weights.basket_public, weights.basket_targeted)
        public_base, targeted_base = pairs(weights.basket_public_base, weights.basket_targeted_base)
        base = order + basket.base_public * (public + public_base)
        base = base + basket.base_targeted * (targeted + targeted_base)
        bump = order * basket.lift + basket.bump_public * public + basket.bump_targeted * targeted
        return base, bump

    def _priced(self, parts: _Parts, weights: Weights, coefficients: Array) -> Array:
        """The priced objective without what lines cost by themselves, which is added to the gains directly."""
        jnp, stack, terms = start_jax().numpy, self.stack, self.columns.terms
        flow = flows(parts.chosen, self.setting, terms, response_space())
        total = (flow.base * parts.base_weight).sum() + (flow.bump * parts.bump_weight).sum()
        plain = flow.plain_base + flow.plain_bump * parts.lift
        orders, rising = all_and_rising(terms.orders_per_unit * plain, self.setting.supplied)
        total += (orders * parts.basket_base + rising * flow.basket_fatigue * parts.basket_bump).sum()
        charged = jnp.moveaxis(at(weights.charges, (stack.classes,)), 2, 1)
        margin = charged * terms.unit_margin[None, :, None]
        ahead = parts.basket_charge * flow.basket_fatigue
        _, bought = all_and_rising(charged * terms.ahead_margin * plain, self.setting.supplied)
        total += (ahead * bought).sum() + (margin * parts.beyond).sum()
        past = self.setting.past_fatigue[..., self.columns.shape[2] :]
        left = terms.strengths.charges_carry_over * (past - flow.tail_fatigue).sum(axis=-1)
        total += (charged[..., -1] * terms.carry_value * left).sum()
        heard = stack.scopes.hearers[..., None] * (1.0 - stack.silent(parts.contacts))
        total += (stack.messages(coefficients) * heard).sum()
        reach = jnp.einsum("l,lrs->rs", coefficients, stack.scopes.reach_weight)
        return total + (reach * stack.customers[None, :] * (1.0 - stack.missed(parts.reaches))).sum()

    def _basket_gains(self, slopes: _Parts, weights: Weights, blocks: Blocks[Array]) -> tuple[Array, Array]:
        jnp, basket, stack = start_jax().numpy, self.basket, self.stack
        base, bump = self._order_weights(weights)
        s, _, t = self.columns.shape
        _, _, v, u = self.columns.widths
        value = (
            slopes.chosen.basket_lift[..., None] * basket.lift
            + slopes.basket_charge[..., None] * jnp.maximum(basket.lift, 0.0)
            + slopes.chosen.basket_reach[..., None] * basket.reach
            + slopes.basket_base[..., None] * base
            + slopes.basket_bump[..., None] * bump
        ).reshape(s, t, v, u)
        choice_v, choice_u = jnp.broadcast_to(blocks.basket_public, (s, t)), blocks.basket_targeted
        public = along(value, choice_u[..., None, None])[..., 0].sum(axis=0)
        public = public + jnp.einsum("dv,dt->tv", weights.basket_public_line, stack.class_share)
        targeted = along(value, choice_v[..., None, None], axis=-2)[..., 0, :]
        targeted = targeted + at(weights.basket_targeted_line, (stack.classes,))
        redeeming = stack.customers[:, None] if stack.order_redeemers is None else stack.order_redeemers
        targeted = targeted + at(weights.basket_issued, (stack.classes,)) * redeeming[:, None, :]
        targeted = targeted + jnp.einsum("jst,ju->stu", slopes.contacts[1], stack.scopes.basket_contact)
        reach = slopes.reaches[1] * stack.scopes.reach_periods[:, None]
        targeted = targeted + jnp.einsum("rst,ru->stu", reach, stack.scopes.basket_reached)
        public = public - along(public, blocks.basket_public[:, None])
        return public, targeted - along(targeted, choice_u[..., None])


@cache
def _register() -> None:
    start_jax().tree_util.register_dataclass(Lagrangian, ["columns", "stack", "setting", "basket"], [])


def build_lagrangian(model: Coefficients, functionals: tuple[Functional, ...]) -> Lagrangian:
    """Make the Lagrangian of a model; the objective is the first functional, the scalar limits follow."""
    _register()
    dtype = np.float32
    return Lagrangian(
        columns=build_columns(model, dtype),
        stack=build_stack(model, functionals, dtype),
        setting=build_setting(model, dtype),
        basket=build_basket(model, dtype),
    )
