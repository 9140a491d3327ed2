"""The question that a plan is scored by: a scenario's, or the one that a plan folder answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.problem import Problem, build_problem
from planner.progress import Progress
from planner.replan.question import problem_in_flight
from scenarios.answer.folder_bytes import PLANS
from scenarios.answer.plan_files import read_plans
from scenarios.language.files import shipped
from scenarios.problems import InvalidInput
from scenarios.problems import Problem as Mistake


@dataclass(frozen=True, kw_only=True, eq=False)
class AskedQuestion:
    """A question, and the futures that it was answered in."""

    problem: Problem
    seed: int | None
    """Of a folder; None of a scenario."""
    draws: str
    """Name of the futures."""


def asked_question(
    scenario_or_folder: str, overrides: Sequence[str], progress: Callable[[Progress], None]
) -> AskedQuestion:
    """Make the tables of a scenario, or those of a plan folder, re-planned or not, as it was answered.

    Raises
    ------
    InvalidInput
        With every problem of the scenario, or of the folder; for overrides beside a folder.
    """
    folder = Path(scenario_or_folder)
    if scenario_or_folder in shipped() or not (folder / PLANS).is_file():
        problem = build_problem(scenario_or_folder, overrides, progress)
        return AskedQuestion(problem=problem, seed=None, draws="report")
    if overrides:
        expected = f"nothing beside a plan folder: the question of {folder} is scored as it was answered"
        remedy = "leave it out, or name the scenario file"
        raise InvalidInput(
            [Mistake(where="--set", what="change", expected=expected, got=", ".join(overrides), remedy=remedy)]
        )
    directory = read_plans(folder)
    frozen = directory.problem()
    return AskedQuestion(problem=problem_in_flight(frozen), seed=directory.plan_set.seed, draws=frozen.draws)
