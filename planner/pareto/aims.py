"""Several objectives as the search sees them: one direction to climb, and a floor under every measure.

Every measure of the front is a row beside the limits, so that what holds for limits holds for floors: repair, prices,
CP-SAT and true evaluation keep them. A direction is a weighted sum of the measures. The weighted sum of exact gains is
the exact gain of the weighted sum, so guided steps work for every direction as they do for profit; floors reach the
plans that no weighted sum reaches, where the front is not convex (Haimes' epsilon-constraint method,
doi:10.1109/TSMC.1971.4308298).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from constraints.limits.book import LimitRecord, Limits
from planner.evaluation.evaluator import Evaluator, Value
from scenarios.arrays import Float, Plan
from scenarios.language.scope import Scope
from scenarios.language.several import Sense
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients
from scenarios.response.measures import measure_functional

OPEN = 1e15
"""A floor that binds nothing lies so far from the measure's value without promotion: no campaign's sum comes near."""
ORIGIN = "front"
"""Where the rows of measures come from, beside ``limit``, ``fund`` and ``gift``."""


class Aims(Evaluator):
    """An evaluator of several measures, whose objective is a direction that can be turned.

    Parameters
    ----------
    model
        Coefficients of the expected account.
    limits
        The problem's own limits; rows of the measures are added at the end.
    senses
        Measures of the front and whether more or less of each is better.
    """

    def __init__(self, model: Coefficients, limits: Limits, senses: Mapping[Measure, Sense]) -> None:
        self.own = len(limits.records)
        """Number of the problem's own rows; those of the measures follow."""
        self.signs: Float = np.array([float(sense.sign) for sense in senses.values()])
        super().__init__(model, _with_rows(model, limits, senses))
        self.weights: Float = np.eye(len(senses))[0]
        """[M] weights of the turned measures in the direction in force."""
        self.nothing: Float = super().value(model.grid.empty()[None]).uses[0, self.own :]
        """[M] measures of the plan without any promotion."""

    @property
    def rows(self) -> slice:
        """Rows of the measures."""
        return slice(self.own, None)

    def gained(self, uses: Float) -> Float:
        """[..., M] changes against no promotion from uses [..., L + M], turned so that more is better."""
        return np.asarray((uses[..., self.rows] - self.nothing) * self.signs)

    def value(self, plans: Plan) -> Value:
        """Worth in the direction in force, uses with those of the measures, and stock, in float64."""
        found = super().value(plans)
        return found._replace(objective=self.gained(found.uses) @ self.weights)

    def weighed(self, objective_weight: float, prices: Float) -> Float:
        """[1 + L] weights in the priced direction in force: the direction is a reward on the measures' rows."""
        paid = prices.copy()
        sign = self.limits.sign[self.rows]
        paid[self.rows] -= objective_weight * self.weights * self.signs * sign
        return super().weighed(0.0, paid)


def _with_rows(model: Coefficients, limits: Limits, senses: Mapping[Measure, Sense]) -> Limits:
    """Limits with a row for each measure: at least its floor where more is better, at most it where less is."""
    functionals = tuple(measure_functional(model.grid, model.economics, measure, Scope()) for measure in senses)
    signs = np.array([-float(sense.sign) for sense in senses.values()])
    count = len(senses)
    none = np.full(count, np.nan)
    return replace(
        limits,
        records=(*limits.records, *(_record(measure, sense) for measure, sense in senses.items())),
        functionals=(*limits.functionals, *functionals),
        sign=np.append(limits.sign, signs),
        bound=np.append(limits.bound, signs * OPEN),
        past=np.append(limits.past, np.zeros(count)),
        scale=np.append(limits.scale, np.ones(count)),
        rounding=np.append(limits.rounding, np.zeros(count)),
        likely_rounding=np.append(limits.likely_rounding, np.zeros(count)),
        at_risk=np.append(limits.at_risk, none),
        rate=np.append(limits.rate, none),
        rate_parts=(*limits.rate_parts, *(None for _ in senses)),
    )


def _record(measure: Measure, sense: Sense) -> LimitRecord:
    return LimitRecord(
        id=f"{ORIGIN}:{measure.value}",
        name=None,
        measure=measure.value,
        sense="min" if sense is Sense.MAX else "max",
        bound=0.0,
        scope="everything",
        where=Scope(),
        share_of=None,
        at=None,
        origin=ORIGIN,
        at_risk=None,
        money_digits=0,
    )
