"""Assigning on one page: the scenario's terms, the customers' scores, prices and choices, the table and its record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from constraints.assign.counted import Quotas
from constraints.assign.terms import read_terms, wants_segments
from planner.assign.all_rows import Read, read_rows
from planner.assign.asked_about import explain_rows, find_customers
from planner.assign.careful.choosing import choosing
from planner.assign.careful.counting import Counting, place_names
from planner.assign.careful.record import CarefulRecord, careful_record, said_of_objective
from planner.assign.careful.scored_parts import PartNames
from planner.assign.cautious import rounded
from planner.assign.customers.consents import consents_read
from planner.assign.customers.contacts import contacts_read, taken_as_none
from planner.assign.customers.customer_file import SEGMENT, CustomerFile, open_customers
from planner.assign.customers.held_out import HeldOut, said_of_holdout
from planner.assign.customers.sources import FromPlan
from planner.assign.doubts import doubts_of, given_of
from planner.assign.futures.at_risk import Solved, solve_at_risk
from planner.assign.futures.cross_fit import cross_fit
from planner.assign.futures.foreseen import Foresight
from planner.assign.futures.offer_futures import offer_futures
from planner.assign.futures.outlook import outlook
from planner.assign.futures.sampled import Sampled
from planner.assign.intake import Intake
from planner.assign.other_sizes import other_sizes
from planner.assign.record import FORMAT, AssignmentRecord, TableHash, gap_of, limit_uses
from planner.assign.scoring.file_scores import file_scores, holds_scores
from planner.assign.scoring.offer_setting import offer_setting
from planner.assign.scoring.scores import Scorer
from planner.assign.why import Explained
from planner.assign.written import file_hash, write_assignment
from scenarios.answer.plan import Hash, Source
from scenarios.answer.plan_files import sha256
from scenarios.language.aim import caution_of
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Offer
from scenarios.loading.load import LoadedScenario
from scenarios.problems import Gathered, InvalidInput, Problem
from scenarios.response.effects import Learned
from scenarios.sampling import Estimate
from surrogate.data.files.customer_file import in_words

if TYPE_CHECKING:
    from surrogate.scoring.single import SingleScorer

Told = Callable[[str], None]

UNREAD = (
    f"column {SEGMENT}: not read, whatever stands in it: nothing is limited to some segments, and which there are is "
    "learned"
)
"""What is taken for granted of segments of a file of scores, where the scenario does not name its own."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoredBy:
    """The scenario's model, ready to score customers."""

    asked: LoadedScenario
    """The resolved scenario."""
    scorer: Callable[[tuple[Offer, ...]], SingleScorer]
    """Makes what scores some offers."""
    learned: Learned
    """What the model says of the scenario."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """What to assign."""

    loaded: LoadedScenario
    customers: Path
    out: Path
    """Table to write; its record lies beside it, with the ending ``.json``."""
    span: DateRange | None = None
    quotas: Quotas | None = None
    plan: FromPlan | None = None
    segments: tuple[str, ...] = ()
    """Of the plan; where empty, those of the model or of the scenario."""
    model: ScoredBy | None = None
    """Where the file holds no scores, what scores its features."""
    why: tuple[str, ...] = ()
    """Customers to explain."""
    held_out: HeldOut | None = None
    """Whom of the file a rollout keeps out."""


def run(asked: Asked, told: Told) -> tuple[AssignmentRecord, tuple[Explained, ...]]:
    """Assign, write both files, and explain the customers who were asked for.

    Raises
    ------
    InvalidInput
        With everything that is wrong with the scenario's terms and the customers' file.
    """
    file = open_customers(asked.customers)
    intake = open_intake(file, asked.loaded, asked.span, asked.quotas, asked.segments, asked.model, asked.held_out)
    told("reading and scoring customers")
    read, found = _read(intake, asked)
    with read:
        rows = read.rows
        told(f"choosing for {rows.count:,} customers")
        sampled, parts = read.sample.all(), _parts(intake, asked)
        foresight = _foresight(intake, asked, sampled, read.told)
        caution = caution_of(asked.loaded.scenario.objective)
        carefully = None if caution is None or foresight is None else choosing(caution, parts, read, foresight)
        solved = solve_at_risk(rows, intake.terms, foresight, carefully)
        optimism = None if sampled is None else cross_fit(sampled, intake.terms, solved.question, rows.count)
        told("writing")
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        record = _record(asked, intake, read, solved, optimism)
        written = write_assignment(asked.out, record, intake, rows, solved.choices)
    counting = _counting(intake, asked, solved)
    explained = explain_rows(intake, tuple(found.values()), solved.choices, counting)
    return written, explained


def _parts(intake: Intake, asked: Asked) -> PartNames:
    return PartNames(terms=intake.terms, by_member=asked.model is not None)


def _counting(intake: Intake, asked: Asked, solved: Solved) -> Counting | None:
    """Return what offers count at the tilt of a careful objective; None where expected values decided."""
    careful = solved.careful
    return None if careful is None else Counting(tilt=careful.tilt, parts=_parts(intake, asked))


def _foresight(
    intake: Intake, asked: Asked, sampled: Sampled | None, segment: NDArray[np.int16] | None
) -> Foresight | None:
    """Draw futures; None where effects are still to be learned, which scores of one's own have no need of."""
    resolved = asked.loaded if asked.model is None else asked.model.asked
    if resolved.effects is None:
        return None
    setting = offer_setting(resolved, intake.terms, asked.span)
    by_model = None if asked.model is None else sampled  # redrawn scores of one's own follow no member of an ensemble
    return Foresight(setting=setting, futures=offer_futures(setting), sampled=by_model, segment=segment)


