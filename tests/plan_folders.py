"""Plan folders with chosen lines, written as ``campaign plan --out`` writes them, for tests that need no search."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from planner.problem import Problem, build_problem
from planner.run.scored import score_plan
from scenarios.answer.archive import Frozen, freeze
from scenarios.answer.outcome import Account, account
from scenarios.answer.plan import FORMAT, EffectsSource, Hash, PlanSet, Source
from scenarios.answer.plan_files import write_plans
from scenarios.language.aim import aim_words
from scenarios.language.plan_lines import PlanLine

SEED = 3


def basic_problem() -> Problem:
    """Return the problem of the shipped template."""
    return build_problem("template-basic")


def line(
    problem: Problem, period: int, product: str, offer: str, segment: str = "*", coverage: float = 1.0
) -> PlanLine:
    """Return one line by the number of its period."""
    date = problem.loaded.scenario.horizon.date_of(period)
    return PlanLine(date=date, product=product, segment=segment, offer=offer, coverage=coverage)


def good_lines(problem: Problem) -> tuple[PlanLine, ...]:
    """Return lines of both layers and of the basket that keep every limit and rule."""
    return (
        line(problem, 2, "espresso-1kg", "coffee-15"),
        line(problem, 3, "espresso-1kg", "coffee-15"),
        line(problem, 5, "filter-1kg", "coffee-flash"),
        line(problem, 4, "kettle", "kettle-coupon", "regulars", 0.5),
        line(problem, 4, "kettle", "home-page"),
        line(problem, 9, "basket", "save-10", "occasional", 0.5),
    )


def answer_of(
    problem: Problem, *plans: tuple[PlanLine, ...], seed: int = SEED
) -> tuple[PlanSet, list[Account], Frozen]:
    """What a folder is written from, with one plan for each tuple of lines, in the order given."""
    vectors = [problem.grid.plan_of(lines) for lines in plans]
    ranked = tuple(
        replace(score_plan(problem, vector, seed=seed).plan, rank=number)
        for number, vector in enumerate(vectors, start=1)
    )
    plan_set = PlanSet(
        format=FORMAT,
        scenario=Source(id=problem.loaded.scenario.scenario, sha256=""),
        effects=EffectsSource(source=problem.effects.source, sha256=""),
        cells=Hash(sha256=""),
        seed=seed,
        effort="normal",
        versions={},
        assumed=("fatigue 25%",),
        notes=(),
        objective=aim_words(problem.loaded.scenario.objective),
        currency=problem.loaded.scenario.currency,
        bound=None,
        plans=ranked,
    )
    accounts = [account(problem.model, vector) for vector in vectors]
    assert all(isinstance(plan.objective, Decimal) for plan in ranked)
    return plan_set, accounts, freeze(problem.loaded, seed)


def write_folder(problem: Problem, folder: Path, *plans: tuple[PlanLine, ...], seed: int = SEED) -> PlanSet:
    """Write a folder with one plan for each tuple of lines, in the order given."""
    return write_plans(folder, *answer_of(problem, *plans, seed=seed))


@pytest.fixture(scope="module")
def template_plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one plan of the template that keeps everything; a module takes it under a name of its own."""
    folder = tmp_path_factory.mktemp("planned") / "plans"
    problem = basic_problem()
    write_folder(problem, folder, good_lines(problem))
    return folder


@pytest.fixture(scope="module")
def two_plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two plans that keep everything; the second is the first without its first line."""
    folder = tmp_path_factory.mktemp("two") / "plans"
    problem = basic_problem()
    lines = good_lines(problem)
    write_folder(problem, folder, lines, lines[1:])
    return folder
