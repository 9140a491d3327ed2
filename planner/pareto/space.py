"""A workspace that climbs in any direction of the measures, above floors that can be set under each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from constraints.limits.book import Limits
from planner.evolution.workspace import Candidate, Prices, Workspace
from planner.pareto.aims import OPEN, Aims
from scenarios.arrays import Float
from scenarios.language.several import Sense
from scenarios.language.words import Measure

LEAST_SPAN = 1e-9
"""Measures that hardly change count as if they changed by this much."""


class AimedSpace(Workspace):
    """A workspace over several measures.

    Parameters
    ----------
    space
        The problem's own workspace; its bounds in force are taken over.
    limits
        The problem's own limits.
    senses
        Measures of the front, the leading one first, as the problem's objective names them.
    """

    def __init__(self, space: Workspace, limits: Limits, senses: Mapping[Measure, Sense]) -> None:
        self.aims = Aims(space.evaluator.model, limits, senses)
        self.count = len(senses)
        """Number of measures M."""
        self.span: Float = np.ones(self.count)
        """[M] range of every measure over the front, which directions and floors are relative to."""
        unit = Prices(np.append(space.unit.scalar, np.ones(self.count)), space.unit.stock.copy())
        super().__init__(self.aims, space.written, space.interrupt, unit)
        self.rules, self.kept = space.rules, space.kept
        self.bound[: self.aims.own] = space.bound
        self.available[:] = space.available
        self._stock = space.unit.stock
        self._units = [unit.scalar]
        for measure in range(1, self.count):
            self.aims.weights = np.eye(self.count)[measure]
            self._units.append(self.price_units().scalar)
        self.set_span(self.span)
        self.turn(np.eye(self.count)[0])

    def set_span(self, span: Float) -> None:
        """Set the ranges [M] that directions and floors are relative to."""
        self.span = np.maximum(span, LEAST_SPAN)
        self.limits.scale[self.aims.rows] = self.span
        self._open_floors()

    def turn(self, shares: Float) -> None:
        """Climb in a direction: shares [M] of the measures' ranges, counted in units of the leading measure."""
        self.aims.weights = shares / self.span * self.span[0]
        scalar = np.asarray(sum(w * unit for w, unit in zip(self.aims.weights, self._units, strict=True)))
        scalar[self.aims.rows] = self.span[0] / self.span
        self.unit = Prices(scalar, self._stock)

    @contextmanager
    def floors(self, least: Float) -> Iterator[None]:
        """Ask for at least so much [M] of every turned measure for a while; -inf asks for nothing."""
        rows = self.aims.own + np.flatnonzero(np.isfinite(least))
        asked = np.isfinite(least)
        self.bound[rows] = (self.aims.nothing + self.aims.signs * np.where(asked, least, 0.0))[asked]
        try:
            yield
        finally:
            self._open_floors()

    def point(self, candidate: Candidate) -> Float:
        """[M] by how much a candidate changes every measure, turned so that more is better."""
        return self.aims.gained(candidate.uses)

    def revalued(self, candidate: Candidate) -> Candidate:
        """A candidate, valued in the direction and against the floors in force; nothing is evaluated again."""
        kept = self.aims.excess(candidate.uses, candidate.stock, self.bound, self.available).kept
        kept = kept and bool(self.enough_kept(candidate.plan))
        return replace(candidate, objective=float(self.point(candidate) @ self.aims.weights), feasible=kept)

    def keeps(self, candidate: Candidate) -> bool:
        """Whether a candidate keeps all real limits and rules, whatever floors are asked for."""
        bound = np.append(self.bound[: self.aims.own], self._far())
        kept = self.aims.excess(candidate.uses, candidate.stock, bound, self.available).kept
        return kept and not self.rules.violations(candidate.plan)

    def real_bound(self) -> Float:
        """[L + M] bounds that nobody's futures have tightened, and the floors in force."""
        bound = super().real_bound()
        bound[self.aims.rows] = self.bound[self.aims.rows]
        return bound

    def _far(self) -> Float:
        return np.asarray(self.aims.nothing - self.aims.signs * OPEN)

    def _open_floors(self) -> None:
        self.bound[self.aims.rows] = self._far()
