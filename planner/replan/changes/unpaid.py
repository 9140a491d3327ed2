"""What vendors would not pay if one change of a new plan were taken back: a fund that is empty pays for no line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from constraints.limits.book import Limits
from scenarios.arrays import Float
from scenarios.language.implied_ids import FUND

LEAST = 0.005
"""Major units below which nothing is told: a search's sums and an account's differ by as much."""


@dataclass(frozen=True, kw_only=True)
class UnpaidWithout:
    """What nobody pays where one change is taken back."""

    fund: str
    """Id of the limit that most of it lies beyond."""
    amount: float
    """Major units beyond all funds, more than the new plan has there."""


def unpaid_without(limits: Limits, uses: Float) -> dict[int, UnpaidWithout]:
    """Say which changes, taken back alone, ask vendors for more than they have; by their place.

    Parameters
    ----------
    uses : [1 + M, L]
        Of the new plan, and after it of M plans with one change taken back.
    """
    rows = [row for row, name in enumerate(limits.ids) if name.startswith(FUND)]
    if not rows:
        return {}
    over = np.maximum(limits.excess(uses)[:, rows], 0.0)
    more = over[1:] - over[0]
    return {
        place: UnpaidWithout(fund=limits.ids[rows[int(each.argmax())]], amount=float(each.sum()))
        for place, each in enumerate(more)
        if each.sum() > LEAST
    }
