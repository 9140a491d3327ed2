"""Values that YAML misread, such as 4,000 in braces: each is told once, beside all else that is wrong in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scenarios.problems import Problem


def with_misread(problems: Sequence[Problem], misread: Sequence[Problem]) -> list[Problem]:
    """Tell each misread value once, by the ids around it."""
    left, told = list(problems), []
    for each in misread:
        key = each.what.rpartition(".")[2]
        also = [other for other in left if other.where == each.where and key in other.what.split(".")]
        left = [other for other in left if other not in also]
        if also:
            known = also[0]
            # A word that YAML takes for true or false may stand where neither is asked for.
            odd = "true" in each.expected and "true" not in known.expected
            each = known if odd else replace(each, what=known.what)
        told.append(each)
    return [*told, *left]
