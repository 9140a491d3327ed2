"""What is expected where effects have moved to some point, for every moment at which changes may have begun.

The response model is asked once for each point: changes that had always been there, and those that never came, are the
same two forecasts for every moment, and moments only differ in where one ends and the other begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scenarios.arrays import Float
from surrogate.flight.evidence import Expected, Forecast
from surrogate.flight.recalibration.beliefs import Beliefs
from surrogate.flight.recalibration.cells import Cells


@dataclass(frozen=True, kw_only=True, eq=False)
class Point:
    """Parts of beliefs, moved.

    Parameters
    ----------
    forecast
        Expected sales of the plan that runs.
    beliefs
        What the parts move.
    theta : [B]
        How far each is moved.
    """

    forecast: Forecast
    beliefs: Beliefs
    theta: Float

    def moved_to(self, theta: Float) -> Point:
        """The same elsewhere."""
        return Point(forecast=self.forecast, beliefs=self.beliefs, theta=theta)

    @cached_property
    def changed(self) -> Expected:
        """What is expected where all changes have come."""
        return self._expected(self.theta)

    @cached_property
    def before(self) -> Expected:
        """What is expected where none has yet."""
        lasting = np.where(self.beliefs.lasting, self.theta, 0.0)
        return self.changed if (lasting == self.theta).all() else self._expected(lasting)

    @cached_property
    def _slopes(self) -> Float:
        """[B, S, K, T] of what is expected where all changes have come."""
        return self.beliefs.slopes(self.changed)

    def seen(self, cells: Cells, moment: int) -> tuple[Expected, Float, Float | None]:
        """What is expected, changes counting from a moment on, and slopes of what was observed [B, observations].

        Last come those of lines that count pieces, [B, N]; None where nothing is known of any.
        """
        found, beliefs = self.changed, self.beliefs
        later = np.arange(found.units.shape[-1]) >= moment
        if later.all() and not len(cells.lines):
            return found, cells.gather(self._slopes), None
        if not later.all():
            found = found.from_then_on(later, self.before)
        counts = np.where(beliefs.lasting[:, None], 1.0, later)[:, None, None]
        slopes = cells.gather(beliefs.slopes(found) * counts)
        if not len(cells.lines):
            return found, slopes, None
        layers = [beliefs.slopes(each) * counts for each in found.under_lines]
        return found, slopes, cells.lines.gather(np.stack(layers, axis=1))

    def _expected(self, theta: Float) -> Expected:
        if not theta.any():
            return self.forecast.unmoved(self.beliefs.nudges)
        return self.forecast(*self.beliefs.moves(theta), self.beliefs.nudges)
