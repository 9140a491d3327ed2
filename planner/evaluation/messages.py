"""What whole messages are worth: lines that share one, dropped or entered together.

A message to a segment on a day carries all lines of its channel: the second costs nothing more. So the gain of dropping
one line of several shows no saving, however dear messages are, and the gain of entering a first line bears the whole
message. Both are exact, and both hide what only all lines of a message do together. Here the messages' part is taken
out of single gains and put back for the whole group: exact in messages, by addition in what lines sell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.scopes import message_scopes
from scenarios.arrays import Flag, Float, Int, Plan
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional


class Groups(NamedTuple):
    """For each message scope, segment and period, what changing all its lines at once does."""

    gain: Float
    """[J, S, T] of the priced objective; -inf where there is nothing to change, or only one line."""
    lines: Flag
    """[J, S, K + 1, T] the lines concerned, those on baskets last."""
    choices: NDArray[np.int8]
    """[J, S, K + 1, T] what each of them would hold."""


class Together(NamedTuple):
    """All lines of one message that change at once."""

    slots: Int
    choices: Int
    gain: float
    """What they gain of the priced objective together."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Messages:
    """Message scopes of some functionals, their coverage and weights.

    Parameters
    ----------
    contact : [J, K + 1, Q]
        Coverage of each choice by scope, the basket last.
    message : [L, J]
        What a message of each scope weighs in each functional ...
    covered : [L, S, T]
        ... where that covers it.
    hearers : [J, S]
        Customers whom each scope's messages can reach; [1, S] where that is everybody.
    place : [S, K + 1, T]
        Flat slots of the lines that messages carry, those on baskets last.
    """

    contact: Float
    message: Float
    covered: Float
    hearers: Float
    place: Int

    def priced(self, coefficients: Float) -> Float:
        """[J, S, T] what a message to everybody adds to the priced objective; mostly negative."""
        each = np.tensordot((coefficients[:, None] * self.message).T, self.covered, axes=1)
        return np.asarray(each * self.hearers[..., None])

    def dropped(self, plan: Plan, gain: Float, worth: Float, droppable: Flag) -> Groups:
        """Drop all lines of a message.

        Parameters
        ----------
        plan : int8 [N]
            The current one.
        gain : [N, width]
            Exact gains of single changes.
        worth : [J, S, T]
            From `priced`, at the prices of ``gain``.
        droppable : bool [N]
            Slots that may be emptied.
        """
        now = plan[self.place]
        cover = self._cover(now)
        single = self._without_messages(gain, worth, cover, 1)[..., 0]
        lines = cover > 0
        stuck = (lines & ~droppable[self.place]).any(axis=2)
        total = np.where(lines, single, 0.0).sum(axis=2)
        for scope, row in enumerate(lines):
            left = _silent(np.where(row, 0.0, cover))
            total[scope] += (worth * (_silent(cover) - left)).sum(axis=0)
        several = lines.sum(axis=2) > 1
        return Groups(np.where(several & ~stuck, total, -np.inf), lines, np.zeros(lines.shape, dtype=np.int8))

    def entered(self, plan: Plan, gain: Float, worth: Float, possible: Flag) -> Groups:
        """Fill an empty message with every line that is worth it once the message goes out.

        Parameters
        ----------
        plan, gain, worth
            As for `dropped`.
        possible : bool [N, width]
            Choices that rules allow.
        """
        now = plan[self.place]
        cover = self._cover(now)
        single = self._without_messages(gain, worth, cover, self.contact.shape[-1])
        single = np.where(possible[self.place][..., : single.shape[-1]], single, -np.inf)
        found = []
        for scope, told in enumerate(self.contact):
            carried = np.where((told > 0)[None, :, None, :], single, -np.inf)
            best = carried.argmax(axis=-1)
            earned = np.take_along_axis(carried, best[..., None], axis=-1)[..., 0]
            empty = ~(cover[scope] > 0).any(axis=1)
            row = (now == 0) & (earned > 0) & empty[:, None, :]
            trial = _silent(self._cover(np.where(row, best, now).astype(np.int8)))
            total = np.where(row, earned, 0.0).sum(axis=1) + (worth * (_silent(cover) - trial)).sum(axis=0)
            found.append((np.where(row.sum(axis=1) > 1, total, -np.inf), row, best.astype(np.int8)))
        return Groups(*(np.stack(parts) for parts in zip(*found, strict=True)))

    def apart(self, plan: Plan, gain: Float, worth: Float) -> tuple[Float, Float]:
        """Coverage [J, S, K + 1, T] of a plan's lines, and gains [S, K + 1, T, Q] without what they change of messages.

        Parameters as for `dropped`.
        """
        cover = self._cover(plan[self.place])
        return cover, self._without_messages(gain, worth, cover, self.contact.shape[-1])

    def listed(self, groups: Groups, worth: Float, least: float = -np.inf) -> list[Together]:
        """Messages of which a change gains more than that, the most first; those that weigh nothing are left out."""
        found = []
        for scope, segment, period in np.argwhere((groups.gain > least) & (worth != 0)):
            rows = np.flatnonzero(groups.lines[scope, segment, :, period])
            slots = self.place[segment, rows, period]
            choices = groups.choices[scope, segment, rows, period].astype(np.int64)
            found.append(Together(slots, choices, float(groups.gain[scope, segment, period])))
        return sorted(found, key=lambda each: -each.gain)

    def _cover(self, now: Plan) -> Float:
        """[J, S, K + 1, T] coverage of the chosen lines [S, K + 1, T]."""
        rows = np.arange(now.shape[1])[None, :, None]
        return np.stack([told[rows, now] for told in self.contact])

    def _without_messages(self, gain: Float, worth: Float, cover: Float, choices: int) -> Float:
        """[S, K + 1, T, choices] gains of single changes to the first choices without what they change of messages."""
        single = gain[:, :choices][self.place].astype(float)
        for each, told, here in zip(worth, self.contact[..., :choices], cover, strict=True):
            others = _others(1.0 - here)
            before, after = others * (1.0 - here), others[..., None] * (1.0 - told[None, :, None, :])
            single -= each[:, None, :, None] * (before[..., None] - after)
        return single


