"""Past lines leave fatigue and dips in the horizon."""

from __future__ import annotations

import numpy as np
import pytest
from after_a_sale import after_a_sale

from scenarios.grid import build_grid
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects

LIFT = 0.6


def _after_a_sale(first: int) -> Coefficients:
    """Five days after a sale that may run again from a day of the horizon on; its lift is known from then on."""
    response = {"fatigue": 0, "pull_forward": {"share": "30%", "periods": 3}, "cannibalisation": 0, "halo": 0}
    scenario = after_a_sale(5, first, response)
    shape = (1, 1, 2, 5, 1)
    lift = np.zeros(shape)
    lift[:, :, 0, first:] = LIFT
    effects = Effects(
        base_units=np.full((1, 1, 1, 5), 10.0),
        base_cv=np.zeros((1, 1)),
        lift=lift,
        lift_sd=np.zeros(shape[1:]),
        take_up=np.ones(shape[1:]),
        take_up_cv=np.zeros(shape[1:]),
        evidence=("assumed",),
        source="made up",
    )
    return build_coefficients(build_grid(scenario), effects, None)


@pytest.mark.parametrize("first", [0, 2])
def test_a_past_sale_dips_whenever_it_may_run_again(first: int) -> None:
    """It borrowed from the three days after it, by its lift when it may next run, also where that is days away."""
    dip = _after_a_sale(first).past.dip[0, 0]
    share = 0.3 * LIFT / 3
    assert dip == pytest.approx([1 - share, 1 - share, 1 - share, 1, 1])
