"""A plan directory made without a search: random plans of a scenario with their account."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from constraints.checking.check import check
from constraints.ledger import Ledger
from scenarios.answer.archive import Frozen, freeze
from scenarios.answer.contributions import contribution_amounts
from scenarios.answer.notes import Topic, notes_about
from scenarios.answer.plan import FORMAT, EffectsSource, Hash, PlanSet, RankedPlan, Source
from scenarios.answer.plan_files import write_plans
from scenarios.answer.summary import line_results
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.loading.load import load_scenario
from scenarios.response.coefficients import build_coefficients


def plans_of(frozen: Frozen, vectors: list[np.ndarray]) -> tuple[PlanSet, list]:
    """Return a plan set of flat plans with all that is computed, and the accounts."""
    grid = build_grid(frozen.scenario)
    model = build_coefficients(grid, frozen.effects, frozen.baskets)
    ledger = Ledger(model, frozen.effects, draw(grid, frozen.effects, frozen.seed))
    bound = Decimal("1000000.00")
    plans, books = [], []
    for rank, vector in enumerate(vectors, start=1):
        report = ledger.audit(vector)
        amounts, interaction = contribution_amounts(model, report.account, report.objective)
        plans.append(
            RankedPlan(
                rank=rank,
                objective=report.objective,
                gap=round(float((bound - report.objective) / bound), 6),
                optimism=0.01,
                outcome=report.outcome,
                baselines={"no_promotion": Decimal("0.00"), "greedy": Decimal("12.50"), "last_campaign": None},
                interaction=interaction,
                limits=tuple(replace(limit, shadow_price=0.25) for limit in report.limits),
                rules=report.rules,
                lines=tuple(replace(line, why="pays best") for line in line_results(report.account, amounts)),
            )
        )
        books.append(report.account)
    plan_set = PlanSet(
        format=FORMAT,
        scenario=Source(id="", sha256=""),
        effects=EffectsSource(source="", sha256=""),
        cells=Hash(sha256=""),
        seed=frozen.seed,
        effort="1 unit",
        versions={"numpy": "2"},
        assumed=("fatigue 0.25 (default)",),
        notes=notes_about(Topic.EFFECTS, ["effects are assumed"]),
        objective="profit",
        currency=frozen.scenario.currency,
        bound=bound,
        plans=tuple(plans),
    )
    return plan_set, books


def sparse_plan(frozen: Frozen, seed: int, share: float) -> np.ndarray:
    """Return a random plan with few lines."""
    grid = build_grid(frozen.scenario)
    rng = np.random.Generator(np.random.Philox(seed))
    scores = np.where(grid.allowed_flat, rng.random(grid.allowed_flat.shape), -1.0)
    return np.where(rng.random(grid.slots) < share, scores.argmax(axis=1), 0).astype(np.int8)


def write_directory(folder: Path, frozen: Frozen, vectors: list[np.ndarray]) -> PlanSet:
    """Write plans as a run does."""
    plan_set, books = plans_of(frozen, vectors)
    return write_plans(folder, plan_set, books, frozen)


def phone_directory(folder: Path) -> Path:
    """Write a directory with two plans of the shipped phone sale."""
    frozen = freeze(load_scenario("phone-flash-sale"), seed=3)
    write_directory(folder, frozen, [sparse_plan(frozen, seed, 0.02) for seed in (1, 2)])
    return folder


def edit(folder: Path, change) -> None:
    """Change plans.json as plain data; figures stay as they were written."""
    path = folder / "plans.json"
    data = json.loads(path.read_text("utf-8"), parse_float=Figure)
    change(data)
    path.write_text(json.dumps(data, ensure_ascii=False, default=str, indent=1).replace('"<', "").replace('>"', ""))


class Figure(str):
    """A number with its digits."""

    def __new__(cls, text):
        """Mark digits, so that they are written as they stand."""
        return super().__new__(cls, f"<{text}>")


def said(folder: Path, scenario=None) -> list[str]:
    """Return what the check says of a directory."""
    report = check(folder, scenario)
    assert not report.ok
    return [str(difference) for difference in report.differences]


@pytest.fixture(scope="module")
def phone_plans(tmp_path_factory):
    """A directory with two plans of the shipped phone sale; a test module takes it as ``pristine``."""
    return phone_directory(tmp_path_factory.mktemp("phone") / "plans")


@pytest.fixture
def plans_to_spoil(pristine, tmp_path):
    """A copy to tamper with."""
    return Path(shutil.copytree(pristine, tmp_path / "plans"))
