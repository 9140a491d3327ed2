"""The grid: a resolved scenario as index arrays. Where a plan may choose, and what it may choose there.

Letters: S segments, K products, T periods; P, Q, V, U choices of a slot (none included) in the four blocks
public, targeted, basket public, basket targeted. Choice 0 is always "none".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float, Int, Plan
from scenarios.choices import Choice, choices_of, told_apart
from scenarios.custom import per_use
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Offer, Product, Scenario, Segment
from scenarios.language.where import offered
from scenarios.language.words import BASKET, EVERYBODY, Layer

A = TypeVar("A")
Slots = TypeVar("Slots", bound=np.generic)


class Blocks(NamedTuple, Generic[A]):
    """One thing per block of slots, in the order in which a flat plan vector holds them."""

    public: A
    targeted: A
    basket_public: A
    basket_targeted: A


@dataclass(frozen=True, kw_only=True)
class Slot:
    """Where the plan chooses one offer or none, in indices; None stands for the basket or for everybody."""

    period: int
    product: int | None
    segment: int | None
    block: int


class LineError(ValueError):
    """A line that names no slot or no choice of the grid."""

    number: int = 0
    """Of several lines, which one it is, from 0."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """Index arrays of one resolved scenario."""

    scenario: Scenario
    segments: tuple[Segment, ...]
    products: tuple[Product, ...]
    choices: Blocks[tuple[Choice, ...]]
    """The choices after "none" of each block: choice c of a slot is ``choices.<block>[c - 1]``."""
    allowed: Blocks[Flag]
    """By ``applies_to``: [K, T, P], [S, K, T, Q], [T, V], [S, T, U]; "none" is always allowed."""
    rival_group: Int
    """[K] group number of rivals, -1 for a product without rivals."""
    custom: Mapping[str, Float] = field(default_factory=dict)
    """[K + 1, O] amount per use of every custom measure that a limit names; the last row is the basket."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """S, K, T."""
        return len(self.segments), len(self.products), self.scenario.horizon.periods

    @property
    def widths(self) -> Blocks[int]:
        """Choices of a slot, "none" included: P, Q, V, U."""
        return Blocks(*(len(choices) + 1 for choices in self.choices))

    @cached_property
    def slot_shapes(self) -> Blocks[tuple[int, ...]]:
        """Shapes of the four blocks of slots."""
        s, k, t = self.shape
        return Blocks((k, t), (s, k, t), (t,), (s, t))

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where each block starts in a flat plan vector; the last entry is the number of slots N."""
        sizes = [int(np.prod(shape)) for shape in self.slot_shapes]
        return tuple(int(x) for x in np.concatenate([[0], np.cumsum(sizes)]))

    @property
    def slots(self) -> int:
        """Number of slots N."""
        return self.offsets[-1]

    @property
    def width(self) -> int:
        """Largest number of choices of any slot."""
        return max(self.widths)

    @cached_property
    def allowed_flat(self) -> Flag:
        """[N, width] choices that ``applies_to`` allows."""
        flat = np.zeros((self.slots, self.width), dtype=bool)
        for block, table in enumerate(self.allowed):
            rows = table.reshape(-1, table.shape[-1])
            flat[self.offsets[block] : self.offsets[block + 1], : rows.shape[1]] = rows
        return flat

    @cached_property
    def segment_index(self) -> dict[str, int]:
        """Segment id to index."""
        return {segment.id: index for index, segment in enumerate(self.segments)}

    @cached_property
    def product_index(self) -> dict[str, int]:
        """Product id to index."""
        return {product.id: index for index, product in enumerate(self.products)}

    @cached_property
    def offer_index(self) -> dict[str, int]:
        """Offer id to index."""
        return {offer.id: index for index, offer in enumerate(self.scenario.offers)}

    def offer(self, name: str) -> Offer:
        """The offer of an id."""
        return self.scenario.offers[self.offer_index[name]]

    def row(self, product: str) -> int:
        """Index of a product; K for the basket, the row behind all products."""
        return len(self.products) if product == BASKET else self.product_index[product]

    def split(self, plan: NDArray[Slots]) -> Blocks[NDArray[Slots]]:
        """View a flat plan, or any table of slots [..., N], as its four blocks."""
        parts = (
            plan[..., self.offsets[b] : self.offsets[b + 1]].reshape(*plan.shape[:-1], *self.slot_shapes[b])
            for b in range(4)
        )
        return Blocks(*parts)

    def empty(self) -> NDArray[np.int8]:
        """The plan without any promotion."""
        return np.zeros(self.slots, dtype=np.int8)

    def slot(self, index: int) -> Slot:
        """What a flat slot index stands for."""
        block = int(np.searchsorted(self.offsets, index, side="right")) - 1
        place = [int(x) for x in np.unravel_index(index - self.offsets[block], self.slot_shapes[block])]
        segment = place[0] if block in (1, 3) else None
        return Slot(period=place[-1], product=place[-2] if block < 2 else None, segment=segment, block=block)

    def slot_number(self, slot: Slot) -> int:
        """Flat index of a slot."""
        place = tuple(i for i in (slot.segment, slot.product, slot.period) if i is not None)
        return self.offsets[slot.block] + int(np.ravel_multi_index(place, self.slot_shapes[slot.block]))

    def locate(self, line: PlanLine) -> tuple[Slot, int]:
        """Slot and choice of a line, whether ``applies_to`` allows it or not.

        Raises
        ------
        LineError
            Where the line names something that the grid does not hold.
        """
        if line.offer not in self.offer_index:
            raise LineError(f"no offer {line.offer!r}")
        offer_number = self.offer_index[line.offer]
        offer = self.scenario.offers[offer_number]
        if (line.product == BASKET) != offer.is_basket:
            raise LineError(f"offer {line.offer!r} is for {'baskets' if offer.is_basket else 'products'}")
        if line.product != BASKET and line.product not in self.product_index:
            raise LineError(f"no product {line.product!r}")
        public = offer.layer is Layer.PUBLIC
        if public != (line.segment == EVERYBODY):
            raise LineError(f"offer {line.offer!r} is {offer.layer.value}, the line names segment {line.segment!r}")
        if not public and line.segment not in self.segment_index:
            raise LineError(f"no segment {line.segment!r}")
        block = (0 if public else 1) + (2 if line.product == BASKET else 0)
        slot = Slot(
            period=self.scenario.horizon.period_of(line.date),
            product=None if line.product == BASKET else self.product_index[line.product],
            segment=None if public else self.segment_index[line.segment],
            block=block,
        )
        same = [number for number, choice in enumerate(self.choices[block], start=1) if choice.offer == offer_number]
        for key in ("coverage", "quantity"):
            wanted: float = getattr(line, key)
            levels = {getattr(self.choices[block][number - 1], key): None for number in same}
            same = [n for n in same if abs(getattr(self.choices[block][n - 1], key) - wanted) < 1e-9]
            if not same:
                known = ", ".join(f"{100 * level:g}%" for level in levels)
                raise LineError(f"offer {line.offer!r} has no {key} level {100 * wanted:g}%, only {known}")
        told = offer.told_in(self.scenario.horizon, slot.period)
        return slot, next((n for n in same if self.choices[block][n - 1].told == told), same[0])

    def lines(self, plan: Plan) -> tuple[PlanLine, ...]:
        """The lines of a flat plan, in slot order."""
        return tuple(self.line(int(index), int(plan[index])) for index in np.flatnonzero(plan))

    def line(self, index: int, choice: int) -> PlanLine:
        """One slot with its chosen offer as a line."""
        slot = self.slot(index)
        picked = self.choices[slot.block][choice - 1]
        return PlanLine(
            date=self.scenario.horizon.date_of(slot.period),
            product=BASKET if slot.product is None else self.products[slot.product].id,
            segment=EVERYBODY if slot.segment is None else self.segments[slot.segment].id,
            offer=self.scenario.offers[picked.offer].id,
            coverage=picked.coverage,
            quantity=picked.quantity,
        )

    def plan_of(self, lines: tuple[PlanLine, ...]) -> NDArray[np.int8]:
        """The flat plan of some lines.

        Raises
        ------
        LineError
            Where a line lies outside the horizon, names nothing of the grid, or repeats a slot.
        """
        plan = self.empty()
        for position, line in enumerate(lines):
            try:
                slot, choice = self.locate(line)
                if not (0 <= slot.period < self.shape[2]):
                    raise LineError(f"{line.date} lies outside the horizon")
                number = self.slot_number(slot)
                if plan[number]:
                    raise LineError(f"two lines for {line.product} and segment {line.segment} on {line.date}")
            except LineError as error:
                error.number = position
                raise
            plan[number] = choice
        return plan