def _read(intake: Intake, asked: Asked) -> tuple[Read, dict[str, int]]:
    """Score all customers, and find those who are to be explained: everything that is wrong with either at once."""
    gathered, found = Gathered(), dict[str, int]()
    read: Read | None = None
    room = next(folder for folder in asked.out.absolute().parents if folder.is_dir())
    with gathered.step():
        found = find_customers(intake, asked.why)
    with gathered.step():
        careful = caution_of(asked.loaded.scenario.objective) is not None
        by_member = careful and asked.model is not None
        read = read_rows(intake, room, _parts(intake, asked) if by_member else None)
    if read is not None and gathered.problems:
        read.close()
    gathered.refuse()
    if read is None:
        raise ValueError("what could not be read was refused above")
    return read, found


def open_intake(
    file: CustomerFile,
    loaded: LoadedScenario,
    span: DateRange | None,
    quotas: Quotas | None,
    segments: tuple[str, ...] = (),
    model: ScoredBy | None = None,
    held_out: HeldOut | None = None,
) -> Intake:
    """See what is read of a file and how it is scored.

    Raises
    ------
    InvalidInput
        For missing columns and scenarios without anything to assign.
    """
    scenario = loaded.scenario
    apart = quotas is not None or wants_segments(scenario)
    known = scenario if model is None else model.asked.scenario
    declared = tuple(one.id for one in known.segments) if isinstance(known.segments, tuple) else ()
    names = (segments or declared) if apart else ()
    if apart and not names:
        expected = "segments that the scenario declares, where its limits, offers or rules name some"
        remedy = "give the model's features instead of scores, or a plan with --quotas: both know the segments"
        problem = Problem(
            where=loaded.name, what="segments", expected=expected, got="segments that are learned", remedy=remedy
        )
        raise InvalidInput([problem])
    terms = read_terms(scenario, names, span, quotas)
    if model is not None:
        # It loads JAX, which scores of one's own have no use for.
        from planner.assign.scoring.model_scores import model_scores

        scorer: Scorer = model_scores(file, model.asked, terms, model.scorer(terms.offers), span)
        reads = False
    elif holds_scores(file):
        scorer = file_scores(file, scenario, terms)
        reads = terms.needs_segments
    else:
        expected = "columns value_OFFER with what each offer adds for each customer"
        got = in_words(file.columns)
        remedy = "add them; the scenario's effects come from a table, so that no model can score customers"
        raise InvalidInput([Problem(where=str(file.path), what="header", expected=expected, got=got, remedy=remedy)])
    if reads and SEGMENT not in file.columns:
        why = "the plan's quotas are" if quotas is not None else "limits, offers or rules of the scenario are"
        remedy = f"add it: {why} for some segments only"
        problem = Problem(
            where=str(file.path), what="header", expected=f"the column {SEGMENT}", got="none", remedy=remedy
        )
        raise InvalidInput([problem])
    contacts = contacts_read(file, scenario, terms)
    checked = (segments or declared) if model is None and not reads and SEGMENT in file.columns else ()
    unread = (UNREAD,) if model is None and not reads and not checked and SEGMENT in file.columns else ()
    return Intake(
        file=file,
        terms=terms,
        scorer=scorer,
        contacts=contacts,
        assumed=(*taken_as_none(scenario, terms, contacts), *unread),
        reads_segment=reads,
        checked_segments=checked,
        held_out=held_out,
        consents=consents_read(file, scenario, terms),
    )


