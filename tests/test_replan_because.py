"""Reasons of a re-planned campaign: they point the way that a change goes, or say what made room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from flight_case import LINES, Running, line, running, running_shop
from little_work import little_work
from replan_case import again, happened, sold

from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Workspace
from planner.replan.changes.because import TOGETHER, Alone, Barred, facts
from planner.replan.changes.differences import BESIDE, differences, told_once
from planner.replan.changes.needed import Needed, broken_without, forced
from planner.replan.changes.together import together
from scenarios.futures.draws import draw
from surrogate.flight.recalibration.moved import Moved
from surrogate.flight.recalibration.recalibrate import Recalibration, recalibrate
from surrogate.flight.recalibration.told_where import Untold

UP = Alone(expected=1.0, gains=5.0, then=Barred(), now=Barred())
DOWN = Alone(expected=5.0, gains=1.0, then=Barred(), now=Barred())
VALID = "applies_to: {products: [case]}, valid: {days: 3, sent: [2026-11-05]}}"

case = running_shop


@pytest.fixture(scope="module")
def learned(case: Running) -> Recalibration:
    """What sales that went as forecast say."""
    return recalibrate(case.model, case.frozen.effects, case.plan, happened(case, sold(case)))


def _moved(factor: float) -> Moved:
    return Moved(factor=factor, low=0.5, high=2.0, before_low=0.5, before_high=2.0, cells=3)


def _with(learned: Recalibration, *, offers: dict[str, float], products: dict[str, float]) -> Recalibration:
    return replace(
        learned,
        offers={name: _moved(factor) for name, factor in offers.items()},
        products={name: _moved(factor) for name, factor in products.items()},
    )


def test_that_other_changes_are_the_reason_is_said_once() -> None:
    """Beside "worth that much only beside the other changes" nothing else says the same in other words."""
    assert told_once([], [BESIDE], [TOGETHER]) == [BESIDE]
    assert told_once([], [], [TOGETHER]) == [TOGETHER]
    assert told_once(["keeps budget"], [BESIDE], ["phone sells more"]) == ["keeps budget", BESIDE, "phone sells more"]


def test_a_factor_is_told_only_where_it_speaks_for_the_change(learned: Recalibration) -> None:
    """Weak quiet sales are no reason to add a line, strong ones none to drop it; of two offers the better one came."""
    here, other = line(9, "phone", "cut-15"), line(9, "phone", "coupon-20")
    weak = _with(learned, offers={}, products={"phone": 0.86})
    strong = _with(learned, offers={}, products={"phone": 1.20})
    assert facts(None, here, UP, weak) == []
    assert facts(None, here, UP, strong) == ["phone sells 1.20 of its forecast without promotion"]
    assert facts(here, None, UP, strong) == []
    assert facts(here, None, UP, weak) == ["phone sells 0.86 of its forecast without promotion"]
    assert facts(here, other, UP, weak) == [] == facts(here, other, UP, strong)
    both = _with(learned, offers={"cut-15": 0.8, "coupon-20": 0.6}, products={})
    assert facts(here, other, UP, both) == []
    assert facts(other, here, UP, both) == ["coupon-20 brings 0.60 of its forecast"]
    good = _with(learned, offers={"cut-15": 1.3}, products={})
    assert facts(None, here, UP, good) == ["cut-15 brings 1.30 of its forecast"]
    barred = replace(UP, then=Barred(limits=("floor",)))
    assert facts(here, None, barred, weak) == [], "it would have gained by the forecast, too, but for the floor"
    assert facts(None, here, DOWN, good) == [], "what was learned makes the change worth less all in all"


def test_a_factor_of_other_segments_is_told_as_such(case: Running, learned: Recalibration) -> None:
    """Where an offer ran for one segment alone, the reason says so of others, with how its lift is taken there."""
    young, old = (line(9, "case", "coupon-20", segment) for segment in ("young", "old"))
    there = case.grid.segment_index["old"], case.grid.row("case"), case.grid.offer_index["coupon-20"]

    def told(factor: float, **others: np.ndarray) -> Recalibration:
        where = replace(learned.told_where, moved=learned.told_where.moved.copy(), **others)
        where.moved[there] = factor
        return replace(_with(learned, offers={"coupon-20": 1.4}, products={}), told_where=where)

    taken = "taken as 1.20 of its forecast there, by what it brought elsewhere (1.40)"
    assert facts(None, young, UP, told(1.2)) == ["coupon-20 brings 1.40 of its forecast"]
    assert facts(None, old, UP, told(1.2)) == [f"coupon-20 has not run for old: {taken}"]
    assert facts(None, old, UP, told(1.01)) == [], "what others show says next to nothing there"
    ran = np.ones_like(learned.told_where.ran)
    assert facts(None, old, UP, told(1.2, ran=ran)) == [f"sales of old tell nothing of coupon-20: {taken}"]


def test_lifts_of_segments_without_sales_move_less(case: Running) -> None:
    """What a coupon sold to one segment moves its lift for the other, by less; the effects say the same."""
    much = happened(case, sold(case, lift={"coupon-20": 2.0}))
    found = recalibrate(case.model, case.frozen.effects, case.plan, much)
    places = [case.grid.segment_index[segment] for segment in ("young", "old")]
    product, offer = case.grid.row("case"), case.grid.offer_index["coupon-20"]
    young, old = found.told_where.moved[places, product, offer]
    assert young > old > 1
    lifts = [effects.lift.mean(axis=0)[places, product, -1, offer] for effects in (found.effects, case.frozen.effects)]
    assert lifts[0] / lifts[1] == pytest.approx([young, old])
    untold = found.told_where.untold(line(9, "case", "coupon-20", "old"))
    assert untold == Untold(factor=float(old), ran=False)
    assert found.told_where.untold(line(9, "case", "coupon-20", "young")) is None


def test_room_that_came_back_is_the_reason(case: Running, learned: Recalibration) -> None:
    """Where nothing learned speaks for an added line, the limit that barred it is told, or the line that left room."""
    nothing = replace(learned, offers={}, products={})
    was, now = (Workspace(Evaluator(case.model, case.problem.limits), case.problem.rulebook) for _ in range(2))
    ledger = Ledger(case.model, case.frozen.effects, draw(case.grid, case.frozen.effects, 1, count=20))
    stays = ledger.audit(case.plan)
    added = case.plan.copy()
    gains = now.gains_everywhere(case.plan, now.no_prices())
    slots = np.flatnonzero((case.plan == 0) & (gains.max(axis=1) > 0))
    spends = now.gains_everywhere(case.plan, now.only(now.limits.ids.index("total-budget")), objective_weight=0.0)
    slot = next(int(one) for one in slots if spends[one, gains[one].argmax()] < 0)
    added[slot] = gains[slot].argmax()

    def reasons(new: np.ndarray) -> list[str]:
        return [each.reason for each in differences(case.problem, now, case.plan, new, stays, nothing, lambda: was)]

    (told,) = reasons(added)
    assert told.startswith("would have gained ") and told.endswith(" by the forecast, too: the running plan lacks it")
    budget = was.limits.ids.index("total-budget")
    tight = was.score(case.plan).uses[budget] + 1e-3
    was.bound[budget] = tight
    assert reasons(added) == ["total-budget has room for it again"]
    now.bound[budget] = tight
    gone = int(np.flatnonzero(case.plan)[-1])
    swapped = added.copy()
    swapped[gone] = 0
    left = case.grid.line(gone, int(case.plan[gone]))
    words = f"{left.offer} on {left.product}, {left.date:%m-%d}, leaves room in total-budget"
    assert words in reasons(swapped)
    other = int(np.flatnonzero(case.plan)[-2])
    both = swapped.copy()
    both[other] = 0
    now.bound[budget] = now.score(both).uses[budget] + 1e-3
    assert not any("leaves room" in each for each in reasons(both)), "it takes two lines, and neither is the reason"
    assert "other changes make room for it in total-budget" in reasons(both)
    now.bound[budget] = tight
    real, now.limits = now.limits, replace(now.limits, scale=1e6 * now.limits.scale)
    assert words not in reasons(swapped), "what leaves a millionth of a limit made no room in it"
    now.limits = real
    was.bound[budget] = now.bound[budget] = np.inf
    product = int(case.grid.product_index[case.grid.line(slot, int(added[slot])).product])
    was.available[product] = was.score(case.plan).stock[product] + 1e-3
    assert reasons(added) == [f"stock of {case.grid.products[product].id} suffices for it now"]


def test_a_broken_limit_is_a_reason_beside_one_whose_name_ends_with_its_own(case: Running) -> None:
    """What makes room in total-budget says nothing of a limit called budget; of itself nothing is said twice."""
    stays = Ledger(case.model, case.frozen.effects, draw(case.grid, case.frozen.effects, 1, count=20)).audit(case.plan)
    total = next(limit for limit in stays.limits if limit.id == "total-budget")
    stays = replace(stays, limits=(replace(total, id="budget", ok=False),))
    slot = int(np.flatnonzero(case.plan)[-1])
    gone = case.grid.line(slot, int(case.plan[slot]))

    def reasons(limit: str) -> list[str]:
        needed = Needed(words=f"makes room in {limit}", limit=limit)
        return forced(case.problem, gone, None, needed, stays, frozenset({"budget"}))

    assert reasons("total-budget") == ["makes room in total-budget", "budget would be exceeded"]
    assert reasons("budget") == ["makes room in budget"]


def test_what_keeps_stock_gains_what_would_be_lost(case: Running, learned: Recalibration) -> None:
    """A dropped line without which a product would sell out gains by the ledger; others by the values of the search."""
    space = Workspace(Evaluator(case.model, case.problem.limits), case.problem.rulebook)
    stays = Ledger(case.model, case.frozen.effects, draw(case.grid, case.frozen.effects, 1, count=20)).audit(case.plan)
    new = case.plan.copy()
    gone, other = np.flatnonzero(case.plan)[[0, -1]]
    new[[gone, other]] = 0
    product = case.grid.product_index[case.grid.line(int(gone), int(case.plan[gone])).product]
    back = new.copy()
    back[gone] = case.plan[gone]
    space.available[product] = space.score(back).stock[product] - 1.0

    def found(judged: Callable[[np.ndarray], float] | None) -> list[Decimal]:
        told = differences(case.problem, space, case.plan, new, stays, learned, lambda: space, judged=judged)
        assert judged is None or not [each for each in told if each.gain == 8200 and "beside" in each.reason]
        return [change.gain for change in told]

    plain, judged = found(None), found(lambda plan: 8200.0 * float((plan == new).all()))
    changed = [place for place, pair in enumerate(zip(plain, judged, strict=True)) if pair[0] != pair[1]]
    assert [judged[place] for place in changed] == [Decimal(8200)]


def test_lines_that_share_a_message_gain_together_and_not_by_their_sum(case: Running, learned: Recalibration) -> None:
    """Two gifts of one message go: the row gains what the whole plan does with and without both, to the cent.

    Taken back alone, each pays all of the message, and takes buyers from a phone that has no gift. A change without a
    message is a row by itself, and gains what it gains alone.
    """
    space = Workspace(Evaluator(case.model, case.problem.limits), case.problem.rulebook)
    stays = Ledger(case.model, case.frozen.effects, draw(case.grid, case.frozen.effects, 1, count=20)).audit(case.plan)
    shared = [line(6, product, "buds", "old") for product in ("phone", "phone-pro")]
    running = case.grid.plan_of([*LINES[:4], *shared])
    new = case.grid.plan_of(LINES[:3])
    changes = differences(case.problem, space, running, new, stays, learned, lambda: space)
    rows = together(space, running, new, changes)
    gifts, cut = sorted(rows, key=lambda row: -len(row.changes))
    assert [change.before for change in gifts.changes] == shared and len(rows) == 2
    assert cut.gain == cut.changes[0].gain
    back = new.copy()
    slots = [int(slot) for each in shared for slot in case.grid.plan_of([each]).nonzero()[0]]
    back[slots] = running[slots]
    value = space.value(np.stack([new, back])).objective
    assert float(gifts.gain) == pytest.approx(value[0] - value[1], abs=0.01)
    assert abs(float(sum(change.gain for change in gifts.changes)) - value[0] + value[1]) > 100


def test_every_reason_of_a_replanned_campaign_points_its_way(case: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weak quiet sales everywhere: no added line says that its product sells less."""
    little_work(monkeypatch)
    found = again(case, happened(case, sold(case, base=0.8)), change_cost=0)
    assert found.changes
    for change in found.changes:
        if change.before is None:
            assert f"{change.after.product} sells 0." not in change.reason or "stock of" in change.reason
        assert change.reason


