"""Segments that the scenario declares itself, scored by what their profile says."""

from __future__ import annotations

import numpy as np

from scenarios.language.schema import Segment
from scenarios.problems import InvalidInput, Problem, did_you_mean, shown
from scenarios.response.baskets import Baskets
from surrogate.digits import to_digits
from surrogate.model import Model
from surrogate.people.learned_groups import LearnedGroups


def declared_groups(
    model: Model, segments: tuple[Segment, ...], baskets: Baskets | None, weeks: float
) -> LearnedGroups:
    """Return declared segments as groups of the model: f(W x) with x from their profile.

    Profile keys are the model's feature names (spaces may be written as underscores); what a profile does not say is
    taken from the average customer. Base units are the network's rate a customer, scaled so that the model's own
    segments together keep their level. Orders are those that the scenario gives.

    Parameters
    ----------
    weeks
        Length of a period, by which ``baskets`` count orders.

    Raises
    ------
    InvalidInput
        For profile keys that the model does not know, or values that are no numbers.
    """
    names = {name.replace(" ", "_"): number for number, name in enumerate(model.scale.names)}
    raw = np.full((len(segments), len(names)), np.nan)
    problems = []
    for row, segment in enumerate(segments):
        for key, value in segment.profile.items():
            column = names.get(key.replace(" ", "_"))
            where = f"segments.{segment.id}.profile.{key}"
            if column is None:
                remedy = did_you_mean(key.replace(" ", "_"), names)
                problems.append(
                    Problem(where="model", what=where, expected="a learned feature", got=key, remedy=remedy)
                )
            elif isinstance(value, str):
                problems.append(Problem(where="model", what=where, expected="a number", got=shown(value)))
            else:
                raw[row, column] = value
    if problems:
        raise InvalidInput(problems)
    features = to_digits(np.where(np.isnan(raw), model.population, model.scale(raw)))
    customers = np.array([segment.customers for segment in segments])
    own = model.groups
    levels = []
    for number, net in enumerate(model.ensemble.networks):
        rate, own_rate = (np.exp(net.log_rate(net.hidden_state(rows))) for rows in (features, own.features))
        level = own.base[number].sum(axis=0) / (own_rate * own.customers[:, None]).sum(axis=0)
        levels.append(rate * customers[:, None] * level)
    return LearnedGroups(
        ids=tuple(segment.id for segment in segments),
        names=tuple(segment.name or segment.id for segment in segments),
        customers=customers,
        features=features,
        raw=raw,
        base=to_digits(np.stack(levels)),
        base_cv=np.broadcast_to(own.base_cv.max(axis=0), (len(segments), len(model.categories))).copy(),
        orders=tuple(
            () if baskets is None else tuple((row.value, row.orders / weeks, row.units) for row in baskets.bins[one.id])
            for one in segments
        ),
    )
