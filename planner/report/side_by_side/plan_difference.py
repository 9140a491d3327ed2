"""What differs between two plans, line by line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from scenarios.answer.plan import LineResult, RankedPlan


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One slot that two plans fill differently; None where a plan leaves it empty."""

    left: LineResult | None
    right: LineResult | None

    @property
    def line(self) -> LineResult:
        """The line that names the slot.

        Raises
        ------
        ValueError
            Where neither plan has a line in the slot.
        """
        line = self.left if self.left is not None else self.right
        if line is None:
            raise ValueError("a change needs a line on one side")
        return line


def _key(line: LineResult) -> tuple[dt.date, str, str]:
    """Name the slot: public lines name everybody, so one date, product and segment hold one line at most."""
    return line.period, line.product, line.segment


def _level(line: LineResult) -> tuple[str, float, float]:
    """Name what the slot holds."""
    return line.offer, line.coverage, line.quantity


def changes(left: RankedPlan, right: RankedPlan) -> tuple[Changed, ...]:
    """Slots whose offer, coverage or quantity differs, in time order."""
    before, after = ({_key(line): line for line in plan.lines} for plan in (left, right))
    found = []
    for key in sorted(before.keys() | after.keys()):
        one, two = before.get(key), after.get(key)
        if one is None or two is None or _level(one) != _level(two):
            found.append(Changed(left=one, right=two))
    return tuple(found)


def difference_share(left: RankedPlan, right: RankedPlan) -> float:
    """Share of the lines of the larger plan that the other plan does not hold."""
    one, two = ({(*_key(line), *_level(line)) for line in plan.lines} for plan in (left, right))
    larger = max(len(one), len(two))
    return 1.0 - len(one & two) / larger if larger else 0.0
