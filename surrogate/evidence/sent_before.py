"""Whom past targeted offers went to, by segment: what they do to others is carried over, and no data shows it.

A retailer sends a coupon to whoever it wants back, or to whoever it knows well. By mechanic and segment it is kept what
share of the customers were ever sent one, and how many of the messages came after weeks without a purchase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from scenarios.arrays import Float, Int
from scenarios.language.words import Layer, Mechanic
from surrogate.data.events import Events
from surrogate.shelf.mechanics import PLURAL
from surrogate.stored_sizes import Holds

SECTION = "sent-before"
AWAY_WEEKS = 8
"""Weeks without a purchase from which on a customer counts as one who stays away."""
FEW = 0.10
"""Share of a segment's customers up to which few of them were ever sent anything."""
MOSTLY, APART = 0.8, 0.3
"""Share of the messages that went to customers of one kind from which on it is told, and how much larger it must be
than that kind's share of the segment."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SentBefore:
    """M mechanics that were sent, S segments; NaN where too few customers tell it."""

    mechanics: tuple[str, ...]
    ids: tuple[str, ...]
    sent: Annotated[Float, Holds(axes="M S", least=0, unknown=True)]
    """[M, S] share of the segment's customers who were ever sent one."""
    away: Annotated[Float, Holds(axes="M S", least=0, unknown=True)]
    """[M, S] share of these messages that came after `AWAY_WEEKS` weeks without a purchase, or more."""
    usual: Annotated[Float, Holds(axes="M S", least=0, unknown=True)]
    """[M, S] share of the segment's customers who had stayed away so long in the weeks of the messages."""

    def untold(self, mechanic: str, segment: str) -> bool:
        """Whether too few of a segment's customers were sent one to say anything of them, rather than nobody."""
        if mechanic not in self.mechanics or segment not in self.ids:
            return False
        row, place = self.mechanics.index(mechanic), self.ids.index(segment)
        sent, away = self.sent[row, place], self.away[row, place]
        return bool(np.isnan(sent) or (sent > FEW and np.isnan(away)))

    def doubt(self, mechanic: str, segment: str) -> str:
        """Return a clause on how those who were sent one differ from the segment; blank where it does not show."""
        if mechanic not in self.mechanics or segment not in self.ids:
            return ""
        row, place = self.mechanics.index(mechanic), self.ids.index(segment)
        what, sent = f"the data's {PLURAL[Mechanic(mechanic)]}", self.sent[row]
        if sent[place] <= FEW < np.nanmax(sent):
            most = int(np.nanargmax(sent))
            return f"{what} went to few of its customers, and to {sent[most]:.0%} of those of {self.ids[most]}"
        away, usual = float(self.away[row, place]), float(self.usual[row, place])
        if away >= MOSTLY and away - usual >= APART:
            kind = f"who had not bought for {AWAY_WEEKS} weeks or more"
            return f"there {what} went to customers {kind} ({away:.0%} of the messages, {usual:.0%} of its customers)"
        if 1 - away >= MOSTLY and usual - away >= APART:
            kind = f"who had bought in the last {AWAY_WEEKS} weeks"
            return (
                f"there {what} went to customers {kind} ({1 - away:.0%} of the messages, {1 - usual:.0%} of its "
                "customers)"
            )
        return ""


def sent_before(events: Events, customers: Int, label: Int, ids: tuple[str, ...], *, least: int) -> SentBefore | None:
    """Measure it on all messages of the data; None where none names a customer.

    Parameters
    ----------
    events
        Who was sent what, and when customers bought.
    customers
        [N] numbers of those that the segments were made of.
    label
        [N] segment of each.
    ids
        [S] of the segments.
    least
        Of fewer customers nothing is told.
    """
    sent = _messages(events)
    sent = sent[sent["customer"].isin(customers)]
    if sent.empty:
        return None
    mechanics = tuple(sorted(sent["mechanic"].unique()))
    owner = np.full(len(events.customers), -1)
    owner[customers] = label
    sent = _with_absences(events, sent.sort_values("week", ignore_index=True), owner, len(ids))
    rows = [_row(sent[(sent["mechanic"] == name).to_numpy()], owner, len(ids), least) for name in mechanics]
    shares = np.stack(rows, axis=1).round(2)
    return SentBefore(mechanics=mechanics, ids=ids, sent=shares[0], away=shares[1], usual=shares[2])


