"""How often the 90 % intervals that an experiment teaches hold the truth, on experiments made up for it.

``known_experiments.py`` has the families. Of each experiment the product learns with its default settings, and each
figure as it is printed or drawn from is held against the truth: lifts and baselines against the mean true outcomes of
exactly the customers in a segment, learned or declared. With ``--test`` nothing is trained, and there are more
experiments in less time: take-up is held against the share of would-be buyers who redeem, and what `campaign evaluate`
prints (average effects, deciles, slope, Qini, AUUC, rules) against the truth for a score that was fixed beforehand.

Nothing drifts between experiment and truth, though intervals of lifts and baselines allow for 10 % and those of take-up
for 30 %: 90 % or more is right there, 90 % elsewhere. Figures of one experiment err together: the printed 95 % interval
of the share (Wilson's) counts each as less than one, by the design effect of experiments as clusters. Bias is the mean
error over the mean truth, in points for lifts; width is the mean width over that of a normal interval for the root mean
square error. Do not judge a change on seeds that led to it: take others with ``--first``.

    python benchmarks/experiment_coverage.py [--families NAME ...] [--seeds 3] [--first 0] [--test] [--save FILE.csv]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from known_experiments import FAMILIES, Known, make
from numpy.typing import NDArray

from planner.reasons.effect_scores import score_of
from planner.runtime import start_jax
from scenarios.futures.draws import factor
from scenarios.futures.shares import drawn, scaled_up
from scenarios.language.schema import Scenario, Segment
from scenarios.response.effects import Learned
from scenarios.streams import stream
from surrogate.experiment import train
from surrogate.experiment.prepared.prepare import prepare
from surrogate.experiment.scoring.score import score_experiment
from surrogate.experiment.training.offer_trial import repeated, trial_of
from surrogate.experiment.training.one_outcome import study_of
from surrogate.experiment.training.take_up import take_up
from surrogate.held_out.policy_value import Assigned, doubly_robust, gain, inverse_propensity
from surrogate.held_out.trial import Trial, average_effect
from surrogate.held_out.uplift_calibration import calibration, calibration_slope
from surrogate.held_out.uplift_curves import auuc, auuc_interval, qini, qini_interval

Float = NDArray[np.float64]
Row = dict[str, Any]
ENDS = (0.05, 0.95)
LEVELS = 999
MANY = 200_000
"""Customers that the true Qini of a score is told from."""
Z = 1.959964


def row(kind: str, found: Any, true: float) -> Row:
    """Return one figure (with value, low and high) beside the truth."""
    low, value, high = (float(getattr(found, name)) for name in ("low", "value", "high"))
    return {"figure": kind, "low": low, "value": value, "high": high, "true": float(true)}


class Interval:
    """A figure with the ends of its interval."""

    def __init__(self, value: float, low: float, high: float) -> None:
        self.value, self.low, self.high = value, low, high


def normal_levels() -> Float:
    """Return standard normal scores [L], evenly over their distribution."""
    return np.array([NormalDist().inv_cdf((level + 0.5) / LEVELS) for level in range(LEVELS)])


def trained(known: Known) -> Iterator[Row]:
    """Train, score, and yield every lift and baseline of learned and declared segments beside the truth."""
    groups: list[Any] = []
    find = train.find_groups

    def remembering(*given: Any, **named: Any) -> Any:
        groups.append(find(*given, **named))
        return groups[-1]

    train.find_groups = remembering  # who belongs where is forgotten after training; the truth needs it
    try:
        model = train.learn_table(known.spec, known.table)
    finally:
        train.find_groups = find
    segment = model.groups.share[:, groups[0][1]].argmax(axis=0)
    question = asked(known)
    yield from scored(
        known, score_experiment(model, question), [segment == s for s in range(len(model.groups.ids))], ""
    )
    family = known.table.numeric.get("family")
    masks = {"everybody": np.ones(known.table.count, dtype=bool)}
    masks |= {} if family is None else {"families": family == 1, "others": family == 0}
    profiles = {"everybody": {}, "families": {"family": 1}, "others": {"family": 0}}
    declared = tuple(Segment(id=name, customers=1000, profile=profiles[name]) for name in masks)
    answer = score_experiment(model, question.model_copy(update={"segments": declared}))
    yield from scored(known, answer, list(masks.values()), " of declared")


def scored(known: Known, answer: Learned, masks: list[NDArray[np.bool_]], of: str) -> Iterator[Row]:
    """Yield lifts and baselines of segments beside the truth of the rows [N] that are in each."""
    effects, scores = answer.effects, normal_levels()
    for s, mine in enumerate(masks):
        for k, outcome in enumerate(known.truth):
            mean = known.truth[outcome][mine].mean(axis=0)
            base = effects.base_units[:, s, k, 0] / answer.segments[s].customers
            futures = base[:, None] * factor(scores[None], np.sqrt(np.log1p(effects.base_cv[s, k] ** 2)))
            low, high = np.quantile(futures, ENDS, method="hazen")
            yield row(f"baseline{of}, {outcome}", Interval(base.mean(), low, high), mean[0])
            here = np.zeros(effects.take_up.shape[1:3], dtype=bool)
            here[k] = True
            for o in range(mean.size - 1):
                found = score_of(effects, s, o, here)
                lift = Interval(found.lift, found.lift_low, found.lift_high)
                yield row(f"lift{of}, {outcome}", lift, mean[o + 1] / mean[0] - 1.0)


def asked(known: Known) -> Scenario:
    """Return a scenario that asks for exactly what was tried, over exactly its days."""
    raw = known.spec.model_dump(by_alias=True, exclude_none=True, mode="json")
    offers = [
        {"id": name, **{key: value for key, value in one.items() if key != "is"}} for name, one in raw["offers"].items()
    ]
    return Scenario.model_validate({
        "scenario": "known", "currency": "EUR", "horizon": {"start": "2026-11-02", "periods": 1, "unit": "week"},
        "segments": {"learn": {}}, "gifts": [{"id": "mug", "unit_cost": 4}],
        "products": [{"id": name, "category": name, "price": 40, "unit_cost": "40%"} for name in known.spec.products],
        "offers": offers, "effects": {"data": "known.yaml"},
    })  # fmt: skip


def untrained(
    known: Known, name: str, seed: int, wanted: dict[tuple[str, str, int], tuple[float, float, float]]
) -> Iterator[Row]:
    """Yield what evaluate prints of a score that was fixed beforehand, and take-up, beside the truth."""
    table, spec = known.table, known.spec
    ready = prepare(spec, table, smallest=50)
    first = np.asarray(study_of(ready, next(iter(spec.outcomes)))[0].rows.outcome)
    for o, id_ in enumerate(spec.offers, start=1):
        tried = take_up(ready, first, o)
        assert tried is not None
        sd = np.sqrt(np.log1p(np.array([tried.cv]) ** 2))
        futures = drawn(scaled_up(np.array([tried.share]), sd), normal_levels()[:, None], sd)
        low, high = np.quantile(futures, ENDS, method="hazen")
        yield row(f"take-up of {id_}", Interval(tried.share, low, high), FAMILIES[name].take_up)
    for outcome in spec.outcomes:
        values, truth = table.outcomes[outcome], known.truth[outcome]
        for o in range(1, len(spec.offers) + 1):
            trial, rows = trial_of(values, table.arm, ready.chance, o, table.unit)
            uplift = truth[:, o] - truth[:, 0]
            score = score_for(known, outcome, o, seed)[rows]
            yield row(f"average effect, {outcome}", average_effect(trial), uplift.mean())
            yield from deciles(trial, score, uplift[rows], outcome)
            true_slope, true_qini, true_auuc = wanted[name, outcome, o]
            rng = stream(seed, "coverage bootstrap", outcome, str(o))
            yield row(f"slope, {outcome}", calibration_slope(trial, score), true_slope)
            yield row(f"Qini, {outcome}", qini_interval(trial, score, rng=rng, resamples=200), true_qini)
            yield row(f"AUUC, {outcome}", auuc_interval(trial, score, rng=rng, resamples=200), true_auuc)
        data = Assigned(outcome=values, arm=table.arm, propensity=ready.chance, unit=repeated(table.unit))
        choice = np.where(score_for(known, outcome, 1, seed) > np.median(truth[:, 1] - truth[:, 0]), 1, 0)
        guess = np.tile(values.mean(), truth.shape)
        mean = truth[np.arange(choice.size), choice].mean()
        nobody = doubly_robust(data, np.zeros_like(choice), guess)
        robust = doubly_robust(data, choice, guess)
        yield row(f"rule, inverse propensity, {outcome}", inverse_propensity(data, choice).estimate, mean)
        yield row(f"rule, doubly robust, {outcome}", robust.estimate, mean)
        yield row(f"rule over nobody, {outcome}", gain(robust, nobody), mean - truth[:, 0].mean())


def score_for(known: Known, outcome: str, offer: int, seed: int) -> Float:
    """Return a score [N] that ranks somewhat and sizes too boldly: twice the true uplift, and as much noise."""
    uplift = known.truth[outcome][:, offer] - known.truth[outcome][:, 0]
    lot = stream(seed, "score", outcome, str(offer)).standard_normal(int(known.table.unit.max()) + 1)
    return np.asarray(2.0 * uplift + (uplift.std() + 0.1 * known.truth[outcome][:, 0].std()) * lot[known.table.unit])


def deciles(trial: Trial, score: Float, uplift: Float, outcome: str) -> Iterator[Row]:
    """Yield the observed uplift of each bin beside the mean true one of its customers."""
    found = calibration(trial, score)
    edges = np.unique(np.quantile(score, np.arange(1, 10) / 10, method="inverted_cdf"))
    place = np.searchsorted(edges, score, side="left")
    if len(found) == edges.size + 1:
        for number, one in enumerate(found):
            yield row(f"decile, {outcome}", one.observed, uplift[place == number].mean())


def true_ranks(names: list[str]) -> dict[tuple[str, str, int], tuple[float, float, float]]:
    """Return the true slope, Qini and AUUC of the scores by family, outcome and offer, from very many customers."""
    out = {}
    for name in names:
        known = make(name, 10**6, MANY // FAMILIES[name].waves)
        table = known.table
        chance = prepare(known.spec, table, smallest=50).chance
        for outcome in known.spec.outcomes:
            for o in range(1, len(known.spec.offers) + 1):
                trial, rows = trial_of(table.outcomes[outcome], table.arm, chance, o, table.unit)
                score = score_for(known, outcome, o, 0)
                uplift = known.truth[outcome][:, o] - known.truth[outcome][:, 0]
                slope = float(np.cov(score[rows], uplift[rows])[0, 1] / score[rows].var(ddof=1))
                out[name, outcome, o] = (slope, qini(trial, score[rows]), auuc(trial, score[rows]))
    return out


def wilson(share: float, number: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share of ``number`` independent cases."""
    middle = (share + Z**2 / (2 * number)) / (1 + Z**2 / number)
    reach = Z / (1 + Z**2 / number) * np.sqrt(share * (1 - share) / number + Z**2 / (4 * number**2))
    return float(middle - reach), float(middle + reach)


