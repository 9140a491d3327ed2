"""The monitor on campaigns whose truth is known: false alarms, and how soon a shortfall of one offer is found.

Undisturbed campaigns are futures of the plan that neither the search nor the monitor has seen, stock served in time
order, with the chance of single days. Any alarm on any series at any time is a false one. Disturbed ones sell 30 %
less wherever one offer runs; found is an alarm on that offer, and how soon is told as a share of its run (the periods
in which it runs anywhere). What the forecast itself leaves open bounds what can be found. So beside each offer stands
the relative deviation of its forecast over half of its run, and what no test can exceed: the power of the likelihood
ratio of exactly this shortfall of exactly this offer, looked at once, after half of its run, with all cells as controls
(their errors taken as normal), if it had the whole 5 % of error for itself, and with the offer's own share of it.

``--weather 20,12,5`` lets periods scatter by 20 % for all products alike, 12 % for those of a category and 5 % for each
product, of which the monitor knows nothing: it assumes 7 % and 7 % in calm weather.

``PYTHONPATH=tests python benchmarks/false_alarms.py --scenario phone-flash-sale``
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import replace

import numpy as np
from lived import actuals_of, lived_units, shortfall
from scipy.special import ndtr, ndtri

from planner.flight.measure.comparable import comparable, told_chance
from planner.flight.watch.monitor import MonitorParams, forecast
from planner.flight.watch.series_read import Forecast, read_series
from planner.problem import Problem, build_problem
from planner.run.effort import Effort
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.flight.actuals import Actuals
from scenarios.flight.series import Kind, offer_cells, watch
from scenarios.futures.draws import draw
from scenarios.futures.outcomes import sales
from scenarios.market.play import Market
from scenarios.response.coefficients import unlimited
from scenarios.response.effects import Weather
from scenarios.response.totals import sold_by
from scenarios.shipped.singles_day_truth import truth
from scenarios.streams import stream
from surrogate.flight.chance import ChanceParams, with_chance

FUTURES = 4000
"""That the best possible power is told from."""
LEAST_UNITS = 0.05
"""Cells that expect fewer units tell nothing."""


class Watch:
    """Forecasts of one plan by what was sold out; campaigns with the same stock-outs share one."""

    def __init__(self, problem: Problem, plan: np.ndarray, seed: int, params: MonitorParams) -> None:
        self.problem, self.plan, self.seed, self.params = problem, plan, seed, params
        self._made: dict[bytes, Forecast] = {}

    def forecast(self, actuals: Actuals) -> Forecast:
        """The forecast over the cells that can be compared."""
        usable = comparable(actuals, self.plan)
        chance = told_chance(self.problem.model, self.plan, actuals, usable, self.params.chance)
        # Lots are told in steps of 5 %, so that campaigns share forecasts.
        lot = 1.05 ** np.ceil(np.log(chance.lot) / np.log(1.05) - 1e-9)
        params = replace(self.params, chance=replace(chance, lot=float(lot)))
        key = usable.tobytes() + str(lot).encode()
        if key not in self._made:
            if len(self._made) > 20:
                self._made.clear()
            watched = watch(actuals.grid, self.plan, usable, by_segment=True)
            problem = self.problem
            self._made[key] = forecast(
                problem.model, problem.effects, self.plan, watched, seed=self.seed, params=params
            )
        return self._made[key]

    def alarms(self, units: np.ndarray) -> dict[str, int]:
        """First period of an alarm by series, had one looked at the end of every period."""
        actuals = actuals_of(self.problem.grid, units, self.problem.grid.shape[2] - 1)
        made = self.forecast(actuals)
        over = made.evidence(made.seen(actuals), np.nan_to_num(actuals.units_total)) > made.bar.log_evidence
        found = {}
        for number, series in enumerate(made.watched.series):
            if over[number].any():
                found[f"{series.kind}:{series.id}"] = int(over[number].argmax())
        read_series(made, actuals, sold_by(self.problem.model, self.plan, np).units)
        return found


def possible(
    problem: Problem, plan: np.ndarray, where: np.ndarray, half: int, left: float, chance: ChanceParams, seed: int
) -> float:
    """Deviations by which a shortfall of an offer's cells [S, K, T] stands out at best, by the period ``half``."""
    futures = draw(problem.grid, problem.effects, seed, name="possible", count=FUTURES)
    units = np.concatenate([what.units for what in sales(unlimited(problem.model), problem.effects, plan, futures)])
    sold = with_chance(units, chance, stream(seed, "possible"))[..., : half + 1].reshape(FUTURES, -1)
    mean = units[..., : half + 1].mean(axis=0).reshape(-1)
    told = mean > LEAST_UNITS
    shift = np.where(where[..., : half + 1].reshape(-1), left - 1.0, 0.0)[told]
    covariance = np.cov((sold / np.maximum(mean, LEAST_UNITS))[:, told], rowvar=False)
    # An inverse of a covariance of so many draws is too large in the mean (Hartlap et al., 2007).
    fair = (FUTURES - told.sum() - 2) / (FUTURES - 1)
    return float(np.sqrt(fair * shift @ np.linalg.solve(covariance, shift)))