def test_a_floor_is_no_reason_to_drop_what_serves_it(tmp_path: Path, learned: Recalibration) -> None:
    """The running plan would miss a floor on units: it speaks for an added line, not for one that was dropped."""
    budget = "  - {id: total-budget, measure: spend, max: 80000}\n"
    case = running(tmp_path, shop={budget: budget + "  - {id: volume, measure: units, min: 5000}\n"})
    space = Workspace(Evaluator(case.model, case.problem.limits), case.problem.rulebook)
    ledger = Ledger(case.model, case.frozen.effects, draw(case.grid, case.frozen.effects, 1, count=20))
    new = case.grid.plan_of([each for each in LINES if each.date.day != 6] + [line(7, "phone", "cut-15")])
    found = differences(case.problem, space, case.plan, new, ledger.audit(case.plan), learned, lambda: space)
    for change in found:
        served = "would be missed" in change.reason or change.reason == "keeps volume"
        assert served == (change.after is not None), change
    assert {change.after is None for change in found} == {True, False}


def test_a_line_that_went_for_a_rule_names_the_rule(case: Running) -> None:
    """Flash sales of one product rest three days: the one that is no more keeps that beside the one that came."""
    space = Workspace(Evaluator(case.model, case.problem.limits), case.problem.rulebook)
    running, new = (case.grid.plan_of([line(day, "phone", "flash-12")]) for day in (2, 4))
    (one,) = np.flatnonzero(running).tolist()
    needed = broken_without(space, case.problem.rulebook, running, new, one)
    assert needed == Needed(words="keeps calm beside the other changes")


