"""The bound beside the evolution: both take seconds, neither needs the other, and there are two cores.

The value does not depend on how fast either goes, so a run repeats to the byte unless it is stopped.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from planner.bound.tight import Bound, BoundParams, tight_bound
from planner.problem import Problem


class BoundBeside:
    """A bound that is being lowered in a thread of its own; leaving the context stops it.

    Parameters
    ----------
    problem
        The question.
    target
        Objective of the best plan known: the descent stops close to it.
    params
        How much work the bound may cost.
    """

    def __init__(self, problem: Problem, target: float, params: BoundParams) -> None:
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bound")
        self._found: Future[Bound] = self._pool.submit(
            tight_bound,
            problem.model,
            problem.limits,
            problem.rulebook.base,
            problem.rulebook.locked_lines(),
            target=target,
            params=params,
            rules=problem.rulebook.rules,
            progress=lambda share, best: not self._stopped.is_set(),
        )

    @property
    def now(self) -> Bound | None:
        """The bound where it is finished."""
        return self._found.result() if self._found.done() else None

    def wait(self) -> Bound:
        """The finished bound."""
        return self._found.result()

    def stop(self) -> Bound:
        """The bound as far as it got, valid like any other."""
        self._stopped.set()
        return self._found.result()

    def __enter__(self) -> BoundBeside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._pool.shutdown(wait=True)
