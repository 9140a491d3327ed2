"""Units that customers tell one by one, against the rows of both groups in the actuals: the same sales, told twice.

A lift is of the days on which its offer ran. Units of other days, of the whole campaign most of all, hold few that an
offer could change, and make its lift small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.figures import count
from planner.flight.measure.as_planned import AsPlanned
from planner.flight.measure.measured import in_words
from scenarios.first_few import first_few
from scenarios.flight.actuals import GROUPS, HOLDOUT, TREATED, Actuals
from scenarios.flight.customer_outcomes import CustomerGroup
from scenarios.flight.experience import where_ran

SAME = 0.02
"""Share by which sums may differ: of sales that come back, or are booked later."""
CHANCE = 4.0
"""Standard errors by which a mean of some of the customers may lie beside that of all."""


def sums_by_customer(
    groups: Sequence[CustomerGroup], planned: AsPlanned, plan: NDArray[np.int8], actuals: Actuals
) -> Iterator[str]:
    """Say where single customers bought more or less than the actuals tell of the days on which their offer ran.

    Parameters
    ----------
    plan
        The flat plan [N], which tells what ran where the actuals do not.
    """
    if not (groups and actuals.has_holdout and actuals.has("customers")):
        return
    found, whole, ran = [], True, where_ran(actuals, plan)
    for each in groups:
        if each.offer is None or each.product is None or each.offer not in ran:
            continue
        s, k = actuals.grid.segment_index[each.segment], actuals.grid.product_index[each.product]
        units, people = (actuals.tables[name][:, s, k] for name in ("units", "customers"))
        told = np.isfinite(units).all(axis=0) & np.isfinite(people).all(axis=0)
        days = told & ran[each.offer][s, k] & planned.runs(each.offer, each.product, each.segment)
        if not days.any():
            continue
        for group, own in ((TREATED, each.treated), (HOLDOUT, each.held)):
            if len(own) and not _agree(own, units[group, days], people[group, days]):
                whole &= _agree(own, units[group, told], people[group, told])
                name = f"{in_words(each.offer, each.product, each.segment)}, {GROUPS[group]}"
                expected = float(units[group, days].sum()) / float(people[group, days].mean())
                found.append(f"{name} ({count(own.sum())} units, by the actuals {count(expected * len(own))})")
    if found:
        all_days = "; they are as many as on all days told" if whole else ""
        yield (
            f"units of single customers are not those that the actuals tell of the days on which the offer ran: "
            f"{first_few(found, joint='; ')}{all_days}. Until the units are those of these days alone, lifts by "
            "customer are of other sales"
        )


def _agree(own: NDArray[np.float64], units: NDArray[np.float64], people: NDArray[np.float64]) -> bool:
    """Whether units of customers one by one are those of a group's rows, give or take chance where some are left out.

    Parameters
    ----------
    units, people : [D]
        Of the group, day by day.
    """
    everybody = float(people.mean())
    expected = float(units.sum()) / max(everybody, 1.0)
    left_out = max(1.0 - len(own) / max(everybody, 1.0), 0.0)
    # One unit is rounding; of some of the customers the mean scatters as a sample without replacement does.
    spread = CHANCE * float(np.sqrt(left_out * max(own.var(), expected) / len(own)))
    return abs(float(own.mean()) - expected) <= max(SAME * expected, spread, 1.0 / len(own))
