"""Use of public coupons, bundles and gifts by segment and category: the share of what sells meanwhile that names one.

One share for all goods and customers would be wrong for most of them; the shares of single segments and categories are
partly chance. They are pooled (`surrogate.evidence.pooled_uses`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from scenarios.arrays import Float, Int
from scenarios.language.words import ANONYMOUS, Mechanic
from surrogate.data.events import Events
from surrogate.digits import to_digits
from surrogate.evidence.pooled_uses import pooled_uses
from surrogate.shelf.named_shares import named_rows
from surrogate.shelf.past_offers import EVERYBODY
from surrogate.shelf.taken_shares import LEAST
from surrogate.stored_sizes import Holds

SECTION = {
    Mechanic.COUPON: "named-uses",
    Mechanic.BUNDLE: "named-uses-of-bundles",
    Mechanic.GIFT: "named-uses-of-gifts",
}
"""Names of the sections."""
LEAST_WEEKS = 4
"""Weeks of such offers in a category, beyond the one that its own share takes, that tell how weeks differ."""


@dataclass(frozen=True, kw_only=True, eq=False)
class NamedUses:
    """Shares of units sold under public offers of a kind bought with them. S segments, U with others, C goods."""

    ids: tuple[str, ...]
    """[S]"""
    share: Annotated[Float, Holds(axes="U C+1", least=0, below=1.0001)]
    """[U, C + 1]; the last row is of any other segment, the last column of any other category."""
    error: Annotated[Float, Holds(axes="U C+1", least=0)]
    """[U, C + 1] standard deviation of what the data leaves unsure."""
    weeks_cv: Annotated[float, Holds(axes="", least=0, unknown=True)]
    """By how much one week's share differs from another's, relative; NaN where too few weeks tell it."""

    def of(self, segments: tuple[str, ...], categories: Int) -> tuple[Float, Float]:
        """Return shares and errors [S, K] of segments and categories."""
        known = {name: place for place, name in enumerate(self.ids)}
        rows = np.array([known.get(name, len(self.ids)) for name in segments], dtype=np.int64)
        return self.share[np.ix_(rows, categories)], self.error[np.ix_(rows, categories)]


def named_uses(
    events: Events,
    categories: tuple[str, ...],
    customers: Int,
    label: Int,
    ids: tuple[str, ...],
    *,
    anonymous: bool,
    mechanic: Mechanic = Mechanic.COUPON,
) -> NamedUses | None:
    """Measure it; None where no row names such a public offer, or too little was sold while one ran.

    Parameters
    ----------
    events
        What was sold, and what ran.
    categories
        [C] as the model has them.
    customers
        [N] numbers of those that the segments were made of.
    label
        [N] segment of each.
    ids
        [S] of the segments.
    anonymous
        Whether sales without a customer are a segment, after those of customers.
    mechanic
        Kind of the offers.
    """
    sold = named_rows(events, mechanic)
    owner = np.full(len(events.customers) + 1, -1)
    owner[customers] = label
    owner[EVERYBODY] = len(ids) if anonymous else -1  # the last place
    place = {name: number for number, name in enumerate(categories)}
    category = events.products["category"].map(place).fillna(-1).to_numpy(dtype=np.int64)
    sold = sold.assign(
        segment=owner[sold["customer"].to_numpy(dtype=np.int64)],
        category=category[sold["product"].to_numpy(dtype=np.int64)],
    )
    sold = sold[((sold["segment"] >= 0) & (sold["category"] >= 0)).to_numpy()]
    if not (sold["used"].sum() > 0 and sold["quantity"].sum() >= LEAST):
        return None
    ids = (*ids, ANONYMOUS) if anonymous else ids
    shape = (len(ids), len(categories))
    units, used = (_cells(sold, sold[name].to_numpy(dtype=float), shape) for name in ("quantity", "used"))
    alike = pooled_uses(units, used, 1.0).share
    inflation = _inflation(sold, alike)
    found = pooled_uses(units, used, inflation)
    return NamedUses(
        ids=ids,
        share=to_digits(found.share),
        error=to_digits(found.error),
        weeks_cv=round(_weeks_cv(sold, found.share, inflation), 4),
    )


def _cells(sold: pd.DataFrame, values: Float, shape: tuple[int, int]) -> Float:
    """Sum values of rows to [S, C]."""
    cell = sold["segment"].to_numpy() * shape[1] + sold["category"].to_numpy()
    return np.asarray(np.bincount(cell, values, shape[0] * shape[1]), dtype=np.float64).reshape(shape)


def _inflation(sold: pd.DataFrame, share: Float) -> float:
    """Return how much more than single units' chance is in what customers, and weeks of a cell, use beyond ``share``.

    Who shows no card is nobody who could be told from others, and counts by weeks alone.
    """
    known = sold[(sold["customer"] != EVERYBODY).to_numpy()]
    return max(1.0, _excess(known, ["customer"], share), _excess(sold, ["segment", "category", "week"], share))


def _excess(sold: pd.DataFrame, by: list[str], share: Float) -> float:
    """Return the squares of what groups of rows used beyond the expected, over what single units' chance makes."""
    if sold.empty:
        return 1.0
    beyond, chance, _ = _beyond(sold, by, share)
    return float((beyond**2).sum() / max(float(chance.sum()), 1e-9))


def _weeks_cv(sold: pd.DataFrame, share: Float, inflation: float) -> float:
    """Return by how much shares of a category's weeks differ, relative, beyond the chance in them."""
    beyond, chance, expected = _beyond(sold, ["category", "week"], share)
    told = len(beyond) - sold["category"].nunique()
    if told < LEAST_WEEKS:
        return float("nan")
    squares = float((beyond**2).sum()) * len(beyond) / told
    return float(np.sqrt(max(squares - inflation * float(chance.sum()), 0.0) / float((expected**2).sum())))


def _beyond(sold: pd.DataFrame, by: list[str], share: Float) -> tuple[Float, Float, Float]:
    """Return by group of rows what was used beyond the expected, the variance of chance, and what was expected."""
    likely = share[sold["segment"].to_numpy(), sold["category"].to_numpy()]
    units = sold["quantity"].to_numpy(dtype=float)
    sums = sold[by].assign(used=sold["used"], expected=units * likely, chance=units * likely * (1.0 - likely))
    grouped = sums.groupby(by)[["used", "expected", "chance"]].sum()
    used, expected, chance = (grouped[name].to_numpy(dtype=float) for name in ("used", "expected", "chance"))
    return used - expected, chance, expected
