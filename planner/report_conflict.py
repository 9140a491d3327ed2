"""Why there is no plan: what conflicts, proven or not, and what would mend it."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from rich.text import Text

from constraints.conflict import Conflict
from planner.report_notes import show_sentences


def show_conflict(conflict: Conflict | None) -> list[RenderableType]:
    """Lay out the answer of a run that found no plan."""
    if conflict is None:
        return [Text("No plan was found; why could not be said.", style="bold red")]
    if conflict.proven:
        parts: list[RenderableType] = [Text("Infeasible: no plan keeps every limit and rule.", style="bold red")]
        title = "What cannot be kept together"
    else:
        parts = [Text("No plan was found. That none exists is not proven.", style="bold red")]
        title = "What the nearest plan breaks"
    if conflict.members:
        parts.append(show_sentences(title, conflict.members))
    for name, sentences in (
        ("Why", conflict.reasons),
        ("What would mend it", conflict.remedies),
        ("The nearest plan", conflict.nearest),
    ):
        if sentences and sentences != conflict.members:
            parts.append(show_sentences(name, sentences))
    return parts


def conflict_json(conflict: Conflict | None) -> dict[str, Any]:
    """Return the answer as plain data."""
    if conflict is None:
        return {"format": "campaign-conflict/1", "proven": False}
    return {
        "format": "campaign-conflict/1",
        "proven": conflict.proven,
        "members": list(conflict.members),
        "reasons": list(conflict.reasons),
        "remedies": list(conflict.remedies),
        "nearest": list(conflict.nearest),
    }
