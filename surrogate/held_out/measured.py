"""What a test on unseen weeks measures, and the one that training makes, which is kept with the model."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from surrogate.data.data_spec import DataSpec
from surrogate.data.weeks import monday_of
from surrogate.effects.ensemble import EnsembleParams
from surrogate.held_out.boosting import BoostingUnavailableError
from surrogate.held_out.coverage import Coverage
from surrogate.held_out.held import Held
from surrogate.held_out.held_scores import ForecastRow, beside_chance, score_forecast, share_of
from surrogate.held_out.mechanic_errors import MechanicError, mechanic_errors
from surrogate.held_out.peer_panel import item_panel
from surrogate.held_out.peers import Panel, boosted_forecast, elasticity_forecast
from surrogate.held_out.verdict_apart import PLAIN
from surrogate.people.anonymous_sales import Missed

if TYPE_CHECKING:
    from surrogate.held_out.first_fit import FirstFit

OURS = "network"
PEERS = ("segment mean", "constant elasticity", "LightGBM")
FITTING_PEERS = "fitting other predictors to compare with"
"""The stage of a run in which they are fitted."""
LEFT_OUT = "LightGBM was not run: training leaves it out, it takes long. campaign evaluate --refit runs it."
SECTION = "held-out-test"
"""Name of the section of a model that holds a `KeptTest`."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Scores of a model and its peers on weeks that neither has seen."""

    first_day: dt.date
    weeks: int
    cells: int
    """Segment x shelf item x week."""
    promoted_cells: int
    rows: tuple[ForecastRow, ...]
    """The network first, then the peers."""
    missing: tuple[str, ...]
    """Peers that could not be run, and why."""
    coverage: tuple[Coverage, ...]
    """Of 90 % intervals."""
    mechanics: tuple[MechanicError, ...] = ()
    """Errors by mechanic; none in tests that were kept before they were."""
    anonymous: Missed | None = None
    """Of sales without a customer alone; None where they are no part of the test."""


@dataclass(frozen=True, kw_only=True)
class KeptTest:
    """The test of a training's first fit, with what tells whether a data file asks for the same one."""

    question: str
    """As `question_of` returns it."""
    measured: Measured


def question_of(spec: DataSpec, params: EnsembleParams) -> str:
    """Return a hash of everything but the files' bytes that a first fit and its test follow from.

    Lift tests (``experiments``) are no part of it: they correct what was learned, after the test.
    """
    text = spec.model_dump_json(exclude={"experiments"}) + repr(params)
    return hashlib.sha256(text.encode()).hexdigest()


def measure(held: Held, panel: Panel, coverage: tuple[Coverage, ...], seed: int, *, boosted: bool = True) -> Measured:
    """Score what was foreseen of held-out weeks beside what peers, fitted here, foresee of them.

    Parameters
    ----------
    held
        The network's forecasts.
    panel
        What the peers are fitted on.
    coverage
        Of the network's intervals.
    seed
        Of the resamples, and of LightGBM.
    boosted
        Whether LightGBM is run, which may take as long as a quarter of a training.
    """
    rows, missing = _rows(held, panel, seed, boosted=boosted)
    shelf = held.shelf
    return Measured(
        first_day=monday_of(int(shelf.weeks[0])),
        weeks=shelf.weeks.size,
        cells=int(shelf.counted.sum()) * len(held.units),
        promoted_cells=int(held.promoted.sum()) * len(held.units),
        rows=rows,
        missing=missing,
        coverage=coverage,
        mechanics=mechanic_errors(held),
        anonymous=_missed_of_strangers(held) if held.anonymous else None,
    )


def _missed_of_strangers(held: Held) -> Missed:
    on, sold = held.promoted, held.units[-1]
    total = float((sold * on).sum())
    ours, plain = (share_of(float((np.abs(one[-1] - sold) * on).sum()), total) for one in (held.network, held.baseline))
    return Missed(promoted=round(ours, 6), no_promotion=round(plain, 6))


def measure_fit(first: FirstFit, coverage: tuple[Coverage, ...], seed: int, *, boosted: bool = True) -> Measured:
    """Score a first fit on the weeks that it has not seen; see `measure`."""
    panel = item_panel(first.seen, first.tested, first.rows, first.shelf, cut=first.cut)
    return measure(first.held, panel, coverage, seed, boosted=boosted)


def _rows(held: Held, panel: Panel, seed: int, *, boosted: bool) -> tuple[tuple[ForecastRow, ...], tuple[str, ...]]:
    found = [
        (OURS, held.network, ""),
        (PLAIN, held.baseline, ""),
        ("usual deals", held.usual_deals, "the network under each item's usual promotions"),
        (PEERS[0], held.segment_mean, "of the training weeks, item by item"),
        (PEERS[1], elasticity_forecast(panel), "log-log regression, one elasticity a category"),
    ]
    missing: tuple[str, ...] = () if boosted else (LEFT_OUT,)
    try:
        if boosted:
            units = boosted_forecast(panel, seed=seed)
            found.append((PEERS[2], units, "the same features and lags of units, default settings"))
    except BoostingUnavailableError as error:
        missing = (str(error),)
    rows = [score_forecast(name, units, held, note) for name, units, note in found]
    return tuple(beside_chance(rows, [units for _, units, _ in found], held, seed)), missing
