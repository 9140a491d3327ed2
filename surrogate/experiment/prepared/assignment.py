"""Who got which offer: the probabilities, and whether chance alone explains the differences between the arms.

With p_a the probability of arm a, E[x (1{A = a} / p_a - 1{A = 0} / p_0)] = 0 for every feature x known before the draw.
The test compares the mean of these terms with their own covariance (chi square, customers as units), offer by offer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from scenarios.arrays import Float, Int
from surrogate.experiment.reading.table import ExperimentTable

DOUBT = 0.001
"""Below this probability (all offers together) the arms differ in features more than chance allows."""
LEAST_CHANCE = 0.02
"""Fitted probabilities are kept above it, so that no single customer counts more than fifty."""


@dataclass(frozen=True, kw_only=True)
class Imbalance:
    """How far one feature differs between an offer's customers and those without."""

    offer: int
    feature: int
    z: float
    """Difference over its standard error."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Balance:
    """The test of all offers."""

    p_value: float
    """Probability that chance makes arms differ as much as the least alike does, all offers counted."""
    worst: tuple[Imbalance, ...]
    """The feature that differs most, by offer."""
    z: Float
    """[A, F]"""

    @property
    def holds(self) -> bool:
        """Whether chance explains the differences."""
        return self.p_value >= DOUBT


def shares(table: ExperimentTable, offers: int) -> Float:
    """Return the probability of each arm [N, A + 1]: the file's, or else the shares of each wave."""
    if table.chance is not None:
        return np.clip(table.chance, 0.0, 1.0)
    waves = int(table.wave.max()) + 1
    counts = np.zeros((waves, offers + 1))
    np.add.at(counts, (table.wave, table.arm), 1.0)
    return np.asarray((counts / counts.sum(axis=1, keepdims=True))[table.wave])


def balance(features: Float, table: ExperimentTable, chance: Float) -> Balance:
    """Test whether the arms differ in features [N, F] more than their probabilities [N, A + 1] explain."""
    offers = chance.shape[1] - 1
    known = np.column_stack([features, np.ones(len(features))]) if table.chance is not None else features
    z = np.zeros((offers, features.shape[1]))
    p_values, worst = [], []
    for offer in range(1, offers + 1):
        both = (chance[:, offer] > 0) & (chance[:, 0] > 0)
        sign = np.where(table.arm == offer, 1.0 / np.maximum(chance[:, offer], 1e-12), 0.0)
        sign -= np.where(table.arm == 0, 1.0 / np.maximum(chance[:, 0], 1e-12), 0.0)
        terms = (known - known[both].mean(axis=0)) * (sign * both)[:, None] if table.chance is None else known * (
            sign * both
        )[:, None]  # fmt: skip
        terms = _by_unit(terms, table.unit)
        total, covariance = terms.sum(axis=0), terms.T @ terms
        values, vectors = np.linalg.eigh(covariance)
        good = values > 1e-9 * max(float(values[-1]), 1e-300)
        statistic = float((((vectors[:, good].T @ total) ** 2) / values[good]).sum())
        p_values.append(float(chi2.sf(statistic, int(good.sum()))))
        error = np.sqrt(np.diag(covariance))
        z[offer - 1] = (total / np.where(error > 0, error, 1.0))[: features.shape[1]]
        feature = int(np.argmax(np.abs(np.round(z[offer - 1], 9))))
        worst.append(Imbalance(offer=offer, feature=feature, z=float(z[offer - 1, feature])))
    return Balance(p_value=min(1.0, min(p_values) * offers), worst=tuple(worst), z=z)


def _by_unit(terms: Float, unit: Int) -> Float:
    if int(unit.max()) + 1 == len(terms):
        return terms
    out = np.zeros((int(unit.max()) + 1, terms.shape[1]))
    np.add.at(out, unit, terms)
    return out


def fitted_chance(features: Float, table: ExperimentTable, offers: int) -> Float:
    """Return probabilities of the arms [N, A + 1] as the features explain them, for arms that nobody drew by lot."""
    with threadpool_limits(limits=1):
        fit = LogisticRegression(C=1.0, max_iter=1000).fit(features, table.arm)
        chance = fit.predict_proba(features)
    full = np.zeros((table.count, offers + 1))
    full[:, fit.classes_] = chance
    full = np.maximum(np.round(full, 7), LEAST_CHANCE)
    return np.asarray(full / full.sum(axis=1, keepdims=True))
