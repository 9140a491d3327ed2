"""Notes tell what they are about: plans.json keeps it, and a re-planning goes by it, not by words."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from flight_case import Running, running
from little_work import little_work
from plan_directory import plans_of
from replan_case import again, happened, sold

from constraints.checking.check import check
from constraints.ledger import Ledger
from planner.replan.replan import ReplanParams, replan
from planner.replan.replanned import NO_BOUND, Replanned, told_in_flight
from planner.replan.standing import standing
from planner.run.effort import Effort
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.answer.in_flight import InFlight
from scenarios.answer.notes import Note, Topic
from scenarios.answer.plan import PlanSet
from scenarios.answer.plan_files import sealed_values, write_plans
from scenarios.futures.draws import draw
from scenarios.problems import InvalidInput
from surrogate.flight.recalibration.recalibrate import recalibrate

OF_EACH = tuple(Note(about=topic, text=f"what was said of {topic}") for topic in Topic)
"""An earlier answer's notes: one a topic."""


@pytest.fixture
def case(tmp_path: Path) -> Running:
    """The small shop some days into its campaign."""
    return running(tmp_path)


def answer_with(case: Running, *notes: Note | str) -> PlanSet:
    """An answer of the shop with some notes."""
    return replace(plans_of(case.frozen, [case.plan])[0], notes=notes)


def in_flight(case: Running, before: PlanSet, found: PlanSet, *moved: str) -> tuple[Note | str, ...]:
    """Notes of a re-planned answer, of which some bounds and stocks follow reality."""
    ledger = Ledger(case.model, case.frozen.effects, draw(case.grid, case.frozen.effects, 1))
    actuals = happened(case, sold(case))
    flight = InFlight(
        as_of=dt.date(2026, 11, 4),
        locked_until=dt.date(2026, 11, 5),
        known_periods=4,
        actuals="actuals.csv",
        plan_sha256="",
        moved=moved,
    )
    told = Replanned(
        frozen=case.frozen,
        flight=flight,
        plan_set=None,
        accounts=(),
        before=standing(ledger, ledger.audit(case.plan)),
        after=None,
        changes=(),
        rows=(),
        recalibration=recalibrate(case.model, case.frozen.effects, case.plan, actuals),
        used={},
        cost=Decimal(0),
        warnings=(),
        interrupted=False,
    )
    return told_in_flight(found, before, told, ()).notes


def about(notes: tuple[Note | str, ...]) -> list[Topic]:
    """What notes are about; all of them tell it."""
    return [note.about for note in notes if isinstance(note, Note)]


def test_what_was_said_of_effects_and_question_stays_and_all_else_is_over(case: Running) -> None:
    """Stock, plan and search are others now, and what an earlier re-planning changed is told anew or is over."""
    moved = "phone: 3 units fewer are left than stock less sales explains"
    notes = in_flight(case, answer_with(case, *OF_EACH), answer_with(case), moved)
    changed = [Note(about=Topic.FLIGHT, text=text) for text in (NO_BOUND, moved)]
    assert notes == (*OF_EACH[:2], *changed)
    assert about(OF_EACH[:2]) == [Topic.EFFECTS, Topic.QUESTION]


def test_what_the_new_answer_says_stands_once_and_without_its_bound(case: Running) -> None:
    """It is told as of now, behind what stays; that no bound was computed the re-planning says itself."""
    found = tuple(Note(about=topic, text=f"what is said of {topic}") for topic in Topic if topic != Topic.FLIGHT)
    notes = in_flight(case, answer_with(case, *OF_EACH), answer_with(case, OF_EACH[0], *found))
    told = (note for note in found if note.about != Topic.BOUND)
    assert notes == (*OF_EACH[:2], *told, Note(about=Topic.FLIGHT, text=NO_BOUND))


def test_plain_notes_of_an_older_folder_do_not_come_along(case: Running) -> None:
    """They tell no topic, so that nothing shows whether they still hold; the new answer says what it finds itself."""
    before = answer_with(
        case, "the bound holds under this response model", NO_BOUND, "limit volume: at least 5 is asked"
    )
    assert in_flight(case, before, answer_with(case)) == (Note(about=Topic.FLIGHT, text=NO_BOUND),)


