"""Products that sell out without any promotion: the account of no promotion keeps their stock, to the last 1/1000."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from sure_effects import sure_effects

from constraints.ledger import Ledger
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.schema import Scenario
from scenarios.response.baskets import Baskets, OrderBin
from scenarios.response.coefficients import build_coefficients
from scenarios.response.interactions import can_sell_more, cut_at_stock, cut_for_account
from scenarios.rounding import units

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
    effects = sure_effects(_asked(np.random.default_rng(seed), 1), np.full((SEGMENTS, 2, DAYS, 1), 0.5))
    grid = build_grid(scenario)
    ledger = Ledger(build_coefficients(grid, effects, None), effects, draw(grid, effects, 0))
    assert ledger.empty_breaks == ()
    (stock,) = ledger.verdict(grid.empty()).limits
    assert 16.9 < stock.used <= 17


def test_until_it_is_sold_out_for_the_last_time_a_product_cannot_sell_more() -> None:
    """Until the day on which less than a unit is left; after an arrival that suffices it can."""
    units = np.array([[[2.0, 3.0, 0.0, 1.0]], [[1.0, 0.0, 0.0, 1.0]]])
    assert can_sell_more(units, np.array([[9.0, 9.0, 9.0, 9.0]])).tolist() == [[True] * 4]
    assert can_sell_more(units, np.array([[9.0, 6.0, 6.0, 9.0]])).tolist() == [[False, False, False, True]]
    assert can_sell_more(units, np.array([[9.0, 9.0, 9.0, 8.5]])).tolist() == [[False] * 4]
    assert can_sell_more(units, np.full((1, 4), np.inf)).all()


def _shop(arrivals: dict[str, int]) -> Ledger:
    """Tea of which 14 are there and 20 are wanted, rice without end, a basket offer, and rice that brings tea along."""
    scenario = Scenario.model_validate(
        {
            "scenario": "short",
            "currency": "EUR",
            "horizon": {"start": "2026-03-02", "periods": 4},
            "segments": [{"id": "all", "customers": 100}],
            "products": [
                {"id": "tea", "category": "tea", "price": 5, "unit_cost": 2, "stock": 14, "arrivals": arrivals},
                {"id": "rice", "category": "rice", "price": 5, "unit_cost": 2},
            ],
            "offers": [
                {"id": "sale", "mechanic": "price_discount", "depth": "20%"},
                {"id": "off", "mechanic": "threshold", "spend": 10, "save": 1},
            ],
            "response": {"halo": [{"from": "rice", "to": "tea", "units": 0.5}]},
            "baskets": {"table": "none.csv"},
            "effects": {"table": "none.csv", "lift_is": "net"},
        }
    )
    effects = sure_effects(np.full((1, 2, 4), 5.0), np.full((1, 3, 4, 2), 0.5), take_up=0.4)
    grid = build_grid(scenario)
    baskets = Baskets(bins={"all": (OrderBin(value=12.0, orders=4.0, units=2.0),)})
    return Ledger(build_coefficients(grid, effects, baskets), effects, draw(grid, effects, 0))


def test_basket_lines_and_halo_sell_no_more_of_a_sold_out_product() -> None:
    """Nor do they break its stock: a basket line raises rice alone, and its uses follow the orders that rise."""
    ledger = _shop({})
    grid = ledger.model.grid
    plan = grid.empty()
    plan[grid.offsets[2]] = 1  # the basket offer on the first day
    plan[4 + 1] = 1  # rice on sale on the second
    verdict = ledger.verdict(plan)
    assert verdict.ok
    cells, empty = ledger.audit(plan).account.cells.units[0], ledger.audit(grid.empty()).account.cells.units[0]
    assert (cells[0] == empty[0]).all()
    assert (cells[1] == [7500, 7500, 5000, 5000]).all()
    tea, rice = ledger.model.orders_per_unit[0, :, 0] * 5.0
    rows = ledger.audit(plan).account.rows
    assert rows.uses[rows.product < 0] == pytest.approx(1000 * (0.4 * (tea + rice) + 0.5 * rice), abs=1)


def test_after_an_arrival_they_do() -> None:
    """From the day on from which stock is left to the end."""
    ledger = _shop({"2026-03-05": 30})
    grid = ledger.model.grid
    units = []
    for period in (0, 3):
        plan = grid.empty()
        plan[grid.offsets[2] + period] = 1
        units.append(ledger.audit(plan).account.cells.units[0, 0, period])
    assert units == [5000, 7500]


def test_what_is_over_keeps_what_baskets_brought_a_product_that_sold_out() -> None:
    """The units of days that are over are facts: no cell of them is masked, whatever sells out later."""
    ledger = _shop({})
    effects = replace(ledger.effects, known_periods=2)
    model = build_coefficients(ledger.model.grid, effects, Baskets(bins={}))
    assert model.supplied is not None
    assert model.supplied[0].tolist() == [1.0, 1.0, 0.0, 0.0]
