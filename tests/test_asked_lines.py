"""Lines where there is nothing to sell come in where a rule asks for them, so that no better plan is missed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from all_plans import plans_of
from cake_shop import cakes, ledger_of, plan_on
from little_work import little_work
from rule_shop import SHOP, line

from constraints.lines_on_nothing import left_out, lines_on_nothing
from constraints.nothing_to_sell import on_nothing
from constraints.rulebook import RuleBook, build_rulebook
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.workspace import Workspace
from planner.replan.rest.warm import plans_from
from planner.run.effort import Effort
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from planner.run.unasked import without_unasked
from planner.run.warm_start import warm_start
from scenarios.grid import Grid, build_grid
from scenarios.language.schema import Scenario
from scenarios.response.for_sale import for_sale
from scenarios.response.priced_choices import build_economics
from scenarios.streams import stream

CUTS = {"offers": ["off10", "off30"]}
DEEP, SLIGHT = {"offers": ["off30"]}, {"offers": ["off10"]}
START = dt.date(2026, 11, 2)
RULES: dict[str, tuple[int, tuple[str, ...], list[dict[str, Any]]]] = {
    "min_run": (9, ("phone",), [{"rule": "min_run", "periods": 4, "where": CUTS}]),
    "min_gap": (9, ("phone",), [{"rule": "min_gap", "periods": 3, "where": CUTS}]),
    "runs of a rhythm": (
        9,
        ("phone",),
        [{"rule": "min_run", "periods": 2, "where": CUTS}, {"rule": "min_gap", "periods": 2, "where": CUTS}],
    ),
    "max_run": (
        9,
        ("phone",),
        [{"rule": "max_run", "periods": 4, "where": CUTS}, {"rule": "min_run", "periods": 3, "where": CUTS}],
    ),
    "only_after": (
        9,
        ("phone",),
        [{"rule": "only_after", "within": 1, "where": DEEP, "after": SLIGHT}],
    ),
    "reference_price": (8, ("phone",), [{"rule": "reference_price", "min": "15%"}]),
    "falling": (9, ("phone",), [{"rule": "price_ladder", "falling": True}]),
    "order": (4, ("tablet", "phone"), [{"rule": "price_ladder", "order": ["tablet", "phone"], "step": "70%"}]),
    "every turn": (9, ("phone",), [{"rule": "cycle", "run": 3, "rest": 1, "every": True, "where": CUTS}]),
    "together": (4, ("tablet", "phone"), [{"rule": "all_or_nothing", "across": ["product"], "where": CUTS}]),
}
"""Periods, products, rules."""


def books(
    periods: int, products: tuple[str, ...], rules: list[dict[str, Any]], sold: np.ndarray, *, ran: bool
) -> tuple[Grid, RuleBook, RuleBook]:
    """A shop with two cuts: its rules for plans of people, and for those that are made.

    With ``ran``, a cut ran on the two days before.
    """
    document = SHOP | {
        "horizon": {"start": START, "periods": periods, "unit": "day"},
        "segments": SHOP["segments"][:1],
        "products": [each for name in products for each in SHOP["products"] if each["id"] == name],
        "offers": SHOP["offers"][:2],
        "channels": [],
        "history": [line((day, products[0], "off10")).model_dump() for day in (0, 1)] if ran else [],
        "rules": [{"id": f"r{number}"} | rule for number, rule in enumerate(rules)],
    }
    grid = build_grid(Scenario.model_validate(document))
    economics = build_economics(grid)
    return grid, build_rulebook(grid, economics), build_rulebook(grid, economics, sold)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("seed", range(3))
def test_the_best_plan_of_all_that_rules_allow_is_among_those_that_may_be_made(name: str, seed: int) -> None:
    """Random days closed, random worth of lines on others, a small cost of lines on nothing; every plan counted out."""
    periods, products, rules = RULES[name]
    rng = np.random.default_rng(seed)
    sold = rng.random((1, len(products), periods)) < 0.6
    grid, anybody, made = books(periods, products, rules, sold, ran=seed % 3 == 2)
    worth = np.where(sold[0].reshape(-1, 1), rng.normal(0.3, 1.0, (len(products) * periods, grid.width)), -0.01)
    worth[:, 0] = 0.0
    plans = plans_of(grid.allowed_flat)
    total = worth[np.arange(len(worth)), plans[:, : len(worth)]].sum(axis=1)
    kept, may = anybody.keeps(plans), made.keeps(plans)
    assert not (may & ~kept).any()
    assert total[may].max() == pytest.approx(total[kept].max())


@pytest.mark.parametrize("name", RULES)
def test_a_given_plan_loses_the_lines_on_nothing_that_no_rule_asks_for(name: str) -> None:
    """Of plans that keep the rules, drawn at random: no other line goes, and none is left that could go by itself."""
    periods, products, rules = RULES[name]
    rng = np.random.default_rng(len(name))
    sold = rng.random((1, len(products), periods)) < 0.6
    grid, _, made = books(periods, products, rules, sold, ran=False)
    unsold = on_nothing(grid, sold).any(axis=1)
    plans = plans_of(made.base)
    kept = plans[made.keeps(plans)]
    for plan in kept[rng.permutation(len(kept))[:30]]:
        found = without_unasked(grid, made, sold, plan)
        assert not made.violations(found) and (found[~unsold] == plan[~unsold]).all()
        lines = np.flatnonzero(found * unsold)
        fewer = np.repeat(found[None], len(lines), axis=0)
        fewer[np.arange(len(lines)), lines] = 0
        assert not made.keeps(fewer).any()


def test_a_search_begins_from_a_given_plan_without_such_lines(tmp_path: Path) -> None:
    """Six weeks of a display where four are allowed: those without sales go, not whatever a mending comes to first."""
    rules = "rules=[{id: run, rule: min_run, periods: 2}, {id: four, rule: max_frequency, max: 4, periods: 6}]"
    problem = cakes(tmp_path, *LONG[:2], rules, base=CLOSED)
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    begun = warm_start(
        space, Finish(space), ledger_of(problem), plan_on(problem, *WEEKS), stream(0, "warm"), enough=lambda _: True
    )
    assert (begun.best.plan == plan_on(problem, *WEEKS[:2], *WEEKS[3:5])).all()


def test_a_campaign_that_runs_is_planned_again_without_such_lines_where_it_breaks_rules(tmp_path: Path) -> None:
    """The same six weeks, running when the rule comes: the display's four weeks are those with sales.

    In a plan that keeps the rules lines on nothing stay as agreed.
    """
    rules = "rules=[{id: run, rule: min_run, periods: 2}, {id: four, rule: max_frequency, max: %d, periods: 6}]"
    begun = {}
    for most in (4, 6):
        problem = cakes(tmp_path, *LONG[:2], rules % most, base=CLOSED)
        running, ledger = plan_on(problem, *WEEKS), ledger_of(problem)
        free = np.zeros(problem.grid.slots)
        begun[most], _ = plans_from(problem, ledger, running, running, cost=free, seed=0)[0]
    assert (begun[4] == plan_on(problem, *WEEKS[:2], *WEEKS[3:5])).all()
    assert (begun[6] == running).all()


CLOSED = "segment,product,period,units\n,cake,,5000\n,cake,2026-12-14,0\n,cake,2027-01-04,0\n"
LONG = ("products.cake.stock=90000", "products.cake.arrivals={}", "rules=[{id: long, rule: min_run, periods: 5}]")
WEEKS = ("2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21", "2026-12-28", "2027-01-04")


@pytest.mark.parametrize("given", [False, True], ids=["from nothing", "from a plan that passes it"])
def test_a_run_passes_a_closed_week(tmp_path: Path, given: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all 64 plans the ledger's best one runs through the week without sales; that is found, bounded and told."""
    little_work(monkeypatch)
    problem = cakes(tmp_path, *LONG, base=CLOSED)
    ledger = ledger_of(problem)
    slots = np.flatnonzero(problem.grid.allowed_flat[:, 1])
    plans = np.zeros((64, problem.grid.slots), dtype=np.int8)
    plans[:, slots] = plans_of(np.ones((6, 2), dtype=bool))
    worth = {number: ledger.objective(plan) for number, plan in enumerate(plans) if ledger.verdict(plan).ok}
    best = max(worth, key=lambda number: worth[number])
    assert plans[best][slots].tolist() == [1, 1, 1, 1, 1, 0] and worth[best] > 0
    start = plan_on(problem, *WEEKS) if given else None
    found = plan_campaign(problem, SearchParams(seed=1, effort=Effort.QUICK, plans=1, start=start))
    assert found.plan_set is not None and found.plan_set.bound is not None
    assert found.plan_set.plans[0].objective == worth[best]
    assert found.plan_set.bound == worth[best]
    days = "2026-12-14, 2027-01-04"
    told = f"cake: nothing to sell on {days}, so no line but those that rules ask for is planned on it then"
    assert told in found.plan_set.note_texts
    assert lines_on_nothing(problem.grid, problem.rulebook.idle, plan_on(problem, *WEEKS)) == ()


def test_lines_before_the_goods_come_are_asked_for_only_as_far_as_a_run_is_long(tmp_path: Path) -> None:
    """Goods come in the fifth week: a run of three may begin two weeks before, and nobody plans more on nothing."""
    rule = "rules=[{id: long, rule: min_run, periods: 3}]"
    problem = cakes(tmp_path, rule)
    assert problem.rulebook.base[:6, 1].tolist() == [False, False, True, True, True, True]
    assert problem.rulebook.passable[:6, 1].all()
    told = left_out(problem.rulebook, for_sale(problem.model, problem.effects))
    assert told == (
        "cake: nothing to sell before 2026-12-28, so no line but those that rules ask for is planned on it before",
    )


def test_what_the_bound_is_taken_over_holds_lines_on_nothing_too(tmp_path: Path) -> None:
    """A person's plan that tires customers where there is nothing is none that is made, but passable."""
    problem = cakes(tmp_path)
    book, ledger = problem.rulebook, ledger_of(problem)
    sham = plan_on(problem, "2026-12-07", "2026-12-21", "2027-01-04")
    assert ledger.verdict(sham).ok and book.violations(sham)
    assert book.passable[np.arange(len(sham)), sham].all()
