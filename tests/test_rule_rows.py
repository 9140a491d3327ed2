"""Rows that rules imply: no plan that keeps the rules breaks one, and a linear programme prices limits beside them."""

from __future__ import annotations

import numpy as np
import pytest
from scenario_factory import rng_of, tiny_scenario

from constraints.rulebook import build_rulebook
from constraints.rules.forms import CompiledRule, Entries, SeriesAutomaton
from constraints.rules.rows import LiteralRows, literal_rows
from constraints.rules.series import gap_automaton, run_automaton
from constraints.solver.linear import LinearModel, StockRows
from constraints.solver.prices import LpPrices, PriceProgramme
from scenarios.grid import build_grid
from scenarios.response.coefficients import build_coefficients

PERIODS = 12


def broken(rows: LiteralRows, plan: np.ndarray) -> np.ndarray:
    """Rows in which a plan has more than the cap."""
    true = rows.choices[np.arange(len(rows.slot)), plan[rows.slot]]
    return np.flatnonzero(np.bincount(rows.row, rows.weight * true, minlength=len(rows.cap)) > rows.cap)


@pytest.mark.parametrize("seed", range(20))
def test_no_plan_that_keeps_the_rules_breaks_a_row(seed: int) -> None:
    """Random rules with history, locks and floors: their rows allow every plan that the rule book mends or accepts."""
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng_of(700 + seed), further=seed % 2 == 1, periods=6)
    model = build_coefficients(build_grid(scenario), effects, baskets)
    book = build_rulebook(model.grid, model.economics)
    seen = 0
    for _ in range(30):
        weight = rng.random(book.base.shape) * book.base
        weight[:, 0] *= rng.choice([0.5, 1.0, 3.0])
        plan = book.repair(weight.argmax(axis=1).astype(np.int8))
        if not book.violations(plan):
            seen += 1
            assert not len(broken(book.rows, plan))
    assert seen or book.violations(book.locked_plan())


def flash_rules(*steps: np.ndarray, start: int = 0) -> LiteralRows:
    """Rows of some automata that read the same series of slots with one choice each, from the state ``start``."""
    period = np.arange(PERIODS)
    entries = Entries(cell=period, slot=period, choice_set=np.zeros_like(period), sets=np.array([[False, True]]))
    forms = tuple(SeriesAutomaton(entries=entries, start=np.array([start]), step=step, reach=2) for step in steps)
    return literal_rows((CompiledRule(id="flash", kind="several", forms=forms),), PERIODS, 2)


def flash_prices(rules: LiteralRows | None, limit: float) -> LpPrices:
    """Prices of one limit on how many of twelve equal days are on sale."""
    gain = np.tile([0.0, 1.0], (PERIODS, 1))
    linear = LinearModel(
        slots=np.arange(PERIODS), gain=gain, use=gain[None], headroom=np.array([limit]), stock=StockRows.none()
    )
    plan = np.zeros(PERIODS, dtype=np.int8)
    with PriceProgramme(linear, plan, np.ones((PERIODS, 2), dtype=bool), rules) as programme:
        return programme.prices


def test_a_limit_that_rules_keep_from_binding_has_no_price() -> None:
    """Runs of two and four days of rest leave four of twelve days: a limit of six of them is worth nothing."""
    both = flash_rules(run_automaton(2), gap_automaton(4))
    assert flash_prices(None, 6.0).scalar == pytest.approx([1.0])
    loose, tight = flash_prices(both, 6.0), flash_prices(both, 3.0)
    assert loose.scalar == pytest.approx([0.0]) and loose.value == pytest.approx(4.0)
    assert tight.scalar == pytest.approx([1.0]) and tight.value == pytest.approx(3.0)


def test_the_first_days_know_what_ran_before_them() -> None:
    """Where one of four days of rest lies before the horizon, nine of twelve days are left; without a past, all."""
    step = gap_automaton(4)
    rests = int(step[step[0, 1], 0])
    assert flash_prices(flash_rules(step), 12.0).value == pytest.approx(12.0)
    assert flash_prices(flash_rules(step, start=rests), 12.0).value == pytest.approx(9.0)


def test_rules_count_what_the_plan_holds_and_what_cannot_change() -> None:
    """A sale on a slot that is not in the programme uses up the days beside it; dropping a line gives days back."""
    rules = flash_rules(run_automaton(1))
    free = np.arange(PERIODS - 1)
    gain = np.tile([0.0, 1.0], (len(free), 1))
    gain[3] = [-0.25, 0.0]
    use = np.zeros((1, *gain.shape))
    use[0, 8, 1] = 1.0
    linear = LinearModel(slots=free, gain=gain, use=use, headroom=np.array([9.0]), stock=StockRows.none())
    plan = np.zeros(PERIODS, dtype=np.int8)
    plan[[3, PERIODS - 1]] = 1
    with PriceProgramme(linear, plan, np.ones((PERIODS, 2), dtype=bool), rules) as programme:
        # Days 1, 3, 5, 7, 9 beside the fixed last one (day 3 stays), or 0, 2, 4, 6, 8 without day 3: 4 against 4.75.
        assert programme.prices.value == pytest.approx(4.75)


def test_a_row_may_hold_two_literals_of_one_slot() -> None:
    """Two days in three may be on offer, whichever of two: who has the one may take the other and uses up no more.

    Two runs on one series make such rows. They counted a change twice, which solvers refuse: no limit had a price.
    """
    slot, choices = np.repeat(np.arange(3), 2), np.tile([[False, True, False], [False, False, True]], (3, 1))
    rules = LiteralRows(
        row=np.zeros(6, dtype=np.int64),
        slot=slot,
        choices=choices,
        weight=np.ones(6, dtype=np.int64),
        cap=np.array([2]),
    )
    gain = np.array([[-1.0, 0.0, 0.5], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    use = np.array([[[0.0, 0.0, 1.0]] * 3])
    linear = LinearModel(slots=np.arange(3), gain=gain, use=use, headroom=np.array([9.0]), stock=StockRows.none())
    plan = np.array([1, 0, 0], dtype=np.int8)
    with PriceProgramme(linear, plan, np.ones((3, 3), dtype=bool), rules) as programme:
        assert programme.prices.value == pytest.approx(1.5)
        assert programme.eased(np.array([-7.5]), np.zeros(0)).scalar == pytest.approx([0.5])
