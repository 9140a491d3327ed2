"""Panels of simulated items whose fatigue and pull-forward are known."""

from __future__ import annotations

import numpy as np

from surrogate.evidence.terms.panel import Panel

CATEGORIES, ITEMS, WEEKS = 12, 8, 64


def panel_of(rng, *, fatigue=0.0, half_life=2.0, own_dip=0.0, category_dip=0.0, dip_weeks=2, switching=0.3, scale=1.0,
             level=60.0, weeks=WEEKS, categories=CATEGORIES, waves=0.0):  # fmt: skip
    """Simulate items whose deals tire customers and are bought ahead by known strengths, drifting levels included.

    ``category_dip`` may be one share for each category. Categories sell most at moments of the year of their own, by a
    factor of up to exp(``waves``), which the panel's columns follow.
    """
    count = categories * ITEMS
    category = np.repeat(np.arange(categories), ITEMS)
    base = rng.gamma(4.0, level / 4.0, count) + 5.0
    starts = rng.random((count, weeks)) < 0.10
    on = starts | np.pad(starts[:, :-1], ((0, 0), (1, 0))) & (rng.random((count, weeks)) < 0.5)
    depth = on * rng.choice([0.5, 0.8, 1.1], (count, weeks))
    shelf = np.stack([np.log(np.average(np.exp(depth[category == c]), axis=0, weights=base[category == c]))
                      for c in range(categories)])  # fmt: skip
    bump = np.exp(depth - switching * shelf[category])
    decay = 0.5 ** (1 / half_life)
    kept = np.ones((count, weeks))
    for lag in range(1, 9):
        kept[:, lag:] *= 1 - fatigue * decay**lag * (bump[:, :-lag] >= 1.1)
    lift = np.maximum(bump - 1, 0) * scale
    real = lift * kept
    gross = base[:, None] * np.maximum(bump - 1, 0)
    net = np.stack([np.maximum((base[:, None] * (bump - 1))[category == c].sum(axis=0), 0) for c in range(categories)])
    total = np.stack([gross[category == c].sum(axis=0) for c in range(categories)])
    share = gross / np.maximum(total, 1e-9)[category]
    fresh = np.where(lift > 0, kept * scale, 0)
    own = share * net[category] * fresh / base[:, None]
    group = np.stack([(share * net[category] * fresh)[category == c].sum(axis=0) for c in range(categories)])
    group_base = np.bincount(category, base)
    dip = np.ones((count, weeks))
    for lag in range(1, dip_weeks + 1):
        dip[:, lag:] -= own_dip * own[:, :-lag] / dip_weeks
        share = np.broadcast_to(category_dip, categories)[category][:, None]
        dip[:, lag:] -= share * (group / group_base[:, None])[category][:, :-lag] / dip_weeks
    drift = np.exp(0.15 * np.linspace(-1, 1, weeks) * rng.standard_normal((count, 1)))
    shocks = np.exp(0.1 * rng.standard_normal(weeks))
    angle = 2 * np.pi * np.arange(weeks) / 52.18
    high = np.exp(waves * np.cos(angle - 2 * np.pi * category[:, None] / categories))
    mean = base[:, None] * high * drift * shocks * np.maximum(dip + real + np.minimum(bump - 1, 0), 0.05)
    units = rng.poisson(mean).astype(float)
    year = np.stack([wave(number * angle) for number in (1, 2) for wave in (np.sin, np.cos)], axis=1)
    return Panel(
        units=units,
        base=base,
        bump=bump,
        category=category,
        usable=np.ones(units.shape, dtype=bool),
        year=year if waves else None,
    )
