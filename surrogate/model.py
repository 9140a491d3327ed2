"""The trained model: what scoring, explaining and evaluating need, and no customer.

Records here are what `surrogate.model_file` writes: a new field with a default value is saved and read by itself, and
so is a section (`surrogate.parts.pack`), which has a version of its own.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np

from scenarios.arrays import Float
from surrogate.effects.depths import DEPTH_CAP, DEPTH_KNOTS
from surrogate.effects.ensemble import Ensemble
from surrogate.effects.fading import SECTION as FADING
from surrogate.effects.fading import LearnedFading
from surrogate.effects.recent import RecentShelf
from surrogate.effects.season import LearnedSeason
from surrogate.parts import Section, unpack
from surrogate.people.anonymous_sales import SECTION as ANONYMOUS_SALES
from surrogate.people.anonymous_sales import AnonymousSales
from surrogate.people.learned_groups import LearnedGroups
from surrogate.people.own_segments import OWN, ListedBy
from surrogate.people.profile_axes import ProfileSpace
from surrogate.people.profiles import Scale
from surrogate.shelf.support import Support
from surrogate.stored_sizes import Holds

MODEL_FORMAT = "campaign-model/2"


@dataclass(frozen=True, kw_only=True)
class FeatureShares:
    """What a feature offer means in the data: the share of the stores with a display and with a mailer.

    Where the data tells no stores (`Model.by_store`), shares of the product's goods.
    """

    display: float
    mailer: float


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
    """By mechanic: share of usual units that a public bundle or gift takes along, where ``named`` has none; orders that
    use an offer on baskets for each that is usually large enough (more than 1 where customers top up); by ``sent
    MECHANIC`` the same of orders of customers whom one was sent to."""
    named: dict[str, float] = field(default_factory=dict)
    """By mechanic: share of the units sold while a public coupon, bundle or gift ran that were bought with it."""
    week_error: dict[str, float] = field(default_factory=dict)
    """By mechanic (``sent MECHANIC`` of targeted offers): standard error of a log lift that its weeks leave
    (`surrogate.evidence.uncertainty.few_weeks`)."""


LEAST_SEEN = 0.05
"""Points of a stretch of savings that have to be seen before its slope is a finding."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A trained surrogate.

    Raises
    ------
    ValueError
        For arrays of other sizes than the categories, and for what is no date.
    """

    source: str
    categories: Annotated[tuple[str, ...], Holds(axes="C")]
    """[C] product ids of the scenario that the data knows."""
    train_until: str
    test_until: str
    scale: Scale
    population: Annotated[Float, Holds(axes="F")]
    """[F] mean normalised features of all customers, for what a declared segment does not say."""
    ensemble: Ensemble
    groups: LearnedGroups
    recent: RecentShelf
    regular_price: Annotated[Float, Holds(axes="C", least=0)]
    """[C] regular price of the average package."""
    weekday_share: Annotated[Float, Holds(axes="C 7", least=0)]
    """[C, 7] share of a week's units by weekday, Monday first."""
    feature_offers: dict[str, FeatureShares]
    lift_sd: Annotated[float, Holds(axes="", least=0)]
    """Standard deviation of log(true lift / member's lift), calibrated on held-out weeks."""
    take_up_cv: Annotated[float, Holds(axes="", least=0)]
    seen: Annotated[Float, Holds(axes="C 3", least=0)]
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
    currency: str = ""
    """What the data's amounts are in, where its file says so."""
    asked_segments: int = 0
    """Number of segments that training was asked for, so that a test can ask for the same; 0 where the data decided."""
    support: Support | None = None
    """The promotions of the data, for distances from them."""
    lift_sd_by_distance: Annotated[float, Holds(axes="", least=0)] = 0.25
    """What a distance of 1 adds to ``lift_sd`` (as standard deviations add)."""
    weekly_noise: Annotated[float, Holds(axes="", least=0)] = 3.0
    """Variance over mean of weekly units of a segment in a category around their level."""
    offers: LearnedOffers | None = None
    """What declared past offers taught; None where the data file declares none."""
    season: LearnedSeason | None = None
    """Season and holidays; None where the data tells neither."""
    slope_error: tuple[float, ...] = ()
    """[C] standard deviation of what is unsure of each category's answer to log price, as its own weeks say
    (`surrogate.effects.own_weeks`); empty in older models, whose lifts are unsure by factors alone."""
    by_store: bool = True
    """Whether the data tells displays and mailers by store; True in older models, which do not say."""
    sections: dict[str, Section] = field(default_factory=dict)
    """Optional parts by name; their owners pack and unpack them (`surrogate.parts`)."""

    def __post_init__(self) -> None:
        for name in ("train_until", "test_until"):
            try:
                dt.date.fromisoformat(getattr(self, name))
            except ValueError:
                raise ValueError(f"{name}: a date is needed, got {getattr(self, name)}") from None
        if len(self.slope_error) not in (0, len(self.categories)):
            raise ValueError(f"slope_error: {len(self.categories)} values are needed, got {len(self.slope_error)}")

    @property
    def anonymous(self) -> AnonymousSales | None:
        """Sales without a customer; None where the data has none, or too few."""
        return unpack(self.sections[ANONYMOUS_SALES], AnonymousSales) if ANONYMOUS_SALES in self.sections else None

    @property
    def buyers(self) -> LearnedGroups:
        """The segments of customers, and after them sales without a customer, where the data has any."""
        anonymous = self.anonymous
        return self.groups if anonymous is None else anonymous.beside(self.groups)

    @property
    def fading(self) -> LearnedFading | None:
        """How levels fall after the data; None where they do not, and in older models, which do not say."""
        return unpack(self.sections[FADING], LearnedFading) if FADING in self.sections else None

    @property
    def unsure(self) -> Float:
        """[C] ``slope_error``, 0 where it was not told."""
        return np.array(self.slope_error) if self.slope_error else np.zeros(len(self.categories))

    @property
    def deepest(self) -> float:
        """Largest saving that purchases say something about: beyond it lifts go on as steeply as they last did.

        A slope that was seen for a few points only says next to nothing, so it counts as not seen.
        """
        ran = 0.0 if self.support is None else self.support.deepest
        known = max(float(self.seen[:, 0].max(initial=0.0)), ran)
        for knot in DEPTH_KNOTS:
            if knot < known < knot + LEAST_SEEN:
                return knot
        return known if known > 0 else DEPTH_CAP

    @property
    def smallest_group(self) -> int:
        """Customers of the smallest group that any figure of the model is about."""
        return int(self.groups.customers.min())

    @property
    def profile_space(self) -> ProfileSpace:
        """Profiles and segments: what places customers and compares segments."""
        groups = self.groups
        return ProfileSpace(
            scale=self.scale,
            weight=np.concatenate([np.asarray(net.profile, dtype=np.float64) for net in self.ensemble.networks]),
            ids=groups.ids,
            names=groups.names,
            customers=groups.customers,
            features=groups.features,
            raw=groups.raw,
            least_visits=groups.least_visits,
            stability=groups.stability,
            elsewhere=groups.elsewhere,
            own=unpack(self.sections[OWN], ListedBy).column if OWN in self.sections else "",
        )
