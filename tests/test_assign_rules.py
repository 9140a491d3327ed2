"""campaign assign and the rules about places: eligible and blackout close offers, and what stays half open is told."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from assign_files import assigned, own_template
from command_line import run
from customer_scores import frame, write

RULES = "rules:\n"


def with_rule(folder: Path, rule: str) -> Path:
    """Return the template with one more rule."""
    path = own_template(folder)
    path.write_text(path.read_text(encoding="utf-8").replace(RULES, f"{RULES}  - {rule}\n", 1), encoding="utf-8")
    return path


def given(table: pd.DataFrame, rows: pd.DataFrame, offer: str) -> set[str]:
    """Return the segments of customers who got an offer."""
    return set(rows["segment"][(table["offer"] == offer).to_numpy()])


def test_an_offer_for_some_segments_only_goes_to_no_other(tmp_path: Path) -> None:
    """``eligible`` with ``only: {segments: ...}`` is kept customer by customer, and is not among what was left out."""
    rule = "{id: vip, rule: eligible, where: {offers: [kettle-coupon]}, only: {segments: [regulars]}}"
    rows = frame()
    record, table = assigned(with_rule(tmp_path, rule), rows, tmp_path)
    assert given(table, rows, "kettle-coupon") == {"regulars"}
    assert given(table, rows, "save-10") == {"regulars", "occasional"}
    assert "vip" not in {one["id"] for one in record["not_looked_at"]}


def test_a_blackout_holds_on_its_dates(tmp_path: Path) -> None:
    """A segment gets nothing on dates that a blackout closes to it, and is served on others."""
    where = "{segments: [occasional], layer: targeted, periods: [2027-03-01..2027-03-03]}"
    rule = f"{{id: quiet, rule: blackout, where: {where}}}"
    rows, scenario = frame(), with_rule(tmp_path, rule)
    _, quiet = assigned(scenario, rows, tmp_path, "--date", "2027-03-02")
    assert set(rows["segment"][quiet["offer"].notna().to_numpy()]) == {"regulars"}
    _, later = assigned(scenario, rows, tmp_path, "--date", "2027-03-04")
    assert set(rows["segment"][later["offer"].notna().to_numpy()]) == {"regulars", "occasional"}


def test_an_offer_that_no_place_is_left_for_needs_no_scores(tmp_path: Path) -> None:
    """It goes to nobody, its columns may be missing, and the record says which rule closed it."""
    rule = "{id: no-kettle, rule: blackout, where: {products: [kettle]}}"
    rows = frame().drop(columns=["value_kettle-coupon", "spend_kettle-coupon", "uses_kettle-coupon"])
    record, table = assigned(with_rule(tmp_path, rule), rows, tmp_path)
    assert "kettle-coupon" not in set(table["offer"])
    assert "no-kettle: kettle-coupon goes to nobody" in record["assumed"]


def test_an_offer_that_is_closed_in_part_is_told(tmp_path: Path) -> None:
    """Closed on some of its dates, it may go out within the others, and a sentence says so."""
    rule = "{id: stocktaking, rule: blackout, where: {products: [kettle], periods: [2027-03-05]}}"
    record, table = assigned(with_rule(tmp_path, rule), frame(), tmp_path)
    assert "kettle-coupon" in set(table["offer"])
    told = "kettle-coupon is closed for kettle on some of these dates; who gets it is counted as if it were open there"
    assert f"stocktaking: {told}" in record["assumed"]


@pytest.mark.parametrize("date", ["2027-03-05", "2027-03-05..2027-03-06"])
def test_rules_that_close_everything_are_the_reason(tmp_path: Path, date: str) -> None:
    """With nothing left to assign the message names rules among the reasons, and nothing is written."""
    rule = "{id: closed, rule: blackout, where: {layer: targeted, periods: [2027-03-05..2027-03-06]}}"
    out = tmp_path / "assigned.parquet"
    customers = write(tmp_path / "customers.csv", frame())
    result = run("assign", with_rule(tmp_path, rule), customers, "--out", out, "--date", date)
    assert result.exit_code == 2
    assert "closed by rules" in " ".join(result.stderr.split())
    assert not out.exists()


def test_dates_outside_of_the_campaign_are_named_as_such(tmp_path: Path) -> None:
    """The message says which dates the campaign has, not that offers are closed."""
    customers = write(tmp_path / "customers.csv", frame())
    out = tmp_path / "assigned.parquet"
    result = run("assign", own_template(tmp_path), customers, "--out", out, "--date", "2028-03-05")
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert "--date: dates: expected dates from 2027-03-01 to 2027-03-14, the campaign's, got 2028-03-05" in said
    assert "closed" not in said


def test_rules_about_lines_are_told_in_one_sentence(tmp_path: Path) -> None:
    """All of them are named with their kinds, and the reason stands there once; the record keeps one entry each."""
    scenario = with_rule(tmp_path, "{id: calm, rule: min_gap, periods: 2, where: {layer: public}}")
    customers = write(tmp_path / "customers.csv", frame())
    done = run("assign", scenario, customers, "--out", tmp_path / "out.csv")
    assert done.exit_code == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert said.count("customers are given offers without") == 1
    assert "rules about the lines of a plan, " in said and "calm (min_gap)" in said
