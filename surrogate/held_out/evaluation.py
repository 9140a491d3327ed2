"""Evaluating a model of purchases on weeks that it has not seen, beside other predictors of the same cells."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scenarios.arrays import Flag
from scenarios.language.schema import LearnSpec
from scenarios.problems import InvalidInput, Problem
from scenarios.streams import stream
from surrogate.data.data_spec import DataSpec, read_data_spec
from surrogate.effects.ensemble import EnsembleParams
from surrogate.fingerprint import data_hash
from surrogate.held_out.calibrate import measure as measure_intervals
from surrogate.held_out.coverage import Coverage, together
from surrogate.held_out.first_fit import first_fit
from surrogate.held_out.held import Held
from surrogate.held_out.held_scores import ForecastRow
from surrogate.held_out.later_weeks import later_weeks, saved_spreads
from surrogate.held_out.level_errors import cell_forecast
from surrogate.held_out.measured import FITTING_PEERS, SECTION, KeptTest, Measured, measure, measure_fit, question_of
from surrogate.held_out.misses import find_misses
from surrogate.held_out.verdict import verdict
from surrogate.model import Model
from surrogate.parts import unpack
from surrogate.people.segment_list import segment_list
from surrogate.progress import ProgressCallback, part_of, silent

_LATER = "A data file with a later test_until tests the saved model itself."
_STRANGERS = "It is of segments of customers alone and says nothing of sales without a customer"
_HALVES = "one half of the held-out weeks for the other half, both ways"


@dataclass(frozen=True, kw_only=True)
class PurchasesEvaluation:
    """What a test on unseen weeks shows."""

    source: str
    tested: str
    """What was tested on which weeks, why it had not seen them, and what was missed of sales without a customer."""
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
    params: EnsembleParams | None = None,
    refit: bool | None = None,
    progress: ProgressCallback = silent,
) -> PurchasesEvaluation:
    """Test a model on weeks that it has not seen.

    Where the data file reaches beyond the model's data, the saved model itself is tested on the weeks after it. Else
    the saved model has taken the test weeks in, and a fit on the weeks up to ``train_until`` is tested: the one of its
    training, whose test the model keeps, or, where data or data file are others, a new one with the same seed.

    Parameters
    ----------
    model
        A trained model of kind transactions.
    path
        Its data file, perhaps with a later ``test_until``.
    params
        Size of the ensemble of a new fit.
    refit
        Whether to fit anew; None where it is needed (`refit_because`).
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
    params = params or EnsembleParams()
    if refit is None:
        refit = bool(refit_because(model, path, params=params))
    kept = not refit and not _later(model, spec)
    if _later(model, spec):
        held, panel = later_weeks(model, spec, path.parent, part_of(progress, 0.75))
        rng, spreads = stream(model.seed, "evaluation intervals"), saved_spreads(model, len(held.units))
        coverage = together(measure_intervals(held, cell_forecast(held), spreads, _all(held), rng))
        tested = (
            f"The saved model itself, on weeks after its data: it has seen nothing after {model.test_until}. "
            "Customers are placed in its segments by what they bought up to then."
        )
        calibrated_on = f"the model's own held-out weeks, {_after(model.train_until)} to {model.test_until}"
        progress(FITTING_PEERS, 0.75)
        measured = measure(held, panel, coverage, model.seed)
    elif refit:
        measured = _fitted_anew(model, spec, path, params, progress)
        known = data_hash(spec, path.parent) == model.data_hash
        which = "the data of its training" if known else "other data than that of its training"
        tested = (
            f"A new fit with the model's seed on the weeks up to {spec.train_until} ({which}): the saved model has "
            f"taken in all weeks up to {model.test_until} and cannot be tested on them. {_LATER}"
        )
        calibrated_on = _HALVES
    else:
        measured = unpack(model.sections[SECTION], KeptTest).measured
        tested = (
            f"The test that training made, kept with the model: of its fit on the weeks up to {spec.train_until}, from "
            f"which the saved model went on to {model.test_until}. Data file and data are those of the training (by "
            f"their hashes), so nothing was fitted anew; --refit does. {_LATER}"
        )
        calibrated_on = _HALVES
    progress("done", 1.0)
    said, trusted = verdict(measured.rows, measured.coverage, measured.missing, measured.mechanics)
    return PurchasesEvaluation(
        source=model.source,
        tested=" ".join([tested, *_of_strangers(model, measured, kept=kept)]),
        first_day=measured.first_day,
        last_day=measured.first_day + dt.timedelta(days=7 * measured.weeks - 1),
        weeks=measured.weeks,
        cells=measured.cells,
        promoted_cells=measured.promoted_cells,
        rows=measured.rows,
        missing=measured.missing,
        coverage=measured.coverage,
        calibrated_on=calibrated_on,
        verdict=said,
        trusted=trusted,
    )


def refit_because(model: Model, path: Path | str, *, params: EnsembleParams | None = None, asked: bool = False) -> str:
    """Say why a test needs a new fit; blank where it needs none.

    Parameters
    ----------
    model, path
        As in `evaluate_purchases`.
    params
        Size of the ensemble of a new fit.
    asked
        Whether somebody wants one anyway.

    Raises
    ------
    InvalidInput
        When the data file cannot be used, or is not about the model's products.
    """
    path = Path(path)
    spec = read_data_spec(path)
    _same_products(model, spec, path)
    if _later(model, spec):
        return ""
    if asked:
        return "A new fit was asked for"
    if SECTION not in model.sections:
        return "The model keeps no test of its own: an older version trained it, or one on segments from elsewhere"
    if data_hash(spec, path.parent) != model.data_hash:
        return "The files hold other data than the model was trained on"
    if unpack(model.sections[SECTION], KeptTest).question != question_of(spec, params or EnsembleParams()):
        return f"{path.name} says something else than when the model was trained"
    return ""


def _of_strangers(model: Model, measured: Measured, *, kept: bool) -> tuple[str, ...]:
    """Say whether sales without a customer are tested, and what was missed of them; nothing where there are none."""
    missed = measured.anonymous
    if missed is None:
        if model.anonymous is None:
            return ()
        return (f"{_STRANGERS}{'; --refit tests these, too' if kept else ''}.",)
    said = "Sales without a customer are one of the segments"
    if math.isnan(missed.promoted):
        return (f"{said}.",)
    return (f"{said}: of their units on promoted cells {missed.promoted:.1%} are missed.",)


def _later(model: Model, spec: DataSpec) -> bool:
    return spec.test_until.isoformat() > model.test_until


def _fitted_anew(
    model: Model, spec: DataSpec, path: Path, params: EnsembleParams, progress: ProgressCallback
) -> Measured:
    learn = LearnSpec(count=model.asked_segments or None, min_size=model.min_segment_size)
    first = first_fit(
        spec, params, model.seed, part_of(progress, 0.9), learn=learn, base=path.parent,
        own=segment_list(spec, path.parent),
    )  # fmt: skip
    progress(FITTING_PEERS, 0.9)
    return measure_fit(first, find_misses(first, model.seed).coverage, model.seed)


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


def _all(held: Held) -> Flag:
    return np.ones(held.shelf.weeks.size, dtype=bool)


def _after(day: str) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=1)).isoformat()
