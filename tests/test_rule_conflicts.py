"""Rules that no plan keeps: proven exactly where enumeration finds none, told with the rules and lines it takes."""

import datetime as dt

import numpy as np
import pytest
from all_plans import plans_of, thin
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_shop import line, shop
from scenario_factory import rng_of, tiny_scenario

from constraints.enforce.complete import Verdict
from constraints.infeasible import rule_conflict
from constraints.infeasible.many_plans import breaks_rule
from constraints.infeasible.rule_conflict import contradictions
from constraints.rulebook import RuleBook
from constraints.rules.forms import CompiledRule, Masks
from constraints.rules.registry import compile_rules
from scenarios.grid import build_grid
from scenarios.language.schemas.rule import Locked
from scenarios.response.priced_choices import build_economics

DARK = {"id": "dark", "rule": "blackout", "where": {"segments": ["loyal"], "layer": "targeted"}}
VIP = {
    "id": "vip",
    "rule": "all_or_nothing",
    "across": ["segment"],
    "per": ["product"],
    "where": {"offers": ["coupon"]},
}
LAW = {"id": "law", "rule": "reference_price", "days": 30}
SHORT = {"id": "short", "rule": "max_run", "periods": 2}
FLOOR = {"id": "floor", "rule": "fairness", "min": 2, "where": {"layer": "targeted"}}
IDLE = {"id": "idle", "rule": "max_concurrent", "max": 9}


def keep(*lines):
    """Lock lines."""
    return {"id": "keep", "rule": "locked", "lines": [line(short).model_dump() for short in lines]}


