"""What a reader must know about effects learned from an experiment, one sentence each."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from scenarios.arrays import Float
from surrogate.experiment.prepared.prepare import Prepared
from surrogate.experiment.training.used_units import used_notes
from surrogate.held_out.trial import summed_by_customer

CHANCE = 0.01
"""Below this probability (all pairs of savings together) a larger saving that brought less is no chance."""
COCHRAN = 25.0
"""Customers that a mean needs for each square of the outcomes' skewness, so that a 95 % interval misses it in at most 6
of 100 samples (Cochran, Sampling Techniques, third edition, section 2.15)."""


def notes_of(prepared: Prepared) -> tuple[str, ...]:
    """Return the notes of a model."""
    spec, test = prepared.spec, prepared.balance
    worst = max(test.worst, key=lambda one: abs(one.z))
    offer, feature = list(spec.offers)[worst.offer - 1], prepared.encoder.names[worst.feature]
    notes = []
    if test.holds:
        notes.append(
            f"Offers were drawn by lot: chance explains the differences between arms (p {test.p_value:.2f}; the "
            f"largest is {feature} with {offer}, {abs(worst.z):.1f} standard errors)."
        )
    else:
        notes.append(
            f"Offers were not drawn by lot as the file says: the arms differ in features more than chance allows "
            f"(p {test.p_value:.1g}). The strongest suspicion: {offer} went to customers with "
            f"{'more' if worst.z > 0 else 'less'} {feature} ({abs(worst.z):.0f} standard errors). Customers are "
            "weighted so that the arms agree in all features; what no feature shows may still bias the effects."
        )
    notes += [*_alike(prepared), *_falling(prepared), *_uneven(prepared)]
    if prepared.table.redeemed is None:
        notes.append(
            "Take-up is assumed: the experiment names no column of redemptions, so every unit that contacted customers "
            "buy is taken to be sold under the offer, which costs most."
        )
    notes += used_notes(spec, prepared.table)
    notes.append(
        f"An experiment of {spec.days} days shows no season: baselines carry its level forward, evenly over the days, "
        "and are taken to vary by 10%."
    )
    return tuple(notes)


def _alike(prepared: Prepared) -> list[str]:
    """Name offers of one mechanic and saving: the network cannot tell them apart."""
    said: dict[object, list[str]] = {}
    for name, one in zip(prepared.spec.offers, prepared.terms, strict=True):
        said.setdefault(one, []).append(name)
    return [
        f"Offers {' and '.join(names)} are of one mechanic and saving: they are learned as one offer, and their lift "
        "is what they brought on average. To compare them, train on one file for each."
        for names in said.values()
        if len(names) > 1
    ]


def _falling(prepared: Prepared) -> list[str]:
    """Name savings that brought less than smaller ones of their mechanic by more than chance: the network cannot."""
    names, terms = list(prepared.spec.offers), prepared.terms
    pairs = [
        (less, more)
        for less in range(len(terms))
        for more in range(len(terms))
        if terms[less].mechanic is terms[more].mechanic and terms[less].saving < terms[more].saving
    ]
    outcomes = list(dict.fromkeys(product.outcome for product in prepared.spec.products.values()))
    unlikely = NormalDist().inv_cdf(CHANCE / max(len(pairs) * len(outcomes), 1))
    return [
        f"{names[more]} brought less {outcome} than {names[less]}, though it saves more ({-z:.1f} standard errors): a "
        "larger saving is taken to bring at least as much, so both are given about the same lift, between theirs."
        for less, more in pairs
        for outcome in outcomes
        if (z := _apart(prepared, prepared.table.outcomes[outcome], less + 1, more + 1)) < unlikely
    ]


def _apart(prepared: Prepared, outcome: Float, one: int, other: int) -> float:
    """Return how far the mean outcome of the other arm lies above that of one, in standard errors."""
    table, terms, gap = prepared.table, np.zeros(outcome.size), 0.0
    for arm, side in ((one, -1.0), (other, 1.0)):
        weight = np.where(table.arm == arm, prepared.weight, 0.0) / prepared.weight[table.arm == arm].sum()
        mean = float(weight @ outcome)
        gap += side * mean
        terms += side * weight * (outcome - mean)
    error = float(np.sqrt((summed_by_customer(terms, table.unit) ** 2).sum()))
    return gap / error if error > 0 else 0.0


def _uneven(prepared: Prepared) -> list[str]:
    """Name outcomes so uneven between customers that intervals of their level are doubtful (Cochran's rule)."""
    said = []
    table = prepared.table
    for name in dict.fromkeys(product.outcome for product in prepared.spec.products.values()):
        none = np.flatnonzero(table.arm == 0)
        customers, place = np.unique(table.unit[none], return_inverse=True)
        bought = summed_by_customer(table.outcomes[name][none], place)
        off = bought - bought.mean()
        needed = COCHRAN * float((off**3).mean()) ** 2 / max(float((off**2).mean()) ** 3, 1e-300)
        if customers.size < needed:
            said.append(
                f"A few customers make much of {name}: {customers.size:,} without offer are too few to know its mean "
                "as well as intervals say, and it is more likely too low than too high (by Cochran's rule they would "
                f"have to be {needed:,.0f})."
            )
    return said
