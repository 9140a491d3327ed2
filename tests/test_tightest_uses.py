"""A ratio in futures that leave it nothing to divide by: nothing is no use, something is beyond the bound."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from constraints.limits.draws import Drawn
from constraints.limits.verdicts import tightest_uses


@pytest.mark.parametrize(
    ("sense", "part", "whole", "told"),
    [
        ("max", 1.0, 10.0, 0.1),
        ("max", 3.0, 10.0, 0.3),
        ("max", 0.0, 0.0, 0.2),
        ("max", 0.4, 0.0, 1.2),
        ("max", 5.0, 0.0, 5.2),
        ("min", 1.0, 10.0, 0.1),
        ("min", 0.0, 0.0, 0.2),
        ("min", 4.0, 0.0, 0.2),
        ("min", -3.0, 0.0, -2.8),
    ],
)
def test_a_ratio_without_a_whole(sense: str, part: float, whole: float, told: float) -> None:
    """At a bound of 20 %; a second row that is kept with room changes nothing."""
    entry: Any = SimpleNamespace(sense=sense, whole="revenue", bound=0.2)
    room = 0.0 if sense == "max" else 9.0
    drawn = Drawn(part=np.array([[part, room]]), whole=np.array([[whole, 10.0]]))
    alone = Drawn(part=drawn.part[:, :1], whole=np.array([[whole]]))
    assert tightest_uses(entry, np.zeros(1), alone) == pytest.approx([told])
    if (part, whole) != (0.0, 0.0) and told != 0.2:
        assert tightest_uses(entry, np.zeros(2), drawn) == pytest.approx([told])
