"""What an experiment shows is recovered: uplift, who answers, segments; and its scores are honest about the untried."""

from __future__ import annotations

import io
from dataclasses import replace

import experiment_files as files
import numpy as np
import pytest
from experiment_case import asked, learned, truth
from rich.console import Console

from planner.report.learned.experiment import show_experiment
from scenarios.language.words import Layer, Mechanic, Unit
from scenarios.problems import InvalidInput
from surrogate.experiment.held_out import evaluate
from surrogate.experiment.held_out.evaluate import evaluate_experiment
from surrogate.experiment.held_out.evaluation import OURS, SAVED
from surrogate.experiment.held_out.predict import expected
from surrogate.experiment.scoring.score import score_experiment
from surrogate.held_out.boosting import BoostingUnavailableError
from surrogate.kinds import explain_any


def test_uplift_is_recovered_in_sign_size_and_order():
    """Average uplifts lie within two standard errors of the truth, and customers are ranked as the truth ranks them."""
    frame, table, model = learned()
    foreseen = expected(model, table, "bought")
    for offer in (1, 2):
        uplift = foreseen[:, offer] - foreseen[:, 0]
        real = truth(frame, offer)
        chance = frame["p0"].mean()
        error = np.sqrt(2 * chance * (1 - chance) * 3 / len(frame))
        assert abs(uplift.mean() - real.mean()) < 2 * error
        assert np.corrcoef(uplift, real)[0, 1] > 0.8
    assert (foreseen[:, 2].mean() > foreseen[:, 1].mean() > foreseen[:, 0].mean()) and model.randomised


def test_segments_tell_those_who_answer_from_those_who_do_not(tmp_path):
    """Segments with more families answer more, and all segments together lift what the truth lifts."""
    frame, _, model = learned()
    answer = score_experiment(model, asked(tmp_path))
    families = np.array([segment.profile["children"] for segment in answer.segments])
    lift = answer.effects.lift[:, :, 0, 0, 2].mean(axis=0)
    base = answer.effects.base_units[:, :, 0, 0].mean(axis=0)
    assert sum(segment.customers for segment in answer.segments) == files.CUSTOMERS
    assert lift.max() > 2 * lift.min() and np.ptp(families) > 0.5 and np.corrcoef(families, lift)[0, 1] > 0.7
    assert (base @ lift) / base.sum() == pytest.approx(frame["p2"].sum() / frame["p0"].sum() - 1, rel=0.25)


def test_untried_depths_are_interpolated_or_flagged(tmp_path):
    """Lift grows with depth; 20 % lies between the depths tried, 50 % is assumed; both have wider intervals."""
    _, _, model = learned()
    answer = score_experiment(model, asked(tmp_path))
    lift = answer.effects.lift[:, :, 0, 0, :].mean(axis=0)
    assert (np.diff(lift, axis=1) >= 0).all()
    assert answer.effects.evidence == ("randomised", "randomised", "randomised", "assumed")
    spread = answer.effects.lift_sd[0, 0, 0]
    assert spread[0] == spread[2] < spread[1] < spread[3]
    notes = " ".join(answer.effects.notes)
    assert "Offer c20 saves 20%" in notes and "interpolated" in notes
    assert "Offer c50 saves 50%" in notes and "extrapolated" in notes
    assert answer.effects.base_units.sum(axis=(1, 2, 3)).mean() == pytest.approx(files.rows()["p0"].sum(), rel=0.1)


def test_lines_that_are_shorter_than_the_experiment_are_named(tmp_path):
    """A message that lifted 14 days lifts one day here, or one week: a note says how much of it is left."""
    _, _, model = learned()
    weeks = asked(tmp_path)
    days = weeks.model_copy(update={"horizon": weeks.horizon.model_copy(update={"unit": Unit.DAY})})
    daily, weekly = (" ".join(score_experiment(model, each).effects.notes) for each in (days, weeks))
    assert "a line lifts one day only, so a message brings 7% of what one brought there" in daily
    assert "a line lifts one week only, so a message brings 50% of what one brought there" in weekly
    shorter = replace(model, days=7)
    assert "a line lifts" not in " ".join(score_experiment(shorter, weeks).effects.notes)


