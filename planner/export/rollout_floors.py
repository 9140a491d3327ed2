"""Least amounts of a plan that its holdout takes away: said before anything is sent, because the plan kept them.

Customers reached and contacts are counted in the audiences that were drawn. Everything else, and audiences that are not
drawn yet, are expectations: the plan's account once more, with those who are kept out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import compress, pairwise

import numpy as np

from constraints.limits.amounts import amount, bound_text, use_text
from constraints.limits.entries import LimitEntry, LimitRow, limit_entries
from constraints.limits.verdicts import judge
from planner.export.consented import of_planned
from planner.export.rollout_tables import LineKey, Members
from planner.flight.rollout.design import SegmentHoldout, reached_tables
from scenarios.answer.archive import Frozen
from scenarios.answer.cells import Account
from scenarios.answer.outcome import account
from scenarios.answer.past_use import PastUse
from scenarios.answer.people import coverages
from scenarios.answer.sums import Places
from scenarios.arrays import Float, Int, Plan
from scenarios.flight.messages.kept_out import reckoned
from scenarios.language.where import admitted
from scenarios.language.words import Layer, Measure
from scenarios.response.coefficients import Coefficients
from scenarios.response.messages import message_groups, met, reach_in
from scenarios.rounding import UNIT_DIGITS
from scenarios.scope_mask import in_scope_on_some

_FIRST = "give --holdout 0% or a smaller share, or plan with a higher bound"
_RUNNING = "plan the rest with a higher bound; --holdout 0% would reach those whom the campaign is measured by"
"""What helps in a first rollout, and while a campaign keeps the same customers out."""
_CONSENT = "plan with coverage levels that those who have consented allow, or with a lower bound"
"""What helps where fewer have consented than the plan writes to: a higher bound would plan with nobody more."""
_PEOPLE = (Measure.CUSTOMERS_REACHED, Measure.CONTACTS)
_WORDS = {Measure.CUSTOMERS_REACHED: "customers reached", Measure.CONTACTS: "contacts"}

Count = Callable[[Int], float]
"""How many customers some rows of an account, all of one segment, reach at least once."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Whom each targeted line reaches."""

    members: Mapping[LineKey, Members]
    told: Collection[str]
    """Channels of which the customers say whether they may be reached."""
    without_holdout: Callable[[], Mapping[LineKey, Members]]
    """Whom they would reach were nobody kept out; drawn only where a least amount is missed."""
    people: Sequence[int]
    """[S] customers in the file."""


def floors_missed(
    frozen: Frozen,
    model: Coefficients,
    plan: Plan,
    holdouts: Sequence[SegmentHoldout],
    drawn: Drawn | None,
    consented: Float | None = None,
) -> tuple[str, ...]:
    """Say which least amounts the plan keeps and its rollout does not, and what would keep them.

    Parameters
    ----------
    model
        Tables of ``frozen``, which was planned.
    plan
        The flat plan [N].
    drawn
        The audiences; None where no customers were given.
    consented
        [S, O] share of the customers whom an offer may be sent to; None where it may be to all.
    """
    floors = [entry for entry in limit_entries(model.grid) if entry.sense == "min"]
    if not floors:
        return ()
    book, empty, past = account(model, plan), account(model, model.grid.empty()), PastUse(model)
    kept = [entry for entry in floors if judge(entry, book, empty, past, None).ok]
    people = [entry for entry in kept if entry.part in _PEOPLE and entry.whole is None]
    others = [entry for entry in kept if entry not in people]
    remedy = _FIRST if frozen.flight is None else _RUNNING
    said = list(_missed_people(people, book, past, holdouts, drawn, remedy, consented))
    if others and (consented is not None or any(each.held for each in holdouts)):
        written_to = of_planned(model.grid, consented)
        after = _kept_out_book(frozen, model, plan, holdouts, written_to)
        if written_to is not None:
            book = _kept_out_book(frozen, model, plan, (), written_to)
        said += _missed_amounts(others, book, empty, past, after, remedy)
    return tuple(said)


