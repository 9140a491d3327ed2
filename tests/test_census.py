"""Where every plan can be looked at, the answer is the best that the ledger passes, and a float sum decides nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from all_plans import plans_of, thin
from scenario_factory import rng_of, tiny_scenario

from constraints.infeasible.census import Census, CensusParams
from constraints.infeasible.counted_conflict import judge_census
from constraints.ledger import Ledger
from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.schema import Limit
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.measures import measure_functional
from scenarios.response.totals import evaluate


def census_of(model: Coefficients, ledger: Ledger, plans: np.ndarray) -> Census:
    """A census of some plans, judged by a ledger."""
    book = build_rulebook(model.grid, model.economics)
    params = CensusParams(plans=len(plans), audits=len(plans))
    return Census(model, build_limits(model), book, lambda plan, _: ledger.verdict(plan).limits, plans, params)


@pytest.mark.parametrize("seed", range(4))
def test_of_all_plans_that_keep_everything_the_best_is_named(seed: int) -> None:
    """Limits, at risk too, stock and rules: the ledger passes the plan, and none of a higher objective."""
    scenario, effects, baskets = tiny_scenario(rng_of(90 + seed), segments=1, products=2, periods=2)
    model = build_coefficients(build_grid(scenario), effects, baskets)
    ledger = Ledger(model, effects, draw(model.grid, effects, 1))
    plans = plans_of(thin(rng_of(seed), model.grid.allowed_flat, 80))
    census = census_of(model, ledger, plans)
    found = judge_census(census, lambda plan, stock: ledger.verdict(plan).limits).feasible
    worth = [(float(ledger.objective(plan)) if ledger.verdict(plan).ok else -np.inf) for plan in plans]
    if not np.isfinite(max(worth)):
        assert found is None
        return
    assert found is not None and ledger.verdict(found).ok
    assert float(ledger.objective(found)) == pytest.approx(max(worth), abs=0.02)


def test_what_the_ledger_rounds_away_is_not_broken_for_sure() -> None:
    """Float sums above a bound by less than the rounding of cents leave it open: the ledger says that it is kept."""
    scenario, effects, baskets = tiny_scenario(rng_of(90), segments=1, products=2, periods=2, limits=False, rules=False)
    free = build_coefficients(build_grid(scenario), effects, baskets)
    ledger = Ledger(free, effects, draw(free.grid, effects, 1))
    plans = plans_of(thin(rng_of(0), free.grid.allowed_flat, 40))
    spend = measure_functional(free.grid, free.economics, Measure.SPEND, Scope())
    seen = 0
    for number, plan in enumerate(plans):
        stated = ledger.audit(plan).outcome.spend
        over = float(evaluate(spend, free, plan, np)) - float(stated)
        if not (over > 1e-4 and stated > 0):
            continue
        seen += 1
        limit = Limit(id="budget", measure="spend", max=stated)
        model = replace(free, grid=build_grid(scenario.model_copy(update={"limits": (limit,)})))
        judge = Ledger(model, effects, draw(model.grid, effects, 1))
        census = census_of(model, judge, plans)
        budget = [member.id for member in census.members].index("budget")
        assert not census.broken[number, budget]
        assert census.results(number)["budget"].ok and not census.broken[number, budget]
    assert seen > 3
