"""What speaks against the scores of those who get an offer: the model's own test, and answers that are carried over.

Whoever looks best gets an offer, and a model errs most where it knows least. So it is counted how many of the messages,
and how much of the value, rest on what others did.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from constraints.assign.rows import RowSource
from constraints.assign.terms import Terms
from planner.assign.cautious import rounded
from planner.assign.record import OfferCount
from planner.figures import money_style, part
from scenarios.arrays import Float
from scenarios.first_few import first_few
from scenarios.language.schema import Offer
from scenarios.response.effects import Learned

_NAMED = 6
"""Segments that one sentence names."""


@dataclass(kw_only=True, eq=False)
class Given:
    """Counts who gets what, block by block. C offers."""

    offers: tuple[Offer, ...]
    digits: int
    currency: str
    _sums: dict[tuple[int, int], tuple[int, float]] = field(default_factory=dict, init=False)
    """Customers and value by offer and segment; of segment -1 where no model placed them."""

    def add(self, placed: NDArray[np.int16] | None, choice: NDArray[np.int8], value: Float) -> None:
        """Count some customers.

        Parameters
        ----------
        placed, choice
            [n] segment by which a model scored them, and what each gets: 0 for nothing, c + 1 for the c-th offer.
        value
            [C, n] of each offer for each of them.
        """
        got = np.flatnonzero(choice)
        offer = choice[got].astype(np.int64) - 1
        segment = np.full(got.size, -1) if placed is None else placed[got].astype(np.int64)
        for key in sorted(set(zip(offer.tolist(), segment.tolist(), strict=True))):
            mine = (offer == key[0]) & (segment == key[1])
            customers, before = self._sums.get(key, (0, 0.0))
            worth = float(value[key[0], got[mine]].sum())
            self._sums[key] = customers + int(np.count_nonzero(mine)), before + worth

    def of(self, offer: int, segments: tuple[int, ...] = ()) -> tuple[int, float]:
        """Return how many get an offer, in some segments or in all, and what it is worth to them."""
        mine = [sums for (what, who), sums in self._sums.items() if what == offer and (not segments or who in segments)]
        return sum(one[0] for one in mine), float(sum(one[1] for one in mine))

    def by_offer(self) -> tuple[OfferCount, ...]:
        """Return the counts of all offers."""
        found = [self.of(number) for number in range(len(self.offers))]
        return tuple(
            OfferCount(id=offer.id, customers=count, value=rounded(value, self.digits, up=False))
            for offer, (count, value) in zip(self.offers, found, strict=True)
        )


def given_of(
    terms: Terms, rows: RowSource, choice: NDArray[np.int8], placed: NDArray[np.int16] | None, currency: str
) -> Given:
    """Count all customers [N]."""
    given, first = Given(offers=terms.offers, digits=terms.digits, currency=currency), 0
    for block in rows.blocks():
        here = slice(first, first + block.count)
        first += block.count
        given.add(None if placed is None else placed[here], choice[here], block.value)
    return given


def doubts_of(learned: Learned, given: Given) -> tuple[str, ...]:
    """Return what speaks against these scores, one sentence each; nothing where nobody gets anything."""
    counts = [given.of(number) for number in range(len(given.offers))]
    if not any(count for count, _ in counts):
        return ()
    tested = (learned.distrust, *learned.untrusted) if learned.distrust else learned.untrusted
    return (*tested, *_carried_over(learned, given, sum(value for _, value in counts)))


def _carried_over(learned: Learned, given: Given, value: float) -> list[str]:
    """Say how many of each offer's messages go to segments whose answer is others', and what rests on it."""
    said = list[str]()
    for number, offer in enumerate(given.offers):
        by_words: dict[str, list[int]] = {}
        for place, segment in enumerate(learned.segments):
            words = learned.elsewhere.get(offer.id, {}).get(segment.id)
            if words is not None and given.of(number, (place,))[0]:
                by_words.setdefault(words, []).append(place)
        said += [_sentence(learned, given, number, tuple(places), words, value) for words, places in by_words.items()]
    return said


def _sentence(learned: Learned, given: Given, number: int, places: tuple[int, ...], words: str, value: float) -> str:
    count, worth = given.of(number, places)
    whole, rest = (rounded(amount, given.digits, up=False) for amount in (value, value - worth))
    money = money_style(given.currency, [whole])
    names = first_few([learned.segments[place].id for place in places], _NAMED)
    share = f" ({part(worth / value)})" if value > 0 else ""
    return (
        f"{count:,} of the {given.of(number)[0]:,} messages of {given.offers[number].id} go to {names}, whose answer "
        f"is carried over from others: {words}. They bring {money(whole - rest)} of the value of {money(whole)}{share}"
        f"; without them it is {money(rest)}. A test on a few of these customers tells (experiments, or a rollout's "
        "holdout)."
    )
