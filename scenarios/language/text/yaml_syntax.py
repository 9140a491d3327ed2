"""What is no YAML at all: tabs, and whatever the parser stumbles over, as one problem with its line."""

from __future__ import annotations

import yaml

from scenarios.language.slips.odd_signs import odd_sign
from scenarios.problems import Problem


def told_tabs(name: str, text: str) -> Problem:
    """Tell the tabs of a text, which YAML does not take for spaces."""
    tabs = [number for number, line in enumerate(text.split("\n"), start=1) if "\t" in line]
    also = f" (and on {len(tabs) - 1} more lines)" if len(tabs) > 1 else ""
    return Problem(
        where=f"{name}:{tabs[0]}",
        what="tab",
        expected="spaces",
        got=f"a tab character{also}",
        remedy="indent with spaces; set your editor to insert spaces",
    )


def syntax(error: yaml.YAMLError, name: str, text: str) -> Problem:
    """Tell where the parser stopped, and of a sign that no keyboard writes in YAML, which one it was."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    odd = None if mark is None else odd_sign(text.split("\n"), mark.line)
    if odd is not None:
        place, expected, got, remedy = odd
        return Problem(where=f"{name}:{place + 1}", what="YAML", expected=expected, got=got, remedy=remedy)
    where = f"{name}:{mark.line + 1}" if mark is not None else name
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable text"
    context = getattr(error, "context", None)
    got = f"{reason} {context}" if context else str(reason)
    remedy = "check indentation, colons, brackets and quotes on this line and the one above"
    return Problem(where=where, what="YAML", expected="well-formed YAML", got=got, remedy=remedy)
