"""What limits and rules are called: the name that people read, with the id that is typed beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rich.cells import cell_len

from scenarios.language.schema import Scenario

SHORT = 18
"""Cells up to which a name stands in a narrow table in place of its id."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """Names of limits and rules by their ids; what has none is called by its id."""

    called: Mapping[str, str] = field(default_factory=dict)

    def full(self, name: str) -> str:
        """Name and id, as sentences and wide tables say it: ``Budget net (budget)``."""
        own = self.called.get(name)
        return name if own is None or own == name else f"{own} ({name})"

    def short(self, name: str) -> str:
        """The name where it is short, else the id: for narrow tables."""
        own = self.called.get(name, name)
        return own if cell_len(own) <= SHORT else name

    def all_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """Several of them in full."""
        return tuple(map(self.full, names))

    def ids_beside(self, names: Iterable[str]) -> tuple[str, ...]:
        """A note with the ids of those that a narrow table calls by their names; none where it calls none so."""
        found = [f"{self.short(name)} is {name}" for name in dict.fromkeys(names) if self.short(name) != name]
        return (f"ids: {', '.join(found)}",) if found else ()


UNNAMED = Names()
"""Where nothing has a name."""


def names_of(scenario: Scenario) -> Names:
    """Return the names of a scenario's limits and rules."""
    named = ((each.id, each.name) for each in (*scenario.limits, *scenario.rules))
    return Names(called={id_: name for id_, name in named if name})
