"""What people read holds no signs that steer a terminal, whoever wrote the names and files that it tells of.

A plan folder comes from somebody else: a name in it could move the cursor and write another verdict over the real one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, line ends and tabs left out; marks that turn the direction of all that follows."""


def unsteered(text: str) -> str:
    r"""Return a text with a mark in the place of every sign that a terminal would obey.

    Examples
    --------
    >>> unsteered("spring\x1b[2J sale")
    'spring�[2J sale'
    """
    return _STEERING.sub("\ufffd", text)


class Unsteered:
    """A renderable whose texts are `unsteered`; colours are those that were laid out, and stay.

    Parameters
    ----------
    part
        What is shown.
    """

    def __init__(self, part: RenderableType) -> None:
        self._part = part

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Lay the part out, and look through what it says."""
        for segment in console.render(self._part, options):
            yield segment if segment.control else segment._replace(text=unsteered(segment.text))
