"""What of customers' experience the actuals do not tell, with the columns that are missing and no others."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.flight.actuals import Actuals

_PAIRS = (("contacts", "buyers"), ("visitors", "buyers"))
_SATISFACTION = ("survey", "returns", "complaints", "unsubscribes")
"""Any of them tells something."""


def untold(actuals: Actuals) -> Iterator[str]:
    """Say what is not told of conversion and satisfaction."""
    for pair in _PAIRS:
        missing = [name for name in pair if not actuals.has(name)]
        if len(missing) == len(pair):
            yield f"not told: {' and '.join(pair)} (columns {', '.join(pair)})"
        elif missing:
            (there,) = set(pair) - set(missing)
            yield f"not told: {missing[0]}, beside {there} (column {missing[0]})"
    if not any(actuals.has(name) for name in _SATISFACTION):
        yield f"not told: satisfaction (columns {', '.join(_SATISFACTION)})"
