"""One simulated campaign: planned, run in the market, watched and adjusted on the way, evaluated, learned from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner.evaluation.evaluator import Evaluator
from planner.evolution.shown.baselines import uniform
from planner.evolution.workspace import Workspace
from planner.flight.counted import lay_out, with_counted
from planner.flight.watch.monitor import monitor
from planner.problem import Problem, problem_of
from planner.progress import Progress, ignore
from planner.replan.replan import ReplanParams, replan
from planner.run.effort import Effort
from planner.run.scored import score_plan
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.answer.archive import freeze
from scenarios.answer.in_flight import LinePieces
from scenarios.answer.plan import FORMAT, EffectsSource, Hash, PlanSet, RankedPlan, Source
from scenarios.arrays import Float
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import Layers
from scenarios.flight.pieces import no_pieces, pieces_so_far
from scenarios.flight.reading.actuals_file import read_actuals
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.text.csv_files import read_csv
from scenarios.language.words import Mechanic
from scenarios.market.actuals import actuals_text
from scenarios.market.offered import Pieces
from scenarios.market.play import Market
from scenarios.market.sold import Sold
from scenarios.market.state import MarketState
from scenarios.response.effects import Effects
from scenarios.response.totals import sold_by
from surrogate.flight.recalibration.carried import widened
from surrogate.flight.recalibration.moved import Moved
from surrogate.flight.recalibration.recalibrate import RecalibrateParams, recalibrate


@dataclass(frozen=True, kw_only=True)
class CampaignParams:
    """How a campaign is run.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    effort: Effort = Effort.QUICK
    replans: int = 2
    """Times that the rest is planned again, evenly spread over the horizon."""
    replan: ReplanParams = field(default_factory=ReplanParams)
    watch: bool = True
    """Whether the monitor looks at the sales before each re-planning."""

    def __post_init__(self) -> None:
        if not (self.replans >= 0):
            raise ValueError(f"expected at least 0 re-plannings, got {self.replans}")


