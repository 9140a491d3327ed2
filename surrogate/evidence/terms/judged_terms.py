"""Whether an estimate of a response term is good enough to use, in the words of what is printed."""

from __future__ import annotations

from scenarios.language.schemas.response import USUAL_HIGH, USUAL_LOW, USUAL_SHARE
from scenarios.response.effects import FittedTerm
from surrogate.evidence.terms.pooled_shares import LARGEST, Pooled

WIDEST = {"fatigue": 0.30, "pull_forward": 0.25, "cannibalisation": 0.25}
"""Widest 90 % interval of a term that may be nothing and still says something."""


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


def vague(name: str, value: float, half: float) -> bool:
    """Return whether an estimate is too wide to stand alone, and yet nothing that speaks of something else."""
    return 2 * half > WIDEST[name] and value >= -WIDEST[name] / 2 and value - half <= LARGEST


def drawn_to_usual(found: Pooled, value: float, half: float, source: str, periods: float) -> FittedTerm:
    """Return the mean of what categories say where it is held to what is usual, and what the data says alone."""
    words = (
        f"{source}, held to what is usual ({USUAL_SHARE:.0%}, {USUAL_LOW:.0%} to {USUAL_HIGH:.0%}): the data alone "
        f"says {value:.0%} ({value - half:.0%} to {value + half:.0%})"
    )
    return FittedTerm(value=found.mean, low=found.mean_low, high=found.mean_high, words=words, periods=periods)


def unsupported(words: str, value: float = 0.0, low: float = 0.0, high: float = 1.0) -> FittedTerm:
    """Return a term that the data does not support, with the reason."""
    return FittedTerm(value=value, low=low, high=high, words=f"not supported by this data: {words}", supported=False)
