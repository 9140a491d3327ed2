"""Actuals of sales without a customer: what nobody can know of them, and files that leave all of them out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from actuals_files import ROWS, messages, read_text, text_of
from shop import load_shop

from scenarios.grid import Grid, build_grid
from scenarios.language.words import ANONYMOUS


@pytest.fixture(scope="module")
def grid(tmp_path_factory) -> Grid:
    """The small shop, whose second segment is of sales without a customer."""
    found = build_grid(load_shop(tmp_path_factory.mktemp("shop")).scenario)
    young, old = found.segments
    return replace(found, segments=(young, old.model_copy(update={"id": ANONYMOUS})))


def renamed(rows: tuple[str, ...] = ROWS) -> tuple[str, ...]:
    """Rows of the old as rows of nobody."""
    return tuple(row.replace(",old,", f",{ANONYMOUS},") for row in rows)


def test_their_sales_stand_like_those_of_a_segment(grid):
    """A file that holds them is read."""
    assert messages(text_of(renamed()), grid) == []
    assert read_text(text_of(renamed()), grid).units[1, 0, 0] == 25


def test_a_file_of_card_holders_is_told_once(grid):
    """An export of a loyalty system leaves them out: one problem, whose remedy is not to write 0."""
    (told,) = messages(text_of(tuple(row for row in ROWS if ",young," in row)), grid)
    assert "none in the whole file" in told and "a loyalty system leaves them out" in told and "write 0" not in told


def test_totals_hold_them(grid):
    """Who splits nothing by segment has them in the totals."""
    rows = tuple(row.replace(",young,", ",,") for row in ROWS if ",young," in row)
    assert messages(text_of(rows), grid) == []


def test_nobody_was_sent_anything_or_drawn(grid):
    """Contacts and a holdout of sales without a customer are refused by name."""
    sent = [row.replace(f"case,{ANONYMOUS},51,4029,,", f"case,{ANONYMOUS},51,4029,,7") for row in renamed()]
    (told,) = messages(text_of(tuple(sent)), grid)
    assert "no contacts of sales without a customer" in told and f"7 for {ANONYMOUS}" in told
    held = "2026-11-01,case,anonymous,5,395,,,,,,,,CNY,holdout,40"
    rows = [row + "40" if row.startswith(f"2026-11-01,case,{ANONYMOUS}") else row for row in renamed()]
    assert any("no holdout of sales without a customer" in told for told in messages(text_of((*rows, held)), grid))
