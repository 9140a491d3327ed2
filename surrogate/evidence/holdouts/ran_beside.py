"""How much of a lift test ran beside cuts of the shelf price, and what is said of it.

Where customers take the better of a cut and an offer, what an offer brings beside a cut is less than what it brings
alone, and nobody knows by how much where a part of its goods was cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surrogate.parts import Section, pack, unpack

BESIDE = "beside-cuts"
"""Name of the section."""
TOLD = 0.1
"""Share of the days from which on it is said."""
ENOUGH = 0.25
"""Share of the days that must have run without a cut for them to stand alone: errors twice as large are still less
than what a cut of a part may take away."""
_VERSION = 2
"""Of the section; that of 1 counted weeks."""


@dataclass(frozen=True, kw_only=True)
class RanBeside:
    """Days of the runs of an offer, product by product."""

    days: int = 0
    mostly: int = 0
    """Of these, with cuts of most of the offer's goods, which are no part of any lift, ..."""
    partly: int = 0
    """... and with cuts of some of them."""
    counts: bool = False
    """Whether days of cuts of some of its goods count."""

    def more(self, days: int, mostly: int, partly: int, *, counts: bool) -> RanBeside:
        """Return the same with a run more."""
        return RanBeside(days=self.days + days, mostly=self.mostly + mostly, partly=self.partly + partly, counts=counts)

    @property
    def share(self) -> float:
        """Part of the days that ran beside cuts."""
        return (self.mostly + self.partly) / max(self.days, 1)

    @property
    def enough(self) -> bool:
        """Whether days without a cut may stand alone."""
        return self.days - self.mostly - self.partly >= ENOUGH * self.days

    def told(self, offer: str) -> str:
        """Say how much of an offer's holdout ran beside cuts, and what became of it."""
        said = (
            f"{self.share:.0%} of the holdout of {offer} ran beside price cuts of its goods ({self._of_days}). That "
            "tells little of what it brings alone"
        )
        if not (self.counts and self.partly):
            return f"{said}, so only the other days count."
        return (
            f"{said}. {_days(self.partly)} with cuts of some of the goods count all the same, because too few others "
            "are left: where nothing is cut, it may bring more than was measured."
        )

    def told_of_rows(self, offer: str) -> str:
        """Say how much of what rows of ``experiments`` measured of an offer ran beside cuts."""
        return (
            f"{self.share:.0%} of the days that rows of experiments name for {offer} had price cuts of its goods "
            f"({self._of_days}). Unless those tests left them out, they tell little of what it brings alone."
        )

    @property
    def _of_days(self) -> str:
        return f"{self.mostly + self.partly:,} of {_days(self.days)}, product by product"


@dataclass(frozen=True, kw_only=True)
class TestsBeside:
    """What ran beside the lift tests of a model, by offer."""

    by_offer: dict[str, RanBeside]
    """Of holdouts."""
    by_row: dict[str, RanBeside]
    """Of rows of ``experiments`` that name their days."""


def pack_beside(found: TestsBeside) -> Section:
    """Return the section of a model."""
    return pack(found, version=_VERSION)


def ran_beside(sections: Mapping[str, Section]) -> TestsBeside:
    """Return how much of a model's lift tests ran beside price cuts, where that is worth a word."""
    found = TestsBeside(by_offer={}, by_row={})
    if BESIDE in sections:
        found = unpack(sections[BESIDE], TestsBeside, version=_VERSION)
    return TestsBeside(by_offer=_worth_a_word(found.by_offer), by_row=_worth_a_word(found.by_row))


def _worth_a_word(by_offer: Mapping[str, RanBeside]) -> dict[str, RanBeside]:
    return {offer: each for offer, each in by_offer.items() if each.share >= TOLD}


def _days(count: int) -> str:
    return "one day" if count == 1 else f"{count:,} days"
