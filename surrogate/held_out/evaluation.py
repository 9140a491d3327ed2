"""Evaluating a model of purchases on weeks that it has not seen, beside other predictors of the same cells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.language.schema import LearnSpec
from scenarios.problems import InvalidInput, Problem
from scenarios.streams import stream
from surrogate.data.data_spec import DataSpec, read_data_spec
from surrogate.data.weeks import monday_of
from surrogate.effects.ensemble import EnsembleParams
from surrogate.fingerprint import data_hash
from surrogate.held_out.boosting import BoostingUnavailableError
from surrogate.held_out.calibrate import INTERVALS, calibrate, measure
from surrogate.held_out.coverage import Coverage, together
from surrogate.held_out.first_fit import first_fit
from surrogate.held_out.held import Held
from surrogate.held_out.held_scores import ForecastRow, beside_chance, score_forecast
from surrogate.held_out.later_weeks import later_weeks, saved_spreads
from surrogate.held_out.level_errors import cell_forecast
from surrogate.held_out.peer_panel import item_panel
from surrogate.held_out.peers import Panel, boosted_forecast, elasticity_forecast
from surrogate.held_out.take_up_errors import COUPON_USE, calibrated_take_up, held_out_use
from surrogate.held_out.verdict import verdict
from surrogate.model import Model
from surrogate.people.segment_list import segment_list
from surrogate.progress import ProgressCallback, silent

OURS = "network"
PEERS = ("segment mean", "constant elasticity", "LightGBM")


@dataclass(frozen=True, kw_only=True)
class PurchasesEvaluation:
    """What a test on unseen weeks shows."""

    source: str
    tested: str
    """What was tested on which weeks, and why it had not seen them; one or two sentences."""
    first_day: dt.date
    last_day: dt.date
    weeks: int
    cells: int
    """Segment x shelf item x week."""
    promoted_cells: int
    rows: tuple[ForecastRow, ...]
    """The network first, then the peers."""
    missing: tuple[str, ...]
    """Peers that could not be run, and why."""
    coverage: tuple[Coverage, ...]
    calibrated_on: str
    """Which weeks calibrated the intervals whose coverage is given."""
    verdict: tuple[str, ...]
    trusted: bool
    """Whether the network is worth using: better than segment means on promoted cells. The verdict says where that may
    be chance."""


def evaluate_purchases(
    model: Model,
    path: Path | str,
    *,
    seed: int | None = None,
    params: EnsembleParams | None = None,
    progress: ProgressCallback = silent,
) -> PurchasesEvaluation:
    """Test a model on weeks that it has not seen.

    Where the data file reaches beyond the model's data, the saved model itself is tested on the weeks after it. Else a
    model must be fitted anew on the weeks up to ``train_until``, with the same seed: the saved one has taken the test
    weeks in.

    Parameters
    ----------
    model
        A trained model of kind transactions.
    path
        Its data file, perhaps with a later ``test_until``.
    seed
        Of the new fit and the resamples; the model's own by default.
    params
        Size of the ensemble of a new fit.
    progress
        Hears what is being done and the share of it that is done.

    Raises
    ------
    InvalidInput
        When the data cannot be used, or is not about the model's products.
    """
    path = Path(path)
    spec = read_data_spec(path)
    _same_products(model, spec, path)
    seed = model.seed if seed is None else seed
    if spec.test_until.isoformat() > model.test_until:
        progress("reading purchases and promotions", 0.0)
        held, panel = later_weeks(model, spec, path.parent)
        rng = stream(seed, "evaluation intervals")
        coverage = together(measure(held, cell_forecast(held), saved_spreads(model), _all(held), rng))
        tested = (
            f"The saved model itself, on weeks after its data: it has seen nothing after {model.test_until}. "
            "Customers are placed in its segments by what they bought up to then."
        )
        calibrated_on = f"the model's own held-out weeks, {_after(model.train_until)} to {model.test_until}"
    else:
        learn = LearnSpec(count=model.asked_segments or None, min_size=model.min_segment_size)
        first = first_fit(
            spec, params or EnsembleParams(), seed, lambda what, share: progress(what, 0.7 * share), learn=learn,
            base=path.parent, own=segment_list(spec, path.parent),
        )  # fmt: skip
        held = first.held
        panel = item_panel(first.seen, first.segments, first.rows, first.shelf, cut=first.cut)
        coverage = calibrate(held, stream(seed, INTERVALS)).coverage
        coverage += calibrated_take_up(held_out_use(first), stream(seed, COUPON_USE))[1]
        known = data_hash(spec, path.parent) == model.data_hash
        which = "the data of its training" if known else "other data than that of its training"
        tested = (
            f"A new fit with the model's seed on the weeks up to {spec.train_until} ({which}): the saved model has "
            f"taken in all weeks up to {model.test_until} and cannot be tested on them. A data file with a later "
            "test_until tests the saved model itself."
        )
        calibrated_on = "one half of the held-out weeks for the other half, both ways"
    progress("fitting the peers", 0.75)
    rows, missing = _rows(held, panel, seed)
    progress("done", 1.0)
    said, trusted = verdict(rows, coverage, missing)
    shelf = held.shelf
    return PurchasesEvaluation(
        source=model.source,
        tested=tested,
        first_day=monday_of(int(shelf.weeks[0])),
        last_day=monday_of(int(shelf.weeks[-1])) + dt.timedelta(days=6),
        weeks=shelf.weeks.size,
        cells=int(shelf.counted.sum()) * len(held.units),
        promoted_cells=int(held.promoted.sum()) * len(held.units),
        rows=rows,
        missing=missing,
        coverage=coverage,
        calibrated_on=calibrated_on,
        verdict=said,
        trusted=trusted,
    )


def _rows(held: Held, panel: Panel, seed: int) -> tuple[tuple[ForecastRow, ...], tuple[str, ...]]:
    found = [
        (OURS, held.network, ""),
        ("network, promotions off", held.baseline, ""),
        ("usual deals", held.usual_deals, "the network under each item's usual promotions"),
        (PEERS[0], held.segment_mean, "of the training weeks, item by item"),
        (PEERS[1], elasticity_forecast(panel), "log-log regression, one elasticity a category"),
    ]
    missing: tuple[str, ...] = ()
    try:
        boosted = boosted_forecast(panel, seed=seed)
        found.append((PEERS[2], boosted, "the same features and lags of units, default settings"))
    except BoostingUnavailableError as error:
        missing = (str(error),)
    rows = [score_forecast(name, units, held, note) for name, units, note in found]
    return tuple(beside_chance(rows, [units for _, units, _ in found], held, seed)), missing


def _same_products(model: Model, spec: DataSpec, path: Path) -> None:
    if sorted(spec.products) != sorted(model.categories):
        missing = [name for name in model.categories if name not in spec.products]
        extra = [name for name in spec.products if name not in model.categories]
        got = "; ".join(
            f"{word} {', '.join(names)}" for word, names in (("without", missing), ("also", extra)) if names
        )
        remedy = "name the data file that the model was trained on, or train a model on this one"
        raise InvalidInput(
            [Problem(where=str(path), what="products", expected="the model's products", got=got, remedy=remedy)]
        )


def _all(held: Held) -> NDArray[np.bool_]:
    return np.ones(held.shelf.weeks.size, dtype=bool)


def _after(day: str) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=1)).isoformat()
