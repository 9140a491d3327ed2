"""How many first plans of eased problems may be made: so many in all, whoever asks for them."""

from __future__ import annotations

import math
from collections.abc import Callable


class TryCount:
    """Counts tries; whoever shares it shares what is left.

    Parameters
    ----------
    most
        Tries at most.
    least
        Tries that are made however long they take.
    over
        Whether the time is over: then no other try is made beyond the least.
    """

    def __init__(self, most: int, least: int = 0, over: Callable[[], bool] = lambda: False) -> None:
        self._least, self._over = least, over
        self.most, self.done = most, 0

    @property
    def more(self) -> bool:
        """Whether another try may be made."""
        return self.done < self.most and (self.done < self._least or not self._over())

    def part(self, among: int) -> int:
        """The number of tries at which one of so many that share what is left has had its part."""
        return self.done + math.ceil((self.most - self.done) / among)
