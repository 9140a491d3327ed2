"""The closed loop in a simulated market: what re-planning earns with and without drift, and what learning earns.

Every seed is a town of its own, about 1,000 slots, with effects measured in its market (three segments, 16 products,
two weeks). Three questions, all plans of one seed under common random numbers:

- with drift: customers change after the first quarter of the campaign; the planner with re-plannings (four, every third
  day, each with a day's notice) against the same planner without any. Nobody stops a plan that is carried on: where
  customers buy more under offers than foreseen, it overspends its budget, which a re-planning may not. So beside it
  stand the plan that is stopped, with the same notice, once its budget is used up, the plan that is stopped in
  time, before the day that would exceed it, and re-plannings with as much money as the plan carried on will spend;
- without drift: the same;
- six campaigns in a row, without drift: beliefs begin as blurred effects (each offer's lifts are multiplied by a
  log-normal factor of standard deviation 0.5, and so known to be uncertain); the planner learns by recalibration,
  its rival takes segment means of past sales and plans greedily.

Gains are profit over no promotion.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import t as student

from planner.evaluation.evaluator import Evaluator
from planner.evolution.shown.baselines import greedy
from planner.evolution.workspace import Workspace
from planner.problem import Problem, build_problem, problem_of
from planner.simulate.campaign import CampaignParams, World, believing, lesson, planned, run
from planner.simulate.loop import LoopParams
from scenarios.language.plan_lines import PlanLine
from scenarios.market.customers import stream
from scenarios.market.drift import draw_drift, with_drift
from scenarios.market.play import Market
from scenarios.market.sold import Sold
from scenarios.market.town import regrouped, town_market
from scenarios.market.town_files import measure_town, write_true
from scenarios.response.effects import Effects

CUSTOMERS = 24_000
PAIRED = ("campus", "big-families", "beauty-lovers")
"""Names of the three segments that the town's six are joined to."""
BUDGET = "total-budget"
DRIFT = 0.5
REPLANS = 4
BLUR = 0.5
CAMPAIGNS, LATE = 6, 3


def town(seed: int, folder: Path, customers: int) -> tuple[Market, Problem]:
    """Return a town of three segments, and its campaign with effects measured in it."""
    six = town_market(seed, customers=customers)
    label = six.people.segment // 2
    segments = [
        segment.model_copy(update={"id": PAIRED[s], "customers": int((label == s).sum()), "profile": {}})
        for s, segment in enumerate(six.segments[::2])
    ]
    market = regrouped(six, segments, label)
    problem = build_problem(write_true(folder, market, measure_town(market, seed, runs=1)))
    return replace(market, scenario=problem.loaded.scenario), problem


class Adjusted(NamedTuple):
    """What the planner gains in one mood, and what it really spends."""

    replanned: float
    carried_on: float
    stopped: float
    in_time: float
    as_rich: float
    """Re-planned with a budget of what the plan carried on spends, where that is more."""
    replanned_spend: float
    carried_on_spend: float
    stopped_spend: float
    in_time_spend: float
    as_rich_spend: float


def adjusted(
    world: World, problem: Problem, lines: tuple[PlanLine, ...], params: CampaignParams, seed: int
) -> Adjusted:
    """Run one plan with re-plannings, carried on, stopped once its budget is used up, in time, and with more money."""
    ran = run(problem, lines, world, params, seed)
    stays = world.play(lines)
    others = (stays, *(stopped(world, problem, lines, stays, days) for days in (params.replan.notice, -1)))
    spent = stays.totals["spend"]
    rich = run(richer(problem, spent), lines, world, params, seed) if spent > budget(problem) else ran
    gains = ran.gained, *(world.gain(each) for each in others), rich.gained
    return Adjusted(*gains, ran.spend, *(each.totals["spend"] for each in others), rich.spend)


def richer(problem: Problem, most: float) -> Problem:
    """Return the same question with another budget."""
    scenario = problem.loaded.scenario
    limits = [
        limit.model_copy(update={"max": Decimal(f"{most:.2f}")}) if limit.id == BUDGET else limit
        for limit in scenario.limits
    ]
    changed = scenario.model_copy(update={"limits": tuple(limits)})
    return problem_of(replace(problem.loaded, scenario=changed), problem.learned)


