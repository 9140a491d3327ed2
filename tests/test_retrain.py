"""Training anew between simulated campaigns: what is recorded, what is learned of it, and what is never known."""

from __future__ import annotations

import datetime as dt
import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from flight_case import Running, running_shop
from little_work import little_work
from retrain_case import SEED, WEEKS, first_morning, small_market
from rich.console import Console

from planner.problem import Problem, problem_of
from planner.report.flight.simulate import show_courses, simulate_json
from planner.simulate import loop, retrain
from planner.simulate.campaign import CampaignParams, World
from planner.simulate.life import BETWEEN, Life
from planner.simulate.loop import Course, Learn, LoopParams, Policy, simulate
from planner.simulate.retrain import RetrainParams, Training, busy, trained
from scenarios.market.play import Market
from scenarios.market.purchases import PurchaseData, write_purchases
from scenarios.market.records import joined
from scenarios.problems import InvalidInput
from surrogate.data.data_spec import read_data_spec
from surrogate.effects.ensemble import EnsembleParams
from surrogate.held_out.first_fit import first_fit
from surrogate.model import Model
from surrogate.people.own_segments import OwnSegments
from surrogate.progress import silent
from surrogate.train import TrainParams, train

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
    campaign=CampaignParams(replans=0),
)


case = running_shop
"""The shop with its plan; stock is short enough to run out of phones."""
market = small_market
past = first_morning


@dataclass(frozen=True, kw_only=True, eq=False)
class Lived:
    """Campaigns, and what was told and learned before each."""

    courses: tuple[Course, ...]
    records: list[tuple[PurchaseData, ...]]
    """What each training read."""
    said: list[tuple[Problem, Training]]
    models: list[Model]


def live(case: Running, market: Market, params: LoopParams) -> Lived:
    """Live the campaigns of a planner and of habit, with little work."""
    records: list[tuple[PurchaseData, ...]] = []
    said: list[tuple[Problem, Training]] = []
    models: list[Model] = []

    def taught(*given: Any) -> tuple[Problem, Training]:
        records.append(given[2])
        said.append(trained(*given))
        return said[-1]

    def keeping(*given: Any, **more: Any) -> Model:
        models.append(train(*given, **more))
        return models[-1]

    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        patch.setattr(loop, "trained", taught)
        patch.setattr(retrain, "train", keeping)
        courses = simulate(case.problem, market, (Policy.PLANNER, Policy.UNIFORM), params)
    return Lived(courses=courses, records=records, said=said, models=models)


@pytest.fixture(scope="module")
def lived(case: Running, market: Market) -> Lived:
    """Two campaigns, planned with two trainings."""
    return live(case, market, LOOP)


@pytest.fixture(scope="module")
def once_more(case: Running, market: Market) -> Lived:
    """The first of them again, from the past on."""
    return live(case, market, replace(LOOP, campaigns=1))


@pytest.fixture(scope="module")
def learned(lived: Lived) -> tuple[Problem, Training]:
    """What a small training says before the first campaign."""
    return lived.said[0]


@pytest.fixture(scope="module")
def courses(lived: Lived) -> tuple[Course, ...]:
    """These campaigns."""
    return lived.courses


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
    assert (effects.lift[:, :, :2, :, number].mean(axis=0) > 0).all() and (effects.lift[:, :, 2, :, number] == 0).all()
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


def test_the_same_seed_is_the_same_course(courses: tuple[Course, ...], once_more: Lived) -> None:
    """Lived, recorded, trained and planned again, the document of the first campaign is the same to the byte."""
    first, short = tuple(replace(course, seasons=course.seasons[:1]) for course in courses), replace(LOOP, campaigns=1)
    again = once_more.courses
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


def test_the_same_records_teach_the_same(past: Life, lived: Lived, once_more: Lived) -> None:
    """Trained twice on the past's records, declared offers among them, effects are the same bit for bit."""
    for each in (lived, once_more):
        for found, known in zip(each.records[0], past.records, strict=True):
            pd.testing.assert_frame_equal(found.transactions, known.transactions)
            pd.testing.assert_frame_equal(found.offers, known.offers)
    (first, training), (again, same) = lived.said[0], once_more.said[0]
    assert again is not first and same == training
    np.testing.assert_array_equal(again.effects.lift, first.effects.lift)
    np.testing.assert_array_equal(again.effects.base_units, first.effects.base_units)


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


def test_lifts_that_contain_the_dip_are_not_taken_for_learned_ones(
    case: Running, past: Life, lived: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the scenario's table holds, learned lifts are gross."""
    monkeypatch.setattr(retrain, "train", lambda *_, **__: lived.models[0])
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


@pytest.fixture
def nothing_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where anything is learned."""

    def learning(*_: Any, **__: Any) -> None:
        raise AssertionError("refused only after minutes of learning")

    monkeypatch.setattr("surrogate.held_out.first_fit.fit_ensemble", learning)


@pytest.mark.usefixtures("nothing_learned")
def test_customers_without_a_segment_are_refused(past: Life, tmp_path: Path) -> None:
    """A list that lacks buyers is no list of everybody, which is said before anything is learned."""
    data = joined(past.records)
    path = write_purchases(data, tmp_path, train_until="2026-09-27", test_until="2026-10-25", known=BY_SEGMENT)
    own = OwnSegments(ids=("young",), members={"young": tuple(data.customers["customer"][:500])})
    with pytest.raises(InvalidInput, match="stand in none"):
        train(read_data_spec(path), SMALL.train, 1, learn=SMALL.learn, base=tmp_path, own=own)


@pytest.mark.usefixtures("nothing_learned")
def test_segments_of_too_few_buyers_are_refused_in_one_message(case: Running, past: Life) -> None:
    """Where hardly anybody of a segment buys, the message names the training, the segment and what is missing."""
    few = replace(SMALL, learn=SMALL.learn.model_copy(update={"min_size": 100_000}))
    with pytest.raises(InvalidInput) as refused:
        trained(case.problem, past.market, past.records, few, 1, 1)
    assert len(refused.value.problems) == 2
    assert str(refused.value.problems[0]).startswith(
        "training before campaign 1, data: segment young: expected at least"
    )
