"""What the monitor says needs attention or is to be watched: nothing that a table marks is called on course."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from flight_case import LINES, Running, running_shop
from lived import actuals_of, lived_units, shortfall
from printed import printed
from really_ran import lived_otherwise

from planner.flight.watch.monitor import MonitorParams, monitor
from planner.flight.watch.readings import MonitorReport
from planner.report.flight.monitor import monitor_json, show_monitor, verdict_line
from planner.report.flight.monitor_findings import alarm_sentence
from scenarios.flight.actuals import Actuals
from scenarios.flight.series import Kind

PARAMS = MonitorParams(futures=100, most=200, least=200)

case = running_shop


def read(case: Running, actuals: Actuals) -> MonitorReport:
    """Monitor the running shop."""
    return monitor(case.frozen, case.plan, actuals, folder="plans", rank=1, params=PARAMS)


def text_of(report: MonitorReport, width: int = 400) -> str:
    """The report as it is printed."""
    return "\n".join(line for part in show_monitor(report) for line in printed(part, width))


@pytest.fixture(scope="module")
def short(case: Running) -> MonitorReport:
    """A cut that sells too little for its interval, and not yet for an alarm."""
    units = lived_units(
        case.model, case.frozen.effects, case.plan, seed=3, change=shortfall("cut-15", case.plan, 0.72)
    )[0]
    report = read(case, actuals_of(case.grid, units, 4))
    assert report.outside and not report.alarms
    return report


def test_what_lies_outside_of_its_interval_is_not_called_on_course(short: MonitorReport) -> None:
    """No alarm is said, each row that the table marks is named with its size, and how many would be so by chance."""
    quiet = replace(short, limits=(), stock_outs=())
    assert quiet.on_course, "the bar of alarms stays where it is"
    said = verdict_line(quiet).plain
    assert said.startswith("No alarm. Outside their 90% interval so far, to be watched: ")
    assert "On course" not in said
    cut = next(each for each in short.outside if each.series.id == "cut-15")
    assert cut.ratio is not None
    assert f"offer cut-15 ({100 * (cut.ratio - 1):+.0f}%)" in said
    assert f"of {len(short.series)} series about 1 would be so by chance" in said
    assert monitor_json(quiet)["to_watch"] in said
    inside = tuple(each for each in quiet.series if each.inside)
    assert verdict_line(replace(quiet, series=inside)).plain.startswith("On course: nothing departs from the forecast")


def test_an_alarm_inside_its_interval_does_not_say_that_it_left_it(short: MonitorReport) -> None:
    """What departs day by day may be inside in all: then the sentence names what was expected, not the interval."""
    cut = replace(next(each for each in short.outside if each.series.id == "cut-15"), alarm=dt.date(2026, 11, 5))
    sold = f"{cut.actual:,.0f} instead of"
    low, high = cut.forecast.p05, cut.forecast.p95
    assert f"{sold} {low:,.0f} to {high:,.0f}; found on" in alarm_sentence(cut)
    wide = replace(cut, forecast=replace(cut.forecast, p05=0.5 * cut.actual))
    said = alarm_sentence(wide)
    assert f"{sold} {cut.expected:,.0f}; in all within {0.5 * cut.actual:,.0f} to {high:,.0f}, day by day" in said


def test_calm_says_how_little_is_known_of_all_sales(short: MonitorReport) -> None:
    """Within a wide interval of all sales nothing departs easily: the verdict tells its ends, of a narrow one none."""
    inside = tuple(each for each in short.series if each.inside)
    for low, high, told in ((0.9, 1.1, ""), (0.85, 1.3, " All sales so far were known to -15% to +30% only.")):
        series = tuple(
            replace(each, forecast=replace(each.forecast, p05=low * each.expected, p95=high * each.expected))
            if each.series.kind is Kind.TOTAL
            else each
            for each in inside
        )
        said = verdict_line(replace(short, limits=(), stock_outs=(), series=series)).plain
        assert said.endswith(f"likely to break.{told}")


def test_a_forecast_that_could_show_nothing_is_not_called_on_course(short: MonitorReport) -> None:
    """Where no series finds a shortfall of less than 60 %, silence says little, and the verdict says so."""
    inside = tuple(each for each in short.series if each.inside)
    for finds, said in ((0.72, "can show none below 72%. No limit"), (1.0, "can show no lasting shortfall. No limit")):
        blind = replace(
            short, limits=(), stock_outs=(), series=tuple(replace(each, detectable=finds) for each in inside)
        )
        text = verdict_line(blind).plain
        assert text.startswith("Nothing departs, and little could be seen") and said in text


def test_a_verdict_begins_with_what_is_off_nearly_everywhere(short: MonitorReport) -> None:
    """Where more series lie outside than in 95 of 100 futures, the first sentence says so and what explains it."""
    grown = tuple(replace(each, actual=1.3 * each.forecast.p95 + 1.0) for each in short.series)
    off = replace(short, limits=(), stock_outs=(), series=grown, untouched=1.3)
    said = verdict_line(off).plain
    assert said.startswith(
        f"No alarm, but {len(grown)} of {len(grown)} forecasts are off: sales lie above what was expected everywhere; "
        "a season or a level that was not learned explains this best. Outside their 90% interval"
    )
    assert f"at most {short.usually_outside} are" in said
    assert "look at what runs" in verdict_line(replace(off, untouched=0.98)).plain
    assert verdict_line(replace(off, usually_outside=len(grown))).plain.startswith("No alarm. Outside")
    assert 1 <= short.usually_outside < len(short.series)


@pytest.mark.parametrize("width", [80, 120])
def test_an_offer_that_ran_otherwise_is_named_with_its_days(case: Running, width: int) -> None:
    """Exit code 1 comes with a section that says why, and the sentence stands once."""
    actuals = lived_otherwise(case, LINES)
    sentence = "ran differently from the plan: cut-15 on phone is in the plan and did not run, 2026-11-04"
    told = replace(actuals, otherwise=(sentence,), warnings=(sentence,))
    report = read(case, told)
    assert not report.on_course
    assert sentence in monitor_json(report)["findings"]
    text = text_of(report, width)
    assert text.index("Needs attention") < text.index("ran differently") < text.index("Units so far")
    assert text.count("ran differently from the plan") == 1
    assert all(len(line) <= width for line in text.splitlines())
    assert "1 offer ran otherwise than planned" in verdict_line(report).plain
