"""What a coupon brought under a public price of the plan itself is no lesson of the coupon."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import LINES, Running, line, running
from test_outcome_report import evaluated, held_actuals


def beside(case: Running, days: tuple[int, ...]) -> Running:
    """Let a public cut of 15 % run on the goods of the coupon of 20 % on some days of November."""
    return replace(case, plan=case.grid.plan_of((*LINES, *(line(day, "case", "cut-15") for day in days))))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop with its coupon in the open."""
    return running(Path(tmp_path_factory.mktemp("shadowed")))


def test_a_line_under_a_public_price_is_left_out_of_the_lesson(case: Running) -> None:
    """The coupon lifted by half on the days it ran alone and by nothing under the cut: the lesson is the half."""
    under = beside(case, (2,))
    actuals = held_actuals(under)
    units = actuals.tables["units"].copy()
    units[0, 0, 2] = [630, 630, 630, 945, 630, 945, 630]
    actuals = replace(actuals, tables={**actuals.tables, "units": units})
    report = evaluated(under, actuals)
    alone = evaluated(case, held_actuals(case))
    lifts, wanted = (float(each.lessons[0][4].rstrip("%")) for each in (report, alone))
    assert report.effects[0].measured.lift == pytest.approx(1 / 3), "the table shows what was measured, all days of it"
    assert lifts == pytest.approx(wanted, abs=2.0)
    (said,) = (note for note in report.notes if note.startswith("lessons leave out"))
    assert "1 line (coupon-20 on case to young)" in said
    assert not any(note.startswith("lessons leave out") for note in alone.notes)


def test_an_offer_under_public_prices_everywhere_teaches_nothing(case: Running) -> None:
    """All three lines of the coupon lie under a cut: it is measured and shown, and no lesson."""
    report = evaluated(beside(case, (2, 4, 6)), held_actuals(case))
    assert report.effects and not report.lessons
    assert any("3 lines (coupon-20 on case to young)" in note for note in report.notes)
    assert np.isfinite(report.effects[0].measured.lift)
