"""The ensemble: members differ in their start and in how much each shelf item and month weighs (Bayesian bootstrap)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

import jax
import numpy as np

from scenarios.arrays import Float, Int
from scenarios.streams import stream
from surrogate.digits import WEIGHT_DIGITS, to_digits
from surrogate.effects.demand import Nuisance, assemble
from surrogate.effects.fit import FitParams, Member, fit_member
from surrogate.effects.lives import first_life
from surrogate.effects.network import EffectNet, new_network
from surrogate.effects.own_weeks import TYPICAL_SLOPE, OwnSlopes
from surrogate.effects.spans import FitCells
from surrogate.parts import take_apart
from surrogate.shelf.cells import Shelf
from surrogate.stored_sizes import Holds
from surrogate.unfinished import NOTHING_KEPT, Unfinished

_MONTH_WEEKS = 4
_PARTS = ("network", "nuisance")
"""Files of a member of an unfinished training."""
_FACTORS = (0.05, 3.0)
"""Bounds of the factors that categories start at."""


@dataclass(frozen=True, kw_only=True)
class EnsembleParams:
    """Size of the ensemble and of its members.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    members: int = 5
    groups: int = 12
    """Fine groups of customers that members are fitted on."""
    profile: int = 6
    embedding: int = 4
    hidden: int = 16
    fit: FitParams = field(default_factory=FitParams)
    offer_groups: int = 24
    """Fine groups where past offers are declared: who was told what tells customers apart more finely."""
    offer_steps: int = 320
    """Steps there: mechanics have more weights of their own."""

    def __post_init__(self) -> None:
        sizes = (self.members, self.groups, self.profile, self.embedding, self.hidden)
        if not (min(*sizes, self.offer_groups, self.offer_steps) >= 1):
            raise ValueError("members, groups, profile, embedding, hidden and offer_* must be at least 1")

    def with_offers(self) -> EnsembleParams:
        """Return the sizes for data with declared past offers."""
        return replace(self, groups=self.offer_groups, fit=replace(self.fit, steps=self.offer_steps))


@dataclass(frozen=True, kw_only=True, eq=False)
class Ensemble:
    """Members of the ensemble. E members, I items, C categories."""

    networks: Annotated[tuple[EffectNet, ...], Holds(axes="E")]
    item_response: Annotated[Float, Holds(axes="E I")]
    """[E, I] log factor on each item's response."""
    item_weight: Annotated[Float, Holds(axes="I", least=0)]
    """[I] share of an item in its category's value."""
    item_category: Annotated[Int, Holds(axes="I", least=0, below="C")]
    """[I]"""

    @classmethod
    def of(cls, members: tuple[Member, ...], shelf: Shelf) -> Ensemble:
        """Return what is kept of fitted members: their networks, and how each item of the shelf responds."""
        return cls(
            networks=tuple(net for net, _ in members),
            item_response=np.stack([nuisance.response for _, nuisance in members]),
            item_weight=shelf.weight,
            item_category=shelf.category,
        )


def fit_ensemble(
    cells: FitCells,
    shelf: Shelf,
    params: EnsembleParams,
    seed: int,
    tick: Callable[[str, float], None],
    *,
    seen: int,
    own: OwnSlopes,
    unfinished: Unfinished = NOTHING_KEPT,
) -> tuple[Member, ...]:
    """Fit every member from a fresh start on the first ``seen`` weeks of the shelf; the others have no weight.

    Categories start where their ``own`` weeks are. Members that an ``unfinished`` training fitted are taken from it.
    """
    categories, weeks = len(shelf.categories), shelf.weeks.size
    columns = 0 if shelf.calendar is None else shelf.calendar.shape[1]
    sold = cells.units[:, :, :seen].sum(axis=(0, 2)) + 0.5
    total = np.bincount(shelf.category, sold, categories)
    customers = float(cells.customers.sum(axis=1)[cells.span[:seen]].sum())
    spans, groups = cells.customers.shape
    slope, _ = own.shrunk(params.fit.own_response)
    response = np.log(np.clip(slope / TYPICAL_SLOPE, *_FACTORS))[shelf.category]
    starts = []
    for number in range(params.members):
        net = new_network(
            stream(seed, "network", str(number)),
            features=cells.features.shape[-1],
            categories=categories,
            log_rate=np.log(0.8 * total / customers),
            profile=params.profile,
            embedding=params.embedding,
            hidden=params.hidden,
        )
        nuisance = Nuisance(
            item=np.log(sold / total[shelf.category]),
            response=response,
            group=np.zeros((spans, groups, categories)),
            span=np.zeros(spans),
            common=np.zeros(weeks),
            category=np.zeros((categories, weeks)),
            year=np.zeros(columns),
            season=np.zeros((categories, columns)),
            life=first_life(shelf),
        )
        starts.append((net, nuisance))
    return _fit_all(tuple(starts), cells, shelf, params, seed, tick, seen, unfinished)


