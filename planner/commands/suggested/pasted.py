"""Commands that a command suggests: pasted, they ask the same question as the one that suggested them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence


def pasted(command: str, *arguments: str, options: Mapping[str, object] | None = None) -> str:
    """Write a command line that a shell reads back.

    Parameters
    ----------
    command
        The command's words.
    arguments
        What it is about, as given.
    options
        Options by name; those that are None or empty were not given, a sequence was given several times.

    Examples
    --------
    >>> pasted("campaign plan", "my shop.yaml", options={"--set": ["risk.draws=400"], "--seed": None})
    "campaign plan 'my shop.yaml' --set risk.draws=400"
    """
    words = [shlex.quote(argument) for argument in arguments]
    for name, given in (options or {}).items():
        values = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
        words += [f"{name} {shlex.quote(str(value))}" for value in values if value is not None]
    return " ".join((command, *words))
