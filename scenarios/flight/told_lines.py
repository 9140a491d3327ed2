"""Lines of which the actuals tell that they ran; of the others the plan alone says so."""

from __future__ import annotations

import numpy as np

from scenarios.answer.cells import Account
from scenarios.answer.sums import Places
from scenarios.flight.actuals import Actuals
from scenarios.language.scope import Scope


def untold_lines(actuals: Actuals, ran: Account, scope: Scope) -> int:
    """Count the lines of a scope of which no row of the actuals tells: all of them where no offer is told.

    Parameters
    ----------
    ran
        The account of what ran, so far.
    """
    rows, own = ran.rows, Places(ran, scope).rows
    if actuals.ran is not None:
        told = np.asarray(np.isfinite(actuals.tables["units"]).any(axis=(0, 1)))
        own = own & ~told[rows.product, rows.period]
    return len(np.unique(rows.line[own]))
