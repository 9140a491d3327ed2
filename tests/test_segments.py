"""Segments are stable, named, large enough, and hold every customer once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people_case import features_of, people

from scenarios.language.schema import LearnSpec
from scenarios.problems import InvalidInput
from surrogate.people.profiles import HABITS, fit_scale
from surrogate.people.segment_names import name_segments, words_of
from surrogate.people.segments import STABLE, find_segments, nearest


def test_order_of_customers_does_not_matter():
    """Shuffled customers get the same segments under the same ids and names."""
    features, scaled = people()
    first = find_segments(scaled, features, scaled, LearnSpec(count=3, min_size=5), seed=1)
    order = np.random.Generator(np.random.Philox(9)).permutation(len(scaled))
    shuffled = features_of(features.raw[order])
    shuffled.baskets[:] = features.baskets[order]
    second = find_segments(scaled[order], shuffled, scaled[order], LearnSpec(count=3, min_size=5), seed=1)
    assert first.ids == second.ids == ("s1", "s2", "s3", "rest")
    assert first.stability == second.stability
    assert first.names == second.names
    assert (first.label[order] == second.label).all()


def test_ids_follow_spend_and_names_differ():
    """s1 spends most, and no two segments share a name."""
    features, scaled = people()
    found = find_segments(scaled, features, scaled, LearnSpec(count=3, min_size=5), seed=1)
    spend = [features.raw[found.label == number, HABITS.index("spend per week")].mean() for number in range(3)]
    assert spend == sorted(spend, reverse=True)
    assert len(set(found.names)) == len(found.names)
    assert "many items a visit" in found.names[0] and "many items a visit" not in found.names[2]


def test_clear_kinds_are_found():
    """Without a count, the three kinds that are there are found, and resampled customers agree on them."""
    features, scaled = people()
    features.baskets[:] = 50.0
    points = (features.raw - features.raw.mean(axis=0)) / features.raw.std(axis=0)
    found = find_segments(points, features, scaled, LearnSpec(min_size=10), seed=1)
    assert found.ids == ("s1", "s2", "s3")
    assert found.stability > 0.99
    assert np.bincount(found.label).tolist() == [60, 60, 60]


def test_structure_that_is_not_there_is_not_called_stable():
    """One cloud of customers comes back in no number of parts, and the result says so."""
    rng = np.random.Generator(np.random.Philox(5))
    cloud = rng.standard_normal((400, 6))
    features = features_of(rng.gamma(2.0, 1.0, (400, len(HABITS))))
    scaled = fit_scale(features)(features.raw)
    for count in (None, 4, 8):
        assert find_segments(cloud, features, scaled, LearnSpec(count=count, min_size=20), seed=1).stability < STABLE


def test_rest_holds_who_shows_too_little_where_they_are_enough():
    """Rest needs as many customers as any other group; fewer are placed where they fit."""
    features, scaled = people()
    features.baskets[:40] = 2.0
    spec = LearnSpec(count=3, min_size=20)
    large = find_segments(scaled, features, scaled, spec, seed=1)
    assert large.ids == ("s1", "s2", "s3", "rest") and (large.label[:40] == 3).all()
    features.baskets[10:40] = 50.0
    small = find_segments(scaled, features, scaled, spec, seed=1)
    assert small.ids == ("s1", "s2", "s3") and small.least_visits == 0


@pytest.mark.parametrize("count", [None, 2, 5, 9])
@pytest.mark.parametrize("min_size", [20, 50, 61, 90, 180])
def test_no_group_is_ever_below_the_smallest_size(count, min_size):
    """Whatever number is asked for, and with far outliers, every group is large enough and everybody is in one."""
    features, scaled = people()
    scaled[-4:] += 50
    found = find_segments(scaled, features, scaled, LearnSpec(count=count, min_size=min_size), seed=1)
    sizes = np.bincount(found.label, minlength=len(found.ids))
    assert sizes.sum() == 180 and sizes.min() >= min_size
    assert len(sizes) == len(found.ids) == len(found.names)


def test_too_few_customers_are_refused():
    """Data of fewer customers than the smallest group makes no model."""
    features, scaled = people()
    with pytest.raises(InvalidInput, match="at least 200"):
        find_segments(scaled, features, scaled, LearnSpec(min_size=200), seed=1)


def test_customers_that_are_all_alike_are_one_segment():
    """Where nothing sets customers apart, there is one segment."""
    features = features_of(np.ones((100, len(HABITS))))
    found = find_segments(np.zeros((100, 3)), features, np.zeros((100, len(HABITS))), LearnSpec(), seed=1)
    assert found.ids == ("s1",) and found.names == ("average shoppers",)


def test_a_customer_is_placed_where_training_put_it():
    """The segment's mean profile is enough to place every customer of the training data again, without exception."""
    features, scaled = people()
    scaled = np.concatenate([scaled, scaled[::-1] * 0.6])
    features = features_of(np.concatenate([features.raw, features.raw[::-1]]))
    found = find_segments(scaled, features, scaled, LearnSpec(count=4, min_size=20), seed=1)
    means = np.stack([scaled[found.label == number].mean(axis=0) for number in range(len(found.ids))])
    np.testing.assert_array_equal(nearest(scaled, means), found.label)


NAMES = (*HABITS, "children", "share of soft-drinks", "browse minutes")


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 8))
def test_names_are_distinct_short_and_true(seed, count):
    """No two names are the same, and every word says what the segment's own mean shows."""
    rng = np.random.Generator(np.random.Philox(seed))
    raw = rng.uniform(0.02, 0.98, (count, len(NAMES)))
    scaled = (raw - 0.5) * rng.choice([0.5, 4.0], (count, len(NAMES)))
    all_raw, all_scaled = raw.mean(axis=0), scaled.mean(axis=0)
    made = name_segments(scaled, raw, all_scaled, all_raw, NAMES)
    assert len(set(made)) == count
    for row, name in enumerate(made):
        heads, *tails = name.partition(" (")[0].split(", ")
        for feature, own, mean, words in zip(NAMES, raw[row], all_raw, map(words_of, NAMES), strict=True):
            said = [*tails, *heads.split()]
            assert words.high not in said or own > mean, (name, feature)
            assert words.low not in said or own < mean, (name, feature)
        assert "families" not in name or raw[row, NAMES.index("children")] >= 0.5


def test_names_read_like_people():
    """The design's example: weekend families that look for deals and fill their baskets."""
    names = ("basket value", "discount share", "children", "weekend share", "visits per week")
    raw = np.array([[60, 0.3, 0.9, 0.6, 1.0], [20, 0.1, 0.1, 0.2, 1.0]])
    scaled = np.array([[0.5, 0.6, 0.8, 0.9, 0.0], [-0.5, -0.6, -0.8, -0.9, 0.0]])
    made = name_segments(scaled, raw, scaled.mean(axis=0), raw.mean(axis=0), names)
    assert made == [
        "weekend families, price-sensitive, big baskets",
        "weekday shoppers, fewer children, less on discount",
    ]


def test_words_of_a_column_of_words_read_as_words():
    """What is a share of customers with one word is no amount: nobody has a high city; one column gives one trait."""
    words = words_of("city is New York")
    assert (words.high, words.low, words.theme) == ("more of city New York", "fewer of city New York", "city")
    assert words_of("city is Kiel").theme == words.theme
