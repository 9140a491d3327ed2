"""Evaluating: intervals that hold what they promise, peers on the same cells, and a verdict in plain sentences."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from grocery_sample import PARAMS, sample_folder, sample_model, sample_spec, use_folder
from held_town import rng, town
from typer.testing import CliRunner

import planner.model_evaluation
from planner.report.offers.effects import show_accuracy
from scenarios.problems import InvalidInput
from scenarios.streams import stream
from surrogate.held_out import evaluation, measured
from surrogate.held_out.boosting import BoostingUnavailableError
from surrogate.held_out.coverage import DISTANCES, Coverage
from surrogate.held_out.evaluation import evaluate_purchases
from surrogate.held_out.held_scores import ForecastRow, beside_chance, score_forecast
from surrogate.held_out.intervals import log_normal
from surrogate.held_out.later_weeks import later_weeks
from surrogate.held_out.peers import BoostSettings, Panel, boosted_forecast, elasticity_forecast
from surrogate.held_out.take_up_errors import CouponUse, calibrated_take_up
from surrogate.held_out.verdict import verdict
from surrogate.model_file import save_model


def panel(weeks=30, held=4):
    """Return two rows whose units double at 30 % off, in two segments, without noise."""
    on = np.zeros((2, weeks + held))
    on[0, ::3], on[1, ::4] = 0.3, 0.3
    level = np.array([[40.0, 80.0], [10.0, 20.0]])
    units = level[:, :, None] * np.where(on > 0, 2.0, 1.0)
    shown = np.stack([on, 0 * on, 0 * on], axis=-1)
    found = Panel(
        units=units[:, :, :weeks],
        promotions=np.broadcast_to(shown, (2, *shown.shape)),
        category=np.array([0, 1]),
        features=np.eye(2),
    )
    return found, units[:, :, weeks:]


def test_peers_find_what_is_there():
    """Without noise the elasticity regression foresees the doubled units within 3 %, LightGBM within 10 %."""
    found, real = panel()
    assert np.abs(elasticity_forecast(found) - real).sum() / real.sum() < 0.03
    settings = BoostSettings(name="small", params={"min_data_in_leaf": 5}, rounds=80)
    assert np.abs(boosted_forecast(found, settings) - real).sum() / real.sum() < 0.10


def test_peers_see_no_held_out_unit():
    """The panel holds no units of the held-out weeks: a forecast is made of training weeks and known promotions."""
    found, _ = panel()
    assert found.units.shape[2] + found.weeks == found.promotions.shape[2]
    past = found.until(20, 4)
    assert past.units.shape[2] == 20 and past.weeks == 4


def test_scores_by_hand():
    """Forecast 10 and 6 for promoted units 8 and 8: WAPE 4 / 16, bias 0; a forecast equal to the truth is perfect."""
    held = town(categories=4, weeks=4)
    perfect = score_forecast("truth", held.units, held)
    assert (perfect.wape_promoted, perfect.bias_promoted) == (0.0, 0.0)
    assert (perfect.change_correlation, perfect.change_slope) == pytest.approx((1.0, 1.0))
    half = score_forecast("half", held.units / 2, held)
    assert (half.wape_promoted, half.bias_promoted, half.change_slope) == pytest.approx((0.5, -0.5, 2.0))
    assert np.isnan(score_forecast("flat", np.ones_like(held.units), held).change_correlation)


def row(name, wape=0.4, correlation=0.7, slope=1.0, bias=0.0):
    """Return a forecast's scores."""
    return ForecastRow(
        name=name, wape_promoted=wape, bias_promoted=bias, wape_category=wape / 2, change_correlation=correlation,
        change_slope=slope,
    )  # fmt: skip


def test_verdict_says_what_to_trust_and_what_not():
    """Better than all: trusted. Beaten by LightGBM: said with both figures. Worse than segment means: not trusted."""
    rows = [row("network"), row("segment mean", 0.5, 0.3), row("LightGBM", 0.45, 0.6)]
    inside = Coverage(what="units", group=DISTANCES[0], figures=500, inside=450)
    said, good = verdict(rows, [inside])
    assert good and said[0].startswith("Trust it for what promoted cells sell, more than every other")
    assert any("they held 90% of 500 figures" in one for one in said)
    assert any(one.startswith("Do not read the effects as caused") for one in said)
    said, good = verdict([*rows[:2], row("LightGBM", 0.3, 0.8)], [inside])
    assert good and "fewer are missed by LightGBM (30.0%)" in said[0] and "closer to what happened: LightGBM" in said[1]
    said, good = verdict([row("network", 0.6, 0.1, 0.5, -0.2), *rows[1:]], [replace(inside, inside=350)])
    assert not good
    text = " ".join(said)
    for words in (
        "Do not trust it for what promoted cells sell",
        "Do not trust it for which",
        "20% too low",
        "too narrow",
    ):
        assert words in text


