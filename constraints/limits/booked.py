"""How far a limit's use in the ledger may lie from the true one: accounts round every amount that they book.

The ledger adds up integers, as finance does, and each of them is at most half of its last digit off. Whoever counts
without rounding, as the search and the bound do, must know how much that can come to: a budget may be kept to the cent
by a plan that would exceed it by a fraction of one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scenarios.response.functional import Functional

AMOUNTS = 3
"""Amounts that a line may book in a cell: its saving, its gifts, and what a vendor pays of them."""
LIKELY = math.sqrt(3.0) / 2.0
"""Three standard deviations of the rounding of one amount, which is uniform, in its last digits."""


@dataclass(frozen=True, kw_only=True)
class Rounding:
    """What rounding can hide of a row's use, in the row's own units."""

    most: float
    """Were every amount rounded down by a half."""
    likely: float
    """What it hardly ever exceeds."""


def booked(functional: Functional) -> int:
    """Most amounts that an account adds up for a functional."""
    shelf = (functional.public, functional.public_base)
    sent = (functional.targeted, functional.targeted_base, functional.both)
    places = sum(int(np.count_nonzero(weights)) for weights in (functional.cell, functional.charges))
    places += len(functional.cell) * (functional.order != 0)
    for weights in (shelf, sent):
        products = np.logical_or.reduce([each.reshape(len(each), -1).any(axis=1) for each in weights])
        places += AMOUNTS * int(products.sum())
    for line in (functional.public_line, functional.targeted_line, functional.targeted_issued):
        places += int(line.any(axis=1).sum())
    for orders in (
        (functional.basket_public, functional.basket_public_base),
        (functional.basket_targeted, functional.basket_targeted_base),
    ):
        places += AMOUNTS * any(each.any() for each in orders)
    for line in (functional.basket_public_line, functional.basket_targeted_line, functional.basket_issued):
        places += bool(line.any())
    # A message is told of the lines that share it.
    places += (len(functional.cell) + 1) * int(np.count_nonzero(functional.message))
    reached = functional.segments.sum() * (functional.reached != 0)
    return int(functional.segments.sum() * functional.periods.sum() * places + reached)


def rounding_of(*sums: tuple[float, int, Functional]) -> Rounding:
    """Rounding of a row that is a sum of weight x functional, kept with so many digits."""
    grains = [(abs(weight) * 10.0**-digits, booked(functional)) for weight, digits, functional in sums]
    return Rounding(
        most=0.5 * sum(grain * amounts for grain, amounts in grains),
        likely=LIKELY * math.sqrt(sum(grain**2 * amounts for grain, amounts in grains)),
    )
