"""Segments are stable, named, large enough, and hold every customer once."""

from __future__ import annotations

import numpy as np
from test_profiles import features_of

from scenarios.schema import LearnSpec
from surrogate.profiles import HABITS, fit_scale
from surrogate.segments import find_segments


def people(seed=3):
    """Three clear kinds of customers, 60 each, and five nobody knows."""
    rng = np.random.Generator(np.random.Philox(seed))
    centres = np.array(
        [[1.0, 2, 60, 40, 20, 0.3, 0.1, 0.2], [2, 1, 20, 20, 8, 0.1, 0.0, 0.2], [3, 0.5, 5, 9, 4, 0.2, 0.0, 0.4]]
    )
    raw = np.repeat(centres, 60, axis=0) * rng.uniform(0.9, 1.1, (180, len(HABITS)))
    features = features_of(raw)
    features.baskets[:5] = 2.0
    return features, fit_scale(features)(raw)


def test_order_of_customers_does_not_matter():
    """Shuffled customers get the same segments under the same ids and names."""
    features, scaled = people()
    first = find_segments(scaled, features, scaled, LearnSpec(count=3), seed=1)
    order = np.random.Generator(np.random.Philox(9)).permutation(len(scaled))
    shuffled = features_of(features.raw[order])
    shuffled.baskets[:] = features.baskets[order]
    second = find_segments(scaled[order], shuffled, scaled[order], LearnSpec(count=3), seed=1)
    assert first.ids == second.ids == ("s1", "s2", "s3", "rest")
    assert first.names == second.names
    assert (first.label[order] == second.label).all()


def test_ids_follow_spend_and_names_differ():
    """s1 spends most, and no two segments share a name."""
    features, scaled = people()
    found = find_segments(scaled, features, scaled, LearnSpec(count=3), seed=1)
    spend = [features.raw[found.label == number, HABITS.index("spend per week")].mean() for number in range(3)]
    assert spend == sorted(spend, reverse=True)
    assert len(set(found.names)) == len(found.names)
    assert "large baskets" in found.names[0]


def test_number_is_chosen_where_none_is_given():
    """Without a count the best separated number of the allowed ones is taken."""
    features, scaled = people()
    found = find_segments(scaled, features, scaled, LearnSpec(min_size=10), seed=1)
    assert 2 <= len(found.ids) <= 9


def test_small_clusters_become_rest():
    """A cluster below the smallest size goes to rest, with the customers that show too little."""
    features, scaled = people()
    scaled[-4:] += 50
    found = find_segments(scaled, features, scaled, LearnSpec(count=4, min_size=30), seed=1)
    assert found.ids[-1] == "rest"
    assert (found.label[-4:] == len(found.ids) - 1).all()
    assert np.bincount(found.label)[:-1].min() >= 30
