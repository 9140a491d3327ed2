"""What is printed as assumed says of each figure whether somebody gave it."""

from __future__ import annotations

from planner.problem import build_problem
from planner.reasons.assumptions import assumptions


def told(*overrides: str) -> str:
    """What is assumed in the small template after some changes."""
    return "\n".join(assumptions(build_problem("template-basic", overrides)))


def test_what_is_given_is_not_said_of_what_is_not() -> None:
    """A number of draws says nothing of the spreads beside it, a half-life nothing of the fatigue."""
    assert "200 drawn futures;" in told() and "orders by 10% (default)" in told()
    assert "orders by 10% (draws given, else default)" in told("risk.draws=300")
    text = told("risk.draws=300", "risk.lift_cv=0.2", "money.fee_rate=0")
    assert "lift by 20%, orders by 10% (draws and lift_cv given, else default)" in text
    assert "fatigue 10% per offer seen, half gone after 3 periods (given)" in told("response.fatigue=0.1")


def test_one_use_leaves_and_two_uses_leave() -> None:
    """The verb goes with its number."""
    for number, words in (
        (1, "at most 1 use a customer and period leaves"),
        (2, "2 uses a customer and period leave "),
    ):
        assert words in told(f"offers.save-10.per_customer={number}")
