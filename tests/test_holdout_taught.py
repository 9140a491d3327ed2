"""Where chance left customers out of past offers, what was learned comes nearer to the truth, and notes say by what."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from left_out_shop import FIRST_WEEK, WEEKS, monday, shop, write_files

from scenarios.language.schema import LearnSpec, Scenario
from surrogate.data.data_spec import DataSpec, read_data_spec
from surrogate.data.events import Events
from surrogate.data.lift_tests import LiftTest
from surrogate.data.loading import load_events
from surrogate.effects.ensemble import EnsembleParams
from surrogate.evidence.gather import TESTS, StoredTests
from surrogate.evidence.holdout_tests import with_holdout_tests
from surrogate.model import Model
from surrogate.parts import unpack
from surrogate.people.segments import Segmentation
from surrogate.scoring.score import score
from surrogate.train import TrainParams, train

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


def test_the_same_purchases_do_not_count_twice():
    """Where experiments already holds a test of the offer, the holdout's is left out and named."""
    _, spec, _ = trained()
    own = LiftTest(offer="mail", product="p0", lift=0.25, standard_error=0.1)
    model = again(spec=spec.model_copy(update={"experiments": (own,)}))
    assert not [test for test in stored_tests(model) if test.name]
    assert any("must not count twice" in note for note in model.notes)
