"""Campaign after campaign in a market that drifts: what a policy earns, and what it learns on the way."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from planner.problem import Problem
from planner.progress import Progress, ignore
from planner.simulate.campaign import CampaignParams, Ran, World, believing, habitual, lesson, planned, run
from planner.simulate.life import LONGEST, SEEDS, SHORTEST, Life, lived_on, lived_past
from planner.simulate.retrain import RetrainParams, Training, trained
from scenarios.language.plan_lines import PlanLine
from scenarios.market.drift import draw_drift, with_drift
from scenarios.market.play import Market
from surrogate.flight.recalibration.carried import WHOLE
from surrogate.flight.recalibration.moved import Moved
from surrogate.flight.recalibration.recalibrate import RecalibrateParams


class Policy(StrEnum):
    """Who plans."""

    PLANNER = "planner"
    """Plans, watches, adjusts, learns."""
    LAST_YEAR = "last-year"
    """Plans the first campaign and repeats it ever after, whatever happens."""
    UNIFORM = "uniform"
    """Gives everything the same offer, the best such plan inside the limits."""


class Learn(StrEnum):
    """How a campaign becomes beliefs of the next one."""

    UPDATE = "update"
    """What sales showed moves the beliefs, as in a re-planning; no model is trained."""
    RETRAIN = "retrain"
    """The surrogate is trained anew on everything that was ever bought, before every campaign."""


@dataclass(frozen=True, kw_only=True)
class LoopParams:
    """How many campaigns, and how the market changes.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    campaigns: int = 6
    drift: float = 0.0
    """Strength of the change in the middle of every campaign; see `scenarios.market.drift.draw_drift`."""
    seed: int = 0
    campaign: CampaignParams = field(default_factory=CampaignParams)
    recalibration: RecalibrateParams = WHOLE
    """How the whole of a campaign is learned from."""
    learn: Learn = Learn.UPDATE
    past_weeks: int = 0
    """Ordinary weeks that the market lives before the first campaign; 0 for none."""
    retrain: RetrainParams = field(default_factory=RetrainParams)

    def __post_init__(self) -> None:
        if not (self.past_weeks == 0 or SHORTEST <= self.past_weeks <= LONGEST):
            raise ValueError(f"expected a past of {SHORTEST} to {LONGEST} weeks, or of 0, got {self.past_weeks}")
        if self.learn is Learn.RETRAIN and not self.past_weeks:
            raise ValueError("expected a past to train on, got none")
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
    training: Training | None = None
    """What it was planned with, where the surrogate was trained just before it."""


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
        """Mean of how far forecasts were from what was gained, as a share of what was gained in all.

        Campaigns without a first plan forecast nothing and are left out of both; NaN where all are such.
        """
        told = [(each.ran.forecast, each.ran.gained) for each in self.seasons if each.ran.forecast is not None]
        if not told:
            return math.nan
        off = sum(abs(forecast - gained) for forecast, gained in told)
        return off / max(abs(sum(gained for _, gained in told)), 1e-9)


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

    Raises
    ------
    InvalidInput
        Where the market's records cannot teach what the question asks.
    """
    seasons: dict[Policy, list[Season]] = {policy: [] for policy in policies}
    repeated: dict[Policy, tuple[PlanLine, ...]] = {}
    life = _past(market, params, progress)
    start, training = _learned(problem, life, params, 1, progress)
    beliefs: dict[Policy, Problem] = dict.fromkeys(policies, start)
    for number in range(1, params.campaigns + 1):
        here, after = _changing(life.market, params, number)
        world = World.of(here, SEEDS * params.seed + number)
        ran: Ran | None = None
        for policy in policies:
            told = _told(progress, policy.value, number, params.campaigns)
            season = _season(policy, beliefs[policy], world, params, number, repeated, told)
            if policy is Policy.PLANNER:
                ran = season.ran
                if params.learn is Learn.UPDATE:
                    effects, learned = lesson(beliefs[policy], season.ran, world, params.recalibration)
                    beliefs[policy], season = believing(problem, effects), replace(season, learned=learned)
            if policy is Policy.PLANNER or number == 1:
                season = replace(season, training=training)
            seasons[policy].append(season)
        if number < params.campaigns:
            life = _lived_on(life, here, after, ran, params, number, progress)
            if ran is not None:
                beliefs[Policy.PLANNER], training = _learned(
                    problem, life, params, number + 1, progress, beliefs[Policy.PLANNER]
                )
    return tuple(Course(policy=policy, seasons=tuple(found)) for policy, found in seasons.items())


def _past(market: Market, params: LoopParams, progress: Callable[[Progress], None]) -> Life:
    """The morning of the first campaign: of a market that has lived a past, or wakes up just before."""
    if not params.past_weeks:
        return Life(market=market, records=())
    progress(Progress(stage=f"the market lives {params.past_weeks} weeks", share_done=0.0))
    return lived_past(market, params.past_weeks, params.seed)


def _lived_on(
    life: Life,
    here: Market,
    after: Market,
    ran: Ran | None,
    params: LoopParams,
    number: int,
    progress: Callable[[Progress], None],
) -> Life:
    """The morning of the next campaign; without a past every campaign begins alike."""
    if not params.past_weeks:
        return replace(life, market=after)
    progress(Progress(stage=f"after campaign {number}: the market lives on", share_done=number / params.campaigns))
    read = ran.lines if ran is not None and params.learn is Learn.RETRAIN else None
    return lived_on(life, here, after, read, params.seed, number)


def _learned(
    problem: Problem,
    life: Life,
    params: LoopParams,
    number: int,
    progress: Callable[[Progress], None],
    believed: Problem | None = None,
) -> tuple[Problem, Training | None]:
    """What is believed before a campaign, and the training that it comes from, where there is one."""
    if params.learn is Learn.UPDATE:
        return believed or problem, None
    told = _told(progress, "training", number, params.campaigns)
    return trained(problem, life.market, life.records, params.retrain, params.seed + number, number, told)


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


def _told(progress: Callable[[Progress], None], who: str, number: int, campaigns: int) -> Callable[[Progress], None]:
    """Name campaign, and policy or training, in front of every stage."""

    def tell(step: Progress) -> None:
        done = (number - 1) / campaigns
        progress(Progress(stage=f"campaign {number} of {campaigns}, {who}: {step.stage}", share_done=done))

    return tell
