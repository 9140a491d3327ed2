"""Ceilings that a running campaign has passed: raised to what is used, span by span where they hold in spans."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from constraints.ledger import Verdict
from constraints.limits.entries import limit_entries
from planner.figures import plural
from planner.problem import Problem
from planner.replan.rest.given_out import ADDS_NOTHING, pieces_beyond
from planner.replan.rest.spans import alone, from_day, last_day, put, straddles
from scenarios.answer.sums import MONEY
from scenarios.answer.verdicts import LimitResult
from scenarios.language.date_ranges import DateRange
from scenarios.language.implied_ids import FUND, GIFT, STOCK, parts_of
from scenarios.language.one_record import with_record
from scenarios.language.read_in import products_of
from scenarios.language.schema import Scenario

_CHANGED = {FUND: ("vendors", "fund"), GIFT: ("gifts", "stock"), "": ("limits", "max")}
"""Section and key of the scenario that hold a ceiling, by the kind of its id."""


def eased(
    problem: Problem, locked: Verdict, stays: Verdict, rest: DateRange, *, shares: bool
) -> tuple[Scenario, dict[str, str]]:
    """Return the scenario with every ceiling that the locked lines alone exceed eased, and by id a sentence on each.

    A ceiling on a sum is raised to what is used already, so that the rest adds nothing to it. A share is left as it is
    while a plan for the rest may still mend it: the rest is what it is a share of, too. A ceiling that holds in
    each of many spans goes on from the first free day, and beside it stands one of its own for every span that has
    begun; easing the result once more raises those of them that are exceeded.

    Parameters
    ----------
    locked
        What the ledger says of the locked lines alone.
    stays
        The same of the running plan, carried on.
    rest
        The days that may still change.
    shares
        Whether no plan was found that keeps the shares.
    """
    scenario, said = problem.grid.scenario, dict[str, str]()
    carried = {each.id: each for each in stays.limits}
    firm = {limit.id for limit in scenario.limits if limit.firm}
    for broken in (each for each in locked.limits if not each.ok and each.sense == "max"):
        kind, name = parts_of(broken.id)
        if broken.ratio and (not shares or broken.id in firm):
            continue
        if kind == STOCK:
            scenario, sentence = _stocked(scenario, name, broken)
        elif kind == "" and broken.within is not None:
            scenario, sentence = _by_span(problem, scenario, broken, rest)
        elif broken.ratio:
            running = carried[broken.id]
            used = _up(broken) if running.ok else min(_up(broken), _up(running))
            scenario = with_record(scenario, "limits", name, max=used)
            mended = "no plan for the rest was found that mends it"
            passed = f"{broken.figure(broken.limit)} is passed by what is locked, and {mended}"
            sentence = f"limit {name}: {passed}; the whole campaign may come to {broken.figure(used)}"
        else:
            used = _up(broken)
            stock = int(used.to_integral_value(ROUND_CEILING))
            section, changes = _CHANGED[kind][0], {_CHANGED[kind][1]: stock if kind == GIFT else used}
            scenario = with_record(scenario, section, name, **changes)
            estimate = ", by estimate," if broken.measure in MONEY else ""  # actuals tell of money what was paid alone
            already = f"{used:,f} of {broken.limit:,f}{estimate} are used by what cannot be changed any more"
            if broken.used_at_risk is not None and broken.used_at_risk > broken.used:
                futures = (
                    f"in {100 * (broken.at_risk or 0.0):g}% of the futures, {broken.figure(broken.used)} as expected"
                )
                already = f"{already} ({futures})"
            sentence = pieces_beyond(problem, locked, broken, rest) or f"limit {broken.id}: {already}; {ADDS_NOTHING}"
        said[broken.id] = sentence
    return scenario, said


def _stocked(scenario: Scenario, name: str, broken: LimitResult) -> tuple[Scenario, str]:
    beyond = int((_up(broken) - broken.limit).to_integral_value(ROUND_CEILING))
    product = next(each for each in products_of(scenario) if each.id == name)
    scenario = with_record(scenario, "products", name, stock=(product.stock or 0) + beyond)
    asked = f"{plural(beyond, 'unit')} more than the stock may be asked for{broken.place}"
    return scenario, f"{name}: {asked}, even without further promotion; the account books them as if they were there"


def _by_span(problem: Problem, scenario: Scenario, broken: LimitResult, rest: DateRange) -> tuple[Scenario, str]:
    """Let a limit go on from the first free day, and bound what is left of spans that have begun by themselves."""
    entry = next(each for each in limit_entries(problem.grid) if each.id == broken.id)
    begun = [alone(problem, entry.limit, row) for row in entry.rows if straddles(row, rest.first)]
    later = from_day(entry.limit, rest)
    scenario = put(scenario, broken.id, [later, *begun])
    goes_on = "nothing of it is left" if later is None else f"it holds from {rest.first} on"
    beside = f", and by itself until {last_day(begun[-1])}" if begun else ""
    exceeded = f"{broken.figure(broken.limit)} is exceeded already ({broken.figure(_up(broken))}){broken.place}"
    return scenario, f"limit {broken.id}: {exceeded}; {goes_on}{beside}"


def _up(broken: LimitResult) -> Decimal:
    """The use that breaks a ceiling, rounded up where it is told with more digits than the ceiling."""
    used = broken.used if broken.used_at_risk is None else max(broken.used, broken.used_at_risk)
    return used.quantize(Decimal("0.0001"), ROUND_CEILING).normalize() + 0
