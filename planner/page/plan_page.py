"""The page of a plan: everything about it in one file that needs nothing else, no script and no other address."""

from __future__ import annotations

from collections.abc import Iterator

from planner.export.account import account_by_period
from planner.export.claims import claims
from planner.export.departments import departments, without_promotion
from planner.export.plan_rows import plan_rows
from planner.figures import money_style
from planner.frozen_tables import problem_tables
from planner.page.accounts import account_table, department_table, vendor_table
from planner.page.bars import beside, used_share, waterfall
from planner.page.calendar import page_calendar
from planner.page.file import Seal, laid_out
from planner.page.headline import headline
from planner.page.periods import charts
from planner.page.promotions import promotion_table
from planner.page.tables import page_table
from planner.reasons.not_planned.left_out import Absences
from planner.reasons.standing.explain import Explanation
from planner.report.explained.left_out import show_left_out
from planner.report.explained.no_promotion import NoPromotion, find_why_no_promotion
from planner.report.front import show_front, trade_offs
from planner.report.names import names_of
from planner.report.offers.fewer_lift_tests import fewer_lift_tests
from planner.report.one_plan.limit_prices import price_sentences
from planner.report.one_plan.limits import show_limits, show_rules
from planner.report.one_plan.risk import show_risk
from planner.report.one_plan.targets import show_targets
from planner.report.side_by_side.ranking import show_baselines, show_ranking
from planner.report.table import FittedTable
from scenarios.answer.archive import Frozen
from scenarios.answer.plan import RankedPlan
from scenarios.answer.plan_files import CELLS, PLANS, PlanDirectory, sha256
from scenarios.currency import minor_digits

MADE = (
    "Made by campaign export of a plan folder. campaign check recomputes its money, limits and rules without the "
    "optimiser; bound and gap, prices of limits and optimism are sealed by hash, not recomputed."
)
"""The last words of the page."""


def plan_page(directory: PlanDirectory, plan: RankedPlan, explanation: Explanation, absences: Absences) -> bytes:
    """Return the bytes of the page of one plan; the same plan directory gives the same bytes.

    Parameters
    ----------
    explanation
        Of this plan, by `planner.reasons.standing.explain.explain_plan`.
    absences
        What it leaves out, by `planner.reasons.not_planned.left_out.left_out`.

    Raises
    ------
    InvalidInput
        For a directory whose cells cannot be read or are not of this plan.
    """
    plan_set, frozen, rows = directory.plan_set, directory.problem(), plan_rows(directory, plan)
    scenario, empty, currency = frozen.scenario, without_promotion(frozen), plan_set.currency
    digits, outcome = minor_digits(currency), plan.outcome
    amounts, before = account_by_period(rows, scenario), account_by_period(empty, scenario)
    terms = money_style(currency, [outcome.charges, *(amount for _, amount in outcome.bridge.terms)])
    worth = money_style(currency, [plan.objective, *plan.baselines.values()])
    account = money_style(currency, [outcome.revenue, outcome.profit])
    front = plan_set.front is not None
    ranking = show_front(plan_set, scenario) if front else [show_ranking(plan_set, scenario)]
    habits = show_baselines(plan, currency, timed=plan_set.timed, objective=scenario.objective)
    names = names_of(scenario)
    rules = show_rules(plan.rules, names)
    unpromoted = None if plan.lines else _unpromoted(frozen, plan_set.seed)
    return laid_out(
        "plan.html.jinja",
        top=headline(plan_set, plan, scenario),
        beside=None if front else beside(plan, worth),
        habits=habits.notes,
        calendar=page_calendar(plan, scenario),
        charts=charts(amounts, before, scenario, digits),
        promotions=promotion_table(explanation, scenario),
        left_out=page_table(show_left_out(absences, scenario, explanation.counted, terminal=False), title=""),
        unpromoted=unpromoted,
        needs=None if unpromoted is None else page_table(unpromoted.needs),
        targets=[page_table(each) for each in show_targets(plan, scenario, currency)],
        bridge=waterfall(plan, terms),
        charged=terms(beyond) if (beyond := outcome.charges - (outcome.unplaced or 0)) else "",
        unplaced=terms(outcome.unplaced) if outcome.unplaced else "",
        risk=page_table(show_risk(plan, plan_set), title=""),
        limits=page_table(show_limits(plan.limits, currency, names=names), title=""),
        used={names.full(limit.id): used_share(limit) for limit in plan.limits},
        rules=page_table(rules, title="") if isinstance(rules, FittedTable) else None,
        kept=[names.full(rule.id) for rule in plan.rules if rule.satisfied],
        prices=price_sentences(plan.limits, currency, names),
        vendors=vendor_table(claims(rows, frozen), account),
        departments=department_table(departments(rows, empty, frozen), account),
        account=account_table(amounts, scenario, account, digits),
        ranking=[page_table(each, title="") for each in ranking if isinstance(each, FittedTable)],
        trade_offs=tuple(trade_offs(plan_set)) if front else (),
        assumed=plan_set.assumed,
        notes=fewer_lift_tests(plan_set.note_texts),
        made=MADE,
        seals=tuple(_seals(directory)),
        caption=account.caption,
    )


def _unpromoted(frozen: Frozen, seed: int) -> NoPromotion:
    model, _ = problem_tables(frozen)
    return find_why_no_promotion(model, frozen.effects, seed, frozen.scenario.currency)


def _seals(directory: PlanDirectory) -> Iterator[Seal]:
    """Hashes that tie the page to the plan directory that it was made of."""
    yield Seal(name="scenario", sha256=directory.plan_set.scenario.sha256)
    for name in (PLANS, CELLS):
        yield Seal(name=name, sha256=sha256(directory.raw[name]))
