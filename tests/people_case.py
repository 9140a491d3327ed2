"""Made-up people in known groups, their features, and the segments that a model finds among them."""

from __future__ import annotations

import numpy as np

from scenarios.language.schema import LearnSpec
from surrogate.digits import to_digits
from surrogate.people.profile_axes import ProfileSpace
from surrogate.people.profiles import HABITS, Features, fit_scale
from surrogate.people.segments import find_segments


def features_of(raw):
    """Features with made-up names around raw values."""
    names = HABITS + tuple(f"extra {number}" for number in range(raw.shape[1] - len(HABITS)))
    count = len(raw)
    return Features(customers=np.arange(count), names=names, raw=raw, baskets=np.full(count, 50.0))


def people(seed=3):
    """Three clear kinds of customers, 60 each, and five nobody knows."""
    rng = np.random.Generator(np.random.Philox(seed))
    centres = np.array(
        [
            [1.0, 2, 60, 40, 20, 0.3, 0.1, 0.2, 0.5],
            [2, 1, 20, 20, 8, 0.1, 0.0, 0.2, 0.3],
            [3, 0.5, 5, 9, 4, 0.2, 0.0, 0.4, 0.3],
        ]
    )
    raw = np.repeat(centres, 60, axis=0) * rng.uniform(0.9, 1.1, (180, len(HABITS)))
    features = features_of(raw)
    features.baskets[:5] = 2.0
    return features, fit_scale(features)(raw)


def trained(*, unknown=0, dimensions=5, count=3):
    """Segments of made-up people under a made-up W, as a model would save them, and who went where."""
    features, _ = people()
    features = features_of(np.concatenate([features.raw, features.raw * np.linspace(0.5, 2, 180)[:, None]]))
    features.baskets[:unknown] = 4.0
    features.raw[:, 1] = features.baskets / 26
    scale = fit_scale(features)
    scaled = to_digits(scale(features.raw))
    rng = np.random.Generator(np.random.Philox(4))
    weight = rng.standard_normal((dimensions, scaled.shape[1]))
    found = find_segments(scaled @ weight.T, features, scaled, LearnSpec(count=count, min_size=30), seed=1)
    groups = range(len(found.ids))
    space = ProfileSpace(
        scale=scale,
        weight=weight,
        ids=found.ids,
        names=found.names,
        customers=np.bincount(found.label),
        features=to_digits(np.stack([scaled[found.label == number].mean(axis=0) for number in groups])),
        raw=to_digits(np.stack([features.raw[found.label == number].mean(axis=0) for number in groups])),
        least_visits=found.least_visits,
        stability=found.stability,
    )
    return space, features, found
