"""Settings of the whole test run: one cache for compiled JAX code, a cache of its own for models, fixed seeds."""

from __future__ import annotations

import gc
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Before anything imports JAX or a command reads its cache: the developer's own cache stays untouched.
# All worker processes share one, so that no model is trained twice.
if "PYTEST_XDIST_WORKER" not in os.environ:
    _SESSION = tempfile.TemporaryDirectory(prefix="campaign-tests-")
    os.environ["CAMPAIGN_CACHE"] = _SESSION.name
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Before NumPy and JAX load: both workers have one core each, and on busy cores threads wait for each other, spinning.
for _name in ("NPROC", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
# Code that runs for a moment need not be fast. LLVM's first level compiles in half the time, and in a quarter less than
# that for size, in one piece, without unrolled loops and vectors made of single numbers. What users run is compiled as
# they compile it where `.ci/run` plans with the wheel.
_LIGHT = ("xla_cpu_optimize_for_size", "xla_cpu_disable_loop_unrolling", "xla_cpu_disable_slp_vectorizer")
_FLAGS = (
    "backend_optimization_level=1",
    "cpu_parallel_codegen_split_count=1",
    f"backend_extra_options={','.join(_LIGHT)}",
)
os.environ.setdefault("XLA_FLAGS", " ".join(f"--xla_{flag}" for flag in _FLAGS))
# Compiled code is kept between runs, beside what pytest keeps.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(__file__).parents[1] / ".pytest_cache" / "jax"))
# As the command line sets it: what the surrogate's tests compile in less than JAX's second, other files ask for too.
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.2")
# Programs that tests start, of which there are some sixty, read the code that the first of them compiled; so do later
# runs, for which to rewrite the assertions of all tests takes eight seconds of each worker.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
for _name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS"):
    os.environ.pop(_name, None)

from surrogate.quick_compile import ONCE  # noqa: E402

# Plainly translated, in less than half the time again. The slopes of a search and of the bound are not, except for tiny
# questions: they run thousands of times, two to three times as long that way.
ONCE["xla_backend_optimization_level"] = 0

import built_once  # noqa: E402, F401
import numpy as np  # noqa: E402
import plainly_compiled  # noqa: E402, F401
import pytest  # noqa: E402
import read_once  # noqa: E402, F401
from hypothesis import settings  # noqa: E402

_LONGEST_FIRST = (
    *("retrain", "life_records", "plan_command", "tutorial", "bound", "lost_output", "simulate", "plan_ends"),
    *("evaluate", "rulebook", "singles_day", "killed", "experiment", "own_segments", "pareto", "privacy"),
    *("past_offers", "other_aims", "shadow", "least_stock", "full_windows", "replan", "bound_messages", "explain"),
    *("replan_ceilings", "magnitudes", "pieces_ran_out", "compiled", "why_infeasible", "sweep_words"),
    *("distinct_plans", "rounded_limits", "aimed", "careful", "front_ends", "evaluator", "none_found"),
    *("search_optimum", "search_together", "census", "limit_search", "response", "repair", "planning_again"),
    *("bound_automata", "moves", "search_steps", "train", "basket_uses", "pieces_in_flight", "own_weeks", "why"),
    *("whole_messages", "bound_descent", "exchange", "season", "replan_because", "workbook", "pasted"),
    *("bound_account", "bound_dips", "topped", "rule_rows", "check", "broken_data", "replan_stock", "limit_kinds"),
    *("ending", "adding_up", "light_start", "replan_evidence", "check_own_copy", "belief_coverage", "replan_by_lot"),
    *("told_sizes", "unmeasured", "schedules", "recalibrate_change", "spans"),
)
"""Files that take long, so that no worker ends with one of them while the other has nothing left.

Those that plan the same question do not begin together: what one compiles the other reads.
"""

# Compiled programs and traced functions stay for good: looking through all of them again and again finds nothing.
gc.set_threshold(20_000, 20, 20)

settings.register_profile("campaign", derandomize=True, deadline=None)
settings.load_profile("campaign")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hand out the longest files first; xdist would begin with those of the most tests, which are short."""
    places = {f"test_{name}.py": place for place, name in enumerate(_LONGEST_FIRST)}
    items.sort(key=lambda item: (places.get(item.path.name, len(places)), item.path))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[pytest.CollectReport]:
    """Let one worker read the tests from the last: of a fresh checkout each rewrites half of the assertions.

    What the other has rewritten it finds beside the file. `pytest_collection_modifyitems` gives both the same order.
    """
    report: pytest.CollectReport = yield  # type: ignore[misc]
    if isinstance(collector, pytest.Dir) and os.environ.get("PYTEST_XDIST_WORKER") == "gw1":
        report.result.reverse()
    return report


@pytest.fixture(autouse=True)
def _fixed_seeds() -> None:
    """Start every test from the same state of the default generators, in case a library draws on them."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a Philox generator with a fixed seed."""
    return np.random.Generator(np.random.Philox(0))