def counting_for(held: Float, experiment: NDArray[Any]) -> float:
    """Return as how many independent cases [N] figures count, of which some are of one experiment."""
    share = float(held.mean())
    if not (0 < share < 1):
        return float(np.unique(experiment).size)
    sums = pd.Series(held - share).groupby(experiment).sum().to_numpy()
    clusters = sums.size
    variance = float((sums**2).sum()) / held.size**2 * clusters / max(clusters - 1, 1)
    return float(min(max(share * (1 - share) / max(variance, 1e-12), 1.0), held.size))


def report(rows: pd.DataFrame) -> None:
    """Print the table."""
    rows = rows.assign(
        held=(rows["low"] <= rows["true"]) & (rows["true"] <= rows["high"]),
        below=rows["true"] < rows["low"],
        error=rows["value"] - rows["true"],
    )
    print("| family | figure | held | of figures | share | 95 % | truth below, above | bias | width |")
    print("|---|---|---|---|---|---|---|---|---|")
    for (family, figure), part in rows.groupby(["family", "figure"], sort=False):
        held = part["held"].to_numpy(dtype=float)
        low, high = wilson(held.mean(), counting_for(held, part["seed"].to_numpy()))
        miss = int(part["below"].sum()), int((~part["held"] & ~part["below"]).sum())
        mean = 1.0 if str(figure).startswith("lift") else abs(part["true"].mean())
        bias = part["error"].mean() / mean if mean > 0 else float("nan")
        root = float(np.sqrt((part["error"] ** 2).mean()))
        width = (part["high"] - part["low"]).mean() / (3.29 * root) if root > 0 else float("nan")
        print(
            f"| {family} | {figure} | {int(held.sum())} | {held.size} | {held.mean():.0%} | {low:.0%} to {high:.0%} | "
            f"{miss[0]}, {miss[1]} | {bias:+.1%} | {width:.2f} |"
        )


