"""Declared segments are as many customers as they stand for: not one average customer, who may be nobody at all."""

from __future__ import annotations

from dataclasses import replace

import experiment_files as files
import numpy as np
import pytest
import yaml

from scenarios.language.schema import LearnSpec
from scenarios.loading.load import load_scenario
from surrogate.experiment.fitted.network import answer_ramps
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.reading.table import read_experiment
from surrogate.experiment.scoring.score import score_experiment
from surrogate.experiment.train import learn_table

KINDS = {"bought": "binary", "paid": "amount"}
THIRDS = replace(files.QUICK, tuning=replace(files.QUICK.tuning, folds=3))
"""Two thirds of 1,000 customers are filled up to as many rows as all of them: one program fits both."""


@pytest.fixture(scope="module", params=KINDS)
def scored(request, tmp_path_factory):
    """Return a model, what it says of its own segments, and of everybody, families and frequent visitors."""
    folder = tmp_path_factory.mktemp(request.param)
    outcome = {"one": {"column": request.param, "kind": KINDS[request.param]}}
    files.write(folder, files.rows(customers=1000), outcomes=outcome, products={"toy": {"outcome": "one", "price": 40}})
    spec = read_experiment_spec(folder / "exp.yaml")
    model = learn_table(spec, read_experiment(spec, folder), THIRDS, learn=LearnSpec(count=3))
    declared = [
        {"id": name, "customers": 1000, "profile": profile}
        for name, profile in (("everybody", {}), ("families", {"children": 1}), ("frequent", {"visits": 12}))
    ]
    found = []
    for segments in ({"learn": {"count": 3}}, declared):
        (folder / "toys.yaml").write_text(yaml.safe_dump(files.scenario(segments=segments), sort_keys=False))
        found.append(score_experiment(model, load_scenario(folder / "toys.yaml").scenario))
    return model, *found


def test_a_segment_without_profile_is_the_experiment(scored):
    """Who says nothing of a segment gets the level and the lift of all customers of the experiment."""
    model, learned, declared = scored
    sizes = sum(segment.customers for segment in learned.segments)
    base = learned.effects.base_units[:, :, 0, 0].mean(axis=0)
    assert declared.effects.base_units[:, 0, 0, 0].mean() / 1000 == pytest.approx(base.sum() / sizes, rel=1e-3)
    outcome, groups = model.outcomes["one"], model.groups
    customers = groups.customers @ groups.share
    lifts = []
    for net, level in zip(outcome.networks, outcome.base, strict=True):
        profile, hidden = net.states(groups.features)
        link = net.without(profile, hidden)
        moved = link + net.answers(profile, hidden, np.array([0]), answer_ramps(np.array([0.3])))[:, 0]
        without, with_offer = (1 / (1 + np.exp(-one)) if outcome.binary else np.exp(one) for one in (link, moved))
        lifts.append(customers @ (level * with_offer / without) / (customers @ level) - 1)
    assert declared.effects.lift[:, 0, 0, 0, 2].mean() == pytest.approx(np.mean(lifts), rel=1e-3)


def test_a_profile_moves_what_it_says(scored):
    """Families answer more than everybody does, and frequent visitors buy more."""
    base = scored[2].effects.base_units[:, :, 0, 0].mean(axis=0)
    lift = scored[2].effects.lift[:, :, 0, 0, 2].mean(axis=0)
    assert lift[1] > lift[0] and base[2] > 1.2 * base[0]
