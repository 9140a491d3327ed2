"""What a plan leaves out is told with the reason that the ledger has for it, and with its figures."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from left_out_case import SHORT, Question, question
from printed import printed

from constraints.rulebook import build_rulebook
from planner.evaluation.evaluator import Evaluator
from planner.reasons.not_planned.asked import Asked, wanted
from planner.reasons.not_planned.free_slots import Reason, find_options
from planner.reasons.not_planned.left_out import Absences
from planner.reasons.standing.explain import counted_in
from planner.report.explained.left_out import show_left_out
from planner.report.explained.left_out_json import left_out_json
from planner.run.scored import score_plan
from scenarios.problems import InvalidInput

CELLS = 0.2
"""What the ledger's rounding of cells (money to 1/100, units to 1/1000) may add to a line."""
BANNER = "rules=[{id: one-banner, rule: max_concurrent, max: 1, where: {mechanics: [feature]}}]"


def _told(found: Absences, asked: Question, width: int = 200) -> str:
    table = show_left_out(found, asked.problem.grid.scenario, counted_in("profit"))
    return " ".join(" ".join(printed(table, width)).split())


def _spent(asked: Question) -> Decimal:
    """What the plan takes of its budget."""
    return next(each.used for each in asked.ledger.verdict(asked.plan).limits if each.id == "budget")


def test_every_reason_is_what_the_ledger_says_of_a_plan_with_the_line() -> None:
    """Each slot and offer put into the plan and judged: the gain, whether it is barred, and by what."""
    lines = (1, "espresso-1kg", "coffee-flash"), (2, "filter-1kg", "coffee-15"), (3, "kettle", "home-page")
    cheap = "offers.home-page.fixed_cost=5"
    spent = _spent(question((*SHORT, BANNER, cheap), *lines))
    asked = question((*SHORT, BANNER, cheap, f"limits=[{{id: budget, measure: spend, max: {spent + 150}}}]"), *lines)
    problem = asked.problem
    evaluator, book = Evaluator(problem.model, problem.limits), build_rulebook(problem.grid, problem.model.economics)
    ranked = score_plan(problem, asked.plan).plan
    found = find_options(evaluator, book, ranked, asked.plan, wanted(problem.grid, Asked()))
    seen = set()
    for n, reason in enumerate(found.reason):
        line = problem.grid.line(int(found.slot[n]), int(found.choice[n]))
        assert found.gain[n] == pytest.approx(asked.exactly_added(line), abs=1e-6), line
        broken = asked.broken(asked.with_line(line))
        if found.gain[n] > CELLS:
            rules = broken - {"budget"}
            assert set(found.barred[n]) == (rules or broken), line
            assert reason is (Reason.RULE if rules else Reason.LIMIT if broken else Reason.OPEN), line
        elif found.gain[n] < -CELLS:
            held = asked.plan[found.slot[n]] > 0
            assert (reason is Reason.TAKEN) == held, line
            if not held:
                alone = asked.problem.grid.plan_of([line])
                gains = float(asked.objective(alone)) > 0
                message = found.message[n]
                expected = (Reason.TIRED, Reason.BESIDE if gains else Reason.ALONE)
                assert reason in (expected if message is None else (Reason.MESSAGE,)), line
                if message is not None:  # once others pay for the message, it is worth sending
                    people = next(each.customers for each in problem.grid.segments if each.id == line.segment)
                    assert found.gain[n] + 0.004 * people * line.coverage > 0, line
        seen.add(reason)
    assert seen >= {Reason.OPEN, Reason.LIMIT, Reason.RULE, Reason.ALONE, Reason.TIRED, Reason.TAKEN, Reason.MESSAGE}


