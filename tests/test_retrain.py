"""Training anew between simulated campaigns: what is recorded, what is learned of it, and what is never known."""

from __future__ import annotations

import datetime as dt
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from flight_case import LINES, Running, line, running
from little_work import little_work
from rich.console import Console

from planner.problem import problem_of
from planner.report.simulate import show_courses, simulate_json
from planner.simulate.campaign import CampaignParams, World
from planner.simulate.life import BETWEEN, Life, lived_on, lived_past
from planner.simulate.loop import Course, Learn, LoopParams, Policy, simulate
from planner.simulate.retrain import RetrainParams, Training, busy, trained
from scenarios.language.words import BASKET
from scenarios.market.drift import Drift, with_drift
from scenarios.market.likeness import likeness
from scenarios.market.ordinary import ordinary_calendar, ordinary_market, usual_of
from scenarios.market.play import Market
from scenarios.market.purchases import write_purchases
from scenarios.market.records import joined, moved, quiet_memory, record_campaign
from scenarios.problems import InvalidInput
from surrogate.data.data_spec import read_data_spec
from surrogate.effects.ensemble import EnsembleParams
from surrogate.held_out.first_fit import first_fit
from surrogate.people.own_segments import OwnSegments
from surrogate.progress import silent
from surrogate.train import TrainParams, train

WEEKS, START, SEED = 20, dt.date(2026, 11, 1), 3
SMALL = RetrainParams(
    train=TrainParams(ensemble=EnsembleParams(members=2, offer_groups=4, offer_steps=60), refit_steps=5), test_weeks=4
)
BY_SEGMENT = {"categorical": ["segment"]}
LOOP = LoopParams(
    campaigns=2,
    seed=SEED,
    learn=Learn.RETRAIN,
    past_weeks=WEEKS,
    retrain=SMALL,
    campaign=CampaignParams(replans=1),
)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop with its plan; stock is short enough to run out of phones."""
    return running(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def market(case: Running) -> Market:
    """A small market like the shop."""
    return likeness(case.grid, case.frozen.effects, 1, per_segment=500)


@pytest.fixture(scope="module")
def past(market: Market) -> Life:
    """The shop's market on the morning of the first campaign."""
    return lived_past(market, WEEKS, SEED)


@pytest.fixture(scope="module")
def second(past: Life) -> Life:
    """The same on the morning of the second one; nobody has changed."""
    return lived_on(past, past.market, past.market, LINES, SEED, 1)


@pytest.fixture(scope="module")
def learned(case: Running, past: Life) -> tuple[object, Training]:
    """What a small training says before the first campaign."""
    return trained(case.problem, past.market, past.records, SMALL, SEED + 1, 1)


@pytest.fixture(scope="module")
def courses(case: Running, market: Market) -> tuple[Course, ...]:
    """Two campaigns, planned with two trainings."""
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        return simulate(case.problem, market, (Policy.PLANNER, Policy.UNIFORM), LOOP)


def days_of(frame: pd.DataFrame, name: str) -> tuple[dt.date, dt.date]:
    """First and last day of a column of dates."""
    return dt.date.fromisoformat(frame[name].min()), dt.date.fromisoformat(frame[name].max())


def test_a_campaign_is_recorded_as_it_was_played(past: Life) -> None:
    """Receipts of a campaign hold the units that the market sold, day by day, also where it changes and runs short."""
    gone = Drift(from_day=3, sensitivity=np.array([2.0, 0.5]), attention=np.ones(2), need=np.array([1.5, 0.5]))
    short = past.market.scenario.model_copy(
        update={"products": tuple(p.model_copy(update={"stock": 40, "arrivals": {}}) for p in past.market.products)}
    )
    here = with_drift(replace(past.market, scenario=short), gone)
    sold, rows = here.play(LINES, 7), record_campaign(here, LINES, 7)
    names, weight = [product.id for product in here.products], here.people.weight
    table = rows.transactions
    real = table["quantity"] * weight[table["customer"].astype(int)]
    day = table["time"].map(lambda text: (dt.date.fromisoformat(text) - START).days)
    for k, name in enumerate(names):
        mine = (table["product"] == name).to_numpy()
        units = np.bincount(day[mine], real[mine], 7)
        # The one customer behind the last unit stands for several: rounded to the larger part.
        np.testing.assert_allclose(units, sold.units.sum(axis=0)[k], atol=2 * weight.max())
    assert sold.stock_left.min() < 1 and set(rows.stock["stock"]) >= {0}
    assert (rows.stock["product"].isin(names)).all()


