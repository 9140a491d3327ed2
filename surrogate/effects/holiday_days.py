"""How a holiday's week runs from day to day: its busiest day is told from the days before it.

The network sees weeks, so it knows what the seven days up to a holiday sell together. How they share that is counted,
over all past dates of the holiday and all goods together: what a product sells on each of them, against what weekdays
make of it, among days on which it is on the same offer, or on none. What a deal of some of these days sells is a lift,
which plans add by themselves, and no busy day. So units are a level of each product and offer, times the weekday's
share, times the day's factor, fitted by proportions in turn (Deming and Stephan, doi:10.1214/aoms/1177731829).
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float, Int
from surrogate.data.events import Events
from surrogate.digits import to_digits
from surrogate.effects.season import EVE_DAYS, Calendar

LEAST_UNITS = 200.0
"""Units on a holiday and days like it from which on days are told apart; so many are taken to run as weekdays do."""
_SAME = 0.04
"""Share off the price by which days of the same deal differ at most, from one to the next."""
_SHOWN = 0.1
"""Share of the stores that show goods, from which on they are on offer."""
_ROUNDS = 60


def holiday_days(
    events: Events, calendar: Calendar, categories: tuple[str, ...], weekday_share: Float
) -> dict[str, tuple[float, ...]]:
    """Return what each of the days up to a holiday sells over the mean of them, by name; the holiday itself is last.

    Parameters
    ----------
    categories
        Of the model.
    weekday_share
        Share of a week's units by category and weekday [C, 7], Monday first.

    Returns
    -------
    dict
        Seven factors whose mean, weighted by weekdays, is 1. Holidays of which too few units are known are absent.
    """
    found = {}
    for name, dates in calendar.holidays.items():
        weeks = [_one_week(events, date.toordinal(), categories, weekday_share) for date in dates]
        units, usual, alike = (np.concatenate([week[part] for week in weeks]) for part in range(3))
        compared = units * (alike == alike[:, -1:]) * ((alike == alike[:, -1:]).sum(axis=1, keepdims=True) > 1)
        if compared.sum() < LEAST_UNITS:
            continue
        found[name] = tuple(to_digits(_factors(units, usual, alike)).tolist())
    return found


def _factors(units: Float, usual: Float, alike: Int) -> Float:
    """Return the factors [7] of days.

    Parameters
    ----------
    units : [P, 7]
        Of each product and date.
    usual : [P, 7]
        The weekdays' shares.
    alike : int [P, 7]
        The first of the days on which the product was on the same offer.
    """
    row = np.arange(len(units))[:, None]

    def by_offer(values: Float) -> Float:
        total = np.zeros_like(values)
        np.add.at(total, (row, alike), values)
        return np.asarray(total[row, alike])

    several = by_offer(np.ones_like(units)) > 1
    units = units * several
    level, more = by_offer(units), LEAST_UNITS / EVE_DAYS
    weight = (level * usual / by_offer(usual)).sum(axis=0)
    factor = np.ones(EVE_DAYS)
    for _ in range(_ROUNDS):
        expected = level * usual / by_offer(usual * factor)
        factor = (units.sum(axis=0) + more) / ((expected * several).sum(axis=0) + more)
        factor *= weight.sum() / (weight * factor).sum()
    return factor


def _one_week(
    events: Events, holiday: int, categories: tuple[str, ...], weekday_share: Float
) -> tuple[Float, Float, Int]:
    """Units, weekdays' shares, and the first day on the same offer [P, 7] of products in the days up to a holiday."""
    first, daily = holiday - EVE_DAYS + 1, events.daily
    if daily.empty or first < daily["day"].min() or holiday > events.until.toordinal():
        return np.zeros((0, EVE_DAYS)), np.zeros((0, EVE_DAYS)), np.zeros((0, EVE_DAYS), dtype=np.int64)
    rows = daily[daily["day"].between(first, holiday) & (daily["quantity"] > 0)]
    products, place = np.unique(rows["product"].to_numpy(dtype=np.int64), return_inverse=True)
    day = rows["day"].to_numpy(dtype=np.int64) - first
    units, off = np.zeros((len(products), EVE_DAYS)), np.full((len(products), EVE_DAYS), np.nan)
    units[place, day] = rows["quantity"]
    off[place, day] = (rows["shelf_discount"] / np.maximum(rows["regular"], 1e-9)).to_numpy(dtype=float)
    offer = _ranks(_filled(off)) + EVE_DAYS * _runs(events, products, first)
    alike = (offer[:, :, None] == offer[:, None, :]).argmax(axis=2).astype(np.int64)
    number = {name: c for c, name in enumerate(categories)}
    category = events.products["category"].loc[products].map(number).to_numpy(dtype=np.int64)
    weekday = (np.arange(first, holiday + 1) - 1) % 7
    return units, weekday_share[category][:, weekday], alike


def _filled(off: Float) -> Float:
    """Shares off the price [P, 7] where days without a sale had that of the nearest day with one."""
    known = np.isfinite(off)
    apart = np.abs(np.arange(EVE_DAYS)[:, None] - np.arange(EVE_DAYS))
    nearest = np.where(known[:, None, :], apart[None], EVE_DAYS).argmin(axis=2)
    return np.take_along_axis(off, nearest, axis=1)


def _ranks(off: Float) -> Int:
    """Deals [P, 7] by their depth: a step between sorted depths begins another one."""
    order = np.argsort(off, axis=1, kind="stable")
    steps = np.diff(np.take_along_axis(off, order, axis=1), axis=1, prepend=0.0) > _SAME
    ranks = np.zeros(off.shape, dtype=np.int64)
    np.put_along_axis(ranks, order, np.cumsum(steps, axis=1), axis=1)
    return ranks


def _runs(events: Events, products: Int, first: int) -> Int:
    """Tell apart days [P, 7] on which other offers ran: displays, mailers, offers to everybody; or stock was out."""
    days = np.arange(first, first + EVE_DAYS)
    week = (days - 1) // 7
    marks, runs = events.promotions, events.offers
    shown = marks[marks[["display", "mailer"]].max(axis=1) >= _SHOWN] if len(marks) else marks
    there = [
        np.isin(products, table.loc[table["week"] == number, "product"])[:, None] & (week == number)
        for table in (shown, events.stock_outs)
        for number in np.unique(week)
    ]
    public = runs[(runs["customer"] < 0) & (runs["first_day"] <= days[-1]) & (runs["last_day"] >= first)]
    for (_, begun, ended), own in public.groupby(["offer", "first_day", "last_day"]):
        ran = np.isin(products, own["product"]) | bool((own["product"] < 0).any())
        there.append(ran[:, None] & (days >= begun) & (days <= ended))
    found = np.zeros((len(products), EVE_DAYS), dtype=np.int64)
    for each in there:
        if each.any():  # numbered anew every time: days are alike that have had all alike so far
            found = np.unique(2 * found + each, return_inverse=True)[1].reshape(found.shape)
    return found
