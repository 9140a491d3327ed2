"""Long lists of changes: whole messages go where lines hold each other up, and full rows hold up nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from additive_problem import additive
from scenario_factory import rng_of
from test_whole_messages import SEEDS, space_of

from constraints.repairing.joint import Joint
from constraints.repairing.places import message_slots
from constraints.repairing.repair import Repair, RepairParams
from constraints.repairing.trials import Trials, singly
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.view import View, in_force
from planner.evolution.workspace import Workspace
from scenarios.arrays import Plan


def crowded(space: Workspace) -> Plan:
    """Every targeted slot that may hold a line holds one: messages carry several."""
    plan = space.rules.locked_plan()
    slots = np.arange(*space.grid.offsets[1:3])
    plan[slots] = space.rules.base[slots, 1:].argmax(axis=1) + 1
    plan[~space.rules.base[np.arange(len(plan)), plan]] = 0
    return plan


def joint(space: Workspace) -> tuple[Joint, Trials]:
    """What drops lines together there."""
    trials = Trials(View(space), in_force(space), space.bound, 8)
    return Joint(View(space), space.rules, trials, in_force(space), 8), trials


def lonely(space: Workspace) -> Plan:
    """Of every other message one line is left."""
    plan = crowded(space)
    for number, slots in enumerate(message_slots(len(plan), space.available.shape)):
        lines = slots[plan[slots] > 0]
        plan[lines[1:]] *= number % 2
    return plan


@pytest.mark.parametrize("seed", SEEDS)
def test_lines_that_are_a_message_by_themselves_go_beside_whole_messages(seed):
    """Nothing stays that would have kept the limit at clearly less loss per contact than what went."""
    space = space_of(seed, 0.3)
    space.bound[1:] = 1e9
    work, trials = joint(space)
    before = trials.states(lonely(space)[None])[0]
    barred = np.zeros(space.rules.base.shape, dtype=bool)
    after = work.fewer_messages(before, barred, counted=True)
    assert before.broken > 0 and after is not None and after.broken == 0
    gone = before.plan != after.plan
    assert not after.plan[gone].any(), "lines only go"
    went, stayed = [], []
    for slots in message_slots(len(gone), space.available.shape):
        lines = slots[before.plan[slots] > 0]
        without = before.plan.copy()
        without[lines] = 0
        (alone,) = trials.states(without[None])
        if before.uses[0] - alone.uses[0] > 1e-6:
            dear = max(before.objective - alone.objective, 0.0) / (before.uses[0] - alone.uses[0])
            (went if gone[lines].all() else stayed).append((dear, len(lines)))
    assert {lines > 1 for _, lines in went} == {True, False}, "of both kinds some go"
    assert max(dear for dear, _ in went) <= min(dear for dear, _ in stayed) * 1.05 + 1e-9


@pytest.mark.parametrize("seed", SEEDS)
def test_of_whole_messages_the_cheapest_per_contact_go_until_the_limit_holds(seed):
    """No message that stays would have relieved the limit at clearly less loss per contact than one that went."""
    space = space_of(seed, 0.3)
    space.bound[1:] = 1e9
    work, trials = joint(space)
    before = trials.states(crowded(space)[None])[0]
    assert before.broken > 0
    barred = np.zeros(space.rules.base.shape, dtype=bool)
    after = work.fewer_messages(before, barred)
    assert after is not None and after.broken == 0 and space.rules.violations(after.plan) == 0
    gone, here = after.plan != before.plan, before.plan > 0
    assert not after.plan[gone].any(), "lines only go"
    view, free = View(space), space.no_prices()
    lost = view.dropped(before.plan, space.rules.base[:, 0], 1.0, free.scalar, free.stock)
    contacts = view.dropped(before.plan, space.rules.base[:, 0], 0.0, space.only(0).scalar, free.stock)
    went, stayed = [], []
    for (slots, gain), (_, relief) in zip(lost, contacts, strict=True):
        assert gone[slots].all() or not (gone & here)[slots].any(), "all lines of a message, or none"
        (went if gone[slots].all() else stayed).append(max(-gain, 0.0) / relief)
    assert went and max(went) <= min(stayed) + 1e-9


def test_messages_with_a_line_that_must_stay_are_not_dropped():
    """What is barred from going holds its whole message."""
    space = space_of(SEEDS[0], 0.3)
    work, trials = joint(space)
    before = trials.states(crowded(space)[None])[0]
    barred = np.zeros(space.rules.base.shape, dtype=bool)
    barred[:, 0] = True
    assert work.fewer_messages(before, barred) is None


@pytest.mark.parametrize("helps", [True, False])
def test_where_no_part_of_a_long_list_relieves_much_whole_messages_have_their_turn(helps, monkeypatch):
    """What whole messages leave is taken; where they do not help, single changes are looked at one by one."""
    _, view, limits, book = additive(3, [1.0], segments=2, products=3, periods=3)
    plan = book.locked_plan()
    slots = np.flatnonzero(book.base[:, 1:].any(axis=1))
    plan[slots] = book.base[slots, 1:].argmax(axis=1) + 1
    view.worth[slots, plan[slots]], view.use[0, slots, plan[slots]] = 1.0, 1.0
    asked = []

    def fewer(work, state, barred, *, counted=False):
        asked.append(state.broken)
        return trials.states(book.locked_plan()[None])[0] if helps else None

    monkeypatch.setattr(Trials, "shortest", lambda *_, **__: None)
    monkeypatch.setattr(Joint, "fewer_messages", fewer)
    trials = Trials(view, limits, limits.bound, 8)
    few = RepairParams(candidates=1, passes=400, many=True)
    done = Repair(view, book, limits, params=few).repair(plan, np.zeros(1), np.zeros(limits.available.shape))
    assert done.feasible and asked[0] == trials.states(plan[None])[0].broken
    assert (done.passes, done.objective) == (1, 0.0) if helps else done.passes > 1 and done.objective >= 1.0


def test_a_full_row_holds_up_nothing_that_takes_none_of_it():
    """The first change of a list breaks a row; in the same pass all go on that take nothing of it."""
    _, view, limits, book = additive(3, [1.0, 50.0], segments=2, products=3, periods=3)
    slots = np.flatnonzero(book.base[:, 1:].any(axis=1))
    choices = book.base[slots, 1:].argmax(axis=1) + 1
    view.worth[:], view.use[:] = 0.0, 0.0
    view.worth[slots, choices] = np.arange(len(slots), 0, -1)
    view.use[0, slots[::2], choices[::2]] = 2.0
    start, none = book.locked_plan(), np.zeros(limits.available.shape)
    once = RepairParams(fill_passes=1)
    blind, knowing = (
        Repair(view, book, limits, params=replace(once, stops=stops)).fill(start, np.zeros(2), none) for stops in (0, 2)
    )
    others = np.zeros(len(start), dtype=bool)
    others[slots[1::2]] = True
    assert knowing.feasible and not knowing.plan[~others].any()
    assert knowing.plan[others].sum() > 0 and knowing.objective > blind.objective


@pytest.mark.parametrize("pace", [0.0, 1.5])
def test_a_pace_beyond_its_range_is_refused(pace):
    """Prices of messages take some of a step, and no more than one."""
    with pytest.raises(ValueError, match="message pace"):
        GuidedParams(message_pace=pace)


def test_prices_of_messages_that_wait_pass_the_right_one_by_less():
    """With few iterations a slower price of messages ends lower, and still above nothing."""
    prices = {}
    for pace in (1.0, 0.25):
        space = space_of(SEEDS[0], 0.2)
        step = GuidedParams(iterations=30, message_pace=pace)
        start = space.rules.locked_plan()
        _, ended = guided(space, start, space.no_prices(), space.whole, step, rng_of(0))
        prices[pace] = ended.scalar[0] / space.unit.scalar[0]
    assert 0 < prices[0.25] < prices[1.0]


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_far_beyond_a_limit_long_lists_are_taken_and_little_more_is_lost_than_must_be(seed):
    """Two lines in three are too many, all alike in use: what stays is nearly the best that could."""
    _, view, limits, book = additive(seed, [1.0], segments=6, products=8, periods=8)
    plan, rng = book.locked_plan(), rng_of(seed)
    slots = np.flatnonzero(book.base[:, 1:].any(axis=1))
    plan[slots] = book.base[slots, 1:].argmax(axis=1) + 1
    view.worth[:], view.use[:] = 0.0, 9.0
    view.use[:, :, 0], view.use[0, slots, plan[slots]] = 0.0, 1.0
    view.worth[slots, plan[slots]] = 1.0 + rng.random(len(slots))
    bound = np.array([0.4 * len(slots)])
    tight = replace(limits, bound=bound, scale=bound)
    few = RepairParams(candidates=2, many=True)
    done = Repair(view, book, tight, params=few).repair(plan, np.zeros(1), np.zeros(limits.available.shape))
    best = np.sort(view.worth[slots, plan[slots]])[::-1][: int(bound[0])].sum()
    assert done.feasible and done.objective > 0.99 * best


def test_a_long_list_that_ruins_a_plan_for_little_is_left_for_single_changes(monkeypatch):
    """What a list loses out of proportion to what it relieves is compared with the first few changes, truly."""
    _, view, limits, book = additive(3, [10.0], segments=2, products=3, periods=3)
    plan = book.locked_plan()
    slots = np.flatnonzero(book.base[:, 1:].any(axis=1))
    plan[slots] = book.base[slots, 1:].argmax(axis=1) + 1
    view.worth[:], view.use[:] = 0.0, 9.0
    view.use[:, :, 0], view.use[0, slots, plan[slots]] = 0.0, 0.0
    view.worth[slots, plan[slots]] = 1.0
    view.use[0, slots[0], plan[slots[0]]] = 10.5
    view.use[0, slots[1:9], plan[slots[1:9]]] = 0.001
    ruined = plan.copy()
    ruined[slots] = 0
    monkeypatch.setattr(Trials, "shortest", lambda trials, *_, **__: trials.states(ruined[None])[0])
    few = RepairParams(candidates=1, many=True)
    done = Repair(view, book, limits, params=few).repair(plan, np.zeros(1), np.zeros(limits.available.shape))
    assert done.feasible and done.objective == len(slots) - 1


def test_the_shortest_part_of_a_long_list_is_found_to_a_line():
    """Of 400 changes that each relieve as much, exactly those that are needed; roughly, up to a quarter more."""
    _, view, limits, book = additive(0, [1.0], segments=6, products=8, periods=8)
    plan = book.locked_plan()
    slots = np.flatnonzero(book.base[:, 1:].any(axis=1))[:400]
    plan[slots] = book.base[slots, 1:].argmax(axis=1) + 1
    view.use[:] = 0.0
    view.use[0, slots, plan[slots]] = 1.0
    bound = np.array([300.0])
    trials = Trials(view, replace(limits, bound=bound, scale=bound), bound, 32)
    state = trials.states(plan[None])[0]
    changes = singly(slots, np.zeros(len(slots), dtype=np.int64))
    rough, exact = (trials.shortest(state, changes, 0.0, exactly=exactly) for exactly in (False, True))
    assert rough is not None and exact is not None
    assert 100 <= len(slots) - exact.uses[0] <= 101 <= len(slots) - rough.uses[0] <= 125
    assert trials.shortest(state, changes[:50], 0.0, exactly=True) is None