def test_the_log_names_the_customers_of_a_segment(market: Market) -> None:
    """A message to half of a segment is logged for about half of its customers, one of all customers is told to all."""
    half = (line(2, "case", "coupon-20", "young", 0.5), line(3, "phone", "cut-15"))
    log = record_campaign(market, half, 5).offers
    told = log[log["offer"] == "coupon-20"]["customer"].astype(int)
    assert len(told) == pytest.approx(250, abs=50) and (market.people.segment[told] == 0).all()
    assert log[log["offer"] == "cut-15"]["customer"].tolist() == [""]


def test_a_gift_that_is_gone_is_logged_no_more(market: Market) -> None:
    """Days on which no gift was left are no days of the offer."""
    gifts = tuple(gift.model_copy(update={"stock": 0}) for gift in market.scenario.gifts)
    empty = replace(market, scenario=market.scenario.model_copy(update={"gifts": gifts}))
    lines = [line(day, "phone", "buds", "old") for day in (2, 3)]
    assert record_campaign(market, lines, 5).offers["first_day"].nunique() == 2
    assert record_campaign(empty, lines, 5).offers.empty


def test_ordinary_weeks_hold_the_scenarios_own_offers(past: Life, case: Running) -> None:
    """The past runs what the scenario offers, and the lines that it says ran before."""
    (records,) = past.records
    offers = {offer.id for offer in case.grid.scenario.offers}
    assert set(records.offer_terms) == offers and set(records.offers["offer"]) <= offers
    assert len(set(records.offers["offer"])) >= len(offers) - 1
    (known,) = case.grid.scenario.history
    told = records.offers[(records.offers["first_day"] == str(known.date)) & (records.offers["product"] == "case")]
    assert set(told["offer"]) == {"coupon-20"}
    first, last = days_of(records.transactions, "time")
    assert last == START - dt.timedelta(days=1) and (START - first).days >= 7 * WEEKS
    assert first.weekday() == 0


def test_a_segment_gets_only_offers_that_are_for_it(market: Market) -> None:
    """An offer for one segment is never drawn for another one, neither in the past nor between campaigns."""
    only = {"applies_to": market.scenario.offers[3].applies_to.model_copy(update={"segments": ("old",)})}
    assert market.scenario.offers[3].id == "buds"
    offers = tuple(o.model_copy(update=only) if o.id == "buds" else o for o in market.scenario.offers)
    narrow = replace(market, scenario=market.scenario.model_copy(update={"offers": offers}))
    before = ordinary_market(narrow, days=280)
    lines = ordinary_calendar(before, (), 4).lines
    assert {one.segment for one in lines if one.offer == "buds"} == {"old"}
    assert {one.segment for one in lines if one.offer == "coupon-20"} == {"young", "old"}


def test_the_lower_median_of_a_weekday_is_its_usual_day() -> None:
    """Of two Mondays the calmer one is usual; weekdays that a horizon lacks are as busy as the others in the mean."""
    found = usual_of(np.array([4.0, 1.0, 2.0]), np.array([0, 0, 3]))
    np.testing.assert_allclose(found, [1.0, 1.5, 1.5, 2.0, 1.5, 1.5, 1.5])