def test_an_offer_that_costs_more_than_it_brings_is_told_with_its_parts() -> None:
    """The parts are those of the ledger's account and add up to what the line would lose, to the cent."""
    asked = question(SHORT, (1, "espresso-1kg", "coffee-15"))
    found = asked.one("equipment-20", "kettle")
    assert [(each.reason, each.slots) for each in found.counts] == [(Reason.ALONE, 8)] and found.standing == 0
    assert float(sum(amount for _, amount in found.best.parts)) == asked.added(found.best.line)
    days = asked.problem.loaded.scenario.horizon.dates
    losses = {day: asked.added(found.best.line.model_copy(update={"date": day})) for day in days}
    assert losses[found.best.line.date] == pytest.approx(max(losses.values()), abs=CELLS) and max(losses.values()) < 0
    told = _told(asked.asked(offer="equipment-20", product="kettle"), asked)
    assert "equipment-20 on kettle: on none of 8 days it would lose even by itself best on " in told
    assert f": {asked.added(found.best.line):.2f} (extra sales +" in told


def test_days_that_lose_by_tired_customers_are_counted_as_such() -> None:
    """A day that gains alone, and beside the plan if nobody were tired, loses because they are."""
    asked = question((*SHORT, "response.fatigue=70%", "response.carry_over=ignore"), (3, "filter-1kg", "coffee-15"))
    found = asked.one("coffee-15", "filter-1kg")
    rested = question((*SHORT, "response.fatigue=0%"), (3, "filter-1kg", "coffee-15"))
    days = [day for day in asked.problem.loaded.scenario.horizon.dates if day != dt.date(2027, 3, 4)]
    losing = {day for day in days if asked.added(found.best.line.model_copy(update={"date": day})) < 0}
    assert losing and all(rested.added(found.best.line.model_copy(update={"date": day})) > 0 for day in losing)
    assert {(each.reason, each.slots) for each in found.counts} == {
        (Reason.TIRED, len(losing)),
        (Reason.OPEN, 7 - len(losing)),
    }
    assert found.standing == 1


def test_what_takes_from_lines_beside_it_is_told_so() -> None:
    """A cut that pays alone and loses beside the flash sale of its rival takes its buyers."""
    asked = question(
        (*SHORT, "response.cannibalisation=0.5", "response.fatigue=0%"), (3, "espresso-1kg", "coffee-flash")
    )
    found = next(
        each
        for each in asked.asked(product="filter-1kg", period=dt.date(2027, 3, 4)).told
        if each.counts[0].reason is Reason.BESIDE
    )
    alone = asked.problem.grid.plan_of([found.best.line])
    assert float(asked.objective(alone)) == pytest.approx(found.best.alone, abs=CELLS) and found.best.alone > 0
    assert found.best.change == pytest.approx(asked.added(found.best.line), abs=CELLS) and found.best.change < 0


def test_a_limit_without_room_is_told_with_what_is_missing_and_what_makes_way() -> None:
    """What is missing is the ledger's; the line that makes way is the best of all single swaps."""
    lines = (1, "espresso-1kg", "coffee-flash"), (2, "filter-1kg", "coffee-15"), (5, "filter-1kg", "coffee-flash")
    spent = _spent(question(SHORT, *lines))
    asked = question((*SHORT, f"limits=[{{id: budget, measure: spend, max: {spent + 50}}}]"), *lines)
    found = asked.one("coffee-flash", "filter-1kg")
    best = found.best
    assert best.reason is Reason.LIMIT and [each.id for each in best.barred] == ["budget"] and best.change > 0
    trial = asked.with_line(best.line)
    limit = next(each for each in asked.ledger.verdict(trial).limits if each.id == "budget")
    assert float(best.barred[0].missing.replace(",", "")) == pytest.approx(float(limit.used - limit.limit), abs=0.02)
    swaps = {}
    slot = asked.problem.grid.slot_number(asked.problem.grid.locate(best.line)[0])
    for gone in np.flatnonzero(asked.plan):
        swap = trial.copy()
        swap[gone] = 0
        if gone != slot and not asked.broken(swap):
            swaps[int(gone)] = float(asked.objective(swap) - asked.objective(asked.plan))
    assert best.gives_way is not None and swaps
    gone = asked.problem.grid.slot_number(asked.problem.grid.locate(best.gives_way.lines[0])[0])
    assert swaps[gone] == max(swaps.values()) == pytest.approx(best.gives_way.change, abs=CELLS)
    told = _told(asked.asked(offer="coffee-flash", product="filter-1kg"), asked)
    assert f"but budget lacks {best.barred[0].missing}: " in told and "in place of " in told


