"""A display together with a price cut, as docs/scenario-language.md writes it: one offer for both."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from flight_case import line
from shop import load_shop

from planner.problem import Problem, problem_of
from planner.run.scored import score_plan
from scenarios.answer.plan import RankedPlan

BOTH = (
    "  - {id: cut-15-front, mechanic: price_discount, "
    "depth: 15%, fixed_cost: 100, applies_to: {categories: [phones]}}\n"
)
ROWS = ",phone,,cut-15-front,1.60,1.20,2.00,\n,phone-pro,,cut-15-front,1.60,1.20,2.00,\n"
RULES = "rules:\n  - {id: fronts, rule: max_concurrent, max: 1, where: {offers: [front, cut-15-front]}}\n"


@pytest.fixture
def shop(tmp_path: Path) -> Problem:
    """The shop, with the cut on a display beside the plain cut and the plain display."""
    loaded = load_shop(
        tmp_path,
        shop={"offers:\n": f"offers:\n{BOTH}", "rules:\n": RULES, ", funding: {vendor: nova, share: 60%}": ""},
        effects={",,,flash-12": f"{ROWS},,,flash-12"},
    )
    return problem_of(loaded)


def scored(problem: Problem, *offers: str) -> RankedPlan:
    """A plan with one line of each offer on the pro, day after day."""
    days = enumerate(offers, start=4)
    lines = tuple(line(day, "phone-pro", offer) for day, offer in days)
    return score_plan(problem, problem.grid.plan_of((line(4, "phone", "cut-15"), *lines)), seed=1).plan


def test_the_cut_on_a_display_has_the_discount_of_the_cut_and_the_cost_and_lift_of_both(shop: Problem) -> None:
    """Each unit saves what the plain cut saves, the display is paid once, and the row of both says what is sold."""
    cut, both = (scored(shop, offer) for offer in ("cut-15", "cut-15-front"))
    plain, shown = (next(each for each in plan.lines if each.product == "phone-pro") for plan in (cut, both))
    assert float(shown.discount / shown.units) == pytest.approx(float(plain.discount / plain.units), rel=1e-3)
    assert float(shown.incremental_units / plain.incremental_units) == pytest.approx(1.6 / 0.6, rel=0.05)
    assert cut.outcome.fixed_cost == 0 and both.outcome.fixed_cost == Decimal(100)


def test_displays_are_counted_with_and_without_a_cut(shop: Problem) -> None:
    """A rule that names both offers holds for the display that comes with the cut."""
    lines = (line(4, "phone", "cut-15"), line(4, "phone-pro", "cut-15-front"), line(4, "case", "front"))
    broken = score_plan(shop, shop.grid.plan_of(lines), seed=1).plan
    assert [rule.id for rule in broken.rules if not rule.satisfied] == ["fronts"]
    assert all(rule.satisfied for rule in scored(shop, "cut-15-front", "front").rules)
