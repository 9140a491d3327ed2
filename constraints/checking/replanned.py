"""What finance is told of a folder that says it was planned again in flight, beside its own copy of the question.

A folder can say so of itself. So what differs is expected only where it is what a re-planning changes (the past locked,
sales, lifts and baselines learned from actuals), and where what can be proven of that is proven. What actuals taught is
not learned again here: for that, and for the actuals themselves, stands the signature of who planned it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from constraints.checking.differences import Difference, compare
from constraints.checking.question import fixed_differences, moved_differences, table_differences
from scenarios.answer.archive import Frozen
from scenarios.answer.in_flight import InFlight
from scenarios.answer.plan import PlanSet
from scenarios.first_few import first_few
from scenarios.flight.reading.actuals_file import read_actuals
from scenarios.flight.settled import holds
from scenarios.grid import build_grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schemas.rule import Locked
from scenarios.language.text.csv_files import read_csv
from scenarios.loading.load import LoadedScenario
from scenarios.problems import InvalidInput
from scenarios.response.coefficients import build_coefficients
from scenarios.response.effects import Effects

IN_FLIGHT = "in-flight"
"""Id of the rule that locks the past."""
LEARNED_OF = ("assumed", "observed")
"""Grades of effects that sales calibrate."""


@dataclass(frozen=True, kw_only=True)
class AsReplanned:
    """A re-planned folder beside a question of before the campaign."""

    sentence: str
    """What is expected to differ, what is proven of it, and what is not."""
    expected: bool
    """Whether all that differs from the question is what a re-planning changes, and what can be proven of it is."""
    since: str
    """The day as of which the rest was planned again."""
    name: str
    """Of the question."""


def replanned_question(own: LoadedScenario, frozen: Frozen, plans: PlanSet) -> AsReplanned | None:
    """Compare a re-planned folder with a question of before the campaign; None for other folders."""
    flight = frozen.flight
    if flight is None:
        return None
    fixed = fixed_differences(own, frozen)
    unproven = tuple(dict.fromkeys(entry.place for entry in fixed)) or tuple(_unproven(own, frozen, plans, flight))
    head = f"This folder says that it is the rest of a re-planned campaign (actuals up to {flight.as_of})"
    sentence = (
        f"{head}. Lifts, baselines, stock and what has happened are then expected to differ from {own.name}, which was "
        "asked before the campaign, and so do bounds that reality has used up already. Prices, costs, segments and "
        f"offers are compared all the same: {_fixed(fixed)}."
    )
    if not fixed:
        sentence = f"{sentence} {_proof(own, unproven)}"
    return AsReplanned(
        sentence=f"{sentence} To prove the plan, check the folder that was planned before the campaign with --scenario "
        f"{own.name}, and this one with --scenario {own.name} and --key, the key of who planned it again.",
        expected=not unproven,
        since=str(flight.as_of),
        name=own.name,
    )


def _proof(own: LoadedScenario, unproven: tuple[str, ...]) -> str:
    """Say what is proven of that which differs, or what is not."""
    if unproven:
        return f"Not proven to be a re-planning's: {first_few(list(unproven))}."
    believed = f"what was believed before the campaign is what {own.name} says" if own.effects is not None else ""
    proven = ("the locked lines are the plan's own", "its past sells what its actuals tell", believed)
    return (
        f"Proven: {'; '.join(filter(None, proven))}; nothing else of the question was moved. Not proven: the actuals, "
        "and what was learned from them of lifts and baselines."
    )


def _unproven(own: LoadedScenario, frozen: Frozen, plans: PlanSet, flight: InFlight) -> Iterator[str]:
    """Name what differs and cannot be shown to be a re-planning's doing."""
    yield from (entry.place for entry in moved_differences(own, frozen, IN_FLIGHT))
    locks = [rule for rule in frozen.scenario.rules if rule.id == IN_FLIGHT]
    if not all(isinstance(lock, Locked) and _locks_what_ran(lock, plans, flight) for lock in locks) or not locks:
        yield f"rules.{IN_FLIGHT}, which does not lock the lines that the plan has up to {flight.locked_until}"
    if own.effects is not None:
        yield from (entry.place for entry in _effects(own, own.effects, frozen, flight))
    if frozen.flown is not None:
        yield from _past(frozen, frozen.flown.actuals, plans, flight)


def _locks_what_ran(lock: Locked, plans: PlanSet, flight: InFlight) -> bool:
    """Whether a rule locks the lines that every plan has up to the day that could not be changed any more."""
    if lock.until != flight.locked_until or not isinstance(lock.lines, tuple):
        return False
    locked = _known(lock.lines)
    return all(_known(line for line in plan.plan_lines if line.date <= lock.until) == locked for plan in plans.plans)


def _known(lines: Iterator[PlanLine] | tuple[PlanLine, ...]) -> set[tuple[object, ...]]:
    return {(line.date, line.product, line.segment, line.offer, line.coverage, line.quantity) for line in lines}


def _effects(own: LoadedScenario, asked: Effects, frozen: Frozen, flight: InFlight) -> Iterator[Difference]:
    """Compare what was believed before the campaign, and what a re-planning says of where its effects come from."""
    yield from table_differences(own, frozen, frozen.believed)
    source = f"{asked.source}; recalibrated with the actuals up to {flight.as_of}"
    yield from compare(source, frozen.effects.source, file="", place="source")
    yield from compare(len(asked.evidence), len(frozen.effects.evidence), file="", place="evidence")
    pairs = zip(asked.evidence, frozen.effects.evidence, strict=False)
    for number, (before, now) in enumerate(pairs):
        if now != before and not (before in LEARNED_OF and now == "calibrated"):
            yield Difference(file="", place=f"evidence[{number}]", expected=before, got=now)
    yield from compare(list(asked.notes), list(frozen.effects.notes), file="", place="notes")


def _past(frozen: Frozen, raw: bytes, plans: PlanSet, flight: InFlight) -> Iterator[str]:
    """Say where the account of the past is not what the folder's own actuals tell."""
    grid = build_grid(frozen.scenario, frozen.custom)
    model = build_coefficients(grid, frozen.effects, frozen.baskets)
    for plan in plans.plans:
        try:
            table = read_csv(raw, flight.actuals)
            actuals = read_actuals(table, grid, plan.plan_lines, as_of=flight.as_of)
        except InvalidInput as error:
            yield f"the actuals, which cannot be read ({error.problems[0]})"
            return
        told = actuals.last + 1 == flight.known_periods == frozen.effects.known_periods
        if not told or actuals.as_of != flight.as_of:
            yield f"the actuals, which end on {actuals.as_of}, and the folder says {flight.as_of}"
        elif not holds(model, grid.plan_of(plan.plan_lines), actuals):
            yield f"the past of plan {plan.rank}, whose account is not what the actuals tell"


def _fixed(found: list[Difference]) -> str:
    if not found:
        return "none of these differs"
    places = first_few([entry.place for entry in found])
    verb = "differs" if len(found) == 1 else "differ"
    return f"{places} {verb}, which no re-planning explains"
