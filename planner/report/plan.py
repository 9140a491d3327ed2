"""Everything that ``campaign plan`` prints, from top to bottom."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from planner.report.bridge import show_bridge
from planner.report.calendar import Calendar
from planner.report.fewer_lift_tests import fewer_lift_tests
from planner.report.front import knee_plan, show_front
from planner.report.limits import price_sentences, show_limits, show_rules
from planner.report.names import names_of
from planner.report.no_promotion import find_why_no_promotion
from planner.report.notes import show_sentences
from planner.report.ranking import show_baselines, show_ranking
from planner.report.risk import show_risk
from planner.report.targets import show_targets
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
        timed = "second" in plan_set.effort
        beside = show_baselines(best, currency, timed=timed, objective=scenario.objective)
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
