"""Needed by: what a limit would come to without a line, where that plainly breaks it; not what is a hair's breadth."""

from __future__ import annotations

import dataclasses

import pytest
from left_out_case import SHORT, question

from planner.evaluation.evaluator import Evaluator
from planner.reasons.breaking import would_break
from planner.reasons.standing.explain import Explanation, explain_plan
from planner.reasons.standing.needs import TELLING
from planner.report.explained.explain import explanation_json, show_lines, show_promotions
from planner.run.scored import score_plan

LINES = (
    (0, "espresso-1kg", "coffee-flash"),
    (1, "filter-1kg", "coffee-flash"),
    (2, "espresso-1kg", "coffee-15"),  # a hair better than the plan
    (6, "filter-1kg", "coffee-15"),
    (3, "kettle", "equipment-20"),
)


def _explained(limit: str) -> Explanation:
    asked = question((*SHORT, limit), *LINES)
    problem = asked.problem
    return explain_plan(Evaluator(problem.model, problem.limits), score_plan(problem, asked.plan).plan)


def test_near_a_tight_floor_on_roi_only_what_plainly_misses_it_is_needed() -> None:
    """The floor stands at the plan's own ROI: of the lines above it, those are told that it would plainly miss."""
    free = question((*SHORT, "limits=[{id: roi, measure: roi, min: 0.001}]"), *LINES)

    def roi(lines: tuple[tuple[int, str, str], ...]) -> float:
        plan = question((*SHORT, "limits=[{id: roi, measure: roi, min: 0.001}]"), *lines).plan
        return float(next(each.used for each in free.ledger.verdict(plan).limits if each.id == "roi"))

    floor = round(roi(LINES) - 5e-5, 4)
    without = {line: roi(tuple(each for each in LINES if each != line)) for line in LINES}
    missing = {line for line, left in without.items() if left < floor}
    plain = {line for line in missing if floor - without[line] >= TELLING * abs(floor)}
    explained = _explained(f"limits=[{{id: roi, measure: roi, min: {floor}}}]")
    dates = free.problem.loaded.scenario.horizon.dates
    told = {
        (dates.index(each.line.line.date), each.line.product, each.line.offer): dict(each.without)
        for each in explained.lines
        if each.needed_by
    }
    assert set(told) == plain < missing and plain
    shown = [str(row[1]) for row in show_lines(explained, "EUR").rows]
    for line, figures in told.items():
        assert float(figures["roi"].split(",")[0]) == pytest.approx(without[line], abs=0.01)
        assert any(f"needed by roi (without it {figures['roi']})" in entry for entry in shown)
    documented = explanation_json(explained, "EUR")["lines"]
    assert [each["without"] for each in documented] == [dict(each.without) for each in explained.lines]


def test_a_floor_on_a_sum_is_told_with_what_is_left_of_it() -> None:
    """Units under a floor have no hair's breadth: the figure stands there whatever it is."""
    free = question(SHORT, *LINES)
    units = "limits=[{id: sold, measure: units, min: 1, where: {offers: [coffee-flash]}}]"
    used = next(
        each.used for each in question((*SHORT, units), *LINES).ledger.verdict(free.plan).limits if each.id == "sold"
    )
    explained = _explained(units.replace("min: 1,", f"min: {int(used)},"))
    needed = [each for each in explained.lines if "sold" in each.needed_by]
    assert {each.line.offer for each in needed} == {"coffee-flash"} and len(needed) == 2
    for each in needed:
        assert dict(each.without)["sold"].endswith(f"units, at least {int(used):,} asked for")
    entries = "\n".join(str(row[1]) for row in show_promotions(explained, "EUR").rows)
    assert "needed by sold (without it " in entries


def test_one_line_of_two_is_told_as_one_whatever_shares_segments_have() -> None:
    """A public line is counted by parts of segments, which add up to one up to float noise: that reads as one."""
    activity = "limits=[{id: activity, measure: lines, min: 2, where: {layer: public}}]"
    (record,) = question((*SHORT, activity)).problem.limits.records
    tenths = 0.9999999999999999  # ten tenths added up one by one; Python's sum compensates since 3.12
    assert would_break(record, False, tenths) == "1 lines, at least 2 asked for"
    assert would_break(record, False, 0.9).startswith("0 lines")


def test_an_estimate_of_use_at_risk_is_no_need() -> None:
    """What only an estimate says to break stays in the document, and is not told."""
    explained = _explained("limits=[{id: budget, measure: spend, max: 100000}]")
    line = dataclasses.replace(explained.lines[0], needed_by=("guess",), estimated_needs=("guess",))
    bare = dataclasses.replace(explained, lines=(line, *explained.lines[1:]))
    assert "guess" not in "\n".join(str(row[1]) for row in show_lines(bare, "EUR").rows)
    assert explanation_json(bare, "EUR")["lines"][0]["estimated_needs"] == ["guess"]
