"""What is odd in actuals, but usable: said as warnings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.arrays import Flag
from scenarios.first_few import first_few
from scenarios.flight.actuals import Actuals
from scenarios.flight.reading.beyond import sold_beyond_supply
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import BASKET, EVERYBODY
from scenarios.response.economics import price_of, units_per_use
from scenarios.supply import supply_of

_Key = tuple[int, str, int, int | None]
"""Period, product, offer and segment (None for everybody)."""
LEAST_OF_PRICE = 0.1
"""Revenue below this share of the regular price of the units is odd."""


def oddities(actuals: Actuals, otherwise: Sequence[str], *, cheap: Flag | None = None) -> tuple[str, ...]:
    """Return what a reader should know of actuals, as sentences.

    Parameters
    ----------
    otherwise
        From `ran_otherwise`; among the sentences.
    cheap
        [K, T] where goods that were nearly given away are named: not where revenue itself cannot be right. Left out,
        everywhere.
    """
    grid = actuals.grid
    found = []
    unseen = np.flatnonzero(~np.asarray(actuals.observed.any(axis=1)))
    unknown = [grid.products[k].id for k in unseen]
    if unknown:
        found.append(f"no sales are told of {_few(unknown)}: nothing is said of them")
    found += otherwise
    price = np.array([float(price_of(product)) for product in grid.products])[:, None]
    with np.errstate(invalid="ignore"):
        given = actuals.revenue_total < LEAST_OF_PRICE * price * actuals.units_total
    given &= True if cheap is None else cheap
    if given.any():
        names = [grid.products[k].id for k in np.flatnonzero(given.any(axis=1))]
        found.append(f"customers paid less than {LEAST_OF_PRICE:.0%} of the regular price for {_few(names)}")
    found += sold_beyond_supply(actuals)
    if actuals.has("uses"):
        found += _uses(actuals)
    found += _more_than_there_are(actuals)
    stock = actuals.stock_end
    if stock is not None:
        found += _stock(actuals)
    return tuple(found)


def _uses(actuals: Actuals) -> list[str]:
    """More uses on a product than its units can have been sold under."""
    grid = actuals.grid
    offers = [offer for offer in grid.scenario.offers if not offer.is_basket]
    layers = 2 if any(offer.stacks for offer in offers) else 1
    names = []
    for k, product in enumerate(grid.products):
        most = max((1.0 / units_per_use(offer, product) for offer in offers), default=0.0)
        with np.errstate(invalid="ignore"):
            if (actuals.of_everybody("uses")[k] > layers * most * actuals.units_total[k] + 0.5).any():
                names.append(product.id)
    whose = "their" if len(names) > 1 else "its"
    allowed = f"than {whose} units allow: a use is a benefit that a sale was granted"
    said = [f"more uses are told of {_few(names)} {allowed}"] if names else []
    return said + _uses_of_orders(actuals)


def _uses_of_orders(actuals: Actuals) -> list[str]:
    """More uses of offers on orders than there were orders, which count as one each."""
    grid = actuals.grid
    layers = 2 if any(offer.stacks for offer in grid.scenario.offers if offer.is_basket) else 1
    days = []
    for uses, orders in (
        (actuals.of_segments("uses")[:, -1], actuals.of_segments("units")[:, -1]),
        (actuals.of_everybody("uses")[-1:], actuals.of_everybody("units")[-1:]),
    ):
        with np.errstate(invalid="ignore"):
            days.append((uses > layers * orders + 0.5).any(axis=0))
    odd = np.flatnonzero(days[0] | days[1])
    if not odd.size:
        return []
    when = _few([str(grid.scenario.horizon.date_of(int(period))) for period in odd])
    return [f"more uses of offers on orders are told than there were orders ({when}): each order counts as one use"]


def _more_than_there_are(actuals: Actuals) -> list[str]:
    """Returns and complaints of more units than were sold so far, and more who unsubscribed than had a message."""
    sentences = []
    for part, whole, what in (
        ("returns", "units", "units were sold so far: write pieces, not money"),
        ("complaints", "units", "units were sold so far"),
        ("unsubscribes", "contacts", "messages were sent so far"),
    ):
        if not (actuals.has(part) and actuals.has(whole)):
            continue
        counted, of = actuals.of_everybody(part), actuals.of_everybody(whole)
        both = np.isfinite(counted) & np.isfinite(of)
        beyond = np.where(both, counted, 0.0).sum(axis=1) > np.where(both, of, 0.0).sum(axis=1)
        # Units of whole baskets are orders, which hold several pieces each.
        known = [product.id for product in actuals.grid.products] + ([BASKET] if whole == "contacts" else [])
        names = [name for name, odd in zip(known, beyond, strict=False) if odd]
        if names:
            sentences.append(f"more {part} are told of {_few(names)} than {what}")
    return sentences + _returns_of_other_rows(actuals)


def _returns_of_other_rows(actuals: Actuals) -> list[str]:
    """Rows that tell more returns than they sold units: returns are told of the day on which they arrived."""
    if not actuals.has("returns"):
        return []
    back, units = (actuals.tables[name][:, :, :-1] for name in ("returns", "units"))
    odd = np.isfinite(back) & np.isfinite(units) & (back > units)
    if not odd.any():
        return []
    names = [product.id for k, product in enumerate(actuals.grid.products) if odd[:, :, k].any()]
    rows = "1 row tells" if odd.sum() == 1 else f"{int(odd.sum()):,} rows tell"
    return [
        f"{rows} more returns than units ({_few(names)}): returns belong to the row of their sale, its day and offer, "
        "not to the day on which they arrive; rates by offer and day mean nothing otherwise"
    ]


def ran_otherwise(actuals: Actuals, lines: Sequence[PlanLine]) -> tuple[str, ...]:
    """Say where something else ran than the plan, once an offer and product; nothing where only sales are told."""
    if actuals.ran is None:
        return ()
    grid, horizon = actuals.grid, actuals.grid.scenario.horizon
    ran: set[_Key] = {
        (r.period, BASKET if r.product is None else grid.products[r.product].id, r.offer, r.segment)
        for r in actuals.ran
    }
    s = len(grid.segments)
    seen = {BASKET: np.asarray(np.isfinite(actuals.tables["units"][:, :, -1]).any(axis=(0, 1)))}
    seen |= {product.id: actuals.observed[k] for k, product in enumerate(grid.products)}
    split = {product.id: actuals.split[k] for k, product in enumerate(grid.products)}
    split[BASKET] = np.asarray(np.isfinite(actuals.tables["units"][:, :s, -1]).any(axis=(0, 1)))
    planned: set[_Key] = set()
    for line in lines:
        period = horizon.period_of(line.date)
        if not (0 <= period <= actuals.last) or line.offer not in grid.offer_index:
            continue
        if not seen.get(line.product, np.zeros(period + 1, dtype=bool))[period]:
            continue
        offer = grid.offer_index[line.offer]
        if not split[line.product][period]:
            planned.add((period, line.product, offer, None))
        elif line.segment == EVERYBODY:
            planned |= {(period, line.product, offer, number) for number in range(s)}
        else:
            planned.add((period, line.product, offer, grid.segment_index[line.segment]))
    return (
        *_told(grid, ran - planned, "ran and is not in the plan"),
        *_told(grid, planned - ran, "is in the plan and did not run"),
    )


def _told(grid: Grid, keys: set[_Key], what: str) -> list[str]:
    """One sentence an offer, product and set of segments; segments are named where some, not all, are meant."""
    whom: dict[tuple[str, int, int], set[int]] = {}
    for period, product, offer, segment in keys:
        named = whom.setdefault((product, offer, period), set())
        if segment is not None:
            named.add(segment)
    days: dict[tuple[str, int, tuple[int, ...]], list[int]] = {}
    for (product, offer, period), segments in whom.items():
        some = tuple(sorted(segments)) if len(segments) < len(grid.segments) else ()
        days.setdefault((product, offer, some), []).append(period)
    horizon = grid.scenario.horizon
    sentences = []
    for (product, offer, some), periods in sorted(days.items()):
        dates = [str(horizon.date_of(period)) for period in sorted(periods)]
        names = [grid.segments[number].id for number in some]
        who = f" for {' and '.join(names) if len(names) == 2 else _few(names)}" if names else ""
        sentences.append(
            f"ran differently from the plan: {grid.scenario.offers[offer].id} on {product}{who} {what}, {_few(dates)}"
        )
    return sentences


def _stock(actuals: Actuals) -> list[str]:
    """More stock left than the scenario had in all.

    A re-planning takes what went missing off the opening stock, so that stock-takes from before it seem too full.
    """
    grid, horizon, left = actuals.grid, actuals.grid.scenario.horizon, actuals.stock_end
    assert left is not None
    names, new = [], slice(actuals.settled_periods, None)
    for k, product in enumerate(grid.products):
        if product.stock is None:
            continue
        supply = supply_of(product, horizon)
        sold = np.nancumsum(actuals.units_total[k])
        with np.errstate(invalid="ignore"):
            if (left[k] > supply - sold)[new].any():
                names.append(product.id)
    if not names:
        return []
    money = grid.scenario.money
    back = any(money.returns_of(product) > 0 for product in grid.products if product.id in names)
    why = " (returned goods perhaps: the scenario's stock does not take them back)" if back else ""
    return [f"more stock is left than the scenario knows of: {_few(names)}{why}"]


def _few(words: Sequence[str]) -> str:
    return first_few(words)
