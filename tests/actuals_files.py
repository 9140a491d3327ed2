# ruff: noqa: E501 - rows stand as files hold them
"""Actuals of the small shop as text, for tests that break them."""

from __future__ import annotations

from scenarios.flight.actuals import Actuals
from scenarios.flight.reading.actuals_file import read_actuals
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.text.csv_files import read_csv
from scenarios.problems import InvalidInput

HEADER = "date,product,segment,units,revenue,offer,contacts,visitors,buyers,stock_end,survey,survey_count,currency,group,customers"
ROWS = (
    "2026-11-01,phone,young,30,80970,,,900,30,,,,CNY,,",
    "2026-11-01,phone,old,25,67475,,,700,25,445,4.5,12,CNY,,",
    "2026-11-01,case,young,70,5530,,,,,,,,CNY,,",
    "2026-11-01,case,old,50,3950,,,,,,,,CNY,,",
    "2026-11-02,phone,young,50,114707,cut-15,,1200,50,,,,CNY,,",
    "2026-11-02,phone,old,40,91766,cut-15,,900,38,355,4.4,20,CNY,,",
    "2026-11-02,case,young,80,5600,coupon-20,2000,,,,,,CNY,,",
    "2026-11-02,case,old,51,4029,,,,,,,,CNY,,",
)


def text_of(rows: tuple[str, ...] = ROWS, header: str = HEADER) -> str:
    """The file's text."""
    return "\n".join((header, *rows)) + "\n"


def read_text(text: str | bytes, grid: Grid, lines: tuple[PlanLine, ...] = (), **options: object) -> Actuals:
    """Read actuals from a text."""
    raw = text.encode() if isinstance(text, str) else text
    return read_actuals(read_csv(raw, "actuals.csv"), grid, lines, **options)  # type: ignore[arg-type]


def messages(text: str | bytes, grid: Grid, **options: object) -> list[str]:
    """What is wrong with a text, as lines."""
    try:
        read_text(text, grid, **options)
    except InvalidInput as error:
        return [str(problem) for problem in error.problems]
    return []
