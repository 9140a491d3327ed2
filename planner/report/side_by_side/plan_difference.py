"""What differs between two plans, line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from scenarios.answer.plan import LineResult, RankedPlan
from scenarios.answer.sendings import sending_day
from scenarios.language.schema import Scenario


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


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Slots that two plans fill differently, of the same sendings on both sides; mostly a single one."""

    changes: tuple[Changed, ...]

    @property
    def days(self) -> str:
        """The period, or the first and the last, short so that worths beside them are seen."""
        first, last = self.changes[0].line.period, self.changes[-1].line.period
        same_year = first.year == last.year
        return str(first) if first == last else f"{first}..{str(last)[5:] if same_year else last}"

    def worth(self, side: str) -> Decimal | None:
        """What the lines of a side are worth together; None where there are none, or nobody knows."""
        lines = [getattr(change, side) for change in self.changes]
        known = [line.contribution for line in lines if line is not None and line.contribution is not None]
        return sum(known, start=Decimal(0)) if known else None


def _sending(scenario: Scenario, line: LineResult) -> tuple[object, ...]:
    """Tell a sending from all others of its place; lines of other offers each from all others."""
    day = sending_day(scenario, line)
    return day or line.period, day is None, *_level(line), line.pieces


def stretches(found: Sequence[Changed], scenarios: tuple[Scenario, Scenario]) -> tuple[Stretch, ...]:
    """Put changes together that are days of the same sendings: what is sent once is told once.

    Parameters
    ----------
    scenarios
        Of the two plans.
    """
    groups: dict[tuple[object, ...], list[Changed]] = {}
    for change in found:
        sides = zip(scenarios, (change.left, change.right), strict=True)
        sent = [None if line is None else _sending(scenario, line) for scenario, line in sides]
        groups.setdefault((change.line.product, change.line.segment, *sent), []).append(change)
    return tuple(Stretch(changes=tuple(own)) for own in groups.values())


def difference_share(left: RankedPlan, right: RankedPlan) -> float:
    """Share of the lines of the larger plan that the other plan does not hold."""
    one, two = ({(*_key(line), *_level(line)) for line in plan.lines} for plan in (left, right))
    larger = max(len(one), len(two))
    return 1.0 - len(one & two) / larger if larger else 0.0
