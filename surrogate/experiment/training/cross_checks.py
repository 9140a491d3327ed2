"""What out-of-fold predictions say of a model: how well it ranks and sizes uplift, and how far lifts miss."""

from __future__ import annotations

import numpy as np

from scenarios.streams import stream
from surrogate.experiment.fitted.tune import Study, Tuned, uplift_sign
from surrogate.experiment.prepared.prepare import Prepared
from surrogate.experiment.training.offer_trial import trial_of
from surrogate.held_out.trial import average_effect, summed_by_customer
from surrogate.held_out.uplift_calibration import calibration_slope
from surrogate.held_out.uplift_curves import auuc, qini_interval

DRIFT = 0.10
"""Relative standard deviation by which effects are taken to drift between an experiment and a later campaign."""
MISS_MOST = 1.0
"""Points of lift: more is noise of a few customers."""
_BINS = 10
_RESAMPLES = 100


def accuracy_of(
    prepared: Prepared, studies: dict[str, tuple[Study, float, Tuned]], seed: int
) -> dict[str, float | str]:
    """Return cross-fitted metrics by name with their 90 % intervals, in print order."""
    out: dict[str, float | str] = {}
    for name, (study, scale, tuned) in studies.items():
        for number, offer in enumerate(prepared.spec.offers, start=1):
            trial, rows = trial_of(study.rows.outcome * scale, prepared.table.arm, prepared.chance, number, study.unit)
            score = (tuned.expected[:, number] - tuned.expected[:, 0])[rows] * scale
            rng = stream(seed, "cross-fitted bootstrap", name, offer)
            ranked = qini_interval(trial, score, rng=rng, resamples=_RESAMPLES)
            effect, slope = average_effect(trial), calibration_slope(trial, score)
            key = f"{name}, {offer}"
            out[f"{key}: average effect"] = f"{effect.value:.4g} (90%: {effect.low:.4g} to {effect.high:.4g})"
            out[f"{key}: Qini"] = f"{ranked.value:.3f} (90%: {ranked.low:.3f} to {ranked.high:.3f})"
            out[f"{key}: AUUC"] = round(auuc(trial, score), 6)
            out[f"{key}: calibration slope"] = f"{slope.value:.2f} (90%: {slope.low:.2f} to {slope.high:.2f})"
    out["how far customers may differ"] = "; ".join(
        f"{name}: setting {tuned.chosen + 1} of {len(tuned.losses)}, from hardly at all (1) to freely"
        for name, (_, _, tuned) in studies.items()
    )
    return out


def lift_miss(study: Study, tuned: Tuned) -> float:
    """Return how far the uplift of bins of customers is missed, as a standard deviation in units of their baseline.

    Bins are by foreseen uplift, out of fold; sampling noise of the bins is taken off. In units of the baseline, not of
    the lift: where an offer does nothing, what is missed may be as much as anywhere.
    """
    sign = uplift_sign(study.rows.outcome, study.rows.arm, study.chance, tuned.expected)
    excess, size = 0.0, 0.0
    for offer in range(sign.shape[1]):
        foreseen = tuned.expected[:, offer + 1] - tuned.expected[:, 0]
        order = np.argsort(foreseen, kind="stable")
        for mine in np.array_split(order, _BINS):
            mean = float(sign[mine, offer].mean())
            terms = summed_by_customer(sign[mine, offer] - mean, study.unit[mine])
            error = float((terms**2).sum()) / (mine.size * max(mine.size - 1, 1))
            excess += (mean - float(foreseen[mine].mean())) ** 2 - error
            size += float(tuned.expected[mine, 0].mean()) ** 2
    return float(min(np.sqrt(max(excess, 0.0) / max(size, 1e-12)), MISS_MOST))
