"""The design of a measurement: how many customers each segment keeps out, and what that can tell, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.figures import plural
from planner.flight.at_shelf import at_shelf, stands_there
from planner.flight.counted import with_counted
from planner.flight.rollout.plain_sales import without_targeted
from scenarios.answer.archive import Frozen
from scenarios.flight.messages.kept_out import with_kept_out
from scenarios.flight.pieces import counts_pieces, pieces_there
from scenarios.grid import Grid
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects
from scenarios.response.totals import sold_by
from surrogate.flight.measure.effects_measured import FEWEST
from surrogate.flight.measure.power import (
    ASSUMED,
    LARGEST_HOLDOUT,
    POWER,
    Buying,
    Outcome,
    counted_outcome,
    detectable_lift,
    holdout_needed,
    power_of,
)

LEAST_SHARE, MOST_SHARE = 0.01, 0.20
"""Bounds of a holdout whose size the planned lift decides."""
ALIKE = 0.005
"""Difference of a lift between groups from the planned one below which it reads the same."""
OTHERWISE = 0.10
"""Share kept out where even the largest would not show the planned lift; segments together may still show it."""
MOST_LIFT = 3.0
"""Largest lift that is told as one that a comparison detects: what needs more cannot be measured."""
HOPELESS = 0.20
"""Power below which a holdout cannot show the planned lift; from here to 80 % it may, but cannot be relied on."""


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
    contrast: float
    """The same between those who may get them and those kept out, in whose place others get what not all may get."""
    detects: float | None
    """Smallest lift that is found with 80 % power; None where nobody is kept out, or too few for any lift to show."""
    power: float
    """Chance that the contrast shows."""
    needs: int | None
    """Fewest customers to keep out so that the planned lift shows with 80 % power; None where no share is enough."""
    units: float = 0.0
    """What a customer of it buys without the offers where these run, and ..."""
    variance: float = 0.0
    """... how much that varies between customers."""
    costs: float = 0.0
    """Extra units that are given up by keeping them out; 0 until `priced`."""
    at_shelf: tuple[str, ...] = ()
    """Offers to the segment that stand at the shelf and are sent to nobody: no audience keeps anybody from them."""

    @property
    def compared(self) -> bool:
        """Whether both groups have as many customers as are compared."""
        return min(self.held, self.customers - self.held) >= FEWEST

    def sentence(self, *, drawn: bool = True) -> str:
        """What the holdout can tell, or could, were it drawn."""
        if not self.held:
            nobody = f"{self.segment}: nobody is kept out, so that the effect of its targeted offers cannot be measured"
            return f"{nobody}: {stands_there(self.at_shelf)}" if self.at_shelf else nobody
        share = self.held / self.customers
        who = f"{self.segment}: {self.held:,} of {self.customers:,} customers ({share:.1%})"
        be, until = ("are", "") if drawn else ("would be", ", once customers are given")
        return (
            f"{who} {be} kept out of every audience{until}; {self._detected()}; the plan expects "
            f"{self._expected()} with {self.power:.0%} power{self._shortfall()}"
        )

    def _expected(self) -> str:
        """The planned lift, and what of it stands between the groups, where that reads otherwise."""
        whole, between = f"{self.planned_lift:.1%}", f"{self.contrast:.1%}"
        if abs(self.contrast - self.planned_lift) < ALIKE:
            return f"{whole}, which shows"
        return f"{whole} of the segment, and so {between} of those who are not kept out, which shows"

    def _detected(self) -> str:
        if self.detects is None or self.detects > max(MOST_LIFT, self.planned_lift):
            return f"there are too few customers and sales to measure any lift up to {MOST_LIFT:.0%}"
        return f"this detects a lift of {self.detects:.1%} with {POWER:.0%} power"

    def cost_sentence(self, *, drawn: bool = True) -> str:
        """What keeping them out costs, or would, were they drawn."""
        gives_up = "gives up" if drawn else "would give up"
        return f"{self.segment}: keeping them out {gives_up} {about_units(self.costs)}"

    def _shortfall(self) -> str:
        """Say where the planned lift is hardly to be seen, and what would show it."""
        if round(self.power, 2) >= POWER:
            return ""
        can = "cannot show" if self.power < HOPELESS else "cannot be relied on to show"
        few = "" if self.compared else f"; only groups of {FEWEST} customers and more are compared at all"
        if self.needs is None:
            none = f"no share up to {LARGEST_HOLDOUT:.0%} would"
            return f": this holdout {can} the effect in this segment alone, and {none}{few}"
        share = np.ceil(1000 * max(self.needs, FEWEST) / self.customers) / 1000
        return f": this holdout {can} the effect; a share of {share:.1%} would (--holdout {share:.1%}){few}"


def design_holdouts(
    frozen: Frozen,
    model: Coefficients,
    plan: NDArray[np.int8],
    customers: Sequence[int],
    params: DesignParams,
    buyings: Sequence[Buying | None] = (),
    kept_on: Sequence[int | None] = (),
    consented: NDArray[np.float64] | None = None,
) -> tuple[SegmentHoldout, ...]:
    """Size the holdout of every segment that gets a targeted offer of a product or basket.

    Where all that it gets stands at the shelf, nobody is kept out unless a share is asked for.

    Parameters
    ----------
    frozen, model
        The problem that was planned, and its tables.
    plan
        The flat plan [N].
    customers
        [S] customers there are.
    buyings
        [S] how customers buy, where their past tells it; else as assumed.
    kept_on
        [S] how many were kept out before a running campaign was planned again; None where there was no holdout.
    consented
        [S, O] share of the customers whom an offer may be sent to; None where it may be to all. The tables count those
        alone: `planner.export.consented`.
    """
    grid = model.grid
    cells, plain = without_targeted(model, plan)
    real = sold_by(model, plan, np).units
    found, outcomes, lines = list[SegmentHoldout](), list[Outcome](), grid.lines(plan)
    for s, segment in enumerate(grid.segments):
        if not cells[s].any() or customers[s] < 2:
            continue
        base, gained = float(plain[s][cells[s]].sum()), float((real - plain)[s][cells[s]].sum())
        people = int(customers[s])
        mean = base / segment.customers
        if not (mean > 0):
            continue
        known = buyings[s] if buyings else None
        outcome = counted_outcome(mean, ASSUMED if known is None else known)
        held = kept_on[s] if kept_on else None
        shelf, sent = at_shelf(grid, lines, segment.id)
        goes_out = sent and (consented is None or gained != 0.0)
        sized = _sized(segment.id, people, outcome, gained / base, params, held if goes_out or held else 0)
        found.append(replace(sized, at_shelf=shelf))
        outcomes.append(outcome)
    shares = np.zeros(len(grid.segments))
    for each in found:
        shares[grid.segment_index[each.segment]] = each.held / each.customers
    effects = with_kept_out(frozen.effects, grid, plan, shares, consented)
    reached = reached_tables(frozen, grid, plan, effects)
    units = sold_by(reached, plan, np).units
    return tuple(
        _contrasted(each, outcome, *(of[s][cells[s]].sum() for of in (units, plain)))
        for each, outcome in zip(found, outcomes, strict=True)
        for s in (grid.segment_index[each.segment],)
    )


def _contrasted(each: SegmentHoldout, outcome: Outcome, units: float, plain: float) -> SegmentHoldout:
    """Compare those who may get the offers with those kept out: the former are fewer, and buy all that is gained."""
    if each.held >= each.customers:
        return each  # as many were kept out before as the file holds: there is nobody to compare them with
    contrast = float(units / plain - 1.0) / (1.0 - each.held / each.customers)
    power = power_of(outcome, each.customers - each.held, each.held, contrast)
    return replace(each, contrast=contrast, power=power)


def _sized(
    name: str,
    people: int,
    outcome: Outcome,
    lift: float,
    params: DesignParams,
    kept_on: int | None,
) -> SegmentHoldout:
    needed = holdout_needed(outcome, people, lift) if lift else None
    if params.holdout is None and kept_on is not None:
        held = min(kept_on, people)
    elif params.holdout is None:
        most = int(np.ceil(MOST_SHARE * people))
        reachable = lift > 0 and needed is not None and needed <= most
        held = max(needed or 0, int(np.ceil(LEAST_SHARE * people))) if reachable else int(np.ceil(OTHERWISE * people))
        held = max(held, FEWEST) if most >= FEWEST else held
    else:
        held = int(np.ceil(params.holdout * people - 1e-9))
    detects = detectable_lift(outcome, people - held, held)
    return SegmentHoldout(
        segment=name,
        customers=people,
        held=held,
        planned_lift=lift,
        contrast=lift,
        detects=detects if held and np.isfinite(detects) else None,
        power=power_of(outcome, people - held, held, lift),
        needs=needed,
        units=outcome.mean,
        variance=outcome.variance,
    )


def priced(
    holdouts: Sequence[SegmentHoldout],
    frozen: Frozen,
    model: Coefficients,
    plan: NDArray[np.int8],
    consented: NDArray[np.float64] | None = None,
) -> tuple[SegmentHoldout, ...]:
    """Say what keeping customers out costs: where a part of a segment is covered, others get the offer in their place.

    So do those who would have come too late for a piece.

    Parameters
    ----------
    model
        Tables of ``frozen``, which was planned.
    plan
        The flat plan [N].
    consented
        As for `design_holdouts`.
    """
    grid, shares = model.grid, np.zeros(len(model.grid.segments))
    for each in holdouts:
        number = grid.segment_index[each.segment]
        # A file may hold a part of the customers whom the plan counts, of whom only those held in it are kept out.
        shares[number] = each.held / max(each.customers, grid.segments[number].customers)
    reached = reached_tables(frozen, grid, plan, with_kept_out(frozen.effects, grid, plan, shares, consented))
    lost = (sold_by(model, plan, np).units - sold_by(reached, plan, np).units).sum(axis=(1, 2))
    return tuple(replace(each, costs=max(float(lost[grid.segment_index[each.segment]]), 0.0)) for each in holdouts)


def reached_tables(frozen: Frozen, grid: Grid, plan: NDArray[np.int8], effects: Effects) -> Coefficients:
    """Tables of effects under which customers are kept out; lines have the pieces that the plan counted for them."""
    if counts_pieces(grid, plan):
        return with_counted(frozen, grid, effects, plan, pieces_there(frozen, plan))
    return build_coefficients(grid, effects, frozen.baskets)


def about_units(amount: float) -> str:
    """Say an estimated loss in whole units: ``about 41 units``, ``less than one unit``, ``no units``."""
    if amount <= 0:
        return "no units"
    return "less than one unit" if amount < 0.5 else f"about {plural(round(amount), 'unit')}"


def sizes(grid: Grid, holdouts: Sequence[SegmentHoldout]) -> tuple[int, ...]:
    """[S] customers to keep out."""
    by_id = {each.segment: each.held for each in holdouts}
    return tuple(by_id.get(segment.id, 0) for segment in grid.segments)