def test_a_rule_that_forbids_is_named_with_its_lines_and_what_makes_way() -> None:
    """One banner a day: on the day of the other one the rule is the reason, and swapping the two is told."""
    settings = (*SHORT, BANNER, "offers.home-page.fixed_cost=5", "response.fatigue=0%")
    asked = question(settings, (3, "kettle", "home-page"))
    day = dt.date(2027, 3, 4)
    (found,) = asked.asked(offer="home-page", product="espresso-1kg", period=day).told
    assert [(each.reason, each.barred, each.slots) for each in found.counts] == [(Reason.RULE, ("one-banner",), 1)]
    (rule,) = found.best.barred
    assert {(line.product, line.offer) for line in rule.lines} == {
        ("kettle", "home-page"),
        ("espresso-1kg", "home-page"),
    }
    swap = asked.with_line(found.best.line)
    swap[np.flatnonzero(asked.plan)] = 0
    assert found.best.gives_way is not None and [line.product for line in found.best.gives_way.lines] == ["kettle"]
    gained = float(asked.objective(swap) - asked.objective(asked.plan))
    assert found.best.gives_way.change == pytest.approx(gained, abs=CELLS) and gained > 0
    told = _told(asked.asked(offer="home-page", product="espresso-1kg", period=day), asked)
    assert "but the rule one-banner forbids it: " in told and "it would gain " in told
    assert "and the search has not found it" in told


def test_what_stands_in_the_slot_is_named_where_it_is_worth_more() -> None:
    """A flash sale's day cannot hold the cut as well: the swap is told with what it loses."""
    asked = question(SHORT, (2, "espresso-1kg", "coffee-flash"))
    (found,) = asked.asked(offer="coffee-15", product="espresso-1kg", period=dt.date(2027, 3, 3)).told
    assert found.best.reason is Reason.TAKEN and found.best.instead_of is not None
    assert found.best.change == pytest.approx(asked.added(found.best.line), abs=CELLS) and found.best.change < 0
    told = _told(asked.asked(offer="coffee-15", period=dt.date(2027, 3, 3), product="espresso-1kg"), asked)
    assert "what stands there is worth more" in told and "in place of coffee-flash" in told


def test_short_answers_begin_with_what_is_in_no_promotion() -> None:
    """Each unpromoted product and unused offer once, then what runs somewhere; counts add up to all slots."""
    asked = question(SHORT, (1, "espresso-1kg", "coffee-15"), (2, "espresso-1kg", "coffee-15"))
    short, whole = asked.asked(), asked.asked(whole=True)
    assert short.more == len(whole.told) - len(short.told) > 0 and whole.more == 0
    absent = [each for each in short.told if not each.standing]
    assert list(short.told[: len(absent)]) == absent
    assert (
        {each.product for each in whole.told}
        >= {each.product for each in absent}
        >= {"filter-1kg", "kettle", "grinder"}
    )
    assert [(each.offer, each.product) for each in short.told if each.standing] == [("coffee-15", "espresso-1kg")]
    for each in whole.told:
        assert sum(count.slots for count in each.counts) == each.slots
    assert "of an offer and a product: --all tells of all" in _told(short, asked)
    document = left_out_json(whole)
    assert len(document) == len(whole.told) and document[0]["best"]["line"]["offer"] == document[0]["offer"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"product": "ketle"},
            "--product: product: expected a product of the plan's scenario, got ketle; did you mean",
        ),
        ({"offer": "cofee-15"}, "--offer: offer: expected an offer of the plan's scenario, got cofee-15"),
        ({"segment": "rich"}, "--segment: segment: expected a segment of the plan's scenario, got rich"),
        (
            {"period": dt.date(2027, 4, 1)},
            "--period: day: expected a day from 2027-03-01 to 2027-03-08, got 2027-04-01",
        ),
    ],
)
def test_what_the_scenario_does_not_know_is_refused(asked: dict[str, object], said: str) -> None:
    """A typing error gets its place and the closest word."""
    with pytest.raises(InvalidInput) as refused:
        wanted(question(SHORT).problem.grid, Asked(**asked))  # type: ignore[arg-type]
    assert said in str(refused.value)


