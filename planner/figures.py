"""Figures as people read them: thousands separated, shares as percent, money in the scenario's currency."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from scenarios.currency import minor_digits

Amount = float | int | Decimal

WHOLE_FROM = 100_000
"""Where an amount of a report reaches this, the report shows whole units of the currency; files keep every digit."""
FINEST = 10
"""Digits that are added at most where two figures would read alike."""
MANY = 10
"""Times a whole from which on a percentage of it says nothing: what it is a share of is next to nothing."""
NOTHING = "-"
"""Stands where there is no figure."""


@dataclass(frozen=True, kw_only=True)
class MoneyStyle:
    """How one report writes money."""

    currency: str
    digits: int

    def __call__(self, amount: Amount | None, *, signed: bool = False) -> str:
        """Return ``1,234.50``; ``+`` in front of gains where signed."""
        return count(amount, digits=self.digits, signed=signed)

    @property
    def caption(self) -> str:
        """What a report says of its amounts."""
        cut = self.digits < minor_digits(self.currency)
        rounded = ", rounded to whole units (files keep every digit)" if cut else ""
        return f"money in {self.currency}, net of tax{rounded}"


def money_style(currency: str, amounts: Iterable[Amount | None]) -> MoneyStyle:
    """Choose the digits of a report by its largest amount."""
    largest = max((abs(float(amount)) for amount in amounts if amount is not None), default=0.0)
    return MoneyStyle(currency=currency, digits=0 if largest >= WHOLE_FROM else minor_digits(currency))


def count(amount: Amount | None, *, digits: int = 0, signed: bool = False) -> str:
    """Return a figure with thousands separated; a dash for what is missing, words for what is not finite."""
    if amount is None or math.isnan(float(amount)):
        return NOTHING
    if math.isinf(float(amount)):
        return "no limit" if amount > 0 else "none"
    rounded = round(amount, digits) if digits else round(amount)
    if rounded == 0:
        return f"{0:.{digits}f}"
    return f"{rounded:{'+' if signed else ''},.{digits}f}"


def apart(amount: Amount, other: Amount, write: Callable[[Amount, int], str]) -> str:
    """Write an amount so that it reads otherwise than another: ``35.0001%`` beside 35.00%.

    Parameters
    ----------
    write
        Writes an amount with so many digits more than usual.
    """
    if amount == other:
        return write(amount, 0)
    texts = ((write(amount, more), write(other, more)) for more in range(FINEST))
    return next((text for text, beside in texts if text != beside), write(amount, 0))


def rate(value: Amount | None, *, least: int = 2) -> str:
    """Return what one unit is worth: ``least`` digits after the point, more where else fewer than three would count."""
    if value is None or math.isnan(float(value)):
        return NOTHING
    size = abs(float(value))
    telling = 2 - math.floor(math.log10(size)) if 0 < size < math.inf else 0
    return count(value, digits=max(least, min(6, telling)))


def estimated(value: Amount | None, *, least: int = 2) -> str:
    """Return an estimated rate with a mark, ``~0.54``; 0 for what is worth nothing, a dash where there is none."""
    text = rate(value, least=least)
    if text == NOTHING:
        return text
    return f"~{text}" if text.strip("-0.") else "0"


def share(value: float | None, *, digits: int = 1, signed: bool = False) -> str:
    """Return ``12.5%``."""
    if value is None or math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "no limit"
    return count(value * 100, digits=digits, signed=signed) + "%"


def part(value: float) -> str:
    """Return a share of a whole, ``99.8%``: what is less than all never reads ``100%``, nor some of it ``0%``."""
    ends = (0.0, 1.0)
    for more in range(0 if value in ends else FINEST):
        text = share(value, digits=more)
        if text not in [share(end, digits=more) for end in ends]:
            return text
    return share(value, digits=0)


def up_to_many(value: float | None, text: str) -> str:
    """Return the text of a share, or ``over 1,000%`` where it is so many times the whole that a figure says nothing."""
    return f"over {share(MANY, digits=0)}" if value is not None and value > MANY else text


def enough(value: float, *, digits: int = 1, signed: bool = False) -> str:
    """Return a share that is needed, rounded up: a hair less would not be enough."""
    scale = 100 * float(10**digits)
    return share(math.ceil(round(value * scale, 6)) / scale, digits=digits, signed=signed)


def given(value: float, *, least: int = 0) -> str:
    """Return a share that somebody wrote as it was written, ``12.5%``: rounded, it would be another one.

    Parameters
    ----------
    least
        Digits after the point that stand there in any case.
    """
    percent = round(Decimal(repr(float(value))) * 100, FINEST).normalize()
    exponent = percent.as_tuple().exponent
    return count(percent, digits=max(least, -exponent if isinstance(exponent, int) else 0)) + "%"


def seconds(value: float | None) -> str:
    """Return ``42 s`` or ``3 min 05 s``."""
    if value is None:
        return NOTHING
    whole = round(value)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"


def plural(number: int, word: str) -> str:
    """Return ``1 line`` or ``2,310 lines``."""
    ending = "" if number == 1 else "es" if word.endswith(("s", "x", "ch")) else "s"
    if number != 1 and word.endswith("y") and word[-2] not in "aeiou":
        word, ending = word[:-1], "ies"
    return f"{number:,} {word}{ending}"


def by_chance(number: int, word: str, share_: float) -> str:
    """Say how many of so many things would be so by chance alone; one at least."""
    return f"of {number} {word} about {max(round(share_ * number), 1)} would be so by chance"


def parse_share_option(text: str, *, option: str) -> float:
    """Read a share given on the command line, ``5%`` or ``0.05``.

    Raises
    ------
    InvalidInput
        For anything else, and below 0 or above 1.
    """
    from planner.typed_numbers import typed_share
    from scenarios.plain_digits import digits_remedy
    from scenarios.problems import InvalidInput, Problem

    found, remedy = typed_share(text), digits_remedy(text)
    value = math.nan if found is None else float(found)
    if not (0 <= value <= 1):
        expected = "a share such as 5%"
        remedy = remedy or (f"write {value:g}% if that is meant" if 1 < value <= 100 and "%" not in text else "")
        raise InvalidInput([Problem(where=option, what="share", expected=expected, got=text, remedy=remedy)])
    return value
