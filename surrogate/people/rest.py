"""Rest: customers who show too little of themselves to be told apart, who they are and when they are too many.

A customer's features are shares and means of baskets, so of one who came twice they say what these two baskets held,
not a taste. Twelve baskets are plenty; where most customers come less often, so many would leave hardly anybody to tell
apart, and fewer have to do.
"""

from __future__ import annotations

from scenarios.arrays import Float, Int

REST = "rest"
MOST_BASKETS, LEAST_BASKETS = 12, 3
"""Baskets that are enough in any shop, and fewest that say something: of two, each share is 0, a half or 1."""
LARGE = 0.40
"""Share of the customers that ``rest`` should not exceed."""


def enough_baskets(baskets: Float, asked: int | None = None) -> int:
    """Return the baskets from which on a customer [N] is placed by what it bought.

    They are twelve, or the largest smaller number with which at most 40 % of the customers are left in ``rest``, and
    never fewer than three.

    Parameters
    ----------
    baskets
        Of each customer.
    asked
        The data file's ``min_baskets``, which holds whatever the customers are like.
    """
    if asked is not None:
        return asked
    for count in range(MOST_BASKETS, LEAST_BASKETS, -1):
        if (baskets < count).mean() <= LARGE:
            return count
    return LEAST_BASKETS


def too_little_shown(baskets: Float, label: Int, ids: tuple[str, ...], asked: int | None) -> tuple[str, ...]:
    """Say that most customers could not be told apart, or were though they show too little.

    Parameters
    ----------
    baskets
        [N] of each customer.
    label, ids
        Where each customer [N] was placed, of which segments; ``rest`` is the last, if any.
    asked
        The data file's ``min_baskets``.
    """
    enough = enough_baskets(baskets, asked)
    if REST in ids:
        return large_rest(int((label == ids.index(REST)).sum()), len(baskets), f"{enough} baskets")
    few = int((baskets < enough).sum())
    if few <= LARGE * len(baskets):
        return ()
    return (
        f"{few:,} of {len(baskets):,} customers have fewer than {enough} baskets, and too few have more to make "
        "segments of: all are placed by what little they show. More weeks of purchases tell them apart better.",
    )


def large_rest(rest: int, customers: int, enough: str) -> tuple[str, ...]:
    """Say that ``rest`` holds too many, why, and what helps.

    Parameters
    ----------
    rest, customers
        How many it holds, of how many.
    enough
        How often one has to buy to be told apart, in words: ``3 baskets``.
    """
    if rest <= LARGE * customers:
        return ()
    return (
        f"{REST} holds {rest:,} of {customers:,} customers ({100 * rest / customers:.1f}%): whoever has fewer than "
        f"{enough} shows too little to be told apart, and all of them count as one group. Train again with more "
        "weeks of purchases, with a smaller min_baskets in the data file (more customers in segments that are less "
        "sharply drawn), or with segments of your own (segment, under demographics; docs/data.md).",
    )
