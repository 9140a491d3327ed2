"""Means of groups are blurred by their size: they tell on nobody, people still read them, same data gives the same."""

from __future__ import annotations

import numpy as np
import pytest
from people_case import features_of

from surrogate.people.blur import TOLD, blurred_means
from surrogate.people.profiles import HABITS, fit_scale

FEATURES = 40


def shop(customers=800, seed=1):
    """Customers with independent features, their normalisation, and four equal groups."""
    rng = np.random.Generator(np.random.Philox(seed))
    features = features_of(rng.gamma(4.0, 1.0, (customers, FEATURES)))
    scale = fit_scale(features)
    return features.raw, scale, scale(features.raw), np.arange(customers) % 4


def test_means_stay_readable():
    """In groups of two hundred, means keep within what the size of the noise says, and are unbiased together."""
    raw, scale, scaled, label = shop()
    made = blurred_means(scaled, raw, scale, label, 4, least=50)
    exact = np.stack([scaled[label == number].mean(axis=0) for number in range(4)])
    size = np.sqrt(FEATURES) / (TOLD * 200)
    moved = made.features - exact
    assert 0.8 * size < moved.std() < 1.2 * size
    assert abs(moved.mean()) < 4 * size / moved.size**0.5
    people = np.stack([raw[label == number].mean(axis=0) for number in range(4)])
    assert np.abs(made.raw / people - 1).max() < 0.5


def test_the_same_data_gives_the_same_bytes_and_other_data_other_noise():
    """Noise follows the data alone: one customer more or less, and all of it is another."""
    raw, scale, scaled, label = shop()
    first, again = (blurred_means(scaled, raw, scale, label, 4, least=50) for _ in range(2))
    np.testing.assert_array_equal(first.features, again.features)
    less = blurred_means(scaled[1:], raw[1:], scale, label[1:], 4, least=50)
    exact = np.stack([scaled[label == number].mean(axis=0) for number in range(4)])
    assert abs(np.corrcoef((first.features - exact)[1], (less.features - exact)[1])[0, 1]) < 0.5


@pytest.mark.parametrize("blurred", [False, True])
def test_membership_is_told_by_exact_means_and_not_by_blurred_ones(blurred):
    """The attacker who knows the true mean and asks who was in: well above chance without blur, next to it with."""
    areas = []
    for seed in range(6):
        raw, scale, scaled, _ = shop(400, seed=seed)
        inside = np.arange(400) % 2 == 0
        group = np.zeros(200, dtype=np.int64)
        made = blurred_means(scaled[inside], raw[inside], scale, group, 1, least=50)
        published = made.features[0] if blurred else scaled[inside].mean(axis=0)
        score = scaled @ (published - scaled.mean(axis=0))
        areas.append((score[inside][:, None] > score[~inside][None]).mean())
    assert np.mean(areas) < 0.58 if blurred else np.mean(areas) > 0.65


def test_figures_about_few_customers_are_left_out():
    """A demographic that only some told, fewer than the smallest group, is unknown for the segment."""
    raw, scale, _, label = shop()
    raw = raw.copy()
    raw[20:, len(HABITS)] = np.nan
    made = blurred_means(scale(raw), raw, scale, label, 4, least=50)
    assert np.isnan(made.raw[:, len(HABITS)]).all() and (made.features[:, len(HABITS)] == 0).all()
    assert np.isfinite(np.delete(made.raw, len(HABITS), axis=1)).all()


def test_one_absurd_customer_moves_no_mean():
    """Values beyond the normalisation's cuts count as the cut."""
    raw, scale, scaled, label = shop()
    wild = raw.copy()
    wild[0] = 1e9
    plain, hit = (blurred_means(scaled, values, scale, label, 4, least=50).raw for values in (raw, wild))
    assert np.abs(hit[0] - plain[0]).max() < 0.2


def test_shares_stay_shares():
    """Noise takes no mean out of the range of its customers."""
    rng = np.random.Generator(np.random.Philox(2))
    features = features_of(rng.beta(0.3, 5.0, (240, FEATURES)))
    scale = fit_scale(features)
    made = blurred_means(scale(features.raw), features.raw, scale, np.arange(240) % 4, 4, least=50)
    assert made.raw.min() >= 0 and made.raw.max() <= 1
