"""Learn from a simulated market's past and plan for it: are lifts recovered, what does the plan really earn.

Each seed is a town of its own: other customers, another past calendar, other luck. The market plays 44 weeks, its
purchases are written as files, and a model is trained on them as on any retailer's data. The campaign is planned twice
for the segments that the model learned: with its effects, baselines and orders, and with those measured in the market.
Both plans are played in the market under common random numbers. Nothing of the truth is in the training files.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import t as student

from planner.learning import train_model
from planner.problem import Problem, build_problem
from planner.run.effort import Effort
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.language.plan_lines import PlanLine
from scenarios.language.scope import Scope
from scenarios.language.words import Measure, Mechanic
from scenarios.market.past import PastParams, past_calendar
from scenarios.market.play import Market
from scenarios.market.purchases import record_past, write_purchases
from scenarios.market.town import CAMPAIGN_START, CUSTOMERS, regrouped, town_market
from scenarios.market.town_files import measure_town, write_learned, write_true
from surrogate.data.data_spec import read_data_spec
from surrogate.data.files.pseudonyms import Pseudonyms, key_for
from surrogate.data.loading import load_events
from surrogate.data.weeks import week_of
from surrogate.model import Model
from surrogate.people.placing import place
from surrogate.people.profiles import build_features
from surrogate.people.rest import REST

PAST_WEEKS, TEST_WEEKS = 44, 8
PLAYS = 12
"""Times that both plans are played in each town."""


@dataclass(frozen=True, kw_only=True)
class Recovered:
    """How learned lifts of one mechanic compare with the truth over its cells; take-up likewise."""

    cells: int
    true: float
    """Mean true lift, weighed by true base units."""
    bias: float
    """Mean learned lift over mean true lift, minus 1, weighed by true base units."""
    correlation: float
    error: float
    """Root mean squared error over the root mean square of the truth."""
    use_bias: float


@dataclass(frozen=True, kw_only=True)
class Town:
    """What one seed gave."""

    mechanics: dict[str, Recovered]
    base_bias: float
    base_error: float
    seconds: dict[str, float]
    gains: np.ndarray
    """[plays, 2] profit over the empty plan: with learned, with true effects."""
    profits: np.ndarray
    """[plays, 3] profit: learned, true, empty."""
    forecast: float
    """Gain that the plan from learned effects was forecast to make."""

    @property
    def ratio(self) -> float:
        """Gain of the plan from learned effects over the gain of the plan from true ones."""
        return float(self.gains[:, 0].sum() / self.gains[:, 1].sum())


def mean_lifts(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Return lift and take-up [S, K + 1, O], means over members and periods."""
    effects = problem.effects
    return effects.lift.mean(axis=(0, 3)), effects.take_up.mean(axis=2)


def recovered(true: Problem, learned: Problem) -> dict[str, Recovered]:
    """Compare lifts and take-ups, mechanic by mechanic and over all cells."""
    (real, used), (guess, use_guess) = mean_lifts(true), mean_lifts(learned)
    base = true.effects.base_units.mean(axis=0).sum(axis=2)
    base = np.concatenate([base, base.sum(axis=1, keepdims=True)], axis=1)
    offers = true.loaded.scenario.offers
    kinds = {kind.value: np.array([offer.mechanic is kind for offer in offers]) for kind in Mechanic}
    kinds["all"] = np.ones(len(offers), dtype=bool)
    out = {}
    for name, columns in kinds.items():
        on = (real != 0) & columns
        if not on.any():
            continue
        weight = np.broadcast_to(base[..., None], real.shape)[on]
        weight = weight / weight.sum()
        a, b = real[on], guess[on]
        centred = (a - a.mean()).std() > 0 and (b - b.mean()).std() > 0
        using = on & (used > 0)
        ratio = use_guess[using].mean() / used[using].mean() - 1 if using.any() else float("nan")
        out[name] = Recovered(
            cells=int(on.sum()),
            true=float(weight @ a),
            bias=float(weight @ b / (weight @ a) - 1),
            correlation=float(np.corrcoef(a, b)[0, 1]) if centred else float("nan"),
            error=float(np.sqrt(((a - b) ** 2).mean() / (a**2).mean())),
            use_bias=float(ratio),
        )
    return out


