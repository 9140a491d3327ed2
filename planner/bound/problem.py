"""One question as the bound sees it: its arrays, its compiled slopes, and its value in float64."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from constraints.limits.book import Limits
from constraints.rules.forms import CompiledRule
from planner.bound.at_prices.dual import dual
from planner.bound.at_prices.priced import block_tables, worth_of
from planner.bound.blocks.best_schedules import best_schedules, worth_by_product
from planner.bound.blocks.kept_rules import without_prices
from planner.bound.blocks.schedules import blocks_of
from planner.bound.inputs import BlockTables, Data, Inside, Prices
from planner.bound.layout import Layout, LayoutKey, key_of, layout
from planner.bound.programs.dips import named_dips
from planner.bound.programs.ladder import Ladder, ladder, rested_like
from planner.bound.programs.paths import carried, carried_orders
from planner.bound.programs.validities import carried_validities
from planner.bound.relaxed.limit_rows import limit_rows
from planner.bound.relaxed.messages import message_floors
from planner.bound.relaxed.rules import pair_bans, rule_automata, rule_rows
from planner.bound.relaxed.shared_messages import rivals_in_dear_messages, shared_messages
from planner.bound.relaxed.theft import loads_of, unrobbed
from planner.bound.relaxed.weights import redeemers_of, weights_of
from planner.bound.start import start_prices
from planner.bound.tables import Columns, allowed_blocks, basket_columns, cell_columns
from planner.runtime import on_device, start_jax
from scenarios.arrays import Flag, Float, Plan
from scenarios.grid import Grid
from scenarios.response.coefficients import Coefficients
from scenarios.response.totals import customers
from scenarios.rounding import UNIT_DIGITS
from surrogate.quick_compile import QUICK

Array = Any

GUARD = 1e-9
"""Share of the sum of absolute parts that is added for rounding."""


class BoundProblem:
    """Arrays of one question.

    Parameters
    ----------
    allowed
        [N, width] choices that a plan may hold.
    locked
        [N] lines that every plan holds; 0 leaves a slot free.
    states
        States of fatigue in the dynamic programs, roughly.
    cuts
        Where the load of a group of rivals is cut into intervals; see `planner.bound.relaxed.theft`.
    """

    def __init__(
        self,
        model: Coefficients,
        limits: Limits,
        allowed: Flag,
        locked: Plan | None,
        states: int,
        rules: tuple[CompiledRule, ...] = (),
        cuts: tuple[float, ...] = (),
    ) -> None:
        if locked is not None:
            allowed = np.where(locked[:, None] > 0, np.arange(allowed.shape[1]) == locked[:, None], allowed)
        grid = model.grid
        blocks = allowed_blocks(grid, allowed)
        columns, cells = cell_columns(model, blocks, pair_bans(rules))
        orders, baskets = basket_columns(model, blocks, cells)
        automata = rule_automata(rules, grid)
        out, orders_out, priced_rules = carried_validities(rules, columns, orders, grid)
        paths, priced = carried(automata, out, columns, cells.dips, grid)
        ruling, ruled = rule_rows(priced_rules, priced, grid)
        asked = limit_rows(model, limits)
        weights = weights_of(asked.functionals, columns, orders)
        self._strength, self._periods = model.strengths, grid.shape[2]
        self.empty, self.offset = asked.empty, asked.offset
        loads = loads_of(model, cells)
        sharing = rivals_in_dear_messages(weights, cells, loads.group, model)
        self.layout = layout(columns, orders, cells, baskets, model, ruled, cuts, sharing)
        self.dips = named_dips(columns, cells, paths)
        self.blocks = blocks_of(model, columns, cells, (ruling, ruled), automata, priced)
        self.stocked = np.isfinite(model.available.T)
        steps = self._ladder(columns, states)
        redeeming = redeemers_of(model, columns, orders)
        self.data = Data(
            cells=cells,
            loads=loads,
            baskets=baskets,
            weights=weights,
            shared=shared_messages(weights, cells, loads, self.layout.cuts) if self.layout.sent_by_load else None,
            message_floors=message_floors(rules, grid, allowed, columns, orders, weights),
            halo=model.halo,
            carry_value=model.carry_value * float(model.strengths.charges_carry_over),
            unit_margin=model.economics.unit_margin,
            ahead_margin=model.ahead_margin.T[:, None],
            people=customers(model),
            redeemers=redeeming[0],
            order_redeemers=redeeming[1],
            sign=asked.sign,
            rows=asked.rows,
            bound=asked.bound,
            available=np.where(self.stocked, model.available.T + _hidden_units(grid), 0.0),
            cell_steps=steps,
            dip_most=self.dips.most(steps),
            basket_steps=self._ladder(orders, states),
            rules=ruling,
            paths=paths,
            order_paths=carried_orders(orders_out),
            choice=cells.allowed,
            order_choice=baskets.allowed,
            programs=np.ones(grid.shape[1]) if self.blocks is None else self.blocks.programs,
        )
        self.naive_data = self.data._replace(
            cells=cells._replace(theft=np.broadcast_to(0.0, cells.theft.shape)),
            loads=unrobbed(self.data.loads),
            dip_most=self.dips.anyway(len(steps.shrink)),
            cell_steps=rested_like(steps),
            basket_steps=rested_like(self.data.basket_steps),
            programs=np.ones(grid.shape[1]),
        )
        self.start = start_prices(self.data, self.layout)

    def _ladder(self, columns: Columns, states: int) -> Ladder:
        strength = self._strength
        horizon = (self._periods, strength.tail_periods)
        return ladder(columns, strength.fatigue, strength.fatigue_decay, horizon, states)

    def finer(self, states: int) -> Data:
        """Tables with other states of fatigue; prices found with few states may be valued with many."""
        steps = self._ladder(self.layout.columns, states)
        return self.data._replace(
            cell_steps=steps,
            dip_most=self.dips.most(steps),
            basket_steps=self._ladder(self.layout.orders, states),
        )

    def naive_prices(self, prices: Prices) -> Prices:
        """Prices at which theft, dips and the basket factor cost nothing."""
        return prices._replace(
            theft=np.zeros_like(prices.theft), dip=np.zeros_like(prices.dip), basket=np.zeros_like(prices.basket)
        )

    def asked_prices(self, prices: Prices) -> Prices:
        """Prices at which what blocks of rivals keep and know by themselves costs nothing."""
        if self.blocks is None:
            return prices
        programs = self.blocks.programs
        return without_prices(prices, self.blocks.rules)._replace(dip=prices.dip * programs)

    def evaluate(
        self, prices: Prices, *, naive: bool, data: Data | None = None, inside: list[Inside] | None = None
    ) -> tuple[float, dict[str, float]]:
        """Bound at some prices in NumPy float64, rounded up, and its parts.

        ``data`` stands in for the question's own tables; tables behind the value are appended to ``inside``.
        """
        if naive:
            _, parts = dual(
                self.naive_prices(prices), self.naive_data if data is None else data, self.layout, np, inside
            )
        else:
            tables = self.data if data is None else data
            prices = self.asked_prices(prices)
            _, parts = dual(prices, tables, self.layout, np, inside)
            if self.blocks is not None:
                priced = block_tables(prices, tables, self.layout, np)
                fewer = None if tables.choice is self.data.choice else tables.choice
                taken = best_schedules(self.blocks, priced, fewer)
                parts["blocks"] = worth_of(taken, priced)
                if inside is not None:
                    inside[-1] = replace(inside[-1], blocks=worth_by_product(taken, priced))
        named = {name: float(part) for name, part in parts.items()}
        named["empty plan"] = -float(self.empty[0])
        named["rounding"] = GUARD * (1.0 + sum(abs(part) for part in named.values()))
        return sum(named.values()), named

    def slope(self, *, naive: bool, capped: bool = True) -> Callable[[Prices], tuple[float, Prices]]:
        """Value and slopes in float32; all kinds, and questions of one layout, share one compiled function.

        Without ``capped`` cells may name what lines of any state of the programs can have lent, which only raises the
        value.
        """
        jax, single = start_jax(), np.float32
        question = LayoutKey(key=key_of(self.layout), layout=self.layout)
        compiled = compiled_slopes(question)

        def narrow(table: Array) -> Array:
            return on_device(table, single if np.asarray(table).dtype.kind == "f" else None)

        data = self.naive_data if naive else self.data
        if self.dips.capped and not capped and not naive:
            data = data._replace(dip_most=self.dips.most(data.cell_steps, capped=False))
        arrays = jax.tree.map(narrow, data)

        blocks = None if naive else self.blocks
        of_blocks = None if blocks is None else compiled_blocks(question)
        nothing = None if blocks is None else jax.tree.map(narrow, nothing_taken(data, self.layout))

        def at(prices: Prices) -> tuple[float, Prices]:
            here = self.naive_prices(prices) if naive else self.asked_prices(prices)
            here = Prices(*(each.astype(single) for each in here))
            value, slopes = compiled(here, arrays)
            if blocks is not None and of_blocks is not None and nothing is not None:
                (_, priced), _ = of_blocks(here, arrays, nothing)
                taken = best_schedules(blocks, BlockTables(*(np.asarray(each) for each in priced)))
                (more, _), others = of_blocks(here, arrays, jax.tree.map(narrow, taken))
                value = float(value) + float(more)
                slopes = Prices(
                    *(np.asarray(a, float) + np.asarray(b, float) for a, b in zip(slopes, others, strict=True))
                )
            return float(value) - float(self.empty[0]), Prices(*(np.asarray(each, float) for each in slopes))

        return at

    def keep(self, prices: Prices) -> Prices:
        """Put prices back where they are allowed."""
        return prices._replace(
            limit=np.maximum(prices.limit, 0.0),
            stock=np.where(self.stocked, np.maximum(prices.stock, 0.0), 0.0),
            message_floor=np.maximum(prices.message_floor, 0.0),
            reached=np.clip(prices.reached, 0.0, 1.0),
            count=np.maximum(prices.count, 0.0),
            window=np.maximum(prices.window, 0.0),
        )

    def start_from(self, limit_prices: Float, stock_prices: Float | None = None) -> Prices:
        """Prices to start from: given prices [L] of all limits, and of stock [K, T]."""
        stock = self.start.stock if stock_prices is None else np.asarray(stock_prices, float).T
        return self.keep(self.start._replace(limit=np.asarray(limit_prices, float), stock=stock))


def nothing_taken(data: Data, shape: Layout) -> BlockTables:
    """Shapes of what schedules take."""
    t, s, k, c = data.cells.lift.shape
    ends = 2 if shape.ordered else 1
    shapes = BlockTables((ends, t, s, k, c), (ends, t, s, k, c), (t, s, k, c), (s, k), (ends, t, s, k))
    return BlockTables(*(np.zeros(each) for each in shapes))


def _hidden_units(grid: Grid) -> Float:
    """[T, 1] units that the ledger's sums of rounded amounts may hide of what is sold up to each period."""
    segments, _, periods = grid.shape
    return np.asarray(0.5 * 10.0**-UNIT_DIGITS * segments * np.arange(1, periods + 1)[:, None])


@lru_cache(maxsize=8)
def compiled_slopes(question: LayoutKey) -> Callable[[Prices, Data], tuple[Array, Prices]]:
    """Value and slopes for a layout: whoever plans one question again and again traces and compiles them once."""
    jax = start_jax()
    return jax.jit(  # type: ignore[no-any-return]
        jax.value_and_grad(lambda prices, data: dual(prices, data, question.layout, jax.numpy)[0]),
        compiler_options=QUICK,
    )


@lru_cache(maxsize=8)
def compiled_blocks(question: LayoutKey) -> Callable[[Prices, Data, BlockTables], Any]:
    """What blocks of rivals take at some prices is worth, the tables, and slopes, for a layout."""
    jax = start_jax()

    def taken_worth(prices: Prices, data: Data, taken: BlockTables) -> tuple[Array, BlockTables]:
        tables = block_tables(prices, data, question.layout, jax.numpy)
        return worth_of(taken, tables), tables

    return jax.jit(jax.value_and_grad(taken_worth, has_aux=True), compiler_options=QUICK)  # type: ignore[no-any-return]
