"""A shelf that is empty until more arrives: what arrives runs out as well, and a planner must reorder by then."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import Running, running
from lived import actuals_of, lived_units, served
from printed import printed

from planner.flight.watch.monitor import MonitorParams, monitor
from planner.flight.watch.out_again import out_again
from planner.flight.watch.readings import LimitReading, MonitorReport
from planner.report.flight.monitor import monitor_json, show_monitor
from scenarios.response.coefficients import available_units

CASE = 2
STOCK = "price: 79, unit_cost: 20, stock: 700, arrivals: {2026-11-06: 1300}}"
"""Of about 120 a day: enough for the plan, which leaves some of either."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop for two weeks, with more cases from the sixth day on."""
    folder: Path = tmp_path_factory.mktemp("again")
    return running(folder, shop={"price: 79, unit_cost: 20}": STOCK, "periods: 7": "periods: 14"})


def _read(case: Running, last: int, factor: float) -> tuple[MonitorReport, LimitReading]:
    """Monitor a campaign in which cases sell so many times what was forecast, as far as there are any."""
    units = lived_units(case.model, case.frozen.effects, case.plan, seed=3)[:1] * 1.0
    units[:, :, CASE] = np.rint(case.frozen.effects.base_units.mean(axis=0)[:, CASE] * factor)
    actuals = actuals_of(case.grid, served(units, available_units(case.grid))[0], last)
    params = MonitorParams(futures=150, most=100, least=100)
    report = monitor(case.frozen, case.plan, actuals, folder="p", rank=1, params=params)
    return report, next(each for each in report.limits if each.id == "stock:case")


def test_the_second_run_out_has_a_day_and_a_probability(case: Running) -> None:
    """Twice as many want a case: empty on the third day; the 1,300 of the sixth do not last to the end either."""
    report, stock = _read(case, 3, 2.0)
    assert stock.broken and stock.arrives == dt.date(2026, 11, 6)
    assert stock.again is not None and stock.again > 0.6
    assert stock.again_on is not None and dt.date(2026, 11, 9) <= stock.again_on <= dt.date(2026, 11, 14)
    sentence = next(text for text in monitor_json(report)["findings"] if "run out again" in text)
    likely = f"with {stock.again:.0%} probability run out again about {stock.again_on}"
    assert sentence.startswith(f"case: what arrives on 2026-11-06 will {likely}")
    assert sentence.endswith("more must be ordered by then")
    told = next(each for each in monitor_json(report)["limits"] if each["id"] == "stock:case")
    assert str(told["again_on"]) == str(stock.again_on) and told["again"] == stock.again
    for width in (80, 120):
        lines = [line for part in show_monitor(report) for line in printed(part, width)]
        assert "run out again" in " ".join(line.strip() for line in lines)
        assert all(len(line) <= width for line in lines)
    quiet = replace(report, series=(), stock_outs=(), limits=(replace(stock, unplanned=0.0),))
    assert not quiet.warnings and not quiet.on_course, "that it runs out again asks for attention by itself"


def test_what_lasts_is_not_said(case: Running) -> None:
    """Without an arrival, with enough of it, or where the shelf lasts until then, there is no second run-out."""
    rest = np.full((20, 6), 10.0)
    bound = np.array([30.0, 30.0, 30.0, 30.0, 230.0, 230.0, 230.0, 230.0])
    fine = np.zeros(8, dtype=bool)
    found = out_again(rest, 0.0, bound, fine)
    assert found is not None and found.probability == 0.0 and found.period is None
    assert out_again(rest, 0.0, np.full(8, 30.0), fine) is None
    assert out_again(rest, 40.0, bound, fine) is None
    small = np.where(bound > 30, 55.0, bound)
    found = out_again(rest, 15.0, small, fine)
    assert found is not None and (found.probability, found.period, found.earliest) == (1.0, 6, 6)
    assert out_again(rest, 15.0, small, ~fine) == replace(found, probability=0.0, period=None, earliest=None)


def test_an_empty_shelf_does_not_make_what_is_foreseen_less(case: Running) -> None:
    """Days without a piece sell nothing, whatever is wanted: they do not count as weak demand."""
    ends = [_read(case, last, 2.0)[1].end.p50 for last in (2, 4)]
    report, stock = _read(case, 4, 2.0)
    assert report.stock_outs, "the fourth and fifth day had none or too few"
    assert stock.again is not None and stock.again > 0.6
    assert ends[1] > 0.75 * ends[0]
