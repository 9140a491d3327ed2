"""Customer features are robustly normalised, complete, and the learned profile is linear in them."""

from __future__ import annotations

import numpy as np
from grocery_sample import sample_model
from hypothesis import given
from hypothesis import strategies as st
from people_case import features_of

from surrogate.effects.category_response import profiles
from surrogate.people.profiles import fit_scale


def test_one_absurd_customer_moves_no_other():
    """An outlier neither leaves the range nor changes how the others are seen by more than a little."""
    rng = np.random.Generator(np.random.Philox(1))
    raw = rng.gamma(2.0, 1.0, (200, 9))
    wild = raw.copy()
    wild[0] = 1e9
    plain, hit = fit_scale(features_of(raw)), fit_scale(features_of(wild))
    assert np.abs(hit(wild)).max() <= 3
    assert np.abs(plain(raw)[1:] - hit(wild)[1:]).max() < 0.2


def test_unknown_demographics_are_average_not_missing():
    """NaN becomes the middle of the scale, and a column that nobody fills in is 0 for all."""
    raw = np.ones((50, 10)) * np.arange(50)[:, None]
    raw[::2, 8], raw[:, 9] = np.nan, np.nan
    scaled = fit_scale(features_of(raw))(raw)
    assert np.isfinite(scaled).all()
    assert (scaled[::2, 8] == 0).all()
    assert (scaled[:, 9] == 0).all()


@given(st.integers(0, 2**32 - 1))
def test_profile_of_a_mean_is_the_mean_of_profiles(seed):
    """User_Profile = W.X is linear, so a segment's profile is that of its average customer."""
    model = sample_model()
    rng = np.random.Generator(np.random.Philox(seed))
    some = rng.standard_normal((7, len(model.scale.names)))
    networks = model.ensemble.networks
    np.testing.assert_allclose(
        profiles(networks, some.mean(axis=0, keepdims=True))[0], profiles(networks, some).mean(axis=0), atol=1e-12
    )