def _kept_out_book(
    frozen: Frozen,
    model: Coefficients,
    plan: Plan,
    holdouts: Sequence[SegmentHoldout],
    consented: Float | None,
) -> Account:
    """The plan's account with those who are kept out; of a re-planned folder, where they are reckoned with already."""
    shares = np.zeros(len(model.grid.segments))
    for each in holdouts:
        shares[model.grid.segment_index[each.segment]] = each.held / each.customers
    effects = reckoned(frozen, model.grid, plan, shares, consented)
    return account(reached_tables(frozen, model.grid, plan, effects), plan)


def _missed_amounts(
    floors: Iterable[LimitEntry], book: Account, empty: Account, past: PastUse, after: Account, remedy: str
) -> Iterator[str]:
    for entry in floors:
        planned, left = judge(entry, book, empty, past, None), judge(entry, after, empty, past, None)
        if left.ok:
            continue
        measure = "share" if entry.limit.share_of is not None else str(entry.measure)
        bound = bound_text(measure, entry.bound, money_digits=book.digits)
        within = "" if left.at is None else f" in {left.at}"
        uses = (
            use_text(measure, left.used, entry.bound, money_digits=book.digits, up=False),
            amount(measure, planned.used, money_digits=book.digits, up=False),
        )
        asks = f"warning: limit {entry.id} asks for {_measure_words(entry)} of at least {bound}{within}"
        came, helps = f"after the holdout about {uses[0]} is expected, {uses[1]} without it", remedy
        if not planned.ok:
            came, helps = f"of those who have consented about {uses[1]} is expected", _CONSENT
            came += f", {uses[0]} after the holdout" if left.used != planned.used else ""
        yield f"{asks}: {came}; {helps}"


def _measure_words(entry: LimitEntry) -> str:
    share = entry.limit.share_of
    return str(entry.measure) if share is None else f"a share of {entry.measure} in {share.measure}"


def _missed_people(
    floors: Iterable[LimitEntry],
    book: Account,
    past: PastUse,
    holdouts: Sequence[SegmentHoldout],
    drawn: Drawn | None,
    remedy: str,
    consented: Float | None,
) -> Iterator[str]:
    whole: Count | None = None
    held = any(each.held for each in holdouts)
    if drawn is None and not held:
        return
    count = _expected(book, holdouts) if drawn is None else _counted(book, drawn.members, drawn.told)
    for entry in floors:
        left, row = min(((_used(entry, row, book, past, count), row) for row in entry.rows), key=lambda pair: pair[0])
        if left >= entry.bound:
            continue
        if whole is None:
            whole = (
                _expected(book, ())
                if drawn is None
                else _counted(book, drawn.without_holdout() if held else {}, drawn.told)
            )
        before = _used(entry, row, book, past, whole) if held else None
        higher = "plan with a higher bound"
        if consented is not None and drawn is not None:
            most = _most_reached(entry, row, book, drawn.people, consented)
            none = f"no bound mends it: at most {most:,} customers there have consented; lower it"
            higher = _CONSENT if most >= entry.bound else none
        yield _people_sentence(entry, row, left, before, (remedy, higher), guess=drawn is None)


def _most_reached(entry: LimitEntry, row: LimitRow, book: Account, people: Sequence[int], consented: Float) -> float:
    """At most so many customers can be reached by the offers of a limit's scope; no bound where messages count."""
    if entry.part is not Measure.CUSTOMERS_REACHED:
        return float("inf")
    grid, offers = book.grid, book.grid.scenario.offers
    inside = admitted(row.where, grid.segments, grid.products, grid.scenario.horizon).segments
    channels: dict[str | None, int] = {
        offer.channel: number
        for number, offer in enumerate(offers)
        if offer.layer is Layer.TARGETED and in_scope_on_some(row.where, offer, grid.products)
    }
    shares = np.minimum(consented[:, list(channels.values())].sum(axis=1), 1.0)
    return int(np.rint(shares * np.array(people))[inside].sum())


