"""What a running campaign is believed to do, where the truth is known: bias and coverage of factors and of the gain.

Campaigns are lived by drawn truths: from the effects' own uncertainty (``stated``), from lifts twice as uncertain
(``wide``), with one offer, each in turn, at a third of its forecast beside what is drawn (``fails``), or as stated with
what is bought ahead drawn within its interval, too (``ahead``); sales scatter as customers and periods do. After each
the factor of every offer and the gain of the campaign are held against it.
The true gain is what the model expects of the plan less what it expects of no promotion, in the same weather.

``PYTHONPATH=tests python benchmarks/belief_coverage.py [--scenario phone-flash-sale] [--campaigns 100] [--periods 9]``
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from flight_case import Running
from lived import actuals_of
from realised_past import learned_of, realised_of
from true_campaigns import live
from weekly_shop import weekly_shop

from planner.flight.outcomes_so_far import profit_bridge
from planner.problem import build_problem
from planner.replan.until_now.gained_so_far import gained_so_far
from planner.run.effort import Effort
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.answer.archive import freeze
from surrogate.flight.recalibration.carried import WHOLE
from surrogate.flight.recalibration.recalibrate import RecalibrateParams, recalibrate

WIDE = 2.0
"""Times the stated standard deviation of lifts."""


def main() -> None:
    """Live, learn, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="weekly-shop", help="weekly-shop, or the name of a shipped scenario")
    parser.add_argument("--campaigns", type=int, default=100)
    parser.add_argument("--periods", type=int, default=9, help="observed")
    parser.add_argument("--truth", default="stated,wide,fails,ahead")
    parser.add_argument("--gain", action="store_true", help="the campaign's gain, too, which takes longer")
    parser.add_argument("--memory", type=float, default=WHOLE.memory)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    case = the_case(asked.scenario)
    for truth in asked.truth.split(","):
        tell(case, truth, asked)


def the_case(name: str) -> Running:
    """The scenario, and a plan of it that runs."""
    if name == "weekly-shop":
        return weekly_shop(Path(tempfile.mkdtemp()))
    problem = build_problem(name)
    result = plan_campaign(problem, SearchParams(effort=Effort.QUICK, plans=1, cross_fit=False, seed=0))
    return Running(
        problem=problem, frozen=freeze(problem.loaded, 0), grid=problem.grid, model=problem.model, plan=result.plans[0]
    )


def tell(case: Running, truth: str, asked: argparse.Namespace) -> None:
    """Print what comes of one kind of truth."""
    last, begun, rows, gains = asked.periods - 1, time.monotonic(), [], []
    ran = sorted(live(case, 0, last).factors)
    for number in range(asked.campaigns):
        fails = ran[number % len(ran)] if truth == "fails" else None
        wide = WIDE if truth == "wide" else 1.0
        failing = () if fails is None else (fails,)
        lived = live(case, asked.seed + number, last, wide=wide, fails=failing, ahead=truth == "ahead")
        actuals = actuals_of(case.grid, lived.units, last)
        actuals.tables["revenue"][:] = np.nan  # nothing was paid otherwise than planned
        params = RecalibrateParams(memory=asked.memory)
        found = recalibrate(case.model, case.frozen.effects, case.plan, actuals, params)
        for name, moved in found.offers.items():
            rows.append((name == fails, lived.factors[name], moved.factor, moved.low, moved.high, moved.before_high))
        if asked.gain:
            step = profit_bridge(realised_of(case, actuals), case.plan)[-1]
            gained = gained_so_far(case.frozen, learned_of(case, actuals), step)
            figures = (gained.by_sales, gained.low, gained.high, gained.planned)
            gains.append((lived.gain, *map(float, figures)))
    table = np.array(rows, dtype=float)
    print(f"{asked.scenario}, {asked.periods} periods, truth {truth}: {time.monotonic() - begun:.0f} s", flush=True)
    for which, words in ((0, "offers that are drawn"), (1, "the one that fails")):
        part = table[table[:, 0] == which]
        if len(part):
            told(words, *part[:, 1:].T)
    if gains:
        real, by_sales, low, high, planned = np.array(gains).T
        off, inside = by_sales - real, (low <= real) & (real <= high)
        print(
            f"  gain: mean {real.mean():,.0f}, planned {planned.mean():,.0f}, told {off.mean():+,.0f} "
            f"(standard error {off.std() / np.sqrt(len(off)):,.0f}) off, root mean square "
            f"{np.sqrt((off**2).mean()):,.0f}, 90% intervals hold {inside.mean():.0%} "
            f"(below {(real < low).mean():.0%}, above {(real > high).mean():.0%}), "
            f"wide {(high - low).mean():,.0f}"
        )


def told(
    words: str, real: np.ndarray, factor: np.ndarray, low: np.ndarray, high: np.ndarray, before: np.ndarray
) -> None:
    """Print bias and coverage of factors."""
    off, inside = np.log(factor / real), (low <= real) & (real <= high)
    far = real < 0.6
    print(
        f"  {words} ({len(real)}): true {real.mean():.3f}, told {factor.mean():.3f}; log bias {off.mean():+.3f} "
        f"(standard error {off.std() / np.sqrt(len(off)):.3f}), root mean square {np.sqrt((off**2).mean()):.3f}, "
        f"90% intervals hold {inside.mean():.0%} (below {(real < low).mean():.0%}, above {(real > high).mean():.0%}), "
        f"high over low {np.exp(np.log(high / low).mean()):.2f}, before {np.exp(np.log(before**2).mean()):.2f}"
    )
    if far.any() and not far.all():
        print(
            f"    of them {far.sum()} below 0.6: true {real[far].mean():.2f}, told {factor[far].mean():.2f}, "
            f"hold {inside[far].mean():.0%}"
        )


if __name__ == "__main__":
    main()
