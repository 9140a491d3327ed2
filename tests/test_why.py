"""Explaining an effect: attributions add up, sentences hold the numbers, tests are told of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from grocery_sample import sample_model, sample_scenario
from typer.testing import CliRunner

from planner.cli import app
from surrogate.data.lift_tests import LiftTest
from surrogate.evidence.gather import TESTS, store_tests
from surrogate.evidence.uncertainty.answer_errors import SECTION
from surrogate.kinds import explain_any
from surrogate.model_file import save_model
from surrogate.parts import pack
from surrogate.scoring.base_units import base_units_of
from surrogate.scoring.score import axes_of, score
from surrogate.why.attribution import Asked, integrated_gradients
from surrogate.why.explained_lift import PROMOTION, asked_lift

SCENARIO = """
scenario: why-test
currency: USD
horizon: {start: 2017-10-30, periods: 2, unit: week}
segments: {learn: {count: 3, min_size: 20}}
products:
  - {id: cheese, category: dairy, unit_cost: 65%}
  - {id: milk, category: dairy, unit_cost: 65%}
offers:
  - {id: cut-20, mechanic: price_discount, depth: 20%}
  - {id: cut-40, mechanic: price_discount, depth: 40%, applies_to: {products: [milk]}}
effects: {model: model}
"""


def test_attributions_of_a_known_function_add_up():
    """Completeness on a function with kinks and products; a linear part is its own attribution."""
    import jax.numpy as jnp

    def value(x, slope):
        return slope * x[0] + x[1] * x[2] + jnp.maximum(x[2] - 0.3, 0.0) ** 2

    asked = Asked(
        names=("a", "b", "c"),
        baseline=np.array([1.0, 0.0, 0.0]),
        inputs=np.array([2.0, 1.5, 1.0]),
        value=value,
        tables=3.0,
    )
    found = integrated_gradients(asked)
    assert found.total == pytest.approx(3.0 + 1.5 + 0.7**2, abs=1e-12)
    assert found.parts.sum() == pytest.approx(found.total, abs=1e-4)
    assert found.parts[0] == pytest.approx(3.0, abs=1e-12)
    assert found.parts[1] == pytest.approx(0.75, abs=1e-4)


def test_what_is_asked_of_one_product_is_told_of_it_alone():
    """20 % is beyond the data on milk: who asks about cheese does not hear of it, and an interval is not 0% wider."""
    model, scenario = sample_model(), sample_scenario()
    place, seen = [model.categories.index(name) for name in ("milk", "cheese")], model.seen.copy()
    seen[place, 0] = 0.1, 0.5
    model = replace(model, seen=seen, lift_sd_by_distance=0.0)
    segment = model.groups.ids[0]
    milk, cheese = (" ".join(explain_any(model, scenario, segment, "cut-20", one).trust) for one in ("milk", "cheese"))
    assert "goes beyond the data on milk: it saves 20%, the data's deals there 10% at most" in milk
    assert "10% at most, averaged over all goods of a line (single ones may have saved more)" in milk
    assert "its lift is extrapolated and its interval hardly wider." in milk
    assert "goes beyond the data" not in cheese


def test_one_program_explains_every_segment(caplog):
    """An explanation compiles one program at most, and another segment and product none."""
    import jax

    model, scenario = sample_model(), sample_scenario()
    axes = axes_of(model, scenario)
    base = base_units_of(axes).mean(axis=(0, 3))
    programs = []
    for most, segment, products in ((1, 0, (2,)), (0, 1, (0, 3))):
        asked = asked_lift(axes, segment, scenario.offers[0], products, base[segment])
        programs.append(jax.jit(asked.value).lower(asked.inputs, asked.tables).as_text())
        caplog.clear()
        with jax.log_compiles():
            integrated_gradients(asked)
        assert sum("Finished XLA compilation" in record.message for record in caplog.records) <= most
    assert programs[0] == programs[1]


@pytest.mark.parametrize("name", ["display", "coupon-30"])
def test_attributions_add_up_to_the_scored_lift(name):
    """Over all products, the parts add up to the members' mean log lift as scored, before errors in points spread them.

    Members spread evenly keep the mean of their lifts, not that of their logs.
    """
    model, scenario = sample_model(), sample_scenario()
    model = replace(model, sections={key: one for key, one in model.sections.items() if key != SECTION})
    axes = axes_of(model, scenario)
    base = base_units_of(axes).mean(axis=(0, 3))
    column = [offer.id for offer in scenario.offers].index(name)
    products = tuple(range(len(axes.products)))
    found = integrated_gradients(asked_lift(axes, 1, scenario.offers[column], products, base[1]))
    lift = score(model, scenario).effects.lift[:, 1, :-1, 0, column]
    expected = float((np.log1p(lift) * (base[1] / base[1].sum())).sum(axis=1).mean())
    assert found.total == pytest.approx(expected, abs=2e-5)
    assert found.parts.sum() == pytest.approx(found.total, abs=2e-4)
    assert len(found.names) == len(PROMOTION) + len(model.scale.names)


def test_goods_that_a_segment_hardly_buys_are_told():
    """What a segment answers on goods that it next to never buys is other segments' answer, and said to be."""
    model, scenario = sample_model(), sample_scenario()
    place, segment, base = model.categories.index("milk"), model.groups.ids[0], model.groups.base.copy()
    base[:, 0, place] /= 100
    model = replace(model, groups=replace(model.groups, base=base))
    milk, cheese = (" ".join(explain_any(model, scenario, segment, "cut-20", one).trust) for one in ("milk", "cheese"))
    assert f"{segment} hardly buys milk: " in milk and "mostly read off what others answer" in milk
    assert "hardly buys" not in cheese


