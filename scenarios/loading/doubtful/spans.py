"""Rules along periods, and caps, that are longer than what they look at: they forbid everything, or nothing."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.language.schema import Scenario
from scenarios.language.schemas.rule import Cycle, Locked, MaxFrequency, MaxRun, MinGap, MinRun, Rule
from scenarios.language.scope import Scope
from scenarios.language.words import Layer
from scenarios.loading.offers_there import lies_in


def doubtful_spans(scenario: Scenario) -> tuple[str, ...]:
    """Return a sentence for everything along periods that is probably a slip, such as days in a scenario of weeks."""
    return (*_lengths(scenario), *_offers(scenario), *_runs(scenario))


def _lengths(scenario: Scenario) -> Iterator[str]:
    """Rules along periods that are longer than what they look at: they forbid everything, or nothing."""
    for rule in scenario.rules:
        if isinstance(rule, MinRun) and rule.periods > scenario.horizon.periods:
            count = f"{rule.periods} periods are more than the {scenario.horizon.periods} of the horizon"
            yield f"rule {rule.id}: {count}, so no line of its where runs but one that goes on from before it"
        if isinstance(rule, MaxRun) and _everything(rule.periods, scenario):
            yield f"rule {rule.id}: {_all_of(rule.periods, scenario)}"
        if isinstance(rule, MinGap) and rule.periods >= scenario.horizon.periods:
            gap = f"a gap of {_counted(rule.periods, scenario)} is as long as the horizon"
            yield f"rule {rule.id}: {gap}, so what it looks at runs once"
        if isinstance(rule, MaxFrequency) and rule.max >= rule.periods:
            yield f"rule {rule.id}: {rule.max} in any {rule.periods} periods is every period, so it refuses nothing"
        if (
            isinstance(rule, Locked)
            and rule.until is not None
            and rule.until < scenario.horizon.start
            and not rule.lines
        ):
            yield f"rule {rule.id}: until {rule.until} lies before the horizon, so it refuses nothing"


def _offers(scenario: Scenario) -> Iterator[str]:
    """Longest runs of offers, and contact caps of channels, that refuse nothing."""
    for offer in scenario.offers:
        if offer.max_run is not None and _everything(offer.max_run, scenario):
            yield f"offer {offer.id}: max_run: {_all_of(offer.max_run, scenario)}"
    for channel in scenario.channels:
        cap = channel.contacts_per_customer
        if cap is None:
            continue
        window = -(-cap.days // scenario.horizon.period_days)
        if cap.max >= window:
            most = f"a customer gets one message a {scenario.horizon.unit} at most, {window} in {cap.days} days"
            yield f"channel {channel.id}: {most}, so contacts_per_customer with max: {cap.max} refuses nothing"


def _everything(longest: int, scenario: Scenario) -> bool:
    """Whether no run is longer: none goes on from before the horizon."""
    return longest >= scenario.horizon.periods and not scenario.history


def _all_of(periods: int, scenario: Scenario) -> str:
    """Say that a longest run is as long as the horizon."""
    return f"{_counted(periods, scenario)} are all {scenario.horizon.periods} of the horizon, so it refuses nothing"


def _counted(periods: int, scenario: Scenario) -> str:
    return f"{periods} {scenario.horizon.unit}s"


def _runs(scenario: Scenario) -> Iterator[str]:
    """Runs that must be longer than other rules, or the only offer of the scope, let them be."""
    for shortest in scenario.rules:
        if not isinstance(shortest, MinRun):
            continue
        never = f"no line of {shortest.id} runs but one that goes on from before the horizon"
        for other in scenario.rules:
            longest = _longest_run(other)
            same = other.where in (shortest.where, Scope()) and getattr(other, "per", None) == shortest.per
            if same and longest is not None and longest < shortest.periods:
                lengths = f"runs of {shortest.periods} periods or more and of {longest} or less"
                yield f"rules {shortest.id} and {other.id}: {lengths}, so {never}"
        offers = [offer for offer in scenario.offers if lies_in(scenario, shortest.where, offer)]
        if len(offers) != 1 or offers[0].layer is not Layer.PUBLIC or offers[0].max_run is None:
            continue
        if offers[0].max_run < shortest.periods:
            alone = f"{offers[0].id}, the only offer of its where, has max_run: {offers[0].max_run}"
            yield f"rule {shortest.id}: {alone}, so {never}"


def _longest_run(rule: Rule) -> int | None:
    """Most periods in a row that a rule leaves its lines; None for rules that do not say."""
    if isinstance(rule, MaxRun):
        return rule.periods
    return rule.run if isinstance(rule, Cycle) else None
