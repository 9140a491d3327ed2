"""CP-SAT as everybody asks it here: answers repeat, work is limited, Ctrl-C stays ours."""

from __future__ import annotations

from typing import Any

from ortools.sat.python import cp_model


def solver(seed: int, deterministic_seconds: float) -> Any:
    """A CP-SAT solver whose answers repeat: one worker, a seed, a limit in work."""
    result = cp_model.CpSolver()
    result.parameters.num_workers = 1
    result.parameters.random_seed = seed
    result.parameters.max_deterministic_time = deterministic_seconds
    result.parameters.presolve_inclusion_work_limit = 0
    # CP-SAT would leave the default handler behind: Ctrl-C would kill the process instead of ending the search.
    result.parameters.catch_sigint_signal = False
    return result
