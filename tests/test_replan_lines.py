"""Changed lines of a re-planning on a narrow screen: whom each is for stands there, and what is alike is one row."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from types import SimpleNamespace

from flight_case import line
from rich.console import Console

from planner.figures import money_style
from planner.replan.changes.differences import BESIDE, Change
from planner.replan.changes.sendings_changed import sendings_changed
from planner.replan.changes.together import Together, in_rows
from planner.report.flight.replan_lines import show_changes_made
from scenarios.answer.json_records import to_data
from scenarios.language.schemas.horizon import Horizon
from scenarios.language.schemas.validity import Validity

WHY = "coupon-risk would be exceeded"


HORIZON = Horizon(start=dt.date(2026, 11, 2), periods=14)
WEEKLY = Validity(days=7, sent="monday")


def _grid(channel: str | None, valid: Validity | None = None) -> SimpleNamespace:
    """As much of a grid as rows ask for; every offer goes out by ``channel`` and is ``valid``."""
    offer = SimpleNamespace(channel=channel, valid=valid)
    return SimpleNamespace(offer=lambda name: offer, scenario=SimpleNamespace(horizon=HORIZON))


ALL_BY_PUSH, BY_NOTHING, SENT_ONCE = _grid("push"), _grid(None), _grid("push", WEEKLY)


def _shown(changes: list[Change], grid: SimpleNamespace, tied: Sequence[Sequence[int]] = ()) -> str:
    """Each row gains 7 times as much as it has lines, and marks that only where its first line does."""
    rows = [
        Together(
            changes=tuple(changes[place] for place in row),
            gain=Decimal(7 * len(row)),
            beside=BESIDE in changes[row[0]].reasons,
            sendings=sendings_changed(grid, [(changes[place].before, changes[place].after) for place in row]),
        )
        for row in in_rows(grid, changes, tied)
    ]
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(show_changes_made(rows, HORIZON, money_style("SEK", [Decimal(1000)])))
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


def test_a_mailing_that_is_valid_for_a_week_is_one_row_with_one_reason() -> None:
    """Four products and two segments on seven days go: 56 lines are one row, from the day sent to the last day."""
    weak = "coupon-20 brings 0.13 of its forecast"
    changes = [
        Change(
            before=line(day, product, "coupon-20", who),
            after=None,
            gain=Decimal(-3),
            reason=weak if product == "pad" else f"{weak}; {product} sells 0.90",
        )
        for day in range(9, 16)
        for product in ("case", "pad", "phone", "phone-pro")
        for who in ("old", "vip")
    ]
    text = _shown(changes, SENT_ONCE)
    first, last = (row for row in text.splitlines() if row.startswith("11-"))
    assert first.startswith("11-09..") and "4 products" in first and "+392.00" in first and last.startswith("11-15 ")
    flat = " ".join(text.split())
    assert "(sent 11-09)" in flat and "sells" not in flat, "one reason: that of all lines"
    assert len(text.splitlines()) < 16
    found = sendings_changed(SENT_ONCE, [(change.before, change.after) for change in changes])
    assert to_data(found) == [
        {"offer": "coupon-20", "sent": "2026-11-09", "valid_until": "2026-11-15", "change": "dropped"}
    ], "for machines, too"


def test_what_takes_the_place_of_a_sending_stands_in_its_row() -> None:
    """A week of one coupon gives way to another on two days: no day of it is a row; another week's sending is one."""
    new = {10: line(10, "case", "save-200", "old"), 11: line(11, "case", "save-200", "old")}
    here = [
        Change(before=line(day, "case", "coupon-20", "old"), after=new.get(day), gain=Decimal(1), reason=WHY)
        for day in range(9, 16)
    ]
    other = Change(before=None, after=line(2, "case", "coupon-20", "old"), gain=Decimal(1), reason=WHY)
    grid = SimpleNamespace(
        offer=lambda name: SimpleNamespace(channel="push", valid=WEEKLY if name == "coupon-20" else None),
        scenario=SENT_ONCE.scenario,
    )
    assert in_rows(grid, [other, *here]) == ((0,), (1, 2, 3, 4, 5, 6, 7))
    flat = " ".join(_shown(here, grid).split())
    assert "without" in flat and "→" in flat and "+49.00" in flat


def test_a_run_that_a_rule_ties_is_one_row_where_its_lines_change_alike() -> None:
    """Three new days of a shortest run are one row, told by their days; one that changes otherwise is its own."""
    run = [
        Change(before=None, after=line(day, "case", "cut-15"), gain=Decimal(1), reason=WHY if day < 6 else BESIDE)
        for day in (4, 5, 6)
    ]
    other = Change(before=line(7, "case", "flash-12"), after=line(7, "case", "cut-15"), gain=Decimal(1), reason=WHY)
    changes = [*run, other]
    assert in_rows(BY_NOTHING, changes, [(0, 1, 2, 3)]) == ((0, 1, 2), (3,))
    flat = " ".join(_shown(changes, BY_NOTHING, [(0, 1, 2, 3)]).split())
    assert "11-04.." in flat and "11-06" in flat and "+21.00" in flat and "a rule ties its lines" in flat
    assert in_rows(BY_NOTHING, changes) == ((0,), (1,), (2,), (3,))


def test_of_a_sending_the_reason_of_most_lines_is_told() -> None:
    """Six days go for what the coupon brings, one for stock: the first is told, and that there is one more."""
    weak, sold_out = "coupon-20 brings 0.13 of its forecast", "case would sell out"
    changes = [
        Change(before=line(day, "case", "coupon-20", "old"), after=None, gain=Decimal(1), reason=reason)
        for day, reason in enumerate([sold_out] + [weak] * 6, start=9)
    ]
    flat = " ".join(_shown(changes, SENT_ONCE).split())
    assert "sell out" not in flat and "and 1 more" in flat and "0.13" in flat


def test_segments_that_lose_a_sending_for_different_reasons_are_rows_of_their_own() -> None:
    """A coupon that failed for one segment goes for another, which never had it, too: who reads must see which."""
    changes = [
        Change(before=line(day, "case", "coupon-20", who), after=None, gain=Decimal(1), reason=reason)
        for day in range(9, 16)
        for who, reason in (("old", "coupon-20 has not run for old"), ("vip", WHY), ("young", WHY))
    ]
    rows = in_rows(SENT_ONCE, changes)
    assert [{changes[place].slot[2] for place in row} for row in rows] == [{"old"}, {"vip", "young"}]
    assert sorted(place for row in rows for place in row) == list(range(21))
