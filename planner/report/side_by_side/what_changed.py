"""What a changed question allows a plan made from another's: how much of the difference is what searches differ by.

Who loosens a rule and plans again from the old plan wants to know what the rule costs. A second search finds more by
its luck alone. So the lines of the new plan that break the old question are taken out; where what is left keeps it and
is worth more than the old plan, the old question could have had so much.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from constraints.ledger import Ledger
from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.workspace import Workspace
from planner.figures import money_style, plural
from planner.sweep.planned import carried
from scenarios.answer.archive import Frozen
from scenarios.answer.plan import RankedPlan
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.aim import aim_words
from scenarios.language.schema import Scenario
from scenarios.response.coefficients import build_coefficients
from scenarios.response.for_sale import for_sale

FEW = 0.1
"""Share of the new plan's lines that may break the old question: of more, what is left is another plan."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Before:
    """A plan that a search starts from, and the question that it answered."""

    question: Frozen
    plan: RankedPlan


def what_changed(before: Before, after: RankedPlan, name: str, scenario: Scenario) -> tuple[str, ...]:
    """Say how much of what a plan gains on the one it was made from is within what searches differ by.

    Nothing where the questions are the same or pursue other aims, where the plan gains nothing on the other, and where
    the changed question may well be what it gains by.

    Parameters
    ----------
    name
        What the plan that it was made from is called.
    scenario
        The new question.
    """
    old, more = before.question.scenario, after.objective - before.plan.objective
    if old == scenario or aim_words(old.objective) != aim_words(scenario.objective) or more <= 0:
        return ()
    money = money_style(scenario.currency, [])
    breaking, without = _under(before.question, after)
    if not breaking:
        lines = f"none of plan {after.rank}'s lines breaks the question of {name}"
    else:
        does = "breaks" if breaking == 1 else "break"
        lines = f"{breaking:,} of plan {after.rank}'s {plural(len(after.lines), 'line')} {does} the question of {name}"
    if without is not None and without > before.plan.objective:
        ahead = without - before.plan.objective
        rest = f"without {'it' if breaking == 1 else 'them'} the plan keeps that question and" if breaking else "it"
        return (
            f"{lines}: {rest} is worth {money(ahead)} more than {name} there. So much of the {money(more)} is within "
            "what searches differ by, and not what the changed question allows",
        )
    gap = before.plan.gap
    missed = None if gap is None or gap >= 1 else before.plan.objective * Decimal(gap / (1 - gap))
    if missed is not None and more < missed:
        return (
            f"{lines}; the difference is less than the gap of {name} ({money(missed)}), hence within what searches "
            "differ by: plan the old question again, with more --effort or other --seeds, before it is taken for what "
            "the changed question allows",
        )
    return ()


def _under(question: Frozen, after: RankedPlan) -> tuple[int, Decimal | None]:
    """How many lines of a plan give way to a question's rules and limits, and what it is worth there without them.

    None where what is left breaks the question all the same, or is another plan, because many lines give way.
    """
    grid = build_grid(question.scenario, question.custom)
    model = build_coefficients(grid, question.effects, question.baskets)
    book = build_rulebook(grid, model.economics, for_sale(model, question.effects))
    ledger = Ledger(model, question.effects, draw(grid, question.effects, question.seed))
    plan = carried(grid, after.plan_lines)
    kept = book.repair(plan)
    if not ledger.verdict(kept).ok:
        kept = Finish(Workspace(Evaluator(model, build_limits(model)), book)).trim(kept).plan
    breaking = len(after.lines) - int(((kept == plan) & (plan > 0)).sum())
    if breaking > FEW * len(after.lines):
        return breaking, None
    report = ledger.audit(kept)
    return breaking, report.objective if report.ok else None
