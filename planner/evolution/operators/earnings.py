"""What operators earned per work done, and choosing among them by it.

Probability matching with a least share, which keeps every operator in play (as in Thierens, 2005,
doi:10.1145/1068009.1068251).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

NOW = 0.2
"""Weight of what an operator earned now, against what it earned before."""


def chosen(earned: dict[str, float], names: Sequence[str], floor: float, rng: np.random.Generator) -> str:
    """Draw a name by what it earned; what was never tried is hoped to earn the mean.

    Parameters
    ----------
    earned
        Gain per work by name.
    floor
        Share of the choices that is spread evenly, whatever was earned.
    """
    known = [earned[name] for name in names if name in earned]
    hoped = float(np.mean(known)) if known else 1.0
    rates = np.array([earned.get(name, hoped) for name in names])
    total = rates.sum()
    share = rates / total if total > 0 else np.full(len(names), 1 / len(names))
    return names[int(rng.choice(len(names), p=floor / len(names) + (1 - floor) * share))]


def credited(earned: dict[str, float], names: Sequence[str], gain: float, work: float) -> dict[str, float]:
    """What was earned, after some names gained so much together for so much work."""
    rate = gain / max(work, 1e-9)
    return {**earned, **{name: (1.0 - NOW) * earned.get(name, rate) + NOW * rate for name in names}}
