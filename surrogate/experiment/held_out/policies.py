"""Rules of who gets what, and what they would earn: nobody, everybody, whoever is helped, half of the customers."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float, Int
from surrogate.experiment.held_out.evaluation import PolicyEvaluation, PolicyRow
from surrogate.experiment.prepared.prepare import Prepared
from surrogate.experiment.training.offer_trial import repeated
from surrogate.held_out.policy_value import Assigned, PolicyValue, doubly_robust, gain, inverse_propensity

NOBODY, BEST = "nobody", "each customer what helps most, if it helps"
CHOSEN, BY_LOT = "the half with the largest uplift", "a half by lot, each what helps most"


def policies_of(prepared: Prepared, outcome: str, foreseen: Float) -> PolicyEvaluation:
    """Compare rules by predictions [N, A + 1] that have not seen the customers: doubly robust values are unbiased.

    A half by lot is valued as the mean over all halves: drawing one would add its luck to the comparison.
    """
    table = prepared.table
    data = Assigned(
        outcome=table.outcomes[outcome], arm=table.arm, propensity=prepared.chance, unit=repeated(table.unit)
    )
    count = table.count
    uplift = foreseen[:, 1:] - foreseen[:, :1]
    best = np.argmax(uplift, axis=1) + 1
    gains = uplift.max(axis=1)
    half = np.zeros(count, dtype=bool)
    half[np.argsort(-gains, kind="stable")[: count // 2]] = True
    rules: dict[str, Int] = {NOBODY: np.zeros(count, dtype=np.int64)}
    rules |= {f"everybody {name}": np.full(count, number) for number, name in enumerate(prepared.spec.offers, start=1)}
    rules[BEST] = np.where(gains > 0, best, 0)
    rules[CHOSEN] = np.where(half, best, 0)
    reached = {name: float((choice > 0).mean()) for name, choice in rules.items()} | {BY_LOT: 0.5}
    plain = {name: inverse_propensity(data, choice) for name, choice in rules.items()}
    robust = {name: doubly_robust(data, choice, foreseen) for name, choice in rules.items()}
    plain[BY_LOT] = _halfway(plain[NOBODY], inverse_propensity(data, best))
    robust[BY_LOT] = _halfway(robust[NOBODY], doubly_robust(data, best, foreseen))
    rows = tuple(
        PolicyRow(
            name=name,
            reached=reached[name],
            inverse_propensity=plain[name].estimate,
            doubly_robust=robust[name].estimate,
            over_none=gain(robust[name], robust[NOBODY]),
        )
        for name in robust
    )
    return PolicyEvaluation(outcome=outcome, rows=rows, targeting=gain(robust[CHOSEN], robust[BY_LOT]))


def _halfway(one: PolicyValue, other: PolicyValue) -> PolicyValue:
    """Return the value of following each of two rules for a half of the customers that is drawn by lot."""
    scores = 0.5 * (one.scores + other.scores)
    nothing = PolicyValue(estimate=one.estimate, scores=np.zeros_like(scores), unit=one.unit)
    mixed = PolicyValue(estimate=one.estimate, scores=scores, unit=one.unit)
    return PolicyValue(estimate=gain(mixed, nothing), scores=scores, unit=one.unit)