def test_records_of_a_campaign_lie_between_the_past_and_the_next(past: Life, second: Life) -> None:
    """Days follow each other without a gap up to the next campaign; receipts keep numbers of their own."""
    before, campaign, after = second.records
    cycle = 7 * (1 + BETWEEN)
    assert days_of(before.transactions, "time")[1] == START - dt.timedelta(days=cycle + 1)
    assert campaign.transactions["time"].nunique() == 7
    assert days_of(campaign.transactions, "time")[0] == START - dt.timedelta(days=cycle)
    assert days_of(after.transactions, "time")[1] == START - dt.timedelta(days=1)
    whole = joined(second.records)
    assert len(whole.transactions) == sum(len(part.transactions) for part in second.records)
    assert whole.transactions["time"].nunique() == (START - days_of(before.transactions, "time")[0]).days
    each = whole.transactions.groupby("basket")[["customer", "time"]].nunique()
    assert (each == 1).to_numpy().all()
    # What ran is logged on its days: the first line of the plan on the third day.
    ran = campaign.offers[(campaign.offers["offer"] == "cut-15") & (campaign.offers["product"] == "phone-pro")]
    assert days_of(ran, "first_day")[0] == START - dt.timedelta(days=cycle - 2)


def test_records_move_with_all_their_dates(past: Life) -> None:
    """Moved by four weeks and back, records are the same; nothing but dates has changed between."""
    (records,) = past.records
    there = moved(records, -28)
    assert days_of(there.offers, "last_day")[0] == days_of(records.offers, "last_day")[0] - dt.timedelta(days=28)
    back = moved(there, 28)
    pd.testing.assert_frame_equal(back.transactions, records.transactions)
    pd.testing.assert_frame_equal(back.offers, records.offers)


def test_campaigns_begin_alike_for_everybody(past: Life, second: Life) -> None:
    """The next morning is that of a market without promotion in the campaign, whatever the planner ran."""
    idle = lived_on(past, past.market, past.market, None, SEED, 1)
    np.testing.assert_array_equal(idle.market.remembered.cupboard, second.market.remembered.cupboard)
    assert not idle.records
    ran = record_campaign(past.market, LINES, 3001).memory
    assert (ran.seen != quiet_memory(past.market, 3001).seen).any()


def test_nothing_of_the_truth_is_written(past: Life, tmp_path: Path) -> None:
    """Of customers the files hold their segment, which the retailer sends messages by, and nothing else."""
    path = write_purchases(
        joined(past.records), tmp_path, train_until="2026-09-27", test_until="2026-10-25",
        known=BY_SEGMENT,
    )  # fmt: skip
    described = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert described["files"]["demographics"] == {
        "file": "customers.parquet", "customer": "customer", "categorical": ["segment"],
    }  # fmt: skip
    assert list(pd.read_parquet(tmp_path / "customers.parquet")) == ["customer", "segment"]
    assert not {"experimenting", "sensitivity", "lift"} & set(pd.read_parquet(tmp_path / "offers.parquet"))


def test_effects_are_learned_of_the_declared_segments(case: Running, past: Life, learned: tuple) -> None:
    """Ids, customers and offers are the question's own; quiet sales are near the market's, segment by segment."""
    problem, training = learned
    assert [one.id for one in problem.grid.segments] == ["young", "old"]
    assert [one.customers for one in problem.grid.segments] == [4000, 6000]
    effects = problem.effects
    assert effects.lift.shape[1:] == case.problem.effects.lift.shape[1:]
    quiet = np.mean([past.market.play((), 100 + seed).units for seed in range(4)], axis=0)
    np.testing.assert_allclose(effects.base_units.mean(axis=0).sum(axis=(1, 2)), quiet.sum(axis=(1, 2)), rtol=0.25)
    number = case.grid.offer_index["cut-15"]
    assert (effects.lift[:, :, :2, :, number] > 0).all() and (effects.lift[:, :, 2, :, number] == 0).all()
    assert training.weeks == WEEKS and training.until == dt.date(2026, 10, 25)
    assert training.accuracy["held_out_weeks"] == 4


