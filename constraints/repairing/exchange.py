"""Exchange on the linear model: mend by what loses least, fill, and change two slots where one change does not fit.

It is for problems in which single changes add up, or nearly do: there the linear model is the problem, and thousands of
exchanges cost less than one true evaluation. Only the choices that are worth most at the given prices are looked at,
as in the core of a knapsack (Balas and Zemel 1980, doi:10.1287/opre.28.5.1130). Rules beside masks are left to the
caller, who values the result truly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from constraints.solver.linear import LinearModel
from scenarios.arrays import Flag, Float, Int, Plan

_LEAST = 1e-9
"""Gains and reliefs up to it, in shares of the largest gain or of a bound, are rounding."""


@dataclass(frozen=True, kw_only=True)
class ExchangeParams:
    """Settings of an exchange.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    choices: int = 4
    """Choices of a slot that are looked at, the most worth at the prices; the current one comes on top."""
    partners: int = 1_200
    """Single changes that are paired, those that lose least at the prices."""
    changes: int = 2_000
    """Most changes in all, so that the work is bounded."""

    def __post_init__(self) -> None:
        if not (self.choices >= 1 and self.partners >= 2 and self.changes >= 1):
            raise ValueError("expected choices and changes >= 1, and partners >= 2")


@dataclass(kw_only=True, eq=False)
class _Desk:
    """The core as flat options, and what is chosen now. M options, R rows, F slots."""

    slot: Int
    """[M] position of the option's slot."""
    choice: Int
    """[M]"""
    gain: Float
    """[M] objective against the plan that the model was made at."""
    use: Float
    """[M, R] use in shares of each row's scale."""
    priced: Float
    """[M] gain less priced use."""
    now: Int
    """[F] option that each slot holds."""
    room: Float
    """[R] headroom left, in shares; negative where broken."""

    def moves(self) -> tuple[Float, Float, Float]:
        """Gain [M], use [M, R] and priced loss [M] of each option against what its slot holds."""
        held = self.now[self.slot]
        return self.gain - self.gain[held], self.use - self.use[held], self.priced[held] - self.priced

    def take(self, option: int) -> None:
        """Let a slot hold an option."""
        held = self.now[self.slot[option]]
        self.room = self.room - (self.use[option] - self.use[held])
        self.now[self.slot[option]] = option


def exchange(linear: LinearModel, base: Flag, plan: Plan, prices: Float, params: ExchangeParams | None = None) -> Plan:
    """Improve a plan within the limits of the linear model, which are kept at the end where that is possible.

    Parameters
    ----------
    linear
        Gains and uses of single changes of ``plan``; its free slots may change.
    base : bool [N, width]
        Choices that masks and locks allow.
    plan : int8 [N]
        The plan that the model was made at.
    prices : [L + R]
        What use of each row of `LinearModel.rows` is worth, scalar limits first.
    """
    params = ExchangeParams() if params is None else params
    desk = _desk(linear, base, plan, prices, params)
    left = params.changes
    while left > 0 and _mended(desk):
        left -= 1
    while left > 0 and (desk.room >= 0).all() and (_filled(desk) or _paired(desk, params)):
        left -= 1
    better = plan.copy()
    better[linear.slots] = desk.choice[desk.now].astype(np.int8)
    return better


def _desk(linear: LinearModel, base: Flag, plan: Plan, prices: Float, params: ExchangeParams) -> _Desk:
    options = linear.options(plan, base)
    row, at, choice, value, headroom = linear.rows(options)
    scale = np.full(len(headroom), _LEAST)
    np.maximum.at(scale, row, np.abs(value))
    rows = np.arange(len(options))
    current = plan[linear.slots].astype(np.int64)
    gain = np.where(options, linear.gain, -np.inf)
    gain[rows, current] = 0.0
    priced = gain.copy()
    np.subtract.at(priced, (at, choice), prices[row] * value)
    priced[rows, current] = np.inf  # always looked at
    best = np.argsort(-priced, axis=1, kind="stable")[:, : params.choices + 1]
    seen = np.isfinite(np.take_along_axis(gain, best, axis=1))
    slot, chosen = np.broadcast_to(rows[:, None], best.shape)[seen], best[seen]
    priced[rows, current] = 0.0
    place = np.full(options.shape, -1)
    place[slot, chosen] = np.arange(len(slot))
    use = np.zeros((len(slot), len(headroom)))
    entry = place[at, choice]
    use[entry[entry >= 0], row[entry >= 0]] = (value / scale[row])[entry >= 0]
    return _Desk(
        slot=slot,
        choice=chosen,
        gain=gain[slot, chosen],
        use=use,
        priced=priced[slot, chosen],
        now=np.flatnonzero(chosen == current[slot]),
        room=headroom / scale,
    )


def _mended(desk: _Desk) -> bool:
    """Make the change that loses least at the prices per excess that it relieves; false where none does or need be."""
    broken = (-desk.room).clip(min=0.0).sum()
    if broken <= 0:
        return False
    _, use, loss = desk.moves()
    relief = broken - (use - desk.room).clip(min=0.0).sum(axis=1)
    helps = relief > _LEAST
    if not helps.any():
        return False
    ratio = np.where(helps, loss.clip(min=0.0) / np.maximum(relief, _LEAST), np.inf)
    desk.take(int(ratio.argmin()))
    return True


def _filled(desk: _Desk) -> bool:
    """Make the change that gains most and fits."""
    gain, use, _ = desk.moves()
    wanted = np.flatnonzero(gain > _LEAST * np.abs(desk.gain).max(initial=0.0))
    fits = wanted[(use[wanted] <= desk.room).all(axis=1)]
    if not fits.size:
        return False
    desk.take(int(fits[gain[fits].argmax()]))
    return True


def _paired(desk: _Desk, params: ExchangeParams) -> bool:
    """Make the two changes that together gain most and fit."""
    gain, use, loss = desk.moves()
    moves = np.flatnonzero(desk.now[desk.slot] != np.arange(len(desk.slot)))
    moves = moves[np.argsort(loss[moves], kind="stable")[: params.partners]]
    gain, use, slot = gain[moves], use[moves], desk.slot[moves]
    most, found = _LEAST * float(np.abs(desk.gain).max(initial=0.0)), None
    for one in np.argsort(-gain, kind="stable"):
        if gain[one] <= 0 or 2.0 * gain[one] <= most:
            break
        others = np.flatnonzero((gain > most - gain[one]) & (slot != slot[one]))
        others = others[(use[others] <= desk.room - use[one]).all(axis=1)]
        if others.size:
            other = others[gain[others].argmax()]
            most, found = float(gain[one] + gain[other]), (one, other)
    if found is None:
        return False
    for each in found:
        desk.take(int(moves[each]))
    return True
