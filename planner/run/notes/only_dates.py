"""Plans that differ in dates alone, at one worth: the forecast has nothing that tells their dates apart.

They look like a choice between plans, as a large share of their lines differs. It is a choice of dates, and that is
the reader's: what is known of single weeks and days is not in the forecast.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.evolution.shown.twins import alike, same_but_for_dates
from scenarios.answer.plan import RankedPlan
from scenarios.arrays import Plan
from scenarios.grid import Grid


def only_dates(grid: Grid, plans: Sequence[Plan], ranked: Sequence[RankedPlan]) -> Iterator[str]:
    """Say which plans hold the same lines on other dates, and come to the same objective, profit and spend.

    Parameters
    ----------
    plans
        [N] each, best first.
    ranked
        The same with their accounts.
    """
    left = list(range(len(plans)))
    while left:
        first = left[0]
        group = [each for each in left if _twins(grid, plans, ranked, first, each)]
        left = [each for each in left if each not in group]
        if len(group) > 1:
            numbers = [str(ranked[each].rank) for each in group]
            named = f"{', '.join(numbers[:-1])} and {numbers[-1]}"
            yield (
                f"plans {named} differ only in dates: they hold the same lines on other dates and come to the same "
                "amounts, because nothing in the forecast tells these dates apart. So they count as one plan, and the "
                "choice of dates is yours; what you know of single dates goes into the scenario (baseline: {times: "
                "FILE})"
            )


def _twins(grid: Grid, plans: Sequence[Plan], ranked: Sequence[RankedPlan], one: int, other: int) -> bool:
    """Tell whether two plans are the same one but for dates; a plan is, of itself."""
    amounts = (
        (float(plan.objective), float(plan.outcome.profit_change), float(plan.outcome.spend))
        for plan in (ranked[one], ranked[other])
    )
    return all(map(alike, *amounts)) and same_but_for_dates(grid, plans[one], plans[other])
