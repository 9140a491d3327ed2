"""Window counts at work: max_frequency and contact caps over series of periods."""

from __future__ import annotations

from typing import Any

import numpy as np

from constraints.enforce.protocol import SubModel
from constraints.enforce.series import Series
from constraints.rules.forms import WindowCounts
from scenarios.arrays import Flag, Float, Int


class Windows(Series):
    """Series with windows of one length, over plans of ``slots`` slots and ``periods`` periods."""

    def __init__(self, forms: list[tuple[str, WindowCounts]], periods: int, slots: int) -> None:
        window = forms[0][1].window
        super().__init__([(rule, form.entries, len(form.cap)) for rule, form in forms], periods, window, slots)
        self._cap = np.concatenate([form.cap for _, form in forms])
        ends = np.arange(periods)
        self._first = np.maximum(ends - window + 1, 0)
        self._beyond = np.minimum(ends + window, periods)

    def _used(self, active: Flag) -> Int:
        """[..., G, T] active periods in the window that ends in each period."""
        total = _running(active)
        return np.asarray(total[..., 1:] - total[..., self._first])

    def bad_periods(self, active: Flag) -> Flag:
        """[..., G, T] windows, by their last period, with too many active periods."""
        return np.asarray(self._used(active) > self._cap)

    def flips(self, active: Flag) -> Flag:
        """[G, T] flips that fill no window beyond its cap; silencing always is one."""
        full = _running(self._used(active) >= self._cap)
        return np.asarray(active | (full[:, self._beyond] == full[:, :-1]))

    def cheapest(self, rows: Int, active: Flag, cost: Float) -> Flag:
        """[rows, T] silence the cheapest period of the earliest overfull window until none is left."""
        result = active.copy()
        for at, row in enumerate(rows):
            word = result[at]
            for end in range(self._periods):
                window = np.arange(self._first[end], end + 1)
                while word[window].sum() > self._cap[row, end]:
                    droppable = window[word[window] & np.isfinite(cost[at, window])]
                    if not len(droppable):
                        break
                    word[droppable[np.lexsort((-droppable, cost[at, droppable]))[0]]] = False
        return result

    def add_word(self, sub: SubModel, group: int, word: list[Any]) -> None:
        """Bound the sum over each window."""
        for end in range(self._periods):
            letters = word[self._first[end] : end + 1]
            free = [letter for letter in letters if not isinstance(letter, int)]
            room = int(self._cap[group, end]) - sum(letter for letter in letters if isinstance(letter, int))
            if room < len(free):
                sub.model.add(sum(free) <= room)


def _running(marks: Flag) -> Int:
    """[..., T + 1] marks [..., T] before each period and before the end."""
    total = np.zeros((*marks.shape[:-1], marks.shape[-1] + 1), dtype=np.int64)
    np.cumsum(marks, axis=-1, out=total[..., 1:])
    return total
