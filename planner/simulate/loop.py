"""Campaign after campaign in a market that drifts: what a policy earns, and what it learns on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from planner.problem import Problem
from planner.progress import Progress, ignore
from planner.simulate.campaign import CampaignParams, Ran, World, believing, habitual, lesson, planned, run
from scenarios.language.plan_lines import PlanLine
from scenarios.market.drift import draw_drift, with_drift
from scenarios.market.play import Market
from scenarios.response.effects import Effects
from surrogate.flight.recalibrate import Moved, RecalibrateParams


class Policy(StrEnum):
    """Who plans."""

    PLANNER = "planner"
    """Plans, watches, adjusts, learns."""
    LAST_YEAR = "last-year"
    """Plans the first campaign and repeats it ever after, whatever happens."""
    UNIFORM = "uniform"
    """Gives everything the same offer, the best such plan inside the limits."""


@dataclass(frozen=True, kw_only=True)
class LoopParams:
    """How many campaigns, and how the market changes."""

    campaigns: int = 6
    drift: float = 0.0
    """Strength of the change in the middle of every campaign; see `scenarios.market.drift.draw_drift`."""
    seed: int = 0
    campaign: CampaignParams = field(default_factory=CampaignParams)
    recalibration: RecalibrateParams = field(default_factory=lambda: RecalibrateParams(memory=30.0))
    """How the whole of a campaign is learned from; slower to forget than within one."""

    def __post_init__(self) -> None:
        if not (self.campaigns >= 1):
            raise ValueError(f"expected at least 1 campaign, got {self.campaigns}")
        if not (0 <= self.drift <= 3):
            raise ValueError(f"expected a drift from 0 to 3, got {self.drift}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Season:
    """One campaign of a loop."""

    number: int
    ran: Ran
    learned: dict[str, Moved]
    """What the campaign said of the offers that ran, against what was believed before it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Course:
    """A policy's campaigns, one after the other."""

    policy: Policy
    seasons: tuple[Season, ...]

    @property
    def gained(self) -> float:
        """Profit over no promotion, all campaigns together."""
        return float(sum(season.ran.gained for season in self.seasons))

    @property
    def error(self) -> float:
        """Mean of how far forecasts were from what was gained, as a share of what was gained in all."""
        off = sum(abs(season.ran.forecast - season.ran.gained) for season in self.seasons)
        return off / max(abs(self.gained), 1e-9)


def simulate(
    problem: Problem,
    market: Market,
    policies: tuple[Policy, ...],
    params: LoopParams,
    progress: Callable[[Progress], None] = ignore,
) -> tuple[Course, ...]:
    """Let policies run the same campaigns in the same market, each under the same mood (common random numbers).

    Parameters
    ----------
    problem
        What is believed before the first campaign.
    market
        The truth before it.
    """
    seasons: dict[Policy, list[Season]] = {policy: [] for policy in policies}
    beliefs: dict[Policy, Effects] = dict.fromkeys(policies, problem.effects)
    repeated: dict[Policy, tuple[PlanLine, ...]] = {}
    for number in range(1, params.campaigns + 1):
        here, after = _changing(market, params, number)
        world = World.of(here, params.seed * 1000 + number)
        for policy in policies:
            told = _told(progress, policy, number, params.campaigns)
            asked = problem if beliefs[policy] is problem.effects else believing(problem, beliefs[policy])
            season = _season(policy, asked, world, params, number, repeated, told)
            if policy is Policy.PLANNER:
                effects, learned = lesson(asked, season.ran, world, params.recalibration)
                beliefs[policy], season = effects, replace(season, learned=learned)
            seasons[policy].append(season)
        market = after
    return tuple(Course(policy=policy, seasons=tuple(found)) for policy, found in seasons.items())


def _changing(market: Market, params: LoopParams, number: int) -> tuple[Market, Market]:
    """The market of one campaign, changing on the way, and as it is afterwards."""
    if not params.drift:
        return market, market
    seed = int(np.random.SeedSequence([params.seed, number]).generate_state(1)[0])
    changing = with_drift(market, draw_drift(market, seed, strength=params.drift, from_day=market.days // 4))
    return changing, changing.changed


def _season(
    policy: Policy,
    problem: Problem,
    world: World,
    params: LoopParams,
    number: int,
    repeated: dict[Policy, tuple[PlanLine, ...]],
    progress: Callable[[Progress], None],
) -> Season:
    """Run one campaign of a policy."""
    rules = params.campaign if policy is Policy.PLANNER else replace(params.campaign, replans=0)
    seed = params.seed
    if policy is Policy.PLANNER:
        progress(Progress(stage="planning"))
        lines = planned(problem, rules, seed)
    else:
        if policy not in repeated:
            repeated[policy] = planned(problem, rules, seed) if policy is Policy.LAST_YEAR else habitual(problem)
        lines = repeated[policy]
    progress(Progress(stage="running"))
    return Season(number=number, ran=run(problem, lines, world, rules, seed, progress), learned={})


def _told(
    progress: Callable[[Progress], None], policy: Policy, number: int, campaigns: int
) -> Callable[[Progress], None]:
    """Name policy and campaign in front of every stage."""

    def tell(step: Progress) -> None:
        done = (number - 1) / campaigns
        progress(Progress(stage=f"campaign {number} of {campaigns}, {policy.value}: {step.stage}", share_done=done))

    return tell
