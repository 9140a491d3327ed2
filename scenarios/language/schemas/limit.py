"""Limits as people write them: a bound on a measure over a scope, in all time, in windows, or as a share of another."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    WithJsonSchema,
    model_serializer,
    model_validator,
)

from scenarios.language.scope import Scope
from scenarios.language.slips.point_numbers import one_way, read_both_ways
from scenarios.language.spoken import Words
from scenarios.language.values import (
    PERCENT_PATTERN,
    Days,
    Id,
    Record,
    Share,
    SignedMoney,
    digits_known,
    in_weeks,
    only_one_way,
    parse_money,
    parse_share,
    refused,
    share_expected,
)
from scenarios.language.words import COUNTS, RATIOS, Measure
from scenarios.plain_digits import digits_remedy
from scenarios.tolerance import LARGEST_SHARE

_WHOLE = frozenset({Measure.LINES, Measure.CONTACTS})
"""What a plan names and no demand makes a mean of."""
WINDOW_PATTERN = r"^[0-9]+ (day|week)s?$"


def _bound(value: Any, info: ValidationInfo) -> Any:
    """Read a bound: an amount, a count, or a share such as 8% for a margin rate."""
    if isinstance(value, str) and value.strip().endswith("%"):
        return parse_money(parse_share(value))
    share_expected(value, "an amount, or a share such as 8%")
    digits, measure = digits_known(info), info.data.get("measure")
    if measure in set(Measure) - RATIOS - COUNTS:
        only_one_way(value, digits)
    if measure in COUNTS and digits is not None:  # what a person wrote, no question of a plan folder
        _count_one_way(value, whole=measure in _WHOLE)
    return parse_money(value, digits)


def _count_one_way(value: Any, *, whole: bool) -> None:
    """Refuse 5.000 of what is counted: nobody writes five so, and who means five thousand would plan with five.

    Of ``whole`` things 1.234 is refused, too. Bounds such as 188.410 units, which reports tell because demand is a
    mean, are read as they stand.
    """
    text = read_both_ways(value)
    if text and (whole or text.endswith(".000")):
        raise refused("a count, in one reading only", got=text, remedy=one_way(text, 0 if whole else 2))


_BOUND_SCHEMA = WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": PERCENT_PATTERN}]})


class WindowSpan(Record):
    """A number of consecutive days, written ``7 days`` or ``2 weeks``."""

    days: Days
    """Length in days."""

    @classmethod
    def parse(cls, value: Any, *, weekly: bool = False) -> Any:
        """Read ``7 days`` or ``2 weeks``; ``weekly`` is whether a remedy must be in whole weeks.

        Raises
        ------
        PydanticCustomError
            For anything else.
        """
        if isinstance(value, WindowSpan) or (isinstance(value, dict) and set(value) == {"days"}):
            return value
        match = re.fullmatch(r"\s*([0-9]+)\s*(day|week)s?\s*", value) if isinstance(value, str) else None
        if match is None or not int(match[1]):
            raise refused("a length of time such as 7 days or 2 weeks", remedy=cls._remedy(value, weekly=weekly))
        return cls(days=int(match[1]) * (7 if match[2] == "week" else 1))

    @staticmethod
    def _remedy(value: Any, *, weekly: bool) -> str:
        """Say how a length is written that lacks its unit or its number, or that has another unit."""
        if type(value) is int and value > 0:
            weeks = f"{value} week{'' if value == 1 else 's'}"
            if weekly:  # days that are no whole weeks are refused
                return f"write {weeks}{'' if value % 7 else f' or {value} days'} if that is meant"
            return f"write {value} day{'' if value == 1 else 's'} if that is meant"
        text = str(value).strip().lower()
        short = re.fullmatch(r"([1-9][0-9]{0,4}) ?(d|w)", text)
        if short is not None:
            return f"write {short[1]} {'day' if short[2] == 'd' else 'week'}{'' if short[1] == '1' else 's'}"
        if text in ("day", "week"):
            return f"write 1 {text}"
        if "month" in text:
            return "write each: month for calendar months, or a number of days"
        return digits_remedy(value)

    @property
    def words(self) -> str:
        """As people say it: ``7 days``, ``1 day``."""
        return f"{self.days} day{'' if self.days == 1 else 's'}"


def _window(value: Any, info: ValidationInfo) -> Any:
    return WindowSpan.parse(value, weekly=in_weeks(info))


class ShareOf(Record):
    """The other measure, over its own scope, that a limit is a share of."""

    measure: str
    """What the share is of: a measure that adds up and cannot fall below zero, or a column of your own."""
    where: Scope = Scope()
    """What counts of it; everything by default."""


class Limit(Record):
    """A bound on a measure over a scope. Money bounds are net of tax, in major units."""

    id: Id
    """Short name that reports use."""
    name: Words | None = None
    """Name for people, in any script."""
    measure: str
    """What is bounded: a measure, or a column of your own in the effect table."""
    max: Annotated[SignedMoney, BeforeValidator(_bound), _BOUND_SCHEMA] | None = None
    """Upper bound, net of tax; a share such as 20% for margin_rate and with share_of."""
    min: Annotated[SignedMoney, BeforeValidator(_bound), _BOUND_SCHEMA] | None = None
    """Lower bound, net of tax; a share such as 20% for margin_rate and with share_of."""
    where: Scope = Scope()
    """What counts; everything by default."""
    share_of: ShareOf | None = None
    """Another measure, over a scope of its own: the bound is then on the share of it, such as 20%."""
    window: (
        Annotated[WindowSpan, BeforeValidator(_window), WithJsonSchema({"type": "string", "pattern": WINDOW_PATTERN})]
        | None
    ) = None
    """The bound holds in every stretch of so many consecutive days, such as 7 days; left out, in the whole horizon."""
    each: Literal["period", "week", "month"] | None = None
    """The bound holds in each period, each calendar week or each calendar month by itself."""
    at_risk: Share | None = None
    """Share of the drawn futures in which the limit must hold, such as 95%; left out, expected use counts."""
    firm: bool = False
    """Whether it is law, or as good as law: no way out of a conflict proposes to change or drop it."""

    @model_serializer(mode="wrap")
    def _without_firm(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave `firm` out where it is not given, so that plans without it keep their bytes and hashes."""
        data: dict[str, Any] = serialise(self)
        return {key: value for key, value in data.items() if key != "firm" or key in self.model_fields_set}

    @model_validator(mode="after")
    def _one_bound(self) -> Limit:
        if (self.max is None) == (self.min is None):
            got = "both" if self.max is not None else "neither"
            raise refused("either max or min in a limit", got=got, remedy="write two limits for a range")
        if self.at_risk is not None and not (0.5 <= self.at_risk <= LARGEST_SHARE):
            expected = f"at_risk, the share of futures that must keep the limit, from 50% to {LARGEST_SHARE:.1%}"
            raise refused(expected, got=f"{100 * self.at_risk:g}%")
        if self.window is not None and self.each is not None:
            raise refused("either window or each in a limit", got="both", remedy="write two limits")
        if self.share_of is not None and self.measure in RATIOS:
            got = f"share_of in a limit on {self.measure}"
            raise refused("share_of only with measures that add up", got=got, remedy="delete share_of")
        return self
