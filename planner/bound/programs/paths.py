"""What the dynamic programs know of the past: where a series stands in its rules' automaton, and when it had lines.

What a rule asks of a word as a whole cannot be said by prices of single letters: half of "every day" and half of
"never" has the same days as half of "even days" and half of "odd days", and only the first keeps the price-law rule.
So small questions carry the automaton of each product's public lines through the programs of its segments, and such
rules need no prices. Where there is room for it, the programs also remember in which of the last periods a series had a
line that borrows from later ones: what a cell names as bought ahead is then capped by lines that were there. States and
series are laid out as one axis, all series of the first state first.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from constraints.rules.machines import Machine
from planner.bound.never import NEVER
from planner.bound.programs.validities import Outstanding
from planner.bound.tables import Columns
from scenarios.arrays import Flag, Float, Int
from scenarios.grid import Grid

Array = Any

MANY_STATES = 60
"""States of an automaton up to which it is carried through the programs ..."""
MANY_LINES = 300_000
"""... where periods, series, columns and states multiplied are no more than this."""
REMEMBERED_LINES = 150_000
"""The same with states of memory: as many of the last periods are remembered as leave it below."""


class Paths(NamedTuple):
    """A states of N = S * K series."""

    follow: Array
    """[T, C, A * N] place of the state and series to which a column leads."""
    refused: Array
    """[T, C, A * N]"""
    begin: Array
    """[N] place of the state in which each series begins."""
    end: Array
    """[A * N] 0 where a series may end, very low elsewhere."""


def carried(
    machines: list[Machine], out: Outstanding | None, columns: Columns, dips: Float, grid: Grid
) -> tuple[Paths | None, list[Machine]]:
    """What the programs carry, as paths (None where that is nothing), and the automata that are left to prices.

    Parameters
    ----------
    out
        What may be out in each series; None where nothing is sent once.
    dips
        [W, T, S, K, C] what columns borrow so many periods later.
    """
    s, k, t = grid.shape
    on_product: dict[int, Machine] = {}
    left = []
    for machine in machines:
        product = _public_product(machine, grid)
        if product is None or product in on_product or len(machine.step) > MANY_STATES:
            left.append(machine)
        else:
            on_product[product] = machine
    states = max((len(machine.step) for machine in on_product.values()), default=1)
    lines = s * columns.pair.size * t * (1 if out is None else len(out.step))
    if states * lines > MANY_LINES:
        return None if out is None else _laid_out(out.step, out.begin, np.zeros((len(out.step), k))), machines
    fitting = (m for m in range(len(dips), 0, -1) if states * 2**m * lines <= REMEMBERED_LINES)
    remembered = next(fitting, 0) if dips.any() else 0
    if not (on_product or remembered or out is not None):
        return None, machines
    step = np.zeros((states, t, 1, k, columns.pair.shape[1]), dtype=np.int64)
    closed = np.flatnonzero(~np.array(grid.scenario.horizon.opened(), dtype=bool))
    begin, end = np.zeros((1, k), dtype=np.int64), np.zeros((states, k))
    for product, machine in on_product.items():
        letter = np.zeros((t, grid.width), dtype=np.int64)
        for period, number, choices in zip(machine.period, machine.letter, machine.choices, strict=True):
            letter[period, choices] = number
        known = len(machine.step)
        step[:known, :, 0, product] = machine.step[:, letter[:, columns.public[product]]]
        step[:known, closed, 0, product] = np.arange(known)[:, None, None]  # a closed period is no letter of the word
        begin[0, product] = machine.start
        end[:known, product] = np.where(machine.accept, 0.0, NEVER)
    if out is not None:
        step, begin, end = _joined(step, begin, end, out)
    if remembered:
        step, begin, end = _remembering(remembered, dips.max(axis=(0, 1, 2)) > 0, step, begin, end)
    return _laid_out(step, np.broadcast_to(begin, (s, k)), end), left


def carried_orders(out: Outstanding | None) -> Paths | None:
    """What the programs of lines on baskets carry."""
    return None if out is None else _laid_out(out.step, out.begin, np.zeros((len(out.step), 1)))


def _laid_out(step: Int, begin: Int, end: Float) -> Paths:
    """Lay out steps [A, T, 1 or S, K, C] by place; ``begin`` is [S, K], ``end`` [A, K]."""
    states, t, _, _, c = step.shape
    shape = (states, t, *begin.shape, c)
    series = np.arange(begin.size).reshape(begin.shape)

    def lay_out(table: NDArray[Any]) -> NDArray[Any]:
        """[A, T, S, K, C] to [T, C, A * N]."""
        return np.ascontiguousarray(table.transpose(1, 4, 0, 2, 3)).reshape(t, c, -1)

    return Paths(
        follow=lay_out(np.maximum(step, 0) * series.size + series[..., None]),
        refused=lay_out(np.broadcast_to(step < 0, shape)),
        begin=(begin * series.size + series).ravel(),
        end=np.broadcast_to(end[:, None], (states, *begin.shape)).reshape(-1),
    )


def _joined(step: Int, begin: Int, end: Float, out: Outstanding) -> tuple[Int, Int, Float]:
    """States of rules together with what is out."""
    several = len(out.step)
    both = np.where((step[:, None] < 0) | (out.step < 0), -1, step[:, None] * several + out.step)
    return both.reshape(-1, *both.shape[2:]), begin * several + out.begin, np.repeat(end, several, axis=0)


def _remembering(count: int, borrows: Flag, step: Int, begin: Int, end: Float) -> tuple[Int, Int, Float]:
    """States that also say in which of the last ``count`` periods a column ran that ``borrows`` [K, C].

    ``step`` [A, T, S, K, C], ``begin`` [S, K] and ``end`` [A, K] as without memory.
    """
    memories = 2**count
    before = np.arange(memories).reshape(-1, 1, 1, 1, 1)
    memory = (2 * before + borrows) % memories
    following = np.where(step[:, None] < 0, -1, step[:, None] * memories + memory)
    return following.reshape(-1, *following.shape[2:]), begin * memories, np.repeat(end, memories, axis=0)


def most_dips_by_state(paths: Paths, dips: Float, allowed: Flag) -> Float:
    """[T, A * N] most that the dips of a cell can sum to in each state: lines that do not lead there borrow nothing.

    Parameters
    ----------
    dips
        [W, T, S, K, C] share of the sales so many periods later that a column borrows.
    allowed
        [T, S, K, C]
    """
    periods, columns, places = paths.follow.shape
    found = np.zeros((periods, places))

    def lay_out(table: NDArray[Any]) -> NDArray[Any]:
        """[S, K, C] to [C, A * N]."""
        series = np.moveaxis(table, -1, 0).reshape(columns, -1)
        return np.tile(series, (1, places // series.shape[1]))

    reached = np.full((periods, places), -np.inf)
    reached[0, paths.begin] = 0.0
    for end in range(periods):
        first = max(end - len(dips), 0)
        most = reached[first]
        for period in range(first, end):
            fits = lay_out(allowed[period]) & ~paths.refused[period]
            lent = np.where(fits, most + lay_out(dips[end - period - 1, period]), -np.inf)
            most = np.full(places, -np.inf)
            np.maximum.at(most, paths.follow[period], lent)
        reached[end] = np.where(np.isfinite(most), 0.0, -np.inf)
        found[end] = np.maximum(most, 0.0)
    return found


def _public_product(machine: Machine, grid: Grid) -> int | None:
    """The product whose public lines an automaton reads; None where it reads something else."""
    _, k, t = grid.shape
    if not machine.single:
        return None
    product, period = divmod(int(machine.slot[0]), t)
    return product if product < k and period == machine.period[0] else None
