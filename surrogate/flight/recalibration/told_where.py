"""Where an offer has shown what it brings: of whose sales its factor is, and how its lift is taken everywhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import EVERYBODY


@dataclass(frozen=True, kw_only=True)
class Untold:
    """How an offer's lift is taken for a segment whose sales tell nothing of it."""

    factor: float
    """On its forecast, by what other segments and other offers showed."""
    ran: bool
    """Whether it ran there, and its sales told nothing: sold out, or nobody knows whom it reached."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ToldWhere:
    """For which segments sales tell of which offer. Letters as in `scenarios.grid`."""

    grid: Grid
    told: Flag
    """[S, O] whether sales of a segment, or a holdout in it, tell of an offer."""
    ran: Flag
    """[S, O] whether an offer ran for a segment."""
    moved: Float
    """[S, K+1, O] factors on what was forecast of each lift."""

    def untold(self, line: PlanLine) -> Untold | None:
        """How a line's lift is taken where nothing of its segment tells of its offer; None where something does."""
        if line.segment == EVERYBODY:
            return None
        segment, offer = self.grid.segment_index[line.segment], self.grid.offer_index[line.offer]
        if self.told[segment, offer]:
            return None
        factor = float(self.moved[segment, self.grid.row(line.product), offer])
        return Untold(factor=factor, ran=bool(self.ran[segment, offer]))


def told_where(
    grid: Grid,
    plan: NDArray[np.int8],
    last: int,
    sold: Mapping[int, Float],
    measured: Iterable[tuple[int, int]],
    moved: Float,
) -> ToldWhere:
    """Mark what was told of which segment.

    Parameters
    ----------
    plan, last
        The flat plan [N] that ran, and the last period of which anything is known.
    sold
        By number of an offer: what it sold [S, K] in cells that tell of it.
    measured
        Segments and offers of which a holdout measured a lift.
    moved : [S, K+1, O]
        Factors on what was forecast of each lift.
    """
    told = np.zeros((grid.shape[0], len(grid.scenario.offers)), dtype=bool)
    ran = told.copy()
    for offer, units in sold.items():
        told[:, offer] = (units > 0).any(axis=1)
    for segment, offer in measured:
        told[segment, offer] = True
    past = plan.copy()
    for block in grid.split(past):
        block[..., last + 1 :] = 0
    for line in grid.lines(past):
        who = slice(None) if line.segment == EVERYBODY else grid.segment_index[line.segment]
        ran[who, grid.offer_index[line.offer]] = True
    return ToldWhere(grid=grid, told=told, ran=ran, moved=moved)


def moved_lifts(now: Float, before: Float) -> Float:
    """[S, K+1, O] factors between lifts [E, S, K+1, T, O]; 1 where there is none."""
    after, first = (lift.mean(axis=0).sum(axis=2) for lift in (now, before))
    return np.asarray(np.divide(after, first, out=np.ones_like(first), where=first != 0))
