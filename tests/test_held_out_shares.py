"""A list of held-out customers that is none of the plan's rollout is one clear message, never a traceback."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from planner.simulate.held_out_shares import held_out_shares
from scenarios.problems import InvalidInput

GRID = SimpleNamespace(segments=[SimpleNamespace(id="s1", customers=4), SimpleNamespace(id="s2", customers=10)])


def refused(folder, text):
    """Return the one problem of a folder with this list."""
    if text is not None:
        (folder / "holdout.csv").write_text(text)
    with pytest.raises(InvalidInput) as caught:
        held_out_shares(GRID, folder)
    (problem,) = caught.value.problems
    return str(problem).replace(f"{folder}/", "")


REMEDY = "name the folder that campaign export --rollout wrote for this plan, with --customers"


def test_shares_are_counted_by_segment(tmp_path):
    """Of four customers two are held out, of ten none; without a rollout nobody is."""
    (tmp_path / "holdout.csv").write_text("customer,segment\na,s1\nb,s1\n")
    assert held_out_shares(GRID, tmp_path).tolist() == [0.5, 0.0]
    assert held_out_shares(GRID, None).tolist() == [0.0, 0.0]


def test_a_till_s_own_list_names_its_columns(tmp_path):
    """The holdout of purchase data has other columns: they are named, beside the two of a rollout."""
    assert refused(tmp_path, "Card No,Offer,From\nc1,mail,2026-01-12\n") == (
        "holdout.csv:1: header: expected the columns customer and segment, as a rollout writes them, got Card No, "
        f"Offer, From; {REMEDY}"
    )


def test_segments_of_another_plan_are_told(tmp_path):
    """The first strange segment with its line, how many rows it has, and how many others there are."""
    assert refused(tmp_path, "customer,segment\na,s1\nb,gold\nc,gold\nd,tin\n") == (
        'holdout.csv:3: segment: expected a segment of the plan (s1, s2), got "gold" in 2 of 4 rows and 1 more; '
        f"{REMEDY}"
    )


def test_more_than_there_are_is_refused(tmp_path):
    """Five of four customers cannot be held out."""
    rows = "".join(f"c{number},s1\n" for number in range(5))
    assert refused(tmp_path, f"customer,segment\n{rows}").startswith(
        "holdout.csv: segment: expected at most the 4 customers of s1, got 5; "
    )


def test_a_folder_without_a_list_says_what_it_lacks(tmp_path):
    """No such file, one that is no text, and an empty one: one message each."""
    assert "expected a file of the customers that a rollout holds out, got no such file" in refused(tmp_path, None)
    assert "expected a header line with column names" in refused(tmp_path, "")
