"""Write the answer: ranked plans with their account, contributions, prices, yardsticks and gap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from constraints.idle_offers import idle_offers
from constraints.ledger import Ledger, LedgerReport
from constraints.limits.booked import rounding_of
from constraints.nothing_to_sell import left_out
from planner.bound.bound import Bound
from planner.evolution.baselines import Baselines
from planner.evolution.risk import set_bounds
from planner.evolution.workspace import Candidate, Workspace
from planner.figures import count
from planner.problem import Problem
from planner.reasons.assumptions import assumptions
from planner.reasons.charged_beyond import charged_beyond
from planner.reasons.explain import counted_in, worth_words
from planner.reasons.runs import kept_runs
from planner.run.baseline_first import baseline_first
from planner.run.findings import Findings
from planner.run.habit_words import uniform_offer
from planner.run.held_back import held_back
from planner.run.kept_for_stock import kept_for_stock
from planner.run.kept_in_name import kept_in_name
from planner.run.never_fits import never_fits
from planner.run.price_notes import price_notes
from planner.run.run_notes import bound_notes, causal_doubts, rounding_notes, run_notes
from planner.run.shadow import ShadowPrice, shadow_prices
from planner.run.short_of_stock import short_of_stock
from planner.run.unused_lines import unused_lines
from planner.run.unused_offers import unused_offers
from scenarios.answer.contributions import contribution_amounts
from scenarios.answer.front import front_of
from scenarios.answer.notes import Topic, notes_about
from scenarios.answer.plan import FORMAT, EffectsSource, Hash, PlanSet, RankedPlan, Source
from scenarios.answer.rounding import to_decimal
from scenarios.answer.summary import line_results
from scenarios.answer.verdicts import LimitResult
from scenarios.currency import minor_digits
from scenarios.futures.aim import aim_words, caution_of, senses_of
from scenarios.futures.optimism import crossed, optimism
from scenarios.futures.sampling import Estimate
from scenarios.language.doubtful import doubtful_groups
from scenarios.response.for_sale import for_sale
from scenarios.response.measures import objective_functional

Float = NDArray[np.float64]

PACKAGES = ("campaign-planner", "deap", "equinox", "jax", "numpy", "ortools", "pandas", "pyarrow")

_ROUNDING = 1e-3
"""Share of the bound's guard against rounding that its sum in float64 may really be off."""


