"""Polish finds the optimum of the linear model under limits and rules, repeats, and never makes things worse."""

import itertools
import subprocess
import sys

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_factory import rng_of, tiny_scenario

from constraints.rulebook import RuleBook, build_rulebook
from constraints.solver.linear import LinearModel, StockRows
from constraints.solver.polish import PolishParams, polish
from scenarios.grid import build_grid
from scenarios.response.priced_choices import build_economics

SEEDS = st.integers(0, 2**31)
PARAMS = PolishParams(seed=3, deterministic_seconds=2.0)


def _case(seed: int, free: int) -> tuple[RuleBook, np.ndarray, LinearModel]:
    rng = rng_of(seed)
    scenario, _, _ = tiny_scenario(rng, limits=False, segments=2, products=2, periods=3, baskets=False)
    grid = build_grid(scenario)
    book = build_rulebook(grid, build_economics(grid))
    plan = book.locked_plan()
    slots = np.sort(rng.choice(grid.slots, size=min(free, grid.slots), replace=False))
    gain = np.where(grid.allowed_flat[slots], rng.uniform(-1, 3, size=(len(slots), grid.width)), -np.inf)
    use = rng.uniform(-0.2, 1, size=(2, len(slots), grid.width))
    at = np.arange(len(slots))
    gain[at, plan[slots]] = 0
    use[:, at, plan[slots]] = 0
    places = rng.choice(len(slots) * (grid.width - 1), size=4, replace=False)
    entries = places // (grid.width - 1), 1 + places % (grid.width - 1)
    stock = StockRows(
        product=np.array([0]),
        period=np.array([1]),
        headroom=np.array([1.0]),
        row=np.zeros(4, dtype=np.int64),
        slot=entries[0],
        choice=entries[1],
        units=rng.uniform(0, 1, size=4),
    )
    return book, plan, LinearModel(slots=slots, gain=gain, use=use, headroom=rng.uniform(0.3, 1.5, size=2), stock=stock)


def _totals(linear: LinearModel, choice: np.ndarray) -> tuple[float, bool]:
    """Gain of one choice per free slot, and whether it keeps the limits."""
    at = np.arange(len(linear.slots))
    used = linear.use[:, at, choice].sum(axis=1)
    units = linear.stock.units[choice[linear.stock.slot] == linear.stock.choice].sum()
    kept = bool((used <= linear.headroom + 1e-6).all() and units <= linear.stock.headroom[0] + 1e-6)
    return float(linear.gain[at, choice].sum()), kept


@settings(derandomize=True, deadline=None, max_examples=20)
@given(SEEDS)
def test_polish_is_optimal_on_tiny_neighbourhoods(seed):
    """The polished plan reaches the best gain of full enumeration, and keeps limits and rules."""
    book, plan, linear = _case(seed, 5)
    found = polish(linear, book, plan, PARAMS)
    best = 0.0
    for choice in itertools.product(*(np.flatnonzero(np.isfinite(row)) for row in linear.gain)):
        gain, kept = _totals(linear, np.array(choice))
        if kept and gain > best:
            after = plan.copy()
            after[linear.slots] = choice
            if book.violations(after) == 0:
                best = gain
    gain, kept = _totals(linear, found.plan[linear.slots].astype(int))
    assert kept and book.violations(found.plan) == 0
    assert abs(gain - found.gain) < 1e-9 and abs(gain - best) < 1e-6
    assert np.array_equal(np.delete(found.plan, linear.slots), np.delete(plan, linear.slots))


def test_a_sum_that_is_over_by_a_hair_is_not_taken():
    """Uses are rounded up and headroom down: three thirds and a little more do not fit into one, two do."""
    scenario, _, _ = tiny_scenario(rng_of(4), limits=False, rules=False, segments=2, products=2, periods=3)
    grid = build_grid(scenario)
    book = build_rulebook(grid, build_economics(grid))
    slots = np.flatnonzero(grid.allowed_flat[:, 1])[:3]
    gain, use = np.full((3, grid.width), -np.inf), np.zeros((1, 3, grid.width))
    gain[:, 0], gain[:, 1] = 0.0, (5.0, 4.0, 3.0)
    for each, kept in ((1 / 3 + 3e-10, [1, 1, 0]), (1 / 3 - 3e-9, [1, 1, 1])):
        use[0, :, 1] = each
        linear = LinearModel(slots=slots, gain=gain, use=use, headroom=np.ones(1), stock=StockRows.none())
        assert polish(linear, book, grid.empty(), PARAMS).plan[slots].tolist() == kept


def test_the_same_seed_gives_the_same_plan():
    """Two runs are equal, byte for byte."""
    book, plan, linear = _case(11, 12)
    assert np.array_equal(polish(linear, book, plan, PARAMS).plan, polish(linear, book, plan, PARAMS).plan)


def test_choices_cut_the_search_to_two_parents():
    """With a choice mask, no slot takes anything but its current choice or a choice of the mask."""
    book, plan, linear = _case(5, 12)
    other = book.repair(np.random.Generator(np.random.Philox(1)).integers(0, 3, size=len(plan)).astype(np.int8))
    choices = np.zeros(linear.gain.shape, dtype=bool)
    choices[np.arange(len(linear.slots)), other[linear.slots]] = True
    found = polish(linear, book, plan, PARAMS, choices).plan[linear.slots]
    assert ((found == plan[linear.slots]) | (found == other[linear.slots])).all()


def test_no_work_keeps_the_plan():
    """A budget too small to find anything, or an impossible row, returns the plan instead of raising."""
    book, plan, linear = _case(5, 12)
    hopeless = LinearModel(
        slots=linear.slots,
        gain=linear.gain,
        use=np.maximum(linear.use, 0),
        headroom=np.array([-50.0, 1.0]),
        stock=linear.stock,
    )
    assert np.array_equal(polish(hopeless, book, plan, PARAMS).plan, plan)
    quick = polish(linear, book, plan, PolishParams(deterministic_seconds=1e-9))
    assert _totals(linear, quick.plan[linear.slots].astype(int))[1]


def test_a_broken_limit_is_mended_even_at_a_loss():
    """Where the plan breaks a limit that single changes can mend, the polished plan keeps it in the linear model."""
    slots = np.arange(3)
    book, plan, _ = _case(2, 3)
    gain = np.full((3, book.grid.width), -np.inf)
    use = np.zeros((1, 3, book.grid.width))
    gain[:, 0] = 0.0
    options = np.flatnonzero(book.allowed(plan)[0])
    if len(options) < 2:
        return
    gain[0, options[1]], use[0, 0, options[1]] = -1.0, -2.0
    linear = LinearModel(slots=slots, gain=gain, use=use, headroom=np.array([-1.0]), stock=StockRows.none())
    found = polish(linear, book, plan, PARAMS)
    assert found.plan[0] == options[1] and found.gain == -1.0


def test_ctrl_c_still_reaches_python_after_a_solve():
    """The solver leaves no signal handler behind that would kill the process instead of ending the search."""
    script = (
        "import os, signal, time\n"
        "from ortools.sat.python import cp_model\n"
        "from constraints.cp_sat import solver\n"
        # A shell that starts the tests in the background has them ignore the signal.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "solver(0, 1.0).solve(cp_model.CpModel())\n"
        # Short naps, not one pause: a signal that comes just before a pause leaves it waiting for ever.
        "try:\n    os.kill(os.getpid(), signal.SIGINT)\n    for _ in range(3000):\n        time.sleep(0.01)\n"
        "except KeyboardInterrupt:\n    print('caught')\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout == "caught\n", ended.returncode
