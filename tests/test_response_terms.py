"""Fatigue, pull-forward and cannibalisation are found where they are, and refused where the data cannot tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shop import load_shop
from term_panels import panel_of

from planner.problem import problem_of
from planner.reasons.assumed.assumptions import assumptions
from scenarios.language.schema import ResponseTerms
from scenarios.loading.load import load_scenario
from scenarios.loading.resolve import fitted_response
from scenarios.response.effects import FittedTerm, Learned
from surrogate.effects.season import Calendar
from surrogate.evidence.terms.panel import Panel
from surrogate.evidence.terms.panel_fit import drift, least_squares, partial_out, student_quantile
from surrogate.evidence.terms.response_terms import fit_response_terms
from surrogate.evidence.terms.rival_losses import ProductSeries, fit_cannibalisation, series_of
from surrogate.scoring.score_evidence import by_day


def test_known_terms_are_recovered(rng):
    """Fatigue and both parts of pull-forward are found within a few points."""
    panel = panel_of(rng, fatigue=0.25, half_life=2.0, own_dip=0.10, category_dip=0.06, dip_weeks=2)
    terms = fit_response_terms(panel).terms
    fatigue, pull = terms["fatigue"], terms["pull_forward"]
    assert fatigue.supported and pull.supported
    assert fatigue.value == pytest.approx(0.25, abs=0.06) and fatigue.low <= 0.25 <= fatigue.high
    assert pull.value == pytest.approx(0.16, abs=0.05)
    assert fatigue.periods in (1.0, 2.0, 4.0) and pull.periods <= 3
    assert "promoted weeks of 96 items in 12 categories" in pull.words


@pytest.mark.parametrize(("weeks", "dip", "longest", "open_end"), [(64, 6, 8, False), (40, 4, 4, True)])
def test_long_dips_are_found_in_long_data_and_the_end_is_told(rng, weeks, dip, longest, open_end):
    """A dip of six weeks is found in a year of data; the figure says which dips were tried and what is left open."""
    panel = panel_of(rng, own_dip=0.25, category_dip=0.1, dip_weeks=dip, weeks=weeks)
    pull = fit_response_terms(panel).terms["pull_forward"]
    assert pull.supported and pull.periods == dip
    assert pull.value == pytest.approx(0.35, abs=0.07)
    assert f"dips of 1 to {longest} weeks were tried, and fading ones, half over after 1.5" in pull.words
    assert ("the longest fits best, so more may be missing after week 4" in pull.words) == open_end
    assert "the interval is that of the mean of all categories: the data does not tell them apart" in pull.words


def test_a_wrong_bump_scale_is_no_fatigue(rng):
    """Where the network foresees bumps half too small, no fatigue and no dip is read out of it."""
    terms = fit_response_terms(panel_of(rng, scale=1.5)).terms
    assert terms["fatigue"].low <= 0.0 <= terms["fatigue"].high and terms["fatigue"].value < 0.06
    assert terms["pull_forward"].value < 0.04


def test_switching_is_not_pull_forward(rng):
    """Strong switching inside categories, which the network takes off, leaves no trace in either term."""
    terms = fit_response_terms(panel_of(rng, switching=0.9)).terms
    assert terms["pull_forward"].value < 0.05 and terms["fatigue"].value < 0.06


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """Over 12 simulated shops, at least 10 of the 90 % intervals hold fatigue, and as many pull-forward."""
    held = np.zeros(2)
    for seed in range(12):
        rng = np.random.Generator(np.random.Philox(seed))
        terms = fit_response_terms(panel_of(rng, fatigue=0.2, own_dip=0.12, weeks=48, level=25.0, categories=6)).terms
        for place, (name, truth) in enumerate((("fatigue", 0.2), ("pull_forward", 0.12))):
            held[place] += terms[name].low <= truth <= terms[name].high
    assert (held >= 10).all(), held


def test_thin_data_is_refused_in_words(rng):
    """A few slow items, or a few weeks, give no figure but the reason."""
    thin = fit_response_terms(panel_of(rng, level=0.5, categories=3, weeks=24)).terms
    assert not thin["fatigue"].supported and "too wide to use" in thin["fatigue"].words
    short = fit_response_terms(panel_of(rng, weeks=12)).terms
    assert not short["pull_forward"].supported
    assert short["pull_forward"].words.startswith("not supported by this data: the data holds 12 weeks")


def test_deals_that_move_nothing_are_not_called_missing():
    """A hundred item weeks of deals that lift by 2 %: data with promotions is not said to hold none."""
    flat = np.full((10, 40), 5.0)
    bump = np.where(np.arange(40) % 4 == 0, 1.02, 1.0) * np.ones((10, 1))
    panel = Panel(
        units=flat, base=flat[:, 0], bump=bump, category=np.arange(10) // 5, usable=np.ones(flat.shape, dtype=bool)
    )
    for term in fit_response_terms(panel).terms.values():
        assert not term.supported
        assert "0 item weeks whose promotions lift sales by 10% or more" in term.words


def test_partialling_out_equals_dummies(rng):
    """Projected columns give the same coefficient and the same residuals as a regression with every dummy."""
    items, weeks = 6, 20
    weight = rng.uniform(0.5, 2.0, (items, weeks))
    column, noise = rng.standard_normal((2, items, weeks))
    target = 0.7 * column + noise + rng.standard_normal((items, 1)) + rng.standard_normal(weeks)
    out = partial_out(np.stack([target, column]), weight, basis=drift(weeks), common_weeks=True)
    cluster = np.broadcast_to(np.arange(items)[:, None], (items, weeks))
    fit = least_squares(out[0], out[1:], weight, cluster)
    time = np.linspace(-1, 1, weeks)
    design = [column.ravel()]
    for item in range(items):
        mine = (np.arange(items) == item)[:, None] * np.ones(weeks)
        design += [mine.ravel(), (mine * time).ravel()]
    design += [np.tile(np.arange(weeks) == week, items).astype(float) for week in range(weeks)]
    root = np.sqrt(weight.ravel())
    full = np.linalg.lstsq(np.stack(design, axis=1) * root[:, None], target.ravel() * root, rcond=None)[0]
    assert fit.value[0] == pytest.approx(full[0], abs=1e-6)


@pytest.mark.parametrize(("level", "freedom", "value"), [(0.95, 9, 1.8331), (0.95, 27, 1.7033), (0.975, 5, 2.5706)])
def test_student_quantiles(level, freedom, value):
    """Quantiles agree with printed tables."""
    assert student_quantile(level, freedom) == pytest.approx(value, rel=2e-3)


def rivals_of(rng, *, kappa, groups=6, members=4, weeks=80, level=900.0, swing=0.0):
    """Simulate products in rival groups that lose a known share of each other's bumps.

    ``swing`` is how far groups have seasons of their own, and run more deals when they sell well.
    """
    count = groups * members
    names = tuple(f"group-{number // members}" for number in range(count))
    base = rng.uniform(0.6, 1.4, count) * level
    year = Calendar(harmonics=2, holidays={}).by_week(np.arange(weeks))
    high = (rng.standard_normal((groups, 2)) @ year[:, :2].T)[np.arange(count) // members]
    lift = rng.choice([0.3, 0.7], (count, weeks)) * (rng.random((count, weeks)) < 0.3 * np.exp(4 * swing * high))
    season, net = np.exp(swing * high), base[:, None] * lift
    season /= season.mean(axis=1, keepdims=True)
    same = np.array([[a == b and i != j for j, b in enumerate(names)] for i, a in enumerate(names)])
    lost = (same / (same @ base)[None, :]) @ net
    shocks = np.exp(0.05 * rng.standard_normal(weeks)) * np.exp(0.1 * rng.standard_normal((count, 1)))
    units = rng.poisson(base[:, None] * season * shocks * (1 - kappa * lost + lift))
    return ProductSeries(units=units.astype(float), base=base, net=net, year=year if swing else None), names


def test_cannibalisation_is_recovered(rng):
    """The share that rivals lose is found within its interval; without theft it is about nothing."""
    term = fit_cannibalisation(*rivals_of(rng, kappa=0.25))
    assert term is not None and term.supported
    assert term.value == pytest.approx(0.25, abs=0.06) and term.low <= 0.25 <= term.high
    none = fit_cannibalisation(*rivals_of(rng, kappa=0.0))
    assert none is not None and none.value < 0.06


@pytest.mark.parametrize("swing", [0.3, -0.3])
def test_what_rivals_lose_is_told_apart_from_their_season(rng, swing):
    """Deals when all rivals sell well, or badly, anyway: with the year known the share is right, without it far off."""
    series, names = rivals_of(rng, kappa=0.2, weeks=104, swing=swing)
    term, blind = fit_cannibalisation(series, names), fit_cannibalisation(replace(series, year=None), names)
    assert term is not None and term.value == pytest.approx(0.2, abs=0.05) and term.low <= 0.2 <= term.high
    assert blind is not None and abs(blind.value - 0.2) > 0.08


def test_cannibalisation_needs_rivals_and_separate_deals(rng):
    """Without rivals there is nothing to fit; products that are always on deal together cannot be told apart."""
    series, names = rivals_of(rng, kappa=0.2)
    assert fit_cannibalisation(series, tuple(str(number) for number in range(len(names)))) is None
    together = np.repeat(series.net[:1] / series.base[:1, None], len(names), axis=0) * series.base[:, None]
    units = rng.poisson(series.base[:, None] + together).astype(float)
    term = fit_cannibalisation(ProductSeries(units=units, base=series.base, net=together), names)
    assert term is not None and not term.supported


def test_series_add_items_up(rng):
    """A product's series is the sum of its items; the network's net bump is never below 0."""
    panel = panel_of(rng, categories=3, weeks=20)
    series = series_of(panel)
    np.testing.assert_allclose(series.units.sum(axis=0), panel.units.sum(axis=0))
    np.testing.assert_allclose(series.base[1], panel.base[panel.category == 1].sum())
    assert (series.net >= 0).all()


def fitted(value, **changes):
    """Return a fitted term."""
    return FittedTerm(value=value, low=value / 2, high=value * 1.5, words="from 9 items", **changes)


def test_fitted_terms_take_the_place_of_defaults_only():
    """What the scenario sets stands; supported terms replace defaults; what does not fit into a bump is left out."""
    terms = {
        "fatigue": fitted(0.1, periods=2.0),
        "pull_forward": fitted(0.3, periods=3.0),
        "cannibalisation": fitted(0.5, supported=False),
    }
    found = fitted_response(ResponseTerms(), terms)
    assert (found.fatigue, found.fatigue_half_life) == (0.1, 2.0)
    assert (found.pull_forward.share, found.pull_forward.periods) == (0.3, 3)
    assert found.cannibalisation == ResponseTerms().cannibalisation
    stolen = fitted_response(ResponseTerms(), {"cannibalisation": fitted(0.2)})
    assert (stolen.cannibalisation, stolen.cannibalisation_low) == (0.2, 0.1)
    assert stolen.cannibalisation_high == pytest.approx(0.3)
    given = ResponseTerms(fatigue=0.4, cannibalisation=0.8)
    found = fitted_response(given, terms)
    assert found.fatigue == 0.4 and found.pull_forward == given.pull_forward


def test_learned_lifts_of_products_without_rivals_are_kept_whole():
    """They are net of switching: nothing more comes off, unless the scenario says so or the data shows it."""
    unsupported = {"cannibalisation": fitted(0.5, supported=False)}
    assert fitted_response(ResponseTerms(), {}).without_rivals == "keep"
    assert fitted_response(ResponseTerms(), unsupported).without_rivals == "keep"
    assert fitted_response(ResponseTerms(), {"cannibalisation": fitted(0.1)}).without_rivals == "keep"
    assert fitted_response(ResponseTerms(cannibalisation=0.2), {}).without_rivals == "lose"
    assert fitted_response(ResponseTerms(without_rivals="lose"), {}).without_rivals == "lose"


def test_assumptions_say_what_was_fitted():
    """Under a plan, a fitted term is called fitted, with its interval; a refused one keeps its default."""
    loaded = load_scenario("phone-flash-sale")
    data = {key: value for key, value in loaded.data.items() if key != "response"}
    terms = {
        "fatigue": fitted(0.2, periods=2.0),
        "pull_forward": fitted(0.11, supported=False),
    }
    open_terms = loaded.scenario.model_copy(update={"response": fitted_response(ResponseTerms(), terms)})
    problem = problem_of(replace(loaded, scenario=open_terms, data=data))
    learned = Learned(
        effects=loaded.effects, segments=(), prices={}, history=(), orders={}, accuracy={}, response=terms
    )
    said = assumptions(replace(problem, learned=learned))
    assert said[0].startswith(
        "fitted: fatigue 20% per offer seen, half gone after 2 periods (10% to 30%), from 9 items"
    )
    assert said[1].startswith("pull-forward 10% of a bump") and said[1].endswith("(0% to 40%, default; from 9 items)")
    assert said[2].endswith("(default)")


def test_the_length_of_a_fitted_dip_is_not_said_to_be_given():
    """Its share and its length come from the data together; only what the scenario writes is given."""
    loaded = load_scenario("phone-flash-sale")
    data = {key: value for key, value in loaded.data.items() if key != "response"}
    terms = {"pull_forward": fitted(0.06, periods=28.0)}
    open_terms = loaded.scenario.model_copy(update={"response": fitted_response(ResponseTerms(), terms)})
    learned = Learned(
        effects=loaded.effects, segments=(), prices={}, history=(), orders={}, accuracy={}, response=terms
    )
    said = assumptions(replace(problem_of(replace(loaded, scenario=open_terms, data=data)), learned=learned))
    assert said[1].startswith("fitted: pull-forward 6% of a bump, from 28 later periods (3% to 9%), from 9 items")


def test_products_without_rivals_are_named_with_what_they_lose(tmp_path):
    """What they cannot take from rivals comes off their own bump; nothing is said where nothing is taken."""
    said = assumptions(problem_of(load_shop(tmp_path)))
    words = "cannibalisation 20% of a bump, from rivals, and off the own bump where there is none: case (given)"
    assert words in said
    kept = load_shop(tmp_path, shop={"cannibalisation: 0.2": "cannibalisation: 0.2, without_rivals: keep"})
    words = "cannibalisation 20% of a bump, from rivals; products without rivals keep their whole bump: case (given)"
    assert words in assumptions(problem_of(kept))
    free = load_shop(tmp_path, shop={"cannibalisation: 0.2": "cannibalisation: 0"})
    assert "cannibalisation 0% of a bump, from rivals (given)" in assumptions(problem_of(free))


def test_a_weeks_fatigue_is_spread_over_its_days():
    """Seven daily promotions leave on average over the next week what one weekly promotion leaves."""
    week = FittedTerm(value=0.2, low=0.1, high=0.3, words="from 9 items", periods=2.0)
    day = by_day("fatigue", week)
    keep = 0.5 ** (1 / day.periods)
    left = np.mean([sum(day.value * keep ** (age + ahead) for age in range(7)) for ahead in range(1, 8)])
    assert left == pytest.approx(0.2 * 0.5**0.5)
    assert day.periods == 14 and "20% a promoted week" in day.words
    assert by_day("pull_forward", fitted(0.1, periods=2.0)).periods == 14
