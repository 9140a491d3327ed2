"""The run's clock: how much of a limited time is left, and what whoever watches is told."""

from __future__ import annotations

import time
from collections.abc import Callable

from planner.bound.lowering.bound import Bound
from planner.evolution.state import State
from planner.progress import Progress
from planner.run.search_params import SearchParams


class Watch:
    """The run's clock, and what it tells whoever watches."""

    def __init__(self, params: SearchParams, report: Callable[[Progress], None]) -> None:
        self._params, self._report = params, report
        self._begun = time.monotonic() if params.since is None else params.since
        self._before = time.monotonic() - self._begun
        self._longest, self._last = 0.0, 0.0
        self.reserve = 0.0
        """Time to leave for what comes after the search, where time is limited."""
        self._first: float | None = None
        self.known = ""
        """What is known already and stays so, for whoever waits; see `Progress.known`."""

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._begun

    @property
    def over(self) -> bool:
        """Whether the time limit, where there is one, is used up: another step would end beyond it."""
        return self.left - self.reserve < self._longest

    @property
    def left(self) -> float:
        """Seconds that are left, where there is a time limit."""
        return float("inf") if self._params.seconds is None else self._params.seconds - self.seconds

    @property
    def first(self) -> float:
        """Seconds of the run that the first start took; all until now where nobody told that one has ended."""
        return self.seconds - self._before if self._first is None else self._first

    def started(self) -> float:
        """Take note that a start has ended; the share of a limited time that is used up, 0 without a limit."""
        self._first = self.first
        return 0.0 if self._params.seconds is None else self.seconds / self._params.seconds

    def late(self, expected: float = 0.0, leave: float = 0.0) -> Callable[[], bool]:
        """Tell, whenever asked, whether another part as long as the longest since first asked would end too late.

        Parameters
        ----------
        expected
            Seconds that parts are taken to last until one has lasted longer.
        leave
            Seconds that what follows needs.
        """
        longest, last = expected, self.seconds

        def late() -> bool:
            nonlocal longest, last
            now = self.seconds
            longest, last = max(longest, now - last), now
            return self.left - leave < longest

        return late

    def step(self) -> None:
        """Take note of how long steps of the search take: a fading maximum."""
        now = self.seconds
        self._longest, self._last = max(0.9 * self._longest, now - self._last), now

    def skip(self) -> None:
        """Take note that what happened since the last step was none."""
        self._last = self.seconds

    def begin_steps(self, expected: float = 0.0) -> None:
        """Begin to take note; steps are taken to last as long as ``expected`` until they have shown how long."""
        self._longest, self._last = expected, self.seconds

    def say(self, stage: str, share: float | None, state: State | None = None, bound: Bound | None = None) -> None:
        """Report a moment of the run; ``share`` is how much of it is done, 0 to 1, None where nobody knows."""
        best = None if state is None else state.best.objective
        gap = None
        if bound is not None and best is not None:
            gap = max(bound.value - best, 0.0) / max(1.0, abs(bound.value))
        self._report(
            Progress(
                stage=stage,
                generation=0 if state is None else state.generation,
                best=best,
                gap=gap,
                feasible_share=None if state is None else min(max(state.feasible, 0.0), 1.0),
                seconds=self.seconds,
                share_done=None if share is None else min(share, 1.0),
                known=self.known,
            )
        )
