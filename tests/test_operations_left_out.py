"""What rules let stand only together is told as one: the plan with all of it, by the ledger, is the oracle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from left_out_case import SHORT, Question, question
from printed import printed

from planner.reasons.not_planned.free_slots import Reason
from planner.reasons.not_planned.operations import Operation
from planner.reasons.standing.explain import counted_in
from planner.report.explained.left_out import show_left_out
from planner.report.explained.left_out_json import left_out_json
from scenarios.language.plan_lines import PlanLine

CELLS = 0.2
"""What the ledger's rounding of cells (money to 1/100, units to 1/1000) may add to a line."""
STAY = "rules=[{id: stay, rule: min_run, periods: 3, where: {mechanics: [feature]}}]"
COFFEE = "products: [espresso-1kg, filter-1kg]"
PAIR = f"rules=[{{id: pair, rule: all_or_nothing, across: [product], where: {{{COFFEE}, offers: [coffee-15]}}}}]"
TEASER = (
    "rules=[{id: teaser, rule: only_after, where: {offers: [coffee-flash]}, after: {offers: [home-page]}, within: 3}]"
)
CHEAP = "offers.home-page.fixed_cost=25"
FRESH = "response.fatigue=10%"


def _line(day: int, product: str, offer: str) -> PlanLine:
    return PlanLine(date=dt.date(2027, 3, day), product=product, segment="*", offer=offer, coverage=1.0)


def _exchanged(asked: Question, comes: Iterable[PlanLine], goes: Iterable[PlanLine] = ()) -> np.ndarray:
    """The plan without some lines, and with others."""
    grid, plan = asked.problem.grid, asked.plan.copy()
    for line in goes:
        plan[grid.slot_number(grid.locate(line)[0])] = 0
    for line in comes:
        slot, choice = grid.locate(line)
        plan[grid.slot_number(slot)] = choice
    return plan


def _gained(asked: Question, comes: Iterable[PlanLine], goes: Iterable[PlanLine] = ()) -> float:
    """By the ledger."""
    return float(asked.objective(_exchanged(asked, comes, goes)) - asked.objective(asked.plan))


def _judged(asked: Question, whole: Operation) -> None:
    """Its figures are the ledger's of the plan with it, and so is what it breaks."""
    assert whole.change == pytest.approx(_gained(asked, whole.lines, whole.instead_of), abs=1e-9)
    assert float(sum(amount for _, amount in whole.parts)) == pytest.approx(whole.change, abs=1e-9)
    assert {each.id for each in whole.barred} == asked.broken(_exchanged(asked, whole.lines, whole.instead_of))


def _told(asked: Question, **about: object) -> str:
    table = show_left_out(asked.asked(**about), asked.problem.grid.scenario, counted_in("profit"))
    return " ".join(" ".join(printed(table, 240)).split())


def test_the_best_of_all_runs_that_are_long_enough_is_told() -> None:
    """One day of a banner would be too short: the best of all runs of three days, with its parts, by the ledger."""
    asked = question((*SHORT, STAY, CHEAP, FRESH), (1, "kettle", "equipment-20"))
    best = asked.one("home-page", "espresso-1kg").best
    assert best.tied_by == ("stay",) and best.operation is not None and not best.operation.instead_of
    _judged(asked, best.operation)
    gains = {
        first: _gained(asked, [_line(day, "espresso-1kg", "home-page") for day in range(first, first + 3)])
        for first in range(1, 7)
    }
    assert best.operation.change == max(gains.values()) and not best.operation.barred
    first = max(gains, key=lambda day: gains[day])
    assert [line.date.day for line in best.operation.lines] == [first, first + 1, first + 2]
    told = _told(asked, offer="home-page", product="espresso-1kg")
    assert (
        f"the rule stay ties it to other lines: the best 3 together, 2027-03-0{first}..2027-03-0{first + 2}, " in told
    )
    assert f"would gain {best.operation.change:.2f} (extra sales +" in told
    assert f"+{best.operation.change:.2f} home-page on espresso-1kg: " in told


def test_products_that_run_together_or_not_at_all_are_told_together() -> None:
    """Coffee is cut whole or not at all: both products on the best of all days, told for either of them."""
    asked = question((*SHORT, PAIR, FRESH), (1, "kettle", "equipment-20"))
    gains = [
        _gained(asked, [_line(day, product, "coffee-15") for product in ("espresso-1kg", "filter-1kg")])
        for day in range(1, 9)
    ]
    for product in ("espresso-1kg", "filter-1kg"):
        found = asked.one("coffee-15", product)
        assert {count.reason for count in found.counts} == {Reason.TIED} and found.best.operation is not None
        _judged(asked, found.best.operation)
        assert {line.product for line in found.best.operation.lines} == {"espresso-1kg", "filter-1kg"}
        assert found.best.operation.change == max(gains)
    told = _told(asked, offer="coffee-15", product="espresso-1kg")
    assert "on none of 8 days the rule pair ties it to other lines best on " in told
    assert "the best 2 together, on 2027-03-0" in told and "among them coffee-15 on filter-1kg on 2027-03-0" in told


