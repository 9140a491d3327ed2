"""Small problems with chosen plans, and what every line that they leave out would do, by enumeration."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from constraints.ledger import Ledger
from constraints.rulebook import build_rulebook
from planner.evaluation.evaluator import Evaluator
from planner.problem import Problem, build_problem
from planner.reasons.not_planned.asked import Asked
from planner.reasons.not_planned.left_out import Absences, LeftOut, left_out
from planner.run.scored import score_plan
from scenarios.futures.draws import draw
from scenarios.language.plan_lines import PlanLine
from scenarios.response.measures import objective_functional
from scenarios.response.totals import evaluate

SHORT = (
    "horizon.periods=8",
    "limits=[{id: budget, measure: spend, max: 100000}]",
    "rules=[]",
    "channels=[{id: mail, cost_per_contact: 0.004}]",
    "vendors=[{id: roaster}]",
    "gifts=[{id: cup, unit_cost: 2.20}]",
)
"""The template with room for everything and no rule but that on flash sales, eight days long."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """A problem with a plan, and a ledger that audits changes of it."""

    problem: Problem
    plan: np.ndarray
    ledger: Ledger

    def asked(self, **asked: object) -> Absences:
        """What the plan leaves out."""
        problem = self.problem
        evaluator = Evaluator(problem.model, problem.limits)
        book = build_rulebook(problem.grid, problem.model.economics)
        ranked = score_plan(problem, self.plan).plan
        return left_out(evaluator, book, ranked, Asked(**asked))  # type: ignore[arg-type]

    def one(self, offer: str, product: str) -> LeftOut:
        """What is told of one offer on one product."""
        (found,) = self.asked(offer=offer, product=product).told
        return found

    def objective(self, plan: np.ndarray) -> Decimal:
        """Of a plan, by the ledger."""
        return self.ledger.objective(plan)

    def with_line(self, line: PlanLine) -> np.ndarray:
        """The plan with one line put into its slot."""
        slot, choice = self.problem.grid.locate(line)
        trial = self.plan.copy()
        trial[self.problem.grid.slot_number(slot)] = choice
        return trial

    def added(self, line: PlanLine) -> float:
        """What the objective gains by one line, by the ledger."""
        return float(self.objective(self.with_line(line)) - self.objective(self.plan))

    def exactly_added(self, line: PlanLine) -> float:
        """The same before the ledger rounds its cells."""
        model = self.problem.model
        functional = objective_functional(model)
        values = [float(evaluate(functional, model, plan, np)) for plan in (self.with_line(line), self.plan)]
        return values[0] - values[1]

    def broken(self, plan: np.ndarray) -> set[str]:
        """Ids of limits and rules that a plan breaks, by the ledger."""
        verdict = self.ledger.verdict(plan)
        return {each.id for each in verdict.limits if not each.ok} | {
            each.id for each in verdict.rules if not each.satisfied
        }


def question(settings: tuple[str, ...], *lines: tuple[int, str, str]) -> Question:
    """A question about a plan of public lines: period, product, offer."""
    problem = build_problem("template-basic", settings)
    horizon = problem.loaded.scenario.horizon
    named = [
        PlanLine(date=horizon.date_of(period), product=product, segment="*", offer=offer, coverage=1.0)
        for period, product, offer in lines
    ]
    return Question(
        problem=problem,
        plan=problem.grid.plan_of(named),
        ledger=Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0), plans=4),
    )