def answer(problem: Problem, space: Workspace, findings: Findings) -> PlanSet:
    """Write the plan set of a run."""
    digits = minor_digits(problem.loaded.scenario.currency)
    best, judged = findings.checked[0]
    set_bounds(space, judged)  # those in force are of the plan that was mended last
    shadow = shadow_prices(space, best, findings.prices, _without_promotion(problem))
    yardsticks = _yardsticks(findings.ledger, findings.baselines, digits)
    uniform = None if findings.baselines is None else findings.baselines.uniform
    habit = None if uniform is None else uniform_offer(space, uniform.plan)
    # The bound holds for the tables' float account. The ledger rounds every cell, and where cells are alike it rounds
    # all of them one way: a best plan may come to more than its bound, and then is the bound itself.
    careful = caution_of(problem.grid.scenario.objective) is not None
    reached = max(report.outcome.profit_change if careful else report.objective for _, report in findings.checked)
    bound = None if findings.bound is None else _proven(findings.bound, reached, digits)
    proven = None if careful else bound
    plans, worth = [each.plan for each, _ in findings.checked], [float(each.objective) for _, each in findings.checked]
    luck = optimism(problem.model, problem.effects, plans, worth, findings.asked.seed)
    ranked = tuple(
        _ranked(
            space,
            rank,
            candidate,
            report,
            proven,
            yardsticks,
            findings.ledger.empty_breaks,
            shadow.prices,
            luck[rank - 1],
            habit,
        )
        for rank, (candidate, report) in enumerate(findings.checked, start=1)
    )
    wanted, currency = problem.loaded.scenario.objective, problem.loaded.scenario.currency
    halves = crossed(findings.halves or (), caution_of(wanted))
    unfit = never_fits(space, plans)
    senses = senses_of(wanted)
    if senses is not None:
        ranked = (ranked[0], *(replace(plan, gap=None) for plan in ranked[1:]))  # the bound is of the leading measure
    return PlanSet(
        format=FORMAT,
        scenario=Source(id=problem.loaded.scenario.scenario, sha256=problem.loaded.sha256),
        effects=EffectsSource(source=problem.effects.source, sha256=""),
        cells=Hash(sha256=""),
        seed=findings.asked.seed,
        effort=findings.effort,
        versions={name: version(name) for name in PACKAGES},
        assumed=assumptions(problem),
        notes=(
            *notes_about(Topic.EFFECTS, problem.effects.notes),
            *(
                note
                for of_stock, sentences in doubtful_groups(problem.loaded)
                for note in notes_about(Topic.STOCK if of_stock else Topic.QUESTION, sentences)
            ),
            *notes_about(Topic.QUESTION, idle_offers(problem.grid, problem.model.economics)),
            *notes_about(
                Topic.STOCK,
                left_out(
                    problem.grid,
                    problem.rulebook.idle,
                    for_sale(problem.model, problem.effects),
                    problem.rulebook.locked_lines(),
                ),
            ),
            *notes_about(Topic.EFFECTS, causal_doubts(problem, findings)),
            *notes_about(Topic.SEARCH, run_notes(findings)),
            *notes_about(
                Topic.PLAN,
                (
                    *rounding_notes(findings, wanted, currency),
                    *unfit.values(),
                    *charged_beyond(findings.checked[0][1].account, ranked[0].outcome, "plan 1"),
                    *unused_lines(ranked[0], problem.loaded.scenario),
                    *kept_in_name(space, plans[0], ranked[0]),
                    *unused_offers(space, problem.effects, ranked[0], plans, unfit.keys()),
                ),
            ),
            *notes_about(Topic.STOCK, _of_stock(problem, space, findings, ranked[0])),
            *notes_about(Topic.BOUND, bound_notes(bound, careful, _hidden(problem, digits), currency)),
            *notes_about(Topic.BOUND, () if careful else held_back(problem.limits, findings.bound, best)),
            *notes_about(
                Topic.PLAN,
                price_notes(shadow, best.objective, counted_in(wanted), currency) if problem.limits.rows_of else (),
            ),
        ),
        objective=aim_words(wanted),
        currency=currency,
        bound=proven,
        cross_fit=None if halves is None else halves.value,
        cross_fit_error=None if halves is None else halves.error,
        front=None if senses is None else front_of(senses, [plan.objectives or {} for plan in ranked]),
        plans=ranked,
    )


def _without_promotion(problem: Problem) -> Float:
    """[K, T] units of the baseline before stock cuts it."""
    return np.asarray(problem.effects.base_units.mean(axis=0).sum(axis=0))


def _of_stock(problem: Problem, space: Workspace, findings: Findings, ranked: RankedPlan) -> tuple[str, ...]:
    """What stock keeps out of the best plan, or in it, where plans are judged by money that they bring."""
    counted = counted_in(space.grid.scenario.objective)
    if counted.saved or not counted.money:
        return ()
    best, judged = findings.checked[0]
    missed = short_of_stock(space, best, findings.ledger)
    currency, wanted = space.grid.scenario.currency, _without_promotion(problem)
    missed = (*missed, *baseline_first(problem.model, wanted, ranked.limits, best.stock, currency))
    return (*missed, *kept_for_stock(space, best, judged, ranked, findings.ledger))


def _hidden(problem: Problem, digits: int) -> float:
    """What rounding hardly ever adds to a plan's objective in the account."""
    return rounding_of((1.0, digits, objective_functional(problem.model))).likely


def _proven(bound: Bound, reached: Decimal, digits: int) -> Decimal:
    """The bound in minor units, rounded up; what is reached where only its guard against rounding lies above that.

    The guard is a billionth of all the sums that it stands for. Written as an amount, it would be the whole gap of a
    plan that gains nothing because nothing is to be gained.
    """
    guard = bound.parts.get("rounding", 0.0)
    if bound.value - guard <= float(reached) + _ROUNDING * guard:
        return reached
    return max(_money_up(bound.value, digits), reached)


