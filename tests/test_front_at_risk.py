"""Fronts whose limits must hold at risk: where futures leave the first plan of an end too little, another begins it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from front_case import front_problem
from scenario_factory import rng_of

from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import FULL, Finish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.state import begin
from planner.evolution.workspace import Workspace
from planner.pareto.ends import EndsParams, climb_ends
from planner.pareto.first import first_ends
from planner.pareto.run import FrontFound, check_front
from planner.pareto.shown import climb_shown
from planner.pareto.space import AimedSpace
from scenarios.futures.draws import draw
from scenarios.language.aim import senses_of

SPARING = {"pareto": {"profit": "max", "spend": "min"}}


@pytest.mark.parametrize(("seed", "profit"), [(1, 60.0), (10, 150.0)], ids=["begun from another", "mended"])
def test_an_end_is_found_where_its_first_plan_breaks_a_limit_at_risk(seed: int, profit: float) -> None:
    """The search for the front ended in an error there; every plan that climbs by itself passes the ledger."""
    asked = front_problem(seed, SPARING, at_risk=0.95)
    space = Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)
    ledger = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 1))
    start = space.rules.locked_plan()
    plan, prices = guided(space, start, space.no_prices(), space.whole, GuidedParams(iterations=60), rng_of(1))
    leading = Finish(space)(plan, prices, FULL)
    assert leading.feasible and not ledger.verdict(leading.plan).ok
    aimed = AimedSpace(space, asked.limits, senses_of(asked.grid.scenario.objective))
    mend = Finish(aimed)
    *_, first = first_ends(aimed, mend, begin(leading, space.no_prices()), rng_of(1))
    # Two of two cover all of what two come to, though one is worth less once it is mended.
    judged = FrontFound(state=first)
    check_front(aimed, mend, ledger, begin(leading, space.no_prices()), SimpleNamespace(plans=6, work=20.0), judged)
    assert judged.found == len(first.population.best) and judged.covered == pytest.approx(1.0)
    params = EndsParams(work=30.0, passed=lambda: 0.0, over=lambda: False)
    *_, last = steps = list(climb_ends(aimed, mend, ledger, first, params, rng_of(2)))
    ends = [step.best for step in steps if step.done]
    assert len(ends) == 2 and all(end is not None and ledger.verdict(end.plan).ok for end in ends)
    assert aimed.point(ends[0])[0] > profit
    climbed = climb_shown(aimed, mend, ledger, last.state, 6, lambda: False, rng_of(3))
    assert all(ledger.verdict(found.plan).ok for found, _ in climbed if found is not None)