def test_an_overrated_change_is_said():
    """Real changes of half the foreseen ones are named."""
    said, _ = verdict([row("network", slope=0.5), row("segment mean", 0.5)], [])
    assert any("it overrates them: real changes are 0.50 times" in one for one in said)


def test_few_figures_do_not_make_intervals_wrong():
    """32 of 33 held is what right intervals do one time in seven: not called too wide; 24 of 33 is no luck."""
    rows = [row("network"), row("segment mean", 0.5)]
    for inside, words in ((32, "Nothing speaks against"), (30, "Trust its 90%"), (24, "too narrow")):
        said, _ = verdict(rows, [Coverage(what="units", group=DISTANCES[0], figures=33, inside=inside)])
        assert any(words in one and f"{inside / 33:.0%} of 33" in one for one in said), said


def test_a_lead_that_may_be_chance_is_no_reason_to_trust():
    """Few items: a lead over segment means whose interval holds 0 is not praised; over LightGBM only, it is said."""
    ours, means, boosted = row("network", 0.40), row("segment mean", 0.42), row("LightGBM", 0.41)
    wide, sure = {"gain_95": (-0.03, 0.07)}, {"gain_95": (0.01, 0.03)}
    said, good = verdict([ours, replace(means, **wide), replace(boosted, **wide)], [])
    assert good and said[0].startswith("Not surely better than segment means for what promoted cells sell")
    assert "-3.0% to +7.0%" in said[0]
    said, good = verdict([ours, replace(means, **sure), replace(boosted, **wide)], [])
    assert good and said[0].endswith("Its lead over LightGBM may be chance.")
    said, good = verdict([ours, replace(means, **sure), replace(boosted, **sure)], [])
    assert good and said[0].startswith("Trust it for what promoted cells sell, more than every other")


def test_a_correlation_that_may_be_chance_is_not_trusted():
    """Three items can agree by luck: an interval that holds 0 is said."""
    said, _ = verdict([replace(row("network"), change_95=(-0.6, 0.9)), row("segment mean", 0.5)], [])
    assert any("Do not trust it for which promotions" in one and "-0.60 to 0.90" in one for one in said)
    said, _ = verdict([replace(row("network"), change_95=(0.2, 0.9)), row("segment mean", 0.5)], [])
    assert any(one.startswith("Trust it for which promotions") for one in said)


def test_leads_are_resampled_by_item():
    """A forecast that is as good as the network's leads by 0; a far worse one is surely behind."""
    held = town(categories=4, weeks=4)
    forecasts = [held.units, held.units.copy(), held.units * 3]
    rows = [
        score_forecast(name, units, held) for name, units in zip(("network", "same", "worse"), forecasts, strict=True)
    ]
    ours, same, worse = beside_chance(rows, forecasts, held, 1)
    assert ours.gain_95 is None and ours.change_95 == pytest.approx((1.0, 1.0))
    assert same.gain_95 == (0.0, 0.0) and same.change_95 is None
    assert worse.gain_95 is not None and worse.gain_95[0] == pytest.approx(2.0)


@pytest.fixture(scope="module")
def later(tmp_path_factory):
    """Return the sample model in a folder and a data file that reaches four weeks further."""
    folder = tmp_path_factory.mktemp("evaluate")
    save_model(sample_model(), folder / "model")
    spec = sample_spec().model_dump(mode="json", exclude_defaults=True) | {"kind": "transactions"}
    (folder / "same.yaml").write_text(json.dumps(spec))
    (folder / "later.yaml").write_text(json.dumps(spec | {"test_until": "2017-11-26"}))
    (folder / "other.yaml").write_text(json.dumps(spec | {"products": {"milk": ["FLUID MILK PRODUCTS"]}}))
    return folder


@pytest.fixture(scope="module")
def _foreseen_once():
    """What the saved model foresees of the later weeks is made once, by the first test that asks."""
    made = []

    def once(*given):
        if not made:
            made.append(later_weeks(*given))
        return made[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "later_weeks", once)
        yield


@pytest.fixture(scope="module")
def refitted(later):
    """Return what is found where the data file brings no week that the saved model has not seen."""
    with pytest.MonkeyPatch.context() as patch:
        use_folder(patch, sample_folder())
        return evaluate_purchases(sample_model(), later / "same.yaml", params=PARAMS.ensemble, refit=True)


