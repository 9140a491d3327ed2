"""What customers who were kept out, and messages that were not sent, take off a plan's own account.

There targeted offers reach everybody whom they were planned for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.answer.archive import Frozen
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.currency import price_text
from scenarios.flight.messages.kept_out import kept_out_before
from scenarios.flight.realised import Realised
from scenarios.flight.sent import sent_shares
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import build_coefficients


def less_reach(frozen: Frozen, plan: NDArray[np.int8], realised: Realised, kept_out: NDArray[np.float64]) -> str:
    """Say by how much profit what is expected differs from the folder's account; nothing where offers reach as planned.

    Parameters
    ----------
    plan
        The flat plan [N].
    kept_out : [S]
        Share of each segment that was kept out. Of a re-planned folder the account reckons with it already.
    """
    known = 0 if frozen.flight is None else frozen.flight.known_periods
    otherwise = bool((sent_shares(realised.actuals, plan)[:, :, known:] != 1.0).any())
    if not (kept_out.any() or otherwise):
        return ""
    grid, currency = realised.actuals.grid, frozen.scenario.currency
    told, whom = "expected reckons with", "everybody"
    if kept_out.any():
        told = f"{told} the customers who were kept out of targeted offers"
    if otherwise:
        told, whom = f"{told}{' and' if kept_out.any() else ''} the messages that were sent", "as many as planned"
    model = build_coefficients(grid, frozen.effects, frozen.baskets)
    whole = account(model, plan).up_to(realised.actuals.last + 1)
    expected = round(realised.planned(Measure.PROFIT, Scope()) * 10**whole.digits)
    profit = measured(whole, Measure.PROFIT, Scope()) - expected
    if not profit and otherwise:
        return f"{told}, which take no profit off the plan"
    if not profit:
        again = kept_out_before(frozen, grid).any()
        return (
            f"{told}, {'as the account of the re-planned folder does' if again else 'who take no profit off the plan'}"
        )
    own, off = (
        price_text(amount / 10**whole.digits, currency, grouped=True)
        for amount in (measured(whole, Measure.PROFIT, Scope()), abs(profit))
    )
    more = "more" if profit >= 0 else "less"
    return f"{told}: the plan's own account, whose offers reach {whom}, has {off} {currency} {more} profit ({own})"
