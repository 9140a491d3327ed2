"""How the use of a targeted offer is spread over its run: most of it follows the message.

A run of which some days cannot be compared is measured on the others, which bring more or less than its mean day. The
till tells by how much: uses by day of runs that are as long, on days without a cut, over what such weekdays usually
sell. Runs are scaled to each other (a fit of rows and columns, Deming and Stephan, 1940, doi:10.1214/aoms/1177731829),
so that those of which other days are missing tell together. A day that no run tells lies between the nearest two.
Where purchases tell no days apart, weeks stand in their place.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import pandas as pd

from scenarios.arrays import Float, Int
from scenarios.language.words import Layer
from surrogate.data.events import Events
from surrogate.evidence.holdouts.cut_days import PARTLY, WEEK, CutDays
from surrogate.evidence.holdouts.public_days import EVERYTHING
from surrogate.shelf.run_days import usual_days

LEAST_USES = 100.0
"""Uses in all runs of a length below which nothing is told."""
_ROUNDS = 50


class _Run(NamedTuple):
    """Uses of a run by place, a day or a week of it: [L]."""

    used: Float
    usual: Float
    """What is usually sold there, of those days on which nothing was cut; 0 where there is none."""


class UseByDay:
    """Uses by mechanic, length of the run, and place in it."""

    def __init__(self, events: Events, cuts: CutDays) -> None:
        self._mechanic = {name: each.mechanic for name, each in events.past_offers.items()}
        self._by_day, self._runs = cuts.by_day, dict[tuple[str, int], list[_Run]]()
        self._usual = np.full(WEEK, 1.0 / WEEK)
        targeted = [name for name, each in events.past_offers.items() if Layer(each.layer) is Layer.TARGETED]
        rows = events.offers
        public = rows[((rows["customer"] == EVERYTHING) & (rows["product"] >= 0)).to_numpy()]
        rows = rows[((rows["customer"] >= 0) & (rows["product"] >= 0) & rows["offer"].isin(targeted)).to_numpy()]
        if rows.empty or events.offer_sales.empty:
            return
        if self._by_day:
            self._usual = usual_days(events.daily, public)
        used = events.offer_sales.groupby(["run", "week"])["used"].sum()
        dated, found = _Dated(events), defaultdict[tuple[str, int], list[_Run]](list)
        for run, own in rows.groupby("run"):
            if run not in used.index:
                continue
            offer, first, last = str(own["offer"].iloc[0]), int(own["first_day"].min()), int(own["last_day"].max())
            days, goods = np.arange(first, last + 1), dict.fromkeys(own["product"].unique().tolist(), 1.0)
            left = np.isin(days, cuts.free(days, offer, goods, np.zeros(0, dtype=np.int64), PARTLY).days)
            week = (days - 1) // WEEK
            count = used.loc[run].reindex(np.unique(week), fill_value=0.0).to_numpy(dtype=float)
            spread = dated.of(offer, own, days) if self._by_day else np.zeros(days.size)
            spread = spread + 1e-9 * self._usual[(days - 1) % WEEK]
            at = week - week[0]
            own_used = count[at] * spread / np.bincount(at, spread)[at]
            place, usual = self._places(days), self._usual[(days - 1) % WEEK]
            found[self._mechanic[offer], int(place[-1])].append(
                _Run(*(np.bincount(place, each * left).astype(np.float64) for each in (own_used, usual)))
            )
        self._runs = dict(found)

    def beside_mean(self, offer: str, days: Int, first: int, last: int) -> float:
        """Return how much is used on some days of a run, over its mean day; 1 where it is not told."""
        every = np.arange(first, last + 1)
        place, usual = self._places(every), self._usual[(every - 1) % WEEK]
        rate = _rates(self._runs.get((self._mechanic[offer], int(place[-1])), []))
        if rate is None:
            return 1.0
        kept = np.isin(every, days)
        told = (rate[place] * usual)[kept].sum() / usual[kept].sum()
        mean = (rate[place] * usual).sum() / usual.sum()
        return float(told / mean) if told > 0 else 1.0

    def _places(self, days: Int) -> Int:
        return np.asarray(days - days[0] if self._by_day else (days - 1) // WEEK - (days[0] - 1) // WEEK)


class _Dated:
    """Uses by day, as sales with an offer tell them."""

    def __init__(self, events: Events) -> None:
        sales = events.sales
        self._told = bool((sales["offer"] >= 0).any())
        self._number = {name: number for number, name in enumerate(events.past_offers)}
        used = sales[(sales["offer"] >= 0).to_numpy() if self._told else (sales["coupon_discount"] > 0).to_numpy()]
        self._rows = used.sort_values("day", kind="stable")
        self._day = self._rows["day"].to_numpy(dtype=np.int64)

    def of(self, offer: str, own: pd.DataFrame, days: Int) -> Float:
        """Return units [D] bought with an offer on the days of a run, by those who were sent it."""
        rows = self._rows.iloc[slice(*np.searchsorted(self._day, [days[0], days[-1] + 1]))]
        mine = rows["product"].isin(own["product"]) & rows["customer"].isin(own["customer"])
        if self._told:
            mine &= rows["offer"] == self._number[offer]
        rows = rows[mine.to_numpy()]
        return np.bincount(rows["day"].to_numpy() - days[0], rows["quantity"], days.size).astype(np.float64)


def _rates(runs: list[_Run]) -> Float | None:
    """Return uses over what is usually sold [L], by place; None where too few are known."""
    if not runs:
        return None
    used, usual = (np.stack([each[field] for each in runs]) for field in (0, 1))
    seen = usual.sum(axis=0) > 0
    if not (used.sum() >= LEAST_USES and seen.any()):
        return None
    size, rate = np.ones(len(runs)), np.ones(seen.size)
    for _ in range(_ROUNDS):
        size = used.sum(axis=1) / np.maximum(usual @ rate, 1e-300)
        rate = used.sum(axis=0) / np.maximum(size @ usual, 1e-300)
    place = np.arange(seen.size)
    return np.asarray(np.interp(place, place[seen], rate[seen]))
