"""Assigning on one page: the scenario's terms, the customers' scores, prices and choices, the table and its record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from constraints.assign.counted import Quotas
from constraints.assign.terms import Terms, read_terms, wants_segments
from planner.assign.asked_about import explain_rows, find_customers
from planner.assign.cautious import rounded
from planner.assign.customers.consents import consents_read
from planner.assign.customers.contacts import contacts_read, taken_as_none
from planner.assign.customers.customer_file import SEGMENT, CustomerFile, open_customers
from planner.assign.customers.held_out import HeldOut, said_of_holdout
from planner.assign.customers.sources import FromPlan
from planner.assign.doubts import doubts_of, given_of
from planner.assign.futures.at_risk import Solved, solve_at_risk
from planner.assign.futures.cross_fit import cross_fit
from planner.assign.futures.foreseen import Foreseen, Foresight
from planner.assign.futures.offer_futures import offer_futures
from planner.assign.futures.outlook import outlook
from planner.assign.futures.sampled import Sampled
from planner.assign.intake import Intake, Read, read_rows
from planner.assign.record import FORMAT, AssignmentRecord, TableHash, gap_of, limit_uses
from planner.assign.row_file import RowFile
from planner.assign.scoring.file_scores import file_scores, holds_scores
from planner.assign.scoring.offer_setting import offer_setting
from planner.assign.scoring.scores import Scorer
from planner.assign.why import Explained
from planner.assign.written import file_hash, write_assignment
from planner.figures import money_style, plural
from scenarios.answer.plan import Hash, Source
from scenarios.answer.plan_files import sha256
from scenarios.first_few import first_few
from scenarios.language.aim import aim_words, careful_value, caution_of
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Offer, Scenario
from scenarios.loading.load import LoadedScenario
from scenarios.problems import Gathered, InvalidInput, Problem
from scenarios.response.effects import Learned
from scenarios.sampling import Estimate
from surrogate.data.files.customer_file import in_words

if TYPE_CHECKING:
    from surrogate.scoring.single import SingleScorer

Told = Callable[[str], None]
ALIKE = 0.1
"""Share by which a segment of the file may differ from the plan's before it is told."""

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
    with read.rows as rows:
        told(f"choosing for {rows.count:,} customers")
        sampled = read.sample.all()
        solved = solve_at_risk(rows, intake.terms, _foresight(intake, asked, sampled, read.told))
        optimism = None if sampled is None else cross_fit(sampled, intake.terms, solved.question, rows.count)
        told("writing")
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        record = _record(asked, intake, read, solved, optimism)
        written = write_assignment(asked.out, record, intake, rows, solved.choices)
    explained = explain_rows(intake, tuple(found.values()), solved.choices)
    return written, explained


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
        read = read_rows(intake, room)
    if read is not None and gathered.problems:
        read.rows.close()
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
        gap=gap_of(solved.value, solved.bound),
        offers=given.by_offer(),
        limits=limit_uses(terms, solved, at_risk.foreseen),
        not_looked_at=terms.unchecked,
        assumed=(
            *terms.assumed,
            *intake.assumed,
            *intake.scorer.assumed,
            *read.rounding.said(solved),
            *read.consents.said(rows.count),
            *_by_expected(scenario, terms, at_risk.foreseen),
            *_other_sizes(asked, terms, rows),
            *said_of_holdout(asked.held_out, by_plan=asked.quotas is not None),
        ),
        held_out=None if asked.held_out is None else asked.held_out.counted,
        not_consented=read.consents.found,
        sendings=terms.sent_once,
        tables=tuple(TableHash(name=name, sha256=sha256(content)) for name, content in asked.loaded.tables.items()),
        outlook=outlook(terms, solved, at_risk.foreseen, optimism),
        doubts=() if asked.model is None else doubts_of(asked.model.learned, given),
    )


def _by_expected(scenario: Scenario, terms: Terms, foreseen: Foreseen | None) -> tuple[str, ...]:
    """Say of a careful objective that prices and choices know expected values only, and what it makes of these."""
    caution = caution_of(scenario.objective)
    if caution is None:
        return ()
    said = f"customers are chosen by what is expected, and the objective is {aim_words(scenario.objective)}"
    if foreseen is None:
        return (said,)
    worth = rounded(careful_value(caution, foreseen.value), terms.digits, up=False)
    return (f"{said}: by it these choices are worth {money_style(scenario.currency, [worth])(worth)}",)


def _other_sizes(asked: Asked, terms: Terms, rows: RowFile) -> tuple[str, ...]:
    """Say of which segments the file holds other numbers of customers than the plan whose quotas are limits."""
    if asked.quotas is None:
        return ()
    held = sum((np.bincount(one.segment, minlength=len(terms.segments)) for one in rows.blocks()), start=np.zeros(1))
    sizes = asked.quotas.sizes
    found = [
        f"{plural(int(count), 'customer')} of {name} for {sizes[name]:,}"
        for name, count in zip(terms.segments, held.tolist(), strict=True)
        if abs(count - sizes.get(name, count)) > ALIKE * sizes.get(name, count)
    ]
    if not found:
        return ()
    sizes_are = first_few(found)
    return (f"the plan counts on other numbers than the file holds ({sizes_are}): quotas are its own",)
