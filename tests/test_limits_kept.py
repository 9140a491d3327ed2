"""Which span of a limit in weeks or months the report shows, and when the limit as a whole is kept."""

from __future__ import annotations

from printed import printed

from planner.flight.limits_kept import LimitKept, of_spans
from planner.report.flight.limits_kept import show_limits_kept


def _span(month: str, used: float, kept: bool | None, sense: str = "max") -> LimitKept:
    return LimitKept(
        id="budget",
        measure="spend",
        words=f"spend {sense}, {month}",
        span=month,
        sense=sense,
        bound=130_000,
        planned=used,
        used=used,
        told=True,
        ratio=False,
        kept=kept,
    )


def test_the_tightest_month_is_shown_and_the_verdict_is_that_of_all() -> None:
    """A month that is over and used most stands before one that has hardly begun; the limit is kept when all are."""
    march, april = _span("2027-03", 36_000, True), _span("2027-04", 3_380, None)
    shown = of_spans([march, april], more=True)
    assert (shown.span, shown.used, shown.kept) == ("2027-03", 36_000, None)
    over = [march, _span("2027-04", 3_380, True)]
    assert of_spans(over, more=True).kept is None, "months to come are the limit's, too"
    assert of_spans(over, more=False).kept is True
    broken = of_spans([march, _span("2027-04", 131_000, False)], more=True)
    assert (broken.span, broken.kept) == ("2027-04", False)
    text = " ".join(printed(show_limits_kept([shown], "PLN"), 80))
    assert "36,000" in text and "undecided" in text and "the tightest so far: budget 2027-03" in text


def test_a_floor_that_days_to_come_may_fill_is_not_the_tightest() -> None:
    """Of two months that are over the lower one is; one that is not over only where there is no other."""
    spans = [_span(month, used, True, "min") for month, used in (("2027-03", 140_000), ("2027-04", 131_000))]
    assert of_spans([*spans, _span("2027-05", 0, None, "min")], more=False).span == "2027-04"
    assert of_spans([_span("2027-05", 0, None, "min")], more=False).kept is None
