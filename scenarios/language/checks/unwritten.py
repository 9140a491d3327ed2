"""Keys with nothing behind the colon: a value that was forgotten, not the wish for none.

``fund:`` alone would read as no cap, ``at_risk:`` as no risk and ``mechanics:`` as all of them. Who means that deletes
the key or writes ``null``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scenarios.language.data_paths import named
from scenarios.problems import Places, Problem


def unwritten(data: Any, places: Places, told: Iterable[Problem]) -> list[Problem]:
    """Return a problem for every key without a value, where nothing else was told of the same place.

    Parameters
    ----------
    data
        What was read.
    places
        Where everything stands.
    told
        What is known to be wrong: a required key without a value is, an unknown one too.
    """
    known = {problem.where for problem in told}
    return [
        Problem(
            where=places.at(path),
            what=named(path, data),
            expected="a value",
            got="nothing",
            remedy=f"write a value or delete the {'key' if isinstance(path[-1], str) else 'line'}",
        )
        for path in places.empty()
        if places.at(path) not in known
    ]