def run_town(seed: int, folder: Path, *, customers: int, effort: Effort) -> Town:
    """Make one town's past, learn from it, measure the truth on the learned segments, plan twice, play both plans."""
    clock = {}
    begun = time.monotonic()
    past = town_market(seed, past_weeks=PAST_WEEKS, customers=customers)
    data = record_past(past, past_calendar(past, PastParams(seed=seed)), seed)
    sundays = [str(CAMPAIGN_START - dt.timedelta(days=1 + 7 * weeks)) for weeks in (TEST_WEEKS, 0)]
    path = write_purchases(data, folder, train_until=sundays[0], test_until=sundays[1])
    clock["past"] = time.monotonic() - begun
    model = train_model(path, folder / "model", seed=seed)
    clock["train"] = time.monotonic() - begun - sum(clock.values())
    town = town_market(seed, customers=customers)
    learned = build_problem(write_learned(folder, town))
    label = learned_segments(path, model, data.customers["customer"])
    segments = [
        segment.model_copy(update={"id": market_name(segment.id), "customers": int((label == s).sum()), "profile": {}})
        for s, segment in enumerate(learned.grid.segments)
    ]
    market = regrouped(town, segments, label, data.memory)
    true = build_problem(write_true(folder, market, measure_town(market, seed)))
    clock["truth"] = time.monotonic() - begun - sum(clock.values())
    plans = {}
    for name, problem in (("learned", learned), ("true", true)):
        found = plan_campaign(problem, SearchParams(effort=effort, seed=seed))
        assert found.plans, f"town {seed}: no feasible plan from {name} effects"
        plans[name] = found.plans[0]
    clock["plan"] = time.monotonic() - begun - sum(clock.values())
    chosen = [line.model_copy(update={"segment": market_name(line.segment)}) for line in
              learned.grid.lines(plans["learned"])]  # fmt: skip
    lines = [chosen, true.grid.lines(plans["true"]), ()]
    profits = play(market, lines)
    base, real = learned.effects.base_units.mean(axis=0).sum(axis=2), true.effects.base_units.mean(axis=0).sum(axis=2)
    clock["play"] = time.monotonic() - begun - sum(clock.values())
    return Town(
        mechanics=recovered(true, learned),
        base_bias=float(base.sum() / real.sum() - 1),
        base_error=float(np.abs(base - real).sum() / real.sum()),
        seconds=clock,
        gains=profits[:, :2] - profits[:, 2:],
        profits=profits,
        forecast=forecast_gain(learned, plans["learned"]),
    )


def market_name(segment: str) -> str:
    """Return a segment's name in the market: ``rest`` is a word that only learned segments may use."""
    return "others" if segment == REST else segment


def learned_segments(path: Path, model: Model, customers: Sequence[str]) -> np.ndarray:
    """Return the index of the learned segment of each customer, placed by the saved model as new customers are.

    Customers without a purchase are nobody's: they join the last segment.
    """
    spec = read_data_spec(path)
    events = load_events(spec, until=spec.test_until, base=path.parent)
    features = build_features(events, model.categories, last_week=week_of(spec.test_until))
    segment = place(model.profile_space, features.raw)
    pseudonym = events.customers[features.customers]
    known = dict(zip(pseudonym.tolist(), segment.tolist(), strict=True))
    numbers = Pseudonyms(key_for()).numbers(list(customers))
    return np.array([known.get(number, len(model.groups.ids) - 1) for number in numbers.tolist()], dtype=np.int64)


def play(market: Market, plans: Sequence[Sequence[PlanLine]]) -> np.ndarray:
    """Return profits [plays, plans] under common random numbers."""
    return np.array([[sold.totals["profit"] for sold in market.play_all(plans, 1000 + s)] for s in range(PLAYS)])


