"""Products that sell out without any promotion: the account of no promotion keeps their stock, to the last 1/1000."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from constraints.ledger import Ledger
from scenarios.answer.rounding import units
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.schema import Scenario
from scenarios.response.coefficients import build_coefficients
from scenarios.response.effects import Effects
from scenarios.response.interactions import cut_at_stock, cut_for_account

SEGMENTS, DAYS = 5, 6


def _asked(rng: np.random.Generator, products: int) -> NDArray[np.float64]:
    return rng.uniform(0.0, 3.0, (SEGMENTS, products, DAYS))


def test_what_is_cut_fits_as_it_is_and_rounded() -> None:
    """Of 400 products with stock and arrivals none sells more than is there, and none much less than it could."""
    rng = np.random.default_rng(3)
    asked = _asked(rng, 400)
    available = np.cumsum(rng.integers(0, 14, (400, DAYS)), axis=1).astype(float)
    kept = cut_for_account(asked, available)
    assert (np.cumsum(units(kept).sum(axis=0), axis=-1) <= available * 1000).all()
    assert (np.cumsum(kept.sum(axis=0), axis=-1) <= available + 1e-9).all()
    assert (kept <= asked).all()
    lost = np.cumsum((cut_at_stock(asked, available) - kept).sum(axis=0), axis=-1)
    assert (np.abs(lost) <= 0.001 * SEGMENTS * DAYS).all()


def test_where_stock_suffices_nothing_is_cut() -> None:
    """Baselines below the stock stay what they are, to the last bit."""
    asked = _asked(np.random.default_rng(4), 20)
    assert (cut_for_account(asked, np.full((20, DAYS), 100.0)) == asked).all()
    assert (cut_for_account(asked, np.full((20, DAYS), np.inf)) == asked).all()


@pytest.mark.parametrize("seed", range(8))
def test_a_sold_out_product_refuses_no_plan_by_rounding(seed: int) -> None:
    """No promotion sells what is there and no more, so the ledger keeps it: other products can be planned."""
    scenario = Scenario.model_validate(
        {
            "scenario": "short",
            "currency": "EUR",
            "horizon": {"start": "2026-03-02", "periods": DAYS},
            "segments": [{"id": f"s{number}", "customers": 100} for number in range(SEGMENTS)],
            "products": [{"id": "tea", "category": "tea", "price": 5, "unit_cost": 2, "stock": 17}],
            "offers": [{"id": "sale", "mechanic": "price_discount", "depth": "20%"}],
            "effects": {"table": "none.csv"},
        }
    )
    shape = (1, SEGMENTS, 2, DAYS, 1)
    effects = Effects(
        base_units=_asked(np.random.default_rng(seed), 1)[None],
        base_cv=np.zeros((SEGMENTS, 1)),
        lift=np.full(shape, 0.5),
        lift_sd=np.zeros(shape[1:]),
        take_up=np.ones(shape[1:]),
        take_up_cv=np.zeros(shape[1:]),
        evidence=("assumed",),
        source="made up",
    )
    grid = build_grid(scenario)
    ledger = Ledger(build_coefficients(grid, effects, None), effects, draw(grid, effects, 0))
    assert ledger.empty_breaks == ()
    (stock,) = ledger.verdict(grid.empty()).limits
    assert 16.9 < stock.used <= 17
