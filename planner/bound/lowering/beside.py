"""The bound beside the evolution: both take seconds, neither needs the other, and there are two cores.

The value does not depend on how fast either goes, so a run repeats to the byte unless it is stopped.
"""

from __future__ import annotations

import math
import threading
import time
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYetError
from types import TracebackType

from planner.bound.lowering.bound import Bound
from planner.bound.lowering.params import BoundParams
from planner.bound.lowering.tight import BegunBound, begin_bound, tightened
from planner.evolution.workspace import Prices
from planner.problem import Problem


class BoundBeside:
    """A bound that is being lowered in a thread of its own; leaving the context stops it.

    The naive bound needs no plan and may be begun before there is one; the tightened one starts from what a search
    knows by then.

    Parameters
    ----------
    problem
        The question.
    params
        How much work the bound may cost.
    """

    def __init__(self, problem: Problem, params: BoundParams) -> None:
        self._problem, self._params = problem, params
        self._stopped, self._given_up = threading.Event(), threading.Event()
        self._best = float("inf")
        self._started = time.monotonic()
        self._prepared: float | None = None
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bound")
        self._begun: Future[BegunBound] | None = None
        self._found: Future[Bound] | None = None

    def begin(self) -> None:
        """Begin with the naive bound."""
        if self._begun is None:
            rules = self._problem.rulebook
            self._started = time.monotonic()
            self._begun = self._pool.submit(
                begin_bound,
                self._problem.model,
                self._problem.limits,
                rules.passable,
                rules.locked_lines(),
                self._params,
                self._told,
                rules.rules,
            )

    def go_on(self, target: float, prices: Prices | None = None) -> None:
        """Go on to the tightened bound, unless that is done already.

        Parameters
        ----------
        target
            Objective of the best plan known: the descent stops close to it.
        prices
            Prices of limits and stock that the search knows, to start from.
        """
        self.begin()
        if self._found is None:
            self._found = self._pool.submit(self._tightened, target, prices)

    def _tightened(self, target: float, prices: Prices | None) -> Bound:
        if self._begun is None:
            raise AssertionError("a bound is tightened after it was begun")
        return tightened(
            self._begun.result(),
            self._params,
            prices=None if prices is None else prices.scalar,
            stock_prices=None if prices is None else prices.stock,
            target=target,
            progress=self._told,
        )

    def _told(self, share: float, best: float) -> bool:
        """Go on unless the bound was stopped; raise where nobody waits for it any more."""
        if self._given_up.is_set():
            raise CancelledError
        self._best = best
        if self._prepared is None:
            self._prepared = time.monotonic() - self._started
        return not self._stopped.is_set()

    def proves(self, objective: float, gap: float) -> bool:
        """Whether a plan of some objective is within a gap of the best possible one, as far as is known by now."""
        bound = self._best if self.now is None else self.now.value
        return math.isfinite(bound) and bound - objective <= gap * max(1.0, abs(bound))

    def hurry_within(self, seconds: float) -> None:
        """Ask the descent to end where what follows it needs all of the seconds left: about as long as it prepared."""
        if self._prepared is not None and seconds < self._prepared:
            self._stopped.set()

    @property
    def now(self) -> Bound | None:
        """The bound where it is finished."""
        found = self._found
        done = found is not None and found.done() and not self._given_up.is_set()
        return found.result() if done and found is not None else None

    def wait(self) -> Bound:
        """The finished bound.

        Raises
        ------
        AssertionError
            Where the bound is paused and nobody let it go on: a mistake of the caller.
        """
        if self._found is None:
            raise AssertionError("a bound that nobody let go on does not end")
        return self._found.result()

    def stop(self) -> Bound | None:
        """The bound as far as it got, valid like any other; None where there is none or it was given up."""
        self._stopped.set()
        return None if self._given_up.is_set() or self._found is None else self._found.result()

    def stop_within(self, seconds: float) -> Bound | None:
        """The bound as far as it got, or None where it is not there within some seconds; then it is given up."""
        self._stopped.set()
        try:
            return None if self._found is None else self._found.result(timeout=max(seconds, 0.0))
        except NotYetError:
            self._given_up.set()
            return None

    def __enter__(self) -> BoundBeside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        if self._found is None:
            self._given_up.set()  # nobody asks for it any more
        self._pool.shutdown(wait=not self._given_up.is_set())
        self._begun = None  # its tables are the largest of a run, and checking needs room, too
