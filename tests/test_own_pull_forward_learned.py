"""What is bought ahead of single categories is learned where the data tells them apart, and drawn to the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from term_panels import CATEGORIES, panel_of

from planner.problem import problem_of
from planner.reasons.assumed.assumptions import assumptions
from scenarios.language.schema import ResponseTerms
from scenarios.loading.load import load_scenario
from scenarios.loading.resolve import fitted_response
from scenarios.response.effects import FittedTerm, Learned, OwnShare
from surrogate.evidence.gather import TERMS, FittedTerms, response_terms
from surrogate.evidence.terms.category_dips import CategoryDips
from surrogate.evidence.terms.dip_shapes import DipShape
from surrogate.evidence.terms.pooled_shares import Pooled, pooled
from surrogate.evidence.terms.response_terms import fit_response_terms
from surrogate.parts import pack

STORED = np.array([0.6, 0.0] * (CATEGORIES // 2))
"""Every other category is bought ahead, the others are not: durable goods and fresh ones."""


def test_durable_goods_are_told_from_fresh_ones():
    """Intervals hold the truth, the mean's too, and durable goods are told at least three times the share."""
    held, apart = 0, 0
    for seed in range(3):
        found = fit_response_terms(
            panel_of(np.random.Generator(np.random.Philox(seed)), category_dip=STORED, dip_weeks=4)
        )
        own, term = found.own, found.terms["pull_forward"]
        assert own is not None and term.low <= STORED.mean() <= term.high
        assert "of the mean of all categories: they differ" in term.words
        held += int(((own.low <= STORED) & (own.high >= STORED)).sum())
        apart += own.share[STORED > 0].mean() >= 3 * own.share[STORED == 0].mean()
    assert held >= 0.85 * 3 * CATEGORIES and apart == 3, (held, apart)


def test_categories_alike_are_told_by_one_number():
    """Where all categories have the same share, no chance difference between them is told."""
    for seed in range(3):
        rng = np.random.Generator(np.random.Philox(seed))
        assert fit_response_terms(panel_of(rng, category_dip=0.2, dip_weeks=2)).own is None


def said(share, error):
    """What categories say under one shape that all fit alike."""
    share, error = np.array(share), np.array(error)
    return [[CategoryDips(share=share, error=error, misfit=np.zeros(len(share)), noise=1.0)]]


def test_a_thin_category_stays_near_the_others():
    """One that says little, or nothing, is told the mean with all the width between categories."""
    found = pooled(said([0.6, 0.0, 0.62, 0.02, 0.58, 0.01, 0.9, 0.0], [0.05] * 6 + [1.0, np.inf]))
    assert found.differ
    np.testing.assert_allclose(found.share[:6], [0.6, 0.0, 0.62, 0.02, 0.58, 0.01], atol=0.05)
    for thin in (6, 7):
        assert found.share[thin] == pytest.approx(found.mean, abs=0.12)
        assert found.high[thin] - found.low[thin] > 0.5
    assert found.mean_low < found.mean < found.mean_high


def test_a_fading_dip_has_no_end_and_adds_up_to_all():
    """Of one deal, half is missed within its half-life, and all of it in the end."""
    deal = np.zeros((1, 60))
    deal[0, 0] = 1.0
    missed = DipShape(half_life=3.0).of_past(deal)[0]
    assert missed[0] == 0 and missed[1:4].sum() == pytest.approx(0.5) and missed.sum() == pytest.approx(1.0, abs=1e-4)
    np.testing.assert_allclose(DipShape(weeks=2).of_past(deal)[0, :4], [0, 0.5, 0.5, 0])


def test_shares_reach_the_products_of_a_scenario():
    """Each product of a scenario takes the share of its place in the model; what it says itself stands."""
    own = Pooled(
        share=np.array([0.5, 0.04, 0.3]), low=np.array([0.4, 0.0, 0.1]), high=np.array([0.6, 0.1, 0.5]),
        mean=0.3, mean_low=0.2, mean_high=0.4, differ=True,
    )  # fmt: skip
    term = FittedTerm(value=0.3, low=0.2, high=0.4, words="from 9 items", periods=4.0)
    sections = {TERMS: pack(FittedTerms(terms={"pull_forward": term}, own=own))}
    terms = response_terms(sections, ("milk", "soap"), ("milk", "soap"), np.array([1, 0]))
    assert terms["pull_forward"].own == {
        "milk": OwnShare(value=0.04, low=0.0, high=0.1),
        "soap": OwnShare(value=0.5, low=0.4, high=0.6),
    }
    response = fitted_response(ResponseTerms(), terms)
    assert {row.product: row.share for row in response.pull_forward.own} == {"milk": 0.04, "soap": 0.5}
    ahead = response.pull_forward
    assert (ahead.low, ahead.high) == (0.2, 0.4) and [(row.low, row.high) for row in ahead.own] == [
        (0, 0.1),
        (0.4, 0.6),
    ]
    given = ResponseTerms.model_validate({"pull_forward": {"share": "20%"}})
    assert fitted_response(given, terms).pull_forward == given.pull_forward
    too_much = ResponseTerms(cannibalisation=0.6)
    assert fitted_response(too_much, terms).pull_forward == ResponseTerms().pull_forward


def test_the_plan_tells_learned_shares():
    """The sentence under a plan tells the mean with its interval, and the shares of the products."""
    loaded = load_scenario("phone-flash-sale")
    data = {key: value for key, value in loaded.data.items() if key != "response"}
    own = {"lite-8": OwnShare(value=0.4213, low=0.3, high=0.5), "buds-3": OwnShare(value=0.031, low=0.0, high=0.1)}
    terms = {"pull_forward": FittedTerm(value=0.2, low=0.1, high=0.3, words="from 9 items", periods=4.0, own=own)}
    scenario = loaded.scenario.model_copy(update={"response": fitted_response(ResponseTerms(), terms)})
    learned = Learned(
        effects=loaded.effects, segments=(), prices={}, history=(), orders={}, accuracy={}, response=terms
    )
    problem = replace(problem_of(replace(loaded, scenario=scenario, data=data)), learned=learned)
    assert assumptions(problem)[1] == (
        "fitted: pull-forward 20% of a bump, from 4 later periods (10% to 30%), from 9 items; but 3% of buds-3, "
        "42% of lite-8"
    )
