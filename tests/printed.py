"""What a report prints."""

from __future__ import annotations

from rich.console import Console, RenderableType


def printed(part: RenderableType, width: int) -> list[str]:
    """Return the lines that a part prints, at a width, without colour."""
    console = Console(width=width, record=False, force_terminal=False, color_system=None)
    with console.capture() as captured:
        console.print(part)
    return [line.rstrip() for line in captured.get().splitlines()]
