"""What a reader must know beside the figures: assumptions and notes, a sentence a line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text


def show_sentences(title: str, sentences: Sequence[str], *, style: str = "") -> Group:
    """Put a title above one sentence a line, indented."""
    lines: list[RenderableType] = [Text(title, style="bold")]
    lines += [Padding(Text(sentence, style=style), (0, 0, 0, 2)) for sentence in sentences]
    return Group(*lines)
