"""Changed lines of a re-planning on a narrow screen: whom each is for stands there, and what is alike is one row."""

from __future__ import annotations

import io
from decimal import Decimal
from types import SimpleNamespace

from flight_case import line
from rich.console import Console

from planner.figures import money_style
from planner.replan.changes.differences import BESIDE, Change
from planner.replan.changes.together import Together, in_rows
from planner.report.flight.replan_lines import show_changes_made

WHY = "coupon-risk would be exceeded"


ALL_BY_PUSH = SimpleNamespace(offer=lambda name: SimpleNamespace(channel="push"))
BY_NOTHING = SimpleNamespace(offer=lambda name: SimpleNamespace(channel=None))


def _shown(changes: list[Change], grid: SimpleNamespace) -> str:
    """Each row gains 7 times as much as it has lines, and marks that only where its first line does."""
    rows = [
        Together(
            changes=tuple(changes[place] for place in row),
            gain=Decimal(7 * len(row)),
            beside=BESIDE in changes[row[0]].reasons,
        )
        for row in in_rows(grid, changes)
    ]
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(show_changes_made(rows, money_style("SEK", [Decimal(1000)])))
    return console.export_text()


def _gone(product: str, segment: str, gain: int, reason: str) -> Change:
    return Change(before=line(4, product, "coupon-20", segment), after=None, gain=Decimal(gain), reason=reason)


def test_segments_and_products_that_change_alike_are_one_row() -> None:
    """Three rows of a product that looked the same are one that names the segments, and what all of it gains."""
    text = _shown(
        [
            _gone(product, who, 100, f"{WHY}; {BESIDE}")
            for product in ("case", "phone")
            for who in ("old", "vip", "young")
        ]
        + [_gone("pad", "vip", 50, WHY)],
        BY_NOTHING,
    )
    assert max(map(len, text.splitlines())) <= 80
    rows = [row for row in text.splitlines() if row.startswith("11-04")]
    assert len(rows) == 2
    assert "case, phone" in rows[0] and "+42.00*" in rows[0] and "old" in rows[0]
    assert "pad" in rows[1] and "vip" in rows[1] and "+7.00 " in rows[1]
    flat = " ".join(text.split())
    assert flat.count("worth that much only beside the other changes") == 1, "told once below the table"


def test_lines_of_one_message_are_one_row_whatever_their_reasons() -> None:
    """Three products of a message go for two reasons: one row; a segment that hears of other products has its own."""
    text = _shown(
        [
            _gone("case", "old", 100, WHY),
            _gone("case", "vip", 100, WHY),
            _gone("case", "young", 100, WHY),
            _gone("pad", "old", 100, "pad sells less"),
            _gone("pad", "young", 100, WHY),
        ],
        ALL_BY_PUSH,
    )
    rows = [row for row in text.splitlines() if row.startswith("11-04")]
    assert len(rows) == 2
    assert "case, pad" in rows[0] and "old" in rows[0] and "+28.00" in rows[0]
    assert "vip" in rows[1] and "+7.00" in rows[1]
    assert "pad sells" in text, "both reasons stand in the row"


def test_what_a_line_becomes_is_said() -> None:
    """Gone, new, or another one; where the other changes are the only reason, it says so shortly."""
    one, two = line(5, "case", "coupon-20", "old"), line(5, "case", "save-200", "old")
    changes = [
        Change(before=None, after=one, gain=Decimal(9), reason=BESIDE),
        Change(before=two, after=one, gain=Decimal(9), reason=WHY),
        Change(before=one, after=None, gain=Decimal(9), reason=WHY),
    ]
    text = " ".join(_shown(changes, BY_NOTHING).split())
    assert "new coupon-20" in text and "without" in text and "save-200 →" in text
    assert "the other changes" in text
