"""Choices that are known, with what they come to; and the tilts that they were made at, which bound all others."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from constraints.assign.careful.future_values import FutureValues, Outcome, outcome_of
from constraints.assign.careful.mixture import Careful, Mixture, best_mixture, worth_of
from constraints.assign.careful.parts import PartSource
from constraints.assign.careful.tilted import Tilt, TiltedRows, tilt_of
from constraints.assign.question import AssignQuestion
from constraints.assign.solve import SolveParams, assign
from scenarios.arrays import Float

BY_PRICES = SolveParams(exact=None)
"""Whole customers are decided where the tilt is known."""
STILL = 3
"""Tilts in a row that bring worth and bound no nearer, after which no more are tried."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """Choices that keep every limit."""

    choice: NDArray[np.int8]
    """[N]"""
    outcome: Outcome
    worth: float
    """By the careful objective."""
    mixture: Mixture | None = None
    """Whose weights they were made at; None where they were made otherwise."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Proof:
    """A tilt and prices of the limits, and what no choices are worth more than by them."""

    made_at: tuple[Mixture, ...]
    """Whose weights the tilt has."""
    tilt: Tilt
    prices: Float
    """[L]"""
    bound: float


@dataclass(kw_only=True, eq=False)
class Search:
    """Looks for choices and bounds, tilt by tilt."""

    source: PartSource
    question: AssignQuestion
    futures: FutureValues
    caution: Careful
    known: list[Known] = field(default_factory=list)
    params: SolveParams = BY_PRICES
    """How much work is done at one tilt."""
    proof: Proof | None = None
    """The lowest bound so far."""

    @property
    def bound(self) -> float:
        """No choices are worth more."""
        return math.inf if self.proof is None else self.proof.bound

    @property
    def best(self) -> Known:
        """The best so far; of equally good ones the first."""
        return max(self.known, key=lambda one: one.worth)

    def begin(self, *choices: NDArray[np.int8]) -> None:
        """Know some choices that keep every limit, and that nobody gets anything."""
        for choice in (*choices, np.zeros(self.source.count, dtype=np.int8)):
            self.add(choice)

    def add(self, choice: NDArray[np.int8], mixture: Mixture | None = None) -> Known:
        """Know choices that keep every limit."""
        outcome = outcome_of(self.source, self.futures, choice)
        worth = worth_of(self.caution, self.futures, outcome)
        one = Known(choice=choice, outcome=outcome, worth=worth, mixture=mixture)
        self.known.append(one)
        return one

    def mixture(self) -> Mixture:
        """Return the best mixture of what is known."""
        return best_mixture(self.caution, self.futures, [one.outcome for one in self.known])

    def at(self, mixture: Mixture) -> Known:
        """Choose for everybody at a mixture's weights."""
        tilt = tilt_of(self.futures, mixture.weights, mixture.slopes)
        found = assign(TiltedRows(self.source, tilt), self.question, self.params)
        bound = found.bound + tilt.constant
        if bound < self.bound:
            self.proof = Proof(made_at=(mixture,), tilt=tilt, prices=found.prices, bound=bound)
        return self.add(found.choice, mixture)

    def closed(self, share: float) -> bool:
        """Whether the best and the bound are within a share of it."""
        return self.bound - self.best.worth <= share * abs(self.bound)

    def descend(self, columns: int, share: float) -> Mixture:
        """Choose at the weights of the best mixture, again and again, until these choices improve it no more."""
        mixture, still = self.mixture(), 0
        for _ in range(columns):
            before, known = self.bound - mixture.worth, len(self.known)
            found = self.at(mixture)
            mixture = self.mixture()
            apart = self.bound - mixture.worth
            still = 0 if before - apart > share * abs(self.bound) else still + 1
            again = any(np.array_equal(found.choice, one.choice) for one in self.known[:known])
            if again or still >= STILL or self.closed(share) or apart <= share * abs(self.bound):
                break
        return mixture


def scaled(question: AssignQuestion, share: float) -> AssignQuestion:
    """Return a question with a share of each limit."""
    limits = tuple(replace(one, bound=int(one.bound * share)) for one in question.limits)
    return replace(question, limits=limits)
