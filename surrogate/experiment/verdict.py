"""What to trust a model of an experiment for, and what not: plain sentences from its evaluation."""

from __future__ import annotations

from surrogate.experiment.evaluation import OURS, SAVED, MissingLearner, OfferEvaluation, PolicyEvaluation


def verdict(
    offers: list[OfferEvaluation],
    policies: list[PolicyEvaluation],
    missing: tuple[MissingLearner, ...] = (),
    *,
    randomised: bool,
) -> tuple[str, ...]:
    """Return sentences about what an evaluation allows to rely on."""
    said = []
    if not randomised:
        said.append("Do not read the effects as caused by the offers alone: the arms were not drawn by lot.")
    for one in offers:
        name = f"{one.offer} on {one.outcome}"
        ours = next(row for row in one.learners if row.name == OURS)
        if one.average.low > 0 or one.average.high < 0:
            said.append(f"Trust the average effect of {name}: {one.average.value:+.3g}, surely not 0.")
        else:
            said.append(f"Do not trust any effect of {name}: its average, {one.average.value:+.3g}, may be 0.")
        if ours.qini.low > 0:
            sized = ours.slope.low > 0 and ours.slope.low <= 1 <= ours.slope.high
            size = "and their sizes" if sized else f"but not their sizes (calibration slope {ours.slope.value:.2f})"
            said.append(f"Trust which customers {name} helps more, {size}: Qini {ours.qini.value:.3f}, above 0.")
        else:
            luck = "may be 0" if ours.qini.high >= 0 else "below 0, worse than an order by lot"
            said.append(f"Do not trust which customers {name} helps more: Qini {ours.qini.value:.3f}, {luck}.")
        peers = [row for row in one.learners if row.name not in (OURS, SAVED)]
        ahead = [row.name for row in peers if row.ours_better is not None and row.ours_better.high < 0]
        if ahead:
            said.append(f"Better at ranking {name} on this data: {', '.join(ahead)}.")
        level = [row.name for row in peers if row.ours_better is not None and row.ours_better.low <= 0]
        level = [one for one in level if one not in ahead]
        if ours.qini.low > 0 and level:
            said.append(f"Its ranking of {name} is not surely better than that of {', '.join(level)}.")
    said += [
        f"Choosing half of the customers by uplift brings {policy.targeting.value:.3g} more {policy.outcome} per "
        "customer than half of them by lot."
        for policy in policies
        if policy.targeting.low > 0
    ]
    said += dict.fromkeys(one.reason for one in missing)
    return tuple(said)
