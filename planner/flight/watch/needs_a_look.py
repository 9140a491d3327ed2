"""What of customers' experience needs a look: returns above what the account assumes, offers that anger, who leaves.

An offer's rates are compared with those of all sales without it, which is no measurement: something else may set these
sales apart. So it is said only where the difference is large beside both errors, which are as wide as rows scatter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.figures import count, share
from planner.flight.returned import beyond_sales
from planner.flight.watch.returns_told import CLEARLY, MORE, returns_beyond
from scenarios.arrays import Flag, Float
from scenarios.flight.actuals import TREATED, Actuals
from scenarios.flight.experience import where_ran

LOWER = 0.95
"""Share of the other sales' mean score, below which a score is worth a word."""
LEAVING = 0.05
"""Share of a segment's customers who unsubscribed, from which on those who are left are clearly fewer than planned."""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A rate or mean score over some rows, with its standard error."""

    value: float
    error: float


def needs_a_look(actuals: Actuals, plan: NDArray[np.int8]) -> tuple[str, ...]:
    """Sentences on returns, on offers whose customers are clearly less content, and on segments that are left.

    Parameters
    ----------
    plan
        The flat plan [N], which tells what ran where the actuals do not.
    """
    return (*returns_beyond(actuals), *_offers(actuals, plan), *_leaving(actuals))


def _offers(actuals: Actuals, plan: NDArray[np.int8]) -> Iterator[str]:
    """Say of which offers returns, complaints or unsubscribes are clearly more, or scores lower, than without them."""
    for name, where in where_ran(actuals, plan).items():
        parts = []
        for column, of in (("returns", "units"), ("complaints", "units"), ("unsubscribes", "contacts")):
            if not (actuals.has(column) and actuals.has(of)):
                continue
            counted, whole = actuals.tables[column][TREATED], actuals.tables[of][TREATED]
            if column == "returns":
                counted = np.where(np.append(beyond_sales(actuals), False)[:, None], np.nan, counted)
            told = np.isfinite(counted) & (np.nan_to_num(whole) > 0)
            own, other = (_rate(counted, whole, told & rows) for rows in (where, ~where))
            if own is not None and other is not None and _clearly(own, other) and own.value > MORE * other.value:
                parts.append(f"{column} {share(own.value)} of {of} ({share(other.value)} without it)")
        if actuals.has("survey") and actuals.has("survey_count"):
            score, people = actuals.tables["survey"][TREATED], actuals.tables["survey_count"][TREATED]
            told = np.isfinite(score) & (np.nan_to_num(people) > 0)
            spread = _spread(score, people, told & ~where)
            own, other = (_mean(score, people, told & rows, spread) for rows in (where, ~where))
            if own is not None and other is not None and _clearly(other, own) and own.value < LOWER * other.value:
                parts.append(f"survey {own.value:.2f} ({other.value:.2f} without it)")
        if parts:
            yield f"{name} needs a look: {', '.join(parts)}"


def _leaving(actuals: Actuals) -> Iterator[str]:
    """Say of which segments so many unsubscribed that the plan's messages reach clearly fewer than it counts."""
    if not actuals.has("unsubscribes"):
        return
    gone = np.nansum(actuals.of_segments("unsubscribes"), axis=(1, 2))
    names = [
        f"{segment.id} {count(float(left))} of {count(segment.customers)}"
        for segment, left in zip(actuals.grid.segments, gone, strict=True)
        if left > LEAVING * segment.customers
    ]
    if names:
        yield (
            f"unsubscribed so far: {', '.join(names)}; the plan and its forecast count on messages to all of them, and "
            "offers to those who left reach nobody"
        )


def _rate(counted: Float, of: Float, rows: Flag) -> Rate | None:
    """A share over rows, with the larger of two errors: of counting cases, and as the rows scatter."""
    if not rows.any():
        return None
    hits, cases = counted[rows], of[rows]
    total = float(cases.sum())
    value = float(hits.sum()) / total
    smooth = min((float(hits.sum()) + 1.0) / (total + 2.0), 0.5)
    counting = float(np.sqrt(smooth * (1.0 - smooth) / total))
    return Rate(value=value, error=max(counting, _scatter(hits - value * cases, total)))


def _mean(score: Float, people: Float, rows: Flag, spread: float | None) -> Rate | None:
    """A mean score over rows of answers, with the larger of two errors: of single answers, and as the rows scatter."""
    if spread is None or not rows.any():
        return None
    answers = float(people[rows].sum())
    value = float((score[rows] * people[rows]).sum()) / answers
    scatter = _scatter((score[rows] - value) * people[rows], answers)
    return Rate(value=value, error=max(spread / float(np.sqrt(answers)), scatter))


def _spread(score: Float, people: Float, rows: Flag) -> float | None:
    """Standard deviation of a single answer, by how the means of rows differ; None of a single row."""
    if rows.sum() < 2:
        return None
    weight, mean = people[rows], float(np.average(score[rows], weights=people[rows]))
    return float(np.sqrt((weight * (score[rows] - mean) ** 2).sum() / (len(weight) - 1)))


def _scatter(off: Float, total: float) -> float:
    """Error of a ratio by what its rows are off (Cochran, Sampling Techniques, 1977, section 6.3)."""
    rows = len(off)
    return float(np.sqrt((off**2).sum() * rows / (rows - 1))) / total if rows > 1 else 0.0


def _clearly(more: Rate, less: Rate) -> bool:
    return more.value - less.value > CLEARLY * float(np.hypot(more.error, less.error))
