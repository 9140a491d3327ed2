"""What is bought ahead of single products and categories, and how far strengths may be off, in words."""

from __future__ import annotations

from planner.figures import given, plural
from scenarios.first_few import first_few
from scenarios.language.schema import ResponseTerms

_FEW = 6
"""Rows that are all told; of more the ends."""


def own_pull_forward(response: ResponseTerms, *, written: int) -> str:
    """Say which products and categories have shares of their own: all of a few, the ends of many.

    ``written`` tells how many of them, the first, people wrote, to the digits that they are told with.
    """
    told = [
        (row.share, given(row.share) if number < written else f"{row.share:.0%}", row.product or row.category)
        for number, row in enumerate(response.pull_forward.own)
    ]
    told.sort(key=lambda row: row[0])
    named = [f"{share} of {name}" for _, share, name in told]
    if not named:
        return ""
    if len(named) <= _FEW:
        return f"; but {first_few(named, most=_FEW)}"
    return f"; but shares of their own of {plural(len(named), 'product')}, from {named[0]} to {named[-1]}"


def drawn_ends(response: ResponseTerms, key: str) -> tuple[float | None, float | None]:
    """Return the ends of the interval within which futures draw a strength; None where it is exact."""
    if key == "pull_forward":
        return response.pull_forward.low, response.pull_forward.high
    return getattr(response, f"{key}_low"), getattr(response, f"{key}_high")
