"""Rules whose lines all stand on products that are looked at together: schedules keep them, and they need no prices.

Which rules these are is read off the rows and cells that are priced (`planner.bound.relaxed.rules`), so that a rule is
never left out by both. Windows and automata must stand on one product; counts of lines, and patterns, may stand on
several.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from constraints.rules.machines import Machine
from planner.bound.inputs import Prices
from planner.bound.relaxed.rules import Literals, RuleRows, RuleShape
from scenarios.arrays import Flag, Float, Int

MOST_BITS = 16
"""Columns of a pattern at most: every word of theirs is looked up."""


@dataclass(frozen=True, kw_only=True, eq=False)
class BlockRule:
    """One row, group or automaton that reads public lines of some products only."""

    products: frozenset[int]
    priced: tuple[str, slice] | None
    """The prices that it does without, as the name of their kind and their place; None where it has none."""
    product: Int
    """[E] of each literal."""
    period: Int
    """[E]"""
    place: Int
    """[E] 0 in a row, the period in a window or automaton, the column in a pattern."""
    choices: Flag
    """[E, width]"""
    machine: Machine | None = None
    least: float = -np.inf
    """Of a row's true literals."""
    most: float = np.inf
    caps: Float | None = None
    """[T] of a window's active periods, by the period in which it ends."""
    window: int = 0
    words: Flag | None = None
    """[2 ** L] accepted words of a pattern."""

    def keeps(self, product: int, choice: Int) -> Flag:
        """Whether schedules of its one product, choices [N, T], keep it."""
        if self.machine is not None:
            return self._accepted(choice)
        if self.caps is not None:
            active = np.zeros(choice.shape, dtype=np.int64)
            for period, here in zip(self.place, self._true(product, choice).T, strict=True):
                active[:, period] |= here
            total = np.concatenate([np.zeros((len(choice), 1), dtype=np.int64), active.cumsum(axis=1)], axis=1)
            ends = np.arange(1, choice.shape[1] + 1)
            return np.asarray((total[:, ends] - total[:, np.maximum(ends - self.window, 0)] <= self.caps).all(axis=1))
        return self.fits(self.counted(product, choice))

    def counted(self, product: int, choice: Int) -> Int:
        """[N] true literals of one product's schedules; of a pattern, its active columns as bits."""
        true = self._true(product, choice)
        if self.words is None:
            return np.asarray(true.sum(axis=1))
        bits = np.zeros(len(choice), dtype=np.int64)
        for column, here in zip(self.place[self.product == product], true.T, strict=True):
            bits |= here.astype(np.int64) << column
        return bits

    def added(self, first: Int, second: Int) -> Int:
        """What two products' schedules count together."""
        return first + second if self.words is None else first | second

    def fits(self, counted: Int) -> Flag:
        """Whether what all products count keeps the rule."""
        if self.words is not None:
            return self.words[counted]
        return np.asarray((counted >= self.least) & (counted <= self.most))

    def _true(self, product: int, choice: Int) -> Flag:
        here = self.product == product
        rows = np.flatnonzero(here)
        return np.asarray(self.choices[rows, choice[:, self.period[rows]]]).astype(bool)

    def _accepted(self, choice: Int) -> Flag:
        machine = self.machine
        assert machine is not None
        letters = np.zeros(choice.shape, dtype=np.int64)
        here = zip(machine.period, machine.place, machine.letter, machine.choices, strict=True)
        for period, place, letter, choices in here:
            letters[choices[choice[:, period]], place] = letter
        state = np.full(len(choice), machine.start)
        for letter in letters.T:
            state = np.where(state < 0, -1, machine.step[np.maximum(state, 0), letter])
        return np.asarray((state >= 0) & machine.accept[np.maximum(state, 0)])


