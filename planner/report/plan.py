"""Everything that ``campaign plan`` prints, from top to bottom."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from planner.report.explained.no_promotion import find_why_no_promotion
from planner.report.front import knee_plan, show_front
from planner.report.names import names_of
from planner.report.notes import show_sentences
from planner.report.offers.fewer_lift_tests import fewer_lift_tests
from planner.report.one_plan.bridge import show_bridge
from planner.report.one_plan.calendar import Calendar
from planner.report.one_plan.limit_prices import price_sentences
from planner.report.one_plan.limits import show_limits, show_rules
from planner.report.one_plan.risk import show_risk
from planner.report.one_plan.targets import show_targets
from planner.report.side_by_side.ranking import show_baselines, show_ranking
from scenarios.answer.plan import PlanSet
from scenarios.grid import Grid
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects


def show_plans(plan_set: PlanSet, grid: Grid, model: Coefficients, effects: Effects) -> list[RenderableType]:
    """Lay out the ranking or the front, then the best plan or the knee in full, then what was assumed."""
    scenario, currency, names = grid.scenario, plan_set.currency, names_of(grid.scenario)
    best = knee_plan(plan_set)
    parts: list[RenderableType]
    if plan_set.front is None:
        beside = show_baselines(best, currency, timed=plan_set.timed, objective=scenario.objective)
        parts = [show_ranking(plan_set, scenario), beside]
    else:
        parts = [*show_front(plan_set, scenario), Text(f"Plan {best.rank} in full", style="bold")]
    if best.lines:
        parts += [Calendar(plan=best, scenario=scenario), *show_targets(best, scenario, currency)]
    else:
        parts.append(find_why_no_promotion(model, effects, plan_set.seed, currency).show())
    parts.append(show_limits(best.limits, currency, names=names))
    if worth := price_sentences(best.limits, currency, names):
        parts.append(show_sentences("What moving a limit may be worth", worth))
    parts.append(show_rules(best.rules, names))
    if best.lines:
        parts += [show_bridge(best, currency, response=scenario.response), show_risk(best, plan_set)]
    parts.append(show_sentences("Assumed", plan_set.assumed))
    if plan_set.notes:
        parts.append(show_sentences("Notes", fewer_lift_tests(plan_set.note_texts)))
    return parts