@pytest.mark.usefixtures("_foreseen_once")
def test_saved_model_is_tested_on_later_weeks(later, monkeypatch):
    """With weeks after its data the saved model itself is tested on them, and only on them, and beats segment means."""
    use_folder(monkeypatch, sample_folder())
    found = evaluate_purchases(sample_model(), later / "later.yaml")
    assert found.tested.startswith("The saved model itself")
    assert (found.first_day.isoformat(), found.last_day.isoformat(), found.weeks) == ("2017-10-30", "2017-11-26", 4)
    scores = {one.name: one for one in found.rows}
    assert scores["network"].wape_promoted < scores["segment mean"].wape_promoted
    assert {"segment mean", "constant elasticity", "LightGBM"} <= set(scores)
    assert found.trusted and found.verdict


def test_saved_model_is_never_tested_on_weeks_it_took_in(refitted):
    """Without later weeks a new fit up to ``train_until`` is tested, and the report says so."""
    found = refitted
    assert found.tested.startswith("A new fit") and "the data of its training" in found.tested
    assert found.first_day.isoformat() == "2017-10-02"
    assert found.rows[0].wape_promoted == pytest.approx(float(sample_model().accuracy["wape_promoted"]), abs=0.02)


def test_training_and_evaluating_report_the_same_fit_alike(later, refitted, monkeypatch):
    """The coverage and the error of the first fit are the same figures in both, down to the last printed digit."""
    use_folder(monkeypatch, sample_folder())
    found = refitted
    held = {(one.what, one.group): one.share for one in found.coverage}
    metrics = sample_model().accuracy
    for key, place in (
        ("coverage_units", ("units", "all")),
        ("coverage_promoted", ("units", "promoted")),
        ("coverage_lift", ("lift", "all")),
    ):
        assert metrics[key] == pytest.approx(held[place], abs=1e-6), key
    assert metrics["wape_promoted"] == pytest.approx(found.rows[0].wape_promoted, abs=1e-6)
    asked = []
    monkeypatch.setattr(evaluation, "first_fit", lambda *_args, learn, **_settings: asked.append(learn.count) or 1 / 0)
    for number in (0, 3):
        with pytest.raises(ZeroDivisionError):
            evaluate_purchases(replace(sample_model(), asked_segments=number), later / "same.yaml", refit=True)
    assert asked == [None, 3] and sample_model().asked_segments == 3
    (table,) = show_accuracy({"wape_promoted": 0.083472})
    assert table.rows[0][1] == "0.083"


@pytest.mark.usefixtures("_foreseen_once")
def test_command_prints_tables_json_and_exit_codes(later, monkeypatch):
    """``campaign evaluate`` answers 0 with tables or one JSON document, 2 for other products; a peer may be missing."""
    from planner.cli import app

    use_folder(monkeypatch, sample_folder())

    def gone(*_args, **_settings):
        raise BoostingUnavailableError("libgomp.so.1: cannot open shared object file")

    monkeypatch.setattr(measured, "boosted_forecast", gone)
    asked = cache(planner.model_evaluation.evaluate_model)  # one evaluation is answered twice, in words and in JSON
    monkeypatch.setattr(planner.model_evaluation, "evaluate_model", lambda model, data, **_: asked(model, data))
    done = CliRunner().invoke(app, ["evaluate", str(later / "model"), str(later / "later.yaml")])
    assert done.exit_code == 0
    for words in ("Forecasts of the unseen weeks", "constant elasticity", "90% intervals", "Verdict", "libgomp"):
        assert words in done.stdout
    done = CliRunner().invoke(app, ["evaluate", str(later / "model"), str(later / "later.yaml"), "--json"])
    document = json.loads(done.stdout)
    assert document["format"] == "campaign-evaluation/1" and document["trusted"] is True
    assert CliRunner().invoke(app, ["evaluate", str(later / "model"), str(later / "other.yaml")]).exit_code == 2


def test_other_products_are_refused(later):
    """A data file about other products than the model's is refused with the products that are missing."""
    with pytest.raises(InvalidInput, match="without cereal"):
        evaluate_purchases(sample_model(), later / "other.yaml")


def test_take_up_spread_is_found_on_held_out_campaigns():
    """Redemption that errs by 80 % from campaign to campaign gets a wide spread, sure redemption the smallest."""
    chance = stream(5, "campaigns")
    count = 60
    share = np.full((3, count), 0.15)
    exposed = np.full(count, 200)

    def found(cv):
        redeemed = chance.binomial(exposed, np.minimum(0.15 * log_normal(chance, (count,), cv), 0.9)).astype(float)
        return calibrated_take_up(CouponUse(exposed=exposed, redeemed=redeemed, share=share), rng())

    wide, coverage = found(0.8)
    assert 0.5 < wide <= 1.25
    assert 0.8 <= coverage[0].share <= 0.97 and coverage[0].figures == count
    assert found(0.01)[0] == pytest.approx(0.3)
