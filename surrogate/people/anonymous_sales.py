"""Sales without a customer as a model keeps them: a group of its own, whose buyers nobody knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from scenarios.arrays import Float
from scenarios.language.words import ANONYMOUS
from surrogate.people.learned_groups import LearnedGroups
from surrogate.stored_sizes import Holds

SECTION = "anonymous-sales"
"""Name of the model's section that holds them."""
NAME = "sales without a customer"
TOO_FEW = (
    "Sales without a customer are too few for a segment of their own (min_segment_size customers usually buy more): "
    "they count in prices and promotions, and no baseline holds them."
)


@dataclass(frozen=True, kw_only=True)
class Missed:
    """What forecasts of weeks that training did not see missed of these sales on promoted cells, as a share of units.

    NaN where none was sold under a promotion.
    """

    promoted: Annotated[float, Holds(axes="", least=0, unknown=True)]
    no_promotion: Annotated[float, Holds(axes="", least=0, unknown=True)]
    """Of a forecast that knows no promotion."""


@dataclass(frozen=True, kw_only=True, eq=False)
class AnonymousSales:
    """What is sold to whoever shows no card. E members, C categories."""

    alike: Annotated[int, Holds(axes="", least=1)]
    """No count of customers: so many known ones usually buy as much."""
    share: Annotated[float, Holds(axes="", least=0)]
    """Of all units of planned goods."""
    base: Annotated[Float, Holds(axes="E C", least=0)]
    """[E, C] units a week at the end of the data, nothing promoted."""
    base_cv: Annotated[Float, Holds(axes="C", least=0)]
    """[C] as `LearnedGroups.base_cv`."""
    orders: tuple[tuple[float, float, float], ...]
    """As `LearnedGroups.orders`; none where the rows tell no receipts."""
    planned: Annotated[float, Holds(axes="", least=0)] = 0.0
    """Share of what ``orders`` are worth that was paid for planned goods."""
    tested: Missed | None = None
    """What the held-out test missed of them; None in older models, whose test is of segments of customers alone."""

    def beside(self, groups: LearnedGroups) -> LearnedGroups:
        """Return segments of customers with these sales after them, of features that are all unknown."""
        width = groups.features.shape[1]
        return replace(
            groups,
            ids=(*groups.ids, ANONYMOUS),
            names=(*groups.names, NAME),
            customers=np.append(groups.customers, self.alike),
            features=np.vstack([groups.features, np.zeros(width)]),
            raw=np.vstack([groups.raw, np.full(width, np.nan)]),
            base=np.concatenate([groups.base, self.base[:, None]], axis=1),
            base_cv=np.vstack([groups.base_cv, self.base_cv]),
            orders=(*groups.orders, self.orders),
            planned=None if groups.planned is None else (*groups.planned, self.planned),
        )

    @property
    def note(self) -> str:
        """Say how much they are and how they are planned."""
        return (
            f"Sales without a customer are {self.share:.1%} of all units: a segment of their own, {ANONYMOUS}, which "
            f"public offers reach and targeted ones never. Who buys is not known: its {self.alike:,} customers are so "
            "many as usually buy as much."
        )
