"""Pair bans at work: public and targeted choices that must not meet in a cell."""

from __future__ import annotations

from typing import Any

import numpy as np

from constraints.enforce.protocol import Float, Moves, Plan, SubModel, Words, pack
from constraints.rules.forms import Bools, Ints, PairBans
from scenarios.grid import Grid


class Meeting:
    """`PairBans` over the plans of a grid."""

    def __init__(self, rule: str, form: PairBans, grid: Grid) -> None:
        self.rule_ids: tuple[str, ...] = (rule,)
        self._table, self._cells, self._grid = form.table, form.cells, grid
        self._public = np.arange(grid.offsets[0], grid.offsets[1]).reshape(grid.slot_shapes[0])
        self._targeted = np.arange(grid.offsets[1], grid.offsets[2]).reshape(grid.slot_shapes[1])
        self._product = np.arange(len(grid.products))[:, None]

    def _meets(self, public: Plan, targeted: Plan) -> Bools:
        """[S, K, T] cells where banned choices meet; public is [K, T], targeted [S, K, T]."""
        return np.asarray(self._table[self._product, public, targeted] & self._cells)

    def broken(self, plan: Plan) -> Ints:
        """[1] cells where banned choices meet."""
        return np.array([self._meets(plan[self._public], plan[self._targeted]).sum()])

    def restrict(self, plan: Plan, allowed: Words) -> None:
        """Let no slot choose what is banned beside the other layer's current choice."""
        public, targeted = plan[self._public], plan[self._targeted]
        no_targeted = self._table[self._product, public][None] & self._cells[..., None]
        count_q, count_p = self._table.shape[2], self._table.shape[1]
        allowed[:, self._targeted.ravel()] &= _inverse(no_targeted.reshape(-1, count_q), len(allowed))
        no_public = np.zeros((*public.shape, count_p), dtype=bool)
        by_targeted = self._table.transpose(0, 2, 1)
        for segment in range(targeted.shape[0]):
            no_public |= by_targeted[self._product, targeted[segment]] & self._cells[segment][..., None]
        allowed[:, self._public.ravel()] &= _inverse(no_public.reshape(-1, count_p), len(allowed))

    def compatible(self, plan: Plan, moves: Moves) -> Bools:
        """Of a public and a targeted move that would meet badly, keep the one with the higher priority."""
        place = np.full(self._grid.slots, len(moves.slots))
        place[moves.slots] = np.arange(len(moves.slots))
        after = plan.copy()
        after[moves.slots] = moves.choices
        public, targeted = place[self._public][None], place[self._targeted]
        bad = self._meets(after[self._public], after[self._targeted])
        bad &= (public < len(moves.slots)) & (targeted < len(moves.slots))
        kept = np.ones(len(moves.slots) + 1, dtype=bool)
        kept[np.maximum(public, targeted)[bad]] = False
        return kept[:-1]

    def mend(self, plan: Plan, loss: Float, fixed: Bools) -> Ints:
        """Clear the public line or all targeted lines that it must not meet, whichever loses less."""
        bad = self._meets(plan[self._public], plan[self._targeted])
        cost = np.where(fixed, np.inf, np.maximum(loss, 0.0))
        targeted_cost = np.where(bad, cost[self._targeted], 0.0).sum(axis=0)
        public_cost = cost[self._public]
        some: Bools = np.asarray(bad.any(axis=0))
        clear_public = some & (public_cost <= targeted_cost) & np.isfinite(public_cost)
        clear_targeted = np.asarray(bad & (some & ~clear_public) & ~fixed[self._targeted])
        return np.concatenate([self._public[clear_public], self._targeted[clear_targeted]])

    def involved(self, plan: Plan) -> Ints:
        """Slots of cells where banned choices meet."""
        bad = self._meets(plan[self._public], plan[self._targeted])
        return np.concatenate([self._public[bad.any(axis=0)], self._targeted[bad]])

    def add_to(self, sub: SubModel) -> None:
        """Forbid banned pairs of free literals, and what a fixed choice of the other layer bans."""
        touched = np.asarray(self._cells & (sub.free[self._public][None] | sub.free[self._targeted]))
        touched &= np.asarray(self._table.any(axis=(1, 2)))[:, None]
        for segment, product, period in np.argwhere(touched):
            public = self._options(sub, int(self._public[product, period]))
            targeted = self._options(sub, int(self._targeted[segment, product, period]))
            for p, first in public.items():
                for q, second in targeted.items():
                    if self._table[product, p, q]:
                        sub.model.add_bool_or([~each for each in (first, second) if each is not None])

    @staticmethod
    def _options(sub: SubModel, slot: int) -> dict[int, Any]:
        if sub.free[slot]:
            return dict(sub.literals[slot])
        return {int(sub.plan[slot]): None}


def _inverse(banned: Bools, words: int) -> Words:
    """Bits [words, rows] of what is not banned; choices beyond the table are not banned."""
    packed = ~pack(banned)
    rest = np.full((words - len(packed), banned.shape[0]), ~np.uint64(0), dtype=np.uint64)
    return np.concatenate([packed, rest])
