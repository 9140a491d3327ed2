"""Numbers of limits as people write them: rounded to the safe side, and nothing is a plain 0."""

from __future__ import annotations

import pytest

from constraints.limits.amounts import amount, bound_text, use_text


@pytest.mark.parametrize(
    ("measure", "number", "up", "said"),
    [
        ("spend", 841199.999, True, "841,200"),
        ("spend", 12.5, True, "12.50"),
        ("spend", -1e-9, True, "0"),
        ("spend", -1e-9, False, "-0.01"),
        ("uses", -0.2, True, "0"),
        ("margin_rate", 0.08249, False, "8.24%"),
        ("margin_rate", -0.00001, True, "0%"),
        ("lines", 0.9999999999999998, False, "1"),
        ("lines", 23.000000000000004, True, "23"),
        ("spend", 318596.01000000007, True, "318,596.01"),
        ("lines", 0.99999, False, "0"),
    ],
)
def test_bounds_are_rounded_to_the_safe_side(measure: str, number: float, up: bool, said: str) -> None:
    """A little less than nothing, rounded up, is 0 and never -0; the noise of a float sum rounds to the sum."""
    assert amount(measure, number, up=up) == said


@pytest.mark.parametrize(
    ("measure", "bound", "said"),
    [
        ("spend", 800_000.0, "800,000"),
        ("spend", 100.5, "100.50"),
        ("spend", 0.001, "0.001"),
        ("uses", 2.5, "2.5"),
        ("share", 0.12345, "12.345%"),
        ("roi", 0.33333, "0.33333"),
    ],
)
def test_bounds_are_told_as_they_were_written(measure: str, bound: float, said: str) -> None:
    """A bound with more digits than amounts have is not rounded to another one that would not be kept either."""
    assert bound_text(measure, bound) == said


@pytest.mark.parametrize(
    ("measure", "used", "bound", "up", "said"),
    [
        ("share", 0.350001, 0.35, True, "35.0001%"),
        ("margin_rate", 0.199996, 0.2, False, "19.9996%"),
        ("spend", 1200000.004, 1200000, True, "1,200,000.004"),
        ("units", 100.2, 100, True, "100.2"),
        ("roi", 0.29997, 0.3, False, "0.29997"),
    ],
)
def test_a_use_never_reads_like_the_bound_that_it_breaks(
    measure: str, used: float, bound: float, up: bool, said: str
) -> None:
    """It has as many digits as tell the two apart."""
    assert use_text(measure, used, bound, up=up) == said


@pytest.mark.parametrize("used", [812.3449, 812.345, 812.3451])
def test_one_use_reads_the_same_beside_a_floor_and_a_ceiling(used: float) -> None:
    """It is the nearest figure, not a cent more for the one and a cent less for the other."""
    assert use_text("spend", used, 800, up=True) == use_text("spend", used, 900, up=False)
    assert use_text("units", used, 800, up=True) == use_text("units", used, 900, up=False) == "812"
