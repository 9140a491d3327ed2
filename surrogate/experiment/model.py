"""The record of a model learned from an experiment: networks, what was tried, and groups. No customer is in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.words import Layer, Mechanic
from surrogate.experiment.fitted.network import UpliftNet
from surrogate.experiment.prepared.features import Encoder
from surrogate.parts import Section
from surrogate.stored_sizes import Holds


@dataclass(frozen=True, kw_only=True)
class TriedOffer:
    """An offer of the experiment."""

    id: str
    mechanic: Mechanic
    layer: Layer
    saving: float
    """Share of what is bought."""
    written: dict[str, str]
    """Its parameters as they stand in the data file, by name."""
    customers: int
    take_up: float
    """Share of base units sold under the offer."""
    take_up_seen: bool
    """Whether redemptions taught it; otherwise every unit is taken to be sold under the offer."""
    take_up_cv: float = 0.30
    """Relative standard deviation of a take-up that redemptions taught."""


@dataclass(frozen=True, kw_only=True)
class SoldProduct:
    """How a scenario's product is sold in the experiment."""

    outcome: str
    units: float
    """Units that an outcome of 1 stands for."""
    price: float | None


@dataclass(frozen=True, kw_only=True, eq=False)
class OutcomeModel:
    """What was learned about one outcome. E members, G groups."""

    binary: bool
    scale: Annotated[float, Holds(axes="")]
    """Outcome that the networks' 1 stands for."""
    networks: Annotated[tuple[UpliftNet, ...], Holds(axes="E")]
    base: Annotated[Float, Holds(axes="E G")]
    """[E, G] mean outcome of a customer without offer."""
    lift_sd: Annotated[float, Holds(axes="", least=0, below=1e6)]
    """Standard deviation of log(true lift / member's lift) for drift between the experiment and a campaign."""
    answer: float
    """Width of the answer's differences that cross-fitting chose, along features."""
    answer_hidden: float
    """The same along hidden units."""
    lift_miss: Annotated[float, Holds(axes="", least=0, below=1e6)] = 0.0
    """Standard deviation of what lifts miss beyond the members' spread whatever their size: points of lift."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ExperimentGroups:
    """Segments, and the finer groups that they are made of. S segments, G groups, F features."""

    ids: Annotated[tuple[str, ...], Holds(axes="S")]
    names: Annotated[tuple[str, ...], Holds(axes="S")]
    customers: Annotated[Int, Holds(axes="S", least=1, below=1e12)]
    """[S]"""
    stability: float
    """Overlap in which even the least stable segment comes back from resampled customers."""
    features: Annotated[Float, Holds(axes="G F")]
    """[G, F] mean X of the groups, blurred by their size."""
    population: Annotated[Float, Holds(axes="F")]
    """[F] mean X of all customers, blurred: for what a declared segment does not say."""
    raw: Annotated[Float, Holds(axes="S F", unknown=True)]
    """[S, F] mean features of the segments, in people's units; NaN where unknown."""
    share: Annotated[Float, Holds(axes="S G", least=0)]
    """[S, G] share of a segment's customers in each group; rows sum to 1."""

    def scaled(self, factor: float) -> ExperimentGroups:
        """Return the groups for ``factor`` times as many customers, the experiment being a sample of them."""
        return replace(self, customers=np.round(self.customers * factor).astype(np.int64))


@dataclass(frozen=True, kw_only=True, eq=False)
class ExperimentModel:
    """A model learned from an experiment.

    Raises
    ------
    ValueError
        For a product whose outcome the model does not have.
    """

    source: str
    encoder: Encoder
    mechanics: Annotated[tuple[Mechanic, ...], Holds(axes="M")]
    """Mechanics in the order of the networks."""
    offers: tuple[TriedOffer, ...]
    products: dict[str, SoldProduct]
    outcomes: dict[str, OutcomeModel]
    groups: ExperimentGroups
    days: int
    """Days that an outcome spans."""
    order: float | None
    """Value of the average order, for savings on orders."""
    randomised: bool
    """Whether chance explains all differences between the arms."""
    accuracy: dict[str, float | str]
    notes: tuple[str, ...]
    cleaning: tuple[str, ...]
    data_hash: str
    seed: int
    versions: dict[str, str]
    smallest_group: int
    kind: Literal["experiment"] = "experiment"
    sections: dict[str, Section] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, product in self.products.items():
            if product.outcome not in self.outcomes:
                raise ValueError(f"products.{name}: an outcome of the model is needed, got {product.outcome}")
