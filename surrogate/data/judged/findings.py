"""Findings: what a person should look at in data that is read all the same."""

from __future__ import annotations

import numpy as np

from scenarios.first_few import first_few
from surrogate.data.clean import COPIES, TWICE
from surrogate.data.events import Events
from surrogate.data.given_away import many_free
from surrogate.data.judged.discounted_prices import misread_discount
from surrogate.data.judged.last_week import cut_week
from surrogate.data.judged.taxed_prices import below_list_by_tax, taxed_discounts
from surrogate.data.weeks import monday_of

_CARD_SHARE = 0.10
_WEEKDAY_SHARE = 0.60
_TWICE_SHARE = 0.01
_THIN = 1 / 3
"""Share of a usual week's receipts that no holiday goes below."""
_LEAST_BASKETS = 30


def findings(events: Events) -> tuple[str, ...]:
    """Return sentences about gaps, one customer who is a crowd, repeats, discounts that look like shares or taxes."""
    checks = (_gaps, _thin, _cut, _crowd, _repeats, _free, _shares, _taxes, _weekdays)
    return tuple(said for check in checks for said in check(events))


def _gaps(events: Events) -> tuple[str, ...]:
    weeks = np.unique(events.visits["week"])
    missing = sorted(set(range(int(weeks[0]), int(weeks[-1]) + 1)) - set(weeks.tolist()))
    if not missing:
        return ()
    shown = first_few([str(monday_of(week)) for week in missing])
    said = "closed, or lost in the export? such weeks are left out of fit and tests"
    return (f"no purchase at all in the week of {shown}: {said}",)


def _thin(events: Events) -> tuple[str, ...]:
    weeks, place = np.unique(events.visits["week"], return_inverse=True)
    baskets = np.bincount(place, events.visits["baskets"])
    usual = float(np.median(baskets))
    thin = [(int(week), float(count)) for week, count in zip(weeks, baskets, strict=True) if count < _THIN * usual]
    if not thin or usual < _LEAST_BASKETS:
        return ()
    shown = first_few([f"{monday_of(week)} ({count / usual:.0%})" for week, count in thin])
    return (
        f"few receipts, against a usual week's, in the week of {shown}: is a part of the export missing? "
        "baselines follow the last weeks",
    )


def _cut(events: Events) -> tuple[str, ...]:
    cut = cut_week(events)
    if cut is None:
        return ()
    return (
        f"no purchase {cut.words}: closed, or an export that stops early? baselines start from this week; "
        f"test_until: {cut.whole_until} leaves it out",
    )


def _crowd(events: Events) -> tuple[str, ...]:
    baskets = np.bincount(events.visits["customer"], events.visits["baskets"])
    share = float(baskets.max() / max(baskets.sum(), 1.0))
    if not (share >= _CARD_SHARE and baskets.size > 20):
        return ()
    return (
        f"one customer holds {share:.0%} of all receipts: a card for everybody who has none? name its id "
        "in the data file, clean: {nobody: [ID]}, and its sales count as sales without a customer",
    )


def _repeats(events: Events) -> tuple[str, ...]:
    cleaning = events.cleaning
    whole = sum(count for what, count in cleaning.taken_for.items() if what.startswith(COPIES))
    twice, read = max(cleaning.dropped.get(TWICE, 0) - whole, 0), max(cleaning.read, 1)
    if not (twice / read >= _TWICE_SHARE):
        return ()
    others = ", copies of whole receipts left out," if whole else ""
    said = f"{twice / read:.1%} of the rows stood twice{others} and were dropped"
    return (f"{said}; if each scan at the till is a row of its own, write clean: {{duplicates: keep}}",)


def _free(events: Events) -> tuple[str, ...]:
    cleaning = events.cleaning
    return many_free(cleaning.dropped, cleaning.taken_for, max(cleaning.read, 1))


def _shares(events: Events) -> tuple[str, ...]:
    daily = events.daily
    price = float((daily["regular"] / daily["quantity"]).median())
    out = []
    for name in ("shelf_discount", "coupon_discount"):
        each = (daily[name] / daily["quantity"]).max()
        if 0 < each <= 1 and price > 10:
            out.append(f"{name} is never above 1 a unit although prices are around {price:.0f}: amounts, or shares?")
    return tuple(out) or misread_discount(daily)


def _taxes(events: Events) -> tuple[str, ...]:
    below = below_list_by_tax(events.daily)
    if below is None:
        return taxed_discounts(events.daily)
    return (
        f"{below.said}: write both with tax, or both without; where shelf prices are always cut so, lifts are told "
        "beside these prices, and the depths of offers from the regular one",
    )


def _weekdays(events: Events) -> tuple[str, ...]:
    weekday = ((events.daily["day"] - 1) % 7).to_numpy()
    units = np.bincount(weekday, events.daily["quantity"], 7)
    share = float(units.max() / max(units.sum(), 1e-12))
    if not (share >= _WEEKDAY_SHARE):
        return ()
    names = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
    day = names[int(units.argmax())]
    return (f"{share:.0%} of all units were bought on {day}: is the time the day of the purchase, or of a report?",)
