"""What joint schedules of a block of rivals are worth at some prices, and which of them is worth most.

Rivals leave ``C = prod y`` of a cell, y what each rival's line spares. A cell is worth ``C A``, A what its own schedule
makes of it, and the joint schedule the sum over its products: bilinear in any two of them. So one matrix product values
all pairs of two products' schedules, for each choice of the others.

A cell may still name its basket factor, which adds ``max(0, C D - d)``, D what the higher factor brings and d what it
costs. That is convex in C, hence at most the chord between the least that rivals can leave and 1.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from planner.bound.blocks.schedules import Block, Blocks, Member
from planner.bound.inputs import BlockTables
from scenarios.arrays import Flag, Int

ALONE = 1.0 - 1e-9
"""Share of sales that rivals leave from which on there are none."""
COMPARED = 3e7
"""Pairs of schedules of a class, times cells, up to which those are left out that another stands in for."""

Array = Any


def best_schedules(blocks: Blocks, tables: BlockTables, choice: Flag | None = None) -> BlockTables:
    """Return how much the best joint schedules of all blocks take of each entry of the tables, in shapes like theirs.

    Their worth is the sum of what they take times the tables: no more than that of any other schedules.

    Parameters
    ----------
    choice
        [T, S, K, C] columns that may be held; all schedules without it.
    """
    taken = BlockTables(*(np.zeros(np.shape(each)) for each in tables))
    for block in blocks.blocks:
        worths = [_worth(each, tables, choice) for each in block.members]
        schedules = _best(block, worths)
        spared = [each.spared[at] for each, at in zip(block.members, schedules, strict=True)]
        for number, (member, at) in enumerate(zip(block.members, schedules, strict=True)):
            others = [each for place, each in enumerate(spared) if place != number]
            kept = np.prod(others, axis=0) if others else np.ones(len(spared[number]))
            _take(taken, tables, member, at, kept)
    return taken


def worth_by_product(taken: BlockTables, tables: BlockTables) -> Array:
    """[K] what schedules take of the tables is worth."""
    base, bump, line, left, basket = (share * table for share, table in zip(taken, tables, strict=True))
    return (
        (base + bump).sum(axis=(0, 1, 2, 4)) + line.sum(axis=(0, 1, 3)) + left.sum(axis=0) + basket.sum(axis=(0, 1, 2))
    )


class _Worth(NamedTuple):
    kept: Array
    """[N, X] in the share of a cell that rivals leave."""
    alone: Array
    """[N] whatever rivals do."""


def _worth(member: Member, tables: BlockTables, choice: Flag | None) -> _Worth:
    """What a product's schedules are worth."""
    product, columns = member.product, member.columns
    kind = np.asarray(tables.base).dtype
    t, s = np.shape(tables.line)[:2]
    steady, flow = (each.astype(kind, copy=False).reshape(-1, t, s) for each in (member.steady, member.flow))

    def at_columns(table: Array) -> Array:
        """[T, S, C] to [N, T, S]."""
        return np.asarray(table)[np.arange(t)[None, :], :, columns]

    def cells(corner: int) -> Array:
        here = [at_columns(each[corner][:, :, product]) for each in (tables.base, tables.bump)]
        return steady * here[0] + flow * here[1]

    kept, paid = cells(0), np.asarray(tables.basket)[:, :, :, product]
    alone = at_columns(np.asarray(tables.line)[:, :, product]).sum(axis=(1, 2)) - paid[0].sum()
    if len(tables.base) > 1:
        more, cost, least = cells(1) - kept, paid[1] - paid[0], member.least.astype(kind)
        low, high = np.maximum(least * more - cost, 0.0), np.maximum(more - cost, 0.0)
        rise = np.where(least < ALONE, (high - low) / np.maximum(1.0 - least, 1.0 - ALONE), high)
        kept = kept + rise
        alone = alone + np.where(least < ALONE, low - rise * least, 0.0).sum(axis=(1, 2))
    alone = alone + member.lost.astype(kind, copy=False) @ np.asarray(tables.left)[:, product]
    if choice is not None:
        open_to_all = np.asarray(choice[:, :, product].all(axis=1))
        held = open_to_all[np.arange(t)[None], columns].all(axis=1)
        alone = np.where(held, alone, -np.inf)
    return _Worth(kept.reshape(len(columns), -1), alone)


def _best(block: Block, worths: list[_Worth]) -> list[int]:
    """The schedules of all members that are worth most together."""
    if len(worths) == 1:
        return [int((worths[0].kept.sum(axis=1) + worths[0].alone).argmax())]
    rows, columns = (_undominated(block, worths, number) for number in (0, 1))
    best, found = -np.inf, (0, 0, 0)
    for number in range(len(block.others)):
        value = _pairs(block, worths, number, (rows[0], columns[0]))
        # Slice by slice the maximum over rows runs at full width; `reduceat` does not.
        cuts = list(pairwise((*rows[1], len(value))))
        some = value if len(cuts) == len(value) else np.stack([value[i:j].max(axis=0) for i, j in cuts])
        tops = np.where(block.broken[number], -np.inf, np.maximum.reduceat(some, columns[1], axis=1))
        place = np.unravel_index(int(tops.argmax()), tops.shape)
        if tops[place] > best:
            best, found = float(tops[place]), (number, int(place[0]), int(place[1]))
    number, row, column = found
    here = [np.append(starts, len(kept))[at : at + 2] for (kept, starts), at in ((rows, row), (columns, column))]
    some = [kept[i:j] for (kept, _), (i, j) in zip((rows, columns), here, strict=True)]
    value = _pairs(block, worths, number, (some[0], some[1]))
    first, second = np.unravel_index(int(value.argmax()), value.shape)
    return [int(some[0][first]), int(some[1][second]), *block.others[number].tolist()]