def forecast_gain(problem: Problem, plan: np.ndarray) -> float:
    """Return the profit over the empty plan that a problem's own effects promise."""
    whole, nothing = (
        float(measured(account(problem.model, p), Measure.PROFIT, Scope())) for p in (plan, problem.grid.empty())
    )
    return (whole - nothing) / 100


def interval(values: Iterable[float]) -> tuple[float, float, float]:
    """Return mean and 95 % interval over seeds (Student's t)."""
    found = np.array(list(values))
    half = student.ppf(0.975, found.size - 1) * found.std(ddof=1) / np.sqrt(found.size) if found.size > 1 else np.nan
    return float(found.mean()), float(found.mean() - half), float(found.mean() + half)


def table(towns: Sequence[Town]) -> list[str]:
    """Return the recovery table as lines, means over towns."""
    lines = [f"{'mechanic':15s} cells  true lift   bias  (per town)                    corr.  rel. error  take-up bias"]
    for name in towns[0].mechanics:
        rows = [town.mechanics[name] for town in towns]
        each = " ".join(f"{row.bias:+.2f}" for row in rows)
        lines.append(
            f"{name:15s} {rows[0].cells:5d} {np.mean([r.true for r in rows]):10.3f} "
            f"{np.mean([r.bias for r in rows]):+6.2f}  ({each:27s}) {np.mean([r.correlation for r in rows]):6.2f} "
            f"{np.mean([r.error for r in rows]):10.2f} {np.mean([r.use_bias for r in rows]):+12.2f}"
        )
    return lines


def verdict(towns: Sequence[Town]) -> list[str]:
    """Return what the plans earned, as lines."""
    ratios = [town.ratio for town in towns]
    mean, low, high = interval(ratios)
    spare = interval([float((town.gains[:, 0] - 0.9 * town.gains[:, 1]).mean()) for town in towns])
    total = interval([float(town.profits[:, 0].sum() / town.profits[:, 1].sum()) for town in towns])
    promised = interval([town.forecast / float(town.gains[:, 0].mean()) for town in towns])
    return [
        f"gain of the learned plan / gain of the true plan: {mean:.3f} ({low:.3f} to {high:.3f}); by town "
        + " ".join(f"{ratio:.3f}" for ratio in ratios),
        f"learned gain minus 90 % of true gain: {spare[0]:,.0f} ({spare[1]:,.0f} to {spare[2]:,.0f})",
        f"whole profit, learned / true: {total[0]:.4f} ({total[1]:.4f} to {total[2]:.4f})",
        f"forecast / realised gain of the learned plan: {promised[0]:.2f} ({promised[1]:.2f} to {promised[2]:.2f})",
        f"baselines: bias {np.mean([t.base_bias for t in towns]):+.3f}, mean error of segment x product "
        f"{np.mean([t.base_error for t in towns]):.3f}",
        "seconds a town: "
        + ", ".join(f"{key} {np.mean([t.seconds[key] for t in towns]):.0f}" for key in towns[0].seconds),
    ]


def main() -> None:
    """Run the towns and print after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--customers", type=int, default=CUSTOMERS, help="customers of a town")
    parser.add_argument("--effort", type=Effort, default=Effort.QUICK)
    parser.add_argument("--folder", type=Path, help="keep the towns' files here")
    options = parser.parse_args()
    towns: list[Town] = []
    with tempfile.TemporaryDirectory(prefix="market-learning-") as scratch:
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            folder = (options.folder or Path(scratch)) / f"town-{seed}"
            towns.append(run_town(seed, folder, customers=options.customers, effort=options.effort))
            print(f"town {seed}", *table(towns[-1:]), *verdict(towns[-1:]), "", sep="\n", flush=True)
    if len(towns) > 1:
        print(f"{len(towns)} towns", *table(towns), *verdict(towns), sep="\n")


if __name__ == "__main__":
    main()
