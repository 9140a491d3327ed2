"""A made-up town whose held-out weeks err by as much as it is told."""

from __future__ import annotations

import numpy as np

from scenarios.streams import stream
from surrogate.held_out.held import Held, MemberForecast
from surrogate.held_out.intervals import count_noise, log_normal
from surrogate.shelf.cells import Shelf


def rng():
    """Return the same stream for every test."""
    return np.random.Generator(np.random.Philox(7))


def town(lift_sd=0.4, base_cv=0.15, *, members=3, segments=4, categories=24, each=4, weeks=8, seed=3):
    """Return held-out weeks whose real levels and lifts err from the forecast by known spreads."""
    chance = stream(seed, "town")
    items = categories * each
    category = np.repeat(np.arange(categories), each)
    on = np.zeros((items, weeks), dtype=bool)
    for item in range(items):
        on[item, (np.arange(weeks) + item) % 4 == 0] = True
    foreseen_lift = 0.8
    base = chance.uniform(15, 60, size=(segments, items))
    level = log_normal(chance, (segments, categories), base_cv)[:, category]
    lift = (foreseen_lift * log_normal(chance, (categories,), lift_sd))[category]
    mean = (base * level)[..., None] * np.where(on, 1 + lift[:, None], 1.0)
    shelf = Shelf(
        categories=tuple(f"c{number}" for number in range(categories)),
        names=tuple(f"i{number}" for number in range(items)),
        category=category,
        weeks=np.arange(weeks) + 100,
        depth=np.where(on, 0.3, 0.0),
        display=np.zeros((items, weeks)),
        mailer=np.zeros((items, weeks)),
        weight=np.full(items, 1 / each),
    )
    forecast = base[..., None] * np.where(on, 1 + foreseen_lift, 1.0)
    flat = np.broadcast_to(base[..., None], forecast.shape)
    return Held(
        shelf=shelf,
        units=count_noise(chance, mean, 1.5),
        network=forecast,
        baseline=flat,
        segment_mean=flat,
        usual_deals=flat,
        members=MemberForecast(
            base=np.stack([base] * members),
            units=np.stack([forecast] * members),
            mechanic=np.where(on, 0, -1),
            distance=np.zeros((items, weeks)),
        ),
    )