def _money_up(amount: float, digits: int) -> Decimal:
    step = 10**digits
    return to_decimal(int(np.ceil(amount * step)), digits)


def _yardsticks(ledger: Ledger, found: Baselines | None, digits: int) -> dict[str, Decimal | None]:
    """Objectives of the yardsticks by the same ledger as the plans'."""

    def value(candidate: Candidate | None) -> Decimal | None:
        return None if candidate is None else ledger.objective(candidate.plan)

    return {
        "no_promotion": to_decimal(0, digits),
        "greedy": None if found is None else value(found.greedy),
        "uniform": None if found is None else value(found.uniform),
        "last_campaign": None if found is None else value(found.last_campaign),
    }


def _ranked(
    space: Workspace,
    rank: int,
    candidate: Candidate,
    report: LedgerReport,
    bound: Decimal | None,
    yardsticks: dict[str, Decimal | None],
    broken: tuple[str, ...],
    shadow: dict[str, ShadowPrice],
    luck: Estimate,
    habit: str | None,
) -> RankedPlan:
    shares, interaction = contribution_amounts(space.evaluator.model, report.account, report.expected)
    lost = np.array([float(share) for share in shares])
    gap = None
    if bound is not None:
        gap = round(float((bound - report.objective) / max(Decimal(1), abs(bound))), 6)
    limits = tuple(_priced(limit, shadow if rank == 1 else {}) for limit in report.limits)
    return RankedPlan(
        rank=rank,
        objective=report.objective,
        gap=gap,
        optimism=luck.value,
        optimism_error=luck.error,
        uniform_offer=habit,
        outcome=report.outcome,
        baselines=yardsticks,
        interaction=interaction,
        limits=limits,
        rules=report.rules,
        lines=line_results(report.account, shares, _reasons(space, candidate, lost, _together(space, candidate, lost))),
        no_promotion_breaks=broken,
        objectives=report.objectives,
    )


def _priced(limit: LimitResult, shadow: dict[str, ShadowPrice]) -> LimitResult:
    found = shadow.get(limit.id)
    return limit if found is None else replace(limit, shadow_price=found.price, price_holds=found.holds)


def _together(space: Workspace, candidate: Candidate, lost: Float) -> dict[int, str]:
    """What the runs of losing lines are worth as a whole, by slot."""
    slots, scenario = np.flatnonzero(candidate.plan), space.grid.scenario
    digits = minor_digits(scenario.currency) if counted_in(scenario.objective).money else 2
    found = kept_runs(space.evaluator, candidate.plan, slots[lost < 0].tolist())
    return {
        slot: f"its {run.words} is worth {count(run.worth, digits=digits, signed=True)} together"
        for slot, run in found.items()
    }


def _reasons(space: Workspace, candidate: Candidate, lost: Float, together: Mapping[int, str]) -> list[str]:
    """One sentence a line: why it stands.

    Parameters
    ----------
    lost
        What the plan loses without each line, all others left as they are.
    together
        Of lines of runs, by slot, what their run is worth.
    """
    wanted = space.grid.scenario.objective
    several, careful = senses_of(wanted) is not None, caution_of(wanted) is not None
    needing = f"{'another measure, ' * several}{'other futures, ' * careful}other lines, a limit or a rule"
    gains, loses = worth_words(space.grid.scenario.objective)
    reasons = []
    for slot, loss in zip(np.flatnonzero(candidate.plan), lost, strict=True):
        if space.rules.fixed[slot]:
            reasons.append("locked by the scenario")
        elif loss > 0:
            reasons.append(gains)
        else:
            what = loses if loss < 0 else "brings nothing"
            beside = f"{what} beside the others"
            run = together.get(int(slot))
            reasons.append(f"{beside}: {needing} need it" if run is None else f"{beside}; {run}")
    return reasons
