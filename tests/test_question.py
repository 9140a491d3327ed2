"""What ``campaign validate`` understood of limits: also what each of them counts."""

from __future__ import annotations

from planner.report.question import question_rows
from scenarios.loading.load import load_scenario


def _limits(*limits: str) -> str:
    return dict(question_rows(load_scenario("template-basic", (f"limits=[{', '.join(limits)}]",)).scenario))["limits"]


def test_limits_that_differ_in_scope_alone_are_told_apart() -> None:
    """Two shares of the same measure read alike without what they count; a limit on everything needs no words."""
    said = _limits(
        "{id: all, measure: spend, max: 900}",
        "{id: here, measure: spend, max: 45%, where: {segments: [regulars]}, share_of: {measure: spend}}",
        "{id: there, measure: spend, max: 45%, where: {layer: targeted}, share_of: {measure: spend, where: "
        "{segments: [occasional]}}}",
        "{id: old, measure: customers_reached, min: 50, where: {segments: [regulars]}}",
    )
    assert "all (spend max 900), " in said
    assert "here (spend / spend max 45.0%: segments regulars, of everything)" in said
    assert "there (spend / spend max 45.0%: targeted offers, of segments occasional)" in said
    assert "old (customers_reached min 50: segments regulars)" in said
