"""What a reader must know of an answer, gathered by topic; each sentence is found where its subject is known."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain

from constraints.idle_offers import idle_offers
from constraints.limits.booked import rounding_of
from constraints.lines_on_nothing import left_out
from planner.evolution.workspace import Workspace
from planner.problem import Problem
from planner.reasons.assumed.charged_beyond import charged_beyond
from planner.reasons.assumed.half_life import at_half_of_it
from planner.reasons.assumed.more_ahead import if_more_ahead
from planner.reasons.standing.explain import counted_in
from planner.run.baseline_first import baseline_first, baseline_wants
from planner.run.findings import Findings
from planner.run.notes.as_in_its_test import as_in_its_test
from planner.run.notes.held_back import held_back
from planner.run.notes.kept_as_expected import kept_as_expected
from planner.run.notes.kept_for_stock import KeptForStock, kept_for_stock
from planner.run.notes.kept_in_name import kept_in_name
from planner.run.notes.lines_for_limits import lines_for_limits
from planner.run.notes.little_lines import little_lines
from planner.run.notes.never_fits import never_fits
from planner.run.notes.only_dates import only_dates
from planner.run.notes.price_notes import price_notes
from planner.run.notes.run_notes import bound_notes, causal_doubts, rounding_notes, run_notes
from planner.run.notes.short_of_stock import short_of_stock
from planner.run.notes.unused_offers import unused_offers
from planner.run.shadow import Shadow
from scenarios.answer.notes import Note, Topic, notes_about
from scenarios.answer.plan import RankedPlan
from scenarios.currency import minor_digits
from scenarios.loading.doubtful.notes import doubtful_groups
from scenarios.response.for_sale import for_sale
from scenarios.response.measures import objective_functional

UNTOLD = (
    "the time was over before it was looked at what keeps offers and lines out of the plan, or in it for a limit's "
    "sake; campaign explain tells of the lines, more --seconds of all"
)
"""Where notes that take tries were left out."""


def answer_notes(
    problem: Problem,
    space: Workspace,
    findings: Findings,
    ranked: tuple[RankedPlan, ...],
    shadow: Shadow,
    bound: Decimal | None,
    *,
    careful: bool,
) -> tuple[Note, ...]:
    """Return the notes of an answer: what stands of the question itself, then what was found.

    Parameters
    ----------
    ranked
        The plans that were found, best first.
    shadow
        What limits are worth at the best.
    bound
        What no plan gains more than; None where none was computed.
    careful
        Whether the objective is over the futures: the bound is then of expected profit.
    """
    hurried, best = findings.hurried(), ranked[0]
    kept = () if hurried else _kept_for_stock(space, findings, best)
    return tuple(
        chain(
            _of_question(problem),
            notes_about(Topic.EFFECTS, causal_doubts(problem, findings)),
            notes_about(Topic.SEARCH, (*run_notes(findings), *((UNTOLD,) if hurried else ()))),
            notes_about(Topic.PLAN, _of_plan(problem, space, findings, ranked, kept, hurried=hurried)),
            notes_about(Topic.STOCK, _of_stock(problem, space, findings, best, kept, hurried=hurried)),
            notes_about(Topic.BOUND, _of_bound(problem, findings, bound, careful=careful)),
            notes_about(Topic.PLAN, _of_prices(problem, findings, shadow)),
        )
    )


def _of_question(problem: Problem) -> Iterator[Note]:
    """Say what is known before any plan is made: of effects, of what is hardly meant, of what there is to sell."""
    yield from notes_about(Topic.EFFECTS, problem.effects.notes)
    for of_stock, sentences in doubtful_groups(problem.loaded):
        yield from notes_about(Topic.STOCK if of_stock else Topic.QUESTION, sentences)
    yield from notes_about(Topic.QUESTION, idle_offers(problem.grid, problem.model.economics))
    yield from notes_about(Topic.STOCK, left_out(problem.rulebook, for_sale(problem.model, problem.effects)))


def _kept_for_stock(space: Workspace, findings: Findings, best: RankedPlan) -> tuple[KeptForStock, ...]:
    """Lines that stand for their own stock, where plans are judged by money that they bring."""
    counted = counted_in(space.grid.scenario.objective)
    if counted.saved or not counted.money:
        return ()
    return kept_for_stock(space, *findings.checked[0], best, findings.ledger)


def _of_plan(
    problem: Problem,
    space: Workspace,
    findings: Findings,
    ranked: tuple[RankedPlan, ...],
    kept: tuple[KeptForStock, ...],
    *,
    hurried: bool,
) -> Iterator[str]:
    """Say which plans are one but for dates, how the best plan's figures come about, and what is not in it."""
    scenario, plans = problem.loaded.scenario, [each.plan for each, _ in findings.checked]
    best = ranked[0]
    yield from only_dates(space.grid, plans, ranked)
    yield from rounding_notes(findings, scenario.objective, scenario.currency)
    yield from at_half_of_it(problem, plans[0])
    yield from if_more_ahead(problem, findings.checked[0][1].account)
    yield from charged_beyond(findings.checked[0][1].account, best.outcome, "plan 1")
    yield from kept_as_expected(findings.ledger, plans[0], best.limits)
    if problem.learned is not None:
        yield from as_in_its_test(findings.ledger, problem.baskets, problem.learned.accuracy, plans[0], best.limits)
    if hurried:
        return
    unfit = never_fits(space, plans)
    yield from lines_for_limits(space, plans[0], best, frozenset().union(*(each.slots for each in kept)))
    yield from kept_in_name(space, plans[0], best)
    yield from little_lines(space, plans[0], best)
    yield from unused_offers(space, problem.effects, best, plans, unfit.keys())
    yield from unfit.values()


def _of_stock(
    problem: Problem,
    space: Workspace,
    findings: Findings,
    best: RankedPlan,
    kept: tuple[KeptForStock, ...],
    *,
    hurried: bool,
) -> Iterator[str]:
    """Say what stock keeps out of the best plan, or in it, where plans are judged by money that they bring."""
    scenario, ledger = space.grid.scenario, findings.ledger
    counted = counted_in(scenario.objective)
    if counted.saved or not counted.money:
        return
    candidate, _ = findings.checked[0]
    yield from () if hurried else short_of_stock(space, candidate, ledger)
    wanted = baseline_wants(problem.effects)
    yield from baseline_first(problem.model, wanted, best.limits, candidate.stock, scenario.currency)
    yield from (each.words for each in kept)


def _of_bound(problem: Problem, findings: Findings, bound: Decimal | None, *, careful: bool) -> Iterator[str]:
    """Say what the bound proves, and how much of the gap no search closes."""
    currency = problem.loaded.scenario.currency
    # What rounding hardly ever adds to a plan's objective in the account.
    hidden = rounding_of((1.0, minor_digits(currency), objective_functional(problem.model))).likely
    ended = "the time was over before it" if findings.asked.seconds is not None else ""
    ended = "the search was interrupted before it" if findings.interrupted else ended
    yield from bound_notes(bound, careful, hidden, currency, ended)
    if not careful:
        yield from held_back(problem.limits, findings.bound, findings.checked[0][0])


def _of_prices(problem: Problem, findings: Findings, shadow: Shadow) -> tuple[str, ...]:
    """Say where the prices of limits are not known, or rough."""
    if not problem.limits.rows_of:
        return ()
    scenario = problem.loaded.scenario
    return price_notes(shadow, findings.checked[0][0].objective, counted_in(scenario.objective), scenario.currency)