def build_messages(model: Coefficients, functionals: tuple[Functional, ...]) -> Messages | None:
    """Messages of some functionals of a model; None where none counts any."""
    cells, baskets, reach, weights = message_scopes(functionals)
    if not len(cells):
        return None
    width = max(cells.shape[-1], baskets.shape[-1])
    contact = np.zeros((len(cells), cells.shape[1] + 1, width))
    contact[:, :-1, : cells.shape[-1]], contact[:, -1, : baskets.shape[-1]] = cells, baskets
    people = np.array([float(segment.customers) for segment in model.grid.segments])
    s, k, t = model.grid.shape
    targeted = model.grid.offsets[1] + np.arange(s * k * t).reshape(s, k, t)
    basket = model.grid.offsets[3] + np.arange(s * t).reshape(s, 1, t)
    place = np.concatenate([targeted, basket], axis=1)
    covered = np.stack([np.outer(f.segments, f.periods) for f in functionals])
    return Messages(contact=contact, message=weights, covered=covered, hearers=reach * people, place=place)


def _silent(cover: Float) -> Float:
    """[J, S, T] share of a segment that gets no message."""
    return np.asarray((1.0 - cover).prod(axis=-2))


def _others(missed: Float) -> Float:
    """[S, K + 1, T] product over all other lines of the share that each misses."""
    before, after = np.ones_like(missed), np.ones_like(missed)
    before[:, 1:] = np.cumprod(missed[:, :-1], axis=1)
    after[:, :-1] = np.flip(np.cumprod(np.flip(missed[:, 1:], axis=1), axis=1), axis=1)
    return before * after
