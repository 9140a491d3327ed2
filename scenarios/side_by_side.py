"""Work on two threads: pieces that know nothing of each other and spend their time in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

THREADS = 2
"""Pieces of work that are done at the same time: more would wait for each other's Python."""


def side_by_side(work: Callable[[Task], Result], tasks: Iterable[Task]) -> list[Result]:
    """Do the same to every task; results stand in the tasks' order.

    How NumPy reports bad numbers (`numpy.errstate`) holds on the threads as it does here. The first error is raised.
    """
    # A context can be entered by one thread at a time, so each task runs in a copy of its own.
    prepared = [(copy_context(), task) for task in tasks]
    if len(prepared) < 2:
        return [work(task) for _, task in prepared]
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        running = [pool.submit(context.run, work, task) for context, task in prepared]
        return [each.result() for each in running]
