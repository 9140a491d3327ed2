"""Lines that lose because each would have to pay for a whole message are told of with the others of that message."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pytest
from left_out_case import SHORT, Question, question
from printed import printed
from test_message_changes import COUPON

from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Workspace
from planner.reasons.not_planned.free_slots import Reason
from planner.reasons.standing.explain import counted_in
from planner.report.explained.left_out import show_left_out
from planner.report.explained.left_out_json import left_out_json
from planner.run.notes.unused_offers import unused_offers
from planner.run.scored import score_plan

CELLS = 0.2
"""What the ledger's rounding of cells (money to 1/100) may add to a message."""
QUIET = "{id: quiet, rule: blackout, where: {offers: [save-10, cup-gift]}}"
"""Nothing else may go out by mail."""
ONE = "{id: one, rule: max_concurrent, max: 1, where: {offers: [kettle-coupon]}}"
FIRST_DAY = {"offer": "kettle-coupon", "segment": "regulars", "period": dt.date(2027, 3, 1)}


def asked_at(cost: float, *settings: str) -> Question:
    """The template with a coupon on three products whose messages cost so much a customer, and no line in the plan."""
    return question((*SHORT, *COUPON, f"channels=[{{id: mail, cost_per_contact: {cost}}}]", *settings))


def told(asked: Question, **which: object) -> str:
    """What is told of an offer, as one line of text."""
    table = show_left_out(asked.asked(**which), asked.problem.grid.scenario, counted_in("profit"))
    return " ".join(" ".join(printed(table, 200)).split())


@pytest.mark.parametrize("cost", [0.004, 0.008])
def test_a_line_is_told_with_the_others_of_its_message(cost: float) -> None:
    """What the whole message would bring, or what is missing for it to pay, is what the ledger says of it."""
    asked = asked_at(cost, f"rules=[{QUIET}]")
    found = asked.asked(**FIRST_DAY)
    for each in found.told:
        whole = each.best.message
        assert each.best.reason is Reason.MESSAGE and each.best.change < 0 and whole is not None
        assert each.best.line in whole.lines and len(whole.lines) == 3
        plan = asked.problem.grid.plan_of(whole.lines)
        assert whole.change == pytest.approx(float(asked.objective(plan) - asked.objective(asked.plan)), abs=0.02)
        assert (whole.change > 0) == (cost == 0.004) and not whole.barred
    words = told(asked, **FIRST_DAY)
    change = found.told[0].best.message.change  # type: ignore[union-attr]
    does = "gain" if change > 0 else "lose"
    assert "it would not pay for its message by itself" in words and "lose even by itself" not in words
    assert f"the 3 lines worth sending in its message, together, would {does} {abs(change):.2f} (extra" in words
    assert words.count(f"would {does} {abs(change):.2f}, as above") == 2
    assert ("and the search has not found it" in words) == (change > 0)
    assert left_out_json(found)[0]["best"]["message"]["change"] == change


def test_a_message_that_a_rule_bars_is_told_with_the_rule() -> None:
    """Where one coupon a day may go out, the message that would pay by three is barred."""
    asked = asked_at(0.004, f"rules=[{ONE}, {QUIET}]")
    best = asked.one("kettle-coupon", "espresso-1kg").best
    assert best.message is not None and best.message.change > 0 and len(best.message.lines) > 1
    assert [each.id for each in best.message.barred] == ["one"]
    words = told(asked, offer="kettle-coupon", product="espresso-1kg")
    assert f"would gain {best.message.change:.2f} (extra" in words and "but the rule one forbids it" in words


def test_a_line_that_would_be_alone_in_its_message_loses_by_itself() -> None:
    """Where nothing else is worth sending, there is nobody to share with."""
    asked = asked_at(0.004, "offers.kettle-coupon.applies_to={products: [espresso-1kg]}", f"rules=[{QUIET}]")
    found = asked.one("kettle-coupon", "espresso-1kg")
    assert found.best.message is None and found.best.reason is not Reason.MESSAGE
    assert not np.any([each.reason is Reason.MESSAGE for each in found.counts])


@pytest.mark.parametrize("cost", [0.004, 0.008])
def test_an_offer_that_no_plan_uses_is_told_with_its_best_message(cost: float) -> None:
    """The note on unused offers says what the whole message would add by the ledger, and not that no line pays."""
    asked = question(
        (*SHORT, *COUPON, f"channels=[{{id: mail, cost_per_contact: {cost}}}]", f"rules=[{QUIET}]"),
        (7, "grinder", "equipment-20"),
    )
    problem = asked.problem
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    (note,) = unused_offers(space, problem.effects, score_plan(problem, asked.plan).plan, [asked.plan], ())
    day = asked.asked(**FIRST_DAY).told[0].best.message
    assert day is not None
    plan = asked.plan.copy()
    for line in day.lines:
        slot, choice = problem.grid.locate(line)
        plan[problem.grid.slot_number(slot)] = choice
    change = float(asked.objective(plan) - asked.objective(asked.plan))
    told = note[note.index("kettle-coupon (") :].split(")")[0]
    does, amount, breaks = ("add", change, " and break nothing") if change > 0 else ("lose", -change, "")
    said = re.fullmatch(rf"kettle-coupon \(its best message, 3 lines together, would {does} ([0-9.]+){breaks}", told)
    assert said is not None and float(said[1]) == pytest.approx(amount, abs=CELLS)
    assert (change > 0) == (cost == 0.004)
