"""What baselines share of their error: a season that nobody learned moves all goods alike, and so their total.

Drawn by itself for each segment and product, the errors of thirty baselines cancel out in their sum, which then looks
far surer than any of them. What is shared does not cancel.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.response.effects import Effects


def common_shares(effects: Effects) -> tuple[Float, Float]:
    """Shares [S, K] of the variance of a baseline's log that all baselines share, and that those of a product do.

    Both are 0 where nothing is known of it. Of a baseline that is surer than what it would share, they are the whole.
    """
    common, variance = effects.base_common, np.log1p(effects.base_cv**2)
    if common is None:
        return np.zeros_like(variance), np.zeros_like(variance)
    parts = np.log1p(np.array([common.everywhere, common.product]) ** 2)
    whole = np.maximum(variance, max(float(parts.sum()), np.finfo(float).tiny))
    return parts[0] / whole, parts[1] / whole


def with_common(effects: Effects, own: Float, rng: np.random.Generator) -> Float:
    """Standard normal scores [D, S, K] of baselines that share their error as the effects say.

    Parameters
    ----------
    own : [D, S, K]
        Scores of baselines that share nothing.
    """
    if effects.base_common is None:
        return own
    futures, _, products = own.shape
    everywhere, product = common_shares(effects)
    shared = np.sqrt(everywhere) * rng.standard_normal((futures, 1, 1))
    shared = shared + np.sqrt(product) * rng.standard_normal((futures, 1, products))
    return np.asarray(shared + np.sqrt(np.maximum(1.0 - everywhere - product, 0.0)) * own)
