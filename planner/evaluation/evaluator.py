"""One evaluator for the whole search: exact values in float64, exact gains of all single changes in float32.

What is compiled depends on shapes alone, never on numbers: scenarios of one shape share it, in one process and, by the
compilation cache, from run to run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from constraints.limits.book import Limits
from constraints.remembered import Last
from planner.evaluation.alternatives import in_blocks
from planner.evaluation.columns import Basket, Columns, along, build_basket, build_columns, build_setting
from planner.evaluation.lagrangian import Gains, Lagrangian, build_lagrangian
from planner.evaluation.lines import MANY_CELLS, SPREAD, Lists, lengths, lists, looked_up, sales, spread
from planner.evaluation.messages import build_messages
from planner.evaluation.products import response_space
from planner.evaluation.stack import Stack, build_stack
from planner.evaluation.summed import values_by_lines, values_of_cells
from planner.evaluation.written_once import stored
from planner.runtime import start_jax
from scenarios.arrays import Float, Plan
from scenarios.grid import Blocks
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional
from scenarios.response.measures import objective_functional
from scenarios.response.model import Chosen, Setting, flows, pair_indices
from scenarios.response.totals import LineShares, Shares, sold
from surrogate.quick_compile import ONCE, QUICK

Array = Any

MANY_SLOTS = 2_000
"""Gains of more slots than this take so long that faster code pays, and code of its own for some of the columns."""
KEPT, KEPT_OF_MANY = 16, 4
"""Answers that are remembered, the second on many slots, where they take room: steps come back to the plan they left,
and what one stage ends with the next begins with. Of tiny questions every second call asks for a late answer again."""
BATCH = 16
"""Plans that one call of compiled code values at most: a call by itself costs as much as a small plan or two."""


class Value(NamedTuple):
    """True values of some plans."""

    objective: Float
    """[P] change against the empty plan."""
    uses: Float
    """[P, L] uses of the scalar limits, in their own units."""
    stock: Float
    """[P, K, T] units sold, cumulative."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Excess:
    """By how much a plan breaks the limits."""

    scalar: Float
    """[L] relative excess over each bound, 0 where kept."""
    stock: Float
    """[K, T] units above what is available."""

    @property
    def kept(self) -> bool:
        """Whether every limit holds."""
        return not (self.scalar.any() or self.stock.any())


