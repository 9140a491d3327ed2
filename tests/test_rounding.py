"""Splits by largest remainder, as docs/money.md says them: exact, equal remainders in order."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from scenarios.rounding import ratio_down, scaled, split


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (1_777_000, (0.7, 0.7, 1.0), (518_292, 518_292, 740_416)),  # remainders of two thirds each
        (901_000, (0.6, 0.6, 1.0, 1.0), (168_938, 168_938, 281_562, 281_562)),  # halves
        (10, (1.0, 1.0, 1.0), (4, 3, 3)),
        (7, (0.0, 0.0, 3.0), (0, 0, 7)),
        (0, (0.5,), (0,)),
        (2**53 - 1, (0.1, 0.3, 0.6), None),
    ],
)
def test_equal_remainders_are_served_in_order(total: int, weights: tuple[float, ...], parts: tuple[int, ...]) -> None:
    """Whoever divides by hand gets the same parts: weights count as written, not as float64 keeps them."""
    found = split(total, np.array(weights)).tolist()
    assert sum(found) == total
    shares = [Fraction(str(weight)) * total / sum(Fraction(str(each)) for each in weights) for weight in weights]
    assert all(abs(part - share) < 1 for part, share in zip(found, shares, strict=True))
    assert parts is None or found == list(parts)


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -float("inf"), 1e17, -1e17])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_no_integer_holds_is_refused(amount: float) -> None:
    """Money that is no number, or does not fit, is an error and never some other amount."""
    with pytest.raises(ValueError, match="expected amounts below 2\\^63 units of 10\\^-2"):
        scaled(np.array([1.0, amount]), 2)
    assert scaled(np.array([1.0, 9e16]), 2).tolist() == [100, 9 * 10**18]
    assert scaled(np.zeros(0), 2).tolist() == []


def test_quotients_are_rounded_down() -> None:
    """ROI and margin rate stand as a floor on them is held to, below zero, too."""
    assert ratio_down(2, 3) == 0.666666 and ratio_down(-1, 3) == -0.333334 and ratio_down(29, 100) == 0.29
    assert ratio_down(135_132_861, 416_402_543) == 0.324524
