"""Whole sendings in a guided step: all days of a validity, on all products that share its message, go or come together.

Of an offer that is sent once the day of the sending alone seems to bear the message, and the days after seem to cost
nothing. So days are added up, and what the message costs stands against all that it carries: exact in messages, by
addition in what lines sell, as in `planner.evolution.whole_messages`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from planner.evaluation.messages import Messages
from planner.evolution.workspace import Prices, Workspace
from scenarios.arrays import Flag, Float, Int, Plan
from scenarios.grid import Grid
from scenarios.language.where import valid_periods


class _Level(NamedTuple):
    """Choices of an offer at one level."""

    told: int
    """In the period of a sending ..."""
    later: int
    """... and in those after it."""


class _Sending(NamedTuple):
    """One sending of one offer."""

    rows: Int
    """Products that the offer may stand on; the row behind all products is the basket."""
    periods: tuple[int, ...]
    """Open periods of its validity in the horizon, the first being that of the sending."""
    levels: tuple[_Level, ...]


class Weighed(NamedTuple):
    """One sending beside a plan, segment by segment. R products that share its message, D days of its validity."""

    place: Int
    """[S, R, D] slots of its lines."""
    wanted: Int
    """[S, R, D] what they would hold, each product at its best level."""
    own: Flag
    """[S, R, D] where the plan holds it."""
    value: Float
    """[S, R] what its lines on a product bring beside none of it, messages aside."""
    total: Float
    """[S] what all lines that bring something do together, its message paid."""

    @property
    def pays(self) -> Flag:
        """[S, R] products whose lines bring something."""
        return self.value > 0


class _Moves(NamedTuple):
    """Changes of slots, and what the sending gains that each belongs to."""

    slots: Int
    choices: Int
    worth: Float


@lru_cache(maxsize=2)
def sendings_of(grid: Grid) -> tuple[_Sending, ...]:
    """List the sendings of all offers of a grid that are valid for more than the period of their sending."""
    horizon, found = grid.scenario.horizon, list[_Sending]()
    for number, offer in enumerate(grid.scenario.offers):
        if offer.valid is None:
            continue
        block = 3 if offer.is_basket else 1
        levels: dict[tuple[float, float], dict[bool, int]] = {}
        for column, choice in enumerate(grid.choices[block], start=1):
            if choice.offer == number:
                levels.setdefault((choice.coverage, choice.quantity), {})[choice.told] = column
        pairs = tuple(_Level(each[True], each[False]) for each in levels.values() if False in each)
        rows = np.array([len(grid.products)]) if offer.is_basket else np.arange(len(grid.products))
        usable = np.flatnonzero(valid_periods(offer, horizon) & np.array(horizon.opened(), dtype=bool)).tolist()
        sendings = [offer.valid.sending_of(horizon, period) for period in usable]
        for sending in dict.fromkeys(each for each in sendings if each is not None and each >= 0):
            periods = tuple(period for period, own in zip(usable, sendings, strict=True) if own == sending)
            if pairs and periods[0] == sending:
                found.append(_Sending(rows, periods, pairs))
    return tuple(found)


def sent_once(grid: Grid) -> Flag:
    """[N, width] choices of offers that are sent once."""
    table = np.zeros((grid.slots, grid.width), dtype=bool)
    for block, choices in enumerate(grid.choices):
        own = [n for n, choice in enumerate(choices, 1) if grid.scenario.offers[choice.offer].valid is not None]
        table[grid.offsets[block] : grid.offsets[block + 1], own] = True
    return table


def sendings_moved(
    space: Workspace,
    plan: Plan,
    prices: Prices,
    gain: Float,
    release: float,
    rng: np.random.Generator,
    *,
    loosely: bool,
) -> Plan:
    """Let a random part of the sendings come where all that they carry pays for them, and go where it does not.

    Parameters
    ----------
    plan : int8 [N]
        Keeps the rules, coupled ones only without ``loosely``.
    gain : [N, width]
        Exact gains of the priced objective at ``prices``, of all slots in plan order.
    release
        Share of the sendings that may move.
    """
    messages, sendings = space.evaluator.messages, sendings_of(space.grid)
    if messages is None or not sendings:
        return plan
    worth = messages.priced(space.evaluator.weighed(1.0, prices.scalar))
    cover, single = messages.apart(plan, gain, worth)
    moves = [
        _moves(space, plan, each, messages, (cover, single, worth), release, rng)
        for each in (sendings[number] for number in rng.permutation(len(sendings)))
    ]
    slots, first = np.unique(np.concatenate([each.slots for each in moves]), return_index=True)
    choices, values = (np.concatenate([each[part] for each in moves])[first] for part in (1, 2))
    kept = space.rules.compatible(plan, slots, choices, values, loosely=True)
    changed = plan.copy()
    changed[slots[kept]] = choices[kept].astype(np.int8)
    if not loosely and space.rules.violations(changed):
        changed = space.rules.repair(changed, np.where(np.isfinite(gain), -gain, np.inf))
    return changed


def beside(space: Workspace, plan: Plan, prices: Prices, gain: Float) -> Iterator[Weighed]:
    """Weigh every sending beside a plan, at its best levels and at each, by exact gains [N, width] at some prices."""
    messages = space.evaluator.messages
    if messages is None:
        return
    worth = messages.priced(space.evaluator.weighed(1.0, prices.scalar))
    cover, single = messages.apart(plan, gain, worth)
    for each in sendings_of(space.grid):
        for levels in dict.fromkeys([each.levels, *((level,) for level in each.levels)]):
            yield _weighed(space, plan, each, messages, (cover, single, worth), levels)


def _moves(
    space: Workspace,
    plan: Plan,
    each: _Sending,
    messages: Messages,
    known: tuple[Float, Float, Float],
    release: float,
    rng: np.random.Generator,
) -> _Moves:
    """Changes by which one sending comes, or goes, in a random part of the segments; ``known`` as in `_weighed`."""
    here = _weighed(space, plan, each, messages, known, each.levels)
    now = plan[here.place]
    moving = rng.random(here.total.shape) < release
    comes = (moving & (here.total > 0))[:, None] & here.pays
    goes = moving[:, None] & ~comes
    target = np.where(comes[..., None], here.wanted, np.where(goes[..., None] & here.own, 0, now))
    changes = target != now
    size = np.broadcast_to(np.abs(here.total)[:, None, None], now.shape)
    return _Moves(here.place[changes], target[changes].astype(np.int64), size[changes])


def _weighed(
    space: Workspace,
    plan: Plan,
    each: _Sending,
    messages: Messages,
    known: tuple[Float, Float, Float],
    levels: tuple[_Level, ...],
) -> Weighed:
    """Weigh one sending beside a plan, at the best of some of its levels on each product.

    Parameters
    ----------
    known
        Coverage [J, S, K + 1, T] of the plan's lines, gains [S, K + 1, T, Q] of single changes without what they change
        of messages, and what a message adds to the priced objective [J, S, T].
    """
    cover, single, worth = known
    place = messages.place[:, each.rows][:, :, list(each.periods)]
    now, first = plan[place], each.periods[0]
    values, asked = [], []
    for level in levels:
        wanted = np.array([level.told, *[level.later] * (len(each.periods) - 1)])
        gains = single[:, each.rows][:, :, list(each.periods)]
        alone = np.take_along_axis(gains, np.broadcast_to(wanted, now.shape)[..., None], axis=-1)[..., 0]
        value = np.where(now == wanted, -gains[..., 0], alone).sum(axis=-1)
        possible = space.rules.base[place, wanted].all(axis=-1)
        values.append(np.where(possible, value, -np.inf))
        asked.append(wanted)
    best = np.argmax(values, axis=0)
    value = np.max(values, axis=0)
    told = np.array([level.told for level in levels])
    own = np.isin(now, [choice for level in each.levels for choice in level])
    covers = np.where(value > 0, messages.contact[:, each.rows[None], told[best]], 0.0)  # [J, S, rows]
    others = 1.0 - cover[..., first]
    others[:, :, each.rows] = np.where(own[..., 0], 1.0, others[:, :, each.rows])
    missed = others.prod(axis=-1)
    carried = (worth[..., first] * missed * (1.0 - (1.0 - covers).prod(axis=-1))).sum(axis=0)
    total = np.where(value > 0, value, 0.0).sum(axis=-1) + carried
    return Weighed(place=place, wanted=np.array(asked)[best], own=own, value=value, total=total)
