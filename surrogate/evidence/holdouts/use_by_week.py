"""How the use of a targeted offer is spread over the weeks of its run: most of it follows the message.

A run of which some weeks cannot be compared is measured in the others, which bring more or less than its mean week. The
till tells by how much: uses in the first, second and later weeks of runs that are as long and were never cut.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.words import Layer
from surrogate.data.events import Events
from surrogate.evidence.holdouts.cut_weeks import CutWeeks

LEAST_USES = 100.0
"""Uses in all runs of a length below which nothing is told."""


class UseByWeek:
    """Uses by mechanic, length of the run in weeks, and week of the run."""

    def __init__(self, events: Events, cuts: CutWeeks) -> None:
        self._mechanic = {name: each.mechanic for name, each in events.past_offers.items()}
        self._uses: dict[tuple[str, int], Float] = defaultdict(lambda: np.zeros(1))
        targeted = [name for name, each in events.past_offers.items() if Layer(each.layer) is Layer.TARGETED]
        rows = events.offers
        rows = rows[((rows["customer"] >= 0) & (rows["product"] >= 0) & rows["offer"].isin(targeted)).to_numpy()]
        if rows.empty or events.offer_sales.empty:
            return
        used = events.offer_sales.groupby(["run", "week"])["used"].sum()
        for run, own in rows.groupby("run"):
            if run not in used.index:
                continue
            offer, first, last = str(own["offer"].iloc[0]), int(own["first_day"].min()), int(own["last_day"].max())
            days, goods = np.arange(first, last + 1), dict.fromkeys(own["product"].unique().tolist(), 1.0)
            if cuts.free(days, offer, goods, np.zeros(0, dtype=np.int64)).mostly:
                continue
            week, count = (first - 1) // 7, (last - 1) // 7 - (first - 1) // 7 + 1
            told = used.loc[run].reindex(np.arange(week, week + count), fill_value=0.0).to_numpy(dtype=float)
            key = (self._mechanic[offer], count)
            self._uses[key] = self._uses[key] + told

    def beside_mean(self, offer: str, days: Int, first: int, last: int) -> float:
        """Return how much is used in the weeks of some days of a run, over its mean week; 1 where it is not told."""
        week, count = (first - 1) // 7, (last - 1) // 7 - (first - 1) // 7 + 1
        uses = self._uses.get((self._mechanic[offer], count), np.zeros(1))
        kept = np.unique((days - 1) // 7) - week
        if uses.size != count or not (uses.sum() >= LEAST_USES) or not uses[kept].sum() > 0:
            return 1.0
        return float(uses[kept].mean() / uses.mean())