def test_a_segment_is_asked_about_with_what_everybody_gets() -> None:
    """Coupons of other segments are left out; shelf prices reach every segment."""
    grid = question(SHORT).problem.grid
    found = wanted(grid, Asked(segment="regulars")).any(axis=1)
    whom = [grid.slot(slot).segment for slot in range(grid.slots)]
    assert [bool(each) for each in found] == [segment in (None, 0) for segment in whom]


def test_where_one_line_is_not_enough_several_make_way() -> None:
    """Six small cuts stand where a flash sale has no room: without some of them it keeps the budget."""
    lines = tuple((period, "filter-1kg", "coffee-15") for period in range(6))
    spent = _spent(question(SHORT, *lines))
    asked = question((*SHORT, f"limits=[{{id: budget, measure: spend, max: {spent + 1}}}]"), *lines)
    best = asked.one("coffee-flash", "espresso-1kg").best
    trial = asked.with_line(best.line)
    assert best.reason is Reason.LIMIT and best.gives_way is not None and len(best.gives_way.lines) > 1
    swap = trial.copy()
    for line in best.gives_way.lines:
        swap[asked.problem.grid.slot_number(asked.problem.grid.locate(line)[0])] = 0
    assert not asked.broken(swap)
    gained = float(asked.objective(swap) - asked.objective(asked.plan))
    assert best.gives_way.change == pytest.approx(gained, abs=CELLS)
    for gone in np.flatnonzero(asked.plan):
        single = trial.copy()
        single[gone] = 0
        assert asked.broken(single), "one of them would have been enough"
    assert "more line" in _told(asked.asked(offer="coffee-flash", product="espresso-1kg"), asked)


def test_what_may_stand_nowhere_is_told_apart_from_what_stands_everywhere() -> None:
    """A coffee offer on a kettle has no slot; one that runs on the only day asked about is there already."""
    asked = question(SHORT, (1, "espresso-1kg", "coffee-15"))
    nowhere = _told(asked.asked(offer="coffee-15", product="kettle"), asked)
    assert "nothing that is asked about may stand there: by the offers' applies_to" in nowhere
    there = asked.asked(offer="coffee-15", product="espresso-1kg", period=dt.date(2027, 3, 2))
    assert not there.told and "nothing: what is asked about stands wherever it may" in _told(there, asked)


def test_days_that_have_run_are_not_asked_about() -> None:
    """Up to the day until which all lines are locked nothing else can stand: only later days are counted."""
    ran = "{date: 2027-03-02, product: espresso-1kg, offer: coffee-15}"
    lock = f"rules=[{{id: past, rule: locked, until: 2027-03-04, lines: [{ran}]}}]"
    asked = question((*SHORT, lock), (1, "espresso-1kg", "coffee-15"))
    found = asked.one("coffee-15", "espresso-1kg")
    assert (found.standing, found.slots) == (0, 4), "of the four days that are open it runs on none"
    assert found.best.line.date > dt.date(2027, 3, 4)
    assert all(count.reason is not Reason.RULE for count in found.counts)
