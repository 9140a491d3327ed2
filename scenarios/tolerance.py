"""Tolerance: how many of a finite number of drawn futures may break a limit that must hold in a share of all futures.

What is counted in 200 draws is itself a matter of luck: a limit that is kept in exactly 95 % of them is kept in fewer
than 95 % of all futures about every second time. So fewer draws than 5 % may break it: as few as make it certain enough
that the share is kept in futures that nobody drew. This is the one-sided, distribution-free tolerance limit (Wilks,
1941, doi:10.1214/aoms/1177731788): of n draws, r may break the limit where a binomial (n, 1 - share) is at most r with
a chance of at most 1 - `CONFIDENCE`.
"""

from __future__ import annotations

import math
from functools import cache

CONFIDENCE = 0.95
"""How certain it must be that the share is kept in futures that were not drawn."""
LARGEST_SHARE = 0.999
"""The largest share that a limit may ask for; more would need too many draws."""


@cache
def may_break(draws: int, share: float) -> int:
    """How many of some draws may break a limit that must hold in a share of all futures; 0 where draws are too few."""
    allowed, below, other = -1, 0.0, 1.0 - share
    while allowed < draws:
        below += binomial_chance(draws, allowed + 1, other)
        if below > 1.0 - CONFIDENCE:
            break
        allowed += 1
    return max(allowed, 0)


def draws_needed(share: float) -> int:
    """Draws from which on a limit that holds in all of them is certain enough to hold in a share of all futures.

    Raises
    ------
    ValueError
        For a share outside of 0 to `LARGEST_SHARE`.
    """
    if not (0.0 <= share <= LARGEST_SHARE):
        raise ValueError(f"expected a share from 0 to {LARGEST_SHARE}, got {share}")
    return 1 if share == 0.0 else math.ceil(math.log(1.0 - CONFIDENCE) / math.log(share))


def binomial_chance(draws: int, hits: int, share: float) -> float:
    """Chance that exactly so many of the draws are hit, where each is with a chance of ``share``."""
    if not (0.0 < share < 1.0):
        return float(hits == (draws if share >= 1.0 else 0))
    ways = math.lgamma(draws + 1) - math.lgamma(hits + 1) - math.lgamma(draws - hits + 1)
    return math.exp(ways + hits * math.log(share) + (draws - hits) * math.log1p(-share))
