"""What a model says of customers one by one: their expected outcome without offer and with each one tried."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from surrogate.experiment.fitted.network import answer_ramps, expected_outcomes
from surrogate.experiment.model import ExperimentModel
from surrogate.experiment.reading.table import ExperimentTable


def expected(model: ExperimentModel, table: ExperimentTable, outcome: str) -> Float:
    """Return expected outcomes [N, A + 1] of customers: without offer, then with each offer tried; mean of the members.

    Raises
    ------
    KeyError
        When the model did not learn the outcome.
    """
    learned = model.outcomes[outcome]
    features = model.encoder.scaled(model.encoder.raw(table))
    mechanic = np.array([model.mechanics.index(one.mechanic) for one in model.offers])
    ramps = answer_ramps(np.array([one.saving for one in model.offers]))
    each = [expected_outcomes(net, features, mechanic, ramps, binary=learned.binary) for net in learned.networks]
    return np.asarray(np.mean(each, axis=0) * learned.scale)
