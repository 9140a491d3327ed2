"""What is said to set a segment apart reads as a difference."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from printed import printed

from planner.report.learned.profiles import show_segments
from surrogate.people.traits import Trait


def shown(value: float, average: float) -> str:
    """The line of a segment that one trait sets apart."""
    one: dict[str, Any] = {"ids": ("s1",), "names": ("shoppers",), "customers": np.array([80])}
    space: Any = SimpleNamespace(**one, shares=np.array([1.0]), stability=0.9, least_visits=0, own="")
    trait = Trait(feature="coupon share", value=value, average=average, pull=1.0)
    lines = printed(show_segments(cast(Any, space), {"s1": (trait,)}), 120)
    return next(line for line in lines if line.startswith("s1"))


def test_a_trait_whose_figures_read_alike_is_not_told() -> None:
    """0.06 % and 0.12 % are twice as much, and both read 0.1 %."""
    assert "coupon share 0.6% (average 1.2%)" in shown(0.006, 0.012)
    assert "coupon share" not in shown(0.0006, 0.0012)
