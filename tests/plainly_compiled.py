"""Slopes of tiny questions are compiled plainly: they run some hundred times here, which is less than to optimise them.

What is compiled for questions of more cells stays as people run it: plainly translated it takes two to three times as
long there, and more of it than its compilation saves. The values are those of the same programs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import planner.bound.problem
import planner.evaluation.evaluator
from planner.bound.layout import LayoutKey
from surrogate.quick_compile import ONCE

FEW_CELLS = 24
"""Cells of a question up to which the bound's slopes are compiled plainly ..."""
FEW_SLOTS = 200
"""... and slots up to which the gains of a search are."""

_functions = planner.evaluation.evaluator.compiled


def _by_cells(usually: Any) -> Callable[[LayoutKey], Callable[..., Any]]:
    """What `planner.bound.problem` compiles for a layout, and keeps."""

    def compiled(question: LayoutKey) -> Callable[..., Any]:
        products, periods, _ = question.layout.sizes[0]
        if question.layout.sizes[1][0] * products * periods > FEW_CELLS:
            return usually(question)  # type: ignore[no-any-return]
        usual = planner.bound.problem.QUICK
        planner.bound.problem.QUICK = ONCE
        try:
            return usually(question)  # type: ignore[no-any-return]
        finally:
            planner.bound.problem.QUICK = usual

    compiled.cache_info = usually.cache_info  # type: ignore[attr-defined]
    return compiled


planner.bound.problem.compiled_slopes = _by_cells(planner.bound.problem.compiled_slopes)  # type: ignore[assignment]
planner.bound.problem.compiled_blocks = _by_cells(planner.bound.problem.compiled_blocks)  # type: ignore[assignment]


@cache
def _functions_by_size() -> SimpleNamespace:
    """What `planner.evaluation.evaluator` compiles, gains in two ways."""
    from jax import jit

    usual = _functions()
    plain = jit(planner.evaluation.evaluator.gains_of, compiler_options=ONCE)
    by_size = {name: _by_size(plain, getattr(usual, name)) for name in ("gains", "quick_gains")}
    return SimpleNamespace(**by_size, values=usual.values)


def _by_size(plain: Any, usual: Any) -> Callable[..., Any]:
    """One of two compiled functions of a Lagrangian and a plan, by the slots of the plan."""

    def gains(lagrangian: Any, plan: Any, *rest: Any) -> Any:
        few = sum(block.size for block in plan) <= FEW_SLOTS
        return (plain if few else usual)(lagrangian, plan, *rest)

    gains._cache_size = lambda: plain._cache_size() + usual._cache_size()  # type: ignore[attr-defined]
    return gains


planner.evaluation.evaluator.compiled = _functions_by_size