def test_a_sale_that_needs_a_teaser_is_told_with_it() -> None:
    """A flash sale may run only after a banner: both are told, in an order that the ledger passes."""
    asked = question((*SHORT, TEASER, "offers.home-page.fixed_cost=5"), (1, "kettle", "equipment-20"))
    best = asked.one("coffee-flash", "espresso-1kg").best
    assert best.tied_by == ("teaser",) and best.operation is not None
    _judged(asked, best.operation)
    assert [line.offer for line in best.operation.lines] == ["home-page", "coffee-flash"] and not best.operation.barred


def test_an_operation_that_has_no_room_is_told_with_what_is_missing_and_what_goes_whole() -> None:
    """A pair of cuts lacks budget; of what may go, lines and pairs that go only together, the best is told."""
    lines = [(day, product, "coffee-15") for day in (0, 3) for product in ("espresso-1kg", "filter-1kg")]
    settings = (*SHORT, PAIR, FRESH)
    full = question(settings, *lines, (6, "kettle", "equipment-20"))
    spent = next(each.used for each in full.ledger.verdict(full.plan).limits if each.id == "budget")
    budget = f"limits=[{{id: budget, measure: spend, max: {spent + 20}}}]"
    asked = question((*settings, budget), *lines, (6, "kettle", "equipment-20"))
    found = asked.one("coffee-15", "filter-1kg")
    whole = found.best.operation
    assert whole is not None and [each.id for each in whole.barred] == ["budget"] and whole.change > 0
    _judged(asked, whole)
    plan = _exchanged(asked, whole.lines, whole.instead_of)
    limit = next(each for each in asked.ledger.verdict(plan).limits if each.id == "budget")
    assert float(whole.barred[0].missing.replace(",", "")) == pytest.approx(float(limit.used - limit.limit), abs=0.02)
    assert whole.gives_way is not None
    gone = {(line.date, line.product) for line in whole.gives_way.lines}
    after = _exchanged(asked, whole.lines, whole.gives_way.lines)
    assert not asked.broken(after)
    changes = {}
    for parts in ([(1, "espresso-1kg"), (1, "filter-1kg")], [(4, "espresso-1kg"), (4, "filter-1kg")], [(7, "kettle")]):
        goes = [_line(day, product, "coffee-15") for day, product in parts if product != "kettle"]
        goes += [_line(day, product, "equipment-20") for day, product in parts if product == "kettle"]
        if not asked.broken(_exchanged(asked, whole.lines, goes)):
            changes[frozenset((line.date, line.product) for line in goes)] = _gained(asked, whole.lines, goes)
    assert changes[frozenset(gone)] == max(changes.values()) == pytest.approx(whole.gives_way.change, abs=CELLS)
    told = _told(asked, offer="coffee-15", product="filter-1kg")
    assert f"but budget lacks {whole.barred[0].missing}: " in told and "they would " in told


def test_what_stands_in_the_slot_goes_with_all_that_is_tied_to_it() -> None:
    """A flash sale in the place of one of two cuts that run together takes the place of both."""
    asked = question((*SHORT, PAIR, FRESH), (2, "espresso-1kg", "coffee-15"), (2, "filter-1kg", "coffee-15"))
    (found,) = asked.asked(offer="coffee-flash", product="filter-1kg", period=dt.date(2027, 3, 3)).told
    whole = found.best.operation
    assert found.best.tied_by == ("pair",) and whole is not None
    assert {(line.product, line.offer) for line in whole.instead_of} == {
        ("espresso-1kg", "coffee-15"),
        ("filter-1kg", "coffee-15"),
    }
    assert [(line.product, line.offer) for line in whole.lines] == [("filter-1kg", "coffee-flash")]
    _judged(asked, whole)
    told = _told(asked, offer="coffee-flash", product="filter-1kg", period=dt.date(2027, 3, 3))
    assert "alone on 2027-03-03 in place of coffee-15 on espresso-1kg on 2027-03-03 and 1 more line, would " in told


