"""Weathers that may be where no data tells how much single periods differ.

A table says how far an effect may be off in all periods alike, and nothing of how much more a warm week sells of
everything. So several answers are possible, and what the campaign itself sells tells which
(`surrogate.flight.watch.composite`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from surrogate.flight.chance import ChanceParams


@dataclass(frozen=True, kw_only=True)
class PossibleWeather:
    """How much single periods may scatter."""

    chance: ChanceParams
    share: float
    """How much it is believed beforehand; all together 1."""


ASSUMED = ((0.5, 1.0, 0.0, 1.0), (0.25, 2.5, 1.25, 1.0), (0.1, 6.0, 3.0, 1.5), (0.15, 1.0, 0.0, 3.0))
"""How much each is believed, and its multiples of what is assumed: of everything, of a category (of what is assumed of
everything), of a product."""


def possible_weathers(chance: ChanceParams, categories: Sequence[str]) -> tuple[PossibleWeather, ...]:
    """The weathers that may be, calm first; one where data has told it.

    Parameters
    ----------
    chance
        What is assumed of single periods, or measured.
    categories : [K]
        Of the products.
    """
    if chance.measured:
        return (PossibleWeather(chance=chance, share=1.0),)
    names = list(dict.fromkeys(categories))
    places = tuple(names.index(each) for each in categories)
    found = []
    for share, everywhere, category, product in ASSUMED:
        if everywhere == product == 1.0:
            found.append(PossibleWeather(chance=chance, share=share))
            continue
        wide = replace(
            chance,
            everywhere=min(everywhere * chance.everywhere, 1.0),
            category=min(category * chance.everywhere, 1.0),
            product=min(product * chance.product, 1.0),
            categories=places,
        )
        found.append(PossibleWeather(chance=wide, share=share))
    return tuple(found)