def collect(names: list[str], seeds: range, of: Callable[[Known, str, int], Iterator[Row]]) -> pd.DataFrame:
    """Return all figures of some experiments."""
    rows = []
    for name in names:
        begun = time.monotonic()
        for seed in seeds:
            rows += [one | {"family": name, "seed": seed} for one in of(make(name, seed), name, seed)]
        print(f"{name}: {len(seeds)} experiments in {time.monotonic() - begun:.0f} s", flush=True)
    return pd.DataFrame(rows)


def main() -> None:
    """Run the benchmark from the command line."""
    start_jax()  # before the first array: it fixes threads and precision
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--families", nargs="+", choices=list(FAMILIES), default=list(FAMILIES))
    parser.add_argument("--seeds", type=int, default=3, help="experiments of each family")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--test", action="store_true", help="figures of evaluate and take-up, without training")
    parser.add_argument("--save", type=Path, help="writes every figure as CSV")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    if options.test:
        wanted = true_ranks(options.families)
        rows = collect(options.families, seeds, lambda known, name, seed: untrained(known, name, seed, wanted))
    else:
        rows = collect(options.families, seeds, lambda known, *_: trained(known))
    if options.save:
        rows.to_csv(options.save, index=False)
    report(rows)


if __name__ == "__main__":
    main()
