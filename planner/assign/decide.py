"""New customers at the prices of an assignment: the same scores, the same prices, no limit counted again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
from pydantic_core import PydanticCustomError

from constraints.assign.counted import PIECES, QUOTA, Quotas
from constraints.assign.rows import BLOCK_ROWS
from constraints.assign.sendings import sending_of
from planner.assign.asked_about import refuse_unknown
from planner.assign.careful.counting import Counting, place_names, tilt_from
from planner.assign.careful.scored_parts import PartNames
from planner.assign.customers.column_problems import ColumnProblems
from planner.assign.customers.customer_file import open_customers
from planner.assign.customers.held_out import NOBODY_KEPT_OUT, Key, read_holdout
from planner.assign.customers.nobody_held import found_or_judged
from planner.assign.doubts import Given, doubts_of
from planner.assign.intake import Intake, twice_in
from planner.assign.record import FORMAT, AssignmentRecord, fine_prices
from planner.assign.run import ScoredBy, open_intake, segments_of
from planner.assign.same_as_assigned import refuse_another_question, refuse_another_rollout, refuse_other_scores
from planner.assign.scoring.file_scores import holds_scores
from planner.assign.why import Explained, best_choices, explain
from planner.assign.written import file_hash, record_path
from planner.flight.rollout.of_question import refuse_rollout_of_another_question
from scenarios.answer.json_records import from_data, parse
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Scenario
from scenarios.loading.load import LoadedScenario
from scenarios.problems import InvalidInput, Problem, shown

MOST_CUSTOMERS = 1_000
"""Customers that are decided one by one; ``campaign assign`` is for more."""
_MOST_QUOTA = 1 << 62  # customers, in the whole numbers that count them
_MOST_PRICE = 1e15  # far above the largest value of the smallest use


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What new customers get."""

    record: AssignmentRecord
    customers: tuple[Explained, ...]
    assumed: tuple[str, ...] = ()
    """What is taken for granted of these customers' file, one sentence each."""
    doubts: tuple[str, ...] = ()
    """What speaks against the scores of those who get an offer, one sentence each."""

    def named(self, ids: Sequence[str], file: Path) -> tuple[Explained, ...]:
        """Return some of the customers, by their ids.

        Parameters
        ----------
        file
            Where the customers come from, to say where one is missing.

        Raises
        ------
        InvalidInput
            With every id that is no customer's.
        """
        known = {one.customer: one for one in self.customers}
        refuse_unknown([id_ for id_ in ids if id_ not in known], file)
        return tuple(known[id_] for id_ in ids)


def read_record(path: Path) -> AssignmentRecord:
    """Read the record of an assignment, named itself or by its table.

    Raises
    ------
    InvalidInput
        For files that are no such record, and for a table that is not the record's.
    """
    remedy = "give the table that campaign assign wrote, or the .json beside it"
    if path.is_dir():
        raise InvalidInput(
            [Problem(where=str(path), what="--at", expected="an assignment", got="a folder", remedy=remedy)]
        )
    place = path if path.suffix.lower() == ".json" else record_path(path)
    try:
        text = place.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        got = getattr(error, "strerror", None) or "no text"
        raise InvalidInput(
            [Problem(where=str(place), what="--at", expected="an assignment", got=str(got).lower(), remedy=remedy)]
        ) from None
    record = from_data(AssignmentRecord, parse(text, where=str(place)), where=str(place))
    if record.format != FORMAT:
        raise InvalidInput([Problem(where=str(place), what="format", expected=FORMAT, got=record.format)])
    if place != path and path.is_file() and file_hash(path) != record.table.sha256:
        expected, got = f"the table that {place.name} beside it tells of", "another, or one that was changed since"
        remedy = f"assign anew, or give {place} to decide at its prices"
        raise InvalidInput([Problem(where="--at", what=str(path), expected=expected, got=got, remedy=remedy)])
    return record


