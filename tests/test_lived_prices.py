"""What customers of a lived campaign pay: every saving of an account, also where a stacked one is larger by itself."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from planner.simulate.lived import paid_by_unit


def test_whoever_misses_the_sale_saves_the_coupon_on_the_regular_price() -> None:
    """100 at 30 % off and a stacked coupon of 20 %: 14 saved where both are used, 20 by those who miss the sale.

    Ten units: four under both lines, three under the coupon alone, three under none.
    """
    shape = (1, 1, 2, 2)
    saving, apart = np.zeros(shape[1:]), np.zeros(shape[1:])
    saving[0, :, 1], apart[0, 1, 1] = 20.0, 6.0
    saving[0, 1, 1] = 14.0
    economics = SimpleNamespace(
        price=np.array([[100.0]]).ravel(), saving=(np.array([[[0.0], [30.0]]]), saving), apart=apart
    )
    cell = np.ones((1, 1, 1))
    what = SimpleNamespace(
        choices=SimpleNamespace(public=np.array([[1]]), targeted=np.array([[[1]]])),
        units=10.0 * cell[None],
        public=4.0 * cell[None],
        targeted=7.0 * cell[None],
        both=4.0 * cell[None],
    )
    model = SimpleNamespace(economics=economics, grid=SimpleNamespace(products=("phone",)))
    paid = (4 * (100 - 30 - 14) + 3 * (100 - 20) + 3 * 100) / 10
    assert paid_by_unit(model, what)[0, 0, 0] == pytest.approx(paid)
