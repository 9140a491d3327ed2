"""Lots of a rollout: who is kept out, whom a line reaches, and which days a price is off."""

import numpy as np
import pytest

from scenarios.flight.messages.holdout import held_out, line_lots, lots, switched_off


def test_lots_hang_on_the_customer_alone() -> None:
    """Who is kept out does not depend on the order of the file."""
    names, segment = [f"p{number}" for number in range(1000)], np.zeros(1000, dtype=np.int64)
    held = held_out(names, segment, [100], 7)
    turned = held_out(names[::-1], segment, [100], 7)[::-1]
    assert held.sum() == 100
    assert (held == turned).all()
    assert (held != held_out(names, segment, [100], 8)).any()


def test_lines_reach_customers_independently_of_each_other() -> None:
    """Two lines of a half each reach three quarters together, as the account counts; no lot is another's."""
    names = [f"p{number}" for number in range(20_000)]
    drawn = lots(names, 7, "audience")
    first, second = (np.argsort(line_lots(drawn, line))[:10_000] for line in ("day one", "day two"))
    assert len(np.union1d(first, second)) / len(names) == pytest.approx(0.75, abs=0.01)
    assert (np.argsort(line_lots(drawn, "day one"))[:10_000] == first).all()
    assert abs(np.corrcoef(first, np.arange(10_000))[0, 1]) < 0.05


def test_switched_off_periods_are_spread_by_lot() -> None:
    """One period of each block is off; another seed draws others; runs that are too short have none."""
    off = switched_off(range(20), 0.25, 3, "a")
    assert len(off) == 5
    assert [period // 4 for period in off] == [0, 1, 2, 3, 4]
    assert any(switched_off(range(20), 0.25, seed, "a") != off for seed in range(4, 8))
    assert switched_off(range(1), 0.25, 3, "a") == ()
    with pytest.raises(ValueError, match="up to 50%"):
        switched_off(range(20), 0.7, 3, "a")