def refit_ensemble(
    members: tuple[Member, ...],
    cells: FitCells,
    shelf: Shelf,
    params: EnsembleParams,
    seed: int,
    tick: Callable[[str, float], None],
) -> tuple[Member, ...]:
    """Fit every member again from where it stands, on all weeks of the shelf, with smaller steps."""
    weeks = shelf.weeks.size
    spans = len(cells.customers)
    starts = tuple((net, nuisance.until(weeks).spans(spans)) for net, nuisance in members)
    gentle = replace(params, fit=replace(params.fit, learning_rate=params.fit.learning_rate / 3))
    return _fit_all(starts, cells, shelf, gentle, seed, tick, weeks)


def _fit_all(
    starts: tuple[Member, ...],
    cells: FitCells,
    shelf: Shelf,
    params: EnsembleParams,
    seed: int,
    tick: Callable[[str, float], None],
    seen: int,
    unfinished: Unfinished = NOTHING_KEPT,
) -> tuple[Member, ...]:
    members = []
    with jax.enable_x64(True):
        for number, start in enumerate(starts):

            def hear(share: float, number: int = number) -> None:
                tick(f"network {number + 1} of {len(starts)}", (number + share) / len(starts))

            def fitted(number: int = number, start: Member = start, hear: Callable[[float], None] = hear) -> Member:
                weight = _bootstrap(shelf, stream(seed, "bootstrap weights", str(number)))
                weight[:, seen:] = 0.0
                weight *= shelf.counted
                data = assemble(
                    shelf,
                    cells.units,
                    cells.features,
                    cells.customers,
                    coupons=cells.coupons,
                    deals=cells.deals,
                    row_weight=weight,
                    apart=True,
                    days=cells.days,
                    span=cells.span,
                    coupon_span=cells.coupon_span,
                )
                found = fit_member(start, data, params.fit, hear)
                net, nuisance = jax.tree.map(lambda leaf: to_digits(np.asarray(leaf), WEIGHT_DIGITS), found)
                return net, nuisance.until(seen).spans(int(cells.span[seen - 1]) + 1)

            hear(0.0)
            name = f"network-{number}-of-{len(starts)}-seed-{seed}"
            members.append(unfinished.part(name, fitted, write=_write_member, read=_read_member))
    return tuple(members)


def _write_member(member: Member, folder: Path) -> None:
    for name, part in zip(_PARTS, member, strict=True):
        arrays: dict[str, Any] = take_apart(part)[1]
        np.savez(folder / f"{name}.npz", **arrays)


def _read_member(folder: Path) -> Member:
    net, nuisance = (dict(np.load(folder / f"{name}.npz", allow_pickle=False)) for name in _PARTS)
    return EffectNet(**net), Nuisance(**nuisance)


def _bootstrap(shelf: Shelf, rng: np.random.Generator) -> Float:
    """Return weights [I, T] with mean 1: exponential by item and by block of four weeks, softened by a half."""
    item = 0.5 + 0.5 * rng.exponential(size=len(shelf.names))
    block = 0.5 + 0.5 * rng.exponential(size=shelf.weeks.size // _MONTH_WEEKS + 1)
    weight = item[:, None] * np.repeat(block, _MONTH_WEEKS)[None, : shelf.weeks.size]
    return np.asarray(weight / weight.mean())
