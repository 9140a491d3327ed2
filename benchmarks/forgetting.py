"""Weights of evidence by age: do they help where customers have changed, do they harm where they have not.

Each town is one of `scenarios.market.town`, whose customers may change on one day of its past. The shipped training is
done as it is, and again with the last fit weighted by age: a week that is one half-life older counts half as much in
what was sold. (Use of offers, and who buys under sent offers on orders, keep their weights.) Learned lifts are compared
with those measured in the changed town. No such weights are in the product: docs/learning-measured.md says why.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from planner.runtime import start_jax
from scenarios.language.schemas.product import LearnedSegments, LearnSpec
from scenarios.market.drift import draw_drift, with_drift
from scenarios.market.past import PastParams, past_calendar
from scenarios.market.purchases import write_purchases
from scenarios.market.records import record_campaign
from scenarios.market.town import CAMPAIGN_START, CUSTOMERS, town_market
from scenarios.market.town_files import measure_town
from surrogate import train as training
from surrogate.data.data_spec import DataSpec, read_data_spec
from surrogate.effects import ensemble
from surrogate.effects.ensemble import EnsembleParams
from surrogate.people.own_segments import OwnSegments
from surrogate.scoring.score import score
from surrogate.train import TrainParams

PAST_WEEKS, TEST_WEEKS = 44, 8


@dataclass(frozen=True, kw_only=True, eq=False)
class Town:
    """One town's files and the truth on the morning of its campaign. S segments, K products, O offers."""

    spec: DataSpec
    folder: Path
    own: OwnSegments
    lift: np.ndarray
    """[S, K + 1, O] measured lifts; 0 where an offer may not run."""
    base: np.ndarray
    """[S, K + 1] quiet units, the last column all products'."""
    scenario: Any


def town(seed: int, folder: Path, *, customers: int, change: float, weeks_ago: int) -> Town:
    """Make a town whose customers change so many weeks before the end of its past; 0 for towns that stay."""
    past, here = town_market(seed, past_weeks=PAST_WEEKS, customers=customers), town_market(seed, customers=customers)
    lines = past_calendar(past, PastParams(seed=seed)).lines
    if change > 0:
        drift = draw_drift(past, seed, strength=change, from_day=7 * (PAST_WEEKS - weeks_ago))
        past, here = with_drift(past, drift), with_drift(here, drift).changed
    data = record_campaign(past, lines, seed)
    sundays = [str(CAMPAIGN_START - dt.timedelta(days=1 + 7 * weeks)) for weeks in (TEST_WEEKS, 0)]
    path = write_purchases(
        data, folder, train_until=sundays[0], test_until=sundays[1], known={"categorical": ["segment"]}
    )
    listed = {str(name): tuple(rows) for name, rows in data.customers.groupby("segment", sort=False)["customer"]}
    found, offers = measure_town(here, seed), [offer.id for offer in here.scenario.offers]
    lift = np.zeros((len(here.segments), len(here.products) + 1, len(offers)))
    for one in found.effects:
        lift[one.segment, -1 if one.product is None else one.product, offers.index(one.offer)] = one.lift
    base = found.base_units.sum(axis=2)
    return Town(
        spec=read_data_spec(path),
        folder=folder,
        own=OwnSegments(ids=tuple(segment.id for segment in here.segments), members=listed),
        lift=lift,
        base=np.concatenate([base, base.sum(axis=1, keepdims=True)], axis=1),
        scenario=here.scenario.model_copy(update={"segments": LearnedSegments(learn=LearnSpec())}),
    )


@contextmanager
def forgetting(half_life: float) -> Iterator[None]:
    """Let the last fit of a training count a week half as much as one that is so many weeks younger."""
    last_fit, weights = training.refit_ensemble, ensemble._bootstrap

    def aged(shelf: Any, rng: np.random.Generator) -> np.ndarray:
        age = np.arange(shelf.weeks.size)[::-1]
        return np.asarray(weights(shelf, rng) * 0.5 ** (age / half_life))

    def weighted(*arguments: Any) -> Any:
        with patch.object(ensemble, "_bootstrap", aged):
            return last_fit(*arguments)

    with patch.object(training, "refit_ensemble", weighted):
        yield


def lift_error(here: Town, params: TrainParams, seed: int, half_life: float) -> tuple[float, float]:
    """Train, and return mean absolute error and bias of learned lifts, as shares of the mean true lift."""
    with forgetting(half_life):
        model = training.train(here.spec, params, seed, base=here.folder, own=here.own)
    learned = score(model, here.scenario).effects.lift.mean(axis=(0, 3))
    on = here.lift != 0
    weight = np.broadcast_to(here.base[..., None], here.lift.shape)[on]
    off, size = learned[on] - here.lift[on], float(weight @ here.lift[on])
    return float(weight @ np.abs(off)) / size, float(weight @ off) / size


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the towns and print one line a town and half-life; ``inf`` is the product as it is."""
    start_jax()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[201, 202])
    parser.add_argument("--half-lives", type=float, nargs="+", default=[float("inf"), 13.0, 6.0])
    parser.add_argument("--change", type=float, default=0.5, help="strength of the change; 0: none")
    parser.add_argument("--weeks-ago", type=int, default=8)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--members", type=int, default=EnsembleParams().members)
    parser.add_argument("--groups", type=int, default=EnsembleParams().offer_groups)
    parser.add_argument("--steps", type=int, default=EnsembleParams().offer_steps)
    asked = parser.parse_args(arguments)
    sizes = EnsembleParams(members=asked.members, offer_groups=asked.groups, offer_steps=asked.steps)
    with tempfile.TemporaryDirectory(prefix="forgetting-") as scratch:
        for seed in asked.seeds:
            here = town(
                seed,
                Path(scratch) / f"town-{seed}",
                customers=asked.customers,
                change=asked.change,
                weeks_ago=asked.weeks_ago,
            )
            for half_life in asked.half_lives:
                error, bias = lift_error(here, TrainParams(ensemble=sizes), seed, half_life)
                print(f"town {seed}, half-life {half_life:g} weeks: error {error:.3f}, bias {bias:+.3f}", flush=True)


if __name__ == "__main__":
    main()
