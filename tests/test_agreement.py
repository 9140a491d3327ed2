"""Ledger, CP-SAT and response agree on random scenarios with every kind of rule and limit; more in benchmarks/."""

import pytest
from agreement import compare


@pytest.mark.parametrize("seed", (68, 88, *range(10_000, 10_004)))
def test_every_reading_of_a_scenario_agrees(seed):
    """Rules, sums to the minor unit, verdicts on limits and additive limits are the same, whoever reads them."""
    tally = compare(seed)
    assert not tally.differences
    assert tally.rules and tally.sums


@pytest.mark.parametrize("seed", (12_001, 12_004))
def test_every_reading_of_what_is_sent_once_agrees(seed):
    """So they are where messages go out once for several days, some of them before the horizon."""
    tally = compare(seed, valid=True)
    assert not tally.differences
    assert tally.rules and tally.sums
