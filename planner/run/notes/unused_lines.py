"""Lines of a plan that nobody is expected to use: floors count them, and customers get nothing by them.

The cheapest way to keep a floor on lines or customers reached is often a coupon that nobody uses, because a shelf price
beside it is worth more or there is no piece of it. The model is right that this is cheapest; people should see it.
"""

from __future__ import annotations

from decimal import Decimal

from constraints.line_words import line_words
from planner.figures import plural
from scenarios.answer.plan import RankedPlan
from scenarios.language.schema import Scenario
from scenarios.language.words import EVERYBODY, Mechanic

NOBODY = Decimal("0.5")
"""Uses of a line below which it is said that nobody is expected to use it."""


def unused_lines(plan: RankedPlan, scenario: Scenario) -> tuple[str, ...]:
    """Say of a plan which lines bring nothing by themselves and are hardly expected to be used once."""
    asked_for = {offer.id for offer in scenario.offers if offer.mechanic is not Mechanic.FEATURE}
    unused = [
        line
        for line in plan.lines
        if line.offer in asked_for and line.uses < NOBODY and line.contribution is not None and line.contribution <= 0
    ]
    if not unused:
        return ()
    costs = max(unused, key=lambda line: line.spend)
    which = line_words(costs.line) + (" among them" if len(unused) > 1 else "")
    shelf = next(
        (
            f" ({line.offer} on the shelf is there for everybody on these days)"
            for line in plan.lines
            if line.segment == EVERYBODY
            and (line.product, line.period) == (costs.product, costs.period)
            and costs.segment != EVERYBODY
        ),
        "",
    )
    return (
        f"nobody is expected to use {plural(len(unused), 'line')} of plan {plan.rank}, {which}{shelf}: limits and "
        "rules that count lines or customers reached are kept by them all the same; a limit on uses with a min asks "
        "for more",
    )
