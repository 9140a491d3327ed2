"""Automaton rules at work: min_gap, min_run and max_run over series of periods."""

from __future__ import annotations

from typing import Any

import numpy as np

from constraints.enforce.protocol import SubModel
from constraints.enforce.series import FittingSeries
from constraints.rules.forms import SeriesAutomaton
from constraints.rules.series import runs
from scenarios.arrays import Flag, Float, Int, Plan


class Automata(FittingSeries):
    """Series read by one and the same automaton, over plans of ``slots`` slots and ``periods`` periods."""

    def __init__(self, forms: list[tuple[str, SeriesAutomaton]], periods: int, slots: int) -> None:
        first = forms[0][1]
        super().__init__([(rule, form.entries, len(form.start)) for rule, form in forms], periods, first.reach, slots)
        self._start = np.concatenate([form.start for _, form in forms])
        self.coupled = first.coupled
        dead = len(first.step)
        self._dead = dead
        self._step = np.vstack([np.where(first.step < 0, dead, first.step), [[dead, dead]]])
        self._next = 2 * self._step.ravel()
        accept = np.ones(dead, dtype=bool) if first.accept is None else first.accept
        self._accept: Flag = np.append(accept, False)

    def _states(self, active: Flag) -> Int:
        """[..., G, T + 1] state before each period and at the end."""
        rows = np.empty((self._periods + 1, *active.shape[:-1]), dtype=np.int64)  # twice the states: rows of the table
        rows[0] = 2 * self._start
        for t in range(self._periods):
            rows[t + 1] = self._next[rows[t] + active[..., t]]
        return rows.transpose(*range(1, rows.ndim), 0) // 2

    def bad_periods(self, active: Flag) -> Flag:
        """[..., G, T] where the automaton refuses a word; in the last period where it must not end."""
        states = self._states(active)
        bad = np.asarray((states[..., 1:] == self._dead) & (states[..., :-1] != self._dead))
        bad[..., -1] |= (states[..., -1] != self._dead) & ~self._accept[states[..., -1]]
        return bad

    def flips(self, active: Flag) -> Flag:
        """[G, T] flips after which the whole word is accepted."""
        states = self._states(active)
        accepts = np.repeat(self._accept[None], len(active), axis=0)
        result = np.empty(active.shape, dtype=bool)
        rows = np.arange(len(active))
        for t in reversed(range(self._periods)):
            letter = active[:, t].astype(np.int64)
            result[:, t] = accepts[rows, self._step[states[:, t], 1 - letter]]
            accepts = accepts[rows[:, None], self._step[:, letter].T]
        return result

    def cheapest(self, rows: Int, active: Flag, cost: Float) -> Flag:
        """[rows, T] accepted words of least cost of silencing."""
        return self.fitting(rows, active, cost, np.full(active.shape, np.inf))

    def fitting(self, rows: Int, active: Flag, silence: Float, wake: Float) -> Flag:
        """[rows, T] accepted words of least cost, by dynamic programming over states."""
        count, alive = len(active), self._dead
        best = np.full((count, alive), np.inf)
        best[np.arange(count), self._start[rows]] = 0.0
        origin = np.zeros((self._periods, count, alive), dtype=np.int64)
        letters = np.zeros((self._periods, count, alive), dtype=bool)
        for t in range(self._periods):
            after = np.full((count, alive), np.inf)
            for state in range(alive):
                for letter in (1, 0):
                    target = int(self._step[state, letter])
                    if target == self._dead:
                        continue
                    here = (0.0, wake[:, t]) if letter else (silence[:, t], 0.0)
                    price = np.where(active[:, t], here[0], here[1])
                    total = best[:, state] + price
                    better = total < after[:, target]
                    after[better, target] = total[better]
                    origin[t, better, target] = state
                    letters[t, better, target] = bool(letter)
            best = after
        best = np.where(self._accept[:-1], best, np.inf)
        result = active.copy()
        for row in np.flatnonzero(np.isfinite(best.min(axis=1))):
            state = int(best[row].argmin())
            for t in reversed(range(self._periods)):
                result[row, t] = letters[t, row, state]
                state = int(origin[t, row, state])
        return result

    def add_word(self, sub: SubModel, group: int, word: list[Any]) -> None:
        """Let the automaton read one word."""
        letters = [sub.model.new_constant(letter) if isinstance(letter, int) else letter for letter in word]
        moves = [
            (state, letter, int(self._step[state, letter]))
            for state in range(self._dead)
            for letter in (0, 1)
            if self._step[state, letter] != self._dead
        ]
        final = [int(state) for state in np.flatnonzero(self._accept)]
        sub.model.add_automaton(letters, int(self._start[group]), final, moves)

    def blocks(self, plan: Plan) -> list[Int]:
        """Slots of each run whose lines cannot go one by one."""
        active = self._words(self._count(self._entries.active(plan)))
        flips = self.flips(active)
        true = self._entries.active(plan)
        found: list[Int] = []
        for group in np.flatnonzero((active & ~flips).any(axis=1)):
            for first, last in runs([int(t) for t in np.flatnonzero(active[group])]):
                if not flips[group, first : last + 1].all():
                    cells = group * self._periods + np.arange(first, last + 1)
                    inside = np.concatenate([self._index.in_cell(int(cell)) for cell in cells])
                    found.append(self._index.slots_of(inside[true[inside]]))
        return found