def _record(asked: Asked, intake: Intake, read: Read, at_risk: Solved, optimism: Estimate | None) -> AssignmentRecord:
    """Say what came out; the hash of the table is filled in where it is written."""
    terms, rows, solved = intake.terms, read.rows, at_risk.choices
    scenario = asked.loaded.scenario
    given = given_of(terms, rows, solved.choice, read.placed, scenario.currency)
    dates = None if asked.span is None else str(asked.span)
    return AssignmentRecord(
        format=FORMAT,
        scenario=Source(id=scenario.scenario, sha256=asked.loaded.sha256),
        overrides=asked.loaded.overrides,
        customers_file=Hash(sha256=file_hash(asked.customers)),
        table=Hash(sha256=""),
        dates=dates,
        quotas=asked.plan,
        scores=intake.scorer.source,
        currency=scenario.currency,
        segments=terms.segments,
        customers=rows.count,
        given=int(np.count_nonzero(solved.choice)),
        value=rounded(solved.value, terms.digits, up=False),
        bound=rounded(solved.bound, terms.digits, up=True),
        gap=gap_of(at_risk.objective, solved.bound),
        offers=given.by_offer(),
        limits=limit_uses(terms, solved, at_risk.foreseen),
        not_looked_at=terms.unchecked,
        assumed=(
            *terms.assumed,
            *intake.assumed,
            *intake.scorer.assumed,
            *read.rounding.said(solved),
            *read.consents.said(rows.count),
            *said_of_objective(scenario, foreseen=at_risk.foreseen is not None),
            *other_sizes(asked.quotas, terms, rows),
            *said_of_holdout(asked.held_out, by_plan=asked.quotas is not None),
        ),
        held_out=None if asked.held_out is None else asked.held_out.counted,
        not_consented=read.consents.found,
        sendings=terms.sent_once,
        tables=tuple(TableHash(name=name, sha256=sha256(content)) for name, content in asked.loaded.tables.items()),
        outlook=outlook(terms, solved, at_risk.foreseen, optimism),
        doubts=() if asked.model is None else doubts_of(asked.model.learned, given),
        careful=_careful(intake, asked, at_risk),
    )


def _careful(intake: Intake, asked: Asked, solved: Solved) -> CarefulRecord | None:
    counting = _counting(intake, asked, solved)
    if solved.careful is None or counting is None:
        return None
    places = place_names(intake, segments_of(asked.model))
    return careful_record(asked.loaded.scenario, solved.careful, counting, places, intake.terms.digits)


def segments_of(model: ScoredBy | None) -> tuple[str, ...]:
    """Return the segments that a model scores by; none where the scores are a file's."""
    known = () if model is None else model.asked.scenario.segments
    return tuple(one.id for one in known) if isinstance(known, tuple) else ()
