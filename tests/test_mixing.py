"""The best mix of alternatives is that of full enumeration, keeps limits and rules, and never mends by making worse."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_factory import rng_of, tiny_scenario

from constraints.rulebook import RuleBook, build_rulebook
from constraints.solver.mixing import Alternatives, best_mix
from constraints.solver.polish import PolishParams
from scenarios.grid import build_grid
from scenarios.response.priced_choices import build_economics

PARAMS = PolishParams(seed=3, deterministic_seconds=2.0)
PARTS, WAYS, ROWS = 3, 2, 2


def _book(seed: int) -> RuleBook:
    scenario, _, _ = tiny_scenario(rng_of(seed), limits=False, segments=2, products=2, periods=3, baskets=False)
    grid = build_grid(scenario)
    return build_rulebook(grid, build_economics(grid))


def _case(seed: int) -> tuple[RuleBook, np.ndarray, Alternatives]:
    """Random contents of random parts, none against a mask; together they may break rules and limits."""
    book, rng = _book(seed), rng_of(seed)
    plan, slots = book.locked_plan(), np.flatnonzero(~book.fixed & book.base[:, 1:].any(axis=1))
    parts = np.array_split(rng.permutation(slots), PARTS)
    plans = np.repeat(plan[None], PARTS * WAYS, axis=0)
    for row, changed in enumerate(plans):
        for slot in parts[row // WAYS]:
            changed[slot] = rng.choice(np.flatnonzero(book.base[slot]))
    count = PARTS * WAYS
    each = Alternatives(
        part=np.repeat(np.arange(PARTS), WAYS),
        plans=plans,
        gain=rng.uniform(-1, 3, size=count),
        use=rng.uniform(-0.3, 1, size=(count, ROWS)),
        headroom=rng.uniform(-0.1, 1.5, size=ROWS),
    )
    return book, plan, each


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.integers(0, 2**31))
def test_the_mix_is_the_best_of_all(seed: int) -> None:
    """One way a part; no sum that limits and rules allow is larger, and what is told is what is taken."""
    book, plan, each = _case(seed)
    room, best = np.maximum(each.headroom, 0.0), 0.0
    for ways in itertools.product([None, *range(WAYS)], repeat=PARTS):
        taken = [part * WAYS + way for part, way in enumerate(ways) if way is not None]
        mixed = plan.copy()
        for at in taken:
            mixed = np.where(each.plans[at] != plan, each.plans[at], mixed)
        if (each.use[taken].sum(axis=0) <= room + 1e-6).all() and not book.violations(mixed):
            best = max(best, float(each.gain[taken].sum()))
    found = best_mix(book, plan, each, PARAMS)
    assert book.violations(found.plan) == 0
    assert (each.use[found.taken].sum(axis=0) <= room + 1e-6).all()
    assert float(each.gain[found.taken].sum()) == pytest.approx(best, abs=1e-6)
    expected = plan.copy()
    for at in found.taken:
        expected = np.where(each.plans[at] != plan, each.plans[at], expected)
    assert np.array_equal(found.plan, expected)
    again = best_mix(book, plan, each, PARAMS)
    assert np.array_equal(again.plan, found.plan) and again.seconds == found.seconds


def test_where_nothing_gains_the_plan_stays() -> None:
    """No model is built for alternatives of which none earns anything."""
    book, plan, each = _case(1)
    poor = Alternatives(part=each.part, plans=each.plans, gain=-(each.gain**2), use=each.use, headroom=each.headroom)
    found = best_mix(book, plan, poor, PARAMS)
    assert found.plan is plan and not len(found.taken) and found.seconds == 0.0


def test_tables_that_do_not_fit_are_refused() -> None:
    """Every alternative has one gain, and one use of each row."""
    _, _, each = _case(1)
    with pytest.raises(ValueError, match=r"expected plans \[6, N\], gain \[6\] and use \[6, 2\]"):
        Alternatives(part=each.part, plans=each.plans, gain=each.gain[1:], use=each.use, headroom=each.headroom)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(0, 2**31))
def test_what_is_broken_is_mended_first(seed: int) -> None:
    """Of all mixes that rules and kept rows allow none leaves less of the excess, to within a step of it."""
    book, plan, each = _case(seed)
    room = np.array([-0.5, 1.0])
    each = Alternatives(part=each.part, plans=each.plans, gain=each.gain, use=each.use - 0.3, headroom=room)
    least = 0.5
    for ways in itertools.product([None, *range(WAYS)], repeat=PARTS):
        taken = [part * WAYS + way for part, way in enumerate(ways) if way is not None]
        mixed = plan.copy()
        for at in taken:
            mixed = np.where(each.plans[at] != plan, each.plans[at], mixed)
        use = each.use[taken].sum(axis=0)
        if use[1] <= 1.0 and use[0] <= 0.0 and not book.violations(mixed):
            least = min(least, max(0.5 + float(use[0]), 0.0))
    found = best_mix(book, plan, each, PARAMS, np.ones(ROWS))
    assert book.violations(found.plan) == 0
    use = each.use[found.taken].sum(axis=0)
    assert max(0.5 + float(use[0]), 0.0) == pytest.approx(least, abs=1e-3) and use[1] <= 1.0 + 1e-6
