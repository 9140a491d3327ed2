"""Shares of a bump that are bought ahead of single products and categories, in words."""

from __future__ import annotations

from planner.figures import given, plural
from scenarios.first_few import first_few
from scenarios.language.schema import ResponseTerms

_FEW = 6
"""Rows that are all told; of more the ends."""


def own_pull_forward(response: ResponseTerms) -> str:
    """Say which products and categories have shares of their own: all of a few, the ends of many."""
    rows = sorted(response.pull_forward.own, key=lambda row: row.share)
    named = [f"{given(row.share)} of {row.category if row.product is None else row.product}" for row in rows]
    if not named:
        return ""
    if len(named) <= _FEW:
        return f"; but {first_few(named, most=_FEW)}"
    return f"; but shares of their own of {plural(len(named), 'product')}, from {named[0]} to {named[-1]}"