class Evaluator:
    """Values and gains of plans under one model and its limits.

    Parameters
    ----------
    model
        Coefficients of the expected account.
    limits
        Scalar limit rows; stock is read off them too.
    objective
        What plans are worth; the scenario's objective by default.
    """

    def __init__(self, model: Coefficients, limits: Limits, objective: Functional | None = None) -> None:
        self.model, self.limits, self.grid = model, limits, model.grid
        functionals = (objective_functional(model) if objective is None else objective, *limits.atoms)
        self._mixture = None if limits.atoms == limits.functionals else limits.mixture
        self.messages = build_messages(model, functionals)
        """What whole messages are worth; None where nothing counts messages."""
        self._lagrangian = build_lagrangian(model, functionals)
        self._view = build_columns(model, np.float64)
        self._stack = build_stack(model, functionals, np.float64)
        self._basket = build_basket(model, np.float64)
        self._setting = build_setting(model, np.float64)
        self.columns = np.arange(model.grid.shape[1] * model.grid.shape[2], dtype=np.int32)
        self._many_cells = len(model.grid.segments) * len(self.columns) > MANY_CELLS
        self._many_slots = model.grid.slots > MANY_SLOTS
        self._in_blocks = in_blocks(model.grid.shape)
        kept = KEPT_OF_MANY if self._many_slots else KEPT
        self._last_values: Last[tuple[Float, Float]] = Last(kept)
        self._last_gains: Last[Gains] = Last(kept)
        self._empty = self._raw(model.grid.empty()[None])[0][0, 0]

    def value(self, plans: Plan) -> Value:
        """True values of plans [P, N] in float64."""
        values, stock = self._raw(plans)
        uses = values[:, 1 : 1 + len(self.limits.atoms)]
        return Value(values[:, 0] - self._empty, uses if self._mixture is None else uses @ self._mixture.T, stock)

    def excess(self, uses: Float, stock: Float, bound: Float, available: Float) -> Excess:
        """Excess of one plan's uses [L] over ``bound`` [L] and of its cumulative units [K, T] over ``available``."""
        over = self.limits.sign * (uses - bound)
        tolerance = 1e-9 * (self.limits.scale + np.abs(uses))
        units = stock - available
        return Excess(
            scalar=np.where(over > tolerance, over / self.limits.scale, 0.0),
            stock=np.where(units > 1e-6 + 1e-9 * stock, units, 0.0),
        )

    def gains(
        self,
        plan: Plan,
        objective_weight: float,
        prices: Float,
        stock_prices: Float,
        columns: NDArray[np.int32] | None = None,
    ) -> Gains:
        """Exact change of ``objective_weight * objective - prices . sign * use - stock prices . units`` per change.

        Parameters
        ----------
        plan : int8 [N]
        prices : [L]
        stock_prices : [K, T]
            Per unit sold in or before each period.
        columns : int32 [M], optional
            Columns ``product * T + period`` that are wanted; all without it.
        """
        coefficients = np.zeros(self._stack.covered.shape[1])
        weighed = self.weighed(objective_weight, prices)
        coefficients[: len(weighed)] = weighed
        per_unit = np.flip(np.cumsum(np.flip(stock_prices, axis=1), axis=1), axis=1)
        wanted = columns if self._many_slots else None
        asked = coefficients.astype(np.float32), per_unit.astype(np.float32)
        name = b"".join(part.tobytes() for part in (plan, *asked, *(() if wanted is None else (wanted,))))
        found = self._last_gains.of(name, lambda: self._gains(plan, *asked, wanted))
        if columns is None or self._many_slots:
            return found
        return found._replace(public=found.public[columns], targeted=found.targeted[columns])

    def weighed(self, objective_weight: float, prices: Float) -> Float:
        """[1 + L] weights of the objective and of what limits are made of, in the priced objective."""
        paid = -prices * self.limits.sign
        paid = paid if self._mixture is None else paid @ self._mixture
        return np.concatenate([[objective_weight], paid])

    def _gains(self, plan: Plan, coefficients: Array, per_unit: Array, columns: NDArray[np.int32] | None) -> Gains:
        # Where all columns are weighed block by block, code that is compiled quickly is the faster one, too.
        quick = self._in_blocks and columns is None if self._many_slots else True
        gains = compiled().quick_gains if quick else compiled().gains
        result = gains(self._lagrangian, self._blocks(plan), coefficients, per_unit, columns)
        return Gains(*(np.asarray(part) for part in result))

    def _blocks(self, plan: Plan) -> Blocks[Plan]:
        return Blocks(*(np.ascontiguousarray(block) for block in self.grid.split(plan)))

    def _raw(self, plans: Plan) -> tuple[Float, Float]:
        """Values [P, 1 + L] and cumulative units [P, K, T]."""
        if 0 < len(plans) <= BATCH and not self._many_cells:
            few = self._some(plans, 0)
            return few[0].copy(), few[1].copy()
        values = np.empty((len(plans), self._stack.covered.shape[1]))
        units = np.empty((len(plans), *self.grid.shape[1:]))
        # Lists are as long as a plan needs: what is beside it in a call never changes a bit of its values.
        needed = lengths(self.grid.split(plans)) if self._many_cells else np.zeros(len(plans), dtype=np.int64)
        for length in sorted(set(needed.tolist())):
            alike = np.flatnonzero(needed == length)
            for start in range(0, len(alike), BATCH):
                some = alike[start : start + BATCH]
                values[some], units[some] = self._some(plans[some], length)
        return values, units

    def _some(self, plans: Plan, length: int) -> tuple[Float, Float]:
        """The same of at most `BATCH` plans, whose lines fit into lists of a length; 0 where none are made."""
        return self._last_values.of(plans.tobytes(), lambda: self._valued(plans, length))

    def _valued(self, plans: Plan, length: int) -> tuple[Float, Float]:
        filled = np.zeros((BATCH, plans.shape[1]), dtype=plans.dtype)
        filled[: len(plans)] = plans
        places = lists(self.grid.split(plans), length, BATCH) if length else None
        shared = (self._view, self._stack, self._basket, self._setting)
        values, units = compiled().values(*shared, self._blocks(filled), places, len(plans))
        return np.asarray(values)[: len(plans)], np.asarray(units)[: len(plans)]