def decide(
    loaded: LoadedScenario,
    customers: Path,
    at: Path,
    by_model: Callable[[], ScoredBy | None],
    rollout: tuple[Path, Key] | None = None,
) -> Decided:
    """Decide for the customers of a file.

    Parameters
    ----------
    by_model
        Called where the file holds no scores: what scores its features.
    rollout
        Whose holdout gets nothing, and what reads the key of its pseudonyms.

    Raises
    ------
    InvalidInput
        For a record of another scenario, a file that cannot be used, and one of more customers than are decided singly.
    """
    record = read_record(at)
    refuse_another_question(record, loaded, at)
    span = _sound(record, loaded.scenario, at)
    segments = () if record.segments == ("*",) else record.segments
    file = open_customers(customers)
    model = None if holds_scores(file) else by_model()
    asked = loaded if model is None else model.asked
    held, said = None, tuple[str, ...]()
    if rollout is not None:
        holdout = read_holdout(rollout[0], loaded.scenario.scenario, record.quotas)
        refuse_rollout_of_another_question(rollout[0], loaded.scenario)
        refuse_another_rollout(record, holdout, rollout[0])
        held = found_or_judged(holdout, file, rollout[1], new=True)
        said = (held.doubt,) if held.doubt else () if holdout.count else (NOBODY_KEPT_OUT,)
    elif record.held_out is not None:
        said = (
            "the assignment left a rollout's holdout without offers; here nobody is held out without --rollout OUT",
        )
    intake = open_intake(file, loaded, span, _quotas(asked.scenario, record), segments, model, held)
    refuse_other_scores(record, intake.scorer.source, at)
    for what, own, told in (
        ("limits", [limit.id for limit in intake.terms.limits], [limit.id for limit in record.limits]),
        ("sendings", intake.terms.sent_once, record.sendings),
    ):
        if own != told:
            expected = f"the scenario's {what}"
            raise InvalidInput(
                [Problem(where=str(at), what=what, expected=expected, got="others", remedy="assign anew")]
            )
    prices = fine_prices(intake.terms, record.limits)
    counting = _counting(record, intake, model, at)
    problems = ColumnProblems(file)
    explained: list[Explained] = []
    hashes = []
    given = Given(offers=intake.terms.offers, digits=intake.terms.digits, currency=record.currency)
    first = 0
    for batch in file.batches(intake.columns, BLOCK_ROWS):
        if first + batch.num_rows > MOST_CUSTOMERS:
            expected = f"at most {MOST_CUSTOMERS:,} customers"
            remedy = "campaign assign gives millions their offers"
            raise InvalidInput(
                [Problem(where=str(customers), what="rows", expected=expected, got="more", remedy=remedy)]
            )
        taken = intake.take(batch, first, problems, by_member=counting is not None and counting.by_member)
        if problems:
            raise InvalidInput(problems.problems())
        hashes.append(taken.rows.rank)
        counted = None if counting is None else counting.scores(taken)
        choices = best_choices(taken.rows, intake.terms, prices, counted)
        given.add(taken.placed, choices, taken.rows.value)
        explained += [explain(intake, taken, row, int(choice), prices, counted) for row, choice in enumerate(choices)]
        first += batch.num_rows
    problems.close()
    if problems:
        raise InvalidInput(problems.problems())
    if not explained:
        raise InvalidInput([Problem(where=str(customers), what="rows", expected="at least one customer", got="none")])
    if (twice := twice_in(np.concatenate(hashes), file)) is not None:
        raise InvalidInput([twice])
    assumed = (*intake.assumed, *intake.scorer.assumed, *said)
    doubts = () if model is None else doubts_of(model.learned, given)
    return Decided(record=record, customers=tuple(explained), assumed=assumed, doubts=doubts)


def _counting(record: AssignmentRecord, intake: Intake, model: ScoredBy | None, at: Path) -> Counting | None:
    """Return what offers count at the record's tilt; None where expected values decided."""
    if record.careful is None:
        return None
    parts = PartNames(terms=intake.terms, by_member=model is not None)
    tilt = tilt_from(record.careful.tilt, parts, place_names(intake, segments_of(model)))
    if tilt is None:
        expected, remedy = "a row for each segment, offer and member that these customers have", "assign anew"
        got = "others: these customers' file tells segments otherwise, or the record was changed"
        raise InvalidInput([Problem(where=str(at), what="careful.tilt", expected=expected, got=got, remedy=remedy)])
    return Counting(tilt=tilt, parts=parts)


def _sound(record: AssignmentRecord, scenario: Scenario, at: Path) -> DateRange | None:
    """Return the dates of a record; what no assignment writes into one is refused."""

    def edited(what: str, expected: str, got: object) -> InvalidInput:
        remedy = "restore the record, or assign anew"
        return InvalidInput([Problem(where=str(at), what=what, expected=expected, got=shown(str(got)), remedy=remedy)])

    if record.currency != scenario.currency:
        raise edited("currency", f"{scenario.currency}, the scenario's currency", record.currency)
    offers = {offer.id for offer in scenario.offers}
    for limit in record.limits:
        if not (0 <= limit.price < _MOST_PRICE):
            expected = f"a price of at least 0 and below {_MOST_PRICE:,.0f}"
            raise edited(f"limits.{limit.id}.price", expected, limit.price)
        segment, _, offer = limit.id.partition(":")[2].partition("/")
        if record.quotas is not None and limit.id.startswith((QUOTA, PIECES)):
            if segment not in record.segments or offer not in offers:
                raise edited("limits", "quotas of its segments and the scenario's offers", limit.id)
            if not (0 <= limit.limit < _MOST_QUOTA):
                what = "customers" if limit.id.startswith(QUOTA) else "pieces"
                raise edited(f"limits.{limit.id}.limit", f"a number of {what}", limit.limit)
    by_id = {offer.id: offer for offer in scenario.offers}
    for one in record.sendings:
        sender, period = by_id.get(one.offer), scenario.horizon.period_of(one.sent)
        inside = 0 <= period < scenario.horizon.periods
        known = sender is not None and inside and sender.told_in(scenario.horizon, period)
        if sender is None or not known or sending_of(scenario, sender, period) != one:
            raise edited(f"sendings.{one.offer}", "a day on which the scenario sends it, and its last day", one.words)
    try:
        return None if record.dates is None else DateRange.parse(record.dates)
    except PydanticCustomError:
        raise edited("dates", "a date or FIRST..LAST", record.dates) from None


def _quotas(scenario: Scenario, record: AssignmentRecord) -> Quotas | None:
    """Return the plan's quotas as the record holds them."""
    if record.quotas is None:
        return None
    offers = [offer.id for offer in scenario.offers]
    customers = np.zeros((len(record.segments), len(offers)), dtype=np.int64)
    taken: dict[str, Decimal] = {}
    pieces: dict[tuple[int, int], int] = {}
    for limit in record.limits:
        if not limit.id.startswith((QUOTA, PIECES)):
            taken[limit.id] = limit.taken
            continue
        segment, _, offer = limit.id.partition(":")[2].partition("/")
        place = record.segments.index(segment), offers.index(offer)
        if limit.id.startswith(QUOTA):
            customers[place] = int(limit.limit)
        else:
            pieces[place] = int(limit.limit)
    sends = {one.offer: scenario.horizon.period_of(one.sent) for one in record.sendings}
    return Quotas(customers=customers, taken=taken, pieces=pieces, sends=sends)
