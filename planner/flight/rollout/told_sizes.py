"""How many customers the actuals tell of each group, against the segment and what the rollouts drew.

Every lift of a holdout is per customer, and forecasts reckon with its share: a holdout told twice as large halves what
it bought, and makes an effect of nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.figures import count
from planner.flight.rollout.folder import read_manifest
from scenarios.flight.actuals import GROUPS, HOLDOUT, TREATED, Actuals

BEYOND = 0.02
"""Share by which both groups together may exceed a segment: it grows while a campaign runs."""
OFF = 0.05
"""Share by which a holdout may differ from what was drawn: customers leave."""


@dataclass(frozen=True, kw_only=True)
class DrawnSize:
    """How many customers of a segment one rollout kept out."""

    rollout: Path
    segment: str
    customers: int
    held: int


def drawn_sizes(rollouts: Sequence[Path], scenario: str) -> tuple[DrawnSize, ...]:
    """Read how many customers each rollout kept out, as far as its manifest tells.

    Raises
    ------
    InvalidInput
        Where a folder is no rollout of the scenario.
    """
    found = []
    for each in rollouts:
        told = read_manifest(each, scenario=scenario).get("holdouts")
        for one in told if isinstance(told, list) else []:
            try:
                sizes = {name: int(one[name]) for name in ("customers", "held")}
                found.append(DrawnSize(rollout=each, segment=str(one["segment"]), **sizes))
            except (KeyError, TypeError, ValueError):
                continue
    return tuple(found)


def told_sizes(actuals: Actuals, drawn: Sequence[DrawnSize] = ()) -> tuple[str, ...]:
    """Say where others are kept out than rollouts did, and where more customers are told than a segment has.

    Parameters
    ----------
    drawn
        Of several rollouts, any of them may be meant.
    """
    if not (actuals.has_holdout and actuals.has("customers")):
        return ()
    people, off, over = actuals.tables["customers"], [], []
    for s, segment in enumerate(actuals.grid.segments):
        treated, held = people[TREATED, s], people[HOLDOUT, s]
        own = [each for each in drawn if each.segment == segment.id]
        others = np.isfinite(held) & np.array([np.abs(held - each.held) > OFF * each.held for each in own]).all(axis=0)
        most = max([segment.customers, *(each.customers for each in own)])
        beyond = treated + held > (1.0 + BEYOND) * most
        if own and others.any():
            sizes = " or ".join(f"{count(each.held)} of {count(each.customers)}" for each in own)
            off.append(f"{segment.id} {count(_first(held, others))} {_where(actuals, others)} ({sizes} kept out)")
        elif beyond.any():
            told = f"{count(_first(treated, beyond))} + {count(_first(held, beyond))}"
            over.append(f"{segment.id} {told} {_where(actuals, beyond)} (of {count(most)})")
    said = []
    if off:
        of = " and ".join(dict.fromkeys(str(each.rollout) for each in drawn))
        said.append(f"other sizes of the group {GROUPS[HOLDOUT]} are told than {of} kept out: {'; '.join(off)}")
    if over:
        groups = f"{GROUPS[TREATED]} and {GROUPS[HOLDOUT]}"
        said.append(f"{groups} together are more customers than the segment has: {'; '.join(over)}")
    return tuple(f"{each}. Until the column customers is right, lifts and forecasts are wrong" for each in said)


def _first(values: NDArray[np.float64], where: NDArray[np.bool_]) -> float:
    """Return the value [K + 1, T] of the first period of some cells."""
    return float(values.T[where.T][0])


def _where(actuals: Actuals, cells: NDArray[np.bool_]) -> str:
    """Say in which periods cells [K + 1, T] lie."""
    periods = np.flatnonzero(cells.any(axis=0))
    days = [actuals.grid.scenario.horizon.date_of(int(each)) for each in (periods[0], periods[-1])]
    return f"on {days[0]}" if len(periods) == 1 else f"in {len(periods)} periods from {days[0]} to {days[1]}"
