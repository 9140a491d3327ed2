"""Pair bans at work: public and targeted choices that must not meet in a cell."""

from __future__ import annotations

from typing import Any

import numpy as np

from constraints.enforce.protocol import Moves, SubModel, Words, pack
from constraints.rules.forms import PairBans
from scenarios.arrays import Flag, Float, Int, Plan
from scenarios.grid import Grid


class Meeting:
    """`PairBans` over the plans of a grid."""

    def __init__(self, rule: str, form: PairBans, grid: Grid) -> None:
        self.rule_ids: tuple[str, ...] = (rule,)
        self._table, self._cells, self._grid = form.table, form.cells, grid
        self._public = np.arange(grid.offsets[0], grid.offsets[1]).reshape(grid.slot_shapes[0])
        self._targeted = np.arange(grid.offsets[1], grid.offsets[2]).reshape(grid.slot_shapes[1])
        self._product = np.arange(len(grid.products))[:, None]
        self._beside_public, self._beside_targeted = _packed(form.table), _packed(form.table.transpose(0, 2, 1))

    def _meets(self, public: Plan, targeted: Plan) -> Flag:
        """[..., S, K, T] cells where banned choices meet; public is [K, T], or with the axes of targeted in front."""
        return np.asarray(self._table[self._product, public, targeted] & self._cells)

    def broken(self, plans: Plan) -> Int:
        """[P, 1] cells where banned choices meet."""
        public, targeted = plans[:, None, self._public], plans[:, self._targeted]
        return np.asarray(self._meets(public, targeted).sum(axis=(1, 2, 3)))[:, None]

    def restrict(self, plan: Plan, allowed: Words) -> None:
        """Let no slot choose what is banned beside the other layer's current choice."""
        first, second = self._grid.offsets[1:3]
        public, targeted = plan[self._public], plan[self._targeted]
        for word, beside in enumerate(self._beside_public):
            banned = np.where(self._cells, beside[self._product, public], np.uint64(0))
            allowed[word, first:second] &= ~banned.ravel()
        for word, beside in enumerate(self._beside_targeted):
            banned = np.where(self._cells, beside[self._product, targeted], np.uint64(0))
            allowed[word, :first] &= ~np.bitwise_or.reduce(banned, axis=0).ravel()

    def compatible(self, plan: Plan, moves: Moves) -> Flag:
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

    def mend(self, plan: Plan, loss: Float, fixed: Flag) -> Int:
        """Clear the public line or all targeted lines that it must not meet, whichever loses less."""
        bad = self._meets(plan[self._public], plan[self._targeted])
        cost = np.where(fixed, np.inf, np.maximum(loss, 0.0))
        targeted_cost = np.where(bad, cost[self._targeted], 0.0).sum(axis=0)
        public_cost = cost[self._public]
        some: Flag = np.asarray(bad.any(axis=0))
        clear_public = some & (public_cost <= targeted_cost) & np.isfinite(public_cost)
        clear_targeted = np.asarray(bad & (some & ~clear_public) & ~fixed[self._targeted])
        return np.concatenate([self._public[clear_public], self._targeted[clear_targeted]])

    def involved(self, plan: Plan) -> Int:
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


def _packed(table: Flag) -> Words:
    """[words, K, choices] a table's last axis as bits: what is banned beside each choice of the other layer."""
    return pack(table.reshape(-1, table.shape[2])).reshape(-1, *table.shape[:2])
