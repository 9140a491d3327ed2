"""Rates of conversion and satisfaction as people read them."""

from __future__ import annotations

import io

from rich.console import Console

from planner.report.flight.experience import show_experiences
from scenarios.flight.experience import Experience, Part


def test_more_returns_than_sales_have_no_interval() -> None:
    """Returns of earlier sales make no share: 203 % does not lie between 100 and 100; 3 % lies between 2 and 4."""
    told = Experience(
        about="everything", conversion=None, conversion_of="", returns=Part(count=2030.0, of=1000.0),
        complaints=Part(count=30.0, of=1000.0), unsubscribes=None, survey=None, survey_count=0.0,
    )  # fmt: skip
    out = Console(width=100, record=True, file=io.StringIO())
    out.print(show_experiences([told]))
    (row,) = (line for line in out.export_text().splitlines() if "everything" in line)
    assert "203.0%  3.0% (2.1-4.3)" in row
