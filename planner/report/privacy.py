"""What an artefact contains, as tables and sentences."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType

from planner.figures import plural
from planner.report.notes import show_sentences
from planner.report.table import Column, FittedTable
from surrogate.privacy import Contents


def show_contents(found: Contents, least: int) -> list[RenderableType]:
    """Fields, groups, what was searched, and the verdict."""
    fields = FittedTable(
        title=f"What this {'model' if found.kind == 'model' else 'plan folder'} contains",
        columns=(
            Column(title="part", least=14),
            Column(title="what it is", least=24),
            Column(title="size", number=True),
        ),
        rows=tuple((part.name, part.what, part.size) for part in found.parts),
    )
    smallest = found.smallest_group
    groups = (
        f"{plural(len(found.groups), 'segment')}, the smallest of {smallest:,} customers (at least {least} required)"
        if smallest is not None
        else "no segment"
    )
    out: list[RenderableType] = [fields, show_sentences("Checked", [groups, *found.checked])]
    if found.open:
        out.append(show_sentences("Not checked", found.open))
    if found.faults:
        out.append(show_sentences("Should not be there", found.faults, style="red"))
    verdict = (
        f"{plural(len(found.faults), 'finding')}: do not pass this on"
        if found.faults
        else "nothing that should not be there"
    )
    out.append(verdict)
    return out


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
