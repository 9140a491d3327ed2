"""What a reader must know beside the figures: assumptions and notes, a sentence a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.text import Text


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """A title above one sentence a line, indented."""

    title: str
    sentences: tuple[str, ...]
    style: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Print the title and the sentences."""
        yield Text(self.title, style="bold")
        for sentence in self.sentences:
            yield Padding(Text(sentence, style=self.style), (0, 0, 0, 2))


def show_sentences(title: str, sentences: Sequence[str], *, style: str = "") -> Sentences:
    """Put a title above one sentence a line, indented."""
    return Sentences(title=title, sentences=tuple(sentences), style=style)