def test_where_no_operation_keeps_the_rules_that_is_said() -> None:
    """Nobody may cut filter coffee, so that the espresso that is cut with it or not at all cannot be either."""
    asked = question(
        (*SHORT, PAIR[:-1] + ", {id: shut, rule: blackout, where: {products: [filter-1kg]}}]", FRESH),
        (1, "kettle", "equipment-20"),
    )
    best = asked.one("coffee-15", "espresso-1kg").best
    assert best.tied_by == ("pair",) and best.operation is None
    assert "and nothing was found with it that keeps every rule" in _told(asked, offer="coffee-15")


def test_a_run_takes_the_place_of_all_that_stands_on_its_days() -> None:
    """One banner a day, and in runs of three: the lines that go for a run leave none that is too short."""
    rules = STAY[:-1] + ", {id: one, rule: max_concurrent, max: 1, where: {mechanics: [feature]}}]"
    asked = question((*SHORT, rules, CHEAP), *((day, "kettle", "home-page") for day in range(8)))
    whole = asked.one("home-page", "espresso-1kg").best.operation
    assert whole is not None and len(whole.lines) >= 3 and {line.product for line in whole.lines} == {"espresso-1kg"}
    assert {line.product for line in whole.instead_of} == {"kettle"} and not whole.barred
    _judged(asked, whole)


def test_a_run_is_told_elsewhere_where_all_of_another_must_go_for_it() -> None:
    """Runs of three days, and one in the whole campaign: the last day comes only with days up to the run, or for it."""
    rules = (
        "rules=[{id: long, rule: min_run, periods: 3, per: [product, offer], where: {offers: [coffee-15]}}, "
        "{id: once, rule: min_gap, periods: 30, per: [product], where: {offers: [coffee-15]}}]"
    )
    asked = question((*SHORT, rules, FRESH), *((day, "espresso-1kg", "coffee-15") for day in (0, 1, 2)))
    day = dt.date(2027, 3, 8)
    (found,) = asked.asked(offer="coffee-15", product="espresso-1kg", period=day).told
    whole = found.best.operation
    assert whole is not None and not whole.barred and day in {line.date for line in whole.lines}
    _judged(asked, whole)
    told = _told(asked, offer="coffee-15", product="espresso-1kg", period=day)
    assert "coffee-15 on espresso-1kg: not there the rule once forbids it best on 2027-03-08" in told
    assert "but the rule once forbids it, the rule long ties it to other lines: the best " in told


def test_a_line_for_which_several_must_go_by_a_rule_is_told_with_them() -> None:
    """No cut beside a coupon: the cut takes the place of the coupons of both segments, neither of which is enough."""
    apart = "rules=[{id: apart, rule: never_with, where: {offers: [equipment-20]}, with: {offers: [kettle-coupon]}}]"
    funded = "offers.equipment-20.funding={vendor: roaster, share: 90%}"
    empty = question((*SHORT, apart, funded, FRESH))
    day = dt.date(2027, 3, 3)
    coupons = [
        PlanLine(date=day, product="kettle", segment=segment, offer="kettle-coupon", coverage=1.0)
        for segment in ("regulars", "occasional")
    ]
    asked = replace(empty, plan=empty.problem.grid.plan_of(tuple(coupons)))
    (found,) = asked.asked(offer="equipment-20", product="kettle", period=day).told
    assert found.best.reason is Reason.RULE and found.best.gives_way is None and not found.best.tied_by
    whole = found.best.operation
    assert whole is not None and {line.segment for line in whole.instead_of} == {"regulars", "occasional"}
    assert [(line.product, line.offer) for line in whole.lines] == [("kettle", "equipment-20")]
    _judged(asked, whole)
    told = _told(asked, offer="equipment-20", product="kettle", period=day)
    assert "but the rule apart forbids it: " in told and "; it would come alone on 2027-03-03 in place of " in told


def test_the_document_holds_the_whole_operation() -> None:
    """Lines, what they take the place of, the change with its terms, and what bars it."""
    asked = question((*SHORT, PAIR, FRESH), (1, "kettle", "equipment-20"))
    found = asked.asked(offer="coffee-15", product="espresso-1kg")
    (entry,) = left_out_json(found)
    whole = found.told[0].best.operation
    assert whole is not None
    told = entry["best"]["operation"]
    assert entry["best"]["tied_by"] == ["pair"] and entry["reasons"][0]["reason"] == "tied_by_rule"
    assert [(each["product"], each["period"]) for each in told["lines"]] == [
        (line.product, line.date.isoformat()) for line in whole.lines
    ]
    assert told["change"] == whole.change == pytest.approx(sum(told["profit_by_term"].values()))
    assert told["instead_of"] == [] and told["barred"] == [] and told["gives_way"] is None
