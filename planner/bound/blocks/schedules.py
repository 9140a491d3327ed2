"""Rivals whose plans are few: every joint schedule of such a block of products is looked at, all segments together.

The programs relax what products of a group do to each other, what earlier lines borrow, and that all segments see the
same public lines. On few periods nothing of that is needed: where only public offers may stand on a group of rivals,
its schedules can be counted, and each is worth exactly what the response says at the bound's prices (but for halo and
basket factors, which stay as optimistic as elsewhere). Rules whose lines all stand on one block are kept by leaving out
schedules that break them, and need no prices (`planner.bound.blocks.kept_rules`). What schedules are worth is in
`planner.bound.blocks.best_schedules`.

Letters as in `planner.bound.tables`; N schedules of a product, X = T * S cells of one product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product as every
from math import prod

import numpy as np

from constraints.rules.machines import Machine
from planner.bound.blocks.kept_rules import BlockRule, block_rules
from planner.bound.relaxed.rules import RuleRows, RuleShape
from planner.bound.tables import Cells, Columns
from scenarios.arrays import Flag, Float, Int
from scenarios.response.coefficients import Coefficients
from scenarios.response.model import fatigue

RAW = 100_000
"""Schedules of one product, before rules are asked, at most."""
CELLS = 600_000
"""Schedules of all products of all blocks, times their cells, at most: each takes a look at every step."""
JOINT = 40_000_000
"""Joint schedules of all blocks of a question, at most; those of few schedules come first."""
OTHERS = 2_000
"""Schedules of all products of a block but the two with most, at most: each takes a matrix product."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Member:
    """One product of a block, with its schedules."""

    product: int
    columns: Int
    """[N, T]"""
    steady: Float
    """[N, X] base units that the past and earlier lines leave."""
    flow: Float
    """[N, X] units times freshness."""
    spared: Float
    """[N, X] what its lines leave of rivals' sales."""
    lost: Float
    """[N, S] freshness that its lines take off the periods after the horizon."""
    least: Float
    """[T, S] smallest share of sales that rivals leave."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """Products that are looked at together; those with most schedules come first.

    Schedules of the first two are sorted by classes, which are alike to all rules that several products keep together.
    """

    members: tuple[Member, ...]
    others: Int
    """[R, members - 2] schedules of all but the first two."""
    classes: tuple[Int, Int]
    """Where each class of the first two's schedules begins; one class where there is no second."""
    broken: Flag
    """[R, classes, classes'] pairs of classes that break a rule beside the others."""

    @property
    def products(self) -> list[int]:
        """The products, in their own order."""
        return sorted(each.product for each in self.members)


@dataclass(frozen=True, kw_only=True, eq=False)
class Blocks:
    """All blocks of a question."""

    blocks: tuple[Block, ...]
    rules: tuple[BlockRule, ...]
    """Rules that their schedules keep."""
    programs: Float
    """[K] 1 where a product is left to the programs, 0 where it is in a block."""


def blocks_of(
    model: Coefficients,
    columns: Columns,
    cells: Cells,
    ruled: tuple[RuleRows, RuleShape],
    machines: Sequence[Machine],
    priced: Sequence[Machine],
) -> Blocks | None:
    """Find the groups of rivals whose schedules are few; None where there is none.

    Parameters
    ----------
    ruled
        The priced rules.
    machines, priced
        All automata, and those of them that have prices.
    """
    _, k, t = model.grid.shape
    open_to_all, open_to_some = np.asarray(cells.allowed.all(axis=1)), np.asarray(cells.allowed.any(axis=1))
    public = ~(open_to_some & (columns.targeted > 0)).any(axis=(0, 2))
    public &= (open_to_all == open_to_some).all(axis=(0, 2))
    with np.errstate(over="ignore"):  # what overflows is not few
        few = open_to_all.sum(axis=-1).astype(float).prod(axis=0) <= RAW
    lively = np.asarray((open_to_all.sum(axis=-1) > 1).any(axis=0))
    groups = [group for group in _groups(model) if (public & few)[group].all() and lively[group].any()]
    if not groups:
        return None
    rules = block_rules(*ruled, machines, priced, (k, t))
    found = []
    for group in groups:
        inner = [rule for rule in rules if rule.products <= set(group)]
        schedules = [_schedules(open_to_all[:, product], product, inner, columns) for product in group]
        if all(len(each) for each in schedules):
            found.append((prod(len(each) for each in schedules), group, inner, schedules))
    blocks: list[Block] = []
    kept: list[BlockRule] = []
    programs, room, cells_left = np.ones(k), JOINT, CELLS
    for joint, group, inner, schedules in sorted(found, key=lambda each: each[0]):
        order = sorted(range(len(group)), key=lambda at: (-len(schedules[at]), at))
        size = sum(len(each) for each in schedules) * t * cells.units.shape[1]
        if joint > room or size > cells_left or prod(len(schedules[at]) for at in order[2:]) > OTHERS:
            continue
        room, cells_left = room - joint, cells_left - size
        members = tuple(_member(model, group[at], schedules[at], columns, cells) for at in order)
        others = np.array(list(every(*(range(len(each.columns)) for each in members[2:]))), dtype=np.int64)
        together = [rule for rule in inner if len(rule.products) > 1]
        blocks.append(_block(members, others, together, columns))
        kept += inner
        programs[group] = 0.0
    return Blocks(blocks=tuple(blocks), rules=tuple(kept), programs=programs) if blocks else None


