"""Why nothing is feasible: a proof where there is one, the limits and rules in it, and what mends it.

A small question is counted out: every plan is known, so the smallest conflicts and the cheapest remedies are exact
(`constraints.infeasible.counted_conflict`), and the nearest plan is the one behind the cheapest. For larger ones five
kinds of proof are tried in turn. Locked lines against other rules (`constraints.infeasible.rule_conflict`). Two
limits on one sum (`constraints.infeasible.opposite`). One limit that even the optimistic bound cannot keep
(`constraints.infeasible.optimistic`: a budget that locked lines overspend, a margin floor above the best possible
margin of every cell). Several limits that no plan keeps together: a weighted sum of them that even the optimistic
bound cannot keep (`constraints.infeasible.proof`). Limits for which rules between lines leave no room
(`constraints.infeasible.ruled_proof`). The members of a proof are cut to a minimal set by leaving them
out one by one. Where nothing is proven the answer is "none found", with what the nearest plan still breaks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from constraints.infeasible.bounded_conflict import BoundedExplanation
from constraints.infeasible.clash import Clash, Conflict, ConflictParams
from constraints.infeasible.counted_conflict import Counted
from constraints.infeasible.firm import firm_members, stays, without_firm
from constraints.infeasible.opposite import opposite
from constraints.infeasible.reasons import messages_of, reason_of
from constraints.infeasible.remedies import Remedy, advice
from constraints.infeasible.rule_conflict import contradictions
from constraints.infeasible.shortfall import (
    broken_rows,
    measure_uses,
    shortfall_text,
    strain_of,
)
from constraints.infeasible.undivided import undivided, undivided_words
from constraints.limits.book import Limits
from constraints.rulebook import RuleBook
from constraints.rules.registry import check_rules
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Plan
from scenarios.currency import minor_digits
from scenarios.response.coefficients import Coefficients


def why_infeasible(
    model: Coefficients,
    limits: Limits,
    rulebook: RuleBook,
    nearest: Plan | None = None,
    verdicts: Sequence[LimitResult] = (),
    params: ConflictParams | None = None,
    counted: Counted | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Conflict:
    """Explain why no plan keeps every rule and limit.

    Parameters
    ----------
    nearest : int8 [N], optional
        The plan that breaks least; the start plan without it.
    verdicts
        What the ledger says of ``nearest``: limits at risk are then judged by their use at risk.
    counted
        What a census of all plans says, where the question is small enough for one.
    stopped
        Whether nobody waits any longer: no proof is looked for then, and none is cut to what it needs.
    """
    params = ConflictParams() if params is None else params
    found = _found(model, limits, rulebook, nearest, verdicts, params, counted, stopped)
    firm, staying = firm_members(model.grid), stays(model.grid, found.clashes)
    return replace(found, ways=without_firm(found.ways, staying), firm=firm.intersection(found.members))


def _found(
    model: Coefficients,
    limits: Limits,
    rulebook: RuleBook,
    nearest: Plan | None,
    verdicts: Sequence[LimitResult],
    params: ConflictParams,
    counted: Counted | None,
    stopped: Callable[[], bool],
) -> Conflict:
    """The same with ways out that change or drop firm members, too."""
    plan = rulebook.locked_plan() if nearest is None else nearest
    if counted is not None and counted.feasible is None:
        return _by_count(model, limits, plan, verdicts, counted)
    against = contradictions(rulebook, stopped)
    if against:
        remedies = dict.fromkeys(remedy for each in against for remedy in each.remedies)
        return Conflict(
            proven=True,
            clashes=tuple(dict.fromkeys(Clash(members=each.members, reason=each.reason) for each in against)),
            ways=tuple(Remedy(changes=(advice(text),)) for text in remedies),
            nearest=tuple(dict.fromkeys(each.reason for each in against)),
        )
    clashes, ways = opposite(limits)
    if clashes:
        return Conflict(proven=True, clashes=clashes, ways=ways, nearest=_broken(model, limits, plan, verdicts))
    return BoundedExplanation(model, limits, rulebook, plan, verdicts, params, stopped).conflict()


def _by_count(
    model: Coefficients,
    limits: Limits,
    nearest: Plan,
    verdicts: Sequence[LimitResult],
    counted: Counted,
) -> Conflict:
    """Say what a census says; of the nearest plan, where it names none, what the search came to."""
    if counted.nearest is not None:
        nearest, verdicts = counted.nearest.plan, counted.nearest.limits
    return Conflict(
        proven=True,
        clashes=tuple(
            Clash(
                members=tuple(m.id for m in members), reason=reason_of(model.grid, members), smallest=True, minimal=True
            )
            for members in counted.conflicts
        ),
        ways=counted.remedies,
        nearest=_broken(model, limits, nearest, verdicts),
    )


def _broken(model: Coefficients, limits: Limits, plan: Plan, verdicts: Sequence[LimitResult]) -> tuple[str, ...]:
    """Say what a plan breaks: limits, what only the ledger sees, rules."""
    used = measure_uses(model, limits, plan, strain_of(limits, verdicts))
    broken = broken_rows(model, limits, used)
    shown = {row.id for row in broken}
    digits = minor_digits(model.grid.scenario.currency)
    others = [verdict_text(each, digits) for each in verdicts if not each.ok and each.id not in shown]
    rules = messages_of(check_rules(model.grid, model.grid.lines(plan)))
    return (*(shortfall_text(model, limits, row, used, verdicts) for row in broken), *others, *rules)


def verdict_text(verdict: LimitResult, money_digits: int = 2) -> str:
    """Say in words what the ledger says of a limit, where float sums see nothing broken: cents, and limits at risk."""
    side, verb = ("at most", "allowed") if verdict.sense == "max" else ("at least", "asked for")
    share = None if verdict.share_of is None else verdict.share_of["measure"]
    words = verdict.measure if share is None else f"{verdict.measure} / {share}"
    used = f"{words} {verdict.figure(verdict.decides)}{verdict.place}"
    if undivided(verdict):
        up = verdict.sense == "max"
        used = undivided_words(
            verdict.measure, share, verdict.part or 0, verdict.place, up=up, money_digits=money_digits
        )
    return f"{verdict.id}: {used}, {side} {verdict.figure(verdict.limit)} {verb}"
