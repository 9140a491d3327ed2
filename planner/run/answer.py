"""Write the answer: ranked plans with their account, contributions, prices, yardsticks and gap."""

from __future__ import annotations

from importlib.metadata import version

from planner.evolution.risk import set_bounds
from planner.evolution.workspace import Workspace
from planner.problem import Problem
from planner.reasons.assumed.assumptions import assumptions
from planner.run.baseline_first import baseline_wants
from planner.run.bound_amount import bound_amount
from planner.run.findings import Findings
from planner.run.notes.answer_notes import answer_notes
from planner.run.ranked import ranked_plans
from planner.run.shadow import shadow_prices
from scenarios.answer.front import front_of
from scenarios.answer.plan import FORMAT, EffectsSource, Hash, PlanSet, Source
from scenarios.currency import minor_digits
from scenarios.futures.optimism import crossed
from scenarios.language.aim import aim_words, caution_of, senses_of

PACKAGES = ("campaign-planner", "deap", "equinox", "jax", "numpy", "ortools", "pandas", "pyarrow")


def answer(problem: Problem, space: Workspace, findings: Findings) -> PlanSet:
    """Write the plan set of a run."""
    loaded, scenario = problem.loaded, problem.loaded.scenario
    caution, senses = caution_of(scenario.objective), senses_of(scenario.objective)
    careful = caution is not None
    best, judged = findings.checked[0]
    set_bounds(space, judged)  # those in force are of the plan that was mended last
    shadow = shadow_prices(space, best, findings.prices, baseline_wants(problem.effects), findings.late)
    reports, digits = [report for _, report in findings.checked], minor_digits(scenario.currency)
    bound = None if findings.bound is None else bound_amount(findings.bound, reports, digits, careful=careful)
    proven = None if careful else bound  # of an objective over the futures it says nothing
    ranked = ranked_plans(problem, space, findings, shadow.prices, proven)
    halves = crossed(findings.halves or (), caution)
    return PlanSet(
        format=FORMAT,
        scenario=Source(id=scenario.scenario, sha256=loaded.sha256),
        effects=EffectsSource(source=problem.effects.source, sha256=""),
        cells=Hash(sha256=""),
        seed=findings.asked.seed,
        effort=findings.effort,
        versions={name: version(name) for name in PACKAGES},
        assumed=assumptions(problem),
        notes=answer_notes(problem, space, findings, ranked, shadow, bound, careful=careful),
        objective=aim_words(scenario.objective),
        currency=scenario.currency,
        bound=proven,
        cross_fit=None if halves is None else halves.value,
        cross_fit_error=None if halves is None else halves.error,
        front=None if senses is None else front_of(senses, [plan.objectives or {} for plan in ranked]),
        plans=ranked,
    )
