"""Weather that no data told: alarms stay as rare as stated, failing offers are found, and what is learned is theirs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import Running, running_shop
from lived import lived_units
from replan_case import happened, sold

from planner.flight.watch.monitor import MonitorParams, forecast, monitor
from planner.flight.watch.series_read import Forecast
from planner.report.flight.monitor_findings import findings_of
from scenarios.flight.series import offer_cells, watch
from scenarios.response.coefficients import unlimited
from scenarios.response.effects import Weather
from surrogate.flight.chance import ChanceParams
from surrogate.flight.watch.sequential import peak
from surrogate.flight.watch.weathers import possible_weathers

case = running_shop
PARAMS = MonitorParams(futures=200, most=600, least=300)
WARM = Weather(everywhere=0.25, category=0.1, product=0.05)
COUNT = 400


@pytest.fixture(scope="module")
def made(case: Running) -> Forecast:
    """The forecast of one who knows nothing of the weather."""
    return _forecast(case, PARAMS)


def _forecast(case: Running, params: MonitorParams) -> Forecast:
    watched = watch(case.grid, case.plan, np.ones(case.grid.shape[1:], dtype=bool), by_segment=True)
    return forecast(case.model, case.frozen.effects, case.plan, watched, seed=1, params=params)


def _lived(case: Running, weather: Weather | None, factor: np.ndarray | None = None) -> np.ndarray:
    """[COUNT, S, K, T] units of fresh futures."""
    chance = ChanceParams().by(weather, [product.category for product in case.grid.products])
    change = None if factor is None else lambda _: factor
    return lived_units(
        unlimited(case.model), case.frozen.effects, case.plan, seed=9, count=COUNT, chance=chance, change=change
    )


def _alarmed(made: Forecast, units: np.ndarray) -> float:
    evidence = made.evidence(made.watched.sums(units), units.sum(axis=-3))
    return float((peak(evidence) > made.bar.log_evidence).mean())


def test_common_swings_that_nobody_measured_raise_few_alarms(case: Running, made: Forecast) -> None:
    """At most 5 % alarm in calm days and in days that scatter by 25 %, but for the chance of counting 400."""
    most = 0.05 + 3 * np.sqrt(0.05 * 0.95 / COUNT)
    stormy = _lived(case, WARM)
    assert _alarmed(made, _lived(case, None)) <= most
    assert _alarmed(made, stormy) <= most
    sure = replace(PARAMS.chance, measured=True)
    assert _alarmed(_forecast(case, replace(PARAMS, chance=sure)), stormy) > 0.15


def test_what_is_lost_in_calm_days_is_little(case: Running, made: Forecast) -> None:
    """Sales that are down by 40 % everywhere are found as often as by one who knows that days are calm."""
    fallen = _lived(case, None, np.full(case.grid.shape, 0.6))
    sure = _forecast(case, replace(PARAMS, chance=replace(PARAMS.chance, measured=True)))
    assert _alarmed(made, fallen) > _alarmed(sure, fallen) - 0.1


def test_untouched_sales_tell_the_weather(case: Running, made: Forecast) -> None:
    """Calm days are told from stormy ones, whatever an offer brings."""
    failing = np.where(offer_cells(case.grid, case.plan)["cut-15"], 0.6, 1.0)
    last = case.grid.shape[2] - 1
    for weather, factor, calm in ((None, failing, True), (WARM, None, False)):
        units = _lived(case, weather, factor)
        sold_in = made.sold(made.watched.sums(units), units.sum(axis=-3)).common
        likely = np.stack([each.common.log_likelihood(sold_in)[..., last] for each in made.composite.under], axis=-1)
        assert ((likely.argmax(axis=-1) == 0) == calm).mean() > 0.8


def test_weathers_begin_calm_and_are_one_where_data_told_it() -> None:
    """What is assumed comes first and is believed most; who has measured leaves nothing open."""
    categories = ("garden", "garden", "home")
    found = possible_weathers(ChanceParams(), categories)
    assert found[0].chance == ChanceParams() and sum(each.share for each in found) == pytest.approx(1.0)
    assert found[0].share == max(each.share for each in found)
    (only,) = possible_weathers(ChanceParams().by(WARM, categories), categories)
    assert only.chance.everywhere == WARM.everywhere


def test_demand_that_is_off_everywhere_is_told_once_and_of_no_offer(case: Running) -> None:
    """All sales are down alike: one sentence says so, beside sales that no line touches, and blames no offer."""
    report = monitor(
        case.frozen, case.plan, happened(case, sold(case, base=0.5)), folder="plans", rank=1, params=PARAMS
    )
    (said,) = (text for text in findings_of(report) if "all sales" in text)
    assert "so are sales that no line touches (-50%): demand is off everywhere" in said
    assert report.untouched == pytest.approx(0.5, abs=0.02)
    assert not any(text.startswith(("offer", "segment")) for text in findings_of(report))


def test_an_offer_that_fails_is_not_called_demand(case: Running) -> None:
    """Where only sales under an offer are down, untouched sales are as expected, and are said to be."""
    units = sold(case) * np.where(offer_cells(case.grid, case.plan)["cut-15"], 0.25, 1.0)
    report = monitor(case.frozen, case.plan, happened(case, units), folder="plans", rank=1, params=PARAMS)
    assert report.untouched == pytest.approx(1.0, abs=0.02)
    assert any(text.startswith("offer cut-15") for text in findings_of(report))
    assert not any("everywhere" in text for text in findings_of(report))