@dataclass(frozen=True, kw_only=True, eq=False)
class World:
    """What a campaign meets: a market, its mood, and the morning that all plans start from."""

    market: Market
    seed: int
    warm: MarketState
    quiet: Sold
    """No promotion at all, under the same mood."""

    @classmethod
    def of(cls, market: Market, seed: int) -> World:
        """Let a market wake up, and play it without any promotion."""
        warm = market.warm(seed)
        return cls(market=market, seed=seed, warm=warm, quiet=market.play((), seed, warm=warm))

    def play(self, lines: tuple[PlanLine, ...], pieces: Pieces | None = None) -> Sold:
        """Play a plan; the same customers in the same mood."""
        return self.market.play(lines, self.seed, warm=self.warm, pieces=pieces)

    def gain(self, sold: Sold) -> float:
        """Profit over that of no promotion, in major units."""
        return sold.totals["profit"] - self.quiet.totals["profit"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Ran:
    """How one campaign went."""

    lines: tuple[PlanLine, ...]
    """What ran in the end."""
    pieces: Pieces = field(default_factory=dict)
    """How many there were of lines whose offer counts them."""
    forecast: float | None
    """Profit over no promotion that the first plan promised of the horizon, in major units: nothing that it charges
    beyond the last day is taken off, as nothing beyond it is in `gained`. None where no first plan was found."""
    charges: float = 0.0
    """What the first plan charges beyond the horizon, in major units."""
    gained: float
    """What it really gained."""
    profit: float
    spend: float
    alarms: int
    """Series that the monitor found off their forecast at the last look."""
    changed: int
    """Lines that were changed on the way."""
    broken: tuple[str, ...] = ()
    """Limits and rules that no promotion breaks, where no first plan was found that keeps them: nothing runs then
    until a re-planning puts something in."""
    unused: tuple[str, ...] = ()
    """Offers that grant something, ran, and were used by nobody in the market."""


def planned(problem: Problem, params: CampaignParams, seed: int) -> tuple[PlanLine, ...]:
    """Return the best plan's lines; none where no plan keeps every limit and rule."""
    search = SearchParams(seed=seed, effort=params.effort, plans=1, cross_fit=False)
    found = plan_campaign(problem, search)
    _stop_where(found.pressed)
    return problem.grid.lines(found.plans[0]) if found.plans else ()


def _stop_where(pressed: bool) -> None:
    """End the loop: a search that Ctrl-C cuts short returns what it has, which is no campaign to go on from."""
    if pressed:
        raise KeyboardInterrupt


def habitual(problem: Problem) -> tuple[PlanLine, ...]:
    """Return the lines of the habit to give everything the same offer; none where that breaks a limit or rule."""
    found = uniform(Workspace(Evaluator(problem.model, problem.limits), problem.rulebook))
    return () if found is None else problem.grid.lines(found.plan)


def pieces_of(plan: RankedPlan) -> Pieces:
    """How many pieces a plan counts on, line by line."""
    return {
        (line.period, line.product, line.segment): float(line.pieces) for line in plan.lines if line.pieces is not None
    }


def run(
    problem: Problem,
    lines: tuple[PlanLine, ...],
    world: World,
    params: CampaignParams,
    seed: int,
    progress: Callable[[Progress], None] = ignore,
) -> Ran:
    """Run a plan in the market, planning the rest again on the way."""
    scored = score_plan(problem, problem.grid.plan_of(lines), seed=seed).plan
    frozen, plan_set = freeze(problem.loaded, seed), _answer(problem, scored, params, seed)
    ranked, pieces, alarms, changed = scored, pieces_of(scored), 0, 0
    periods, horizon = problem.grid.shape[2], problem.grid.scenario.horizon
    for number in range(1, params.replans + 1):
        last = periods * number // (params.replans + 1) - 1
        if not (last >= 0 and last + params.replan.notice + 1 < periods):
            continue
        text = actuals_text(world.market, world.play(ranked.plan_lines, pieces), last)
        happened = _read(text, problem.grid, ranked.plan_lines)
        if params.watch:
            flat = problem.grid.plan_of(ranked.plan_lines)
            alarms = len(monitor(frozen, flat, happened, folder="campaign", rank=1).alarms)
        found = replan(frozen, plan_set, ranked, happened, text.encode(), params.replan, progress)
        _stop_where(found.pressed)
        if found.plan_set is None:
            continue
        frozen, plan_set, ranked = found.frozen, found.plan_set, found.plan_set.plans[0]
        # Pieces that are out, or ordered in the days of the notice, stay as many as they were.
        free = horizon.date_of(last + params.replan.notice + 1)
        out = {place: count for place, count in pieces.items() if place[0] < free}
        pieces = {**pieces_of(ranked), **out}
        changed += len(found.changes)
    sold = world.play(ranked.plan_lines, pieces)
    broken, first = _broken(scored), scored.outcome
    return Ran(
        lines=ranked.plan_lines,
        pieces=pieces,
        forecast=None if broken else float(first.profit_change + first.charges),
        charges=float(first.charges),
        gained=world.gain(sold),
        profit=sold.totals["profit"],
        spend=sold.totals["spend"],
        alarms=alarms,
        changed=changed,
        broken=broken,
        unused=unused(problem.grid, ranked.plan_lines, sold.tally.uses),
    )


def unused(grid: Grid, lines: Sequence[PlanLine], uses: Float) -> tuple[str, ...]:
    """Offers of a plan's lines that grant something and were used by nobody, in the scenario's order.

    Parameters
    ----------
    uses : [S, K + 1, T]
        As the market counts them, whole baskets last, both layers together.
    """
    used: dict[str, float] = {}
    for line in lines:
        offer = grid.offer(line.offer)
        if offer.mechanic is Mechanic.FEATURE:
            continue
        k = grid.row(line.product)
        who = grid.segment_index.get(line.segment, slice(None))
        there = float(uses[who, k, grid.scenario.horizon.period_of(line.date)].sum())
        used[line.offer] = used.get(line.offer, 0.0) + there
    return tuple(each.id for each in grid.scenario.offers if used.get(each.id) == 0.0)


def lesson(problem: Problem, ran: Ran, world: World, params: RecalibrateParams) -> tuple[Effects, dict[str, Moved]]:
    """Return the effects that the next campaign starts from, and what moved them.

    The whole campaign is weighed against what was believed before it; then beliefs widen a little, because customers
    change from one campaign to the next.
    """
    text = actuals_text(world.market, world.play(ran.lines, ran.pieces), problem.grid.shape[2] - 1)
    happened = _read(text, problem.grid, ran.lines)
    flat = problem.grid.plan_of(ran.lines)
    there = _there(problem, ran)
    model = with_counted(freeze(problem.loaded, world.seed), problem.grid, problem.effects, flat, there)
    pieces = pieces_so_far(model, flat, sold_by(model, flat, np), happened, there)
    found = recalibrate(model, problem.effects, flat, happened, params, pieces=pieces)
    return widened(found.carried), found.offers


def _there(problem: Problem, ran: Ran) -> Layers:
    """[S, K + 1, T] units that the pieces of each line came to, of both layers; NaN where none were counted."""
    there = no_pieces(problem.grid)
    counted = [
        LinePieces(date=line.date, product=line.product, segment=line.segment, offer=line.offer, pieces=round(count))
        for line in ran.lines
        if (count := ran.pieces.get((line.date, line.product, line.segment))) is not None
    ]
    lay_out(there, counted, problem.grid)
    return there


def believing(problem: Problem, effects: Effects) -> Problem:
    """Return the same question with other effects."""
    return problem_of(replace(problem.loaded, effects=effects), problem.learned)


def _broken(plan: RankedPlan) -> tuple[str, ...]:
    limits = (f"limit {limit.id}" for limit in plan.limits if not limit.ok)
    return (*limits, *(f"rule {rule.id}" for rule in plan.rules if not rule.satisfied))


def _answer(problem: Problem, plan: RankedPlan, params: CampaignParams, seed: int) -> PlanSet:
    """A plan as the answer that re-planning starts from."""
    scenario = problem.loaded.scenario
    return PlanSet(
        format=FORMAT,
        scenario=Source(id=scenario.scenario, sha256=problem.loaded.sha256),
        effects=EffectsSource(source=problem.effects.source, sha256=""),
        cells=Hash(sha256=""),
        seed=seed,
        effort=params.effort.value,
        versions={},
        assumed=(),
        notes=(),
        objective="profit",
        currency=scenario.currency,
        bound=None,
        plans=(plan,),
    )


def _read(text: str, grid: Grid, lines: tuple[PlanLine, ...]) -> Actuals:
    return read_actuals(read_csv(text.encode(), "actuals.csv"), grid, lines)
