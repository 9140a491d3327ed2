"""What an artefact contains, as tables and sentences."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType

from planner.figures import plural
from planner.report.notes import show_sentences
from planner.report.table import Column, FittedTable
from surrogate.privacy import Contents

_KINDS = {
    "model": "model",
    "plans": "plan folder",
    "rollout": "rollout",
    "assignment": "assignment",
    "customers": "table of customers",
}
_LISTS = ("rollout", "assignment", "customers")
"""Kinds that name customers because that is asked of them."""


def show_contents(found: Contents, least: int) -> list[RenderableType]:
    """Fields, groups, what was searched, and the verdict."""
    fields = FittedTable(
        title=f"What this {_KINDS[found.kind]} contains",
        columns=(
            Column(title="part", least=14),
            Column(title="what it is", least=24),
            Column(title="size", number=True),
        ),
        rows=tuple((part.name, part.what, part.size) for part in found.parts),
    )
    out: list[RenderableType] = [fields, show_sentences("Checked", [*_groups(found, least), *found.checked])]
    if found.open:
        out.append(show_sentences("Not checked", found.open))
    if found.faults:
        out.append(show_sentences("Should not be there", found.faults, style="red"))
    out.append(_verdict(found))
    return out


def _groups(found: Contents, least: int) -> list[str]:
    """Say how small the smallest segment is; lists of customers tell of their smallest themselves."""
    smallest = found.smallest_group
    if found.kind in _LISTS:
        return []
    if smallest is None:
        return ["no segment"]
    return [
        f"{plural(len(found.groups), 'segment')}, the smallest of {smallest:,} customers (at least {least} required)"
    ]


def _verdict(found: Contents) -> str:
    findings = plural(len(found.faults), "finding")
    if found.kind in _LISTS:
        only = "a list of customers, for nobody but the system that sends and the till"
        return f"{findings}; {only}" if found.faults else only
    return f"{findings}: do not pass this on" if found.faults else "nothing that should not be there"


def contents_json(found: Contents, least: int) -> dict[str, Any]:
    """Return the same as JSON records."""
    return {
        "kind": found.kind,
        "parts": [{"name": part.name, "what": part.what, "size": part.size} for part in found.parts],
        "groups": dict(found.groups),
        "smallest_group": found.smallest_group,
        "least": least,
        "checked": list(found.checked),
        "not_checked": list(found.open),
        "findings": list(found.faults),
    }
