"""Work on two threads is the same work: results in order, NumPy's settings kept, the first error raised."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from scenarios.side_by_side import side_by_side


def test_results_stand_in_the_tasks_order() -> None:
    """Whichever thread is done first."""
    seen: set[int] = set()

    def doubled(task: int) -> int:
        seen.add(threading.get_ident())
        return 2 * task

    assert side_by_side(doubled, range(20)) == [2 * task for task in range(20)]
    assert threading.get_ident() not in seen
    assert side_by_side(doubled, []) == []


def test_one_task_needs_no_thread() -> None:
    """It is done where it was asked for."""
    assert side_by_side(lambda _: threading.get_ident(), [1]) == [threading.get_ident()]


@pytest.mark.parametrize("tasks", [1, 4])
def test_bad_numbers_are_reported_as_where_the_work_was_asked_for(tasks: int) -> None:
    """A division by zero that is an error here is one on the threads."""
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        side_by_side(lambda _: np.ones(3) / np.zeros(3), range(tasks))


def test_work_beside_other_work_is_not_split_once_more() -> None:
    """What a thread splits again it does by itself: there are never more than two threads."""

    def inner(task: int) -> str:
        return threading.current_thread().name

    def outer(task: int) -> tuple[str, list[str]]:
        return threading.current_thread().name, side_by_side(inner, range(3))

    for own, names in side_by_side(outer, range(4)):
        assert names == [own] * 3
    assert len(set(side_by_side(inner, range(8)))) <= 2


def test_after_an_error_nothing_new_is_begun() -> None:
    """What runs is waited for; what has not begun never is."""
    begun = []

    def fails(task: int) -> None:
        begun.append(task)
        time.sleep(0.01)
        raise ValueError(f"task {task}")

    with pytest.raises(ValueError, match="task 0"):
        side_by_side(fails, range(200))
    assert len(begun) < 200
