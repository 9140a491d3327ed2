"""Automaton rules at work: min_gap and max_run over series of periods."""

from __future__ import annotations

from typing import Any

import numpy as np

from constraints.enforce.protocol import Float, SubModel
from constraints.enforce.series import Series
from constraints.rules.forms import Bools, Ints, SeriesAutomaton


class Automata(Series):
    """Series read by one and the same automaton, over plans of ``slots`` slots and ``periods`` periods."""

    def __init__(self, forms: list[tuple[str, SeriesAutomaton]], periods: int, slots: int) -> None:
        first = forms[0][1]
        super().__init__([(rule, form.entries, len(form.start)) for rule, form in forms], periods, first.reach, slots)
        self._start = np.concatenate([form.start for _, form in forms])
        dead = len(first.step)
        self._dead = dead
        self._step = np.vstack([np.where(first.step < 0, dead, first.step), [[dead, dead]]])

    def _states(self, active: Bools) -> Ints:
        """[G, T + 1] state before each period and at the end."""
        states = np.empty((len(active), self._periods + 1), dtype=np.int64)
        states[:, 0] = self._start
        for t in range(self._periods):
            states[:, t + 1] = self._step[states[:, t], active[:, t].astype(np.int64)]
        return states

    def bad_periods(self, active: Bools) -> Bools:
        """[G, T] where the automaton refuses a word."""
        states = self._states(active)
        return np.asarray((states[:, 1:] == self._dead) & (states[:, :-1] != self._dead))

    def flips(self, active: Bools) -> Bools:
        """[G, T] flips after which the whole word is accepted."""
        states = self._states(active)
        accepts = np.ones((len(active), self._dead + 1), dtype=bool)
        accepts[:, self._dead] = False
        result = np.empty(active.shape, dtype=bool)
        rows = np.arange(len(active))
        for t in reversed(range(self._periods)):
            letter = active[:, t].astype(np.int64)
            result[:, t] = accepts[rows, self._step[states[:, t], 1 - letter]]
            accepts = accepts[rows[:, None], self._step[:, letter].T]
        return result

    def cheapest(self, rows: Ints, active: Bools, cost: Float) -> Bools:
        """[rows, T] accepted words of least cost of silencing, by dynamic programming over states."""
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
                    price = cost[:, t] if letter == 0 else np.where(active[:, t], 0.0, np.inf)
                    total = best[:, state] + price
                    better = total < after[:, target]
                    after[better, target] = total[better]
                    origin[t, better, target] = state
                    letters[t, better, target] = bool(letter)
            best = after
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
        sub.model.add_automaton(letters, int(self._start[group]), list(range(self._dead)), moves)
