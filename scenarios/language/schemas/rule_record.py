"""What every business rule has: an id, a name, and the scope of the lines that it looks at."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import SerializerFunctionWrapHandler, model_serializer

from scenarios.language.scope import Scope
from scenarios.language.spoken import Words
from scenarios.language.values import Id, Record

_LATER = frozenset({"counts_gifts", "firm"})
"""Switches that are written only where they are given."""
_WHAT_RAN = frozenset({"funds", "sent"})
"""What locks tell of the past, written only where there is any."""


class RuleRecord(Record):
    """Base of the rules."""

    later_keys: ClassVar[frozenset[str]] = frozenset()
    """Further keys of a kind that are written only where they are given."""

    id: Id
    """Short name that reports use."""
    name: Words | None = None
    """Name for people, in any script."""
    where: Scope = Scope()
    """Which lines the rule looks at; all by default."""
    firm: bool = False
    """Whether it is law, or as good as law: no way out of a conflict proposes to change or drop it."""

    @model_serializer(mode="wrap")
    def _without_later_keys(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave later keys out that are not given, so that plans without them keep their bytes and hashes."""
        data: dict[str, Any] = serialise(self)
        left_out = {key for key, value in data.items() if key in _WHAT_RAN and not value}
        left_out |= (_LATER | self.later_keys) - self.model_fields_set
        return {key: value for key, value in data.items() if key not in left_out}
