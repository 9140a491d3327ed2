"""The scalar types of the scenario language: shares, money, ids, dates, scopes."""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from scenarios.language.slips.comma_numbers import comma_remedy
from scenarios.language.slips.meant import date_remedy, percent_remedy, spaced_remedy, whole_remedy
from scenarios.language.slips.point_numbers import one_way, read_both_ways
from scenarios.plain_digits import digits_remedy, share_text

MAX_AMOUNT = 10**15
"""Amounts stay below it, so that sums of their minor units are exact in float64 and int64."""
MAX_COUNT = 10**12
"""Counts stay below it: they are summed over periods, and in thousandths."""
DUST = 1e-9
"""Numbers and shares that are smaller are 0."""
LONGEST_ID = 100
"""Characters of an id: files are named after ids, and people read them in tables."""
ID_PATTERN = rf"^[A-Za-z0-9][A-Za-z0-9_.\-]{{0,{LONGEST_ID - 1}}}$"


def usable_ids(names: Iterable[str], kind: str = "") -> frozenset[str]:
    """Return the names that may stand as ids; all of them where none may. A name that is refused is no remedy.

    Of a ``kind`` that is no id but words in any script, such as a category, all may.
    """
    known = frozenset(names)
    if kind == "category":
        return known
    return frozenset(name for name in known if re.fullmatch(ID_PATTERN, name)) or known


def refused(expected: str, *, got: str = "", remedy: str = "") -> PydanticCustomError:
    """Return a validation error that says what was expected, what was got and what mends it."""
    context = {"expected": expected, "got": got, "remedy": remedy}
    return PydanticCustomError("refused", "expected {expected}", context)


def parse_share(value: Any) -> float:
    """Read ``18%``, ``"18 %"`` or ``0.18`` as 0.18.

    Raises
    ------
    PydanticCustomError
        For what is no share.
    """
    if isinstance(value, str):
        match = re.fullmatch(r"\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*%\s*", value)
        if match is None:
            raise refused(
                "a share such as 18%", remedy=digits_remedy(value, percent_remedy(value) or comma_remedy(value))
            )
        return _without_dust(float(Decimal(match[1]) / 100))
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        raise refused("a share such as 18%")
    return _without_dust(float(value))


def share_expected(value: Any, expected: str) -> None:
    """Refuse a share whose sign is a word, ``55 percent``, where a share or an amount may stand.

    Raises
    ------
    PydanticCustomError
        With what to write.
    """
    remedy = percent_remedy(value) if isinstance(value, str) else ""
    if remedy:
        raise refused(expected, remedy=remedy)


def parse_money(value: Any, digits: int | None = None) -> Decimal:
    """Read an amount in major units exactly (``19.9`` is 19.9, never 19.899999).

    Parameters
    ----------
    digits
        Of the currency's minor unit, where it is known: what a comma can mean in a text that is no number.

    Raises
    ------
    PydanticCustomError
        For what is no amount, and for a very large one.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise refused("an amount of money such as 19.90")
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]+(?:\.[0-9]+)?\s*", value) is None:
        remedy = "write digits and a decimal point only, without currency signs or separators"
        likely = spaced_remedy(value) or comma_remedy(value, digits)
        remedy = digits_remedy(value, likely or remedy)
        raise refused("an amount of money such as 19.90", remedy=remedy)
    amount = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    if not (amount.is_finite() and abs(amount) < MAX_AMOUNT):
        raise refused(f"an amount of money below {MAX_AMOUNT:,}")
    whole = amount.to_integral_value()
    return whole if amount == whole else amount  # 6000.000, which YAML reads as 6000.0, is 6000


def digits_known(info: ValidationInfo) -> int | None:
    """Return the digits of the scenario's currency, which `scenarios.language.validate` hands on."""
    return info.context.get("digits") if isinstance(info.context, dict) else None


def in_weeks(info: ValidationInfo) -> bool:
    """Whether the scenario's periods are weeks."""
    return isinstance(info.context, dict) and info.context.get("unit") == "week"


def _fine_money(value: Any, info: ValidationInfo) -> Decimal:
    return parse_money(value, digits_known(info))


def one_way_only(value: Any, info: ValidationInfo) -> Any:
    """Refuse 350.000 of a currency with fewer decimals, which is 350 thousand or 350.

    Raises
    ------
    PydanticCustomError
        With both readings.
    """
    return only_one_way(value, digits_known(info))


def only_one_way(value: Any, digits: int | None) -> Any:
    """Refuse as `one_way_only` does; nothing where the digits are not known, or are three and more.

    Raises
    ------
    PydanticCustomError
        For a text that two readings make different amounts of.
    """
    text = read_both_ways(value) if digits is not None and digits < 3 else ""
    if text and digits is not None:
        decimals = f"{digits} decimals" if digits else "no decimals"
        expected = f"at most {decimals}" if digits else decimals
        raise refused(f"an amount with {expected}, in one reading only", got=text, remedy=one_way(text, digits))
    return value