def in_the_market(problem: Problem, plan: np.ndarray, watch_: Watch, campaigns: int) -> None:
    """Let the simulated market of singles-day play the plan: it errs where the effect tables err, and is noisier."""
    market = Market(scenario=problem.loaded.scenario, truth=truth())
    begun, false, counted = time.monotonic(), 0, Counter[str]()
    for seed in range(campaigns):
        alarms = watch_.alarms(np.rint(market.play(problem.grid.lines(plan), seed).units))
        false += bool(alarms)
        counted.update(alarms)
    worst = ", ".join(f"{name} {number}" for name, number in counted.most_common(5))
    print(
        f"simulated market: {false} of {campaigns} campaigns raise an alarm; most often {worst or 'nothing'}; "
        f"{time.monotonic() - begun:.0f} s",
        flush=True,
    )


def main() -> None:
    """Plan, live, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="phone-flash-sale")
    parser.add_argument("--campaigns", type=int, default=500, help="undisturbed campaigns")
    parser.add_argument("--disturbed", type=int, default=50, help="campaigns with a shortfall, for each offer")
    parser.add_argument("--shortfall", type=float, default=0.3)
    parser.add_argument("--market", type=int, default=0, help="campaigns of the simulated market, for singles-day")
    parser.add_argument("--weather", help="percent by which periods scatter: all products, a category, a product")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    problem = build_problem(options.scenario)
    result = plan_campaign(problem, SearchParams(effort=Effort.QUICK, plans=1, cross_fit=False, seed=options.seed))
    plan = result.plans[0]
    begun = time.monotonic()
    watch_ = Watch(problem, plan, options.seed, MonitorParams())
    chance = ChanceParams()
    if options.weather:
        everywhere, category, product = (float(each) / 100 for each in options.weather.split(","))
        told = Weather(everywhere=everywhere, category=category, product=product)
        chance = chance.by(told, [each.category for each in problem.grid.products])
    counted: dict[str, int] = {}
    false = 0
    undisturbed = lived_units(
        problem.model, problem.effects, plan, seed=options.seed + 1, count=options.campaigns, chance=chance
    )
    for units in undisturbed:
        alarms = watch_.alarms(units)
        false += bool(alarms)
        for name in alarms:
            counted[name] = counted.get(name, 0) + 1
    print(
        f"{options.scenario}: {false} of {options.campaigns} undisturbed campaigns raise an alarm "
        f"({false / options.campaigns:.1%}); {time.monotonic() - begun:.0f} s",
        flush=True,
    )
    worst = sorted(counted.items(), key=lambda item: -item[1])[:5]
    print(f"  most often: {', '.join(f'{name} {number}' for name, number in worst)}")
    if options.market:
        in_the_market(problem, plan, watch_, options.market)
    cells = offer_cells(problem.grid, plan)
    expected = problem.model
    made = next(iter(watch_._made.values()))
    print(f"  bar: log evidence {made.bar.log_evidence:.2f}, {len(made.watched.series)} series")
    print(f"a shortfall of {options.shortfall:.0%} of one offer, {options.disturbed} campaigns each:")
    for offer, where in cells.items():
        run = np.flatnonzero(where.any(axis=(0, 1)))
        half = run[(len(run) + 1) // 2 - 1]
        changed = lived_units(
            expected,
            problem.effects,
            plan,
            seed=options.seed + 2,
            count=options.disturbed,
            chance=chance,
            change=shortfall(offer, plan, 1.0 - options.shortfall),
        )
        firsts = [watch_.alarms(units).get(f"{Kind.OFFER}:{offer}") for units in changed]
        in_time = sum(first is not None and first <= half for first in firsts)
        ever = sum(first is not None for first in firsts)
        spent = [float((run <= first).mean()) for first in firsts if first is not None]
        middle = f"{np.median(spent):.0%} of the run" if spent else "never"
        sold = undisturbed[:, where].sum(axis=1).mean()
        share = made.tests.weights[[each.id for each in made.watched.series].index(offer)]
        z = possible(problem, plan, where, int(half), 1.0 - options.shortfall, chance, options.seed)
        alone, shared = (
            float(ndtr(z + ndtri(MonitorParams().sequential.false_alarms * part))) for part in (1.0, share)
        )
        early = undisturbed[:, where & (np.arange(where.shape[-1]) <= half)].sum(axis=1)
        open_ = early.std() / max(early.mean(), 1.0)
        print(
            f"  {offer:18s} {len(run):3d} periods, {sold:9,.0f} units, forecast +-{open_:4.0%}: found in half its "
            f"run in {in_time / options.disturbed:5.0%} (at best {shared:4.0%}, alone {alone:4.0%}), ever in "
            f"{ever / options.disturbed:5.0%}, median {middle}",
            flush=True,
        )


if __name__ == "__main__":
    main()
