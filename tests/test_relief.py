"""What a repair chooses from: of changes that relieve as much at the same loss, those that leave other limits alone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from constraints.repairing.relief import apart, most_broken, relieving
from constraints.repairing.trials import State

PURE = np.array([[0.0, -1.0], [0.0, -1.0], [0.0, -3.0]])
"""[N, width] what changes do to the objective."""
USE = np.array([[[0.0, -1.0], [0.0, -1.0], [0.0, -1.0]], [[0.0, 2.0], [0.0, 0.0], [0.0, -9.0]]])
"""[L, N, width] each relieves the first limit; of the second, the first takes some and the third gives some back."""


class View:
    """Tables in place of a response model."""

    def gains(self, plan: np.ndarray, weight: float, prices: np.ndarray, stock: np.ndarray) -> np.ndarray:
        """Gains of single changes, priced."""
        return weight * PURE - np.tensordot(prices, USE, axes=1)


def chosen(price: float, asked: float) -> list[int]:
    """Slots that relieve the first limit, where a unit of the second is worth something."""
    rules: Any = SimpleNamespace(
        allowed=lambda plan: np.ones((3, 2), dtype=bool),
        compatible=lambda plan, slots, choices, priority, allowed: np.ones(len(slots), dtype=bool),
    )
    view: Any = View()
    state = State(
        plan=np.zeros(3, dtype=np.int8),
        objective=0.0,
        uses=np.zeros(2),
        stock=np.zeros((1, 1)),
        excess=np.array([1.0, -1.0, -1.0]),
    )
    prices, scale, nothing = np.array([50.0, price]), np.ones(3), np.zeros((3, 2), dtype=bool)
    slots, choices = relieving(view, rules, state, np.array([0]), asked, prices, np.zeros((1, 1)), scale, nothing)
    assert (choices == 1).all()
    return slots.tolist()


@pytest.mark.parametrize(("price", "first"), [(0.0, 0), (5.0, 1)])
def test_taking_from_a_kept_limit_costs_its_price(price: float, first: int) -> None:
    """Without a price both are alike and the first slot wins; with one, the change that takes nothing does."""
    assert chosen(price, 0.5) == [first]


def test_what_a_kept_limit_gets_back_is_no_reason() -> None:
    """The dearest change stays last, though it gives much of a kept limit back: nobody asked for that."""
    assert chosen(5.0, 1.0) == [1, 2]
    assert chosen(0.5, 1.0) == [1, 0]


def test_stock_of_several_products_is_looked_at_together() -> None:
    """One look tells what changes of each product relieve of its own stock; others relieve none of it."""
    looks = []

    class Shelves:
        """Public and targeted slots of two products; every line sells units of its own."""

        def gains(self, plan: np.ndarray, weight: float, prices: np.ndarray, stock: np.ndarray) -> np.ndarray:
            if not weight:
                looks.append(stock)
            gain = np.full((6, 2), -1.0 * weight)
            gain[:, 1] = 0.0
            gain[:4, 0] += np.array([5.0, 2.0, 1.0, 2.0]) * stock[[0, 1, 0, 1], 0]
            gain[4:, 0] += 9.0 * stock.sum()  # whole orders are of no product
            return gain

    rules: Any = SimpleNamespace(
        allowed=lambda plan: np.ones((6, 2), dtype=bool),
        compatible=lambda plan, slots, choices, priority, allowed: np.ones(len(slots), dtype=bool),
    )
    view: Any = Shelves()
    state = State(
        plan=np.ones(6, dtype=np.int8),
        objective=0.0,
        uses=np.zeros(1),
        stock=np.zeros((2, 1)),
        excess=np.array([-1.0, 4.0, 1.5]),
    )
    none, prices, scale, nothing = np.empty(0, dtype=np.int64), np.zeros(1), np.ones(3), np.zeros((6, 2), dtype=bool)
    limits, stocks = apart(state, most_broken(state, 3))
    assert not len(limits) and sorted(stocks) == [1, 2]
    slots, choices = relieving(view, rules, state, none, 0.5, prices, np.zeros((2, 1)), scale, nothing, stocks=stocks)
    assert len(looks) == 1 and not choices.any()
    assert sorted(slots) == [0, 1], "enough of each product, and no whole orders"
