"""What was computed of the last plans: a plan is judged, then audited, and both need its account and its futures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from scenarios.arrays import Plan

Found = TypeVar("Found")


class Last(Generic[Found]):
    """The last answers to questions that have names.

    Parameters
    ----------
    kept
        Answers that are remembered, those asked for last.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._last: tuple[tuple[bytes, Found], ...] = ()

    def of(self, name: bytes, compute: Callable[[], Found]) -> Found:
        """The answer of a name, computed where it is not remembered."""
        last = self._last  # read once: threads may ask other questions meanwhile
        known = next((each for each in last if each[0] == name), None)
        if known is None:
            known = name, compute()
        others = tuple(each for each in last if each[0] != name)
        self._last = (known, *others)[: self._kept]
        return known[1]


class OfLastPlans(Generic[Found]):
    """A function of a flat plan [N] that remembers its last answers.

    Parameters
    ----------
    compute
        A pure function of the plan.
    kept
        Answers that are remembered, those asked for last.
    """

    def __init__(self, compute: Callable[[Plan], Found], kept: int) -> None:
        self._compute = compute
        self._last: Last[Found] = Last(kept)

    def __call__(self, plan: Plan) -> Found:
        """The answer for a plan."""
        return self._last.of(plan.tobytes(), lambda: self._compute(plan))
