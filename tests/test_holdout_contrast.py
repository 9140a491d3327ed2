"""What stands between those who may get offers and those kept out: others get them in the place of these."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flight_case import Running, line, running_shop

from planner.flight.rollout.design import DesignParams, SegmentHoldout, design_holdouts, together

shop = running_shop


def kept_out(case: Running, coverage: float, share: float) -> SegmentHoldout:
    """The young's holdout, where a coupon goes to a part of them."""
    lines = [line(day, "case", "coupon-20", "young", coverage) for day in (2, 4, 6)]
    plan, params = case.grid.plan_of(lines), DesignParams(holdout=share)
    (found,) = design_holdouts(case.frozen, case.model, plan, [3000, 3000], params)
    return found


def test_of_an_offer_for_half_others_buy_what_it_brings(shop: Running) -> None:
    """A third is kept out, all that the coupon brings is bought by two thirds: half as much again, and told so."""
    third, nobody = kept_out(shop, 0.5, 1 / 3), kept_out(shop, 0.5, 0.0)
    assert third.contrast == pytest.approx(1.5 * third.planned_lift, rel=1e-6)
    assert nobody.contrast == pytest.approx(nobody.planned_lift, rel=1e-6)
    said = f"the plan expects {third.planned_lift:.1%} of the segment, and so {third.contrast:.1%} of those who are not"
    assert said in third.sentence()


def test_where_everybody_in_the_file_was_kept_out_before_nobody_is_compared(shop: Running) -> None:
    """A file of no more customers than were kept out: no power, and an answer."""
    plan = shop.grid.plan_of([line(2, "case", "coupon-20", "young", 0.5)])
    (found,) = design_holdouts(shop.frozen, shop.model, plan, [300, 0], DesignParams(), (), [1000, None])
    assert found.held == found.customers == 300 and found.power == 0.0
    assert found.contrast == found.planned_lift and found.sentence()


def test_an_offer_for_all_is_given_up_by_those_kept_out(shop: Running) -> None:
    """Nobody else gets it: what shows is the planned lift, told once."""
    third = kept_out(shop, 1.0, 1 / 3)
    assert third.contrast == pytest.approx(third.planned_lift, rel=0.03)  # customers tire as much as they get
    assert kept_out(shop, 0.5, 1 / 3).power < third.power


def test_segments_together_tell_what_the_plan_expects_and_how_surely_it_shows() -> None:
    """Two alike segments find a lift smaller by the root of two, and one that is found with 80 % shows with 80 %."""
    one = SegmentHoldout(
        segment="a", customers=1000, held=100, planned_lift=0.1, contrast=0.1, detects=0.2, power=0.3, needs=None
    )
    said = together((one, replace(one, segment="b")))
    assert (
        said is not None and "a lift of 14.1% is detected with 80% power; the plan expects 10.0%, which shows" in said
    )
    sure = together((replace(one, contrast=0.1 * 2**0.5), replace(one, segment="b", contrast=0.1 * 2**0.5)))
    assert sure is not None and sure.endswith("the plan expects 14.1%, which shows with 80% power")
