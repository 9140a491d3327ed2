"""Assigning by a careful objective: as good as trying all choices, never above the bound, and within every limit."""

from __future__ import annotations

import numpy as np
import pytest
from careful_case import best_of_all, case

from constraints.assign.careful import few
from constraints.assign.careful.assigning import CarefulParams, assign_carefully
from constraints.assign.careful.future_values import outcome_of
from constraints.assign.careful.mixture import Careful, leaning
from constraints.assign.careful.parts import Block, PartsInMemory
from constraints.assign.careful.tilted import TiltedRows
from constraints.assign.rows import choose, use_table
from scenarios.language.aim import Caution

CAREFUL: list[Careful] = ["mean", Caution(cvar=0.25), Caution(mean_minus_sd=0.5), Caution(mean_minus_sd=2)]
NAMES = ["mean", "cvar", "half-sd", "two-sd"]


@pytest.mark.parametrize("caution", CAREFUL, ids=NAMES)
@pytest.mark.parametrize("limited", [0, 1, 3])
def test_few_customers_get_the_best_choices_that_there_are(caution: Careful, limited: int) -> None:
    """All choices of five customers are tried: none is worth more than those found, nor than the bound."""
    for seed in range(2):
        block, question, futures = case(seed, 5, limited)
        best = best_of_all(block, question, futures, caution)
        found = assign_carefully(PartsInMemory(block=block), question, futures, caution)
        assert found.worth == pytest.approx(best, abs=1e-9)
        assert found.choices.bound >= best - 1e-9
        uses = question.uses(use_table(block.rows, found.choices.choice, question))
        assert (uses <= question.bounds).all() and (uses == found.choices.uses).all()


@pytest.mark.parametrize("caution", CAREFUL, ids=NAMES)
def test_where_vendors_funds_run_out_the_bound_still_holds(caution: Careful) -> None:
    """A fund bends what choices gain in a future: nothing that all choices come to lies above the bound."""
    for seed in range(3):
        block, question, futures = case(seed, 5, 1, funds=True)
        best = best_of_all(block, question, futures, caution)
        found = assign_carefully(PartsInMemory(block=block), question, futures, caution)
        assert found.worth <= best + 1e-9 and found.choices.bound >= best - 1e-9
        if not isinstance(caution, Caution) or caution.mean_minus_sd != 2:
            assert found.worth == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("caution", [CAREFUL[1], CAREFUL[3]], ids=[NAMES[1], NAMES[3]])
@pytest.mark.parametrize("alike", [None, 7], ids=["apart", "alike"])
def test_of_many_customers_worth_and_bound_meet(caution: Careful, alike: int | None) -> None:
    """A sample's tilt, a mixture made whole and a bound: within 1e-4, or one customer's offer of each other.

    It is worth more than choosing by expectation. Limits are added up again, from the customers.
    """
    block, question, futures = case(3, 3_000, 1 if alike is None else 2, alike=alike)
    params = CarefulParams(few=1_000, sample=1_000)
    found = assign_carefully(PartsInMemory(block=block), question, futures, caution, params)
    assert found.worth > found.plain_worth
    assert found.plain_value > found.choices.value
    near = max(1e-4 * found.choices.bound, float(block.rows.value.max()))
    assert 0 <= found.choices.bound - found.worth <= near
    uses = question.uses(use_table(block.rows, found.choices.choice, question))
    assert (uses <= question.bounds).all()
    if alike is None:  # at the tilt and the prices nearly everybody gets what was chosen: that is what decide does
        rows = next(iter(TiltedRows(PartsInMemory(block=block), found.tilt).blocks()))
        same = choose(rows, question.price_table(found.choices.prices))[0] == found.choices.choice
        assert same.mean() > 0.99


def test_nothing_hangs_on_the_order_of_a_file() -> None:
    """Customers in another order get the same offers, at the same prices and the same worth."""
    block, question, futures = case(5, 60, 2)
    turned = block.take(np.arange(59, -1, -1))
    one, two = (
        assign_carefully(PartsInMemory(block=Block(*each)), question, futures, CAREFUL[1]) for each in (block, turned)
    )
    assert (one.choices.choice == two.choices.choice[::-1]).all()
    assert one.worth == two.worth and (one.choices.prices == two.choices.prices).all()


def test_options_left_out_of_a_programme_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only one undecided option at a time is looked at, the bound stays above the best of all choices."""
    monkeypatch.setattr(few, "OPTIONS", (1,))
    for seed in range(6):
        block, question, futures = case(seed, 5, 1)
        best = best_of_all(block, question, futures, CAREFUL[3])
        found = assign_carefully(PartsInMemory(block=block), question, futures, CAREFUL[3])
        assert found.worth - 1e-9 <= best <= found.choices.bound + 1e-9


def test_weights_below_none_prove_nothing_where_funds_run_out() -> None:
    """A very good future counts below 0 in mean less two deviations; with funds the weights stay at 0 or above."""
    for funds in (False, True):
        block, _, futures = case(1, 5, 0, funds=funds)
        outcome = outcome_of(PartsInMemory(block=block), futures, np.ones(5, dtype=np.int8))
        weights = leaning(CAREFUL[3], futures, outcome).weights
        assert weights.sum() == pytest.approx(1.0)
        assert (weights.min() >= -1e-15) == funds
