"""The page itself: everything about one plan in one file that needs nothing else, no script and no other address."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from planner.export.account import account_by_period
from planner.export.claims import claims
from planner.export.departments import departments, without_promotion
from planner.export.plan_rows import plan_rows
from planner.figures import money_style
from planner.overwriting import refuse_overwriting
from planner.page.accounts import account_table, department_table, vendor_table
from planner.page.bars import beside, used_share, waterfall
from planner.page.calendar import page_calendar
from planner.page.headline import headline
from planner.page.periods import charts
from planner.page.promotions import promotion_table
from planner.page.tables import page_table
from planner.reasons.explain import Explanation
from planner.report.fewer_lift_tests import fewer_lift_tests
from planner.report.front import show_front, trade_offs
from planner.report.limits import price_sentences, show_limits, show_rules
from planner.report.no_promotion import NoPromotion, find_why_no_promotion
from planner.report.ranking import show_baselines, show_ranking
from planner.report.risk import show_risk
from planner.report.table import FittedTable
from planner.report.targets import show_targets
from planner.stored import problem_tables
from scenarios.answer.archive import Frozen
from scenarios.answer.plan import RankedPlan
from scenarios.answer.plan_files import CELLS, PLANS, PlanDirectory, sha256
from scenarios.currency import minor_digits
from scenarios.problems import InvalidInput, Problem

ENDING = ".html"
_SEAL = "<!-- campaign-planner, SHA-256 of what stands above: {} -->\n"
"""Last line of a page, by which it is known whether anybody changed it."""


@dataclass(frozen=True, kw_only=True)
class Seal:
    """A file that the page was made of, and its hash."""

    name: str
    sha256: str


def check_page_path(path: Path) -> None:
    """Refuse a name that no browser takes for a page, before anything is read.

    Raises
    ------
    InvalidInput
        For another ending than .html, for folders, and where another file stands there.
    """
    if path.suffix.lower() != ENDING or path.is_dir():
        expected = f"a file that ends in {ENDING}"
        raise InvalidInput([Problem(where="--html", what="file", expected=expected, got=str(path))])
    older = "an older page that nobody has changed"
    refuse_overwriting(path, option="--html", older=older, is_older=is_as_written)


def is_as_written(path: Path) -> bool:
    """Whether a file is a page as it was written here."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    seal = _SEAL.format(64 * "0").encode()
    body = content[: -len(seal)]
    return content.endswith(_sealed(body)[len(body) :])


def page(directory: PlanDirectory, plan: RankedPlan, explanation: Explanation) -> bytes:
    """Return the bytes of the page of one plan; the same plan directory gives the same bytes.

    Parameters
    ----------
    explanation
        Of this plan, by `planner.reasons.explain.explain_plan`.

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
    habits = show_baselines(plan, currency, timed="second" in plan_set.effort, objective=scenario.objective)
    rules = show_rules(plan.rules)
    unpromoted = None if plan.lines else _unpromoted(frozen, plan_set.seed)
    text = _template().render(
        css=_resource("page.css"),
        top=headline(plan_set, plan, scenario),
        beside=None if front else beside(plan, worth),
        habits=habits.notes,
        calendar=page_calendar(plan, scenario),
        charts=charts(amounts, before, scenario, digits),
        promotions=promotion_table(explanation, scenario),
        unpromoted=unpromoted,
        needs=None if unpromoted is None else page_table(unpromoted.needs),
        targets=[page_table(each) for each in show_targets(plan, scenario, currency)],
        bridge=waterfall(plan, terms),
        charged=terms(outcome.charges) if outcome.charges else "",
        risk=page_table(show_risk(plan, plan_set), title=""),
        limits=page_table(show_limits(plan.limits, currency), title=""),
        used={limit.id: used_share(limit) for limit in plan.limits},
        rules=page_table(rules, title="") if isinstance(rules, FittedTable) else None,
        kept=[rule.id for rule in plan.rules if rule.satisfied],
        prices=price_sentences(plan.limits, currency),
        vendors=vendor_table(claims(rows, frozen), account),
        departments=department_table(departments(rows, empty, frozen), account),
        account=account_table(amounts, scenario, account, digits),
        ranking=[page_table(each, title="") for each in ranking if isinstance(each, FittedTable)],
        trade_offs=tuple(trade_offs(plan_set)) if front else (),
        assumed=plan_set.assumed,
        notes=fewer_lift_tests(plan_set.note_texts),
        seals=tuple(_seals(directory)),
        caption=account.caption,
    )
    return _sealed(text.encode())


def _unpromoted(frozen: Frozen, seed: int) -> NoPromotion:
    model, _ = problem_tables(frozen)
    return find_why_no_promotion(model, frozen.effects, seed, frozen.scenario.currency)


def _template() -> Template:
    """Texts of a scenario are escaped wherever they stand."""
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.from_string(_resource("page.html.jinja"))


def _resource(name: str) -> str:
    return files("planner.page").joinpath(name).read_text(encoding="utf-8")


def _sealed(body: bytes) -> bytes:
    return body + _SEAL.format(hashlib.sha256(body).hexdigest()).encode()


def _seals(directory: PlanDirectory) -> Iterator[Seal]:
    """Hashes that tie the page to the plan directory that it was made of."""
    yield Seal(name="scenario", sha256=directory.plan_set.scenario.sha256)
    for name in (PLANS, CELLS):
        yield Seal(name=name, sha256=sha256(directory.raw[name]))