def build_grid(scenario: Scenario, custom: Mapping[str, Float] | None = None) -> Grid:
    """Lay out the slots and choices of a resolved scenario (segments and products are lists, prices known).

    Parameters
    ----------
    custom
        Custom measures of the effect table, [S, K + 1, T, O] per use; `scenarios.custom` keeps those that
        limits name.

    Raises
    ------
    TypeError
        For a scenario whose segments or products are not read in.
    """
    segments, products = scenario.segments, scenario.products
    if not isinstance(segments, tuple) or not isinstance(products, tuple):
        raise TypeError("the grid needs a resolved scenario: segments and products read in")
    horizon = scenario.horizon
    chosen: list[list[Choice]] = [[], [], [], []]
    for number, offer in enumerate(scenario.offers):
        block = (0 if offer.layer is Layer.PUBLIC else 1) + (2 if offer.is_basket else 0)
        chosen[block] += choices_of(number, offer, horizon)
    choices = Blocks(*(tuple(block) for block in chosen))
    s, k, t = len(segments), len(products), horizon.periods
    tables = [
        np.ones((*shape, len(block) + 1), dtype=bool)
        for shape, block in zip(((k, t), (s, k, t), (t,), (s, t)), choices, strict=True)
    ]
    for block, options in enumerate(choices):
        for column, choice in enumerate(options, start=1):
            offer = scenario.offers[choice.offer]
            in_segment, in_product, in_period = offered(offer, segments, products, horizon)
            in_period = in_period & told_apart(choice, offer, horizon)
            axes = [*([in_segment] if block in (1, 3) else []), *([in_product] if block < 2 else []), in_period]
            tables[block][..., column] = reduce(np.logical_and.outer, axes)
    names = [product.rivals or product.category for product in products]
    shared = {name for name, count in Counter(names).items() if count > 1}
    numbers = {name: number for number, name in enumerate(dict.fromkeys(n for n in names if n in shared))}
    return Grid(
        scenario=scenario,
        segments=segments,
        products=products,
        choices=choices,
        allowed=Blocks(*tables),
        rival_group=np.array([numbers.get(name, -1) for name in names], dtype=np.int64),
        custom=per_use(scenario, custom or {}),
    )
