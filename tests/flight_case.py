"""The small shop with a plan that runs: what tests of monitor, evaluation and rollout start from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from shop import load_shop

from planner.problem import Problem, problem_of
from scenarios.answer.archive import Frozen, freeze
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.response.coefficients import Coefficients

NARROW = {"0.80,0.50,1.20": "0.80,0.75,0.85", "0.60,0.40,0.90": "0.60,0.56,0.64", ",0.90,,,": ",0.90,0.88,0.92,"}
"""Lifts of the public offers, better known."""
DAYS = 7


@dataclass(frozen=True, kw_only=True, eq=False)
class Running:
    """A plan that runs."""

    problem: Problem
    frozen: Frozen
    grid: Grid
    model: Coefficients
    plan: np.ndarray


def line(day: int, product: str, offer: str, segment: str = "*", coverage: float = 1.0) -> PlanLine:
    """A line of November 2026."""
    date = dt.date(2026, 11, day)
    return PlanLine(date=date, product=product, segment=segment, offer=offer, coverage=coverage)


LINES = (
    *(line(day, "phone-pro", "cut-15") for day in (3, 4, 5, 6)),
    line(4, "phone", "cut-15"),
    *(line(day, "case", "coupon-20", "young") for day in (2, 4, 6)),
    line(5, "basket", "save-200", "old"),
)


def running(folder: Path, **edits: dict[str, str]) -> Running:
    """Load the shop, with its forecasts of public offers narrowed, and let `LINES` run."""
    effects = {**NARROW, **edits.pop("effects", {})}
    loaded = load_shop(folder, effects=effects, **edits)
    problem = problem_of(loaded)
    return Running(
        problem=problem,
        frozen=freeze(loaded, 1),
        grid=problem.grid,
        model=problem.model,
        plan=problem.grid.plan_of(LINES),
    )


@pytest.fixture(scope="module")
def running_shop(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop, running. A test module takes the fixture under a name of its own: ``case = running_shop``."""
    return running(tmp_path_factory.mktemp("shop"))
