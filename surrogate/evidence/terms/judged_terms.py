"""Whether an estimate of a response term is good enough to use, in the words of what is printed."""

from __future__ import annotations

from scenarios.response.effects import FittedTerm

WIDEST = {"fatigue": 0.30, "pull_forward": 0.25, "cannibalisation": 0.25}
"""Widest 90 % interval of a term that may be nothing and still says something."""
LARGEST = 0.9
"""Estimates above it say that the model of the data is wrong, not that nearly all of a bump is borrowed."""


def judged(name: str, value: float, half: float, source: str, periods: float) -> FittedTerm:
    """Judge an estimate with its half interval: too wide, far below 0, or good enough to use.

    A strength cannot be negative, so the best estimate of one that comes out below 0 is 0, and an interval that is
    narrow enough to speak against a default says that there is none: no default is charged in its place. Chance and
    small errors of the network explain half of the widest interval that counts; what lies further below 0 says that
    something else moves these sales, and nothing about the term.
    """
    return within(name, value, value - half, value + half, source, periods)


def within(name: str, value: float, low: float, high: float, source: str, periods: float) -> FittedTerm:
    """Judge an estimate within an interval; see `judged`.

    However wide an interval is that lies above 0: it says that the term is there, and more than a default does.
    """
    given = f"the data says {value:.0%} ({low:.0%} to {high:.0%}, {source})"
    if not (low > 0 or high - low <= WIDEST[name]):
        return unsupported(f"{given}: too wide to use", value, low, high)
    if not (high > 0 or value >= -WIDEST[name] / 2):
        return unsupported(f"{given}: too far below zero, so something else moves these sales", value, low, high)
    if not (value <= LARGEST):
        return unsupported(
            f"{given}: more than any shop has seen, so something else moves these sales", value, low, high
        )
    shown_low = max(low, 0.0) if value > 0 else low  # an estimate of 0 is told with what brought it there
    return FittedTerm(value=max(value, 0.0), low=shown_low, high=min(high, 1.0), words=source, periods=periods)


def unsupported(words: str, value: float = 0.0, low: float = 0.0, high: float = 1.0) -> FittedTerm:
    """Return a term that the data does not support, with the reason."""
    return FittedTerm(value=value, low=low, high=high, words=f"not supported by this data: {words}", supported=False)