def _people_sentence(
    entry: LimitEntry, row: LimitRow, left: Decimal, before: Decimal | None, remedies: tuple[str, str], *, guess: bool
) -> str:
    remedy, more = remedies
    measure = str(entry.part)
    what = _WORDS[Measure(measure)]
    bound, within = bound_text(measure, entry.bound), "" if row.at is None else f" in {row.at}"
    asks = f"warning: limit {entry.id} asks for at least {bound} {what}{within}"
    now = use_text(measure, left, entry.bound, up=False)
    if before is None:
        return f"{asks}: the audiences come to {now}, with these customers and lots; {more}"
    came = f"after the holdout the audiences {'would come to about' if guess else 'come to'} {now}"
    told = amount(measure, before, up=False)
    if before < entry.bound:
        return f"{asks}: {came}, and without it to {told}, with these customers and lots; {more}"
    higher = amount(measure, entry.bound * before / max(left, Decimal(1)))
    return f"{asks}: {came}, {told} without it; {remedy} (a bound of about {higher})"


def _used(entry: LimitEntry, row: LimitRow, book: Account, past: PastUse, count: Count) -> Decimal:
    """Customers or contacts of one row of a limit, with what lines before the horizon used of it."""
    rows, grid = book.rows, book.grid
    picked = np.flatnonzero(Places(book, row.where).rows & ((rows.block == 1) | (rows.block == 3)))
    before = past.used(entry.part, entry.limit.where, row.past) if row.past else 0
    if entry.part is Measure.CONTACTS:
        offers = [grid.scenario.offers[number] for number in rows.offer[picked]]
        groups = message_groups(grid.scenario, rows.segment[picked], rows.period[picked], offers).values()
        parts = [picked[members] for members in groups]
    else:
        parts = [picked[rows.segment[picked] == segment] for segment in np.unique(rows.segment[picked])]
    return Decimal(repr(round(sum(count(part) for part in parts), UNIT_DIGITS))) + Decimal(before).scaleb(-UNIT_DIGITS)


def _counted(book: Account, members: Mapping[LineKey, Members], told: Collection[str]) -> Count:
    """Count different customers in audiences, of whom a channel may reach a part.

    ``told`` are the channels of which customers say whether they may be reached: then all of an audience are.
    """
    lines = [(line.date, line.product, line.segment, line.offer) for line in book.lines]
    offers = book.grid.scenario.offers

    def count(rows: Int) -> float:
        reach = dict.fromkeys(told, 1.0)
        reach = reach_in(book.grid.scenario, book.grid.segments[int(book.rows.segment[rows[0]])]) | reach
        audiences = [members[lines[number]] for number in book.rows.line[rows]]
        levels = np.array([reach.get(offers[number].channel or "", 1.0) for number in book.rows.offer[rows]])
        people = 0.0
        for below, level in pairwise([0.0, *np.unique(levels).tolist()]):
            people += (level - below) * np.unique(np.concatenate(list(compress(audiences, levels >= level)))).size
        return people

    return count


def _expected(book: Account, holdouts: Sequence[SegmentHoldout]) -> Count:
    """Expect how many audiences will reach: a coverage of the segment, as far as those who are left allow."""
    kept = {each.segment: each.held / each.customers for each in holdouts}
    coverage, offers = coverages(book), book.grid.scenario.offers

    def count(rows: Int) -> float:
        segment = book.grid.segments[int(book.rows.segment[rows[0]])]
        left = 1.0 - kept.get(segment.id, 0.0)
        if left <= 0:
            return 0.0
        channels = [offers[number].channel for number in book.rows.offer[rows]]
        reach = reach_in(book.grid.scenario, segment)
        return left * met(reach, segment.customers, channels, np.minimum(coverage[rows] / left, 1.0))

    return count
