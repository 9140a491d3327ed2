"""The network cannot say the impossible: lifts grow with depth, coupon use grows with depth, shares are shares."""

from __future__ import annotations

from dataclasses import replace

import jax
import numpy as np
from grocery_sample import sample_model
from hypothesis import given, settings
from hypothesis import strategies as st

from surrogate.digits import to_digits
from surrogate.effects.category_response import activated_share, category_lift
from surrogate.effects.depths import DEPTH_CAP, promotion_features

DEPTHS = np.round(np.arange(0.0, DEPTH_CAP + 0.01, 0.05), 2)


def random_ensemble(seed):
    """The sample's ensemble with every weight replaced by a random one, far from any training."""
    rng = np.random.Generator(np.random.Philox(seed))
    ensemble = sample_model().ensemble
    networks = tuple(
        jax.tree.map(lambda leaf: np.asarray(rng.standard_normal(leaf.shape) * 1.5), net) for net in ensemble.networks
    )
    return replace(ensemble, networks=networks), rng.standard_normal((4, len(sample_model().scale.names)))


def by_depth(depths, categories):
    """Promotion features of plain cuts."""
    none = np.zeros_like(depths)
    phi = promotion_features(depths, none, none)
    return np.ascontiguousarray(np.broadcast_to(phi, (categories, *phi.shape)))


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_lift_never_falls_with_depth(seed):
    """Monotone by construction: for any weights and any customers, a deeper cut lifts at least as much, from 0 on."""
    ensemble, features = random_ensemble(seed)
    lift = category_lift(ensemble, features, by_depth(DEPTHS, len(sample_model().categories)))
    assert (lift[..., 0] == 0).all()
    assert (np.diff(lift, axis=-1) >= -1e-9 * (1 + lift[..., 1:])).all()


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_coupon_use_is_a_share_that_never_falls_with_depth(seed):
    """Take-up lies in 0 to 1 and grows with the coupon's depth, for any weights."""
    ensemble, features = random_ensemble(seed)
    depths = np.broadcast_to(DEPTHS, (len(sample_model().categories), DEPTHS.size))
    used = activated_share(ensemble, features, depths)
    assert ((used >= 0) & (used <= 1)).all()
    assert (np.diff(used, axis=-1) >= -1e-9).all()


def test_display_adds_to_depth_in_shares():
    """A display in no store changes nothing; in more stores it lifts more."""
    model = sample_model()
    shares = np.array([0.0, 0.2, 0.6, 1.0])
    phi = promotion_features(np.zeros(4), shares, np.zeros(4))
    lift = category_lift(
        model.ensemble, model.groups.features, np.ascontiguousarray(np.broadcast_to(phi, (len(model.categories), 4, 5)))
    )
    assert (lift[..., 0] == 0).all()
    assert (np.diff(lift, axis=-1) > 0).all()


@given(st.floats(-1e12, 1e12).filter(lambda value: value == 0 or abs(value) > 1e-12))
def test_rounding_keeps_six_digits(value):
    """Rounded values are within half a unit of the sixth digit, so last-bit noise cannot travel."""
    rounded = float(to_digits(np.array([value]))[0])
    assert abs(rounded - value) <= 0.5000001e-5 * abs(value)
