"""Fatigue and pull-forward that are not there are taken as 0 and told as such: no default is charged in their place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from term_panels import panel_of

from planner.problem import problem_of
from planner.reasons.assumed.assumptions import assumptions
from scenarios.language.schema import ResponseTerms
from scenarios.loading.load import load_scenario
from scenarios.loading.resolve import fitted_response
from scenarios.response.effects import FittedTerm, Learned
from surrogate.evidence.terms.judged_terms import judged
from surrogate.evidence.terms.response_terms import fit_response_terms


def test_a_shop_without_either_term_is_said_to_have_none():
    """Over 12 simulated shops of truth 0 no default is charged: most are taken as 0, the others as less than it."""
    default = ResponseTerms()
    most = {"fatigue": default.fatigue, "pull_forward": default.pull_forward.share}
    held, nothing = dict.fromkeys(most, 0), dict.fromkeys(most, 0)
    for seed in range(12):
        rng = np.random.Generator(np.random.Philox(seed))
        for name, term in fit_response_terms(panel_of(rng, weeks=48, level=25.0)).terms.items():
            assert term.supported and 0 <= term.value < most[name], (seed, name)
            held[name] += term.low <= 0
            nothing[name] += term.value == 0
    assert min(held.values()) >= 10 and min(nothing.values()) >= 5, (held, nothing)


@pytest.mark.parametrize("name", ["fatigue", "pull_forward", "cannibalisation"])
def test_a_narrow_interval_below_zero_means_none(name):
    """As wide as the default is far, it says nothing; narrow it says 0; far below 0 it speaks of something else."""
    none = judged(name, -0.05, 0.04, "from 9 items", 2.0)
    assert none.supported and none.value == 0 and (none.low, none.high) == (pytest.approx(-0.09), pytest.approx(-0.01))
    assert not judged(name, -0.05, 0.16, "from 9 items", 2.0).supported
    far = judged(name, -0.3, 0.04, "from 9 items", 2.0)
    assert not far.supported and "too far below zero, so something else moves these sales" in far.words
    assert fitted_response(ResponseTerms(), {name: none}).model_dump()[name] in (0, {"share": 0, "periods": 2})


def test_a_term_that_the_data_shows_to_be_nothing_is_told_as_none():
    """With the interval that says so, in place of a default."""
    loaded = load_scenario("phone-flash-sale")
    data = {key: value for key, value in loaded.data.items() if key != "response"}
    terms = {"fatigue": FittedTerm(value=0.0, low=-0.12, high=-0.01, words="from 9 items", periods=4.0)}
    open_terms = loaded.scenario.model_copy(update={"response": fitted_response(ResponseTerms(), terms)})
    learned = Learned(
        effects=loaded.effects, segments=(), prices={}, history=(), orders={}, accuracy={}, response=terms
    )
    said = assumptions(replace(problem_of(replace(loaded, scenario=open_terms, data=data)), learned=learned))
    assert said[0] == "fitted: fatigue 0% (the data says -12% to -1%, and it cannot be below 0), from 9 items"