def _messages(events: Events) -> pd.DataFrame:
    """Return mechanic, customer, week: one row a customer, mechanic and week."""
    kinds = {name: offer.mechanic for name, offer in events.past_offers.items() if offer.layer == Layer.TARGETED}
    told = events.offers[((events.offers["customer"] >= 0) & events.offers["offer"].isin(list(kinds))).to_numpy()]
    first = events.coupons.groupby("campaign")["first_day"].min()
    mailed = events.mailings[events.mailings["campaign"].isin(first.index).to_numpy()]
    frames = [
        pd.DataFrame({
            "mechanic": told["offer"].map({name: str(Mechanic(kind).value) for name, kind in kinds.items()}),
            "customer": told["customer"].astype(np.int64),
            "day": told["first_day"].astype(np.int64),
        }),
        pd.DataFrame({
            "mechanic": Mechanic.COUPON.value,
            "customer": mailed["customer"].astype(np.int64),
            "day": mailed["campaign"].map(first).astype(np.int64),
        }),
    ]  # fmt: skip
    rows = pd.concat(frames, ignore_index=True)
    return rows.assign(week=(rows["day"] - 1) // 7).drop(columns="day").drop_duplicates(ignore_index=True)


def _with_absences(events: Events, sent: pd.DataFrame, owner: Int, segments: int) -> pd.DataFrame:
    """Add whether each customer had stayed away (1 or 0), and the share of its segment that had.

    Both are NaN for who had not bought yet, and in the first weeks of the data, in which nobody is known to stay away.
    """
    visits = events.visits.sort_values("week")
    week, who = visits["week"].to_numpy(dtype=np.int64), visits["customer"].to_numpy(dtype=np.int64)
    customer, at = (sent[name].to_numpy(dtype=np.int64) for name in ("customer", "week"))
    last, done = np.full(len(owner), -1), 0
    gone, usual = np.full((2, len(sent)), np.nan)
    for now in np.unique(at).tolist():
        until = int(np.searchsorted(week, now))
        last[who[done:until]], done = week[done:until], until  # in order of weeks, so the latest stands
        if not week.size or now - int(week[0]) <= AWAY_WEEKS:
            continue
        known, away = (last >= 0) & (owner >= 0), now - last > AWAY_WEEKS
        of_all = np.bincount(owner[known], minlength=segments)
        share = np.bincount(owner[known & away], minlength=segments) / np.maximum(of_all, 1)
        rows = slice(*np.searchsorted(at, [now, now + 1]))
        seen = known[customer[rows]]
        gone[rows] = np.where(seen, away[customer[rows]], np.nan)
        usual[rows] = np.where(seen, share[owner[customer[rows]]], np.nan)
    return sent.assign(gone=gone, usual=usual)


def _row(sent: pd.DataFrame, owner: Int, segments: int, least: int) -> tuple[Float, Float, Float]:
    """Return what one mechanic's messages tell of the segments [S], in shares."""
    size = np.maximum(np.bincount(owner[owner >= 0], minlength=segments), 1)
    reached = np.bincount(owner[sent["customer"].unique()], minlength=segments)
    few = reached <= FEW * size
    share = np.where(few & (reached < least), 0.0, reached / size)
    told = sent[sent["gone"].notna().to_numpy()]
    group = owner[told["customer"].to_numpy()]
    people = np.bincount(owner[told["customer"].unique()], minlength=segments)
    count = np.maximum(np.bincount(group, minlength=segments), 1)
    gone, usual = (
        np.where(people >= least, np.bincount(group, told[name].to_numpy(), segments) / count, np.nan)
        for name in ("gone", "usual")
    )
    return np.where(few | (reached >= least), share, np.nan), gone, usual
