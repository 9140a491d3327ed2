"""Uses that the till saw: which share of what is bought under an offer is bought with it, whatever the lift is.

Of what customers buy under an offer the till counts the part that uses it. How much of that they would have bought
anyway is what the lift says: of a share r of purchases and a lift l, ``r (1 + l) - l`` of the base units are used.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float


def of_base(named: Float | float, lift: Float) -> Float:
    """Return take-up [...], the used share of base units, of the used share of all purchases and a lift [...]."""
    return np.asarray(np.clip(1.0 - (1.0 - named) * (1.0 + lift), 0.0, 1.0))
