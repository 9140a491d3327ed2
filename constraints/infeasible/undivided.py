"""What a broken ratio comes to where there is nothing to divide by: the part alone, which no bound allows.

The ledger gives such a ratio a figure beyond the bound, so that it counts as broken; the figure moves with the bound
and says nothing by itself. People read the part and what is missing below it.
"""

from __future__ import annotations

from decimal import Decimal

from constraints.limits.amounts import use_text
from scenarios.answer.verdicts import LimitResult
from scenarios.language.words import Measure

_RATIOS = {
    str(Measure.MARGIN_RATE): ("margin", str(Measure.MARGIN), str(Measure.REVENUE)),
    str(Measure.ROI): ("profit gained", str(Measure.PROFIT), str(Measure.GROSS_SPEND)),
}
"""What each ratio divides: in words, as a measure, and by what."""


def undivided(limit: LimitResult) -> bool:
    """Whether a plan breaks a limit on a ratio that has nothing to divide by, in all places where it breaks it."""
    sign = 1 if limit.sense == "max" else -1
    return limit.whole is not None and limit.whole <= 0 and sign * (limit.used - limit.limit) > 0


def idle(limit: LimitResult) -> bool:
    """Whether a ratio has nothing to divide by, so that nothing of it is used or left: its figures would be made up."""
    return undivided(limit) or (limit.whole is not None and limit.whole <= 0 and limit.ok)


def divided(limit: LimitResult) -> tuple[str, str]:
    """The measures that a ratio divides and divides by; of ROI the first is a change against no promotion.

    Raises
    ------
    KeyError
        For a limit that is no ratio.
    """
    if limit.share_of is not None:
        return limit.measure, limit.share_of["measure"]
    _, part, whole = _RATIOS[limit.measure]
    return part, whole


def undivided_words(
    measure: str, share_of: str | None, part: float | Decimal, place: str = "", *, up: bool, money_digits: int
) -> str:
    """Say what there is and what is missing: ``revenue 60.20 in 2026-11 and no spend to divide it by``.

    Parameters
    ----------
    measure, share_of
        What the limit bounds, and what as a share of; ``share_of`` is None for a measure that is a ratio itself.
    part
        What would be divided, in major units or as a count.
    place
        Where, to follow the figure.
    up
        Whether the limit is a ``max``: then the part lies above 0, else below.
    """
    unit = _RATIOS[measure][1] if share_of is None else measure
    return undivided_said(measure, share_of, use_text(unit, part, 0, money_digits=money_digits, up=up), place)


def undivided_said(measure: str, share_of: str | None, figure: str, place: str = "") -> str:
    """Say the same of a part that is written already, as `figure`."""
    words, _, whole = _RATIOS[measure] if share_of is None else (measure, measure, share_of)
    return f"{words} {figure}{place} and no {whole} to divide it by"
