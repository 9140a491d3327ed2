"""Uses that are estimates, in words: what they are by estimate, and between what they really lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from planner.figures import count, money_style
from planner.replan.within_error import WithinError
from scenarios.answer.sums import MONEY
from scenarios.language.words import Measure

WITHIN = "Limits that the new plan keeps only within the error of an estimate of what was used so far"
"""What stands above such limits."""


def by_estimate(
    used: float, error: float, bound: float, *, sense: str, measure: str, write: Callable[[float], str], ends: str = ""
) -> str:
    """Say what a use is by estimate, what it is really, and its bound; and which column would tell it.

    Parameters
    ----------
    error
        Half a 90% interval of the use.
    write
        Writes amounts of the limit.
    ends
        What is said behind the bound.
    """
    told = "; a column spend would tell" if measure == Measure.SPEND else ""
    low, high = write(used - error), write(used + error)
    return f"{write(used)} by estimate, really {low} to {high}, {sense} {write(bound)}{ends}{told}"


def limit_name(limit: str, span: str | None) -> str:
    """Name a limit, and the span of it that is meant."""
    return f"limit {limit}" + ("" if span is None else f" ({span})")


def amounts(measure: str, bound: float, currency: str) -> Callable[[float], str]:
    """How amounts of a limit on a plain sum are written: money as the currency is, others as whole numbers."""
    return money_style(currency, [bound]) if measure in MONEY else count


def within_error_sentences(limits: Sequence[WithinError], currency: str) -> list[str]:
    """Say of limits of a new plan what they come to, and between what that really lies."""
    return [
        f"{limit_name(each.id, each.span)} comes to "
        + by_estimate(
            each.used,
            each.error,
            each.bound,
            sense=each.sense,
            measure=each.measure,
            write=amounts(each.measure, each.bound, currency),
        )
        for each in limits
    ]
