"""What customers usually buy: their own purchases, as far as these say more than luck."""

from __future__ import annotations

import numpy as np
import pandas as pd

LEAST_RELIABLE = 0.05


def usual_purchases(visits: pd.DataFrame) -> pd.Series:
    """Return by customer what it usually buys, relative to others.

    A customer's units are drawn to the mean by their reliability, the share of their variance that odd and even weeks
    have in common: messages sent to heavy buyers must not count as having reached average ones, nor luck as habit.

    Parameters
    ----------
    visits
        customer, week, quantity, as in `surrogate.data.events.Events.visits`.
    """
    total = visits.groupby("customer")["quantity"].sum().astype(float)
    odd = visits[visits["week"] % 2 == 1].groupby("customer")["quantity"].sum().reindex(total.index).fillna(0.0)
    halves = np.stack([odd.to_numpy(dtype=float), (total - odd).to_numpy(dtype=float)])
    variance = float(total.var()) if len(total) > 1 else 0.0
    common = 4 * float(np.cov(halves)[0, 1]) / variance if variance > 0 else 0.0
    reliable = float(np.clip(common, LEAST_RELIABLE, 1.0))
    return total.mean() + reliable * (total - total.mean())