def test_slopes_that_no_customer_saw_move_nothing(tmp_path):
    """30 % was the largest saving: however steep it is said to be above, 50 % lifts as before, and says why."""
    _, _, model = learned()
    outcome = model.outcomes["bought"]
    steep = tuple(
        replace(net, saving_bias=np.where(np.arange(3) == 2, 9.0, net.saving_bias)) for net in outcome.networks
    )
    other = replace(model, outcomes={"bought": replace(outcome, networks=steep)})
    scenario = asked(tmp_path)
    mine, theirs = (score_experiment(one, scenario) for one in (model, other))
    np.testing.assert_array_equal(mine.effects.lift, theirs.effects.lift)
    segment = mine.segments[0].id
    said, same = (explain_any(one, scenario, segment, "c50", None) for one in (model, other))
    for one, another in zip(said.drivers, same.drivers, strict=True):
        assert one.words == another.words and one.points == pytest.approx(another.points, rel=1e-9)
    saving = next(each.points for each in said.drivers if each.words == "a saving of 50%")
    assert saving > next(
        each.points
        for each in explain_any(model, scenario, segment, "c30", None).drivers
        if each.words == "a saving of 30%"
    )


def test_redemptions_teach_take_up(tmp_path):
    """Units under the offer less the bump, over the base: below 1 where some pay the full price, 1 where unknown."""
    _, _, model = learned(redeemed=True)
    answer = score_experiment(model, asked(tmp_path))
    take_up = answer.effects.take_up[0, 0, 0, [0, 2]]
    frame = files.rows()
    for offer, found in zip((1, 2), take_up, strict=True):
        under, base = 0.8 * frame[f"p{offer}"].mean(), frame["p0"].mean()
        assert found == pytest.approx((under - (frame[f"p{offer}"].mean() - base)) / base, abs=0.12)
    _, _, unseen = learned()
    assert (score_experiment(unseen, asked(tmp_path)).effects.take_up[:, 0] == 1).all()


@pytest.mark.parametrize(("mechanic", "fixed"), [("price_discount", 1.0), ("feature", 0.0)])
def test_take_up_that_holds_by_definition_is_not_learned(tmp_path, mechanic, fixed):
    """A shelf price is everybody's and mere visibility grants nothing, whatever was marked as redeemed."""
    _, _, model = learned(redeemed=True)
    kind = Mechanic(mechanic)
    tried = tuple(replace(one, mechanic=kind, layer=Layer.PUBLIC) for one in model.offers)
    offer = {"id": "one", "mechanic": mechanic} | ({"depth": "10%"} if fixed else {})
    answer = score_experiment(replace(model, offers=tried, mechanics=(kind,)), asked(tmp_path, offers=[offer]))
    assert (answer.effects.take_up[:, 0] == fixed).all() and (answer.effects.take_up_cv == 0).all()


def test_declared_segments_are_read_by_their_profile(tmp_path):
    """A declared segment is what its profile says; unknown features and wrong kinds are refused by name."""
    _, _, model = learned()
    declared = [
        {"id": "families", "customers": 1000, "profile": {"children": 1, "city": "Rome"}},
        {"id": "singles", "customers": 1000, "profile": {"children": 0}},
    ]
    answer = score_experiment(model, asked(tmp_path, segments=declared))
    lift = answer.effects.lift[:, :, 0, 0, 2].mean(axis=0)
    assert lift[0] > 2 * lift[1] > 0
    wrong = [{"id": "x", "customers": 10, "profile": {"childs": 1, "city": 7}}]
    with pytest.raises(InvalidInput) as caught:
        score_experiment(model, asked(tmp_path, segments=wrong))
    assert [problem.remedy for problem in caught.value.problems] == ["did you mean children?", ""]


def test_offers_and_products_that_nobody_tried_are_refused(tmp_path):
    """Another mechanic, another layer and another product are one message each."""
    _, _, model = learned()
    scenario = asked(
        tmp_path,
        products=[{"id": "bike", "category": "toys", "price": 10, "unit_cost": 5}],
        offers=[
            {"id": "f", "mechanic": "feature"},
            {"id": "p", "mechanic": "coupon", "depth": "10%"},
        ],
    )
    with pytest.raises(InvalidInput) as caught:
        score_experiment(model, scenario)
    product, mechanic, layer = (str(problem) for problem in caught.value.problems)
    assert "a product of the experiment, got bike" in product
    assert "a mechanic that the experiment tried: coupon (targeted), coupon (targeted), got feature" in mechanic
    assert "layer: targeted, as the experiment tried it, got public" in layer


