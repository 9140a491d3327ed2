"""Limits as the bound sees them: rows over functionals, with what no promotion uses and what rounding may hide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from constraints.limits.book import Limits
from scenarios.arrays import Float
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional
from scenarios.response.measures import objective_functional
from scenarios.response.totals import evaluate


@dataclass(frozen=True, kw_only=True, eq=False)
class LimitRows:
    """L limits over F functionals."""

    functionals: tuple[Functional, ...]
    """[F] the objective, then what the rows are sums of."""
    rows: Float
    """[L, F - 1] weights of the functionals after the first, times the limit's sign."""
    sign: Float
    """[L] +1 of a limit that is a most, -1 of a least."""
    bound: Float
    """[L] of the use; a bit wider than the limit's own, because the ledger sums rounded amounts, which may hide some of
    a true use."""
    empty: Float
    """[1 + L] objective and uses of no promotion."""
    offset: Float
    """[L] what a ratio counts from, such as ROI from the profit without promotions; 0 of other limits. It says nothing
    of how large a use is."""


def limit_rows(model: Coefficients, limits: Limits) -> LimitRows:
    """Lay out limits over those functionals that any of them uses."""
    used = np.flatnonzero(limits.mixture.any(axis=0))
    functionals = (objective_functional(model), *(limits.atoms[atom] for atom in used))
    nothing = np.array([float(evaluate(each, model, model.grid.empty(), np)) for each in functionals])
    weights = limits.mixture[:, used]
    return LimitRows(
        functionals=functionals,
        rows=limits.sign[:, None] * weights,
        sign=limits.sign,
        bound=limits.bound + limits.sign * limits.rounding,
        empty=np.concatenate([nothing[:1], weights @ nothing[1:]]),
        offset=np.where(np.isnan(limits.rate), 0.0, limits.bound),
    )
