"""What a reader must know about effects learned from an experiment, one sentence each."""

from __future__ import annotations

from surrogate.experiment.prepare import Prepared


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
    if prepared.table.redeemed is None:
        notes.append(
            "Take-up is assumed: the experiment names no column of redemptions, so every unit that contacted customers "
            "buy is taken to be sold under the offer, which costs most."
        )
    notes.append(
        f"An experiment of {spec.days} days shows no season: baselines carry its level forward, evenly over the days, "
        "and are taken to vary by 10%."
    )
    return tuple(notes)