def _undominated(block: Block, worths: list[_Worth], number: int) -> tuple[Int, Int]:
    """Schedules of a member that may be part of the best, and where each of its classes begins among them.

    Another schedule of the same class stands in for one that it beats whatever the other members do: cells are left
    between the least that rivals may leave and all, and what its lines leave of rivals' sales is worth between the
    least and the most that any schedule of theirs makes of it.
    """
    worth, member, starts = worths[number], block.members[number], block.classes[number]
    count = len(worth.alone)
    sizes = np.diff(starts, append=count)
    if float((sizes.astype(float) ** 2).sum()) * worth.kept.shape[1] > COMPARED or not np.isfinite(worth.alone).all():
        return np.arange(count), starts
    kind, least = worth.kept.dtype, member.least.ravel().astype(worth.kept.dtype)
    low, high = np.zeros_like(least), np.zeros_like(least)
    for at, (other, theirs) in enumerate(zip(block.members, worths, strict=True)):
        if at != number:
            share = other.least.ravel().astype(kind)
            fewest, most = theirs.kept.min(axis=0), theirs.kept.max(axis=0)
            low += np.minimum(fewest, fewest * share)
            high += np.maximum(most, most * share)
    spared = member.spared.astype(kind)
    kept: list[int] = []
    begins: list[int] = []
    for start, size in zip(starts, sizes, strict=True):
        here = slice(start, start + size)
        own = worth.kept[here][:, None] - worth.kept[here][None]
        left = spared[here][:, None] - spared[here][None]
        ahead = np.minimum(own, own * least).sum(axis=-1) + np.where(left > 0, left * low, left * high).sum(axis=-1)
        ahead += worth.alone[here][:, None] - worth.alone[here][None]
        earlier = np.arange(size)[:, None] < np.arange(size)[None]
        beaten = ((ahead > 0) | ((ahead == 0) & earlier)).any(axis=0)
        begins.append(len(kept))
        kept += (start + np.flatnonzero(~beaten)).tolist()
    return np.array(kept, dtype=np.int64), np.array(begins, dtype=np.int64)


def _pairs(block: Block, worths: list[_Worth], number: int, pairs: tuple[Int, Int]) -> Array:
    """Worth of all pairs of some schedules of the first two, beside one choice of the others."""
    kind, rest = worths[0].kept.dtype, block.others[number]
    spared = [each.spared.astype(kind, copy=False) for each in block.members]
    left = [spared[at][schedule] for at, schedule in enumerate(rest, start=2)]
    shared = np.prod(left, axis=0) if left else np.ones(spared[0].shape[1], dtype=kind)
    own, alone = np.zeros_like(shared), kind.type(0.0)
    for at, schedule in enumerate(rest):
        beside = [each for place, each in enumerate(left) if place != at]
        kept = worths[at + 2].kept[schedule]
        own = own + (kept * np.prod(beside, axis=0) if beside else kept)
        alone = alone + worths[at + 2].alone[schedule]
    (first, own_spared), (second, spared_there) = (
        (_Worth(each.kept[at], each.alone[at]), spared[place][at])
        for place, (each, at) in enumerate(zip(worths, pairs, strict=False))
    )
    ones = [np.ones((len(each.alone), 1), dtype=kind) for each in (first, second)]
    here = [first.kept * shared + own_spared * own, own_spared * shared, first.alone[:, None] + alone, ones[0]]
    there = [spared_there, second.kept, ones[1], second.alone[:, None]]
    return np.concatenate(here, axis=1) @ np.concatenate(there, axis=1).T


def _take(taken: BlockTables, tables: BlockTables, member: Member, schedule: int, kept: Array) -> None:
    """Add what one schedule takes of the tables, where rivals leave ``kept`` [X] of its cells."""
    product, columns = member.product, member.columns[schedule]
    t, s = np.shape(tables.line)[:2]
    period, segment = np.indices((t, s))
    column = np.broadcast_to(columns[:, None], (t, s))
    place = (period, segment, product, column)
    steady, flow, kept = (each.reshape(t, s) for each in (member.steady[schedule], member.flow[schedule], kept))
    taken.line[place] += 1.0
    taken.left[:, product] += member.lost[schedule]
    worth = [
        steady * np.asarray(base)[place] + flow * np.asarray(bump)[place]
        for base, bump in zip(tables.base, tables.bump, strict=True)
    ]
    share, brings = np.zeros((t, s)), np.zeros((t, s))
    if len(worth) > 1:
        paid, least = np.asarray(tables.basket)[:, :, :, product], member.least
        more, cost = worth[1] - worth[0], paid[1] - paid[0]
        near = np.where(least < ALONE, (kept - least) / np.maximum(1.0 - least, 1.0 - ALONE), kept)
        far = np.where(least < ALONE, 1.0 - near, 0.0)
        high, low = near * (more > cost), far * (least * more > cost)
        share, brings = high + low, high + low * least
    taken.basket[0, :, :, product] -= 1.0 - share
    for corner, here in enumerate([kept - brings, brings][: len(worth)]):
        where = (corner, *place)
        taken.base[where] += here * steady
        taken.bump[where] += here * flow
    if len(worth) > 1:
        taken.basket[1, :, :, product] -= share