def _money(value: Any, info: ValidationInfo) -> Decimal:
    return _fine_money(one_way_only(value, info), info)


def _share_remedy(written: Any, share: float, low: float) -> str:
    """A bare 18 may mean 18 %; who writes the sign means what is written; -20 % is how a cut of 20 % is advertised."""
    if -1 <= share < 0 <= low:
        return f"write {share_text(-share)}"
    return f"write {share:g}% if that is meant" if 1 < share <= 100 and not isinstance(written, str) else ""


def _within(low: float, high: float) -> WrapValidator:
    def check(written: Any, parse: ValidatorFunctionWrapHandler) -> float:
        share = float(parse(written))
        if not (low <= share <= high):
            raise refused(f"a share between {low:.0%} and {high:.0%}", remedy=_share_remedy(written, share, low))
        return share

    return WrapValidator(check)


def _non_negative(amount: Decimal) -> Decimal:
    if not (amount >= 0):
        raise refused("an amount of at least 0")
    return amount


def _whole(value: Any) -> int:
    """Accept whole numbers only: no text, no true or false, no 3.7; and no 18.000, which many write for 18 thousand."""
    if isinstance(value, float) and value == math.floor(value) and abs(value) < MAX_COUNT:
        remedy = f"write {value:.0f}; or {1000 * value:.0f}, if the point was to separate thousands"
        raise refused("a whole number without a decimal point", remedy=remedy)
    if isinstance(value, bool) or not isinstance(value, int):
        raise refused("a whole number", remedy=digits_remedy(value, comma_remedy(value, 0) or whole_remedy(value)))
    if not (abs(value) < MAX_COUNT):
        raise refused(f"a whole number below {MAX_COUNT:,}")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise refused("a number", remedy=digits_remedy(value, comma_remedy(value) or whole_remedy(value)))
    if not (abs(value) < MAX_AMOUNT):
        raise refused(f"a number below {MAX_AMOUNT:,}")
    return _without_dust(float(value))


def _without_dust(number: float) -> float:
    """Read what is smaller than anything that can be meant as 0."""
    return 0.0 if abs(number) < DUST else number


def _day(value: Any) -> dt.date:
    """Accept dates and ISO texts only: a bare number is no date."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise refused("a date such as 2026-11-01", remedy=digits_remedy(value, date_remedy(value)))


def shape_of(value: Any) -> str | None:
    """Name the branch of a union that an input chose by its shape, so that errors speak of that branch only."""
    if isinstance(value, list | tuple):
        return "<list>"
    if isinstance(value, dict):
        words = [word for word in ("table", "learn") if word in value]
        words += [word for word in ("table", "learn") if difflib.get_close_matches(word, map(str, value), 1, 0.7)]
        return f"<{words[0]}>" if words else None
    if isinstance(value, BaseModel):
        return "<learn>" if "learn" in type(value).model_fields else "<table>"
    return None


def by_shape(expected: str) -> Discriminator:
    """Discriminate a union by `shape_of`; ``expected`` names the shapes in an error."""
    context: dict[str, int | str | float] = {"expected": expected, "got": "", "remedy": ""}
    return Discriminator(
        shape_of,
        custom_error_type="refused",
        custom_error_message="expected {expected}",
        custom_error_context=context,
    )


Id = Annotated[str, Field(pattern=ID_PATTERN)]
PERCENT_PATTERN = r"^[+-]?[0-9]+(\.[0-9]+)? ?%$"
SHARE_SCHEMA: dict[str, Any] = {
    "anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "pattern": PERCENT_PATTERN}]
}
Share = Annotated[float, BeforeValidator(parse_share), _within(0.0, 1.0), WithJsonSchema(SHARE_SCHEMA)]
"""A share between 0 and 1, written ``18%``."""
Markup = Annotated[
    float,
    BeforeValidator(parse_share),
    _within(-1.0, 10.0),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "minimum": -1, "maximum": 10}, {"type": "string", "pattern": PERCENT_PATTERN}]}
    ),
]
"""A share on top of a cost, written ``5%`` or ``-10%``."""
Money = Annotated[
    Decimal,
    BeforeValidator(_money),
    AfterValidator(_non_negative),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
"""A non-negative amount in major currency units, exact."""
FineMoney = Annotated[
    Decimal,
    BeforeValidator(_fine_money),
    AfterValidator(_non_negative),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
"""Such an amount for each of many, which may be finer than the currency's smallest unit."""
SignedMoney = Annotated[Decimal, BeforeValidator(_fine_money)]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=0)]
Positive = Annotated[int, BeforeValidator(_whole), Field(ge=1)]
LONGEST = 1000
"""Most periods of a horizon, and of anything that is counted in periods: beyond lies nothing."""
Periods = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=LONGEST)]
Days = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=7 * LONGEST)]
"""A number of days, at most as many as weeks of the longest horizon have."""
Number = Annotated[float, BeforeValidator(_number)]
"""A finite number; text, true and false are refused."""


Day = Annotated[dt.date, BeforeValidator(_day)]


class Record(BaseModel):
    """A frozen record of the scenario language: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
