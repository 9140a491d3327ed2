"""A holiday's busiest day is told from the days before it, by goods that were not on offer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from grocery_sample import sample_model, sample_scenario
from purchase_files import Shop, goods_of, load, sales_of

from surrogate.data.events import Events
from surrogate.effects.holiday_days import holiday_days
from surrogate.effects.recent import weekday_shares
from surrogate.effects.season import Calendar, LearnedSeason
from surrogate.effects.season_note import season_note
from surrogate.model_file import load_model, save_model
from surrogate.scoring.score import score

FRIDAY = dt.date(2026, 5, 15)
CALENDAR = Calendar(holidays={"sale-friday": (FRIDAY, dt.date(2027, 5, 14))})
PRODUCTS = 8


def shop(*, customers: int = 400, deals: int = 0, of: tuple[str, ...] = ()) -> Shop:
    """Return a shop that sells four times as much on the Friday, and so many times more still of goods on a deal."""
    sales = sales_of(customers=customers, products=PRODUCTS)
    friday = sales["at"] == FRIDAY.isoformat()
    sales.loc[friday & sales["sku"].isin(of), "disc"] = 0.5
    busy = sales[friday]
    more = pd.concat([busy] * 3 + [busy[busy["sku"].isin(of)]] * deals, ignore_index=True)
    more["receipt"] = np.arange(len(more)) + 10**6
    sales = pd.concat([sales, more]).sort_values(["at", "receipt"], kind="stable", ignore_index=True)
    return Shop(sales=sales, tables={"goods.csv": goods_of(PRODUCTS)})


def days_of(events: Events) -> dict[str, tuple[float, ...]]:
    """What is told of the holiday's days."""
    return holiday_days(events, CALENDAR, events.categories, weekday_shares(events, events.categories))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[float, ...]]:
    """What is told of the holiday's days where nothing is on a deal on the Friday."""
    return days_of(load(shop(), tmp_path_factory.mktemp("plain")))


def test_the_busiest_day_is_told_from_the_days_before_it(plain: dict[str, tuple[float, ...]]) -> None:
    """Four times the sales of the six days before are found again, drawn a little to what weekdays sell."""
    days = plain["sale-friday"]
    assert len(days) == 7 and np.mean(days) == pytest.approx(1.0, abs=0.1)
    assert 2.5 < days[-1] / np.mean(days[:-1]) < 4.0
    assert max(days[:-1]) < 1.0


def test_what_goods_on_offer_sell_is_no_busy_day(plain: dict[str, tuple[float, ...]], tmp_path: Path) -> None:
    """However much more of them goes on the Friday: that is their lift, which a plan adds by itself."""
    more = days_of(load(shop(deals=9, of=("p0", "p1")), tmp_path))
    assert more["sale-friday"][-1] == pytest.approx(plain["sale-friday"][-1], rel=0.1)


def test_a_week_of_deals_tells_its_busiest_day_too(tmp_path: Path) -> None:
    """Where the same deal runs from Tuesday to Friday, the Friday stands out among these days."""
    sale = shop()
    dates = {(FRIDAY - dt.timedelta(days=day)).isoformat() for day in range(4)}
    sale.sales["disc"] = np.where(sale.sales["at"].isin(dates), 0.5, 0.0)
    days = days_of(load(sale, tmp_path))["sale-friday"]
    assert 2.5 < days[-1] / np.mean(days[3:6]) < 4.5


def test_where_all_is_on_a_deal_of_its_own_or_too_little_is_sold_nobody_knows(tmp_path: Path) -> None:
    """Then the note on baselines says that the busiest day is not told apart; else that days are followed."""
    few, everything = tmp_path / "few", tmp_path / "everything"
    few.mkdir()
    everything.mkdir()
    small = shop(customers=80)
    small.sales = small.sales.iloc[::2]
    assert days_of(load(small, few)) == {}
    sold_off = shop(of=tuple(f"p{number}" for number in range(PRODUCTS)))
    assert days_of(load(sold_off, everything)) == {}
    apart, by_day = (season_note(CALENDAR, days, weeks=70, until=FRIDAY) for days in ((), ("sale-friday",)))
    assert "sale-friday, seven days each as one: their busiest day is not told apart" in apart
    assert "follow the holiday sale-friday day by day, but no season" in by_day


def season(days: dict[str, tuple[float, ...]]) -> LearnedSeason:
    """Return a season of the sample's model whose holiday doubles the sales of its seven days."""
    model = sample_model()
    effect = np.full((len(model.ensemble.networks), len(model.categories), 1), np.log(2.0))
    return LearnedSeason(harmonics=0, holidays={"feast": ("2017-11-09",)}, effect=effect, days=days)


def test_baselines_follow_the_days_of_a_holiday() -> None:
    """The week sells as much as without them, the busiest day its share of it; weeks are the sums of their days."""
    days = (0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 4.0)
    base = {
        (unit, told): score(
            replace(sample_model(), season=season({"feast": days} if told else {})),
            sample_scenario(horizon={"start": "2017-11-06", "periods": periods, "unit": unit}),
        ).effects.base_units.sum(axis=(0, 1))
        for unit, periods in (("day", 7), ("week", 1))
        for told in (False, True)
    }
    feast = 3  # the Thursday of the week
    np.testing.assert_allclose(base["day", True][:, feast], 4.0 * base["day", False][:, feast], rtol=1e-3)
    np.testing.assert_allclose(base["day", True][:, feast + 1 :], base["day", False][:, feast + 1 :], rtol=1e-3)
    for told in (False, True):
        np.testing.assert_allclose(base["week", told][:, 0], base["day", told].sum(axis=1), rtol=0.02)


@pytest.mark.parametrize("days", [{"other": (1.0,) * 7}, {"feast": (1.0,) * 6}, {"feast": (*(1.0,) * 6, 0.0)}])
def test_days_that_cannot_be_a_holidays_are_refused(days: dict[str, tuple[float, ...]]) -> None:
    """Of a holiday that nobody named, of six days, or without a sale on one."""
    with pytest.raises(ValueError, match="7 factors above 0 of a holiday are needed"):
        season(days)


def test_a_saved_model_keeps_a_holidays_days(tmp_path: Path) -> None:
    """What was told of days is there again when the model is read."""
    told = season({"feast": (0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 4.0)})
    save_model(replace(sample_model(), season=told), tmp_path / "model")
    read = load_model(tmp_path / "model").season
    assert read is not None and read.days == told.days and read.holidays == told.holidays
