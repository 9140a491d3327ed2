"""Notes of a run: what a reader should know of its plans, its bound, and how it ended."""

from __future__ import annotations

from decimal import Decimal

from planner.evolution.elites import MIN_DIFFERENCE, difference
from planner.evolution.shown.distinct import FAR
from planner.figures import money_style, plural
from planner.problem import Problem
from planner.reasons.doubts import doubts, sent_elsewhere
from planner.run.findings import Findings, FoundFront
from scenarios.language.aim import senses_of
from scenarios.language.several import Sense
from scenarios.language.words import Measure

_MOST = {Sense.MAX: "most", Sense.MIN: "least"}
ROUNDED = 2e-3
"""Share of a plan's objective that the rounding of its account may move before that is told."""
WIDE = 0.25
"""Gap from which on it is told what may find a better plan: proofs of questions that are searched well are narrower."""


def causal_doubts(problem: Problem, findings: Findings) -> tuple[str, ...]:
    """Say of the offers that any plan uses why what was only observed of them may not be causal, or hold elsewhere."""
    if problem.learned is None:
        return ()
    lines = [line for candidate, _ in findings.checked for line in problem.grid.lines(candidate.plan)]
    used, places = {line.offer for line in lines}, sorted({(line.offer, line.segment) for line in lines})
    offers = [offer.id for offer in problem.grid.scenario.offers if offer.id in used]
    learned = problem.learned
    return (*doubts(offers, learned.suspicions), *sent_elsewhere(places, learned.elsewhere))


def run_notes(findings: Findings) -> tuple[str, ...]:
    """Say what a reader should know of the plans shown, and of how the search ended."""
    if findings.front is not None:
        return _front_notes(findings, findings.front)
    notes = []
    plans = [candidate.plan for candidate, _ in findings.checked]
    if findings.allowed is not None and findings.allowed < findings.asked.plans:
        notes.append(_in_time(findings))
    elif len(plans) < findings.asked.plans:
        notes.append(
            f"{len(plans)} of {findings.asked.plans} plans: no more were found that keep every limit, differ in at "
            f"least {MIN_DIFFERENCE:.0%} of their lines and come within {FAR:.0%} of the best"
        )
    close = [
        (i + 1, j + 1) for j in range(len(plans)) for i in range(j) if difference(plans[i], plans[j]) < MIN_DIFFERENCE
    ]
    if close:
        notes.append("closer than wanted: " + ", ".join(f"plans {i} and {j}" for i, j in close))
    if findings.halves == ():
        notes.append(
            "no optimism by cross-fitting: a short search on half of the futures found no plan that keeps every limit"
        )
    return (*notes, *_wide(findings), *_beside(findings), *_ending(findings))


def _wide(findings: Findings) -> tuple[str, ...]:
    """Say what may find a better plan, where the gap is so wide that the search may be far from its end."""
    if findings.bound is None or findings.ledger.careful:
        return ()
    best, bound = float(findings.checked[0][1].objective), findings.bound.value
    if bound - best <= WIDE * max(1.0, abs(bound)):
        return ()
    return (
        f"the gap is wide, and a part of it may be the search's: {findings.asked.further}another --seed, or --start "
        "from a plan made by hand may find a better plan",
    )


def rounding_notes(findings: Findings, objective: object, currency: str) -> tuple[str, ...]:
    """Say where cells hold so little that rounding each of them to whole minor units moves what a plan earns."""
    candidate, report = findings.checked[0]
    exact, rounded = candidate.objective, float(report.objective)
    if not isinstance(objective, str) or abs(rounded - exact) <= ROUNDED * max(abs(exact), abs(rounded), 1.0):
        return ()
    money = money_style(currency, [])
    return (
        f"accounts round every segment, product and period to the smallest amount of {currency}: the best plan's "
        f"objective, {money(exact)} before, is {money(rounded)} in them; fewer segments, or weeks in place of days, "
        "round less",
    )


def _front_notes(findings: Findings, front: FoundFront) -> tuple[str, ...]:
    """Say how many plans of the front are shown, and that only the leading measure is bounded."""
    notes = ["gap, shadow prices and contributions are of the leading measure"]
    if not front.whole:
        notes.insert(
            0,
            f"the search ended before it had looked for the best of every measure: a first front, of "
            f"{plural(len(findings.checked), 'plan')}; more time or an --effort finds the others",
        )
    elif front.plans > 1:
        found = f"the search found {plural(front.plans, 'plan')} of which none is better than another in everything"
        shown = f"the {len(findings.checked)} shown cover {front.covered:.1%} of what all of them cover"
        notes.insert(0, f"{found}; {shown}")
    else:
        found = "the search found no other plan that is better in any measure; more --effort may find some"
        notes.insert(0, found)
    notes += _short_ends(findings, front)
    if findings.allowed is not None and findings.allowed < findings.asked.plans:
        notes.append(_in_time(findings))
    return (*notes, *_beside(findings), *_ending(findings))


def _short_ends(findings: Findings, front: FoundFront) -> tuple[str, ...]:
    """Name the measures whose best plan a run for that measure alone may better, and such a run."""
    senses = list((senses_of(findings.ledger.grid.scenario.objective) or {}).items())[front.ends :]
    if not senses:
        return ()
    named = " and ".join(f"{_MOST[sense]} {measure.words}" for measure, sense in senses)
    measure, sense = senses[-1]
    alone = "profit" if measure == Measure.PROFIT else f"{{weights: {{{measure.value}: {sense.sign}}}}}"
    return (
        f"{named}: searched for less than a run for that measure alone would, which may find a better plan "
        f"(campaign plan with --set 'objective={alone}')",
    )


def _beside(findings: Findings) -> tuple[str, ...]:
    """Say that habits were not held to the lines that the plans had to keep."""
    if findings.baselines is None or findings.asked.keep is None:
        return ()
    return (
        "what stands beside the best plan keeps every limit and rule, but not the lines that --keep holds: one that is "
        "ahead shows what keeping them costs",
    )


def _ending(findings: Findings) -> tuple[str, ...]:
    """Say how the search ended, where that was not by the work it was given."""
    if findings.interrupted:
        return ("the search was interrupted: these are the best checked plans so far",)
    if not findings.asked.repeatable:
        return ("time decided when the search ended, so another run may find other plans; --effort is repeatable",)
    return ()


def _in_time(findings: Findings) -> str:
    return (
        f"the time allowed was enough to check {plural(len(findings.checked), 'plan')} of {findings.asked.plans}; give "
        "more --seconds, or an --effort, for more"
    )


def bound_notes(bound: Decimal | None, careful: bool, hidden: float, currency: str, ended: str = "") -> tuple[str, ...]:
    """Say what the bound proves, and what it does not.

    Parameters
    ----------
    hidden
        What the rounding of accounts hardly ever adds to a plan.
    ended
        Why there is no bound, where it ended early.
    """
    if bound is None:
        why = f" ({ended})" if ended else ""
        return (f"no bound was computed{why}, so the distance from the best possible plan is not known",)
    if careful:
        return (
            "no bound is known for an objective over the futures, hence no gap; on the expected effects no plan gains "
            f"more than {bound:,f}, which bounds expected profit but not the objective",
        )
    notes = ["the bound holds under this response model and the expected effects, not for reality itself"]
    if hidden > ROUNDED * max(float(abs(bound)), 1.0):
        notes.append(
            f"the bound is of sums before accounts round every segment, product and period to the smallest amount of "
            f"{currency}: another plan may come to up to {money_style(currency, [])(hidden)} more in them"
        )
    return tuple(notes)
