"""Customers whose words or numbers a model has never met: misspelt, in other units, or others than it knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import comb, sqrt

import numpy as np
from numpy.typing import NDArray

from planner.figures import plural
from scenarios.arrays import Float
from scenarios.first_few import first_few
from surrogate.scoring.single import SingleScorer

MANY_FAR = 0.2
"""Share of customers whose numbers are strange, from which on it is told ..."""
USUALLY_FAR = 0.1
"""... unless so few customers might be so by chance: of those that a model learned from up to 6 % lie beyond its ends
in one feature or another ..."""
QUARTER = 0.25
"""Share of a model's own customers who may lie beyond the ends of a share that most of them have nothing of: the ends
follow from the quartiles, which a quarter of them lie above."""
_ROUNDING = 1e-6
CHANCE = 0.005
"""... and a file has some thirty features, each of which could raise an alarm."""
_FEW = 100
"""Of so many customers `MANY_FAR` of them are no chance."""


@dataclass(kw_only=True, eq=False)
class Strangers:
    """Counts of customers, batch by batch: in silence misspelt words would pass for rare ones, other units for ends."""

    scorer: SingleScorer
    columns: Mapping[str, str]
    """Column of the file by feature."""
    scored: int = 0
    words: dict[str, int] = field(default_factory=dict)
    """By feature with words that the model does not tell apart."""
    numbers: dict[str, int] = field(default_factory=dict)
    """By feature with numbers beyond those that it tells apart."""

    def note(self, count: int, words: Mapping[str, NDArray[np.object_]], numbers: Mapping[str, Float]) -> None:
        """Count a batch of so many customers."""
        self.scored += count
        for name, known in self.scorer.levels.items():
            if name in words:
                strange = int(((words[name] != "") & ~np.isin(words[name], known)).sum())
                self.words[name] = self.words.get(name, 0) + strange
        for name, (low, high) in self.scorer.ranges.items():
            if name in numbers:
                far = int(((numbers[name] < low) | (numbers[name] > high)).sum())
                self.numbers[name] = self.numbers.get(name, 0) + far

    def sentences(self) -> Iterator[str]:
        """Say how many there were, feature by feature; of a share whose median is 0 only what no quartile explains."""
        for name, count in self.numbers.items():
            low, high = self.scorer.ranges[name]
            rare = name in self.scorer.shares and low + high <= _ROUNDING
            most = QUARTER + 3.0 * sqrt(QUARTER * (1 - QUARTER) / max(self.scored, 1)) if rare else MANY_FAR
            if count > most * self.scored and _no_chance(count, self.scored):
                remedy = "check the unit"
                low = max(low, 0.0) if name in self.scorer.amounts else low
                if name in self.scorer.shares:  # others than 0 to 1 are refused, so the unit is right
                    low, high, remedy = max(low, 0.0), min(high, 1.0), "are they customers like those it learned from?"
                yield (
                    f"{self.columns[name]}: {count / self.scored:.0%} of the customers lie beyond what the model tells "
                    f"apart ({low:.3g} to {high:.3g}) and are taken as its ends; {remedy}"
                )
        for name, count in self.words.items():
            if count:
                known = self.scorer.levels[name]
                many = f"{plural(count, 'customer')} with words that the model does not know, taken as rare or unknown"
                yield f"{self.columns[name]}: {many} ones; it knows {first_few(known, 6)}"


def _no_chance(count: int, scored: int) -> bool:
    """Whether so many of a few customers hardly lie beyond the ends where one of ten does (binomial)."""
    if scored > _FEW:
        return True
    far = USUALLY_FAR
    return sum(comb(scored, n) * far**n * (1 - far) ** (scored - n) for n in range(count, scored + 1)) < CHANCE