def test_a_sending_gains_and_is_reasoned_as_a_whole(tmp_path: Path, learned: Recalibration) -> None:
    """A coupon that is valid for three days goes: one row gains what the plan does without all days, for one reason.

    A day taken back alone would break the rule that what is sent stays valid: no reason speaks of that.
    """
    case = running(tmp_path, shop={"applies_to: {products: [case]}}": VALID})
    space = Workspace(Evaluator(case.model, case.problem.limits), case.problem.rulebook)
    stays = Ledger(case.model, case.frozen.effects, draw(case.grid, case.frozen.effects, 1, count=20)).audit(case.plan)
    sent = [line(day, "case", "coupon-20", segment) for day in (5, 6, 7) for segment in ("old", "young")]
    before, after = case.grid.plan_of([*LINES[:4], *sent]), case.grid.plan_of(LINES[:4])
    weak = _with(learned, offers={"coupon-20": 0.3}, products={})
    for running_plan, new in ((before, after), (after, before)):
        changes = differences(case.problem, space, running_plan, new, stays, weak, lambda: space)
        (row,) = together(space, running_plan, new, changes)
        assert len(row.changes) == 6 and len({change.reason for change in changes}) == 1
        assert "valid:" not in row.reasons[0] and row.reasons[0] == row.shared
        value = space.value(np.stack([new, running_plan])).objective
        assert float(row.gain) == pytest.approx(value[0] - value[1], abs=0.01)
        (sending,) = row.sendings
        assert (str(sending.sent), str(sending.valid_until)) == ("2026-11-05", "2026-11-07")
        assert sending.change == ("dropped" if new is after else "added")
