"""Where chance left customers out of past offers, what was learned comes nearer to the truth, and notes say by what."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from left_out_shop import FIRST_WEEK, RUNS, WEEKS, monday, shop, write_files

from planner.learning import beside_cuts_of
from scenarios.language.schema import LearnSpec, Scenario
from scenarios.problems import InvalidInput
from surrogate.data.data_spec import DataSpec, read_data_spec
from surrogate.data.events import Events
from surrogate.data.lift_test_file import read_lift_tests
from surrogate.data.lift_tests import LiftTest
from surrogate.data.loading import load_events
from surrogate.effects.ensemble import EnsembleParams
from surrogate.evidence.gather import TESTS, StoredTests
from surrogate.evidence.holdouts.as_lift_tests import with_holdout_tests
from surrogate.model import Model
from surrogate.parts import unpack
from surrogate.people.segments import Segmentation
from surrogate.scoring.score import score
from surrogate.train import TrainParams, train
from surrogate.training.experiments_read import experiments_read

TRUTH = 0.3
PARAMS = TrainParams(
    ensemble=EnsembleParams(members=2, profile=4, embedding=3, hidden=8, groups=8, offer_groups=4, offer_steps=100),
    refit_steps=10,
)
_FOLDER = TemporaryDirectory(prefix="left-out-shop-")


@cache
def trained() -> tuple[Model, DataSpec, Events]:
    """Train on the shop once; return its data, too."""
    folder = Path(_FOLDER.name)
    spec = read_data_spec(write_files(shop(7, swings=0.8), folder))
    model = train(spec, PARAMS, 1, learn=LearnSpec(count=2), base=folder)
    return model, spec, load_events(spec, until=spec.test_until, base=folder)


def untaught() -> Model:
    """Return the same model without what the holdout measured."""
    model = trained()[0]
    return replace(model, sections={name: one for name, one in model.sections.items() if name != TESTS}, notes=())


def again(events: Events | None = None, spec: DataSpec | None = None, **changed: object) -> Model:
    """Measure the holdout for the trained model again, with something changed."""
    _, own, known = trained()
    model = replace(untaught(), **changed)
    nobody = Segmentation(
        ids=model.groups.ids,
        names=model.groups.names,
        label=np.zeros(0, dtype=np.int64),
        stability=1.0,
        least_visits=0.0,
    )
    return with_holdout_tests(model, events or known, spec or own, nobody)


def stored_tests(model: Model) -> tuple[LiftTest, ...]:
    """Return the lift tests of a model."""
    return unpack(model.sections[TESTS], StoredTests).read() if TESTS in model.sections else ()


def question() -> Scenario:
    """Ask for the coupon again."""
    return Scenario.model_validate(
        {
            "scenario": "shop",
            "currency": "EUR",
            "horizon": {"start": dt.date.fromordinal(monday(FIRST_WEEK + WEEKS)), "periods": 2, "unit": "week"},
            "segments": {"learn": {"count": 2}},
            "products": [{"id": name, "category": name, "unit_cost": "60%"} for name in ("p0", "p1")],
            "offers": [{"id": "mail", "mechanic": "coupon", "depth": "20%", "layer": "targeted", "channel": "app"}],
            "channels": [{"id": "app"}],
            "effects": {"data": "data.yaml"},
        }
    )


def test_the_learned_lift_comes_nearer_to_the_truth():
    """A coupon of +30 % went to customers in a busy time, who seem to answer more; by the holdout they do not."""
    model = trained()[0]
    before, after = (score(one, question()).effects for one in (untaught(), model))
    off = [float(np.abs(found.lift[:, :, 0, 0, 0].mean(axis=0) - TRUTH).max()) for found in (before, after)]
    assert off[1] < off[0]
    assert (after.lift_sd[:, 0, 0, 0] < before.lift_sd[:, 0, 0, 0]).all()


def test_what_was_measured_is_told():
    """The model says that chance measured lifts, and every test with its groups stands beside the scores."""
    model = trained()[0]
    (measured,) = [note for note in model.notes if note.startswith("Chance left customers out of one past offer. ")]
    for test in stored_tests(model):
        named = f"mail, {test.product}, {test.segment} {test.lift:+.1%} (standard error {test.standard_error:.1%})"
        assert named in measured
    said = [note for note in score(model, question()).effects.notes if note.startswith("Lift test mail on p0")]
    assert len(said) == len(stored_tests(model)) > 0
    assert all("holdout of 6 runs: " in note and "learned without it" in note for note in said)
    for test in stored_tests(model):
        assert abs(test.lift - TRUTH) < 3 * test.standard_error


def test_measuring_again_measures_the_same():
    """What training stores follows from the data and the model alone."""
    assert stored_tests(again()) == stored_tests(trained()[0])


def test_small_groups_are_together_or_not_looked_at():
    """Where a segment's holdout is below the smallest group all are one test; where all are below it, there is none."""
    held = trained()[2].holdout["customer"].nunique()
    whole = stored_tests(again(min_segment_size=held - 20))
    assert [test.segment for test in whole] == [None]
    none = again(min_segment_size=held + 20)
    assert not stored_tests(none)
    assert any("groups below" in note and "min_segment_size" in note for note in none.notes)