def test_explanation_is_complete_and_honest():
    """Drivers add up, the grade and the suspicion are told, and past promotions are of the product asked about."""
    found = explain_any(sample_model(), sample_scenario(), "s1", "cut-20", "soft-drinks")
    assert sum(driver.points for driver in found.drivers) == pytest.approx(found.learned, abs=5e-4)
    assert found.now == pytest.approx(found.learned)
    assert found.drivers[0].words == "20% off the price"
    assert found.grade == "observed" and found.trust[0].startswith("Observed, not randomised; ")
    assert any("training did not see" in sentence for sentence in found.trust)
    assert found.past and all(one.product == "soft-drinks" for one in found.past[:2])
    assert all(one.units >= 50 for one in found.past)


def test_coupons_are_told_to_go_to_heavy_buyers():
    """The strongest suspicion about coupons names how much more their receivers spend, from the data."""
    learned = score(sample_model(), sample_scenario())
    assert "strongest suspicion: coupons went to customers who spend 2." in learned.suspicions["coupon-20"]
    assert "came with cuts of" in learned.suspicions["display"]


def with_test(**changes: object):
    """Return the sample model with one lift test in it."""
    values = {"mechanic": "price_discount", "depth": 0.2, "product": "cheese", "lift": 0.8, "standard_error": 0.05}
    test = LiftTest.model_validate(values | changes)
    model = sample_model()
    return replace(model, sections={**model.sections, TESTS: pack(store_tests((test,), {}))})


def test_a_lift_test_moves_and_narrows_the_offer():
    """With a test of 5 points standard error, the tested lift moves to it and its interval narrows."""
    scenario, k = sample_scenario(), 2
    before, after = (score(model, scenario).effects for model in (sample_model(), with_test()))
    column = [offer.id for offer in scenario.offers].index("cut-20")
    base = before.base_units.mean(axis=0)[:, k, 0]
    tested = float((after.lift[:, :, k, 0, column].mean(axis=0) * base).sum() / base.sum())
    assert tested == pytest.approx(0.8, abs=0.05)
    assert (after.lift_sd[:, k, 0, column] < 0.6 * before.lift_sd[:, k, 0, column]).all()
    other = 0
    moved = np.log(after.lift[:, :, other, 0, column] / before.lift[:, :, other, 0, column])
    own = np.log(after.lift[:, :, k, 0, column] / before.lift[:, :, k, 0, column])
    assert 0 < abs(moved.mean()) < abs(own.mean())
    assert (np.diff(after.lift[:, :, :-1, :, :5], axis=-1) >= 0).all()
    assert any("measured +80.0%" in note for note in after.notes)
    for lift, far in (
        (8.0, True),
        (float((before.lift[:, :, k, 0, column].mean(axis=0) * base).sum() / base.sum()), False),
    ):
        notes = score(with_test(lift=lift), scenario).effects.notes
        assert any("standard deviations apart" in note for note in notes) == far


