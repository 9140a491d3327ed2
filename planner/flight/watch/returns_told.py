"""Returns as a running campaign tells them: beyond what the account assumes, of which products, and not complete yet.

Returns belong to the row of their sale: of the units that were sold there, so many have come back by now. So those of
the last days are always too few, and no rate of these days can be compared with the assumed one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.figures import count, money_style, share
from planner.flight.returned import beyond_sales, told_rows
from scenarios.arrays import Flag, Float
from scenarios.first_few import NAMED, and_more
from scenarios.flight.actuals import Actuals
from scenarios.response.economics import unit_cost_of
from surrogate.flight.measure.rates import rate_interval

CLEARLY = 4.0
"""Standard errors from which on a difference is clear: many offers and columns are looked at, every day."""
MORE = 1.25
"""Times as high as it should be, from which on a rate is worth a word."""
LATE = 0.5
"""Share of the earlier days' rate below which that of the last days is told late."""


def returns_beyond(actuals: Actuals) -> Iterator[str]:
    """Say where clearly more came back than the account assumes, and what its money leaves out for it."""
    if not actuals.has("returns"):
        return
    money, products = actuals.grid.scenario.money, actuals.grid.products
    rate, tax = (np.array([of(each) for each in products])[:, None] for of in (money.returns_of, money.tax_of))
    back, units, paid = (actuals.tables[name][..., :-1, :] for name in ("returns", "units", "revenue"))
    beyond_all = beyond_sales(actuals)
    if beyond_all.any():
        yield _of_other_sales(actuals, beyond_all)
    told = np.isfinite(back) & (np.nan_to_num(units) > 0) & ~beyond_all[:, None]
    came, sold = float(back[told].sum()), float(units[told].sum())
    assumed = float((rate * units)[told].sum()) / max(sold, 1.0)
    each_back, each_sold = (np.where(told, of, 0.0).sum(axis=(0, 1, 3)) for of in (back, units))
    # Of all that was sold it is a fact how much came back, however it scatters; only what is still to come is not.
    if not (sold > 0 and rate_interval(min(came, sold), sold)[0] > assumed and came > MORE * assumed * sold):
        if worst := _worst(actuals, each_back, each_sold, rate[:, 0], each_back):
            yield f"returns: more came back than the account assumes (return_rate) of {worst}"
        return
    beyond = np.where(told, back - rate * units, 0.0)
    price = np.divide(np.nan_to_num(paid), units, where=told, out=np.zeros_like(units))
    revenue = float((beyond * price / (1.0 + tax)).sum())
    unit_cost = np.array([float(unit_cost_of(product)) for product in products])
    back_cost = np.array([float(money.cost_of_return(product)) for product in products])
    cost = float(beyond.sum(axis=(0, 1, 3)) @ (unit_cost - back_cost))
    currency = actuals.grid.scenario.currency
    write = money_style(currency, [revenue])
    named = _worst(actuals, each_back, each_sold, rate[:, 0], (beyond * price).sum(axis=(0, 1, 3)))
    most = f"; most of it of {named}" if named else ""
    dear = ", what returns cost paid" if back_cost.any() else ""
    funded = any(offer.funders for offer in actuals.grid.scenario.offers)
    on_top = "; what vendors do not pay for it is on top of that (report: claims, by returns)" if funded else ""
    yield (
        f"returns: {share(came / sold)} of the units came back where they are told ({count(came)} of {count(sold)}), "
        f"and the account assumes {share(assumed)} (return_rate): its money does not include that, which takes about "
        f"{write(revenue)} {currency} off revenue and, unit costs given back{dear}, about {write(revenue - cost)} "
        f"{currency} off margin and profit{most}{on_top}"
    )


def _of_other_sales(actuals: Actuals, which: Flag) -> str:
    """Say of which products [K] more came back than was sold: no share of these sales."""
    back, sold = (each.sum(axis=(0, 1, 3)) for each in told_rows(actuals))
    found = np.flatnonzero(which).tolist()
    names = (f"{actuals.grid.products[k].id} ({count(back[k])} of {count(sold[k])})" for k in found[:NAMED])
    return (
        f"returns: more came back than was sold of {', '.join(names)}{and_more(len(found))}: left out of "
        "what is said of returns and of claims by returns; write each return into the row of its sale"
    )


def _worst(actuals: Actuals, back: Float, sold: Float, assumed: Float, weight: Float) -> str:
    """Name the products [K] of which clearly more came back than assumed, the weightiest first; empty for none."""
    rate = np.divide(back, sold, out=np.zeros_like(back), where=sold > 0)
    error = np.sqrt(np.maximum(assumed * (1.0 - assumed), 1e-4) / np.maximum(sold, 1.0))
    clear = (rate - assumed > CLEARLY * error) & (rate > MORE * assumed)
    order = [int(k) for k in np.argsort(-weight, kind="stable") if clear[k]]
    names = [
        f"{actuals.grid.products[k].id} ({share(rate[k], digits=0)} of {count(sold[k])}, "
        f"{share(assumed[k], digits=0)} assumed)"
        for k in order[:NAMED]
    ]
    return ", ".join(names) + and_more(len(order))


def told_late(actuals: Actuals) -> tuple[str, ...]:
    """Say since when returns are plainly not complete yet: far fewer came back of the last days than of others."""
    if not actuals.has("returns"):
        return ()
    back, units = (actuals.tables[name][..., :-1, :] for name in ("returns", "units"))
    told = np.isfinite(back) & (np.nan_to_num(units) > 0)
    came, sold = (np.where(told, of, 0.0).sum(axis=(0, 1, 2))[: actuals.last + 1] for of in (back, units))
    best: tuple[float, int] = (CLEARLY, -1)
    for since in range(1, len(sold)):
        before, after = sold[:since].sum(), sold[since:].sum()
        if not (before > 0 and after > 0):
            continue
        old, new = came[:since].sum() / before, came[since:].sum() / after
        pooled = came.sum() / sold.sum()
        error = float(np.sqrt(max(pooled * (1.0 - pooled), 1e-9) * (1.0 / before + 1.0 / after)))
        if new < LATE * old and (old - new) / error > best[0]:
            best = float((old - new) / error), since
    since = best[1]
    if since < 0:
        return ()
    old, new = came[:since].sum() / sold[:since].sum(), came[since:].sum() / sold[since:].sum()
    day = actuals.grid.scenario.horizon.date_of(since)
    rates = f"{share(float(new))} of their units so far, {share(float(old))} of those before"
    return (
        f"returns of sales since {day} are told late, not complete yet ({rates}): rates of offers that ran then are "
        "too low, and those of everything as well",
    )
