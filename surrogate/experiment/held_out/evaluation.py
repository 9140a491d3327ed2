"""The records of an evaluation: learners, calibration and rules, each figure with its interval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from surrogate.held_out.trial import Estimate
from surrogate.held_out.uplift_calibration import CalibrationRow

OURS = "this method"
SAVED = "the saved model"


def judged(names: Iterable[str]) -> str:
    """Return which of some learners deciles, rules and verdict are about: the saved model, where it could be tested."""
    return SAVED if SAVED in names else OURS


@dataclass(frozen=True, kw_only=True)
class LearnerRow:
    """One learner's uplift of one offer, on customers that it did not see."""

    name: str
    qini: Estimate
    auuc: Estimate
    slope: Estimate
    """Of the true uplift on the predicted: 1 is right, 0 no information."""
    ours_better: Estimate | None
    """Qini of what is judged less the learner's, paired; None for what is judged itself."""


@dataclass(frozen=True, kw_only=True)
class MissingLearner:
    """A learner that could not be run."""

    name: str
    reason: str
    """One sentence."""


@dataclass(frozen=True, kw_only=True)
class OfferEvaluation:
    """One offer and one outcome."""

    outcome: str
    offer: str
    average: Estimate
    """Average effect, in outcome per customer."""
    learners: tuple[LearnerRow, ...]
    calibration: tuple[CalibrationRow, ...]
    """Predictions of what is judged by decile, lowest first."""


@dataclass(frozen=True, kw_only=True)
class PolicyRow:
    """Who gets which offer, and what it earns in outcome per customer."""

    name: str
    reached: float
    """Share of customers who get an offer."""
    inverse_propensity: Estimate
    doubly_robust: Estimate
    over_none: Estimate
    """Doubly robust value less that of giving nobody anything, paired."""


@dataclass(frozen=True, kw_only=True)
class PolicyEvaluation:
    """Rules compared on one outcome."""

    outcome: str
    rows: tuple[PolicyRow, ...]
    targeting: Estimate
    """What choosing the half by uplift earns over the same number chosen at random, paired."""


@dataclass(frozen=True, kw_only=True)
class ExperimentEvaluation:
    """The evaluation of a model on an experiment."""

    source: str
    customers: int
    randomised: bool
    offers: tuple[OfferEvaluation, ...]
    policies: tuple[PolicyEvaluation, ...]
    notes: tuple[str, ...]
    verdict: tuple[str, ...]
    """What to trust the model for, and what not."""
    missing: tuple[MissingLearner, ...] = ()
    """Learners that are compared elsewhere and could not be run here."""
