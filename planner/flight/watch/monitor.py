"""The monitor: a running campaign against its own forecast, read at any time without a price for looking.

Composition only: series (scenarios.flight), tests and early warnings (surrogate.flight), limits (constraints).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from planner.flight.beside_departed import beside_departed
from planner.flight.counted import believed_before, counted_pieces, running_model
from planner.flight.estimate_error import EstimateError
from planner.flight.measure.by_lot import besides_lots, off_by_lot
from planner.flight.measure.comparable import comparable, empty_shelves
from planner.flight.measure.measured import Switch
from planner.flight.messages_sent import messages_sent
from planner.flight.past.account import past_account
from planner.flight.past.untold_uses import untold_uses
from planner.flight.pieces_read import read_pieces
from planner.flight.real_lines import counted_as_it_ran
from planner.flight.watch.brings import brings
from planner.flight.watch.drawn_paths import FUTURES, draw_paths
from planner.flight.watch.empty_before import known_empty
from planner.flight.watch.foreseen_contacts import reckoned_by_lot
from planner.flight.watch.monitor_notes import notes_of
from planner.flight.watch.needs_a_look import needs_a_look
from planner.flight.watch.not_come import not_come_note
from planner.flight.watch.planned_out import planned_out, with_known
from planner.flight.watch.readings import MonitorReport
from planner.flight.watch.returns_told import told_late
from planner.flight.watch.series_read import Forecast, active, beside, read_series, sold_beside
from planner.flight.watch.stock_outs import stock_outs
from planner.flight.watch.watch_limits import watch_limits
from planner.flight.watch.watch_stock import watch_stock
from scenarios.answer.archive import Frozen
from scenarios.arrays import Float
from scenarios.flight.actuals import Actuals
from scenarios.flight.experience import experiences
from scenarios.flight.messages.audiences import Audiences
from scenarios.flight.messages.contacts import NOBODY
from scenarios.flight.reading.net_of_tax import with_what_is_missing
from scenarios.flight.realised import Realised
from scenarios.flight.sent import reckoned_so_far
from scenarios.flight.series import Kind, Watched, told_by_segment, watch
from scenarios.flight.watched_uses import WatchedUses, watch_uses
from scenarios.language.horizon_words import so_far_words
from scenarios.language.implied_ids import STOCK
from scenarios.response.coefficients import Coefficients, available_units, unlimited
from scenarios.response.effects import Effects
from scenarios.tolerance import draws_needed
from surrogate.flight.chance import ChanceParams
from surrogate.flight.evidence import not_there_yet, sold_out
from surrogate.flight.watch.common_sales import common_sales
from surrogate.flight.watch.composite import UnderWeather, fix_composite
from surrogate.flight.watch.drawn import FORECAST, draw_series, draw_under
from surrogate.flight.watch.predicted import predict
from surrogate.flight.watch.sequential import SequentialParams, fix_tests
from surrogate.flight.watch.untouched import LEAST_UNITS, untouched
from surrogate.flight.watch.weathers import possible_weathers

ERROR_SHARES = {Kind.TOTAL: 0.1, Kind.OFFER: 0.5, Kind.PRODUCT: 0.25, Kind.SEGMENT: 0.15, Kind.USES: 0.25}
"""How the error is spread over kinds of series, evenly inside a kind: parts of what those have that there are."""
SAME_UNITS = 1e-6
"""Share of a baseline below which a cut at stock is rounding."""


@dataclass(frozen=True, kw_only=True)
class MonitorParams:
    """Settings of the monitor.

    Raises
    ------
    ValueError
        For a number that makes no sense.
    """

    sequential: SequentialParams = field(default_factory=SequentialParams)
    chance: ChanceParams = field(default_factory=ChanceParams)
    futures: int = FUTURES
    """That the forecast is made of."""
    cells: float = 6e7
    """Cells of simulated undisturbed campaigns that set the bar, all together; as many campaigns as fit are drawn."""
    most: int = 1000
    """Most undisturbed campaigns, unless the share of false alarms asks for more."""
    least: int = 200
    """Fewest, however large a campaign is."""
    sums: float = 4e5
    """Sums of a series and period in the campaigns of each weather but the calm one, where several may be."""
    warned_at: float = 0.5
    """Probability of a break from which on a limit is warned of."""

    def __post_init__(self) -> None:
        if not (self.futures >= 50 and 100 <= self.least <= self.most and self.cells > 0):
            raise ValueError("expected at least 50 futures and 100 undisturbed campaigns")
        if not (0.0 < self.warned_at <= 1.0):
            raise ValueError(f"warned_at: expected a probability above 0, got {self.warned_at}")


def forecast(
    model: Coefficients,
    effects: Effects,
    plan: NDArray[np.int8],
    watched: Watched,
    *,
    seed: int,
    params: MonitorParams,
    uses: WatchedUses | None = None,
) -> Forecast:
    """Draw what a plan will sell, and how often its offers are used, and set the bar that alarms must pass."""
    free, cells = unlimited(model), float(np.prod(model.grid.shape))
    weathers = possible_weathers(params.chance, [product.category for product in model.grid.products])
    chances = [each.chance for each in weathers]
    draws = partial(draw_under, free, effects, plan, watched, seed=seed, uses=uses)
    drawn = draws(name=FORECAST, count=params.futures, chances=chances)
    least = max(params.least, draws_needed(1.0 - params.sequential.false_alarms))
    count = max(int(min(params.cells / cells, params.most)), least)
    undisturbed = draws(name="undisturbed", count=count, chances=chances[:1])
    there, brought = active(watched), brings(free, plan, watched)
    if len(weathers) > 1:
        fewer = int(np.clip(params.sums / there.size, least, max(count // 2, least)))
        undisturbed += draws(name="undisturbed", count=fewer, chances=chances[1:])
    apart = untouched(model.grid, plan, watched, more=0 if uses is None else len(uses.series))
    if uses is not None:
        # Nobody uses an offer that is not carried out: all of its uses are what it brings.
        there, brought = np.concatenate([there, uses.active]), np.append(brought, np.ones(len(uses.series)))
    under: list[UnderWeather] = []
    for each, futures in zip(weathers, drawn, strict=True):
        predicted = predict(futures.means, futures.chanced, there, beside(apart, futures))
        # Days that are noisier than in calm weather weigh less there alone: others are known to be noisy.
        noisy = np.arange(0) if under else watched.kinds(Kind.PRODUCT)
        tests = fix_tests(predicted, _error_shares(watched, uses), noisy, brought)
        means, sums = apart.by_category(futures.product_means), apart.by_category(futures.products)
        common = common_sales(means, sums, np.asarray(means.mean(axis=0) >= LEAST_UNITS))
        under.append(UnderWeather(tests=tests, common=common, log_share=float(np.log(each.share))))
    sold = [sold_beside(apart, each.chanced, each.products) for each in undisturbed]
    composite = fix_composite(under, apart.compared, sold, params.sequential)
    return Forecast(watched=watched, drawn=drawn, composite=composite, untouched=apart, uses=uses)


def _error_shares(watched: Watched, uses: WatchedUses | None) -> Float:
    """[J] of all series, in any unit."""
    kinds = [each.kind for each in (*watched.series, *(() if uses is None else uses.series))]
    return np.array([ERROR_SHARES[kind] / kinds.count(kind) for kind in kinds])


def monitor(
    frozen: Frozen,
    plan: NDArray[np.int8],
    actuals: Actuals,
    *,
    folder: str,
    rank: int,
    switches: Sequence[Switch] = (),
    audiences: Audiences = NOBODY,
    params: MonitorParams | None = None,
) -> MonitorReport:
    """Compare what happened with the plan's forecast.

    Parameters
    ----------
    frozen
        The problem that was planned; the forecast is drawn from its effects by its seed.
    plan
        The flat plan [N] that runs.
    switches
        Periods of public prices in the lots of its rollouts, as far as they are told.
    audiences
        Whom its rollouts' lines are for.
    """
    past = past_account(frozen, plan, actuals, switches)
    actuals = besides_lots(actuals, plan, switches)
    settings = MonitorParams() if params is None else params
    categories = [product.category for product in actuals.grid.products]
    settings = replace(settings, chance=settings.chance.by(frozen.effects.weather, categories))
    grid, there = actuals.grid, counted_pieces(frozen, actuals.grid, plan)
    model = running_model(frozen, grid, plan, actuals)
    frozen = replace(frozen, effects=reckoned_so_far(frozen, plan, actuals))
    empty = sold_out(actuals)
    silent, chance = empty_shelves(
        model, frozen.effects, plan, actuals, seed=frozen.seed, chance=settings.chance, futures=settings.futures,
        before=believed_before(frozen, grid, plan, actuals),
    )  # fmt: skip
    settings = replace(settings, chance=chance)
    usable = comparable(actuals, plan) & ~silent
    watched = watch(actuals.grid, plan, usable, by_segment=told_by_segment(actuals))
    uses = watch_uses(unlimited(model), plan, usable, actuals)
    made = forecast(model, frozen.effects, plan, watched, seed=frozen.seed, params=settings, uses=uses)
    products = made.drawn[0].products
    realised = Realised(model, past.tables, plan, actuals, there, audiences)
    ran, otherwise = realised.ran, bool((realised.ran != plan).any())
    enough = _with_enough(model, frozen.effects, realised.expected.units, products)
    readings, noise, usual = read_series(made, actuals, enough)
    departed = frozenset(each.series.id for each in readings if each.series.kind is Kind.PRODUCT and each.alarm)
    count = settings.futures
    draw_use = partial(draw_paths, model, frozen.effects, seed=frozen.seed, count=count, chance=chance, uses=uses)
    paths, demand = draw_use(plan), products
    if otherwise:
        wanted = draw_series(
            unlimited(model), frozen.effects, ran, watched, seed=frozen.seed, count=count, chance=chance
        )
        demand = wanted.products
    planned = planned_out(enough.sum(axis=0), products, available_units(grid))
    planned = with_known(planned, known_empty(frozen.flight, actuals))
    limits = watch_limits(
        paths,
        draw_use(ran) if otherwise else paths,
        realised,
        EstimateError(realised, frozen.effects),
        warned_at=settings.warned_at,
    ) + watch_stock(products, demand, realised.expected.units, actuals, planned, empty, departed)
    return MonitorReport(
        folder=folder,
        plan=rank,
        actuals=actuals.name,
        as_of=actuals.as_of,
        periods=actuals.last + 1,
        horizon=actuals.grid.shape[2],
        so_far=so_far_words(frozen.scenario.horizon, actuals.last + 1),
        currency=frozen.scenario.currency,
        false_alarms=settings.sequential.false_alarms,
        simulated=made.bar.simulated,
        alarmed=made.bar.alarmed,
        noise=noise,
        series=readings,
        usually_outside=usual,
        limits=limits,
        stock_outs=stock_outs(actuals, empty & ~not_there_yet(actuals), silent, products, planned),
        experiences=experiences(actuals, plan),
        pieces=read_pieces(actuals, ran, there, realised.pieces),
        warned_at=settings.warned_at,
        attention=with_what_is_missing(actuals),
        looks=needs_a_look(actuals, plan),
        otherwise=actuals.otherwise,
        planned_again=None if frozen.flight is None else frozen.flight.as_of,
        untold=untold_uses(past, model, actuals, realised.pieces),
        untouched=made.untouched_ratio(actuals, enough),
        notes=(
            *beside_departed(watched, readings, actuals, enough),
            *off_by_lot(actuals, switches),
            *counted_as_it_ran(actuals, plan, ran),
            *messages_sent(actuals, plan),
            *reckoned_by_lot(paths.entries, realised),
            *told_late(actuals),
            *(not_come_note(each.id.removeprefix(STOCK), each.not_come) for each in limits if each.not_come),
            *notes_of(actuals, watched, settings.chance),
        ),
    )


def _with_enough(model: Coefficients, effects: Effects, expected: Float, products: Float) -> Float:
    """[S, K, T] units by the plan's account; where that is cut at stock, as the forecast is, which is not.

    Days on which goods are sold out are not compared, so on all others there was enough of them.

    Parameters
    ----------
    products : [D, K, T]
        The forecast.
    """
    wanted, cut = effects.base_units.mean(axis=0).sum(axis=0), model.base_units.sum(axis=0)
    total = expected.sum(axis=0)
    short = (wanted > cut * (1.0 + SAME_UNITS)) & (total > 0)
    return np.asarray(expected * np.divide(products.mean(axis=0), total, out=np.ones_like(total), where=short))
