"""From what rows of changes gain to what the new plan gains: every step between them, so that the sum holds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from planner.replan.replanned import Replanned


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """Steps in major units; the first three add up to `difference`, to the minor unit."""

    each_alone: Decimal
    """Sum of what is lost where each row of changes alone is taken back, all of its lines at once."""
    sold_out_anyway: Decimal
    """Not above zero: what goods bring that sell out without the lines that go, too. The gains count it and the plan's
    account does not, which lets units that are kept back go unsold."""
    together: Decimal
    """What the rows bring together, more or less than each alone, with pieces that are counted anew."""
    difference: Decimal
    """Profit of the new plan less that of the running one, carried on."""


def reconciled(found: Replanned) -> Reconciled | None:
    """Reconcile the changes with the whole; None where there are none, or the objective is no money.

    Parameters
    ----------
    found
        A re-planning with a new plan.
    """
    if found.after is None or not found.changes or found.frozen.scenario.objective != "profit":
        return None
    alone = sum((row.gain for row in found.rows), start=Decimal(0))
    difference = found.after.gained - found.before.gained
    return Reconciled(
        each_alone=alone,
        sold_out_anyway=-found.idle,
        together=difference - alone + found.idle,
        difference=difference,
    )
