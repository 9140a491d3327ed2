"""Shares of counted cases with their intervals."""

from __future__ import annotations

from scipy.stats import binomtest

CONFIDENCE = 0.95
"""Of the intervals."""


def rate_interval(count: float, of: float) -> tuple[float, float]:
    """Wilson's interval (1927, doi:10.1080/01621459.1927.10502953) of a share; counts are rounded to whole cases.

    Of no case at all nothing is known: any share.
    """
    cases = round(of)
    if not cases:
        return 0.0, 1.0
    found = binomtest(min(round(count), cases), cases).proportion_ci(confidence_level=CONFIDENCE, method="wilson")
    return float(found.low), float(found.high)
