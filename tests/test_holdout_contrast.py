"""What stands between those who may get offers and those kept out: others get them in the place of these."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flight_case import Running, line, running_shop

from planner.flight.rollout.design import DesignParams, SegmentHoldout, design_holdouts
from planner.flight.rollout.segments_together import together
from surrogate.flight.measure.power import Outcome, detectable_lift, power_of

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
    """Two alike segments are one of twice the size, and one that is found with 80 % shows with 80 %."""
    outcome = Outcome(mean=0.5, variance=1.5)
    twice = detectable_lift(outcome, 1800, 200)
    one = SegmentHoldout(
        segment="a", customers=1000, held=100, planned_lift=0.1, contrast=0.1, detects=0.2, power=0.3, needs=None,
        units=0.5, variance=1.5,
    )  # fmt: skip
    said = together((one, replace(one, segment="b")))
    power = power_of(outcome, 1800, 200, 0.1)
    assert said is not None and f"a lift of {twice:.1%} is detected with 80% power; the plan expects 10.0%" in said
    assert said.endswith(f"which shows with {power:.0%} power")
    sure = together((replace(one, contrast=twice), replace(one, segment="b", contrast=twice)))
    assert sure is not None and sure.endswith("which shows with 80% power")


def test_segments_too_small_for_any_lift_of_their_own_count_together() -> None:
    """A segment that detects nothing up to 300 % alone is pooled like others; one that nobody compares is not."""
    thin = SegmentHoldout(
        segment="a", customers=300, held=30, planned_lift=0.2, contrast=0.2, detects=None, power=0.06, needs=None,
        units=0.1, variance=0.5,
    )  # fmt: skip
    assert "too few customers" in thin.sentence() and "no share up to 50% would" in thin.sentence()
    many = together([replace(thin, segment=f"s{number}") for number in range(40)])
    found = detectable_lift(Outcome(mean=0.1, variance=0.5), 40 * 270, 40 * 30)
    assert many is not None and f"a lift of {found:.1%} is detected" in many
    small = replace(thin, customers=200, held=20)
    assert "only groups of 30 customers and more are compared at all" in small.sentence()
    assert together([small] * 40) == "all segments together: too few customers and sales to measure any lift up to 300%"
