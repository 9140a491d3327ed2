"""The baseline of a scenario: a table of units, and factors by which a planner corrects it or what was learned."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Tag, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from scenarios.language.date_ranges import DATES_PATTERN, DateRange
from scenarios.language.slips.comma_numbers import comma_remedy
from scenarios.language.values import PERCENT_PATTERN, Record, parse_share, refused
from scenarios.plain_digits import digits_remedy

MOST_TIMES = 20.0
"""Largest factor: beyond it a percentage was written without its sign."""
A_FACTOR = "a factor such as 1.9 or 190%"
"""What messages ask for."""
_NUMBER = r"^\s*[+-]?[0-9][0-9.,]*\s*%?\s*$"
"""A text that is meant as a number, and no file's name."""
_FILE = re.compile(r"\w\.[A-Za-z]{2,}$")


NOT_SOLD = "horizon.closed names days on which nothing is sold; goods that are not sold any more have a last_sale"


def factor_of(value: Any) -> float:
    """Read ``1.9`` or ``190%`` as 1.9.

    Raises
    ------
    PydanticCustomError
        For what is no number, and for numbers that are not above 0 or beyond `MOST_TIMES`.
    """
    try:
        factor = parse_share(value)
    except PydanticCustomError:
        raise refused(A_FACTOR, remedy=digits_remedy(value, comma_remedy(value))) from None
    slip = out_of_bounds(factor, str(value))
    if slip is not None:
        raise refused(slip[0], remedy=slip[1])
    return factor


def out_of_bounds(factor: float, written: str) -> tuple[str, str] | None:
    """Return what is expected in place of a factor and what mends it; None where it may stand."""
    if not (factor > 0):
        return "a factor above 0", NOT_SOLD
    if factor > MOST_TIMES:
        meant = f"write {written}% if that is meant" if "%" not in written else "check it"
        return f"a factor of at most {MOST_TIMES:g}", meant
    return None


def _dates(value: Any) -> str:
    """Keep dates as they are written, once they can be read."""
    DateRange.parse(value)
    return str(value).strip()


def _shape(value: Any) -> str:
    if isinstance(value, dict):
        return "<dates>"
    return "<file>" if isinstance(value, str) and not re.match(_NUMBER, value) else "<number>"


Factor = Annotated[
    float,
    BeforeValidator(factor_of),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": MOST_TIMES},
                {"type": "string", "pattern": PERCENT_PATTERN},
            ]
        }
    ),
]
"""A factor above 0, written ``1.9`` or ``190%``."""
Dates = Annotated[str, BeforeValidator(_dates), WithJsonSchema({"type": "string", "pattern": DATES_PATTERN})]
"""A date or a range of dates as a key."""
Times = Annotated[
    Annotated[Factor, Tag("<number>")]
    | Annotated[str, Tag("<file>"), WithJsonSchema({"type": "string", "not": {"pattern": _NUMBER}})]
    | Annotated[dict[Dates, Factor], Tag("<dates>")],
    Discriminator(_shape),
]
"""One factor, factors by date, or the name of a CSV file of them."""


class BaselineSource(Record):
    """Units without promotion: a table where effects come from one, and factors that correct them."""

    table: str | None = None
    """CSV file of units without promotion, where effects come from a table."""
    times: Times | None = None
    """What the baseline is multiplied by: a CSV file, one factor, or factors by date."""

    @model_validator(mode="after")
    def _something(self) -> BaselineSource:
        if self.table is None and self.times is None:
            raise refused("table, times or both", got="none of them")
        return self

    @property
    def by_date(self) -> dict[str, tuple[DateRange, float]]:
        """Dates and factors, by what is written as a key; nothing where factors are given otherwise."""
        pairs = self.times.items() if isinstance(self.times, dict) else ()
        return {written: (DateRange.parse(written), factor) for written, factor in pairs}


def times_alone(written: Any) -> BaselineSource | None:
    """Return the file of factors that a broken section names, so that it is checked on; None where it names none.

    What has no ending may be a misread number.
    """
    name = written.get("times") if isinstance(written, dict) else None
    return BaselineSource(times=name) if isinstance(name, str) and _FILE.search(name) else None
