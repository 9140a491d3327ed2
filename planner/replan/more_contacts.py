"""A rest whose messages really reach a least number of contacts, where coverages alone would only say so.

The search counts whom coverages name. So it is asked for as many more as those come to who are kept out, have not
consented or were not written to, and what it finds is judged under the bounds that are really asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from constraints.infeasible.easing import with_bound
from planner.figures import count
from planner.replan.contact_limits import MissedContacts
from planner.replan.rest.giving_way import Rest
from scenarios.answer.archive import Frozen
from scenarios.answer.cells import Account
from scenarios.arrays import Plan

TRIES = 2
"""Searches under raised bounds: a message that is added may reach more, or fewer, of those whom it names."""


def with_more_contacts(
    rest: Rest,
    frozen: Frozen,
    search: Callable[[Frozen], Rest],
    missed_by: Callable[[Account, Plan], Sequence[MissedContacts]],
) -> tuple[Rest, tuple[str, ...]]:
    """Search again for floors of contacts that a rest's account keeps and its messages miss; with what is said of it.

    The rest stays what it is where no other plan is found that misses less and keeps everything else.

    Parameters
    ----------
    frozen
        The question that the rest was found for.
    search
        Searches for a rest of another question.
    missed_by
        Limits on contacts that a plan breaks by its messages, by its account and the flat plan [N].
    """
    bounds: dict[str, Decimal] = {}
    wanted: dict[str, MissedContacts] = {}
    best = rest
    for _ in range(TRIES):
        if best.warm is None or best.interrupted or best.warm.interrupted:
            break
        missed = missed_by(best.warm.report.account, best.warm.candidate.plan)
        more = {each.id: each for each in missed if each.asks is not None and each.at is None}
        if not more:
            break
        for name, each in more.items():
            bounds[name] = Decimal(repr(each.asks)).to_integral_value(ROUND_CEILING)
            wanted.setdefault(name, each)
        scenario = frozen.scenario
        for name, bound in bounds.items():
            scenario = with_bound(scenario, name, bound)
        found = search(replace(frozen, scenario=scenario))
        if found.warm is None or {each.id for each in found.floors} - {each.id for each in rest.floors}:
            break
        report = rest.ledger.audit(found.warm.candidate.plan)
        if not report.ok or _lacks(missed_by(report.account, found.warm.candidate.plan)) >= _lacks(missed):
            break
        candidate = best.warm.space.score(found.warm.candidate.plan)
        best = replace(rest, warm=replace(best.warm, candidate=candidate, report=report, prices=found.warm.prices))
    if best is rest or best.warm is None:
        return rest, ()
    left = {each.id for each in missed_by(best.warm.report.account, best.warm.candidate.plan)}
    return best, tuple(_said(wanted[name], bounds[name]) for name in bounds if name not in left)


def _lacks(missed: Sequence[MissedContacts]) -> float:
    return sum(abs(each.bound - each.end) / max(each.bound, 1.0) for each in missed)


def _said(missed: MissedContacts, bound: Decimal) -> str:
    return (
        f"limit {missed.id}: of what is to come the account counts everybody whom coverages name, also who is kept out "
        f"or has not consented; so the rest was planned for {count(bound)} by the account, and at least "
        f"{count(missed.bound)} are written to"
    )
