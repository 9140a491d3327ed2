"""The trained model: what scoring, explaining and evaluating need, and no customer.

Records here are what `surrogate.model_file` writes: a new field with a default value is saved and read by itself, and
so is a section (`surrogate.parts.pack`), which has a version of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from surrogate.effects.network import EffectNet
from surrogate.effects.season import LearnedSeason
from surrogate.parts import Section
from surrogate.people.profiles import Scale
from surrogate.shelf.support import Support

Float = NDArray[np.float64]

MODEL_FORMAT = "campaign-model/2"
HISTORY_WEEKS = 8
"""Weeks before the end of the data whose promotions are kept as history."""


@dataclass(frozen=True, kw_only=True)
class FeatureShares:
    """What a feature offer means in the data: the share of the stores with a display and with a mailer."""

    display: float
    mailer: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Ensemble:
    """Members of the ensemble. E members, I items, C categories."""

    networks: tuple[EffectNet, ...]
    item_response: Float
    """[E, I] log factor on each item's response."""
    item_weight: Float
    """[I] share of an item in its category's value."""
    item_category: NDArray[np.int64]
    """[I]"""


@dataclass(frozen=True, kw_only=True, eq=False)
class LearnedGroups:
    """Segments as learned. S segments, F features, E members, C categories."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    customers: NDArray[np.int64]
    """[S]"""
    features: Float
    """[S, F] mean normalised features."""
    raw: Float
    """[S, F] mean features in people's units; NaN where unknown."""
    base: Float
    """[E, S, C] units a week at the end of the data, nothing promoted."""
    base_cv: Float
    """[S, C] relative standard deviation of what the level forecast missed on held-out weeks."""
    orders: tuple[tuple[tuple[float, float, float], ...], ...]
    """By segment: (order value, orders a week, units an order) of each bin."""
    least_visits: float = 0.0
    """Customers with fewer visits a week show too little of themselves and are placed in ``rest``, where it exists."""
    stability: float = 1.0
    """Share in which the least stable segment comes back from resampled customers, 0 to 1."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RecentShelf:
    """The last weeks of the data. C categories, H weeks."""

    weeks: NDArray[np.int64]
    """[H] week numbers (`surrogate.data.weeks.week_of`)."""
    depth: Float
    """[C, H] one depth on the whole category that bumps it as its deals did."""
    display: Float
    """[C, H] share of the sales-weighted shelf and stores on display."""
    mailer: Float


@dataclass(frozen=True, kw_only=True)
class LearnedOffers:
    """What the declared past offers of the data were."""

    mechanics: tuple[str, ...]
    """Mechanics that ran."""
    used: tuple[str, ...]
    """Targeted mechanics whose use was seen in the purchases."""
    order: float
    """Typical order value, which savings on orders are measured against."""
    taken: dict[str, float] = field(default_factory=dict)
    """By mechanic: share of usual units that a public bundle takes along, share of large enough orders that use an
    offer on baskets; by ``sent MECHANIC`` the same of orders of customers whom one was sent to."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A trained surrogate."""

    source: str
    categories: tuple[str, ...]
    """[C] product ids of the scenario that the data knows."""
    train_until: str
    test_until: str
    scale: Scale
    population: Float
    """[F] mean normalised features of all customers, for what a declared segment does not say."""
    ensemble: Ensemble
    groups: LearnedGroups
    recent: RecentShelf
    regular_price: Float
    """[C] regular price of the average package."""
    weekday_share: Float
    """[C, 7] share of a week's units by weekday, Monday first."""
    feature_offers: dict[str, FeatureShares]
    lift_sd: float
    """Standard deviation of log(true lift / member's lift), calibrated on held-out weeks."""
    take_up_cv: float
    seen: Float
    """[C, 3] depth, display share and mailer share that 95 % of the promoted item weeks stay below."""
    accuracy: dict[str, float | str]
    notes: tuple[str, ...]
    cleaning: tuple[str, ...]
    data_hash: str
    seed: int
    versions: dict[str, str]
    kind: Literal["transactions"] = "transactions"
    min_segment_size: int = 50
    """Smallest group that training let into the model."""
    support: Support | None = None
    """The promotions of the data, for distances from them."""
    lift_sd_by_distance: float = 0.25
    """What a distance of 1 adds to ``lift_sd`` (as standard deviations add)."""
    weekly_noise: float = 3.0
    """Variance over mean of weekly units of a segment in a category around their level."""
    offers: LearnedOffers | None = None
    """What declared past offers taught; None where the data file declares none."""
    season: LearnedSeason | None = None
    """Season and holidays; None where the data tells neither."""
    sections: dict[str, Section] = field(default_factory=dict)
    """Optional parts by name; their owners pack and unpack them (`surrogate.parts`)."""

    @property
    def smallest_group(self) -> int:
        """Customers of the smallest group that any figure of the model is about."""
        return int(self.groups.customers.min())