def _groups(model: Coefficients) -> list[list[int]]:
    """Groups of rivals, and every other product by itself."""
    number = model.grid.rival_group
    alone = [[int(product)] for product in np.flatnonzero(number < 0)]
    return alone + [np.flatnonzero(number == group).tolist() for group in np.unique(number[number >= 0])]


def _schedules(allowed: Flag, product: int, rules: Sequence[BlockRule], columns: Columns) -> Int:
    """[N, T] columns of every schedule of a product that keeps the rules on it alone."""
    found = np.array(list(every(*(np.flatnonzero(here) for here in allowed))), dtype=np.int64)
    for rule in rules:
        if rule.products == {product}:
            found = found[rule.keeps(product, columns.public[product][found])]
    return found


def _member(model: Coefficients, product: int, schedules: Int, columns: Columns, cells: Cells) -> Member:
    t, s = cells.units.shape[:2]
    classes = np.repeat(np.arange(len(columns.slices)), [end - start for start, end in columns.slices])
    reach = np.array(columns.reach)[classes][schedules]
    past = np.concatenate([cells.fresh_high, cells.tail_past])[:, :, product].T
    strength = model.strengths
    ones = np.ones((len(schedules), past.shape[1]))
    left = fatigue(reach, ones, strength.fatigue, strength.fatigue_decay, np)
    fresh = left[:, None] * past
    steady = np.broadcast_to((cells.units * cells.past_dip)[:, :, product], (len(schedules), t, s)).copy()
    for lag, dips in enumerate(cells.dips, start=1):
        for period in range(lag, t):
            steady[:, period] *= 1.0 - dips[period - lag, :, product, :].T[schedules[:, period - lag]]
    now = np.moveaxis(fresh[..., :t], -1, 1)
    theft = np.stack([cells.theft[at, :, product, :].T[schedules[:, at]] for at in range(t)], axis=1)
    shape = (len(schedules), t * s)
    return Member(
        product=product,
        columns=schedules,
        steady=steady.reshape(shape),
        flow=(cells.units[:, :, product] * now).reshape(shape),
        spared=(1.0 - theft * now).reshape(shape),
        lost=(past[:, t:] - fresh[..., t:]).sum(axis=-1),
        least=cells.stolen_low[:, :, product],
    )


def _block(members: tuple[Member, ...], others: Int, rules: Sequence[BlockRule], columns: Columns) -> Block:
    """Sort the first two's schedules by classes, and see which classes go together."""
    choices = [columns.public[each.product][each.columns] for each in members]
    told: dict[bytes, tuple[BlockRule, list[Int]]] = {}
    for rule in rules:  # rows of several segments count the same public lines
        counted = [rule.counted(each.product, choice) for each, choice in zip(members, choices, strict=True)]
        words = b"" if rule.words is None else rule.words.tobytes()
        told[b"".join(each.tobytes() for each in counted) + words + repr((rule.least, rule.most)).encode()] = (
            rule,
            counted,
        )
    asked = list(told.values())
    sorted_members, starts, alike = list(members), [], []
    for at in range(min(2, len(members))):
        rows = np.array([counted[at] for _, counted in asked], dtype=np.int64).reshape(len(asked), len(choices[at])).T
        kinds, number = np.unique(rows, axis=0, return_inverse=True)
        number = number.ravel() if asked else np.zeros(len(choices[at]), dtype=np.int64)
        order = np.argsort(number, kind="stable")
        sorted_members[at] = _in_order(members[at], order)
        starts.append(np.flatnonzero(np.diff(number[order], prepend=-1)))
        alike.append(kinds if asked else np.zeros((1, 0), dtype=np.int64))
    if len(members) == 1:
        return Block(members=members, others=others, classes=(starts[0],) * 2, broken=np.zeros((1, 1, 1), dtype=bool))
    broken = np.zeros((len(others), len(alike[0]), len(alike[1])), dtype=bool)
    for column, (rule, counted) in enumerate(asked):
        here = np.broadcast_to(rule.added(alike[0][:, None, column], alike[1][None, :, column]), broken.shape)
        for at in range(2, len(members)):
            here = rule.added(here, counted[at][others[:, at - 2]][:, None, None])
        broken |= ~rule.fits(here)
    return Block(members=tuple(sorted_members), others=others, classes=(starts[0], starts[1]), broken=broken)


def _in_order(member: Member, order: Int) -> Member:
    names = ("columns", "steady", "flow", "spared", "lost")
    return replace(member, **{name: getattr(member, name)[order] for name in names})
