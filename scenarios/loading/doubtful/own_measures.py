"""Columns of an effect table that are measures of one's own, and that nothing asks for: perhaps meant as a key."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.custom import limited
from scenarios.first_few import first_few
from scenarios.loading.load import LoadedScenario
from scenarios.tables.effect_rows import GO_BY, mistaken


def doubtful_measures(loaded: LoadedScenario) -> Iterator[str]:
    """Tell of measures that no limit names: they do nothing. What looks like the spread of a lift is told apart."""
    idle = [name for name in sorted(loaded.custom.keys() - limited(loaded.scenario)) if mistaken(name) is None]
    if not idle:
        return
    one = len(idle) == 1
    columns = f"column{'' if one else 's'} {first_few(idle)} of {loaded.scenario.effects.table}"
    read = "is read as a measure of your own, an amount" if one else "are read as measures of your own, amounts"
    yield f"{columns} {read} per use, and no limit names {'it' if one else 'them'}: {GO_BY}"