def test_a_plan_and_its_replanning_tell_what_every_note_is_about(
    case: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the first one the bound is told, of the second one that there is none; each tells its own search."""
    little_work(monkeypatch)
    planned = plan_campaign(case.problem, SearchParams(effort=Effort.QUICK, plans=1)).plan_set
    assert planned is not None
    assert Topic.BOUND in about(planned.notes) and len(about(planned.notes)) == len(planned.notes)
    interrupted = Note(about=Topic.SEARCH, text="the search was interrupted")
    before = replace(planned, notes=(*planned.notes, interrupted))
    actuals = happened(case, sold(case))
    params = ReplanParams(change_cost=Decimal(0))
    found = replan(case.frozen, before, plans_of(case.frozen, [case.plan])[0].plans[0], actuals, b"date\n", params)
    assert found.plan_set is not None
    told = about(found.plan_set.notes)
    assert len(told) == len(found.plan_set.notes)
    assert {Topic.BOUND, Topic.SEARCH}.isdisjoint(told)
    assert next(note.text for note in found.plan_set.notes if note.about == Topic.FLIGHT) == NO_BOUND
    kept = [note for note in planned.notes if note.about in (Topic.EFFECTS, Topic.QUESTION)]
    assert [note for note in found.plan_set.notes if note in kept] == kept


def test_plans_json_tells_what_each_note_is_about(case: Running) -> None:
    """A note is a record of a topic and a sentence, reads back as it was, and its topic is sealed with it."""
    plan_set = answer_with(case, *OF_EACH)
    text = plan_set.to_json()
    assert json.loads(text)["notes"][2] == {"about": "stock", "text": "what was said of stock"}
    assert PlanSet.from_json(text) == plan_set
    assert plan_set.note_texts == tuple(note.text for note in OF_EACH)
    other = answer_with(case, *OF_EACH[:-1], replace(OF_EACH[-1], about=Topic.STOCK))
    assert dict(sealed_values(other))["notes"] != dict(sealed_values(plan_set))["notes"]


def test_plain_notes_of_an_older_folder_are_read_and_written_as_they_are(case: Running) -> None:
    """So its hashes and seals hold: the text that comes out is the one that went in."""
    plan_set = answer_with(case, "prices are assumed", *OF_EACH)
    text = plan_set.to_json()
    assert json.loads(text)["notes"][0] == "prices are assumed"
    assert PlanSet.from_json(text) == plan_set
    assert PlanSet.from_json(text).to_json() == text
    assert plan_set.note_texts[0] == "prices are assumed"


def test_check_passes_a_folder_with_plain_notes(case: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders that were written before notes told their topic are proven as ever."""
    little_work(monkeypatch)
    found = again(case, happened(case, sold(case)))
    assert found.plan_set is not None
    older = replace(found.plan_set, notes=found.plan_set.note_texts)
    write_plans(tmp_path / "older", older, found.accounts, found.frozen)
    assert check(tmp_path / "older").ok


@pytest.mark.parametrize(
    ("note", "place", "expected"),
    [
        ({"about": "weather", "text": "rain"}, "notes[0].about", "one of effects, question, stock, plan, search"),
        ({"about": None, "text": "rain"}, "notes[0].about", "one of effects"),
        ({"text": "rain"}, "notes[0].about", "a value"),
        (7, "notes[0]", "text"),
        (None, "notes[0]", "text"),
    ],
    ids=["another topic", "no topic", "topic left out", "a number", "nothing"],
)
def test_what_is_no_note_is_refused_with_its_place(case: Running, note: object, place: str, expected: str) -> None:
    """A topic that no version knows, a number or nothing in the place of a note."""
    data = json.loads(answer_with(case).to_json())
    data["notes"] = [note]
    with pytest.raises(InvalidInput) as refused:
        PlanSet.from_json(json.dumps(data))
    (problem,) = refused.value.problems
    assert problem.what == place and problem.expected.startswith(expected)
