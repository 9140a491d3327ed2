"""Several objectives at once: which measures a front of plans trades off, and whether more of each is better."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Discriminator, Tag

from scenarios.language.values import refused
from scenarios.language.words import Measure

FEWEST, MOST = 2, 3
"""Measures that a front can have: one is a plain objective, and nobody can look at four at once."""
BETTER = frozenset(
    {
        Measure.UNITS,
        Measure.ORDERS,
        Measure.REVENUE,
        Measure.MARGIN,
        Measure.PROFIT,
        Measure.VENDOR_FUNDING,
        Measure.CUSTOMERS_REACHED,
        Measure.MARGIN_RATE,
        Measure.ROI,
    }
)
"""Measures of which more is better, so that a list may name them without saying so."""


class Sense(StrEnum):
    """Whether more or less of a measure is better."""

    MAX = "max"
    MIN = "min"

    @property
    def sign(self) -> int:
        """+1 where more is better, -1 where less is."""
        return 1 if self is Sense.MAX else -1


Several = Annotated[
    Annotated[tuple[Measure, ...], Tag("<list>")] | Annotated[dict[Measure, Sense], Tag("<keys>")],
    Discriminator(lambda value: "<keys>" if isinstance(value, dict) else "<list>"),
]
"""Measures in a list, or with their sense; the first one leads: contributions of lines and the gap are of it."""


def senses(several: Several) -> dict[Measure, Sense]:
    """Return the sense of every measure, in the order in which they are written."""
    return dict(several) if isinstance(several, dict) else dict.fromkeys(several, Sense.MAX)


def check_several(several: Several) -> None:
    """Refuse what no front can be made of: too few or too many measures, one twice, one without a clear sense.

    Raises
    ------
    PydanticCustomError
        With what was expected and what mends it.
    """
    names = [measure.value for measure in several]
    if not (FEWEST <= len(set(names)) <= MOST and len(set(names)) == len(names)):
        expected = "pareto with two or three different measures"
        raise refused(expected, got=", ".join(names) or "none", remedy="for one measure write weights: {MEASURE: 1}")
    unclear = [] if isinstance(several, dict) else [measure.value for measure in several if measure not in BETTER]
    if unclear:
        pairs = ", ".join(f"{name}: {'min' if name in unclear else 'max'}" for name in names)
        expected = f"whether more or less of {' and of '.join(unclear)} is better"
        raise refused(expected, got="a list, in which more is better", remedy=f"write pareto: {{{pairs}}}")


def several_words(several: Several) -> str:
    """Say what is traded off: ``more profit against more customers reached``."""
    return " against ".join(
        f"{'more' if sense is Sense.MAX else 'less'} {measure.words}" for measure, sense in senses(several).items()
    )
