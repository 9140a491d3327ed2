"""Work on two threads: pieces that know nothing of each other and spend their time in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

THREADS = 2
"""Pieces of work that are done at the same time: more would wait for each other's Python."""

_INSIDE: ContextVar[bool] = ContextVar("inside", default=False)
"""Whether this is one of two threads already: what they do is not split once more."""


def side_by_side(work: Callable[[Task], Result], tasks: Iterable[Task]) -> list[Result]:
    """Do the same to every task; results stand in the tasks' order.

    How NumPy reports bad numbers (`numpy.errstate`) holds on the threads as it does here. The first error is raised.
    """
    listed = list(tasks)
    if len(listed) < 2 or _INSIDE.get():
        return [work(task) for task in listed]

    def inside(task: Task) -> Result:
        _INSIDE.set(True)
        return work(task)

    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        # A context can be entered by one thread at a time, so each task runs in a copy of its own.
        running = [pool.submit(copy_context().run, inside, task) for task in listed]
        try:
            return [each.result() for each in running]
        except BaseException:
            pool.shutdown(cancel_futures=True)  # Ctrl-C, too, waits for what runs, not for what has not begun
            raise