CASES = {
    "a package that a blackout tears": (
        [keep((3, "phone", "coupon", "young")), VIP, DARK, IDLE],
        {"keep", "vip", "dark"},
    ),
    "a floor that nothing may reach": ([FLOOR, DARK, IDLE], {"floor", "dark"}),
    "a floor with too little room": ([FLOOR, {"id": "few", "rule": "max_concurrent", "max": 0}], {"floor", "few"}),
    "a run that the horizon cuts": (
        [
            keep((9, "phone", "off10")),
            {"id": "long", "rule": "min_run", "periods": 5},
            IDLE,
            {"id": "calm", "rule": "max_run", "periods": 3},
        ],
        {"keep", "long", "calm"},
    ),
    "a line without what prepares it": (
        [
            keep((2, "phone", "flash")),
            {"id": "tease", "rule": "only_after", "where": {"offers": ["flash"]}, "after": {"offers": ["poster"]}},
            IDLE,
        ],
        {"keep", "tease"},
    ),
    "a rhythm out of step": (
        [keep((2, "phone", "off10"), (4, "phone", "off10")), {"id": "beat", "rule": "cycle", "run": 1, "rest": 3}],
        {"keep", "beat"},
    ),
    "cuts that may not be joined": (
        [keep((2, "phone", "off10"), (5, "phone", "off10")), LAW, SHORT, IDLE],
        {"keep", "law", "short"},
    ),
    "prices that rise": (
        [keep((2, "phone", "off30"), (3, "phone", "off10")), {"id": "fall", "rule": "price_ladder", "falling": True}],
        {"keep", "fall"},
    ),
    "two that never meet": (
        [
            keep((3, "phone", "flash"), (3, "phone", "coupon", "young")),
            {"id": "apart", "rule": "never_with", "where": {"offers": ["flash"]}, "with": {"offers": ["coupon"]}},
        ],
        {"keep", "apart"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_contradictions_name_what_it_takes(name):
    """Members are the rules and locks of the contradiction and no others; one sentence says why."""
    rules, members = CASES[name]
    _, book = shop(rules)
    found = contradictions(book)
    assert len(found) == 1
    assert set(found[0].members) == members
    assert found[0].reason and found[0].remedies


@pytest.mark.parametrize(
    "rules",
    [
        [keep((3, "phone", "coupon", "young")), VIP],
        [keep((2, "phone", "off10"), (5, "phone", "off10")), LAW],
        [keep((9, "phone", "off10")), {"id": "long", "rule": "min_run", "periods": 5}],
        [FLOOR, DARK | {"where": {"segments": ["loyal"], "products": ["phone"], "layer": "targeted"}}],
        [
            keep((7, "phone", "flash")),
            {"id": "tease", "rule": "only_after", "where": {"offers": ["flash"]}, "after": {"offers": ["poster"]}},
        ],
    ],
)
def test_what_further_lines_mend_is_mended(rules):
    """A package is completed, cuts are joined, a run is lengthened, a floor reached, a teaser added."""
    _, book = shop(rules)
    assert contradictions(book) == ()
    start = book.locked_plan()
    assert book.violations(start) == 0 and (start > 0).sum() > (book.locked_lines() > 0).sum()


def test_the_sentence_tells_lines_rules_and_what_is_broken():
    """Locked lines in words, then the rules, then the rule's own message."""
    rules, _ = CASES["cuts that may not be joined"]
    (found,) = contradictions(shop(rules)[1])
    assert "off10 for phone on 2026-11-02 (locked by keep)" in found.reason
    assert "keeps short and law" in found.reason or "keeps law and short" in found.reason
    assert "as much as the lowest price of the 30 days before" in found.reason
    assert dt.date(2026, 11, 5).isoformat() in found.reason


@pytest.mark.parametrize(("rules", "members"), [([], ("floor",)), ([IDLE, DARK], ("floor", "dark"))])
def test_a_floor_above_the_number_of_slots_is_refuted_by_a_count(rules, members, monkeypatch):
    """Without a solver, whatever the size: how many slots each segment has, and what min may be."""
    grid, _ = shop([])
    first = {slot: int(np.flatnonzero(grid.allowed_flat[slot])[-1]) for slot in range(grid.slots)}
    targeted = [slot for slot, choice in first.items() if choice and grid.line(slot, choice).segment == "young"]
    monkeypatch.setattr(rule_conflict, "_impossible", lambda *_: pytest.fail("no solver is needed"))
    asked = len(targeted) + (1 if not rules else 0)
    (found,) = contradictions(shop([FLOOR | {"min": asked}, *rules])[1])
    assert found.members == members
    if rules:
        assert "that dark leaves: loyal has 0" in found.reason and found.remedies[0].endswith(
            "or drop it, or relax dark"
        )
    else:
        assert f"floor asks for {asked} matching lines a segment, more than there are slots" in found.reason
        assert f"young has {asked - 1}" in found.reason
        assert found.remedies == (f"lower min of floor to {asked - 1} at most",)
    assert contradictions(shop([FLOOR | {"min": len(targeted)}])[1]) == ()


def test_what_a_floor_may_ask_for_counts_every_rule_also_those_that_the_proof_does_not_need():
    """More than all slots is asked for, and days are dark besides: whoever does what is said is not refused again."""
    dark = DARK | {"where": DARK["where"] | {"periods": ["2026-11-02"]}}
    (found,) = contradictions(shop([FLOOR | {"min": 999}, dark])[1])
    assert found.members == ("floor",) and "loyal has " in found.reason
    slots = int(found.reason.split("loyal has ")[1].split(",")[0])
    least = int(found.remedies[0].removeprefix("lower min of floor to ").split()[0])
    assert 0 < least < slots and found.remedies[0].endswith("at most, as long as dark stands")
    assert contradictions(shop([FLOOR | {"min": least}, dark])[1]) == ()
    assert contradictions(shop([FLOOR | {"min": least + 1}, dark])[1]) != ()


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.integers(0, 2**31))
def test_impossible_is_said_exactly_where_no_plan_keeps_the_rules(seed):
    """Against every plan of a tiny grid: found where one keeps all rules, with the fewest lines, else impossible."""
    rng = rng_of(seed)
    options = {"segments": 2, "products": 1, "periods": 3, "public_offers": 1, "targeted_offers": 1, "baskets": False}
    scenario, _, _ = tiny_scenario(rng, limits=False, further=True, **options)
    grid = build_grid(scenario)
    allowed = thin(rng, grid.allowed_flat, 3000)
    allowed[:, 0] = True
    plans = plans_of(allowed)
    locked = Locked(id="keep", rule="locked", lines=grid.lines(plans[int(rng.integers(len(plans)))])[:2])
    grid = build_grid(scenario.model_copy(update={"rules": (*scenario.rules, locked)}))
    mask = CompiledRule(id="mask", kind="forbidden", forms=(Masks(forbidden=~allowed),))
    rules = (*compile_rules(grid, build_economics(grid)), mask)
    broken = np.array([breaks_rule(grid, rule, plans) for rule in rules]).any(axis=0)
    found = RuleBook(grid, rules).completion
    assert found.verdict is (Verdict.IMPOSSIBLE if broken.all() else Verdict.FOUND)
    if not broken.all():
        assert (found.plan > 0).sum() == (plans[~broken] > 0).sum(axis=1).min()


def test_a_floor_for_a_segment_that_no_offer_reaches_is_impossible():
    """Nothing needs to be locked or forbidden: the rule is broken by every plan, and CP-SAT says so too."""
    vip = {
        "id": "vip",
        "mechanic": "coupon",
        "depth": "20%",
        "layer": "targeted",
        "applies_to": {"segments": ["young"]},
    }
    _, book = shop([FLOOR, IDLE], offers=[vip])
    assert book.completion.verdict is Verdict.IMPOSSIBLE
    (found,) = contradictions(book)
    assert found.members == ("floor",) and "slots for them: loyal has 0" in found.reason


def past(*lines, until):
    """Lock what has run, and let nothing else run up to a day."""
    return keep(*lines) | {"id": "past", "until": dt.date(2026, 11, until)}


@pytest.mark.parametrize("order", [1, -1])
def test_a_line_in_a_past_that_another_rule_locks_is_told(order):
    """Whichever rule stands first: the line, the rule that keeps its slot empty, and no second line made up."""
    rules = [past((2, "phone", "off10"), until=4), keep((3, "phone", "off30"))][::order]
    (found,) = contradictions(shop(rules)[1])
    assert set(found.members) == {"past", "keep"}
    assert found.reason == (
        "off30 for phone on 2026-11-03 (locked by keep) lies in the time that past locks as it is, "
        "and is none of its lines"
    )
    assert found.remedies == ("remove the line from keep, add it to past, or let until of past end before it",)
    assert contradictions(shop([past((2, "phone", "off10"), until=2), keep((3, "phone", "off30"))])[1]) == ()
    both = past((2, "phone", "off10"), (3, "phone", "off30"), until=4)
    assert contradictions(shop([both, keep((3, "phone", "off30"))])[1]) == ()


def test_each_of_three_lines_for_one_slot_is_told_by_itself():
    """The third rule's own line stands beside the first one's, not that of the second rule."""
    rules = [keep((3, "phone", offer)) | {"id": offer} for offer in ("off10", "off30", "flash")]
    found = contradictions(shop(rules)[1])
    assert [each.members for each in found] == [("off10", "off30"), ("off10", "flash")]
    assert ["off30 for" in each.reason for each in found] == [True, False]
    assert "flash for phone" in found[1].reason


def test_a_past_that_is_kept_empty_is_named_where_the_proof_needs_it():
    """A run locked after it would have to begin in it: rule, line and past; where it ends earlier, the run fits."""
    long = {"id": "long", "rule": "min_run", "periods": 3}
    short = {"id": "calm", "rule": "max_run", "periods": 3}
    no_more = {"id": "stop", "rule": "blackout", "where": {"periods": ["2026-11-05..2026-11-09"]}}
    rules = [keep((4, "phone", "off10")), long, short, no_more]
    assert contradictions(shop([past(until=2), *rules])[1]) != ()
    (found,) = contradictions(shop([past(until=2), *rules])[1])
    assert set(found.members) == {"keep", "long", "stop", "past"}
    assert "off10 for phone on 2026-11-04" in found.reason and "long, stop and past" in found.reason
    assert contradictions(shop([keep((4, "phone", "off10")), long, short, no_more])[1]) == ()