def test_every_campaign_is_planned_with_a_training_of_its_own(courses: tuple[Course, ...], learned: tuple) -> None:
    """The second training has read the first campaign and the weeks after it; habit plans with the first one."""
    planner, uniform = courses
    first, then = (season.training for season in planner.seasons)
    assert first is not None and then is not None and first == learned[1]
    assert (first.campaign, then.campaign) == (1, 2) and then.weeks == first.weeks + 1 + BETWEEN
    assert then.purchases > first.purchases and then.contacts > first.contacts
    assert [season.training for season in uniform.seasons] == [first, None]
    assert uniform.seasons[0].ran.lines == uniform.seasons[1].ran.lines
    assert all(not season.learned for course in courses for season in course.seasons)


def test_what_trainings_knew_is_shown(courses: tuple[Course, ...]) -> None:
    """The view and the document tell weeks, receipts and errors of every training, and how the planner learns."""
    shown = Console(width=80, record=True, file=io.StringIO())
    for part in show_courses(courses, LOOP, "CNY", "a market"):
        shown.print(part)
    text = shown.export_text()
    assert all(len(row) <= 80 for row in text.splitlines())
    assert "What each training knew" in text and "trains the surrogate anew" in text
    assert "(no drift, after 20 weeks that it lived before)" in text
    document = json.loads(json.dumps(simulate_json(courses, LOOP, "shop", "CNY", "a market"), allow_nan=False))
    assert (document["learn"], document["past_weeks"]) == ("retrain", WEEKS)
    first, then = document["trainings"]
    assert (first["campaign"], first["weeks"], then["weeks"]) == (1, 20, 25)
    assert first["until"] == "2026-10-25" and 0 < first["accuracy"]["wape_category"] < 2


def test_the_same_seed_is_the_same_course(case: Running, market: Market, courses: tuple[Course, ...]) -> None:
    """Lived, recorded, trained and planned again, the document of the first campaign is the same to the byte."""
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        again = simulate(case.problem, market, (Policy.PLANNER, Policy.UNIFORM), replace(LOOP, campaigns=1))
    first, short = tuple(replace(course, seasons=course.seasons[:1]) for course in courses), replace(LOOP, campaigns=1)
    texts = [json.dumps(simulate_json(found, short, "shop", "CNY", "a market")) for found in (first, again)]
    assert texts[0] == texts[1]


def test_a_past_is_the_same_however_is_learned(case: Running, market: Market, past: Life) -> None:
    """With as long a past, updating meets the same customers on the same morning; without one, nothing is lived."""
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        update = replace(LOOP, learn=Learn.UPDATE, campaigns=1, campaign=CampaignParams(replans=0))
        (course,) = simulate(case.problem, market, (Policy.PLANNER,), update)
    (season,) = course.seasons
    world = World.of(past.market, 3001)
    assert season.training is None and season.learned
    assert season.ran.gained == pytest.approx(world.gain(world.play(season.ran.lines, season.ran.pieces)))


def test_the_same_records_teach_the_same(case: Running, past: Life, learned: tuple) -> None:
    """Trained twice on the same records, declared offers among them, effects are the same bit for bit."""
    again, training = trained(case.problem, past.market, past.records, SMALL, SEED + 1, 1)
    np.testing.assert_array_equal(again.effects.lift, learned[0].effects.lift)
    np.testing.assert_array_equal(again.effects.base_units, learned[0].effects.base_units)
    assert training == learned[1]


