"""Remedies without a search where a known plan or an aim tells; and what is known is told before they are there."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from none_found_case import Exact, asked_of, ledger_of

from constraints.infeasible.clash import Conflict
from constraints.infeasible.conflict import why_infeasible
from constraints.infeasible.easing import released, with_bound
from constraints.infeasible.remedies import Known, Remedy, bound_change, short_at
from planner.commands.terminal.live import watching
from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Workspace
from planner.problem import Problem
from planner.progress import Progress, ignore
from planner.report.conflict import conflict_json
from planner.run.effort import Effort
from planner.run.no_plan.count_plans import count_plans
from planner.run.no_plan.eased_problem import with_scenario
from planner.run.no_plan.eased_search import Asked, EasedSearch
from planner.run.no_plan.least_easing import Tries
from planner.run.no_plan.none_found import explain
from planner.run.no_plan.passed import Nearest, Passed, Shortcuts
from planner.run.search_params import SearchParams
from planner.run.watch import Watch


def _nearest(asked: Problem) -> Nearest:
    start = asked.rulebook.locked_plan()
    return Nearest(plan=start, limits=ledger_of(asked).audit(start).limits)


@pytest.fixture(scope="module")
def over() -> Problem:
    """Two locked lines that cost more than the budget."""
    return asked_of(cap=1.0)


@pytest.fixture(scope="module")
def search(over: Problem) -> EasedSearch:
    """What plans eased questions of it."""
    params = SearchParams(effort=Effort.QUICK)
    space = Workspace(Evaluator(over.model, over.limits), over.rulebook)
    asked = Asked(problem=over, space=space, ledger=ledger_of(over), params=params)
    return EasedSearch(asked, Watch(params, ignore))


def test_the_locked_lines_alone_answer_without_a_search(over: Problem, search: EasedSearch, monkeypatch) -> None:
    """Without the budget they pass, with it they do not; a new run would come to them, too."""

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a plan was looked for")

    monkeypatch.setattr("planner.run.no_plan.eased_search.first_state", forbidden)
    free = with_scenario(over, released(over.grid.scenario, "cap"))
    found = search.at_hand(free)
    assert found is not None and (found.plan == over.rulebook.locked_plan()).all()
    assert search.at_hand(over) is None
    assert search.from_nothing(free, _nearest(over))


def test_no_question_is_searched_twice(over: Problem, search: EasedSearch, monkeypatch) -> None:
    """Where nothing was found from nothing, the same question gets the same answer."""
    asked: list[object] = []
    monkeypatch.setattr("planner.run.no_plan.eased_search.first_state", lambda *about, **_: asked.append(about))
    little = with_scenario(over, with_bound(over.grid.scenario, "cap", Decimal("1.5")))
    assert [search.again(little, None) for _ in range(2)] == [None, None]
    assert len(asked) == 1


def test_what_is_at_hand_is_no_try(over: Problem) -> None:
    """A conflict is confirmed by plans that are known: the search is not asked at all, even where no try is left."""
    counted = Exact()
    again = Exact()
    shortcuts = Shortcuts(at_hand=lambda eased: counted(eased, None))
    tries = Tries(over, _nearest(over), again, 0, shortcuts=shortcuts)
    (clash,) = why_infeasible(over.model, over.limits, over.rulebook).clashes
    assert tries.confirmed(clash).minimal and again.asked == 0


def test_aiming_at_a_limit_takes_the_place_of_many_bounds() -> None:
    """The floor that the aim comes to is the least, once a bound just short of it has been tried."""
    asked = asked_of(margin=0.97)
    counted = count_plans(asked, ledger_of(asked))
    assert counted is not None
    (best,) = (way for way in counted.remedies if [change.id for change in way.changes] == ["margin"])

    def relieve(name: str, start: object) -> Passed | None:
        assert best.changes[0].after is not None
        return Exact()(with_scenario(asked, with_bound(asked.grid.scenario, name, best.changes[0].after)), None)

    again = Exact()
    found = Tries(asked, _nearest(asked), again, 16, shortcuts=Shortcuts(relieve=relieve)).least("margin")
    assert found is not None and again.asked <= 1
    assert found[0].changes[0].after == best.changes[0].after and found[0].least


def test_a_proof_is_told_before_remedies_are_looked_for(over: Problem) -> None:
    """Whoever waits reads what conflicts while remedies are still looked for."""
    told: list[str] = []

    def proven(conflict: Conflict) -> None:
        told.extend(conflict.reasons)

    explain(over, _nearest(over), None, Exact(), tell=told.append, proven=proven)
    first = next(number for number, words in enumerate(told) if words.startswith("trying"))
    assert any("cap" in words for words in told[1:first])


def test_what_is_known_is_written_once(capsys: pytest.CaptureFixture[str]) -> None:
    """In a pipe it is a line of its own, however many stages follow."""
    with watching() as watch:
        for stage in ("looking", "trying", "trying more"):
            watch(Progress(stage=stage, known="no plan keeps every limit and rule: too little"))
    assert capsys.readouterr().err.count("too little\n") == 1


def test_a_remedy_read_off_a_plan_is_what_the_ledger_counts(over: Problem) -> None:
    """To the cents of the account: a bound below it, by float sums, would refuse the very plan."""
    nearest = _nearest(over)
    used = next(each.used for each in nearest.limits if each.id == "cap") + Decimal("0.01")
    told = [replace(each, used=used) if each.id == "cap" else each for each in nearest.limits]
    found = why_infeasible(over.model, over.limits, over.rulebook, nearest.plan, told)
    assert used in {change.after for way in found.ways for change in way.changes if change.id == "cap"}


def test_what_was_tried_in_vain_is_in_the_json(over: Problem) -> None:
    """The nearest bound at which no plan was found, as a number beside what is known of each remedy."""
    record = over.limits.records[over.limits.ids.index("cap")]
    way = Remedy(changes=(bound_change(record, Decimal(1), Decimal(200)),), known=Known.SHOWN)
    tried = short_at(way, record, Decimal("1234.567"))
    assert tried.short == "1,234.56"
    document = conflict_json(Conflict(proven=True, clashes=(), ways=(tried, way), nearest=()))
    assert [each["short"] for each in document["known"]] == [Decimal("1234.56"), None]


def test_an_aim_from_nothing_is_taken_once(over: Problem, search: EasedSearch, monkeypatch) -> None:
    """Under whatever bound of its own limit, it comes to the same plan: a remedy that it keeps is found by it."""
    aims: list[object] = []
    dear = over.rulebook.locked_plan()

    def aimed(*about: object) -> object:
        aims.append(about)
        return dear

    monkeypatch.setattr("planner.run.no_plan.eased_search.aimed_plan", aimed)
    monkeypatch.setattr("planner.run.no_plan.eased_search.first_state", lambda *_, **__: None)
    own = EasedSearch(search.asked, Watch(SearchParams(effort=Effort.QUICK), ignore))
    nearest = _nearest(over)
    assert own.nearer(nearest) is None and own.has_aimed("cap", dear)
    assert not own.has_aimed("margin", dear)
    low, high = (with_scenario(over, with_bound(over.grid.scenario, "cap", Decimal(bound))) for bound in ("2", "1e6"))
    assert not own.from_nothing(low, nearest) and own.from_nothing(high, nearest)
    assert len(aims) == 1


def test_what_an_aim_came_to_is_not_looked_for_again() -> None:
    """With little effort the floor that the aim came to is the answer, without another aim and another search."""
    asked = asked_of(margin=0.97)
    counted = count_plans(asked, ledger_of(asked))
    assert counted is not None
    (best,) = (way for way in counted.remedies if [change.id for change in way.changes] == ["margin"])
    bound = best.changes[0].after
    assert bound is not None
    passed = Exact()(with_scenario(asked, with_bound(asked.grid.scenario, "margin", bound)), None)
    assert passed is not None

    def again(name: str, start: object) -> Passed | None:
        raise AssertionError(f"{name} was aimed at again")

    search, shortcuts = Exact(), Shortcuts(aimed=lambda name, plan: plan is passed.plan, relieve=again)
    tries = Tries(asked, _nearest(asked), search, 16, shortcuts=shortcuts, beyond_aims=False)
    found = tries.least("margin", passed)
    assert found is not None and (found[0].changes[0].after, found[0].least) == (bound, True)
    assert search.asked == 0


def test_a_plan_that_only_had_to_be_mended_is_no_try() -> None:
    """What costs next to nothing leaves the tries to searches."""
    asked = asked_of(margin=0.97)
    exact = Exact()

    def mended(eased: Problem, start: object) -> Passed | None:
        found = exact(eased, None)
        return None if found is None else replace(found, mended=True)

    tries = Tries(asked, _nearest(asked), mended, 16)
    found = tries.least("margin")
    assert found is not None and exact.asked > tries.count.done
