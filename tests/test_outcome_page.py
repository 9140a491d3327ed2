"""The page of a campaign that ran says what the terminal says, and where each figure lies among the futures."""

from __future__ import annotations

from pathlib import Path

import pytest
from billed_shop import billed, day
from command_line import run
from page_reader import Read

from planner.flight.outcomes_so_far import Total
from planner.flight.watch.readings import Interval
from planner.page.outcome_page import span

ROWS = ("milk,550,11550.00", "shampoo,84,3780.00", "cups,12,1344.00")


def test_a_report_s_page_holds_what_the_terminal_shows(tmp_path: Path) -> None:
    """Every table's figures and every sentence stand on the page; the same run gives the same bytes."""
    _, plans = billed(tmp_path)
    actuals, place = tmp_path / "actuals.csv", tmp_path / "report.html"
    rows = [f"{day(1).isoformat()},{row}" for row in ROWS]
    actuals.write_text("\n".join(("date,product,units,revenue", *rows)) + "\n", "utf-8")
    shown = run("report", plans, actuals, "--html", place)
    assert shown.exit_code == 0, shown.output
    first = place.read_bytes()
    read = Read(first.decode())
    for title in (
        "Forecast and actual",
        "From the forecast profit to the real one",
        "To be claimed from vendors so far",
    ):
        assert title in shown.stdout
        assert f"<h2>{title}</h2>" in first.decode()
    assert {"825.00", "450.00"} <= {word for cell in read.cells for word in cell.split()}  # of the dairy, of the brand
    assert "display: not measurable" in first.decode()
    assert run("report", plans, actuals, "--html", place).exit_code == 0
    assert place.read_bytes() == first


def test_a_page_is_not_written_over_what_is_read(tmp_path: Path) -> None:
    """Actuals that are called .html stay what they are."""
    _, plans = billed(tmp_path)
    actuals = tmp_path / "actuals.html"
    actuals.write_text("date,product,units\n", "utf-8")
    refused = run("report", plans, actuals, "--html", actuals)
    assert refused.exit_code == 2
    assert "--html" in refused.output
    assert actuals.read_text("utf-8") == "date,product,units\n"


@pytest.mark.parametrize(("actual", "inside"), [(90.0, True), (110.0, True), (89.0, False), (150.0, False)])
def test_figures_lie_in_their_order(actual: float, inside: bool) -> None:
    """Ends, expected and actual figure stand inside the picture as they do on the line."""
    found = span(
        Total(
            measure="units", expected=100.0, futures=Interval(p05=90.0, p50=100.0, p95=110.0), actual=actual, told=True
        )
    )
    places = {found.low: 90.0, found.high: 110.0, found.expected: 100.0, found.actual: actual}
    assert found.inside == inside
    assert sorted(places) == [place for place, _ in sorted(places.items(), key=lambda item: item[1])]
    assert 0 < min(places) < max(places) < 100
