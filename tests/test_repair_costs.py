"""Repair of rules gives up what is worth less, and floors let go of no more than is above them."""

from __future__ import annotations

import numpy as np
import pytest
from rule_shop import line, shop

from constraints.enforce.floors import Floors
from constraints.enforce.protocol import Moves
from constraints.rules.forms import Entries, FloorRows


@pytest.mark.parametrize(("cut", "coupons", "left"), [(1.0, 5.0, {"coupon"}), (9.0, 2.0, {"off30"})])
def test_of_lines_that_must_not_meet_the_cheaper_side_goes(cut: float, coupons: float, left: set[str]) -> None:
    """A public cut and two coupons on it are too deep together: the cut goes, or both coupons, by what is lost."""
    grid, book = shop([{"id": "deep", "rule": "max_depth", "max": "35%"}])
    public = line((3, "phone", "off30"))
    targeted = [line((3, "phone", "coupon", segment)) for segment in ("young", "loyal")]
    plan = grid.plan_of((public, *targeted))
    assert book.violations(plan)
    loss = np.zeros((grid.slots, grid.width))
    for each, worth in ((public, cut), *((one, coupons) for one in targeted)):
        slot = grid.slot_number(grid.locate(each)[0])
        loss[slot] = 1000.0
        loss[slot, 0], loss[slot, plan[slot]] = worth, 0.0
    mended = book.repair(plan, loss)
    assert not book.violations(mended)
    assert {each.offer for each in grid.lines(mended)} == left


@pytest.mark.parametrize(("floor", "may_go"), [(3, 0), (2, 1), (1, 2), (0, 3)])
def test_a_floor_lets_as_many_go_as_stand_above_it(floor: int, may_go: int) -> None:
    """Three lines in a row of literals: of three that want to leave at once, the first in rank that may do."""
    slots = np.arange(3)
    entries = Entries(
        cell=np.zeros(3, dtype=np.int64),
        slot=slots,
        choice_set=np.zeros(3, dtype=np.int64),
        sets=np.array([[False, True, True]]),
    )
    floors = Floors([("floor", FloorRows(entries=entries, floor=np.array([floor])))], 3)
    plan = np.ones(3, dtype=np.int8)
    leaving = Moves(slots=np.array([2, 0, 1]), choices=np.zeros(3, dtype=np.int64))
    assert floors.compatible(plan, leaving).tolist() == [number < may_go for number in range(3)]
    staying = Moves(slots=np.array([2, 0, 1]), choices=np.full(3, 2))
    assert floors.compatible(plan, staying).all()
