"""The network against LightGBM on the packaged groceries: units of segment x category x week, weeks ahead.

    python benchmarks/grocery_lightgbm.py [--splits 27-35 36-44 44-52] [--seed 1]

A split ``27-35`` trains on weeks 2 to 27 (26 weeks) and tests on weeks 28 to 35: all forecasts are made at the end of
week 27. LightGBM gets what the network gets: levels and lags of units known then, depth, display and mailer of the week
and of the past, segment features, segment, category, week and weeks ahead; it learns from all forecasts that could have
been made in the training weeks. It runs on categories and, as the network does, on shelf items that are added up to
categories; with the library's defaults, and with the settings that foresaw the last eight training weeks best.

A category week is promoted where depth, display or mailer, weighted by the items' value, is at least 10 %. The change
is units a week promoted minus unpromoted, by segment and category that had both. Intervals are 95 %, paired, by a
bootstrap of categories.
"""

from __future__ import annotations

import argparse
import datetime as dt
from importlib import resources
from pathlib import Path

import numpy as np

from planner.runtime import start_jax
from scenarios.language.schema import LearnSpec
from scenarios.streams import stream
from surrogate.data.data_spec import read_data_spec
from surrogate.data.packaged import FIRST_MONDAY
from surrogate.effects.ensemble import EnsembleParams
from surrogate.held_out.first_fit import first_fit
from surrogate.held_out.peer_panel import item_panel
from surrogate.held_out.peers import DEFAULT, Panel, boosted_forecast, elasticity_forecast, tuned
from surrogate.shelf.cells import Shelf
from surrogate.shelf.promoted import is_promoted
from surrogate.train import silent

DATA = "grocery-journey-data.yaml"
RESAMPLES = 1000


def sunday(week: int) -> dt.date:
    """Return the last day of a week of the data (1 to 53)."""
    return FIRST_MONDAY + dt.timedelta(days=7 * week - 1)


def changes(units: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Return promoted minus unpromoted units a week [S, C]; NaN where a category had one kind of weeks only."""
    both = on.any(axis=1) & ~on.all(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (units * on).sum(axis=2) / on.sum(axis=1) - (units * ~on).sum(axis=2) / (~on).sum(axis=1)
    return np.where(both, found, np.nan)


class Scores:
    """Errors and changes of one forecast, by category, so that categories can be resampled."""

    def __init__(self, units: np.ndarray, real: np.ndarray, on: np.ndarray) -> None:
        self.miss = (np.abs(units - real) * on).sum(axis=(0, 2))
        self.size = (real * on).sum(axis=(0, 2))
        self.bias = (units * on).sum() / self.size.sum() - 1
        self.everywhere = np.abs(units - real).sum() / real.sum()
        self.foreseen, self.real = changes(units, on), changes(real, on)

    def wape(self, pick: np.ndarray) -> float:
        """Return the weighted absolute error on promoted cells of some categories."""
        return float(self.miss[pick].sum() / self.size[pick].sum())

    def correlation(self, pick: np.ndarray) -> float:
        """Return the correlation of foreseen and real changes of some categories."""
        foreseen, real = self.foreseen[:, pick].ravel(), self.real[:, pick].ravel()
        known = np.isfinite(real)
        if known.sum() < 3 or np.ptp(foreseen[known]) == 0:
            return float("nan")
        return float(np.corrcoef(foreseen[known], real[known])[0, 1])


def category_panel(items: Panel, shelf: Shelf) -> Panel:
    """Return the panel of whole categories: units summed, promotions weighted by the items' share in value."""
    inside = (np.arange(len(shelf.categories))[:, None] == shelf.category[None]).astype(float)
    return Panel(
        units=np.einsum("ci,sit->sct", inside, items.units),
        promotions=np.einsum("ci,sitp->sctp", inside * shelf.weight, items.promotions),
        category=np.arange(len(shelf.categories)),
        features=items.features,
    )


def run_split(first_week: int, last_week: int, seed: int) -> None:
    """Train, forecast, compare and print one split."""
    with resources.as_file(resources.files("scenarios.library").joinpath(DATA)) as path:
        spec = read_data_spec(Path(path))
    spec = spec.model_copy(update={"train_until": sunday(first_week), "test_until": sunday(last_week)})
    first = first_fit(spec, EnsembleParams(), seed, silent, learn=LearnSpec())
    held = first.held
    items = item_panel(first.seen, first.tested, first.rows, first.shelf, cut=first.cut)
    categories = category_panel(items, first.shelf)
    real = held.by_category(held.units)
    on = is_promoted(categories.promotions[0, :, categories.units.shape[2] :, :3].max(axis=-1))

    def added(units: np.ndarray) -> np.ndarray:
        return held.by_category(units)

    forecasts = {
        "network": added(held.network),
        "segment mean": added(held.segment_mean),
        "usual deals": added(held.usual_deals),
        "constant elasticity": added(elasticity_forecast(items)),
    }
    for name, panel in (("categories", categories), ("items, added up", items)):
        chosen = tuned(panel, seed=seed)
        for settings in (DEFAULT, chosen):
            units = boosted_forecast(panel, settings, seed=seed)
            label = "default" if settings is DEFAULT else f"tuned: {settings.name}"
            forecasts[f"LightGBM on {name}, {label}"] = units if panel is categories else added(units)
    scores = {name: Scores(units, real, on) for name, units in forecasts.items()}
    show(first_week, last_week, scores, on, seed)


def show(first_week: int, last_week: int, scores: dict[str, Scores], on: np.ndarray, seed: int) -> None:
    """Print the table of one split."""
    everything = np.arange(len(on))
    draws = stream(seed, "bootstrap of categories").integers(len(on), size=(RESAMPLES, len(on)))
    both = on.any(axis=1) & ~on.all(axis=1)
    segments = scores["network"].real.shape[0]
    print(
        f"\nweeks 2-{first_week} train, {first_week + 1}-{last_week} test; {segments} segments x {len(on)} categories; "
    )
    print(f"{int(on.sum()) * segments} of {on.size * segments} cells promoted, {int(both.sum())} categories had both")
    print(
        "| forecast | WAPE promoted | network's gain, 95 % | bias | WAPE all | correlation of the change | gain, 95 % |"
    )
    print("|---|---|---|---|---|---|---|")
    mine = scores["network"]
    for name, one in scores.items():
        gaps, closer = "", ""
        if one is not mine:
            wape = [one.wape(pick) - mine.wape(pick) for pick in draws]
            more = [mine.correlation(pick) - one.correlation(pick) for pick in draws]
            gaps = "{:+.3f} to {:+.3f}".format(*np.percentile(wape, [2.5, 97.5]))
            closer = "{:+.2f} to {:+.2f}".format(*np.nanpercentile(more, [2.5, 97.5]))
        print(
            f"| {name} | {one.wape(everything):.4f} | {gaps} | {one.bias:+.3f} | {one.everywhere:.4f} "
            f"| {one.correlation(everything):.3f} | {closer} |",
            flush=True,
        )


def main() -> None:
    """Run all splits."""
    start_jax()  # before the first array: it fixes threads and precision
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splits", nargs="+", default=["27-35", "36-44", "44-52"])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for split in options.splits:
        first, last = (int(part) for part in split.split("-"))
        run_split(first, last, options.seed)


if __name__ == "__main__":
    main()
