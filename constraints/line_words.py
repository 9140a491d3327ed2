"""A line in words, as sentences about plans name it."""

from __future__ import annotations

from scenarios.language.plan_lines import PlanLine
from scenarios.plain_digits import share_text


def line_words(line: PlanLine) -> str:
    """Say a line in words: ``off-15 on nova-12 for everybody on 2026-11-03``."""
    who = "everybody" if line.segment == "*" else line.segment
    levels = [] if line.coverage == 1 else [share_text(line.coverage)]
    levels += [] if line.quantity == 1 else [f"{share_text(line.quantity)} of the demand"]
    share = f" ({', '.join(levels)})" if levels else ""
    return f"{line.offer} on {line.product} for {who}{share} on {line.date}"
