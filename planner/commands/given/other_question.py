"""Whether a plan folder answers the question that is asked now: its scenario, and what was known of effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import numpy as np

from planner.problem import Problem
from scenarios.answer.archive import Frozen
from scenarios.arrays import Float
from scenarios.response.effects import Effects


def other_question(frozen: Frozen, problem: Problem, folder: str, scenario: str) -> str:
    """Say in a sentence what tells the question of a folder from a problem; nothing where both are the same.

    Parameters
    ----------
    frozen
        The question that the folder answers.
    folder, scenario
        What the two are called.
    """
    if frozen.scenario != problem.loaded.scenario:
        return f"{folder} answers another question than {scenario}: another scenario or another --set"
    same = (
        _same_effects(frozen.effects, problem.effects)
        and frozen.baskets == problem.baskets
        and _same_arrays(frozen.custom, problem.loaded.custom)
    )
    return "" if same else f"{folder} was made with other effects, baselines or baskets than {scenario} has now"


def _same_effects(one: Effects, other: Effects) -> bool:
    """Whether two tables of effects hold the same figures; what is written about them may differ."""
    names = [field.name for field in fields(Effects) if isinstance(getattr(one, field.name), np.ndarray)]
    return _same_arrays({name: getattr(one, name) for name in names}, {name: getattr(other, name) for name in names})


def _same_arrays(one: Mapping[str, Float], other: Mapping[str, Float]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)
