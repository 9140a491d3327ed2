"""Lifts of offers on orders whose pieces ran out: at least so many wanted one, as of offers on products."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from basket_case import SAVE
from flight_case import Running, line, running
from replan_case import happened
from test_pieces_ran_out import BUSY, QUIET, WEEK

from scenarios.flight.actuals import Actuals
from scenarios.flight.pieces import Pieces, pieces_so_far, pieces_there
from scenarios.response.coefficients import build_coefficients
from scenarios.response.totals import sold_by
from surrogate.flight.recalibration.recalibrate import recalibrate

ORDERS = {
    "young,79,60,1": "young,79,600,1",
    "young,2700,30,1": "young,2700,300,1",
    "young,4000,10,2": "young,4000,100,2",
    "old,79,50,1": "old,79,500,1",
    "old,3200,50,1.5": "old,3200,500,1.5",
}
LIFTS = {
    "young,basket,,save-200,0.10,,,0.08": "young,basket,,save-200,0.50,0.3,0.8,0.10",
    "old,basket,,save-200,0.12,,,": "old,basket,,save-200,0.40,0.25,0.65,0.3",
}
OFFER = "save-200"


def _lived(folder: Path, factor: float, seed: int) -> tuple[Running, Actuals, Pieces]:
    """As many pieces as are forecast on three days, lived with lifts so many times as high: who comes first gets one.

    Whoever comes too late orders if he would have anyway; extra orders hold what all orders hold.
    """
    folder.mkdir()
    shop = {**QUIET, SAVE: f"{SAVE} quantity: [100%],"}
    case = running(folder, shop=shop, baskets=ORDERS, effects=LIFTS)
    effects = replace(case.frozen.effects, base_units=BUSY * case.frozen.effects.base_units)
    model = build_coefficients(case.grid, effects, case.frozen.baskets)
    plan = case.grid.plan_of([line(day, "basket", OFFER, who) for day in (2, 4, 6) for who in ("young", "old")])
    case = replace(case, frozen=replace(case.frozen, effects=effects), model=model, plan=plan)
    number, rng = case.grid.offer_index[OFFER], np.random.Generator(np.random.Philox(seed))
    there, usual = pieces_there(case.frozen, plan), (model.orders_per_unit * model.base_units).sum(axis=1)
    orders = rng.poisson(usual)
    uses = np.full(usual.shape, np.nan)
    for s, t in np.argwhere(np.isfinite(there[1][:, -1])):
        anyway = int(rng.binomial(orders[s, t], effects.take_up[s, -1, t, number]))
        more = int(rng.poisson(usual[s, t] * effects.lift.mean(axis=0)[s, -1, t, number] * factor))
        uses[s, t] = min(anyway + more, there[1][s, -1, t])
        orders[s, t] += int(uses[s, t]) - int(rng.hypergeometric(anyway, more, int(uses[s, t])))
    units = rng.poisson(effects.base_units[0] * (orders / usual)[:, None])
    actuals = happened(case, units.astype(float), last=WEEK)
    tables = {name: table.copy() for name, table in actuals.tables.items()}
    tables["units"][0, : len(usual), -1] = orders
    tables["uses"] = np.full_like(tables["units"], np.nan)
    tables["uses"][0, : len(usual), -1] = uses
    actuals = replace(actuals, tables=tables)
    return case, actuals, pieces_so_far(model, plan, sold_by(model, plan, np), actuals, there)


@pytest.mark.parametrize("factor", [1.0, 1.6])
def test_orders_that_came_too_late_are_reckoned_with(tmp_path: Path, factor: float) -> None:
    """Lifts far above the forecast are found by lines that ran out; where half ran out by chance, nothing is."""
    learned, blind = [], []
    for seed in range(2):
        case, actuals, pieces = _lived(tmp_path / str(seed), factor, seed)
        gone = int(pieces.ran_out[1].sum())
        assert int(pieces.left[1].sum()) == 6 - gone
        assert gone == 6 if factor > 1.0 else 0 < gone < 6
        found = recalibrate(case.model, case.frozen.effects, case.plan, actuals, pieces=pieces)
        assert found.ran_out == {OFFER: gone}
        learned.append(np.log(found.offers[OFFER].factor))
        without = recalibrate(case.model, case.frozen.effects, case.plan, actuals)
        blind.append(np.log(without.offers[OFFER].factor))
    if factor > 1.0:
        assert np.mean(learned) > np.mean(blind) + 0.08
        assert np.mean(learned) > 0.12
    else:
        assert abs(np.mean(learned)) < 0.1
