"""What a plan assumes of the response: each term with its strength, where that comes from, and what lifts contain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from planner.figures import given, plural
from planner.problem import Problem
from planner.reasons.assumed.own_pull_forward import drawn_ends, own_pull_forward
from scenarios.first_few import first_few
from scenarios.language.schema import ResponseTerms, Scenario
from scenarios.response.effects import FittedTerm

CONTAINED: dict[str, tuple[str, ...]] = {
    "gross": (),
    "net_of_dip": ("pull_forward",),
    "net": ("pull_forward", "cannibalisation"),
}
"""Terms of the response that lifts contain already, by what they are said to be."""
AVERAGE = ", at what an average offer of the menu would earn, used or not, barred by a rule or not"


@dataclass(frozen=True, kw_only=True)
class _Sources:
    """Where the terms of a response come from."""

    written: frozenset[str]
    """Keys that the scenario gives."""
    fitted: Mapping[str, FittedTerm]
    """What was learned from data, by key."""
    contained: tuple[str, ...]
    """Terms that the lifts contain already."""
    lifts: str
    """What lifts are, in words."""
    response: ResponseTerms

    def said(self, key: str) -> str:
        """``given`` or ``default``."""
        return "given" if key in self.written else "default"

    def percent(self, key: str, value: float) -> str:
        """A strength: a fitted one to the percent, as its interval is told; others with their own digits."""
        found = self.fitted.get(key)
        fits = found is not None and found.value == value and key not in self.written
        return f"{value:.0%}" if fits else given(value)

    def interval(self, key: str) -> str:
        """The ends within which futures draw a strength that the scenario gives; nothing of an exact one."""
        low, high = drawn_ends(self.response, key)
        return "" if low is None or high is None else f"{given(low)} to {given(high)}, "

    def term(self, key: str, value: float, text: str) -> str:
        """The sentence on a term: ``text``, and where its strength ``value`` comes from."""
        if key in self.contained:
            return f"no {key.replace('_', '-')} is taken off: the lifts are {self.lifts} and contain it"
        found = self.fitted.get(key)
        if found is None or key in self.written:
            return f"{text} ({self.interval(key)}{self.said(key)})"
        if not found.supported:
            return f"{text} ({self.interval(key)}default; {found.words})"
        if found.value != value:
            return f"{text} (default; the fitted {found.value:.0%} does not go with what the scenario gives)"
        if found.low < 0:
            data = f"the data says {found.low:z.0%} to {found.high:z.0%}, and it cannot be below 0"
            return f"fitted: {key.replace('_', '-')} 0% ({data}), {found.words}"
        return f"fitted: {text} ({found.low:.0%} to {found.high:.0%}), {found.words}"


def assumed_terms(problem: Problem) -> tuple[str, ...]:
    """One sentence a term of the response: fatigue, pull-forward, cannibalisation, halo, what is left at the end."""
    scenario = problem.loaded.scenario
    written, ahead = _table(problem.loaded.data, "response"), written_ahead(problem.loaded.data)
    sources = _Sources(
        written=frozenset(written) - ({"pull_forward"} if left_open(ahead) else set()),
        fitted=problem.learned.response if problem.learned is not None else {},
        contained=CONTAINED[scenario.effects.lift_is],
        lifts=lifts_are(scenario),
        response=scenario.response,
    )
    response, said, percent = scenario.response, sources.said, sources.percent
    own_shares = own_pull_forward(response, written=len(ahead.get("own") or ()))
    if "pull_forward" in sources.contained:
        own_shares = ""
    charged = response.carry_over == "charge"
    return (
        sources.term(
            "fatigue",
            response.fatigue,
            f"fatigue {percent('fatigue', response.fatigue)} per offer seen, half gone after "
            f"{response.fatigue_half_life:g} period{'' if response.fatigue_half_life == 1 else 's'}"
            f"{_else(said('fatigue'), said('fatigue_half_life'))}",
        ),
        sources.term(
            "pull_forward",
            response.pull_forward.share,
            f"pull-forward {percent('pull_forward', response.pull_forward.share)} of a bump, from "
            f"{plural(response.pull_forward.periods, 'later period')}"
            f"{_else(said('pull_forward'), 'given' if 'periods' in ahead else 'default')}",
        )
        + own_shares,
        sources.term(
            "cannibalisation",
            response.cannibalisation,
            f"cannibalisation {percent('cannibalisation', response.cannibalisation)} of a bump, from rivals"
            f"{_without_rivals(problem)}",
        ),
        _halo(scenario, said("halo")),
        f"fatigue left at the end is {'' if charged else 'not '}charged ({said('carry_over')})"
        f"{AVERAGE if charged and response.fatigue > 0 else ''}",
    )


def written_ahead(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what people wrote of what is bought ahead."""
    return _table(_table(data, "response"), "pull_forward")


def left_open(written: Mapping[str, Any]) -> bool:
    """Whether what people wrote of it leaves the share open that holds where no row of ``own`` says it."""
    return written.keys() <= {"own", "periods"}


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return what people wrote under a key; nothing where they did not."""
    found = data.get(key)
    return found if isinstance(found, dict) else {}


def lifts_are(scenario: Scenario) -> str:
    """Say what lifts are: ``gross``, ``net of dip`` or ``net``."""
    return scenario.effects.lift_is.replace("_", " ")


def _else(said: str, second: str) -> str:
    """Say where a second figure of a sentence comes from, if not from where the first does."""
    return "" if said == second else f" ({second}), the strength"


def _without_rivals(problem: Problem) -> str:
    """Name the products that have no rivals to take from: the planner may know better."""
    grid = problem.grid
    lone = [product.id for product, group in zip(grid.products, grid.rival_group.tolist(), strict=True) if group < 0]
    if not lone or problem.loaded.scenario.response.cannibalisation == 0:
        return ""
    named = first_few(lone)
    if problem.loaded.scenario.response.without_rivals == "keep":
        return f"; products without rivals keep their whole bump: {named}"
    return f", and off the own bump where there is none: {named}"


def _halo(scenario: Scenario, said: str) -> str:
    halo = scenario.response.halo
    if isinstance(halo, tuple):
        return f"halo: {plural(len(halo), 'declared pair')} of products ({said})"
    return f"halo {given(halo)} of a bump's revenue ({said})"