def beside_cuts(runs: int) -> Model:
    """Measure again where a third of the coupon's goods was cut by a quarter in the weeks of some runs."""
    events = trained()[2]
    rows = events.sales
    first = rows["product"] == 0
    rows = rows.assign(regular=rows["regular"] * np.where(first, 0.5, 1.0))
    here = rows["week"].isin(list(RUNS)[:runs]) & first
    sales = rows.assign(shelf_discount=rows["regular"] * 0.25 * here, coupon_discount=0.0)
    return again(replace(events, sales=sales))


def test_runs_beside_a_cut_of_some_goods_stay_out_where_enough_others_are_left():
    """Half of the runs had no cut, so these alone count; where all had one they count, and both are told."""
    half, every = beside_cuts(len(RUNS) // 2), beside_cuts(len(RUNS))
    assert all(f"holdout of {len(RUNS) - len(RUNS) // 2} runs: " in str(test.name) for test in stored_tests(half))
    assert all(f"holdout of {len(RUNS)} runs: " in str(test.name) for test in stored_tests(every))
    assert stored_tests(half) and stored_tests(every)
    spec = trained()[1]
    (said,), (all_said,) = experiments_read(spec, half), experiments_read(spec, every)
    assert said.startswith("50% of the holdout of mail ran beside price cuts of its goods (21 of 42 days, ")
    assert said.endswith("so only the other days count.")
    assert all_said.startswith("100% of the holdout of mail ") and "42 days with cuts of some of the goods" in all_said
    figures = {"share": 0.5, "days": 42, "mostly_cut": 0, "partly_cut": 21, "partly_cut_count": False}
    assert beside_cuts_of(half) == {"holdout": {"mail": figures}, "rows": {}}
    assert experiments_read(spec, again()) == ()


def test_a_holdout_of_no_run_is_said():
    """A since after the last run leaves nothing to compare: a note says so, and nothing is refused."""
    events = trained()[2]
    late = events.holdout.assign(offer="", since=monday(FIRST_WEEK + WEEKS), until=monday(FIRST_WEEK + WEEKS))
    model = again(replace(events, holdout=late))
    assert not stored_tests(model)
    assert any("is about no run of the data's targeted offers" in note for note in model.notes)


def test_a_holdout_that_chance_did_not_draw_is_named_and_not_used():
    """Those left out had spent less before: the note says how much, and nothing is calibrated by them."""
    _, _, events = trained()
    spend = events.visits.groupby("customer")["regular"].sum()
    poor = set(spend[spend < spend.quantile(0.6)].index)
    held = events.holdout[events.holdout["customer"].isin(poor)]
    model = again(replace(events, holdout=held))
    assert not stored_tests(model)
    assert any("these do not look drawn by chance" in note for note in model.notes)


def beside_lesson(error: str, days: tuple[int, int] | None) -> tuple[list[LiftTest], list[LiftTest], tuple[str, ...]]:
    """Measure the holdout beside a lesson from a file; return the holdout's tests, lessons that count, and notes."""
    folder = Path(_FOLDER.name)
    dates = ("", "") if days is None else tuple(str(dt.date.fromordinal(day)) for day in days)
    header = "name,offer,product,segment,lift,standard_error,first_day,last_day"
    (folder / "lessons.csv").write_text(f"{header}\nspring: CUPED,mail,p0,s1,25%,{error},{dates[0]},{dates[1]}\n")
    data = (folder / "data.yaml").read_text()
    (folder / "again.yaml").write_text(f"{data}\nexperiments: {{table: lessons.csv}}\n")
    model = again(spec=read_data_spec(folder / "again.yaml"))
    stored = stored_tests(model)
    own = [test for test in stored if test.name == "spring: CUPED"]
    return [test for test in stored if test not in own], own, model.notes


def run_days() -> list[tuple[int, int]]:
    """Return first and last day of each run of the coupon on p0."""
    events = trained()[2]
    goods = events.products["category"].to_numpy()
    mine = events.offers[(events.offers["offer"] == "mail") & (events.offers["customer"] >= 0)]
    mine = mine[(mine["product"] < 0) | (goods[mine["product"].to_numpy()] == "p0")]
    return sorted(set(zip(mine["first_day"].tolist(), mine["last_day"].tolist(), strict=True)))


def test_a_lesson_of_other_days_counts_beside_the_holdout():
    """Other purchases are other evidence: a noisy lesson takes nothing away from the holdout, and is kept itself."""
    before = stored_tests(trained()[0])
    later = max(last for _, last in run_days()) + 1
    for error in ("60%", "1%"):
        held, own, notes = beside_lesson(error, (later, later + 6))
        assert tuple(held) == before and len(own) == 1
        assert not any("count twice" in note for note in notes)


def test_the_same_days_count_once_by_whichever_is_surer():
    """A lesson of one run takes that run's place where it is surer; where the holdout is, the lesson is left out."""
    before = stored_tests(trained()[0])
    held, own, notes = beside_lesson("60%", run_days()[-1])
    assert tuple(held) == before and not own
    assert any(
        "Lift test of experiments (mail on p0, s1 (spring: CUPED)) is not used: the holdout" in one for one in notes
    )
    held, own, notes = beside_lesson("1%", run_days()[-1])
    assert len(own) == 1 and held and all(test.name.startswith("holdout of 5 runs") for test in held)
    assert any("The holdout of one run of mail on p0 is not used" in note for note in notes)


def test_a_lesson_without_days_may_be_of_the_same_purchases():
    """Nothing says that it is not: the surer of the two counts, and the note says what would tell them apart."""
    before = stored_tests(trained()[0])
    held, own, notes = beside_lesson("60%", None)
    assert tuple(held) == before and not own
    (said,) = [note for note in notes if "must not count twice" in note]
    assert "no first_day and last_day say that it is of other days" in said
    held, own, notes = beside_lesson("1%", None)
    assert not held and len(own) == 1
    assert any("The holdout of 6 runs of mail on p0 is not used" in note for note in notes)


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (("2026-03-01", ""), "both first_day and last_day"),
        (("2026-03-02", "2026-03-01"), "a last_day on first_day or after"),
    ],
)
def test_days_of_a_lift_test_come_in_pairs(tmp_path: Path, days: tuple[str, str], message: str):
    """One alone, or in the wrong order, is a message on its line."""
    header = "offer,lift,standard_error,first_day,last_day"
    (tmp_path / "lessons.csv").write_text(f"{header}\nmail,5%,2%,{days[0]},{days[1]}\n")
    with pytest.raises(InvalidInput, match=f"lessons.csv:2.*{message}"):
        read_lift_tests({"table": "lessons.csv"}, tmp_path, "data.yaml:9")
