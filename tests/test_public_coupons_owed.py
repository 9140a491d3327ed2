"""What public coupons owe: every customer holds one a line, a product and period each; docs/money.md by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from flight_case import line
from shop import load_shop

from planner.problem import problem_of
from planner.run.scored import score_plan

PUBLIC = {
    "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], applies": "value: 20, applies",
    "  - {date: 2026-10-30, product: case, segment: old, offer: coupon-20, coverage: 50%}\n": "",
    "history:\n": "history: []\n",
    "  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}\n": "",
}


def owed(folder: Path, *days: int, **edits: str) -> Decimal:
    """What lines of the coupon on some days owe."""
    problem = problem_of(load_shop(folder, shop=PUBLIC | edits))
    plan = problem.grid.plan_of([line(day, "case", "coupon-20") for day in days])
    return score_plan(problem, plan).plan.outcome.max_liability


def test_a_public_coupon_is_owed_to_all_customers_line_by_line(tmp_path: Path) -> None:
    """10,000 customers and 20.00, net of 13 % tax and 4 % returns: 169,911.50 a day, however few are expected."""
    assert owed(tmp_path, 1) == Decimal("169911.50")
    assert owed(tmp_path, 1, 3) == Decimal("339823.00")


def test_counted_pieces_are_all_that_is_owed(tmp_path: Path) -> None:
    """65 uses at 16.99: 25 of what sells anyway and, as a fifth finds no rival to come from, 40 of 50 more."""
    counted = {"value: 20, applies": "value: 20, quantity: 100%, applies"}
    assert abs(owed(tmp_path, 1, **counted) - 65 * Decimal("16.99115")) < Decimal("0.02")
