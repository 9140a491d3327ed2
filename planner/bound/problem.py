"""One question as the bound sees it: its arrays, its compiled slopes, and its value in float64."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constraints.limits.book import Limits
from constraints.rules.forms import CompiledRule
from planner.bound.dips import most_dips, tiredness_per_dip
from planner.bound.dual import dual
from planner.bound.inputs import Data, Inside, LayoutKey, Prices, key_of, layout
from planner.bound.ladder import Ladder, follow, ladder, rested_like
from planner.bound.messages import message_floors
from planner.bound.paths import carried, most_dips_by_state
from planner.bound.rules import pair_bans, rule_automata, rule_rows
from planner.bound.tables import Cells, Columns, allowed_blocks, basket_columns, cell_columns
from planner.bound.theft import loads_of, unrobbed
from planner.bound.weights import redeemers_of, weights_of
from planner.runtime import on_device, start_jax
from scenarios.answer.rounding import UNIT_DIGITS
from scenarios.response.coefficients import Coefficients
from scenarios.response.measures import objective_functional
from scenarios.response.totals import customers, evaluate
from surrogate.quick_compile import QUICK

Array = Any
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
Plan = NDArray[np.int8]

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
        Where the load of a group of rivals is cut into intervals; see `planner.bound.theft`.
    """

    def __init__(
        self,
        model: Coefficients,
        limits: Limits,
        allowed: Bool,
        locked: Plan | None,
        states: int,
        rules: tuple[CompiledRule, ...] = (),
        cuts: tuple[float, ...] = (),
    ) -> None:
        if locked is not None:
            allowed = np.where(locked[:, None] > 0, np.arange(allowed.shape[1]) == locked[:, None], allowed)
        blocks = allowed_blocks(model.grid, allowed)
        columns, cells = cell_columns(model, blocks, pair_bans(rules))
        orders, baskets = basket_columns(model, blocks, cells)
        self._paths, priced = carried(rule_automata(rules, model.grid), columns, cells.dips, model.grid)
        found = None if self._paths is None else most_dips_by_state(self._paths, cells.dips, cells.allowed)
        self._largest_dips = (
            cells.dip_sum[:, None] if found is None else found.reshape(len(found), -1, *cells.units.shape[1:])
        )
        ruling, ruled = rule_rows(rules, priced, model.grid)
        self.priced = np.ones(len(limits.functionals), dtype=bool)
        mixture = limits.mixture[self.priced]
        used = np.flatnonzero(mixture.any(axis=0))
        functionals = (objective_functional(model), *(limits.atoms[atom] for atom in used))
        weights = weights_of(functionals, columns, orders)
        empty = np.array([float(evaluate(each, model, model.grid.empty(), np)) for each in functionals])
        self.empty = np.concatenate([empty[:1], mixture[:, used] @ empty[1:]])
        # What a ratio counts from, such as ROI from the profit without promotions, says nothing about its size.
        self.offset = np.where(np.isnan(limits.rate[self.priced]), 0.0, limits.bound[self.priced])
        available = model.available.T
        self.stocked = np.isfinite(available)
        # The ledger keeps to limits with sums of rounded amounts, which may hide some of a true use.
        hidden = limits.sign * limits.rounding
        booked = 0.5 * 10.0**-UNIT_DIGITS * model.grid.shape[0] * np.arange(1, model.grid.shape[2] + 1)[:, None]
        self.layout = layout(columns, orders, cells, model, ruled, cuts)
        self._strength, self._periods = model.strengths, model.grid.shape[2]
        redeeming = redeemers_of(model, columns, orders)
        self.data = Data(
            cells=cells,
            loads=loads_of(model, cells),
            baskets=baskets,
            weights=weights,
            message_floors=message_floors(rules, model.grid, allowed, columns, orders, weights),
            halo=model.halo,
            carry_value=model.carry_value * float(model.strengths.charges_carry_over),
            unit_margin=model.economics.unit_margin,
            ahead_margin=model.ahead_margin.T[:, None],
            people=customers(model),
            redeemers=redeeming[0],
            order_redeemers=redeeming[1],
            sign=limits.sign[self.priced],
            rows=limits.sign[self.priced, None] * mixture[:, used],
            bound=(limits.bound + hidden)[self.priced],
            available=np.where(self.stocked, available + booked, 0.0),
            cell_steps=(steps := self._ladder(columns, states)),
            dip_most=self._most_dips(cells, steps),
            basket_steps=self._ladder(orders, states),
            rules=ruling,
            paths=self._paths,
            choice=cells.allowed,
            order_choice=baskets.allowed,
        )
        self.naive_data = self.data._replace(
            cells=cells._replace(theft=np.broadcast_to(0.0, cells.theft.shape)),
            loads=unrobbed(self.data.loads),
            dip_most=np.broadcast_to(self._largest_dips.reshape(len(cells.units), 1, -1), self.data.dip_most.shape),
            cell_steps=rested_like(steps),
            basket_steps=rested_like(self.data.basket_steps),
        )
        t, s, k, _ = cells.lift.shape
        intervals = len(self.layout.cuts) + 1
        self.start = Prices(
            limit=np.zeros(int(self.priced.sum())),
            stock=np.zeros((t, k)),
            theft=np.ones((intervals, t, s, k)),
            load=np.zeros((intervals, t, s, k)),
            dip=np.ones((t, s, k)),
            basket=np.ones((t, s, k)),
            public=np.zeros((t, s, k, int(self.layout.public.max()) + 1)),
            basket_public=np.zeros((t, s, int(self.layout.basket_public.max()) + 1)),
            message=np.zeros((weights.message.shape[1], t, s, k + 1)),
            message_floor=np.zeros(len(self.data.message_floors.least)),
            reached=np.ones(weights.reached.shape),
            count=np.zeros(len(ruling.count_cap)),
            window=np.zeros(len(ruling.window_cap)),
            word=np.zeros(ruled.cells - len(ruling.window_cap)),
            literal=np.zeros(len(ruling.words.cell)),
        )

    def _ladder(self, columns: Columns, states: int) -> Ladder:
        strength = self._strength
        horizon = (self._periods, strength.tail_periods)
        return ladder(columns, strength.fatigue, strength.fatigue_decay, horizon, states)

    def _most_dips(self, cells: Cells, steps: Ladder, *, capped: bool = True) -> Float:
        largest = self._largest_dips if capped else np.broadcast_to(cells.dip_sum[:, None], self._largest_dips.shape)
        table = most_dips(self.layout.columns, cells, steps, largest)
        return np.ascontiguousarray(np.moveaxis(table, -1, 1)).reshape(self._periods, len(steps.shrink), -1)

    def finer(self, states: int) -> Data:
        """Tables with other states of fatigue; prices found with few states may be valued with many."""
        steps = self._ladder(self.layout.columns, states)
        return self.data._replace(
            cell_steps=steps,
            dip_most=self._most_dips(self.data.cells, steps),
            basket_steps=self._ladder(self.layout.orders, states),
        )

    def naive_prices(self, prices: Prices) -> Prices:
        """Prices at which theft, dips and the basket factor cost nothing."""
        return prices._replace(
            theft=np.zeros_like(prices.theft), dip=np.zeros_like(prices.dip), basket=np.zeros_like(prices.basket)
        )

    def most_dips_of(self, held: Bool) -> Float:
        """[T, S, K] most dips that the programs may name where a plan holds the columns ``held`` [T, S, K, C]."""
        steps, columns = self.data.cell_steps, self.layout.columns
        tired = np.zeros(held.shape[1:3])
        found = np.zeros(held.shape[:3])
        rates = tiredness_per_dip(columns, self.data.cells, steps)
        place = np.arange(tired.size) if self._paths is None else self._paths.begin
        for period, here in enumerate(held):
            rate, most = rates[period], self._largest_dips[period].reshape(-1)[place].reshape(tired.shape)
            if self._paths is not None:
                place = self._paths.follow[period, here.reshape(tired.size, -1).argmax(axis=1), place]
            known = np.isfinite(rate)
            found[period] = np.where(known, np.minimum(np.where(known, rate, 0.0) * tired, most), most)
            line = sum(here[..., i:j].any(axis=-1) * steps.tire[x] for x, (i, j) in enumerate(columns.slices))
            tired = follow(tired, steps.caps) + line
        return found

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
            _, parts = dual(prices, self.data if data is None else data, self.layout, np, inside)
        named = {name: float(part) for name, part in parts.items()}
        named["empty plan"] = -float(self.empty[0])
        named["rounding"] = GUARD * (1.0 + sum(abs(part) for part in named.values()))
        return sum(named.values()), named

    @property
    def caps_dips(self) -> bool:
        """Whether the programs know which lines can have lent a cell what it names."""
        return self._paths is not None and self.layout.dipped

    def slope(self, *, naive: bool, capped: bool = True) -> Callable[[Prices], tuple[float, Prices]]:
        """Value and slopes in float32; all kinds, and questions of one layout, share one compiled function.

        Without ``capped`` cells may name what lines of any state of the programs can have lent, which only raises the
        value.
        """
        jax, single = start_jax(), np.float32
        compiled = _compiled(LayoutKey(key=key_of(self.layout), layout=self.layout))

        def narrow(table: Array) -> Array:
            return on_device(table, single if np.asarray(table).dtype.kind == "f" else None)

        data = self.naive_data if naive else self.data
        if self.caps_dips and not capped and not naive:
            data = data._replace(dip_most=self._most_dips(data.cells, data.cell_steps, capped=False))
        arrays = jax.tree.map(narrow, data)

        def at(prices: Prices) -> tuple[float, Prices]:
            here = self.naive_prices(prices) if naive else prices
            value, slopes = compiled(Prices(*(each.astype(single) for each in here)), arrays)
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
        return self.keep(self.start._replace(limit=np.asarray(limit_prices, float)[self.priced], stock=stock))


@lru_cache(maxsize=8)
def _compiled(question: LayoutKey) -> Callable[[Prices, Data], tuple[Array, Prices]]:
    """Value and slopes for a layout: whoever plans one question again and again traces and compiles them once."""
    jax = start_jax()
    return jax.jit(  # type: ignore[no-any-return]
        jax.value_and_grad(lambda prices, data: dual(prices, data, question.layout, jax.numpy)[0]),
        compiler_options=QUICK,
    )