@cache
def compiled() -> SimpleNamespace:
    """Return the functions of arrays that evaluators call, one set for all: questions of one shape compile them once.

    ``gains`` and ``quick_gains`` are those of single changes, the second compiled in less time and no slower where all
    columns are weighed; ``values`` are those of batches of plans.
    """
    jax = start_jax()
    return SimpleNamespace(
        gains=jax.jit(gains_of),
        quick_gains=jax.jit(gains_of, compiler_options=QUICK),
        values=jax.jit(_values, compiler_options=ONCE),
    )


def gains_of(lagrangian: Lagrangian, *rest: Any) -> Gains:
    """Return what single changes gain, as `Lagrangian.gains` does, by a function of arrays alone."""
    found: Gains = lagrangian.gains(*rest)
    return found


def _values(
    view: Columns,
    stack: Stack,
    basket: Basket,
    where: Setting,
    blocks: Blocks[Array],
    places: Lists | None,
    count: Array,
) -> tuple[Array, Array]:
    """Values [B, 1 + L] of all functionals and cumulative units [B, K, T] of the first ``count`` of `BATCH` plans.

    One plan after the other: what a plan needs stays in cache, one compilation serves any count, and no bit of a
    plan's values hangs on what else is in the batch.
    """
    jax = start_jax()

    def one(number: Array) -> tuple[Array, Array]:
        return _value(view, stack, basket, where, *jax.tree.map(lambda each: each[number], (blocks, places)))

    def step(number: Array, found: tuple[Array, Array]) -> tuple[Array, Array]:
        values, units = (table.at[number].set(row) for table, row in zip(found, one(number), strict=True))
        return values, units

    # To ask `one` for the shapes would trace it twice: that takes as long as all of the rest here.
    shapes = stack.covered.shape[1:2], view.shape[1:]
    nothing = [jax.numpy.zeros((BATCH, *shape), where.base_units.dtype) for shape in shapes]
    found: tuple[Array, Array] = jax.lax.fori_loop(0, count, step, tuple(nothing))
    return found


def _value(
    view: Columns, stack: Stack, basket: Basket, where: Setting, blocks: Blocks[Array], places: Lists | None
) -> tuple[Array, Array]:
    """Values [1 + L] of all functionals and cumulative units [K, T] of one plan, from its lists where there are any."""
    jnp = start_jax().numpy
    blocks = Blocks(*(block.astype(jnp.int32) for block in blocks))
    if places is None:
        entries = view.chosen_entries(view.layers, view.choices(blocks), view.every)
        cells: dict[str, Any] = {name: view.spread(getattr(entries, name)) for name in (*SPREAD, *LineShares._fields)}
        cells["dips"] = tuple(view.spread(dip) for dip in entries.dips)
    else:
        held = looked_up(view, blocks, places)
        cells = spread(view, *held) | dict.fromkeys(LineShares._fields, jnp.zeros((1, 1, 1)))
    cells = stored(cells)
    _, pair = pair_indices(blocks, view.widths, jnp)
    orders = {name: along(table, pair[..., None])[..., 0] for name, table in basket._asdict().items()}
    chosen = Chosen(
        **{name: cells[name] for name in ("theft", "spill", "reach", "dips")},
        basket_lift=orders["lift"],
        basket_reach=orders["reach"],
    )
    shares = Shares(
        lift=cells["lift"],
        lines=LineShares(*(cells[name] for name in LineShares._fields)),
        beyond=cells["beyond"],
        **{f"basket_{name}": field for name, field in orders.items() if name != "reach"},
    )
    flow = stored(flows(chosen, where, view.terms, response_space()))
    what = sold(view.terms, shares, flow, where, blocks, jnp, by_line=places is None)
    values = (
        values_of_cells(stack, what, blocks)
        if places is None
        else values_by_lines(stack, what, blocks, *(sales(each, flow) for each in held))
    )
    return values, jnp.cumsum(what.units.sum(axis=0), axis=-1)