@pytest.mark.parametrize("segment", [None, "s2"])
def test_a_test_of_an_offer_is_of_where_it_may_run(segment):
    """A test that names an offer is compared with the offer's own row: its products and periods, by baseline."""
    plain = sample_scenario()
    where = {"products": ["milk", "yogurt"], "periods": ["2017-11-06..2017-11-12"]}
    own = {"id": "own-20", "mechanic": "price_discount", "depth": "20%", "applies_to": where}
    offers = (*plain.model_dump(mode="json", by_alias=True, exclude_none=True)["offers"], own)
    scenario = sample_scenario(offers=list(offers))
    before = score(sample_model(), scenario).effects
    base = before.base_units.mean(axis=0)
    rows = [number for number in range(len(base)) if segment in (None, f"s{number + 1}")]
    here = np.ix_(rows, [1, 5], [1])
    row = float((before.lift.mean(axis=0)[..., -1][here] * base[here]).sum() / base[here].sum())
    model = with_test(mechanic=None, depth=None, product=None, offer="own-20", segment=segment, lift=row + 0.3)
    after = score(model, scenario).effects
    assert any(f"learned without it {row:+.1%}" in note for note in after.notes)
    tested = float((after.lift.mean(axis=0)[..., -1][here] * base[here]).sum() / base[here].sum())
    assert tested == pytest.approx(row + 0.3, abs=0.05)
    elsewhere = score(with_test(mechanic=None, depth=None, offer="own-20"), scenario).effects
    assert any("is not used: own-20 may not run on cheese in this scenario" in note for note in elsewhere.notes)
    np.testing.assert_array_equal(elsewhere.lift, before.lift)


def test_grade_is_calibrated_where_tests_cover_the_offer():
    """A test of all products makes its offer calibrated, without a suspicion; another offer stays observed."""
    learned = score(with_test(product=None), sample_scenario())
    grades = dict(zip([offer.id for offer in sample_scenario().offers], learned.effects.evidence, strict=True))
    assert grades["cut-20"] == "calibrated" and grades["display"] == "observed"
    assert "cut-20" not in learned.suspicions and "display" in learned.suspicions
    found = explain_any(with_test(product=None), sample_scenario(), "s1", "cut-20")
    assert found.grade == "calibrated" and found.trust[0].startswith("Calibrated:")
    assert found.now != pytest.approx(found.learned)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"mechanic": None, "depth": None, "offer": "easter"},
            "neither this scenario nor past_offers has an offer easter",
        ),
        ({"segment": "students"}, "this scenario has no segment students"),
        ({"product": "bread"}, "this scenario sells no bread"),
    ],
)
def test_tests_that_do_not_speak_of_a_scenario_are_told(change, words):
    """A test of another scenario's offer, segment or product changes nothing, and a note says so."""
    effects = score(with_test(**change), sample_scenario()).effects
    plain = score(sample_model(), sample_scenario()).effects
    np.testing.assert_array_equal(effects.lift, plain.lift)
    assert any("is not used" in note and words in note for note in effects.notes)


@pytest.fixture
def folder(tmp_path):
    """Write a scenario that scores with the sample model."""
    save_model(with_test(), tmp_path / "model")
    (tmp_path / "why.yaml").write_text(SCENARIO)
    return tmp_path


@pytest.mark.parametrize("width", [80, 120])
def test_command_answers_in_sentences(folder, monkeypatch, width):
    """The command prints parts, trust and past promotions within the width, lift tests among them."""
    monkeypatch.setenv("COLUMNS", str(width))
    result = CliRunner().invoke(
        app, ["effects", str(folder / "why.yaml"), "--why", "s1", "cut-20", "--product", "cheese"]
    )
    assert result.exit_code == 0, result.output
    for words in (
        "Where the lift comes from", "20% off the price", "moved by lift tests", "How far to trust it",
        "Lift test price_discount 20% on cheese: measured +80.0%", "past promotions like it", "against usual",
    ):  # fmt: skip
        assert words in " ".join(result.output.split()), words
    assert max(len(line) for line in result.output.splitlines()) <= width


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--why", "s9", "cut-20"], "expected a segment of the scenario"),
        (["--why", "s1", "cut-21"], "did you mean cut-20?"),
        (["--why", "s1", "cut-40", "--product", "cheese"], "it may be chosen on milk"),
        (["--product", "cheese"], "expected --why beside it"),
    ],
)
def test_unknown_words_are_refused(folder, arguments, words):
    """Wrong ids, an offer where it may not be chosen, and --product alone are one clear line each."""
    result = CliRunner().invoke(app, ["effects", str(folder / "why.yaml"), *arguments])
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())