def block_rules(
    rows: RuleRows, shape: RuleShape, machines: Sequence[Machine], priced: Sequence[Machine], places: tuple[int, int]
) -> list[BlockRule]:
    """Return every rule that reads public lines on products only.

    Parameters
    ----------
    rows, shape
        The priced rules.
    machines, priced
        All automata, and those of them that have prices, in the order of ``shape``.
    places
        Products and periods: K * T public slots come first.
    """
    found = _counts(rows, places)
    t, start = shape.periods, 0
    windows: list[tuple[slice, int]] = []
    for groups, length in shape.windows:
        windows += [(slice(at, at + t), length) for at in range(start, start + groups * t, t)]
        start += groups * t
    for at, length in windows:
        rule = _of(rows.words, at, at.start, places)
        if rule is not None and len(rule.products) == 1:
            caps = np.asarray(rows.window_cap[at])
            found.append(_with(rule, priced=("window", at), caps=caps, window=length))
    first = start
    for machine in machines:
        number = next((n for n, each in enumerate(priced) if each is machine), None)
        prices = None if number is None else slice(number * shape.letters * t, (number + 1) * shape.letters * t)
        literals = Literals(machine.period, machine.slot, machine.choices.astype(float))
        rule = _of(literals, slice(0, t), 0, places)
        if rule is not None and len(rule.products) == 1:
            found.append(_with(rule, priced=None if prices is None else ("word", prices), machine=machine))
    start = len(priced) * shape.letters * t
    for low, high in shape.patterns:
        groups, _, columns = low.shape
        for group in range(groups):
            at = slice(start + group * columns, start + (group + 1) * columns)
            rule = _of(rows.words, slice(first + at.start, first + at.stop), first + at.start, places)
            if rule is not None and columns <= MOST_BITS:
                found.append(_with(rule, priced=("word", at), words=_words(low[group], high[group])))
        start += groups * columns
    return found


def without_prices(prices: Prices, rules: Sequence[BlockRule]) -> Prices:
    """Set the prices of rules to nothing that schedules keep."""
    tables = {name: np.array(getattr(prices, name)) for name in ("count", "window", "word")}
    for rule in rules:
        if rule.priced is not None:
            name, at = rule.priced
            tables[name][at] = 0.0
    return prices._replace(**tables)


def _counts(rows: RuleRows, places: tuple[int, int]) -> list[BlockRule]:
    found = []
    for row, (sign, cap) in enumerate(zip(rows.count_sign, rows.count_cap, strict=True)):
        rule = _of(rows.counted, slice(row, row + 1), row, places)
        if rule is not None:
            side = {"most": float(cap)} if sign > 0 else {"least": float(cap)}
            found.append(_with(rule, priced=("count", slice(row, row + 1)), **side))
    return found


def _of(literals: Literals, cells: slice, first: int, places: tuple[int, int]) -> BlockRule | None:
    """The literals of some cells as a rule; None where one of them is no public line on a product."""
    here = np.flatnonzero((literals.cell >= cells.start) & (literals.cell < cells.stop))
    slots, (products, periods) = np.asarray(literals.slot)[here], places
    if not len(here) or (slots >= products * periods).any():
        return None
    return BlockRule(
        products=frozenset((slots // periods).tolist()),
        priced=None,
        product=slots // periods,
        period=slots % periods,
        place=np.asarray(literals.cell)[here] - first,
        choices=np.asarray(literals.choices)[here] > 0,
    )


def _with(rule: BlockRule, **changed: object) -> BlockRule:
    known = {name: getattr(rule, name) for name in ("products", "product", "period", "place", "choices")}
    return BlockRule(**{**known, **changed})


def _words(low: Flag, high: Flag) -> Flag:
    """[2 ** L] whether each word fits a pattern [M, L]; column l is bit l."""
    columns = low.shape[1]
    bits = np.asarray((np.arange(2**columns)[:, None] >> np.arange(columns)) & 1, dtype=bool)
    fits = np.asarray(((bits[:, None] | ~low) & (~bits[:, None] | high)).all(axis=-1))
    return np.asarray(fits.any(axis=1))
