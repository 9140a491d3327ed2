"""Shelf prices: what everybody pays for a product under a public price cut. Shared by price_ladder and reference_price.

A shelf price is cut by a public price_discount or flash_sale; coupons, gifts, bundles and whatever goes to chosen
segments leave it as it is. It is the price on the tag (`constraints.rules.tags`). Past cuts count at today's regular
price; days of which the history says nothing had the regular price.
"""

from __future__ import annotations

import numpy as np

from constraints.rules.forms import Entries
from constraints.rules.lines import RuleLine
from constraints.rules.open_days import opened_periods
from constraints.rules.paid import TOLERANCE
from constraints.rules.tags import tag
from scenarios.arrays import Flag, Float, Int
from scenarios.grid import Grid
from scenarios.language.schema import Offer, Product
from scenarios.language.words import Layer
from scenarios.response.economics import PRICE_MECHANICS, price_of, saving_per_unit

Shelf = dict[int, dict[int, RuleLine]]
"""Public price cuts by product and period, past ones with periods below 0."""


def cuts(offer: Offer, product: Product, code: str) -> bool:
    """Whether an offer cuts the shelf price of a product."""
    return (
        offer.layer is Layer.PUBLIC
        and offer.mechanic in PRICE_MECHANICS
        and below(shelf_price(offer, product, code), float(price_of(product)))
    )


def shelf_price(offer: Offer, product: Product, code: str) -> float:
    """What the tag shows under a price cut, tax included."""
    price = float(price_of(product))
    return float(tag(price - saving_per_unit(offer, product, price), code))


def price_under(line: RuleLine | None, product: Product, code: str) -> float:
    """Shelf price under a cut, or the regular one without."""
    return float(price_of(product)) if line is None or line.offer is None else shelf_price(line.offer, product, code)


def below(price: float, other: float) -> bool:
    """Whether a price is lower than another by more than rounding."""
    return price < other * (1 - TOLERANCE)


def shelf(grid: Grid, lines: tuple[RuleLine, ...]) -> Shelf:
    """Sort the lines that cut shelf prices; of two on one past day the deeper counts."""
    found: Shelf = {}
    code = grid.scenario.currency
    for line in lines:
        if line.product is None or line.offer is None or not cuts(line.offer, grid.products[line.product], code):
            continue
        product = grid.products[line.product]
        here = found.setdefault(line.product, {})
        other = here.get(line.period)
        if other is None or price_under(line, product, code) < price_under(other, product, code):
            here[line.period] = line
    return found


def choice_prices(grid: Grid, product: int) -> Float:
    """[width] shelf price under each choice of a product's public slots; the regular price where none is cut."""
    good, code = grid.products[product], grid.scenario.currency
    prices = np.full(grid.width, float(price_of(good)))
    for number, choice in enumerate(grid.choices.public, start=1):
        offer = grid.scenario.offers[choice.offer]
        if cuts(offer, good, code):
            prices[number] = shelf_price(offer, good, code)
    return prices


def public_slots(grid: Grid, product: int) -> Int:
    """[T] flat numbers of a product's public slots."""
    periods = grid.shape[2]
    return np.arange(product * periods, (product + 1) * periods)


def cut_choices(grid: Grid, product: int) -> Flag:
    """[width] choices of a product's public slots that cut its price."""
    found = np.zeros(grid.width, dtype=bool)
    for number, choice in enumerate(grid.choices.public, start=1):
        found[number] = cuts(grid.scenario.offers[choice.offer], grid.products[product], grid.scenario.currency)
    return found


def levels(prices: Float) -> list[float]:
    """Different prices, those that differ by rounding once, from the highest down."""
    found: list[float] = []
    for price in sorted(prices.tolist(), reverse=True):
        if not found or below(price, found[-1]):
            found.append(price)
    return found


def level_letters(grid: Grid, product: int, steps: list[float]) -> Int:
    """[width] number of the level, from 1 on, to which each choice cuts a product's price; 0 for none."""
    priced = zip(choice_prices(grid, product), cut_choices(grid, product), strict=True)
    return np.array([here * (1 + sum(below(price, level) for level in steps)) for price, here in priced])


def rises(grid: Grid, product: int, before: float) -> Flag:
    """[width] cuts whose price is above another."""
    above = np.array([below(before, price) for price in choice_prices(grid, product)], dtype=bool)
    return np.asarray(cut_choices(grid, product) & above)


class Column:
    """Literals of one column, gathered group by group."""

    def __init__(self, grid: Grid) -> None:
        self._width = grid.width
        self._cells: list[Int] = []
        self._slots: list[Int] = []
        self._sets: list[Flag] = []

    def add(self, cells: Int, slots: Int, choices: Flag) -> None:
        """Add a literal "slot holds one of some choices" in each of some groups."""
        self._cells.append(np.asarray(cells, dtype=np.int64))
        self._slots.append(np.asarray(slots, dtype=np.int64))
        self._sets.append(choices)

    def entries(self) -> Entries:
        """All of them."""
        count = [len(cells) for cells in self._cells]
        none = [np.zeros(0, dtype=np.int64)]
        return Entries(
            cell=np.concatenate(none + self._cells),
            slot=np.concatenate(none + self._slots),
            choice_set=np.repeat(np.arange(len(count)), count),
            sets=np.array(self._sets, dtype=bool).reshape(-1, self._width),
        )


def add_falling(grid: Grid, product: int, inside: Flag, earlier: Column, later: Column, groups: int) -> int:
    """Add pairs of open periods with none between whose prices must not rise, the later ``inside`` [T]; count them."""
    prices, cut = choice_prices(grid, product), cut_choices(grid, product)
    slots = public_slots(grid, product)
    opened = opened_periods(grid)
    pairs = np.stack([opened[:-1], opened[1:]])[:, inside[opened[1:]]]
    for level in levels(prices[cut]):
        higher = rises(grid, product, level)
        if higher.any() and pairs.size:
            number = groups + np.arange(pairs.shape[1])
            earlier.add(number, slots[pairs[0]], cut & ~higher)
            later.add(number, slots[pairs[1]], higher)
            groups += pairs.shape[1]
    return groups