def stopped(world: World, problem: Problem, lines: tuple[PlanLine, ...], stays: Sold, days: int) -> Sold:
    """Play a plan without the lines that would run more than so many days after its budget is used up."""
    account, horizon = stays.account, problem.grid.scenario.horizon
    net = account.discount + account.gift_cost + account.contact_cost + account.fixed_cost - account.vendor_funding
    over = np.flatnonzero(np.cumsum(net.sum(axis=(0, 1))) / 10**stays.digits > budget(problem))
    if not over.size:
        return stays
    last = int(over[0]) + days
    return world.play(tuple(line for line in lines if horizon.period_of(line.date) <= last))


def worlds(market: Market, seed: int, drift: float) -> tuple[World, World]:
    """Return the world of a mood with drift, and without it; what was before the campaign is the same."""
    calm = World.of(market, 1000 + seed)
    days = market.scenario.horizon.periods
    changing = with_drift(market, draw_drift(market, seed, strength=drift, from_day=days // 4))
    quiet = changing.play((), calm.seed, warm=calm.warm)
    return replace(calm, market=changing, quiet=quiet), calm


def blurred(problem: Problem, seed: int) -> Effects:
    """Return effects whose lifts are off by an unknown factor for each offer, and say so."""
    effects = problem.effects
    factor = np.exp(BLUR * stream(seed, "blur").standard_normal(effects.lift.shape[-1]) - 0.5 * BLUR**2)
    sd = np.where(effects.lift_sd > 0, np.hypot(effects.lift_sd, BLUR), 0.0)
    return replace(effects, lift=effects.lift * factor, lift_sd=sd)


class SegmentMeans:
    """The rival: lifts are means of past sales by segment and offer, baselines means of quiet days; plans greedily."""

    def __init__(self, problem: Problem, effects: Effects) -> None:
        self.problem, self.first = problem, effects
        s, _, _ = problem.grid.shape
        offers = len(problem.grid.scenario.offers)
        self.under, self.usual = np.zeros((s, offers)), np.zeros((s, offers))

    def lines(self) -> tuple[PlanLine, ...]:
        """Plan greedily on what is known by now."""
        means = self._lifts()
        problem = believing(self.problem, replace(self.first, lift=means))
        found = greedy(Workspace(Evaluator(problem.model, problem.limits), problem.rulebook))
        return () if found is None else problem.grid.lines(found.plan)

    def see(self, sold: Sold, lines: tuple[PlanLine, ...]) -> None:
        """Add a campaign's sales on cells that held one offer alone to the sums."""
        grid = self.problem.grid
        base = self.first.base_units.mean(axis=0)
        plan = grid.split(grid.plan_of(lines))
        busy = (plan.public > 0)[None].astype(int) + (plan.targeted > 0)
        for segment, product, period in np.argwhere(busy == 1):
            public = int(plan.public[product, period])
            choice = (
                grid.choices.public[public - 1]
                if public
                else grid.choices.targeted[int(plan.targeted[segment, product, period]) - 1]
            )
            usual = base[segment, product, period]
            self.usual[segment, choice.offer] += usual * choice.coverage
            self.under[segment, choice.offer] += sold.units[segment, product, period] - usual

    def _lifts(self) -> np.ndarray:
        """Lifts [1, S, K+1, T, O]: one mean a segment and offer where it was seen, else of what was believed."""
        lift = self.first.lift.mean(axis=0)
        on = lift != 0
        cells = np.maximum(on.sum(axis=(1, 2)), 1)
        mean = np.where(on, lift, 0.0).sum(axis=(1, 2)) / cells
        seen = np.where(self.usual > 0, self.under / np.where(self.usual > 0, self.usual, 1.0), mean)
        flat = np.clip(seen, -0.5, 20.0)[:, None, None, :]
        basket = np.zeros(lift.shape[1], dtype=bool)
        basket[-1] = True
        return np.where(on, np.where(basket[None, :, None, None], lift, flat), 0.0)[None]


def learning(market: Market, problem: Problem, seed: int) -> np.ndarray:
    """Return gains [campaigns, 2]: of the planner that learns, and of segment means with greedy planning."""
    effects = blurred(problem, seed)
    rival, params, rules = SegmentMeans(problem, effects), CampaignParams(watch=False, replans=1), LoopParams()
    gains = np.zeros((CAMPAIGNS, 2))
    for number in range(CAMPAIGNS):
        world = World.of(market, 100_000 + 100 * seed + number)
        asked = believing(problem, effects)
        ran = run(asked, planned(asked, params, seed), world, params, seed)
        effects, _ = lesson(asked, ran, world, rules.recalibration)
        lines = rival.lines()
        sold = world.play(lines)
        rival.see(sold, lines)
        gains[number] = ran.gained, world.gain(sold)
    return gains


def paired(name: str, with_: np.ndarray, without: np.ndarray) -> str:
    """Say by how much one is ahead of the other over seeds, as a ratio of sums and with Student's interval."""
    ahead = with_ - without
    ratio = with_.sum() / without.sum() - 1
    if len(ahead) < 2:
        return f"{name}: {ratio:+.1%} ({len(ahead)} seed)"
    half = student.ppf(0.975, len(ahead) - 1) * ahead.std(ddof=1) / np.sqrt(len(ahead)) / without.mean()
    return f"{name}: {ratio:+.1%} (95 % interval {ratio - half:+.1%} to {ratio + half:+.1%}), {len(ahead)} seeds"


def budget(problem: Problem) -> float:
    """Return the most that a campaign may spend."""
    return float(next(limit.max or 0 for limit in problem.loaded.scenario.limits if limit.id == BUDGET))


def ahead(one: float, other: float) -> str:
    """Say two gains and by how much the first is ahead."""
    return f"{one:,.0f} against {other:,.0f} ({one / other - 1:+.1%})"


def told(found: Adjusted) -> str:
    """Say what one plan came to, with what it spent."""
    spent = ", ".join(f"{each:,.0f}" for each in found[5:])
    others = f"stopped {found.stopped:,.0f}, in time {found.in_time:,.0f}, as rich {found.as_rich:,.0f}"
    return f"{ahead(*found[:2])}, {others} (spend {spent})"


def main() -> None:
    """Run the seeds and print after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--drift", type=float, default=DRIFT)
    parser.add_argument("--replans", type=int, default=REPLANS)
    parser.add_argument("--only", choices=("drift", "learning"), help="leave the other question out")
    options = parser.parse_args()
    drifting, calm, courses = [], [], []
    params = CampaignParams(watch=False, replans=options.replans)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="closed-loop-") as scratch:
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            market, problem = town(seed, Path(scratch) / str(seed), options.customers)
            if options.only != "learning":
                lines = planned(problem, params, seed)
                for world, found in zip(worlds(market, seed, options.drift), (drifting, calm), strict=True):
                    found.append(adjusted(world, problem, lines, params, seed))
            if options.only != "drift":
                courses.append(learning(market, problem, seed))
            line = f"town {seed} ({problem.grid.slots} slots, {time.monotonic() - begun:.0f} s)"
            if drifting:
                line += f": drift {told(drifting[-1])}; calm {told(calm[-1])}; budget {budget(problem):,.0f}"
            if courses:
                line += f"; last {LATE} campaigns {ahead(*courses[-1][-LATE:].sum(axis=0))}"
            print(line, flush=True)
    if drifting:
        for name, found in (("with", drifting), ("without", calm)):
            gains = np.array(found).T
            print(paired(f"re-planning {name} drift against the plan carried on", gains[0], gains[1]))
            print(paired(f"re-planning {name} drift against the plan stopped at its budget", gains[0], gains[2]))
            print(paired(f"re-planning {name} drift against the plan stopped in time", gains[0], gains[3]))
            print(paired(f"re-planning as rich {name} drift against the plan carried on", gains[4], gains[1]))
    if courses:
        table = np.array(courses)
        print(paired(f"last {LATE} campaigns against segment means + greedy", *table[:, -LATE:].sum(axis=1).T))
        print("by campaign: " + ", ".join(f"{a / b - 1:+.1%}" for a, b in table.sum(axis=0)))


if __name__ == "__main__":
    main()
