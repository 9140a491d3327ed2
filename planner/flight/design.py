"""The design of a measurement: how many customers each segment keeps out, and what that can tell, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.grid import Grid
from scenarios.response.coefficients import Coefficients
from scenarios.response.totals import sold_by
from surrogate.flight.power import POWER, Outcome, counted_outcome, detectable_lift, holdout_needed, power_of

LEAST_SHARE, MOST_SHARE = 0.01, 0.20
"""Bounds of a holdout whose size the planned lift decides."""
OTHERWISE = 0.10
"""Share kept out where even the largest would not show the planned lift; segments together may still show it."""


@dataclass(frozen=True, kw_only=True)
class DesignParams:
    """How large holdouts are.

    Raises
    ------
    ValueError
        For shares that leave nobody, or nobody out.
    """

    holdout: float | None = None
    """Share of each segment that is kept out; None sizes it by the planned lift, between 1 % and 20 %."""
    switchback: float = 0.0
    """Share of the periods of a public price in which it is off; 0 for no switchback."""

    def __post_init__(self) -> None:
        if self.holdout is not None and not (0.0 <= self.holdout <= 0.5):
            raise ValueError(f"holdout: expected a share from 0% to 50%, got {self.holdout}")
        if not (0.0 <= self.switchback <= 0.5):
            raise ValueError(f"switchback: expected a share from 0% to 50%, got {self.switchback}")


@dataclass(frozen=True, kw_only=True)
class SegmentHoldout:
    """The holdout of one segment."""

    segment: str
    customers: int
    held: int
    planned_lift: float
    """Of all targeted offers together, on the products and days on which they run, per customer of the segment."""
    detects: float | None
    """Smallest lift that is found with 80 % power; None where nobody is kept out."""
    power: float
    """Chance that the planned lift shows."""
    costs: float
    """Extra units that the customers kept out would have bought."""

    @property
    def sentence(self) -> str:
        """What the holdout can tell."""
        if not self.held or self.detects is None:
            return f"{self.segment}: nobody is kept out, so that the effect of its targeted offers cannot be measured"
        share = self.held / self.customers
        return (
            f"{self.segment}: {self.held:,} of {self.customers:,} customers ({share:.1%}) are kept out of every "
            f"audience; this detects a lift of {self.detects:.1%} with {POWER:.0%} power; the plan expects "
            f"{self.planned_lift:.1%}, which shows with {self.power:.0%} power"
        )


def design_holdouts(
    model: Coefficients,
    plan: NDArray[np.int8],
    customers: Sequence[int],
    params: DesignParams,
    spreads: Sequence[float | None] = (),
) -> tuple[SegmentHoldout, ...]:
    """Size the holdout of every segment that gets a targeted offer of a product or basket.

    Parameters
    ----------
    plan
        The flat plan [N].
    customers
        [S] customers there are.
    spreads
        [S] how much customers' own rates of buying differ, where their past tells it; else as assumed.
    """
    grid = model.grid
    without = plan.copy()
    blocks = grid.split(without)
    targeted, baskets = blocks.targeted > 0, blocks.basket_targeted > 0
    cells = np.asarray(targeted | baskets[:, None, :])
    blocks.targeted[...] = 0
    blocks.basket_targeted[...] = 0
    real, plain = sold_by(model, plan, np).units, sold_by(model, without, np).units
    found = []
    for s, segment in enumerate(grid.segments):
        if not cells[s].any() or customers[s] < 2:
            continue
        base, gained = float(plain[s][cells[s]].sum()), float((real - plain)[s][cells[s]].sum())
        people = int(customers[s])
        mean = base / segment.customers
        if not (mean > 0):
            continue
        known = spreads[s] if spreads else None
        outcome = counted_outcome(mean) if known is None else counted_outcome(mean, known)
        found.append(_sized(segment.id, people, outcome, gained / base, gained, segment.customers, params))
    return tuple(found)


def _sized(
    name: str, people: int, outcome: Outcome, lift: float, gained: float, declared: int, params: DesignParams
) -> SegmentHoldout:
    if params.holdout is None:
        needed = holdout_needed(outcome, people, lift) if lift > 0 else None
        most = int(np.ceil(MOST_SHARE * people))
        reachable = needed is not None and needed <= most
        held = max(needed or 0, int(np.ceil(LEAST_SHARE * people))) if reachable else int(np.ceil(OTHERWISE * people))
    else:
        held = int(np.ceil(params.holdout * people - 1e-9))
    return SegmentHoldout(
        segment=name,
        customers=people,
        held=held,
        planned_lift=lift,
        detects=detectable_lift(outcome, people - held, held) if held else None,
        power=power_of(outcome, people - held, held, lift),
        costs=gained * held / people if declared else 0.0,
    )


def together(holdouts: Sequence[SegmentHoldout]) -> str | None:
    """Say what the segments tell together, their lifts weighed by precision; None for fewer than two."""
    usable = [each for each in holdouts if each.detects is not None]
    if len(usable) < 2:
        return None
    weights = [1.0 / each.detects**2 for each in usable if each.detects]
    detects = sum(weights) ** -0.5
    return f"all segments together: a lift of {detects:.1%} is detected with {POWER:.0%} power"


def sizes(grid: Grid, holdouts: Sequence[SegmentHoldout]) -> tuple[int, ...]:
    """[S] customers to keep out."""
    by_id = {each.segment: each.held for each in holdouts}
    return tuple(by_id.get(segment.id, 0) for segment in grid.segments)
