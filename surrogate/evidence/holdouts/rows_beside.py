"""How much of the days that lift tests of the data file name for an offer ran beside cuts of the shelf price.

Who made a test knows whether it left such days out; the data only knows that there were some.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.arrays import Int
from scenarios.language.words import Layer
from surrogate.data.events import Events
from surrogate.data.lift_tests import LiftTest
from surrogate.evidence.holdouts.cut_days import PARTLY, WEEK, CutDays
from surrogate.evidence.holdouts.public_days import EVERYTHING
from surrogate.evidence.holdouts.ran_beside import RanBeside


def rows_beside(tests: Sequence[LiftTest], events: Events, categories: tuple[str, ...]) -> dict[str, RanBeside]:
    """Return it by offer, of tests of targeted past offers that name their days.

    Parameters
    ----------
    tests
        Of the data file.
    events
        What was bought and promoted.
    categories
        Products of the scenario that the data knows.
    """
    targeted = {name for name, each in events.past_offers.items() if Layer(each.layer) is Layer.TARGETED}
    dated = [test for test in tests if test.offer in targeted and test.first_day is not None]
    found = dict[str, RanBeside]()
    if not dated or events.sales.empty:
        return found
    cuts, category = CutDays(events), events.products["category"].to_numpy()
    sold = events.sales["day"].to_numpy(dtype=np.int64)
    known = np.arange((sold.min() - 1) // WEEK * WEEK + 1, (sold.max() - 1) // WEEK * WEEK + WEEK + 1)
    for test in dated:
        offer = str(test.offer)
        for product in test.on or categories:
            among = np.flatnonzero(category == product)
            days = _days(test, offer, events, among, known)
            free = cuts.free(days, offer, {EVERYTHING: 1.0}, among, PARTLY)
            found[offer] = found.get(offer, RanBeside()).more(days.size, free.mostly, free.partly, counts=True)
    return found


def _days(test: LiftTest, offer: str, events: Events, among: Int, known: Int) -> Int:
    """Return the days of a test on which the offer ran on some products; all of them where the data tells of none."""
    if test.first_day is None or test.last_day is None:
        return known[:0]
    inside = known[(test.first_day.toordinal() <= known) & (known <= test.last_day.toordinal())]
    rows = events.offers[(events.offers["offer"] == offer).to_numpy()]
    rows = rows[rows["product"].isin([EVERYTHING, *among.tolist()]).to_numpy()]
    spans = rows[["first_day", "last_day"]].drop_duplicates().to_numpy(dtype=np.int64)
    ran = ((spans[:, :1] <= inside) & (inside <= spans[:, 1:])).any(axis=0)
    return inside[ran] if ran.any() else inside
