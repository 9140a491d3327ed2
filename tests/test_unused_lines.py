"""Lines that nobody is expected to use are told beside the plan: floors that count lines are kept in name only."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from plan_sets import PHONE_LINES, plan_set

from planner.run.notes.unused_lines import unused_lines
from scenarios.answer.plan import LineResult, RankedPlan
from scenarios.loading.load import load_scenario

PHONES = load_scenario("phone-flash-sale").scenario


def plan(**changed: Decimal) -> RankedPlan:
    """The phone shop's plan whose coupons and front page have other figures."""
    given = plan_set(PHONES, PHONE_LINES).plans[0]

    def other(line: LineResult) -> LineResult:
        return replace(line, **changed) if line.offer in ("nova-coupon-200", "front-page") else line

    return replace(given, lines=tuple(map(other, given.lines)))


def test_coupons_that_cost_and_are_used_by_nobody_are_told() -> None:
    """Six lines of the coupon are told with one of them; the front page grants nothing, so nobody can use it."""
    (told,) = unused_lines(plan(uses=Decimal("0.4"), contribution=Decimal(-800)), PHONES)
    assert told.startswith("nobody is expected to use 6 lines of plan 1, nova-coupon-200 on nova-12 for students (30%)")
    assert "a limit on uses with a min asks for more" in told


def test_lines_that_pay_or_are_used_are_not_told() -> None:
    """A shop of few customers has lines of half a use that pay; a line that loses money may be used all the same."""
    assert unused_lines(plan(uses=Decimal("0.4"), contribution=Decimal(8)), PHONES) == ()
    assert unused_lines(plan(uses=Decimal(2), contribution=Decimal(-800)), PHONES) == ()


def test_a_price_on_the_shelf_that_makes_a_coupon_worthless_is_named() -> None:
    """Where everybody gets the product cheaper on the same day, that is why nobody uses the coupon."""
    found = plan(uses=Decimal("0.4"), contribution=Decimal(-800))
    shelf = tuple(
        replace(line, offer="nova-cut-12", segment="*", uses=Decimal(50), contribution=Decimal(5))
        for line in found.lines
        if line.offer == "nova-coupon-200"
    )
    (told,) = unused_lines(replace(found, lines=(*found.lines, *shelf)), PHONES)
    assert "(nova-cut-12 on the shelf is there for everybody on these days)" in told
