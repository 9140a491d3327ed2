"""Why an effect is what it is: what it comes from, what it rests on, and how far it may be trusted.

One record for every kind of model: each kind fills `surrogate.evidence.explanation.Explanation` in a module of its own.
"""

from __future__ import annotations

from scenarios.schema import Scenario
from surrogate.evidence.explanation import Explanation
from surrogate.kinds import AnyModel
from surrogate.model import Model


def explain(model: AnyModel, scenario: Scenario, segment: str, offer: str, product: str | None = None) -> Explanation:
    """Explain the lift of an offer on a segment.

    Parameters
    ----------
    model
        What it was learned with, of any kind.
    scenario
        As it was scored: segments may still be ``{learn: ...}``.
    segment, offer, product
        Ids; without a product, all products where the offer may be chosen, weighted by baseline.

    Raises
    ------
    InvalidInput
        For ids that the scenario does not know, and an offer that may not be chosen there.
    """
    if isinstance(model, Model):
        from surrogate.evidence.why_purchases import explain_purchases

        return explain_purchases(model, scenario, segment, offer, product)
    from surrogate.experiment.why import explain_experiment

    return explain_experiment(model, scenario, segment, offer, product)