def test_arms_that_nobody_drew_by_lot_are_found_out_and_weighted():
    """Coupons to frequent visitors: the effects become observed, the suspicion is named, weights take most bias off."""
    frame, table, model = learned(confounded=True)
    assert not model.randomised
    assert "went to customers with more visits" in model.notes[0]
    bought, arm = frame["bought"].to_numpy(), table.arm
    naive = bought[arm == 2].mean() - bought[arm == 0].mean()
    foreseen = expected(model, table, "bought")
    ours, real = (foreseen[:, 2] - foreseen[:, 0]).mean(), truth(frame, 2).mean()
    assert naive - real > 0.05
    assert abs(ours - real) < 0.4 * (naive - real)


def test_evaluation_finds_what_is_there(tmp_path):
    """Other customers: ranking above chance for an offer that only families answer, every learner beside, a verdict."""
    _, _, model = learned()
    frame = files.rows(seed=5, customers=2000)
    path = files.write(tmp_path, frame)
    found = evaluate_experiment(model, path, resamples=40)
    thirty = found.offers[1]
    assert (thirty.outcome, thirty.offer) == ("bought", "thirty")
    names = [row.name for row in thirty.learners]
    assert names == [OURS, "segment means", "S-learner LightGBM", "T-learner LightGBM", SAVED]
    assert thirty.learners[0].qini.low > 0 and thirty.average.low > 0
    assert sum(row.customers for row in thirty.calibration) == int((frame["arm"] != "ten").sum())
    values = {row.name: row for row in found.policies[0].rows}
    assert values["nobody"].over_none.value == 0 and values["nobody"].reached == 0
    everybody = values["everybody thirty"]
    real = frame["p2"].mean() - frame["p0"].mean()
    assert everybody.over_none.value == pytest.approx(real, abs=2 * everybody.over_none.standard_error)
    assert found.policies[0].targeting.low > 0
    assert any(sentence.startswith("Trust which customers thirty on bought helps more") for sentence in found.verdict)


def test_lightgbm_that_cannot_be_loaded_is_said_in_its_row(tmp_path, monkeypatch):
    """Without the library the others are compared, and the table and the verdict say which were not run and why."""

    def gone():
        raise BoostingUnavailableError("libgomp.so.1: cannot open shared object file")

    monkeypatch.setattr(evaluate, "lightgbm", gone)
    _, _, model = learned()
    outcome = model.outcomes["bought"]
    model = replace(model, outcomes={"bought": replace(outcome, networks=outcome.networks[:2])})  # so many are fitted
    path = files.write(tmp_path, files.rows(customers=2000))
    found = evaluate_experiment(model, path, resamples=20)
    assert [row.name for row in found.offers[0].learners] == [OURS, "segment means", SAVED]
    assert [one.name for one in found.missing] == ["S-learner LightGBM", "T-learner LightGBM"]
    reason = "LightGBM was not run, its library cannot be loaded: libgomp.so.1: cannot open shared object file"
    assert found.verdict.count(reason) == 1
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(*show_experiment(found))
    lines = console.export_text().splitlines()
    assert any("S-learner LightGBM" in line and "not run" in line for line in lines)


def test_evaluation_refuses_another_experiment(tmp_path):
    """Other offers cannot be compared arm by arm."""
    _, _, model = learned()
    offers = {"other": {"is": "ten", "mechanic": "coupon", "depth": "10%"}}
    path = files.write(tmp_path, files.rows(customers=1000), offers=offers, ignored=["thirty"])
    with pytest.raises(InvalidInput, match=r"expected the offers of the model, ten, thirty, got other"):
        evaluate_experiment(model, path)


def test_effects_of_an_experiment_are_explained_too(tmp_path):
    """For an experiment, parts add up to the scored lift, and chance is named with how many were offered it."""
    scenario = asked(tmp_path)
    _, _, model = learned()
    segment = score_experiment(model, scenario).segments[0].id
    offer = scenario.offers[0].id
    found = explain_any(model, scenario, segment, offer)
    assert sum(driver.points for driver in found.drivers) == pytest.approx(found.learned, abs=1e-6)
    assert found.grade == "randomised" and found.trust[0].startswith("Randomised: chance decided which")
    assert found.drivers[0].words.startswith("being contacted with the")
    assert any(sentence.startswith("On customers that a fit did not see: Qini ") for sentence in found.trust)