def test_days_that_the_scenario_knows_to_be_busy_stay_busy(case: Running, learned: tuple) -> None:
    """A day with twice the sales of its weekday in the scenario's own baseline counts twice."""
    base = case.problem.effects.base_units.copy()
    base[..., 0] *= 2.0
    week = replace(case.problem.effects, base_units=np.concatenate([base, base[..., 1:], base[..., :1] / 2], axis=3))
    horizon = case.problem.loaded.scenario.horizon.model_copy(update={"periods": 14})
    asked = case.problem.loaded.scenario.model_copy(update={"horizon": horizon})
    longer = replace(case.problem, loaded=replace(case.problem.loaded, scenario=asked), effects=week)
    found = busy(longer)
    assert found[0] == pytest.approx(2.0) and found[1:] == pytest.approx(1.0)


def test_lifts_that_contain_the_dip_are_not_taken_for_learned_ones(case: Running, past: Life) -> None:
    """Whatever the scenario's table holds, learned lifts are gross."""
    loaded = case.problem.loaded
    net = loaded.scenario.effects.model_copy(update={"lift_is": "net"})
    asked = problem_of(replace(loaded, scenario=loaded.scenario.model_copy(update={"effects": net})))
    problem, _ = trained(asked, past.market, past.records, SMALL, SEED + 1, 1)
    assert problem.grid.scenario.effects.lift_is == "gross"


def test_held_out_weeks_count_customers_who_buy_later(past: Life, tmp_path: Path) -> None:
    """The retailer knows the segment of those who first buy in the held-out weeks: all that was sold then is tested."""
    data = joined(past.records)
    path = write_purchases(data, tmp_path, train_until="2026-09-27", test_until="2026-10-25", known=BY_SEGMENT)
    listed = data.customers.groupby("segment")["customer"]
    own = OwnSegments(ids=("young", "old"), members={str(name): tuple(rows) for name, rows in listed})
    ensemble, spec = SMALL.train.ensemble, read_data_spec(path)
    found = first_fit(spec, ensemble, SEED + 1, silent, learn=SMALL.learn, base=tmp_path, own=own)
    rows = data.transactions
    tested = rows[(rows["time"] > "2026-09-27") & (rows["time"] <= "2026-10-25")]
    fresh = set(tested["customer"]) - set(rows.loc[rows["time"] <= "2026-09-27", "customer"])
    assert fresh and found.held.units.sum() == pytest.approx(tested["quantity"].sum())
    of_young = tested["customer"].isin(set(own.members["young"]))
    assert found.held.units[0].sum() == pytest.approx(tested.loc[of_young, "quantity"].sum())


def test_customers_without_a_segment_are_refused(past: Life, tmp_path: Path) -> None:
    """A list that lacks buyers is no list of everybody."""
    data = joined(past.records)
    path = write_purchases(data, tmp_path, train_until="2026-09-27", test_until="2026-10-25", known=BY_SEGMENT)
    own = OwnSegments(ids=("young",), members={"young": tuple(data.customers["customer"][:500])})
    with pytest.raises(InvalidInput, match="stand in none"):
        train(read_data_spec(path), SMALL.train, 1, learn=SMALL.learn, base=tmp_path, own=own)


def test_segments_of_too_few_buyers_are_refused_in_one_message(case: Running, past: Life) -> None:
    """Where hardly anybody of a segment buys, the message names the training, the segment and what is missing."""
    few = replace(SMALL, learn=SMALL.learn.model_copy(update={"min_size": 100_000}))
    with pytest.raises(InvalidInput) as refused:
        trained(case.problem, past.market, past.records, few, 1, 1)
    assert len(refused.value.problems) == 2
    assert str(refused.value.problems[0]).startswith(
        "training before campaign 1, data: segment young: expected at least"
    )


def test_baskets_are_sold_under_basket_offers(past: Life) -> None:
    """Receipts name the order's offer; its log has no product."""
    (records,) = past.records
    assert set(records.transactions["basket_offer"]) <= {"", "save-200"}
    assert set(records.offers.loc[records.offers["offer"] == "save-200", "product"]) == {""}
    assert BASKET not in set(records.transactions["product"])
