"""Names of segments: what sets each apart, in plain words that are true of it and of no other segment.

A name is a head and traits by strength: ``weekend families, price-sensitive, big baskets``. A word is used only where
the segment's mean differs clearly from the mean of all segments' customers, both on the normalised scale and in
people's units; words that compare say so (``fewer coupons``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float

CLEAR = 0.3
"""A trait holds from this distance to all customers' mean on, in the features' normal spreads."""
CLEAR_RATIO = 1.1
"""... and from this ratio of the means on, in people's units."""
_NOUN = "shoppers"
_NOUN_FROM = 0.5
"""Mean from which on a noun holds: at least every second customer has children."""
_MOST_TRAITS = 2


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a feature is called when it is high or low."""

    high: str
    low: str
    theme: str
    """At most one word of a theme stands in a name, because the others would repeat it."""
    head: bool = False
    """Stands before the noun: ``frequent shoppers``."""
    noun: str = ""
    """Replaces ``shoppers`` where most have it: ``families``."""


_WORDS = {
    "visits per week": Words(high="frequent", low="occasional", theme="activity", head=True),
    "weeks since last visit": Words(high="lapsing", low="active", theme="activity", head=True),
    "spend per week": Words(high="high spend", low="low spend", theme="spend"),
    "basket value": Words(high="big baskets", low="small baskets", theme="basket"),
    "units per basket": Words(high="many items a visit", low="few items a visit", theme="basket"),
    "discount share": Words(high="price-sensitive", low="less on discount", theme="price"),
    "coupon share": Words(high="coupon users", low="fewer coupons", theme="coupons"),
    "own-brand share": Words(high="own brands", low="fewer own brands", theme="brands"),
    "weekend share": Words(high="weekend", low="weekday", theme="days", head=True),
    "children": Words(high="more children", low="fewer children", theme="household", noun="families"),
    "household size": Words(high="larger households", low="smaller households", theme="household"),
    "age": Words(high="older", low="younger", theme="age", head=True),
    "income": Words(high="higher income", low="lower income", theme="income"),
}
_SHARE = "share of "


def words_of(feature: str) -> Words:
    """Return the words of a feature; features of the customer's own are named by themselves."""
    if feature in _WORDS:
        return _WORDS[feature]
    if feature.startswith(_SHARE):
        what = feature.removeprefix(_SHARE).replace("-", " ")
        return Words(high=f"much {what}", low=f"little {what}", theme=feature)
    column, one_word, word = feature.partition(" is ")
    if one_word:  # a word of a column of words: the feature is the share of customers who have it
        return Words(high=f"more of {column} {word}", low=f"fewer of {column} {word}", theme=column)
    return Words(high=f"high {feature}", low=f"low {feature}", theme=feature)


@dataclass(frozen=True, kw_only=True)
class Trait:
    """One true statement about a segment."""

    strength: float
    """Distance to all customers' mean, in normal spreads, with its sign."""
    words: Words
    noun: bool = False
    """Whether the words' noun is true of it."""

    @property
    def text(self) -> str:
        """The word for it."""
        return self.words.noun if self.noun else self.words.high if self.strength > 0 else self.words.low


def traits(scaled: Float, raw: Float, all_scaled: Float, all_raw: Float, names: tuple[str, ...]) -> list[Trait]:
    """Return what clearly sets a segment apart, the strongest first.

    Parameters
    ----------
    scaled, raw
        [F] mean features of the segment, normalised and in people's units (NaN where unknown).
    all_scaled, all_raw
        [F] the same of all customers.
    names
        [F]
    """
    gap = np.round(scaled - all_scaled, 6)
    found = []
    for index in np.argsort(-np.abs(gap), kind="stable"):
        if abs(gap[index]) < CLEAR:
            break
        low, high = sorted((float(raw[index]), float(all_raw[index])))
        clear = (
            np.isfinite(low) and np.isfinite(high) and high - low > (CLEAR_RATIO - 1) * max(abs(low), abs(high), 1e-12)
        )
        if clear and (raw[index] > all_raw[index]) == (gap[index] > 0):
            words = words_of(names[index])
            noun = words.noun and raw[index] >= _NOUN_FROM and gap[index] > 0
            found.append(Trait(strength=float(gap[index]), words=words, noun=bool(noun)))
    return found


def name_segments(scaled: Float, raw: Float, all_scaled: Float, all_raw: Float, names: tuple[str, ...]) -> list[str]:
    """Name segments [S] by their mean features [S, F]; no two names are the same.

    A name starts with the segment's head and its two strongest other traits; where another segment has that name,
    further traits are added until they differ, and at last the segment's rank.
    """
    described = [traits(scaled[row], raw[row], all_scaled, all_raw, names) for row in range(len(scaled))]
    lengths = [_MOST_TRAITS] * len(described)
    made = [_name(found, _MOST_TRAITS) for found in described]
    for _ in range(max((len(found) for found in described), default=0)):
        twice = [row for row, name in enumerate(made) if made.count(name) > 1]
        if not twice:
            return made
        for row in twice:
            lengths[row] += 1
        made = [_name(found, length) for found, length in zip(described, lengths, strict=True)]
    return [f"{name} ({row + 1})" if made.count(name) > 1 else name for row, name in enumerate(made)]


def _name(found: list[Trait], most: int) -> str:
    head: list[str] = []
    tail: list[str] = []
    themes: set[str] = set()
    noun = _NOUN
    for trait in found:
        if trait.words.theme in themes:
            continue
        if trait.noun:
            noun = trait.text
        elif trait.words.head:
            if len(head) == 2:
                continue
            head.append(trait.text)
        elif len(tail) < most:
            tail.append(trait.text)
        else:
            continue
        themes.add(trait.words.theme)
    start = " ".join([*head, noun]) if head or noun != _NOUN else "average shoppers" if not tail else _NOUN
    return ", ".join([start, *tail])
