"""What to trust a model of an experiment for, and what not: plain sentences from its evaluation.

An evaluation asks the same of every offer and every outcome. *Surely* means that of offers that do nothing at most one
evaluation in ten says so of any: the 90 % interval where one was asked about, and with n of them one of 1 - 0.1 / n
(Bonferroni; Dunn, doi:10.1080/01621459.1961.10482090), its reach on either side stretched as a normal distribution's.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

from surrogate.experiment.held_out.evaluation import (
    OURS,
    SAVED,
    LearnerRow,
    MissingLearner,
    OfferEvaluation,
    PolicyEvaluation,
    judged,
)
from surrogate.held_out.intervals import LEVEL
from surrogate.held_out.trial import Estimate

SIZED = (0.5, 2.0)
"""A calibration slope that is surely between these says that sizes are right within a factor of two."""


def together(estimate: Estimate, tests: int) -> Estimate:
    """Return an estimate whose interval is one of ``tests`` that all hold the truth at once in 90 % of all cases."""
    normal, outside = NormalDist(), (1.0 - LEVEL) / 2
    wider = normal.inv_cdf(1.0 - outside / tests) / normal.inv_cdf(1.0 - outside)
    low, value, high = estimate.low, estimate.value, estimate.high
    return replace(estimate, low=value - wider * (value - low), high=value + wider * (high - value))


def has_effect(one: OfferEvaluation, tests: int) -> bool:
    """Return whether an offer's average effect is surely not 0, being one of ``tests`` that are asked about."""
    average = together(one.average, tests)
    return average.low > 0 or average.high < 0


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
    tests = len(offers)
    for one in offers:
        name = f"{one.offer} on {one.outcome}"
        mine = judged(row.name for row in one.learners)
        ours = next(row for row in one.learners if row.name == mine)
        if has_effect(one, tests):
            said.append(f"Trust the average effect of {name}: {one.average.value:+.3g}, surely not 0.")
        else:
            said.append(f"Do not trust any effect of {name}: its average, {one.average.value:+.3g}, may be 0.")
        qini = together(ours.qini, tests)
        if qini.low > 0:
            said.append(
                f"Trust which customers {name} helps more, {_sizes(ours)}: Qini {ours.qini.value:.3f}, above 0."
            )
        else:
            luck = "may be 0" if qini.high >= 0 else "below 0, worse than an order by lot"
            said.append(f"Do not trust which customers {name} helps more: Qini {ours.qini.value:.3f}, {luck}.")
        peers = [row for row in one.learners if row.name not in (OURS, SAVED)]
        ahead = [row.name for row in peers if row.ours_better is not None and row.ours_better.high < 0]
        if ahead:
            said.append(f"Better at ranking {name} on this data: {', '.join(ahead)}.")
        level = [row.name for row in peers if row.ours_better is not None and row.ours_better.low <= 0]
        level = [one for one in level if one not in ahead]
        if qini.low > 0 and level:
            said.append(f"Its ranking of {name} is not surely better than that of {', '.join(level)}.")
    said += [
        f"Choosing half of the customers by uplift brings {policy.targeting.value:.3g} more {policy.outcome} per "
        "customer than half of them by lot."
        for policy in policies
        if together(policy.targeting, len(policies)).low > 0
    ]
    said += dict.fromkeys(one.reason for one in missing)
    return tuple(said)


def _sizes(ours: LearnerRow) -> str:
    """Say whether predicted sizes are right: surely within a factor of two, surely wrong, or nobody knows."""
    slope = ours.slope
    if slope.low > 1 or slope.high < 1:
        return f"but not their sizes (calibration slope {slope.value:.2f})"
    if SIZED[0] <= slope.low and slope.high <= SIZED[1]:
        return "and their sizes"
    return f"while the data says little about their sizes (calibration slope {slope.low:.2f} to {slope.high:.2f})"
